//! The doctor finds, one by one, the mistakes of a set-up that are planted in the look-alike Slack and in the settings.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;
use workforce::rehearsals::company::Time;
use workforce::rehearsals::{Company, example};
use workforce::sandbox::{ClockKind, Sandbox, SandboxConfig};

/// A whole installation on this machine, as the doctor meets it.
struct Installation {
    dir: tempfile::TempDir,
    sandbox: Sandbox,
    app_token: String,
    bot_token: String,
    settings: String,
}

impl Installation {
    /// The example company, with a workspace that something is wrong with.
    async fn with(plant: impl FnOnce(&mut SandboxConfig)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in &example::files() {
            let file = dir.path().join("directives").join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let mut config = Company::example().unwrap().workspace(Time::Running);
        plant(&mut config);
        let sandbox = Sandbox::start(config).await.unwrap();
        let (app_token, bot_token) = (sandbox.app_token(), sandbox.bot_token());
        Self { dir, sandbox, app_token, bot_token, settings: String::new() }
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.dir.path().join(path), text).unwrap();
    }

    fn command(&self, more: &[&str]) -> Command {
        self.write("workforce.toml", &self.settings);
        let mut command = Command::new(env!("CARGO_BIN_EXE_workforce"));
        command.args(["doctor", "--format", "json"]).args(more).current_dir(self.dir.path()).env_clear();
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("SLACK_APP_TOKEN", &self.app_token).env("SLACK_BOT_TOKEN", &self.bot_token);
        command.env("SLACK_API_URL", self.sandbox.api_url()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    async fn seen(&self) -> Seen {
        let output = self.command(&[]).output().await.unwrap();
        Seen::of(&output)
    }
}

/// What the doctor said.
struct Seen {
    status: Option<i32>,
    checks: Vec<Value>,
    raw: String,
}

impl Seen {
    fn of(output: &Output) -> Self {
        let raw = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {raw}"));
        assert_eq!(report["ok"], Value::Bool(output.status.success()), "{raw}");
        Self { status: output.status.code(), checks: report["checks"].as_array().unwrap().clone(), raw }
    }

    fn failed(&self) -> Vec<&str> {
        let failed = self.checks.iter().filter(|check| check["state"] == "failed");
        failed.map(|check| check["check"].as_str().unwrap()).collect()
    }

    /// Exactly this check fails, says so in these words, and says how to mend it in those.
    fn finds(&self, check: &str, what: &str, mend: &str) {
        assert_eq!(self.failed(), [check], "{}", self.raw);
        assert_eq!(self.status, Some(1));
        let found = self.checks.iter().find(|one| one["check"] == check && one["state"] == "failed").unwrap();
        for (key, words) in [("what", what), ("mend", mend)] {
            assert!(found[key].as_str().unwrap().contains(words), "{words}\n{found}");
        }
    }
}

#[tokio::test]
async fn nothing_is_wrong_with_a_whole_installation() {
    let installation = Installation::with(|_| {}).await;
    let seen = installation.seen().await;
    assert_eq!((seen.failed(), seen.status), (vec![], Some(0)), "{}", seen.raw);
    assert!(!seen.raw.contains("xoxb-") && !seen.raw.contains("xapp-"), "no token is shown");
    let methods: Vec<String> = installation.sandbox.calls().iter().map(|call| call.method.clone()).collect();
    assert!(methods.iter().all(|method| !method.starts_with("chat.")), "it says nothing: {methods:?}");
}

#[tokio::test]
async fn tokens_that_are_missing_swapped_or_revoked() {
    let mut installation = Installation::with(|_| {}).await;
    std::mem::swap(&mut installation.app_token, &mut installation.bot_token);
    installation.seen().await.finds("tokens", "SLACK_APP_TOKEN starts with xapp-", "swapped");
    std::mem::swap(&mut installation.app_token, &mut installation.bot_token);
    let bot = std::mem::replace(&mut installation.bot_token, "xoxp-of-a-person".to_owned());
    installation.seen().await.finds("tokens", "SLACK_BOT_TOKEN starts with xoxb-", "OAuth & Permissions");
    installation.bot_token = String::new();
    installation.seen().await.finds("tokens", "SLACK_BOT_TOKEN is not set", "OAuth & Permissions");
    installation.bot_token = "xoxb-revoked".to_owned();
    installation.seen().await.finds("bot token", "invalid_auth", "install the app again");
    installation.bot_token = bot;
    installation.app_token = "xapp-revoked".to_owned();
    installation.seen().await.finds("Socket Mode", "invalid_auth", "connections:write");
}

#[tokio::test]
async fn scopes_that_are_missing_or_needless() {
    let without = async |scope: &str| {
        let kept = scope.to_owned();
        Installation::with(|config| config.app.bot_scopes.retain(|held| *held != kept)).await.seen().await
    };
    without("commands").await.finds("scopes", "there is no /workforce", "install the app again");
    without("users:read.email").await.finds("scopes", "address in company.md", "install the app again");
    without("chat:write.customize").await.finds("scopes", "`customize` is true", "install the app again");
    let fine = without("usergroups:read").await;
    assert!(fine.failed().is_empty() && fine.raw.contains("nothing in use needs it"), "{}", fine.raw);
    let mut plain = Installation::with(|config| config.app.bot_scopes.retain(|s| s != "chat:write.customize")).await;
    plain.settings = "[slack]\ncustomize = false\n".to_owned();
    assert!(plain.seen().await.failed().is_empty());
    let needless = Installation::with(|config| config.app.bot_scopes.push("files:write".to_owned())).await.seen().await;
    assert!(
        needless.failed().is_empty() && needless.raw.contains("never used") && needless.raw.contains("files:write")
    );
    let app = Installation::with(|config| config.app.app_scopes.clear()).await;
    app.seen().await.finds("Socket Mode", "missing_scope", "connections:write");
}

#[tokio::test]
async fn socket_mode_that_is_off() {
    let installation = Installation::with(|config| config.app.socket_mode = false).await;
    installation.seen().await.finds("Socket Mode", "Socket Mode is off", "switch it on");
}

#[tokio::test]
async fn channels_that_the_bot_is_not_in_or_that_there_are_not() {
    let alone = Installation::with(|config| {
        config.channels.iter_mut().filter(|channel| channel.name == "finance").for_each(|channel| channel.bot = false);
    })
    .await;
    alone.seen().await.finds("channels", "I am not in #finance", "/invite @workforce in #finance");
    let gone = Installation::with(|config| config.channels.retain(|channel| channel.name != "legal")).await;
    gone.seen().await.finds("channels", "there is no #legal", "create it or correct its name");
}

#[tokio::test]
async fn people_without_an_account() {
    let stranger = Installation::with(|config| {
        config.users.iter_mut().filter(|user| user.handle == "dana").for_each(|user| user.email = None);
    })
    .await;
    stranger.seen().await.finds("people", "Dana Ruiz (@dana)", "company.md");
    let left = Installation::with(|config| {
        config.users.iter_mut().filter(|user| user.handle == "dana").for_each(|user| user.deleted = true);
    })
    .await;
    let seen = left.seen().await;
    assert!(seen.failed().is_empty() && seen.raw.contains("Dana Ruiz's account is deactivated"), "{}", seen.raw);
}

#[tokio::test]
async fn a_clock_that_is_wrong() {
    let then = ClockKind::Manual { start_seconds: 1_700_000_000 };
    let installation = Installation::with(|config| config.clock = then).await;
    installation.seen().await.finds("clock", "ahead of Slack's", "keep time");
}

#[tokio::test]
async fn settings_directives_database_and_tools_that_do_not_work() {
    let mut installation = Installation::with(|_| {}).await;
    installation.settings = "databse_url = 'x'\n".to_owned();
    installation.seen().await.finds("settings", "databse_url", "docs/configuration.md");
    installation.settings = "database_url = 'sqlite:nowhere/at/all/workforce.db'\n".to_owned();
    installation.seen().await.finds("database", "cannot be opened", "DATABASE_URL");
    installation.settings = "[[tools]]\nname = 'shop'\ncommand = 'no-such-program'\n".to_owned();
    installation.seen().await.finds("tools", "shop", "start the command of shop by hand");
    installation.settings =
        "[[tools]]\nname = 'orders'\ncommand = 'workforce'\nargs = ['demo-tools', 'orders', '--db', 'tools.db']\n"
            .to_owned();
    let lock = std::fs::read_to_string(Path::new("directives/tools.lock")).unwrap();
    installation.write("directives/tools.lock", &lock.replace("\"orders.get\"", "\"orders.got\""));
    let seen = installation.seen().await;
    assert!(seen.raw.contains("held back") || seen.failed().contains(&"directives"), "{}", seen.raw);
    installation.write("directives/tools.lock", &lock);
    installation.settings = String::new();
    installation.write("directives/routing.md", "# Rules\n\nBilling questions go to the fianance agent.\n");
    let seen = installation.seen().await;
    assert!(seen.failed().contains(&"directives") && seen.raw.contains("workforce check"), "{}", seen.raw);
}

#[tokio::test]
async fn hooks_that_cannot_work() {
    const HOOK: &str = "[[webhooks.hooks]]\nname = 'shop'\nscheme = 'github'\nsecret_from = 'SHOP_HOOK'\nchannel = '#nowhere'\ntext = 'x'\n";
    let mut installation = Installation::with(|_| {}).await;
    installation.settings = HOOK.to_owned();
    installation.seen().await.finds("settings", "SHOP_HOOK_FILE", "docs/configuration.md");
    let secret = installation.dir.path().join("secret");
    std::fs::write(&secret, "0123456789abcdef").unwrap();
    installation.settings = format!("[webhooks]\nlisten = '127.0.0.1:0'\n{HOOK}");
    let output = installation.command(&[]).env("SHOP_HOOK_FILE", &secret).output().await.unwrap();
    Seen::of(&output).finds("channels", "a hook speaks there", "create it or correct its name");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    installation.settings = format!("[webhooks]\nlisten = '{}'\n", taken.local_addr().unwrap());
    let seen = installation.seen().await;
    assert!(seen.failed().is_empty() && seen.raw.contains("cannot be listened at"), "{}", seen.raw);
}

/// Runs the doctor while Ana mentions the bot.
async fn mentioned(installation: &Installation) -> Seen {
    let running = installation.command(&["--mention", "#support", "--wait", "5"]).spawn().unwrap();
    let connected = installation.sandbox.until(|sandbox| (sandbox.connections() > 0).then_some(()));
    tokio::time::timeout(Duration::from_secs(60), connected).await.expect("the doctor connects");
    installation.sandbox.says("ana", "support", "@workforce hello").unwrap();
    Seen::of(&running.wait_with_output().await.unwrap())
}

#[tokio::test]
async fn a_mention_that_does_not_arrive_whole() {
    let whole = Installation::with(|_| {}).await;
    let seen = mentioned(&whole).await;
    assert!(seen.failed().is_empty() && seen.raw.contains("heard by both of its events"), "{}", seen.raw);
    assert!(whole.sandbox.ephemerals("ana").unwrap().concat().contains("I hear you"));
    for event in ["app_mention", "message.channels"] {
        let half = Installation::with(|config| config.app.events.retain(|held| held != event)).await;
        mentioned(&half).await.finds("mention", "only one of its two events", "app_mention and message.channels");
    }
    let deaf = Installation::with(|config| config.app.events.clear()).await;
    mentioned(&deaf).await.finds("mention", "nothing arrived from #support", "Event Subscriptions");
}
