//! The process is killed at every named point, by its own hand, and started again: each task ends once, each refund happened
//! once, each reply stands once. The real binary, a real kill, the look-alike Slack on its own clock.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::process::{Child, Command};
use workforce::demo_models::{Format, Line, ModelServer, Script};
use workforce::demo_tools::effects;
use workforce::flow::failpoint;
use workforce::sandbox::{ChannelSpec, ClockKind, FindingKind, Sandbox, SandboxConfig, UserSpec};

use crate::lives::assert_by_its_own_hand;

/// How long one life of the bot, or one wait for Slack to show something, may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

const COMPANY: &str = "# Shop\n\n## Who is who\n\n- Kim Osei (@kim, kim@shop.test), managing director\n- Dana Ruiz (@dana, dana@shop.test), head of finance, reports to @kim\n- Ana Silva (@ana, ana@shop.test), clerk, reports to @kim\n\n## Channels\n\n- #support: questions from customers\n\n## Triage\n\nThe triage person is Kim Osei (@kim).\n\n## Words\n\nA refund means `billing.refund`; its amount is `amount_cents` in cents of USD.\n";
const RULES: &str = "# Rules\n\nRefunds go to the finance agent.\nRefunds up to $200 run without approval.\nRefunds above $200 need approval from @dana.\n";

/// A small shop: one agent, two rules, the demo's billing.
struct Shop {
    dir: tempfile::TempDir,
    /// Where the agent is a model: who answers for its vendor.
    vendor: Option<ModelServer>,
    sandbox: Sandbox,
}

impl Shop {
    /// The same with a model in the agent's place, which may say again what it said before: a question whose answer was lost is
    /// asked once more, and nothing is done twice for it.
    async fn open_with_a_model() -> Self {
        let call = |name: &str, arguments| Line::call(name, arguments).again();
        let refund = json!({ "order_id": "ORD-1042", "amount_cents": 45_000, "reason": "it arrived broken" });
        let script = Script::of([
            call("orders__get", json!({ "id": "ORD-1042" })).when("please refund"),
            call("billing__refund", refund).when("Espresso grinder"),
            Line::say("Refunded $450.00 to Bluebird Cafe.").when("refund_id").again(),
        ]);
        let shop = Self { vendor: Some(ModelServer::start(0, script).await.unwrap()), ..Self::open().await };
        let role = shop.dir.path().join("directives/roles/finance-operations.md");
        let text = std::fs::read_to_string(&role).unwrap();
        std::fs::write(&role, text.replace("driver: playbook", "driver: model")).unwrap();
        shop.agree().await;
        shop
    }

    async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let directives = dir.path().join("directives");
        std::fs::create_dir_all(directives.join("roles")).unwrap();
        std::fs::write(directives.join("company.md"), COMPANY).unwrap();
        std::fs::write(directives.join("rules.md"), RULES).unwrap();
        for file in ["tools.lock", "roles/finance-operations.md"] {
            let text = std::fs::read_to_string(Path::new("directives").join(file)).unwrap();
            std::fs::write(directives.join(file), text.replace("\nteam: finance", "")).unwrap();
        }
        let user = |handle: &str, name: &str| UserSpec {
            handle: handle.to_owned(),
            real_name: name.to_owned(),
            email: Some(format!("{handle}@shop.test")),
            ..UserSpec::default()
        };
        let sandbox = Sandbox::start(SandboxConfig {
            // The bot that is killed reads this machine's clock, and looks for its posts by it.
            clock: ClockKind::System,
            users: vec![user("kim", "Kim Osei"), user("dana", "Dana Ruiz"), user("ana", "Ana Silva")],
            channels: vec![ChannelSpec {
                name: "support".to_owned(),
                members: ["kim", "dana", "ana"].map(str::to_owned).to_vec(),
                bot: true,
                ..ChannelSpec::default()
            }],
            ..SandboxConfig::default()
        })
        .await
        .unwrap();
        let shop = Self { dir, vendor: None, sandbox };
        shop.agree().await;
        shop
    }

    /// Whoever runs the program agrees to the directives as they stand.
    async fn agree(&self) {
        let agreed = Command::new(env!("CARGO_BIN_EXE_workforce"))
            .args(["directives", "accept", "--yes"])
            .current_dir(self.dir.path())
            .env("DATABASE_URL", format!("sqlite:{}", self.dir.path().join("workforce.db").display()))
            .env("WORKFORCE_DIRECTIVES", self.dir.path().join("directives"))
            .stdout(Stdio::null())
            .status()
            .await
            .unwrap();
        assert!(agreed.success());
    }

    fn tools(&self) -> PathBuf {
        self.dir.path().join("demo-tools.db")
    }

    /// Starts the bot; with a point, it dies there.
    fn serve(&self, die_at: Option<&str>) -> Child {
        let tools = self.tools().display().to_string();
        let program = env!("CARGO_BIN_EXE_workforce");
        let entry = |name: &str| {
            format!(
                "[[tools]]\nname = '{name}'\ncommand = '{program}'\nargs = ['demo-tools', '{name}', '--db', '{tools}']\n"
            )
        };
        let config = self.dir.path().join("workforce.toml");
        let model = self.vendor.as_ref().map_or_else(String::new, |vendor| {
            let base = vendor.base_url(Format::Anthropic);
            format!("[models.main]\nvendor = 'anthropic'\nmodel = 'scripted'\nbase_url = '{base}'\n")
        });
        std::fs::write(&config, format!("{}{}{model}", entry("orders"), entry("billing"))).unwrap();
        let mut command = Command::new(program);
        command
            .args(["serve", "--config"])
            .arg(&config)
            .env("DATABASE_URL", format!("sqlite:{}", self.dir.path().join("workforce.db").display()))
            .env("WORKFORCE_DIRECTIVES", self.dir.path().join("directives"))
            .env("SLACK_API_URL", self.sandbox.api_url())
            .env("SLACK_APP_TOKEN", self.sandbox.app_token())
            .env("SLACK_BOT_TOKEN", self.sandbox.bot_token())
            .env("WORKFORCE_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        if let Some(point) = die_at {
            command.env("WORKFORCE_FAILPOINT", format!("{point}:abort"));
        }
        command.stderr(std::fs::File::create(self.last_words_file()).unwrap()).spawn().unwrap()
    }

    fn last_words_file(&self) -> PathBuf {
        self.dir.path().join("last-words")
    }

    /// What the life that ended last had to say.
    fn last_words(&self) -> String {
        std::fs::read_to_string(self.last_words_file()).unwrap_or_default()
    }

    async fn connected(&self) {
        tokio::time::timeout(PATIENCE, self.sandbox.until(|sandbox| (sandbox.connections() > 0).then_some(())))
            .await
            .unwrap();
    }

    /// Waits until the thread shows `text`.
    async fn shows(&self, thread: &str, text: &str) -> String {
        let seen =
            |sandbox: &Sandbox| sandbox.thread_text("#support", thread).ok().filter(|shown| shown.contains(text));
        match tokio::time::timeout(PATIENCE, self.sandbox.until(seen)).await {
            Ok(shown) => shown,
            Err(_late) => {
                panic!("“{text}” never stood in the thread:\n{}", self.sandbox.thread_text("#support", thread).unwrap())
            }
        }
    }

    /// The card that waits for Dana in her direct messages.
    async fn card_of_dana(&self) -> (String, String) {
        let channel = self.sandbox.dm_channel("@dana").unwrap();
        let find = |sandbox: &Sandbox| {
            let messages = sandbox.messages_json(&channel).ok()?;
            let card = messages.into_iter().find(|message| message.to_string().contains("Approve $450.00"))?;
            card.get("ts")?.as_str().map(str::to_owned)
        };
        let ts = tokio::time::timeout(PATIENCE, self.sandbox.until(find)).await.unwrap();
        (channel, ts)
    }

    async fn refunds(&self) -> usize {
        effects(&self.tools()).await.unwrap().iter().filter(|effect| effect.tool == "refund").count()
    }
}

const RECALL: &str = "# Recall\n\nWhen a request mentions a recall:\n\n1. The finance agent makes a refund of $20 for ORD-1042.\n2. The finance agent makes a refund of $21 for ORD-1043.\n3. Meanwhile, the finance agent makes a refund of $22 for ORD-1043.\n4. The finance agent makes a refund of $23 for ORD-1042.\n";

/// The process dies after every step of a workflow in turn: each life gets one look further. Nothing happens twice, nothing
/// is missing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dies_after_every_step_of_a_workflow() {
    let shop = Shop::open().await;
    for kind in [FindingKind::UnackedEnvelope, FindingKind::LateAck] {
        shop.sandbox.allow(kind);
    }
    std::fs::create_dir_all(shop.dir.path().join("directives/workflows")).unwrap();
    std::fs::write(shop.dir.path().join("directives/workflows/recall.md"), RECALL).unwrap();
    shop.agree().await;
    let mut life = shop.serve(Some("workflow-advanced"));
    shop.connected().await;
    let thread = shop.sandbox.says("@ana", "#support", "@workforce there is a recall of the grinders").unwrap();
    let mut deaths = 0;
    loop {
        let died = tokio::select! {
            died = life.wait() => Some(died.unwrap()),
            _shown = shop.shows(&thread, "All steps are done") => None,
        };
        let Some(died) = died else { break };
        assert_by_its_own_hand(died, "workflow-advanced", &shop.last_words());
        deaths += 1;
        assert!(deaths < 20, "it never comes to its end");
        life = shop.serve(Some("workflow-advanced"));
    }
    // One look begins the first step; each ending but the last leads to one that gives the next, or waits for its mate.
    assert!(deaths >= 4, "it died {deaths} times");
    let _ended = life.kill().await;
    let mut last = shop.serve(None);
    shop.connected().await;
    let shown = shop.shows(&thread, "All steps are done").await;
    assert_eq!(shop.refunds().await, 4, "{shown}");
    for amount in ["$20.00", "$21.00", "$22.00", "$23.00"] {
        assert_eq!(shown.matches(&format!("Refunded {amount} to")).count(), 1, "{amount}\n{shown}");
    }
    assert_eq!(shown.matches("Workflow recall").count(), 1, "{shown}");
    last.kill().await.unwrap();
}

/// A refund that needs a yes passes every point there is. Whichever it dies at, it ends once.
async fn survives(point: &'static str) {
    let shop = if point.starts_with("driver-") { Shop::open_with_a_model().await } else { Shop::open().await };
    // What was under way when the process died is not a fault of the bot: that is what this test does to it.
    for kind in [FindingKind::UnackedEnvelope, FindingKind::LateAck] {
        shop.sandbox.allow(kind);
    }
    let mut first = shop.serve(Some(point));
    shop.connected().await;
    let ask = "@workforce please refund ORD-1042, $450, it arrived broken";
    let thread = shop.sandbox.says("@ana", "#support", ask).unwrap();
    let dies_before_the_click = tokio::time::timeout(PATIENCE, async {
        tokio::select! {
            died = first.wait() => Some(died.unwrap()),
            (channel, ts) = shop.card_of_dana() => {
                let _clicked = shop.sandbox.clicks("@dana", &channel, &ts, "Approve $450.00");
                None
            }
        }
    })
    .await
    .unwrap();
    let died = match dies_before_the_click {
        Some(status) => status,
        None => tokio::time::timeout(PATIENCE, first.wait()).await.unwrap().unwrap(),
    };
    assert_by_its_own_hand(died, point, &shop.last_words());

    let mut second = shop.serve(None);
    shop.connected().await;
    let answered =
        || shop.sandbox.thread_text("#support", &thread).is_ok_and(|shown| shown.contains("Refunded $450.00"));
    if !answered() {
        let outcome = tokio::time::timeout(PATIENCE, async {
            tokio::select! {
                _shown = shop.shows(&thread, "Refunded $450.00") => None,
                card = shop.card_of_dana() => Some(card),
            }
        });
        if let Some((channel, ts)) = outcome.await.unwrap() {
            // The click that the dying process did not answer is made again; one that it did decide is refused.
            let _clicked_or_decided = shop.sandbox.clicks("@dana", &channel, &ts, "Approve $450.00");
        }
    }
    let shown = shop.shows(&thread, "Refunded $450.00").await;
    assert_eq!(shop.refunds().await, 1, "{point}: refunds\n{shown}");
    assert_eq!(shown.matches("Refunded $450.00 to").count(), 1, "{point}: the answer stands once\n{shown}");
    assert!(!shown.contains(" has this"), "{point}: a receipt was left behind\n{shown}");
    second.kill().await.unwrap();
}

macro_rules! survives_at {
    ($($name:ident: $point:literal),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            survives($point).await;
        })+

        /// A point without a test would be one that nobody dies at.
        #[test]
        fn every_point_is_died_at() {
            assert_eq!(failpoint::ALL, [$($point,)+ "workflow-advanced"]);
        }
    };
}

survives_at! {
    dies_once_the_inbox_is_committed: "inbox-committed",
    dies_before_the_acknowledgement_is_sent: "inbox-acknowledged",
    dies_once_the_task_is_open: "task-opened",
    dies_once_the_task_is_routed: "task-routed",
    dies_once_the_action_is_planned: "action-planned",
    dies_once_the_approval_is_decided: "approval-decided",
    dies_with_a_models_answer_in_hand: "driver-heard",
    dies_once_a_models_answer_is_journalled: "driver-journalled",
    dies_between_intent_and_call: "action-started",
    dies_between_call_and_outcome: "action-called",
    dies_once_the_outcome_is_stored: "action-settled",
    dies_once_the_run_has_ended: "run-ended",
    dies_before_a_message_is_sent: "reply-claimed",
    dies_between_sending_and_noting: "reply-posted",
    dies_once_a_message_is_noted: "reply-noted",
}
