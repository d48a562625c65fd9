//! Who speaks which language: SQL in stores, Slack's JSON at Slack's edge, and who can make an `Approved` action.

use super::tree::{Finding, Source, line_of, occurrences, project, root};

/// SQL is in `store.rs` files and the leaf `store`, whose crate nobody else names.
fn sql(source: &Source) -> Vec<Finding> {
    let may =
        source.file_name() == "store.rs" || source.path.starts_with("src/store/") || source.path.contains("/store/");
    if may || source.room().is_none() {
        return Vec::new();
    }
    let statements = source.production_strings.iter().filter(|(_, text)| looks_like_sql(text));
    let mut found: Vec<Finding> = statements.map(|(line, _)| source.finding(*line, "SQL")).collect();
    // The demo's servers pass their connection from the server to the store; the statements are in the store.
    if source.room() != Some("demo_tools") {
        found.extend(source.uses("sqlx"));
    }
    found
}

fn looks_like_sql(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().take(200).collect();
    let has = |word: &str| words.contains(&word);
    match words.first().copied() {
        Some("SELECT") => words.len() > 1,
        Some("INSERT" | "REPLACE") => has("INTO"),
        Some("DELETE") => has("FROM"),
        Some("UPDATE") => has("SET"),
        Some("CREATE" | "DROP" | "ALTER") => has("TABLE") || has("INDEX") || has("TRIGGER"),
        Some("PRAGMA" | "VACUUM" | "ATTACH") => true,
        Some("BEGIN") => has("IMMEDIATE") || has("EXCLUSIVE") || words.len() == 1,
        Some("WITH") => has("AS") && has("SELECT"),
        _ => false,
    }
}

/// Field names and type names that only Slack's JSON has. The names of our own types may coincide; literals do not.
const SLACK_WORDS: &[&str] = &[
    "accessory", "action_id", "block_actions", "block_id", "blocks", "callback_id", "context_actions", "envelope_id",
    "events_api", "icon_emoji", "initial_option", "mrkdwn", "plain_text", "private_metadata", "rich_text",
    "rich_text_section", "slash_commands", "static_select", "thread_ts", "trigger_id", "unfurl_links", "unfurl_media",
    "view_closed", "view_submission",
];

/// Web API methods are Slack's language too: `chat.postMessage`.
const SLACK_METHODS: &[&str] =
    &["apps.connections.", "auth.test", "chat.", "conversations.", "reactions.", "usergroups.", "users.", "views."];

/// Only `slack/` and `sandbox/` know Slack's JSON. The rooms' own JSON (a card, a trigger) is read by derived code.
fn slack_json(source: &Source) -> Vec<Finding> {
    if source.room().is_none_or(|room| matches!(room, "slack" | "sandbox" | "rehearsals")) || is_store(source) {
        return Vec::new();
    }
    let is_slack = |text: &str| {
        let word = text.trim_matches('\\').trim_matches('"');
        let key = text.contains(&format!("\"{word}\\\"")) || SLACK_WORDS.contains(&word);
        let method = SLACK_METHODS.iter().any(|method| {
            word.strip_prefix(method).is_some_and(|rest| {
                rest.chars().all(char::is_alphanumeric) && !(method.ends_with('.') && rest.is_empty())
            })
        });
        key || method
    };
    let strings = source.production_strings.iter().filter(|(_, text)| is_slack(text));
    strings.map(|(line, text)| source.finding(*line, format!("“{text}” is Slack's JSON"))).collect()
}

/// Column names may coincide with Slack's (`thread_ts`): a store reads columns, not JSON.
fn is_store(source: &Source) -> bool {
    source.file_name() == "store.rs"
}

/// `gate/release.rs` is the sole maker of `Approved`, which nothing can copy or read from text.
fn makers_of_approved(source: &Source) -> Vec<Finding> {
    makers_of("Approved", "src/gate/release.rs", source)
}

/// Whether an `Authorized` decision is made anywhere but in the gate's clicks, or could be copied or read from text.
fn makers_of_authorized(source: &Source) -> Vec<Finding> {
    makers_of("Authorized", "src/gate/clicks.rs", source)
}

fn makers_of(name: &str, home: &str, source: &Source) -> Vec<Finding> {
    let code = &source.production;
    let mut found = Vec::new();
    if source.path != home {
        for at in occurrences(code, name) {
            let line = code[..at].rsplit('\n').next().unwrap_or_default();
            // Enum variants of that name (`ApprovalState::Approved { at }`, a vote) and imports are something else.
            let is_variant = line.ends_with("::") && !line.ends_with("gate::") && !line.ends_with("release::");
            let rest = without_generics(&code[at + name.len()..]);
            let declares_variant = declares_enum_variant(code, at);
            if !is_variant && !declares_variant && rest.trim_start().starts_with('{') && !is_impl_or_signature(line) {
                found.push(source.finding(line_of(code, at), format!("makes an `{name}` outside {home}")));
            }
        }
    }
    for way in ["Clone", "Copy", "Default", "Deserialize<'de>"] {
        found.extend(source.uses(&format!("{way} for {name}")));
    }
    let from = source.uses("From<");
    found.extend(from.into_iter().filter(|f| line(code, f.line).contains(&format!("for {name}"))));
    for at in occurrences(code, &format!("struct {name}")) {
        let before = &code[..at];
        let attributes = before.rsplit(['}', ';']).next().unwrap_or_default();
        for derived in ["Clone", "Copy", "Default", "Deserialize"] {
            if !occurrences(attributes, derived).is_empty() {
                found.push(source.finding(line_of(code, at), format!("`{name}` derives {derived}")));
            }
        }
        let body = code[at..].split(['}', ';']).next().unwrap_or_default();
        if body.contains("pub ") || body.contains("pub(") {
            found.push(
                source.finding(line_of(code, at), format!("`{name}` has a public field: anybody could make one")),
            );
        }
    }
    found
}

/// Skips `<…>` or `::<…>` after a name.
fn without_generics(rest: &str) -> &str {
    let rest = rest.strip_prefix("::").unwrap_or(rest);
    if !rest.starts_with('<') {
        return rest;
    }
    let mut depth = 0_usize;
    for (i, c) in rest.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if depth == 1 => return &rest[i + 1..],
            '>' => depth -= 1,
            _ => {}
        }
    }
    ""
}

/// `impl … for Approved<T> {`, `fn f() -> Approved<T> {`: a brace that opens a body, not a value.
fn is_impl_or_signature(line: &str) -> bool {
    !occurrences(line, "impl").is_empty() || line.contains("->") || !occurrences(line, "struct").is_empty()
}

/// Whether the name at `at` is a variant that an `enum` declares.
fn declares_enum_variant(code: &str, at: usize) -> bool {
    let mut depth = 0_usize;
    for (i, c) in code[..at].char_indices().rev() {
        match c {
            '}' => depth += 1,
            '{' if depth > 0 => depth -= 1,
            '{' => {
                let head = code[..i].rsplit(['}', ';', '{']).next().unwrap_or_default();
                return !occurrences(head, "enum").is_empty();
            }
            _ => {}
        }
    }
    false
}

fn line(code: &str, number: usize) -> &str {
    code.lines().nth(number - 1).unwrap_or_default()
}

/// The numbers of the migrations in one folder.
fn migration_numbers(engine: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(root().join("migrations").join(engine))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn only_stores_hold_sql() {
    super::assert_none("SQL outside a store", project().iter().flat_map(sql));
}

#[test]
fn only_slack_and_the_sandbox_know_slacks_json() {
    super::assert_none("Slack's JSON outside its edge", project().iter().flat_map(slack_json));
}

#[test]
fn only_the_gates_release_makes_an_approved_action() {
    super::assert_none("`Approved` can be had without the gate", project().iter().flat_map(makers_of_approved));
}

#[test]
fn only_the_gates_authorize_makes_a_decision_that_can_be_written_down() {
    super::assert_none("`Authorized` can be had without the gate", project().iter().flat_map(makers_of_authorized));
    // Votes and denials are written by one function, and it takes nothing else.
    let store = std::fs::read_to_string(root().join("src/gate/store.rs")).unwrap();
    assert_eq!(store.matches("tx.run(&VOTE").count(), 1);
    assert!(store.contains("decided: Authorized<Decided>"), "decide() takes the gate's proof");
}

#[test]
fn both_engines_have_the_same_migrations() {
    let sqlite = migration_numbers("sqlite");
    assert_eq!(sqlite, migration_numbers("postgres"), "migrations come in pairs of equal number and name");
    let numbers: Vec<&str> = sqlite.iter().map(|name| name.split('_').next().unwrap()).collect();
    let expected: Vec<String> = (1..=numbers.len()).map(|n| format!("{n:04}")).collect();
    assert_eq!(numbers, expected, "numbers are without gaps");
    // A migration that is not listed would never run.
    let listed = std::fs::read_to_string(root().join("src/store/migrate.rs")).unwrap();
    for name in sqlite {
        let name = name.trim_end_matches(".sql");
        assert_eq!(listed.matches(&format!("\"{name}\"")).count(), 2, "{name} is not listed for both engines");
    }
}

#[test]
fn each_of_these_checks_can_fail() {
    type Check = fn(&Source) -> Vec<Finding>;
    let cases: &[(Check, &str, &str)] = &[
        (sql, "src/gate/judge.rs", "let q = \"SELECT id FROM tasks\";"),
        (sql, "src/flow/route.rs", "let q = \"UPDATE tasks SET state = 1\";"),
        (sql, "src/tasks/mod.rs", "let q = r#\"INSERT INTO x VALUES (1)\"#;"),
        (sql, "src/cli/bench.rs", "let pool = sqlx::connect();"),
        (slack_json, "src/replies/card.rs", "json!({\"mrkdwn\": 1})"),
        (slack_json, "src/flow/deliver.rs", "web.call(\"chat.postMessage\")"),
        (slack_json, "src/inbox/mod.rs", "#[serde(rename = \"private_metadata\")] x: u8"),
        (makers_of_approved, "src/execution/mod.rs", "let a = Approved { inner };"),
        (makers_of_approved, "src/flow/execute.rs", "call(gate::Approved::<Action> { inner })"),
        (makers_of_approved, "src/gate/release.rs", "#[derive(Debug, Clone)]\npub struct Approved<T> { inner: T }"),
        (
            makers_of_approved,
            "src/gate/release.rs",
            "#[derive(serde::Deserialize)]\npub struct Approved<T> { inner: T }",
        ),
        (makers_of_approved, "src/gate/release.rs", "pub struct Approved<T> { pub inner: T }"),
        (makers_of_approved, "src/gate/mod.rs", "impl<T> Clone for Approved<T> { }"),
        (makers_of_authorized, "src/flow/decide/mod.rs", "let a = Authorized { approval, decision };"),
        (makers_of_authorized, "src/gate/clicks.rs", "pub struct Authorized<D> { pub decision: D }"),
        (makers_of_authorized, "src/gate/clicks.rs", "#[derive(Clone)]\npub struct Authorized<D> { decision: D }"),
    ];
    for (check, path, code) in cases {
        assert_eq!(check(&Source::new(path, code)).len(), 1, "{path}: {code}");
    }
    let fine: &[(Check, &str, &str)] = &[
        (sql, "src/tasks/store.rs", "\"SELECT 1 FROM t\""),
        (sql, "src/replies/verb.rs", "\"Select one\"; \"UPDATE the card\"; \"DELETE\""),
        (slack_json, "src/slack/web.rs", "\"chat.postMessage\""),
        (slack_json, "src/replies/card.rs", "\"chat.\"; \"Deny\"; thread_ts: x"),
        (makers_of_approved, "src/gate/release.rs", "Ok(Approved { inner })"),
        (makers_of_approved, "src/gate/clicks.rs", "ApprovalState::Approved { at } => f(),"),
        (makers_of_approved, "src/gate/approval.rs", "pub enum State { Waiting, Approved { at: i64 } }"),
        (
            makers_of_approved,
            "src/execution/mod.rs",
            "impl Run for Approved<Action> { fn f(a: Approved<Action>) -> Approved<B> { g(a) } }",
        ),
    ];
    for (check, path, code) in fine {
        assert_eq!(check(&Source::new(path, code)), [], "{path}: {code}");
    }
}
