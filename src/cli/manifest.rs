//! `workforce manifest`: Slack's description of the app, as it is part of this program; and whether another one does.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::Value;

/// The description of the app, as the project has it.
const MANIFEST: &str = include_str!("../../manifest.yml");
/// The exit status when a file lacks something.
const EXIT_LACKS: u8 = 1;

const REQUIRED: &str = "/oauth_config/scopes/bot";
const OPTIONAL: &str = "/oauth_config/scopes/bot_optional";
const EVENTS: &str = "/settings/event_subscriptions/bot_events";

/// What a scope is for; without it, this is so.
const BUYS: &[(&str, &str)] = &[
    ("app_mentions:read", "nobody can ask by a mention"),
    ("assistant:write", "there is no agent view, and no status while an agent works"),
    ("channels:history", "messages and threads of public channels are not heard"),
    ("groups:history", "messages and threads of private channels are not heard"),
    ("im:history", "direct messages are not heard"),
    ("chat:write", "nothing can be said"),
    ("im:write", "no card reaches an approver directly"),
    ("reactions:write", "there are no eyes on a request that was seen"),
    ("commands", "there is no /workforce"),
    ("channels:read", "channels that directives name are not found"),
    ("groups:read", "private channels that directives name are not found"),
    ("im:read", "direct messages are not told apart from channels"),
    ("users:read", "nobody is known by name"),
    ("users:read.email", "nobody is known by the address in company.md, only by a user id"),
    ("chat:write.customize", "every agent posts as “workforce”"),
    ("mpim:history", "requests in direct messages of several people are not heard"),
    ("mpim:read", "direct messages of several people are not told apart"),
    ("team:read", "reports do not name the workspace"),
    ("usergroups:read", "a user group in company.md means nobody"),
];

/// The events that Slack takes only together with an optional scope.
const EVENTS_OF_OPTIONAL: &[(&str, &str)] = &[
    ("message.mpim", "mpim:history"),
    ("subteam_created", "usergroups:read"),
    ("subteam_members_changed", "usergroups:read"),
    ("subteam_updated", "usergroups:read"),
];

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Leave out the optional scopes and the events that need them
    #[arg(long, conflicts_with = "check")]
    minimal: bool,
    /// Do not print it; say what this manifest (YAML or JSON, as Slack exports it) lacks
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

/// The scopes that the manifest asks for.
pub struct Scopes {
    pub required: Vec<String>,
    pub optional: Vec<String>,
}

/// Prints the manifest, or exits 1 where another one lacks something.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    if let Some(file) = args.check {
        return check(&file);
    }
    let text = if args.minimal { minimal() } else { MANIFEST.to_owned() };
    std::io::stdout().write_all(text.as_bytes()).context("the output cannot be written")?;
    Ok(ExitCode::SUCCESS)
}

/// What is so without a scope.
pub fn buys(scope: &str) -> &'static str {
    BUYS.iter().find(|(known, _)| *known == scope).map_or("something of the manifest does not work", |(_, what)| what)
}

pub fn scopes() -> Scopes {
    let manifest = ours();
    Scopes {
        required: words(&manifest, REQUIRED).into_iter().collect(),
        optional: words(&manifest, OPTIONAL).into_iter().collect(),
    }
}

#[expect(clippy::expect_used, reason = "the manifest is part of the program, and a test reads it")]
fn ours() -> Value {
    serde_saphyr::from_str(MANIFEST).expect("the program's own manifest can be read")
}

fn words(manifest: &Value, pointer: &str) -> BTreeSet<String> {
    let list = manifest.pointer(pointer).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The text with its comments, without what is optional.
fn minimal() -> String {
    let (mut out, mut in_optional) = (String::new(), false);
    for line in MANIFEST.lines() {
        let depth = line.len() - line.trim_start().len();
        in_optional = match line.trim() {
            "bot_optional:" => true,
            _ => in_optional && depth > 4,
        };
        let event = line.trim().strip_prefix("- ").unwrap_or_default();
        if !in_optional && !EVENTS_OF_OPTIONAL.iter().any(|(name, _)| *name == event) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn check(file: &Path) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let theirs: Value =
        serde_saphyr::from_str(&text).map_err(|error| anyhow::anyhow!("{} is no manifest: {error}", file.display()))?;
    let lacks = lacks(&theirs);
    lacks.iter().for_each(|line| println!("{line}"));
    if lacks.is_empty() {
        println!("{} has everything that is needed.", file.display());
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::from(EXIT_LACKS))
}

/// What another manifest lacks of ours, line by line.
fn lacks(theirs: &Value) -> Vec<String> {
    let ours = ours();
    let granted: BTreeSet<String> = words(theirs, REQUIRED).union(&words(theirs, OPTIONAL)).cloned().collect();
    let mut found: Vec<String> = words(&ours, REQUIRED)
        .difference(&granted)
        .map(|scope| format!("the bot scope {scope} is missing: without it, {}", buys(scope)))
        .collect();
    let optional = |event: &str| {
        let scope = EVENTS_OF_OPTIONAL.iter().find(|(name, _)| *name == event).map(|(_, scope)| *scope);
        scope.is_some_and(|scope| !granted.contains(scope))
    };
    let events = words(&ours, EVENTS);
    let events =
        events.difference(&words(theirs, EVENTS)).filter(|event| !optional(event)).cloned().collect::<Vec<_>>();
    found.extend(events.iter().map(|event| format!("the bot event {event} is not subscribed to")));
    for (pointer, what) in [
        ("/settings/socket_mode_enabled", "Socket Mode is off (settings.socket_mode_enabled)"),
        ("/settings/interactivity/is_enabled", "buttons are off (settings.interactivity.is_enabled)"),
        ("/features/app_home/messages_tab_enabled", "direct messages are off (features.app_home.messages_tab_enabled)"),
        ("/features/app_home/home_tab_enabled", "the Home tab is off (features.app_home.home_tab_enabled)"),
    ] {
        if theirs.pointer(pointer) != Some(&Value::Bool(true)) {
            found.push(what.to_owned());
        }
    }
    let commands = theirs.pointer("/features/slash_commands").and_then(Value::as_array);
    if !commands.into_iter().flatten().any(|command| command["command"] == "/workforce") {
        found.push("there is no slash command /workforce (features.slash_commands)".to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_says_what_it_buys() {
        let scopes = scopes();
        assert!(scopes.required.len() > 10 && scopes.optional.len() >= 4);
        let asked: BTreeSet<&str> = scopes.required.iter().chain(&scopes.optional).map(String::as_str).collect();
        let told: BTreeSet<&str> = BUYS.iter().map(|(scope, _)| *scope).collect();
        assert_eq!(asked, told);
    }

    #[test]
    fn the_minimal_one_has_all_that_is_required_and_nothing_else() {
        let minimal: Value = serde_saphyr::from_str(&minimal()).unwrap();
        assert_eq!(words(&minimal, REQUIRED), words(&ours(), REQUIRED));
        assert!(words(&minimal, OPTIONAL).is_empty());
        assert_eq!(lacks(&minimal), [""; 0]);
        assert_eq!(words(&ours(), EVENTS).len() - words(&minimal, EVENTS).len(), EVENTS_OF_OPTIONAL.len());
        for (event, scope) in EVENTS_OF_OPTIONAL {
            assert!(words(&ours(), EVENTS).contains(*event) && words(&ours(), OPTIONAL).contains(*scope), "{event}");
        }
    }

    #[test]
    fn what_another_manifest_lacks_is_named() {
        let mut theirs = ours();
        theirs["oauth_config"]["scopes"]["bot"][0] = "pins:read".into();
        theirs["settings"]["socket_mode_enabled"] = false.into();
        theirs["features"]["slash_commands"] = Value::Null;
        theirs["settings"]["event_subscriptions"]["bot_events"] = serde_json::json!(["message.im"]);
        let lacks = lacks(&theirs).join("\n");
        for words in
            ["app_mentions:read is missing", "app_mention is not subscribed", "Socket Mode is off", "/workforce"]
        {
            assert!(lacks.contains(words), "{words}\n{lacks}");
        }
    }
}
