//! What code may do where: wait, read a clock, draw a random number, log, open a socket, read the environment.

use super::tree::{Finding, Source, occurrences, project};
use super::walls::{is_edge, is_leaf, is_room, is_shell};

/// Files that keep a room's rows; the only ones of a room that wait for anything.
fn keeps_rows(source: &Source) -> bool {
    source.file_name() == "store.rs" || source.path.contains("/store/")
}

fn in_room(source: &Source) -> bool {
    source.room().is_some_and(is_room)
}

fn in_leaf(source: &Source) -> bool {
    source.room().is_some_and(is_leaf)
}

fn all(source: &Source, needles: &[&str]) -> Vec<Finding> {
    needles.iter().flat_map(|needle| source.uses(needle)).collect()
}

/// Rooms decide at once: only their `store.rs` waits, and only the leaf `store` besides.
fn waiting(source: &Source) -> Vec<Finding> {
    let may = keeps_rows(source) || source.room() == Some("store");
    if may || !(in_room(source) || in_leaf(source)) {
        return Vec::new();
    }
    all(source, &["async fn", "async move", "async {", ".await"])
}

/// Time is a value. `clock.rs` reads the calendar; edges and shell may measure how long something takes.
fn clocks(source: &Source) -> Vec<Finding> {
    let calendar = ["Utc::now", "Local::now", "SystemTime", "UNIX_EPOCH"];
    let stopwatch = ["Instant::now"];
    match source.room() {
        Some("clock") | None => Vec::new(),
        // The look-alike Slack has a clock of its own.
        Some("sandbox") if source.file_name() == "clock.rs" => Vec::new(),
        Some(room) if is_edge(room) || is_shell(room) => all(source, &calendar),
        Some(_) => all(source, &[calendar.as_slice(), &stopwatch].concat()),
    }
}

/// Ids come in as values, or are drawn where the row is written.
fn randomness(source: &Source) -> Vec<Finding> {
    if !(in_room(source) || in_leaf(source)) || keeps_rows(source) {
        return Vec::new();
    }
    all(source, &["Uuid::now_v7", "Uuid::new_v4", "fastrand", "rand::", "getrandom", "thread_rng", "RandomState::new"])
}

/// Rooms and leaves say nothing: whoever called them logs once, at the boundary.
fn logging(source: &Source) -> Vec<Finding> {
    if !(in_room(source) || in_leaf(source)) {
        return Vec::new();
    }
    all(source, &["tracing::", "log::", "println!", "eprintln!", "print!", "eprint!"])
}

/// Only edges speak over sockets or start programs, and only they know the crates that do.
fn sockets(source: &Source) -> Vec<Finding> {
    if source.room().is_none_or(is_edge) {
        return Vec::new();
    }
    let needles = [
        "reqwest", "tokio_tungstenite", "tungstenite", "axum", "hyper", "rmcp", "rustls", "TcpListener", "TcpStream",
        "UdpSocket", "UnixStream", "UnixListener", "tokio::net", "tokio::process",
    ];
    // The binary chooses the provider of TLS once, before any edge opens a connection.
    let provider = |f: &Finding| !(source.path.starts_with("src/cli/") && f.what == "`rustls`");
    all(source, &needles).into_iter().filter(provider).collect()
}

/// Rooms do not touch files either, but for the directives' front end, whose files they are.
fn files(source: &Source) -> Vec<Finding> {
    let reads_directives = source.path.starts_with("src/directives/files/") || source.path == "src/directives/files.rs";
    if !in_room(source) || reads_directives {
        return Vec::new();
    }
    all(source, &["std::fs", "tokio::fs", "File::open", "std::process"])
}

/// `config.rs` reads the environment, and hands its reader to whoever needs one variable.
fn environment(source: &Source) -> Vec<Finding> {
    let allowed = [
        "src/config.rs", // A failpoint must work before there is a configuration.
        "src/flow/failpoint.rs",
        // A tool server gets the search path and nothing else of this process's environment.
        "src/tools/process.rs", // So does an agent that is a program.
        "src/drivers/command.rs",
    ];
    if !source.path.starts_with("src/") || allowed.contains(&source.path.as_str()) {
        return Vec::new();
    }
    all(source, &["env::var", "env::vars", "env::var_os", "env::vars_os", "env::set_var", "env::remove_var"])
}

/// A test that sleeps is slow or wrong, mostly both; a paused runtime trips the pools' time-outs.
fn sleeping_tests(source: &Source) -> Vec<Finding> {
    let needles = ["sleep(", "sleep_until(", "time::pause", "time::advance", "start_paused", "time::interval"];
    let production: Vec<usize> = needles.iter().flat_map(|n| source.uses(n)).map(|f| f.line).collect();
    needles.iter().flat_map(|n| source.mentions(n)).filter(|f| !production.contains(&f.line)).collect()
}

/// Production code has no branch that only tests take.
fn test_branches(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with("src/") {
        return Vec::new();
    }
    let code = &source.code;
    let mut found: Vec<Finding> = source.mentions("cfg!(test");
    for at in occurrences(code, "cfg(").into_iter().chain(occurrences(code, "cfg_attr(")) {
        let inside = code[at..].split(']').next().unwrap_or_default();
        let mentions_test = !occurrences(inside, "test").is_empty();
        let whole_module = code[at..].starts_with("cfg(test)]") && declares_module(&code[at + "cfg(test)]".len()..]);
        if mentions_test && !whole_module {
            let line = super::tree::line_of(code, at);
            found.push(source.finding(line, "`cfg(test)` on something else than a module of tests"));
        }
    }
    found
}

/// Whether a module follows, after attributes and a visibility.
fn declares_module(code: &str) -> bool {
    let mut rest = code.trim_start();
    while rest.starts_with("#[") {
        rest = rest.split_once(']').map_or("", |(_, rest)| rest).trim_start();
    }
    if let Some(after) = rest.strip_prefix("pub") {
        let after = after.trim_start();
        rest = after
            .strip_prefix('(')
            .map_or(after, |inner| inner.split_once(')').map_or("", |(_, rest)| rest))
            .trim_start();
    }
    rest.starts_with("mod ")
}

/// A point at which a test kills the process lies behind the commit: a death inside of a transaction undoes what the point names.
fn points(source: &Source) -> Vec<Finding> {
    let production = &source.production;
    let inside = |at: &usize| {
        let before = &production[..*at];
        let signature = before.rfind("fn ").map_or("", |begin| &before[begin..]).split('{').next().unwrap_or_default();
        !occurrences(signature, "&mut Tx").is_empty()
    };
    let passed = occurrences(production, "failpoint::pass").into_iter().filter(inside);
    passed
        .map(|at| source.finding(super::tree::line_of(production, at), "`failpoint::pass` before the commit"))
        .collect()
}

type Check = fn(&Source) -> Vec<Finding>;

fn run(what: &str, check: Check) {
    super::assert_none(what, project().iter().flat_map(check));
}

#[test]
fn rooms_do_not_wait_outside_their_store() {
    run("a room waits", waiting);
}

#[test]
fn time_comes_in_as_a_value() {
    run("a clock is read where time should come in as a value", clocks);
}

#[test]
fn ids_come_in_as_values() {
    run("a random number is drawn in a room", randomness);
}

#[test]
fn rooms_do_not_log() {
    run("a room logs", logging);
}

#[test]
fn only_edges_open_sockets() {
    run("a socket or a program is used outside the edges", sockets);
}

#[test]
fn rooms_do_not_touch_files() {
    run("a room touches files", files);
}

#[test]
fn one_place_reads_the_environment() {
    run("the environment is read outside config.rs", environment);
}

#[test]
fn no_test_sleeps() {
    run("a test sleeps", sleeping_tests);
}

#[test]
fn production_code_has_no_branch_for_tests() {
    run("a branch for tests in production code", test_branches);
}

#[test]
fn points_lie_behind_their_commits() {
    run("a test would kill the process before what it names is committed", points);
}

#[test]
fn each_of_these_checks_can_fail() {
    let cases: &[(Check, &str, &str)] = &[
        (waiting, "src/gate/judge.rs", "pub async fn judge() {}"),
        (waiting, "src/ids.rs", "fn f() { g().await }"),
        (clocks, "src/gate/judge.rs", "let now = Instant::now();"),
        (clocks, "src/flow/tick.rs", "let now = chrono::Utc::now();"),
        (clocks, "src/slack/web.rs", "let now = SystemTime::now();"),
        (randomness, "src/runs/mod.rs", "let id = Uuid::now_v7();"),
        (logging, "src/inbox/store.rs", "tracing::info!(1);"),
        (logging, "src/replies/card.rs", "println!(1);"),
        (sockets, "src/flow/deliver.rs", "let c = reqwest::Client::new();"),
        (sockets, "src/directives/mod.rs", "TcpListener::bind(a)"),
        (files, "src/replies/mod.rs", "std::fs::read(p)"),
        (environment, "src/slack/config.rs", "std::env::var(name)"),
        (sleeping_tests, "tests/it/a.rs", "tokio::time::sleep(d).await"),
        (sleeping_tests, "src/slack/pace.rs", "#[cfg(test)]\nmod tests { fn t() { thread::sleep(d) } }"),
        (test_branches, "src/gate/mod.rs", "#[cfg(test)]\nfn only_for_tests() {}"),
        (test_branches, "src/gate/mod.rs", "#[cfg(any(test, feature))]\nmod tests;"),
        (test_branches, "src/gate/mod.rs", "#[cfg_attr(test, derive(Clone))] struct A;"),
        (test_branches, "src/gate/mod.rs", "if cfg!(test) {}"),
        (points, "src/flow/step.rs", "async fn take(tx: &mut Tx) -> R {\n    if a {}\n    failpoint::pass(b);\n}"),
    ];
    for (check, path, code) in cases {
        assert_eq!(check(&Source::new(path, code)).len(), 1, "{path}: {code}");
    }
    let fine: &[(Check, &str, &str)] = &[
        (waiting, "src/inbox/store.rs", "pub async fn put() {}"),
        (waiting, "src/slack/web.rs", "pub async fn post() {}"),
        (clocks, "src/clock.rs", "Utc::now()"),
        (clocks, "src/slack/pace.rs", "Instant::now()"),
        (randomness, "src/replies/store.rs", "Uuid::now_v7()"),
        (logging, "src/inbox/mod.rs", "/// println!\nfn f() {}"),
        (environment, "src/config.rs", "std::env::var(name)"),
        (sleeping_tests, "src/slack/pace.rs", "async fn f() { sleep(d).await }"),
        (points, "src/flow/step.rs", "async fn take(tx: &mut Tx) {}\nasync fn next() {\n    failpoint::pass(b);\n}"),
        (
            test_branches,
            "src/gate/mod.rs",
            "#[cfg(test)]\n#[path = \"t.rs\"]\npub(crate) mod tests;\n#[cfg(feature = \"test_x\")] fn f() {}",
        ),
    ];
    for (check, path, code) in fine {
        assert_eq!(check(&Source::new(path, code)), [], "{path}: {code}");
    }
}
