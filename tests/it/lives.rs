//! Scenarios a and b with the real binary, which dies by its own hand at one kind of step after another and is started again:
//! nothing happens twice, and nothing is missing. On SQLite, and on PostgreSQL where it is installed.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::process::{Child, Command};
use workforce::clock::Clock;
use workforce::demo_models::{Format, ModelServer, Script};
use workforce::demo_tools::effects;
use workforce::rehearsals::company::Time;
use workforce::rehearsals::{Company, example};
use workforce::sandbox::{FindingKind, Sandbox};
use workforce::store::Engine;
use workforce::webhooks::{Scheme, sign};

use crate::cancelling;
use crate::database::Database;
use crate::webhooks::SECRET;

/// How long one life may take, or the wait for the end, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(240);
const SERVERS: [&str; 6] = ["orders", "billing", "helpdesk", "licences", "accounts", "crm"];
/// Deaths after which something must have gone wrong.
const MOST_LIVES: usize = 60;

/// Where the lives end: first at what a piece of work passes once, then at these by turns.
#[derive(Debug, Clone, Copy)]
struct Points {
    once: &'static [&'static str],
    again: &'static [&'static str],
}

impl Points {
    const fn by_turns(again: &'static [&'static str]) -> Self {
        Self { once: &[], again }
    }
}

/// It ended by the abort of its point, and by nothing else: a process that cannot start ends badly too.
pub fn assert_by_its_own_hand(died: ExitStatus, point: &str, last_words: &str) {
    assert_eq!(died.signal(), Some(6), "{point}: it ended otherwise than by its point: {died}\n{last_words}");
}

/// The example company with changed files, and what its bot needs to be started again and again.
struct House {
    dir: tempfile::TempDir,
    sandbox: Sandbox,
    database: Database,
    vendor: Option<ModelServer>,
    hooks: u16,
}

impl House {
    async fn open(database: Database, changes: &[(&str, &str, &str)], script: Option<Script>) -> Self {
        let mut files = example::files();
        for (path, old, new) in changes {
            let text = files.get_mut(*path).unwrap();
            assert!(text.contains(old), "{path} does not say {old}");
            *text = text.replace(old, new);
        }
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in &files {
            let file = dir.path().join("directives").join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let sandbox = Sandbox::start(Company::of_files(files).unwrap().workspace(Time::Running)).await.unwrap();
        // What was under way when the process died is not a fault of the bot: that is what these tests do to it.
        for kind in [FindingKind::UnackedEnvelope, FindingKind::LateAck] {
            sandbox.allow(kind);
        }
        let vendor = match script {
            Some(script) => Some(ModelServer::start(0, script).await.unwrap()),
            None => None,
        };
        let hooks = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let house = Self { dir, sandbox, database, vendor, hooks };
        house.configure();
        let agreed = house.command(&["directives", "accept", "--yes"]).status().await.unwrap();
        assert!(agreed.success());
        house
    }

    fn configure(&self) {
        let tools = self.dir.path().join("demo-tools.db").display().to_string();
        let program = env!("CARGO_BIN_EXE_workforce");
        let entry = |name: &&str| {
            format!(
                "[[tools]]\nname = '{name}'\ncommand = '{program}'\nargs = ['demo-tools', '{name}', '--db', '{tools}']\n"
            )
        };
        let model = self.vendor.as_ref().map_or_else(String::new, |vendor| {
            let base = vendor.base_url(Format::Anthropic);
            let hooks = self.hooks;
            format!(
                "[models.main]\nvendor = 'anthropic'\nmodel = 'scripted'\nbase_url = '{base}'\n\
                 [webhooks]\nlisten = '127.0.0.1:{hooks}'\n[[webhooks.hooks]]\nname = 'helpdesk'\nscheme = 'workforce'\n\
                 secret_from = 'HOOK_SECRET'\nchannel = '#support'\ntext = '{{{{ text }}}}'\n\
                 conversation = '{{{{ conversation }}}}'\nid = '{{{{ id }}}}'\n"
            )
        });
        // A click of this machine is quicker than anybody reads.
        let config: String =
            SERVERS.iter().map(entry).chain([model, "[approvals]\nread_seconds = 0\n".to_owned()]).collect();
        std::fs::write(self.dir.path().join("workforce.toml"), config).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workforce"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env("DATABASE_URL", &self.database.url)
            .env("WORKFORCE_DIRECTIVES", self.dir.path().join("directives"))
            .env("SLACK_API_URL", self.sandbox.api_url())
            .env("SLACK_APP_TOKEN", self.sandbox.app_token())
            .env("SLACK_BOT_TOKEN", self.sandbox.bot_token())
            .env("HOOK_SECRET", SECRET)
            .env("WORKFORCE_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// One life, which ends at `point`. What the one before held on PostgreSQL until its leases run out is free at once: nobody
    /// waits for a clock here.
    async fn born(&self, point: Option<&str>) -> Child {
        if self.database.engine == Engine::Postgres {
            for table in ["inbox", "runs", "actions", "outbox"] {
                self.database.meddle(&format!("UPDATE {table} SET lease_until_us = 0")).await.unwrap();
            }
        }
        let mut command = self.command(&["serve"]);
        if let Some(point) = point {
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

    /// Lives one life after another, each ending at the next of the points, until `over`. Whatever waits for a person or for a
    /// sender is done by `help` as often as something changes. Gives how often it died.
    async fn lives(&self, points: Points, help: impl AsyncFn(&Self), over: impl Fn(&Self) -> bool) -> usize {
        for (deaths, point) in points.once.iter().chain(points.again.iter().cycle()).enumerate() {
            assert!(deaths < MOST_LIVES, "it never comes to its end");
            match tokio::time::timeout(PATIENCE, self.lives_once(point, &help, &over)).await {
                Ok(true) => {}
                Ok(false) => return deaths,
                Err(_late) => {
                    let shown = ["#support", "#people"].map(|channel| self.everything_in(channel)).join("\n");
                    panic!("{point}: it neither dies nor comes to its end:\n{shown}\n{}", self.last_words())
                }
            }
        }
        unreachable!("the points go round and round")
    }

    /// True where it died at its point, false where it is over before.
    async fn lives_once(&self, point: &str, help: &impl AsyncFn(&Self), over: &impl Fn(&Self) -> bool) -> bool {
        let mut life = self.born(Some(point)).await;
        let mut changes = self.sandbox.changes();
        loop {
            // While something is under way, or nobody listens yet, nobody looks: both end with a change. A click that nobody
            // hears would itself be one, and the next click would follow at once.
            if self.sandbox.connections() > 0 && self.sandbox.in_flight() == 0 {
                if over(self) {
                    let _ended = life.kill().await;
                    return false;
                }
                help(self).await;
            }
            tokio::select! {
                died = life.wait() => {
                    assert_by_its_own_hand(died.unwrap(), point, &self.last_words());
                    return true;
                }
                changed = changes.changed() => changed.unwrap(),
            }
        }
    }

    /// A last life in which nothing dies: what was left undone is done, and what was done is not done again.
    async fn rests(&self, over: impl Fn(&Self) -> bool) {
        let mut last = self.born(None).await;
        let connected = self.sandbox.until(|sandbox| (sandbox.connections() == 2).then_some(()));
        tokio::time::timeout(PATIENCE, connected).await.unwrap();
        let still = self.sandbox.until(|_| over(self).then_some(()));
        tokio::time::timeout(PATIENCE, still).await.unwrap();
        self.sandbox.wait_idle().await;
        last.kill().await.unwrap();
    }

    /// Clicks that button, with whatever amount it names, wherever it stands in somebody's direct messages. Nobody clicks again
    /// while Slack still waits for an answer: a storm of clicks is not what these tests are about.
    fn clicks(&self, who: &str, label: &str) {
        let Ok(channel) = self.sandbox.dm_channel(who) else { return };
        let amount = format!("{label} $");
        for message in self.sandbox.shown(&channel).unwrap_or_default() {
            let buttons = message.text.split('[').skip(1).filter_map(|rest| rest.split(']').next());
            for button in buttons.filter(|button| *button == label || button.starts_with(&amount)) {
                if self.sandbox.in_flight() > 0 {
                    return;
                }
                // A button that the dying process did not answer is nobody's fault; it is tried again.
                let _clicked = self.sandbox.clicks(who, &channel, &message.ts, button);
            }
        }
    }

    async fn done(&self, tool: &str) -> usize {
        let all = effects(&self.dir.path().join("demo-tools.db")).await.unwrap();
        all.iter().filter(|effect| format!("{}.{}", effect.server, effect.tool) == tool).count()
    }

    fn everything_in(&self, channel: &str) -> String {
        let mut roots = self.sandbox.shown(channel).unwrap();
        roots.retain(|message| message.thread_ts.is_none());
        roots.iter().map(|root| self.sandbox.thread_text(channel, &root.ts).unwrap()).collect::<Vec<_>>().join("\n")
    }
}

/// The fifth step asks people for what no scenario is about.
const FIFTH: (&str, &str, &str) =
    ("workflows/onboarding.md", "5. @hugo decides on the first project. This needs @kim's approval.\n", "");

/// Who answers for the agents that the steps are given to.
const OWNERS: [&str; 4] = ["@hugo", "@mei", "@iris", "@pilar"];

async fn onboards(database: Database, points: Points, at_least: usize) {
    let house = House::open(database, &[FIFTH], None).await;
    let asks = "@workforce \"Mia Chen\", mia@acme.test, joins the company in Support";
    let over = |house: &House| house.everything_in("#people").contains("All steps are done");
    let asked = AtomicBool::new(false);
    let help = async |house: &House| {
        if house.sandbox.connections() > 0 && !asked.swap(true, Ordering::SeqCst) {
            house.sandbox.says("@iris", "#people", asks).unwrap();
        }
        house.clicks("@mei", "Approve");
        house.clicks("@dana", "Approve");
        // A call that broke off three times, by its own death or by that of another beside it, is its owner's to judge. Each of
        // these tools takes a key, so whoever looked may have it tried again.
        for owner in OWNERS {
            house.clicks(owner, "It did not: retry");
        }
    };
    let deaths = house.lives(points, help, over).await;
    assert!(deaths >= at_least, "it died {deaths} times at {points:?}");
    house.rests(over).await;
    let shown = house.everything_in("#people");
    for (tool, times) in
        [("accounts.create", 1), ("helpdesk.create_ticket", 2), ("licences.order", 1), ("licences.assign", 1)]
    {
        assert_eq!(house.done(tool).await, times, "{points:?} {tool}\n{shown}");
    }
    assert_eq!(shown.matches("Workflow onboarding").count(), 1, "{points:?}\n{shown}");
    assert_eq!(shown.matches("mia@acme.test has a sketchpad licence").count(), 1, "{points:?}\n{shown}");
}

async fn onboards_on_both(points: Points, at_least: usize) {
    for database in Database::both().await {
        onboards(database, points, at_least).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn onboarding_dies_after_every_look_at_the_workflow() {
    onboards_on_both(Points::by_turns(&["workflow-advanced"]), 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn onboarding_dies_after_every_action() {
    onboards_on_both(Points::by_turns(&["action-settled"]), 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn onboarding_dies_between_every_call_and_its_outcome() {
    onboards_on_both(Points::by_turns(&["action-called", "action-settled"]), 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn onboarding_dies_after_every_message() {
    // The request is routed once; its steps are given by the workflow.
    let points = Points { once: &["task-routed", "approval-decided"], again: &["reply-posted", "run-ended"] };
    onboards_on_both(points, 6).await;
}

/// What the request passes once, in its order, and what its steps pass again and again. What was stored is not delivered again, so
/// that of the two points around the acknowledgement it passes one; `crash` kills at the other.
const EVERYWHERE: Points = Points {
    once: &["inbox-committed", "task-opened", "task-routed", "approval-decided"],
    again: &[
        "action-planned", "action-started", "action-called", "action-settled", "run-ended", "reply-claimed",
        "reply-posted", "reply-noted", "workflow-advanced",
    ],
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn onboarding_dies_after_every_step_in_turn() {
    onboards_on_both(EVERYWHERE, 13).await;
}

/// Each kind of step by itself. What is not committed yet is followed by what is, or nothing would ever move on.
const ALONE: &[&[&str]] = &[
    &["action-planned"],
    &["action-started", "action-settled"],
    &["run-ended"],
    &["reply-claimed", "reply-noted"],
    &["reply-posted", "reply-noted"],
    &["reply-noted"],
];

/// All of them take long; `WORKFORCE_PROOFS=full` runs them, else the first is tried. The tests above have the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn onboarding_dies_after_each_kind_of_step_by_itself() {
    let full = std::env::var("WORKFORCE_PROOFS").is_ok_and(|wanted| wanted == "full");
    for again in if full { ALONE } else { &ALONE[..1] } {
        onboards_on_both(Points::by_turns(again), 4).await;
    }
}

/// Delivers as a help desk does: again and again until it is told that it was taken.
async fn deliver(house: &House, body: &str) -> bool {
    let mut request = reqwest::Client::new().post(format!("http://127.0.0.1:{}/hooks/helpdesk", house.hooks));
    for (name, value) in sign(Scheme::Workforce, &SECRET.into(), body.as_bytes(), Clock::system().now()) {
        request = request.header(name, value);
    }
    // Nobody listens while nobody lives.
    request
        .body(body.to_owned())
        .send()
        .await
        .is_ok_and(|answer| answer.status().is_success() || answer.status() == 409)
}

async fn cancels(database: Database, points: Points, at_least: usize) {
    let house = House::open(database, &[cancelling::MODEL], Some(Script::of(cancelling::script()))).await;
    let (wish, no) = (AtomicBool::new(false), AtomicBool::new(false));
    let over = |house: &House| house.everything_in("#support").contains("is cancelled, and Kim knows");
    let help = async |house: &House| {
        if !wish.load(Ordering::SeqCst) && deliver(house, cancelling::WISH).await {
            wish.store(true, Ordering::SeqCst);
        }
        let asks = house.everything_in("#support").contains("Would the customer stay");
        if asks && !no.load(Ordering::SeqCst) && deliver(house, cancelling::NO_THANKS).await {
            no.store(true, Ordering::SeqCst);
        }
        house.clicks("@noor", "Approve");
    };
    let deaths = house.lives(points, help, over).await;
    assert!(deaths >= at_least, "it died {deaths} times at {points:?}");
    house.rests(over).await;
    let shown = house.everything_in("#support");
    for tool in ["crm.offer", "helpdesk.reply", "crm.cancel"] {
        assert_eq!(house.done(tool).await, 1, "{points:?} {tool}\n{shown}");
    }
    assert_eq!(shown.matches("is cancelled, and Kim knows").count(), 1, "{points:?}\n{shown}");
    assert_eq!(shown.matches("From helpdesk:").count(), 1, "{points:?}\n{shown}");
    assert_eq!(shown.matches("More from helpdesk:").count(), 1, "{points:?}\n{shown}");
    let kim = house.sandbox.dm_view("@kim").unwrap();
    assert_eq!(kim.matches("Northwind Hotels left").count(), 1, "{points:?}\n{kim}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_dies_after_everything_that_the_model_says() {
    for database in Database::both().await {
        cancels(database, Points::by_turns(&["driver-journalled"]), 6).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_dies_with_every_answer_in_hand() {
    cancels(Database::sqlite(), Points::by_turns(&["driver-heard", "driver-journalled"]), 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_dies_around_every_action() {
    for database in Database::both().await {
        cancels(database, Points::by_turns(&["action-called", "action-settled"]), 6).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_dies_after_every_delivery_decision_and_message() {
    cancels(
        Database::sqlite(),
        Points::by_turns(&["inbox-committed", "task-routed", "reply-posted", "approval-decided", "run-ended"]),
        4,
    )
    .await;
}
