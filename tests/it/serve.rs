//! `workforce serve`, the real binary: what is wrong with the setting is said with the mend, and it ends when it is told to.

use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use workforce::rehearsals::company::Time;
use workforce::rehearsals::{Company, example};
use workforce::sandbox::{ReleaseOrder, Sandbox};

const PATIENCE: Duration = Duration::from_secs(120);

/// A folder with the example's directives, and a workspace for them.
pub(super) struct House {
    pub dir: tempfile::TempDir,
    pub sandbox: Sandbox,
}

impl House {
    pub async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in example::files() {
            let file = dir.path().join("directives").join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let house = dir.path().to_owned();
        let agreed = Command::new(env!("CARGO_BIN_EXE_workforce"))
            .args(["directives", "accept", "--yes"])
            .current_dir(house)
            .env_clear()
            .output()
            .await
            .unwrap();
        assert!(agreed.status.success(), "{}", said(&agreed));
        let workspace = Company::example().expect("the example holds").workspace(Time::Running);
        Self { dir, sandbox: Sandbox::start(workspace).await.unwrap() }
    }

    pub fn command(&self, app_token: &str, bot_token: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workforce"));
        command
            .arg("serve")
            .current_dir(self.dir.path())
            .env_clear()
            .env("SLACK_API_URL", self.sandbox.api_url())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for (name, value) in [("SLACK_APP_TOKEN", app_token), ("SLACK_BOT_TOKEN", bot_token)] {
            if !value.is_empty() {
                command.env(name, value);
            }
        }
        command
    }

    fn served(&self) -> Child {
        self.command(&self.sandbox.app_token(), &self.sandbox.bot_token()).spawn().unwrap()
    }

    /// Runs it to its end and gives what it said; it must fail.
    async fn refused(&self, app_token: &str, bot_token: &str) -> String {
        let ended = self.command(app_token, bot_token).output();
        let output = tokio::time::timeout(PATIENCE, ended).await.expect("it ends by itself").unwrap();
        assert!(!output.status.success(), "{}", said(&output));
        said(&output)
    }

    async fn connected(&self) {
        let connected = self.sandbox.until(|sandbox| (sandbox.connections() == 2).then_some(()));
        tokio::time::timeout(PATIENCE, connected).await.expect("it connects");
    }
}

pub(super) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_the_tokens_is_said_with_the_mend() {
    let house = House::open().await;
    let (app, bot) = (house.sandbox.app_token(), house.sandbox.bot_token());
    let missing = house.refused("", "").await;
    assert!(missing.contains("SLACK_APP_TOKEN"), "{missing}");
    let swapped = house.refused(&bot, &app).await;
    assert!(swapped.contains("xapp-"), "{swapped}");
    let unknown = house.refused(&app, "xoxb-0-0-unknown").await;
    assert!(unknown.contains("invalid_auth"), "{unknown}");
    for text in [missing, swapped, unknown] {
        assert!(!text.contains(&app) && !text.contains(&bot) && !text.contains("0-0-unknown"), "a token: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_directives_at_the_first_start_name_line_and_mend() {
    let house = House::open().await;
    let file = house.dir.path().join("directives/approvals.md");
    let text = std::fs::read_to_string(&file).unwrap().replace("from a finance manager", "from a fianance manager");
    std::fs::write(file, text).unwrap();
    let said = house.refused(&house.sandbox.app_token(), &house.sandbox.bot_token()).await;
    assert!(said.contains("approvals.md:8:41"), "{said}");
    assert!(said.contains("did you mean finance-manager?"), "{said}");
    assert_eq!(house.sandbox.connections(), 0);
}

/// Nobody agreed: nothing starts, and it is said who can.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn directives_that_nobody_agreed_to_start_nothing() {
    let house = House::open().await;
    std::fs::remove_file(house.dir.path().join("workforce.db")).unwrap();
    let said = house.refused(&house.sandbox.app_token(), &house.sandbox.bot_token()).await;
    assert!(said.contains("`workforce directives accept`"), "{said}");
    assert_eq!(house.sandbox.connections(), 0);
}

/// Slack repeats an event for minutes, then it is gone. What was asked while the process was down, or while no socket was
/// open, is found by reading the channels back; and what arrives after all is no second request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_while_nobody_listened_is_read_back() {
    let house = House::open().await;
    let asked_priya = |thread: String| {
        move |sandbox: &Sandbox| {
            sandbox.thread_text("#legal", &thread).ok().filter(|shown| shown.contains("*Priya Nair* is asked"))
        }
    };
    let ask = |text: &str| house.sandbox.says("@ana", "#legal", &format!("@workforce {text}")).unwrap();
    let mut bot = house.served();
    house.connected().await;
    let heard = ask("please read this contract");
    let seen = house.sandbox.until(asked_priya(heard.clone()));
    tokio::time::timeout(PATIENCE, seen).await.expect("it is heard");
    bot.kill().await.unwrap();

    // Nothing that happens from here on reaches anybody by an event.
    house.sandbox.hold_events();
    let while_down = ask("is this claim justified?");
    let unasked = house.sandbox.says("@ben", "#legal", "lunch at twelve?").unwrap();
    let _bot = house.served();
    house.connected().await;
    let found = house.sandbox.until(asked_priya(while_down.clone()));
    tokio::time::timeout(PATIENCE, found).await.expect("what was said while it was down is found");

    let while_deaf = ask("who signs the lease?");
    house.sandbox.drop_connections();
    let found = house.sandbox.until(asked_priya(while_deaf.clone()));
    tokio::time::timeout(PATIENCE, found).await.expect("what was said while it was deaf is found");

    let direct = house.sandbox.dm_channel("@kim").unwrap();
    let told = house.sandbox.until(|sandbox| {
        let shown = sandbox.shown(&direct).ok()?;
        shown.into_iter().find(|message| message.text.contains("found 1 missed request"))
    });
    tokio::time::timeout(PATIENCE, told).await.expect("whoever keeps the house hears of it");
    house.sandbox.release_events(ReleaseOrder::Reversed);
    house.sandbox.wait_idle().await;
    for thread in [heard, while_down, while_deaf] {
        let shown = house.sandbox.thread_text("#legal", &thread).unwrap();
        assert_eq!(shown.matches("is asked to take this").count(), 1, "{shown}");
    }
    let shown = house.sandbox.thread_text("#legal", &unasked).unwrap();
    assert!(!shown.contains("asked to take this"), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_well_when_it_is_told_to_and_is_the_only_one_on_its_file() {
    let house = House::open().await;
    let first = house.served();
    house.connected().await;
    let second = house.refused(&house.sandbox.app_token(), &house.sandbox.bot_token()).await;
    assert!(second.contains("another process"), "{second}");

    let thread = house.sandbox.says("@ana", "#legal", "@workforce please read this contract").unwrap();
    let id = first.id().expect("it runs").to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    let output = tokio::time::timeout(PATIENCE, first.wait_with_output()).await.expect("it ends").unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("told to stop"), "{}", said(&output));
    assert!(!said(&output).contains('\u{1b}'), "colours in a pipe: {}", said(&output));

    // Whatever was not finished is taken up at the next start.
    let next = house.served();
    house.connected().await;
    let taken = |sandbox: &Sandbox| sandbox.thread_text("#legal", &thread).ok().filter(|shown| shown.contains("Priya"));
    tokio::time::timeout(PATIENCE, house.sandbox.until(taken)).await.expect("Priya is asked");
    drop(next);
}

/// Whatever somebody turns the log up to, what looks like a secret is not in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_in_no_line_of_the_log() {
    let house = House::open().await;
    let (app, bot) = (house.sandbox.app_token(), house.sandbox.bot_token());
    let file = house.dir.path().join("log");
    let mut command = house.command(&app, &bot);
    // Not a pipe: at this level it would be full before anybody reads it.
    command.env("WORKFORCE_LOG", "trace").stderr(std::fs::File::create(&file).unwrap());
    let mut process = command.spawn().unwrap();
    house.connected().await;
    let secrets = ["ghp_00000000000000000000canary", "sk-canary00000000000000000000", "whsec_canary0000000001"];
    let ask = format!("@workforce please read this contract, the keys are {}", secrets.join(" and "));
    let thread = house.sandbox.says("@ana", "#legal", &ask).unwrap();
    let taken = |sandbox: &Sandbox| sandbox.thread_text("#legal", &thread).ok().filter(|shown| shown.contains("Priya"));
    tokio::time::timeout(PATIENCE, house.sandbox.until(taken)).await.expect("Priya is asked");
    let id = process.id().expect("it runs").to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    tokio::time::timeout(PATIENCE, process.wait()).await.expect("it ends").unwrap();
    let log = std::fs::read_to_string(&file).unwrap();
    assert!(log.contains("sqlx::query") && log.contains("workforce::slack"), "everything is logged: {log}");
    assert!(!log.contains("read this contract"), "what people write is no part of the log");
    for secret in secrets.into_iter().chain([app.as_str(), bot.as_str()]) {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}
