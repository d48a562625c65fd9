//! The guides "your first agent in five minutes", followed to the letter: a fresh folder, the guide's own blocks, the real binary.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use workforce::rehearsals::Company;
use workforce::rehearsals::company::Time;
use workforce::sandbox::Sandbox;

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/agents.md");
const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/examples");
const PATIENCE: Duration = Duration::from_secs(120);
const SECRET: &str = "write-something-else-here";

/// The blocks of one guide in one language, in order, without their indentation below a list's number.
fn blocks(of: &str, language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(GUIDE).unwrap();
    let head = format!("## Your first agent in five minutes: {of}\n");
    let section = text.split(&head).nth(1).unwrap_or_else(|| panic!("no guide for {of}"));
    let section = section.split("\n## ").next().unwrap();
    let (mut found, mut open) = (Vec::new(), None::<(usize, Vec<String>)>);
    for line in section.lines() {
        let indent = line.len() - line.trim_start().len();
        open = match (open, line.trim_start().strip_prefix("```")) {
            (Some((_, lines)), Some("")) => {
                found.push(lines.join("\n") + "\n");
                None
            }
            (Some((cut, mut lines)), _) => {
                lines.push(line.get(cut..).unwrap_or_default().to_owned());
                Some((cut, lines))
            }
            (None, Some(begins)) if begins == language => Some((indent, Vec::new())),
            (None, Some("") | None) => None,
            // A block of another language: skipped up to its end.
            (None, Some(_)) => None,
        };
    }
    found
}

struct Shop {
    dir: tempfile::TempDir,
    sandbox: Sandbox,
}

impl Shop {
    /// `workforce init shop && cd shop`, in a workspace that has this person and this channel.
    async fn begin() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Company::example().expect("the example holds").workspace(Time::Running);
        let shop = Self { sandbox: Sandbox::start(workspace).await.unwrap(), dir };
        std::fs::create_dir(shop.folder()).unwrap();
        shop.runs(&["init", ".", "--email", "kim@acme.test"]).await;
        shop
    }

    fn folder(&self) -> std::path::PathBuf {
        self.dir.path().join("shop")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workforce"));
        command.args(arguments).current_dir(self.folder()).env_clear();
        command.env("PATH", std::env::var("PATH").unwrap()).env("SLACK_API_URL", self.sandbox.api_url());
        command.env("SLACK_APP_TOKEN", self.sandbox.app_token()).env("SLACK_BOT_TOKEN", self.sandbox.bot_token());
        command.env("AGENT_SECRET", SECRET).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    async fn runs(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().await.unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {said}");
        said
    }

    /// The role file as the guide has it written, with the playbook's section deleted.
    fn fill_by(&self, lines: &str) {
        let file = self.folder().join("directives/roles/welcome.md");
        let text = std::fs::read_to_string(&file).unwrap();
        let without = text.split("\n## Playbook").next().unwrap();
        assert!(without.contains("    driver: playbook\n"), "{without}");
        std::fs::write(file, without.replace("    driver: playbook\n", lines)).unwrap();
    }

    fn set(&self, lines: &str) {
        let file = self.folder().join("workforce.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("{text}\n{lines}")).unwrap();
    }

    /// `check`, `directives accept`, `serve`, and the first mention; gives the thread once it shows these words.
    async fn answers(&self, words: &str) -> String {
        let checked = self.runs(&["check", "directives"]).await;
        assert!(checked.contains("0 errors, 0 warnings"), "{checked}");
        self.runs(&["directives", "accept", "--yes"]).await;
        let _bot = self.command(&["serve"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let connected = self.sandbox.until(|sandbox| (sandbox.connections() == 2).then_some(()));
        tokio::time::timeout(PATIENCE, connected).await.expect("it connects");
        let thread = self.sandbox.says("@ana", "#support", "@workforce welcome! who are you?").unwrap();
        let seen =
            |sandbox: &Sandbox| sandbox.thread_text("#support", &thread).ok().filter(|shown| shown.contains(words));
        let shown = tokio::time::timeout(PATIENCE, self.sandbox.until(seen)).await;
        shown.unwrap_or_else(|_| panic!("no answer: {}", self.sandbox.thread_text("#support", &thread).unwrap()))
    }
}

/// A program that was started; what it says is heard for as long as it lives.
struct Running {
    _child: Child,
    _says: Lines<BufReader<ChildStdout>>,
    first_line: String,
}

async fn begun(mut command: Command) -> Running {
    let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut says = BufReader::new(child.stdout.take().unwrap()).lines();
    let first_line = says.next_line().await.unwrap().unwrap_or_default();
    Running { _child: child, _says: says, first_line }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_by_its_guide() {
    let shop = Shop::begin().await;
    shop.fill_by(&blocks("a model", "yaml")[0]);
    let script = shop.folder().join("script.jsonl");
    std::fs::write(&script, &blocks("a model", "json")[0]).unwrap();
    let vendor = begun(shop.command(&["demo-models", "script.jsonl", "--port", "0"])).await;
    let address = vendor.first_line.split('"').nth(1).unwrap().to_owned();
    let with_key = &blocks("a model", "toml")[0];
    assert!(with_key.contains("key_env"), "{with_key}");
    shop.set(&blocks("a model", "toml")[1].replace("http://127.0.0.1:8117", &address));
    shop.answers("Welcome! I am Wim").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_by_its_guide() {
    let shop = Shop::begin().await;
    shop.fill_by(&blocks("a program", "yaml")[0]);
    shop.set(&blocks("a program", "toml")[0]);
    std::fs::write(shop.folder().join("agent.py"), &blocks("a program", "python")[0]).unwrap();
    shop.answers("Welcome! I am a program, and this is question 1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_by_its_guide() {
    let shop = Shop::begin().await;
    shop.fill_by(&blocks("an address", "yaml")[0]);
    assert!(blocks("an address", "sh")[0].contains(&format!("AGENT_SECRET={SECRET}")));
    std::fs::copy(Path::new(EXAMPLES).join("agent_http.py"), shop.folder().join("agent_http.py")).unwrap();
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mut agent = Command::new("python3");
    agent.args(["agent_http.py", "0"]).current_dir(shop.folder()).env("AGENT_SECRET", SECRET);
    agent.env("WORKFORCE_CALLBACK", format!("http://127.0.0.1:{free}/agents/welcome-agent"));
    let agent = begun(agent).await;
    let settings = blocks("an address", "toml")[0].replace(":8788", &format!(":{free}"));
    shop.set(&settings.replace(":9000", &format!(":{}", agent.first_line.trim())));
    shop.answers("Your parcel is on its way.").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_playbook_by_its_guide() {
    Shop::begin().await.answers("Welcome! Ask in #support whatever you need").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_by_the_guide() {
    let shop = Shop::begin().await;
    shop.fill_by(&blocks("a person", "yaml")[0]);
    shop.answers("Kim Osei").await;
}
