//! Agents outside: programs and addresses, by the examples of the documentation and by ones that misbehave.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use workforce::catalogue::schema::violations;
use workforce::clock::Span;
use workforce::drivers::Drivers;
use workforce::drivers::agents::{AgentConfig, CommandConfig, HttpConfig};
use workforce::ids::TaskId;
use workforce::ledger::FactKind;
use workforce::webhooks::{Scheme, Section, sign};

use crate::office::Office;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const COMMAND: (&str, &str, &str) = ("roles/orders.md", "driver: playbook", "driver: command");
const HTTP: (&str, &str, &str) = ("roles/orders.md", "driver: playbook", "driver: http");

fn program(args: &[&str]) -> CommandConfig {
    CommandConfig {
        command: "python3".to_owned(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        env: std::collections::BTreeMap::from([("AGENT_KEY".to_owned(), SecretString::from("very-secret-key"))]),
        cwd: None,
        memory_bytes: 512 * 1024 * 1024,
        timeout: Duration::from_secs(30),
    }
}

async fn with_program(config: CommandConfig) -> Office {
    Office::open_team(&[COMMAND], Drivers::default(), |settings| {
        settings.drivers.agents.insert("orders-agent".to_owned(), AgentConfig::Command(config));
    })
    .await
}

/// What the thread of a request shows once everything has come to rest, with further rests in between.
async fn asked(office: &Office, words: &str, rests: usize) -> String {
    let thread = office.sandbox.says("@ana", "#support", &format!("@workforce {words}")).unwrap();
    office.rest().await;
    for _ in 0..rests {
        office.after(Span::minutes(20)).await;
    }
    office.sandbox.thread_text("#support", &thread).unwrap()
}

async fn usages(office: &Office) -> Vec<Value> {
    let facts = workforce::ledger::store::facts_of_task(&office.service().app.store, TaskId(1)).await.unwrap();
    let asked = facts.into_iter().filter(|fact| fact.kind == FactKind::DriverAsked);
    asked.map(|fact| fact.payload.unwrap()["usage"].clone()).collect()
}

fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples").join(name).display().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_of_the_documentation_works() {
    let office = with_program(program(&[&example("agent_command.py")])).await;
    let shown = asked(&office, "where is order ORD-1042?", 0).await;
    assert!(shown.contains("ORD-1042 (Espresso grinder) is delivered."), "{shown}");
    let known = usages(&office).await;
    assert_eq!(known.len(), 2);
    assert_eq!(known[1]["told"]["known"]["micros"], 1500);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_misbehaves_is_told_apart_and_cannot_harm() {
    let cases: &[(&str, &str)] = &[
        ("print('{}'); print('{}')", "Noor"),
        ("import sys; sys.exit('no key: ' + __import__('os').environ['AGENT_KEY'])", "left without an answer"),
        ("print('hello')", "Noor"),
        ("x = bytearray(2 * 1024 ** 3); print('{\"text\": \"took it all\"}')", "MemoryError"),
        ("while True: print('x' * 65536, end='')", "Noor"),
    ];
    for (script, words) in cases {
        let office = with_program(program(&["-c", script])).await;
        let shown = asked(&office, "where is order ORD-1042?", 5).await;
        assert!(shown.contains(words), "{script}: {shown}");
        assert!(!shown.contains("very-secret-key"), "{shown}");
        office.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_cannot_be_read_may_be_mended_once() {
    let script = "import json, sys\nq = json.loads(sys.stdin.readline())\nprint('oops' if q['question'] == 1 else json.dumps({'text': 'Mended.'}))";
    let office = with_program(program(&["-c", script])).await;
    let shown = asked(&office, "where is order ORD-1042?", 0).await;
    assert!(shown.contains("Mended."), "{shown}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_asks_whoever_it_may_and_hears_who_answered() {
    let script = "import json, sys\nq = json.loads(sys.stdin.readline())\nassert any(who['worker'] == 'owner' for who in q['askable'])\nask = {'name': 'ask', 'arguments': {'question': 'Is it known to be late?', 'whom': 'owner'}}\nprint(json.dumps({'calls': [ask]} if q['question'] == 1 else {'text': q['turns'][-1]['outcomes'][0]['text']}))";
    let office = with_program(program(&["-c", script])).await;
    let thread = office.sandbox.says("@ana", "#support", "@workforce where is order ORD-1042?").unwrap();
    office.rest().await;
    assert_eq!(office.told("noor", "Is it known to be late?"), 1, "{}", office.direct("noor"));
    office.sandbox.says_in_thread("@noor", "#support", &thread, "since Monday").unwrap();
    office.rest().await;
    let shown = office.sandbox.thread_text("#support", &thread).unwrap();
    assert!(shown.contains("Noor Haddad answered: since Monday"), "{shown}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_takes_too_long_is_killed_with_its_children() {
    let dir = tempfile::tempdir().unwrap();
    let pid = dir.path().join("pid");
    let script = format!(
        "import subprocess, sys, time\nchild = subprocess.Popen(['sleep', '600'])\nopen({:?}, 'w').write(str(child.pid))\ntime.sleep(600)",
        pid.display().to_string()
    );
    let office = with_program(CommandConfig { timeout: Duration::from_secs(10), ..program(&["-c", &script]) }).await;
    let shown = asked(&office, "where is order ORD-1042?", 0).await;
    assert!(!shown.is_empty());
    let child = std::fs::read_to_string(&pid).unwrap();
    let state = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
    let gone = state.is_empty() || state.split(") ").nth(1).is_some_and(|rest| rest.starts_with('Z'));
    assert!(gone, "the program's child lives on: {state}");
    drop(office);
}

/// The example that answers over HTTP, running.
async fn http_example(callback: &str, at: i64) -> (Child, u16) {
    let mut child = Command::new("python3")
        .args([&example("agent_http.py"), "0"])
        .env("AGENT_SECRET", SECRET)
        .env("WORKFORCE_CALLBACK", callback)
        .env("AGENT_TIME", at.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
    (child, line.trim().parse().unwrap())
}

fn agent(port: u16) -> HttpConfig {
    HttpConfig {
        url: format!("http://127.0.0.1:{port}/").parse().unwrap(),
        secret: SecretString::from(SECRET),
        timeout: Duration::from_secs(30),
        answers_within: Some(Span::minutes(60)),
    }
}

/// An office that listens at a port which is free, with an agent at another.
async fn with_address(listen: u16, config: HttpConfig) -> Office {
    let section = Section { listen: format!("127.0.0.1:{listen}"), ..Section::default() };
    let mut webhooks = section.resolve(|_| None).unwrap();
    webhooks.agents.insert("orders-agent".to_owned(), SecretString::from(SECRET));
    Office::open_team(&[HTTP], Drivers::default(), |settings| {
        settings.webhooks = Some(webhooks);
        settings.drivers.agents.insert("orders-agent".to_owned(), AgentConfig::Http(config));
    })
    .await
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_agent_of_the_documentation_answers_by_itself() {
    let listen = free_port();
    let now = workforce::rehearsals::company::begins().0 / 1_000_000;
    let (_running, port) = http_example(&format!("http://127.0.0.1:{listen}/agents/orders-agent"), now).await;
    let office = with_address(listen, agent(port)).await;
    let thread = office.sandbox.says("@ana", "#support", "@workforce where is order ORD-1042?").unwrap();
    let there = |sandbox: &workforce::sandbox::Sandbox| {
        sandbox.thread_text("#support", &thread).is_ok_and(|shown| shown.contains("on its way")).then_some(())
    };
    tokio::time::timeout(Duration::from_secs(60), office.sandbox.until(there)).await.expect("the agent answers");
    office.rest().await;
    office.end().await;
}

async fn deliver(listen: u16, body: &Value, at: workforce::clock::Timestamp, secret: &str) -> u16 {
    let body = body.to_string();
    let mut request = reqwest::Client::new().post(format!("http://127.0.0.1:{listen}/agents/orders-agent"));
    for (name, value) in sign(Scheme::Workforce, &SecretString::from(secret), body.as_bytes(), at) {
        request = request.header(name, value);
    }
    request.body(body).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_awaited_answer_counts_and_only_once() {
    let listen = free_port();
    let (_running, port) = http_example("http://127.0.0.1:9/nowhere", 0).await;
    let office = with_address(listen, agent(port)).await;
    let thread = office.sandbox.says("@ana", "#support", "@workforce where is order ORD-1042?").unwrap();
    office.rest().await;
    let answer = |question: i64, text: &str| json!({ "run": 1, "question": question, "text": text });
    let now = office.clock.now();
    assert_eq!(deliver(listen, &answer(1, "forged"), now, "another-secret-of-32-characters!").await, 401);
    assert_eq!(deliver(listen, &answer(1, "stale"), now.minus(Span::hours(1)), SECRET).await, 401);
    assert_eq!(deliver(listen, &answer(2, "not asked yet"), now, SECRET).await, 202);
    assert_eq!(deliver(listen, &answer(1, "It is with the carrier."), now, SECRET).await, 202);
    assert_eq!(deliver(listen, &answer(1, "No, it is lost."), now, SECRET).await, 200, "the first one counts");
    office.rest().await;
    let shown = office.sandbox.thread_text("#support", &thread).unwrap();
    assert!(shown.contains("It is with the carrier.") && !shown.contains("lost"), "{shown}");
    assert!(!shown.contains("forged") && !shown.contains("not asked yet"), "{shown}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_never_answers_is_asked_again_and_then_given_up() {
    let listen = free_port();
    let (_running, port) = http_example("http://127.0.0.1:9/nowhere", 0).await;
    let office = with_address(listen, agent(port)).await;
    let thread = office.sandbox.says("@ana", "#support", "@workforce where is order ORD-1042?").unwrap();
    office.rest().await;
    for _ in 0..6 {
        office.after(Span::minutes(61)).await;
    }
    let shown = office.sandbox.thread_text("#support", &thread).unwrap();
    assert!(shown.contains("Not finished"), "{shown}");
    office.end().await;
}

#[test]
fn the_schema_fits_what_is_said() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/agent.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let answer = &schema["$defs"]["answer"];
    for good in [
        json!({ "text": "Done." }),
        json!({ "calls": [{ "name": "ask", "arguments": { "question": "Which?" } }], "usage": { "input_tokens": 3 } }),
        json!({ "calls": [{ "name": "ask", "arguments": { "question": "May we?", "whom": "owner", "options": ["Yes", "No"] } }] }),
        json!({ "run": 1, "question": 2, "text": "x", "usage": { "cost": { "micros": 5, "currency": "EUR" } } }),
    ] {
        assert!(violations(answer, &good).is_empty(), "{good}");
        assert!(workforce::drivers::contract::answer(&good.to_string(), "x").is_ok(), "{good}");
    }
    for bad in
        [json!({ "txt": "x" }), json!({ "usage": { "input_tokens": -1 } }), json!({ "calls": [{ "name": "a" }] })]
    {
        assert!(!violations(answer, &bad).is_empty(), "{bad}");
        assert!(workforce::drivers::contract::answer(&bad.to_string(), "x").is_err(), "{bad}");
    }
}
