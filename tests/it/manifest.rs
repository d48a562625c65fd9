//! `manifest.yml`: within Slack's rules, asking for what is in use and nothing else.
//!
//! The rules are those of Slack's manifest schema, version 2 (docs.slack.dev, "App manifest reference"), as far as the
//! file uses them; scopes and events are those of the documentation page of each method and event.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::architecture::project;

/// Which keys there are, and how long their texts may be. `[]` stands for each element of a list.
const KEYS: &[(&str, Rule)] = &[
    ("_metadata.major_version", Rule::Number),
    ("_metadata.minor_version", Rule::Number),
    ("display_information.background_color", Rule::Text(7)),
    ("display_information.description", Rule::Text(140)),
    ("display_information.name", Rule::Text(35)),
    ("features.agent_view.agent_description", Rule::Text(300)),
    ("features.agent_view.suggested_prompts", Rule::List(4)),
    ("features.agent_view.suggested_prompts[].message", Rule::Text(300)),
    ("features.agent_view.suggested_prompts[].title", Rule::Text(40)),
    ("features.app_home.home_tab_enabled", Rule::Flag),
    ("features.app_home.messages_tab_enabled", Rule::Flag),
    ("features.app_home.messages_tab_read_only_enabled", Rule::Flag),
    ("features.bot_user.always_online", Rule::Flag),
    ("features.bot_user.display_name", Rule::Text(80)),
    ("features.shortcuts", Rule::List(10)),
    ("features.shortcuts[].callback_id", Rule::Text(255)),
    ("features.shortcuts[].description", Rule::Text(150)),
    ("features.shortcuts[].name", Rule::Text(24)),
    ("features.shortcuts[].type", Rule::Text(7)),
    ("features.slash_commands", Rule::List(50)),
    ("features.slash_commands[].command", Rule::Text(32)),
    ("features.slash_commands[].description", Rule::Text(2000)),
    ("features.slash_commands[].should_escape", Rule::Flag),
    ("features.slash_commands[].usage_hint", Rule::Text(1000)),
    ("oauth_config.scopes.bot", Rule::List(255)),
    ("oauth_config.scopes.bot[]", Rule::Text(50)),
    ("oauth_config.scopes.bot_optional", Rule::List(255)),
    ("oauth_config.scopes.bot_optional[]", Rule::Text(50)),
    ("settings.event_subscriptions.bot_events", Rule::List(100)),
    ("settings.event_subscriptions.bot_events[]", Rule::Text(50)),
    ("settings.interactivity.is_enabled", Rule::Flag),
    ("settings.org_deploy_enabled", Rule::Flag),
    ("settings.socket_mode_enabled", Rule::Flag),
    ("settings.token_rotation_enabled", Rule::Flag),
];

#[derive(Clone, Copy)]
enum Rule {
    /// Up to so many characters.
    Text(usize),
    Flag,
    Number,
    /// Up to so many elements, none of them twice.
    List(usize),
}

/// The scopes that a Web API method needs from a bot; where Slack names one per kind of conversation, all of those.
const METHODS: &[(&str, &[&str])] = &[
    ("apps.connections.open", &[]),
    ("auth.test", &[]),
    ("chat.appendStream", &["chat:write"]),
    ("chat.delete", &["chat:write"]),
    ("chat.getPermalink", &[]),
    ("chat.postEphemeral", &["chat:write"]),
    ("chat.postMessage", &["chat:write"]),
    ("chat.startStream", &["chat:write"]),
    ("chat.stopStream", &["chat:write"]),
    ("chat.update", &["chat:write"]),
    ("conversations.history", &["channels:history", "groups:history", "im:history", "mpim:history"]),
    ("conversations.info", &["channels:read", "groups:read", "im:read", "mpim:read"]),
    ("conversations.list", &["channels:read", "groups:read"]),
    ("conversations.members", &["channels:read", "groups:read", "im:read", "mpim:read"]),
    ("conversations.open", &["im:write"]),
    ("conversations.replies", &["channels:history", "groups:history", "im:history", "mpim:history"]),
    ("reactions.add", &["reactions:write"]),
    ("reactions.remove", &["reactions:write"]),
    ("team.info", &["team:read"]),
    ("usergroups.list", &["usergroups:read"]),
    ("usergroups.users.list", &["usergroups:read"]),
    ("users.info", &["users:read"]),
    ("users.list", &["users:read"]),
    ("users.lookupByEmail", &["users:read.email"]),
    ("views.open", &[]),
    ("views.publish", &[]),
    ("views.push", &[]),
    ("views.update", &[]),
];

/// The scope without which Slack does not deliver an event.
const EVENTS: &[(&str, &str)] = &[
    ("agent_session_stopped", "chat:write"),
    ("app_home_opened", ""),
    ("app_mention", "app_mentions:read"),
    ("app_uninstalled", ""),
    ("channel_archive", "channels:read"),
    ("channel_deleted", "channels:read"),
    ("channel_rename", "channels:read"),
    ("channel_unarchive", "channels:read"),
    ("group_archive", "groups:read"),
    ("group_deleted", "groups:read"),
    ("group_rename", "groups:read"),
    ("group_unarchive", "groups:read"),
    ("member_joined_channel", "channels:read"),
    ("member_left_channel", "channels:read"),
    ("message.channels", "channels:history"),
    ("message.groups", "groups:history"),
    ("message.im", "im:history"),
    ("message.mpim", "mpim:history"),
    ("subteam_created", "usergroups:read"),
    ("subteam_members_changed", "usergroups:read"),
    ("subteam_updated", "usergroups:read"),
    ("team_join", "users:read"),
    ("tokens_revoked", ""),
    ("user_change", "users:read"),
];

/// Scopes that a feature of the manifest needs, or that change what a method does.
const FEATURES: &[(&str, &str)] = &[
    ("assistant:write", "features.agent_view"),
    ("commands", "features.slash_commands"),
    ("chat:write.customize", "the agent's own name on a post"),
];

fn manifest() -> Value {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/manifest.yml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

fn words(manifest: &Value, pointer: &str) -> BTreeSet<String> {
    let list = manifest.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    list.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// What in `value`, which stands at `path`, breaks a rule.
fn faults(path: &str, value: &Value) -> Vec<String> {
    let rule = KEYS.iter().find(|(key, _)| *key == path).map(|(_, rule)| *rule);
    match (value, rule) {
        (Value::Object(map), None) => {
            let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            map.iter().flat_map(|(key, value)| faults(&below(key), value)).collect()
        }
        (Value::Array(list), Some(Rule::List(most))) => {
            let distinct: BTreeSet<String> = list.iter().map(Value::to_string).collect();
            let mut found: Vec<String> = list.iter().flat_map(|value| faults(&format!("{path}[]"), value)).collect();
            if list.len() > most || distinct.len() != list.len() {
                found.push(format!("{path} has more than {most} elements, or one twice"));
            }
            found
        }
        (Value::String(text), Some(Rule::Text(most))) if text.chars().count() <= most && !text.is_empty() => Vec::new(),
        (Value::String(text), Some(Rule::Text(most))) => {
            vec![format!("{path}: {} of {most} characters", text.chars().count())]
        }
        (Value::Bool(_), Some(Rule::Flag)) | (Value::Number(_), Some(Rule::Number)) => Vec::new(),
        (_, None) => vec![format!("{path} is no key that is known")],
        (_, Some(_)) => vec![format!("{path} has the wrong type")],
    }
}

/// The Web API methods that the Slack edge names.
fn methods_in_use() -> BTreeSet<String> {
    let slack = project().iter().filter(|source| source.path.starts_with("src/slack/"));
    let families =
        ["apps.", "auth.", "chat.", "conversations.", "reactions.", "team.", "usergroups.", "users.", "views."];
    slack
        .flat_map(|source| &source.production_strings)
        .map(|(_, text)| text.clone())
        .filter(|text| {
            families.iter().any(|f| text.starts_with(f)) && text.chars().all(|c| c.is_ascii_alphabetic() || c == '.')
        })
        .collect()
}

/// Every scope that something in use needs, with what needs it.
fn needed(manifest: &Value) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for method in methods_in_use() {
        let known = METHODS.iter().find(|(name, _)| *name == method);
        let (_, scopes) =
            known.unwrap_or_else(|| panic!("{method} is not in the table of methods; add it with its scopes"));
        found.extend(scopes.iter().map(|scope| ((*scope).to_owned(), method.clone())));
    }
    for event in words(manifest, "/settings/event_subscriptions/bot_events") {
        let known = EVENTS.iter().find(|(name, _)| *name == event);
        let (_, scope) =
            known.unwrap_or_else(|| panic!("{event} is not in the table of events; add it with its scope"));
        if !scope.is_empty() {
            found.push(((*scope).to_owned(), event));
        }
    }
    found.extend(FEATURES.iter().map(|(scope, why)| ((*scope).to_owned(), (*why).to_owned())));
    found
}

#[test]
fn the_manifest_keeps_slacks_rules() {
    let manifest = manifest();
    assert_eq!(faults("", &manifest), [""; 0]);
    assert_eq!(manifest["settings"]["socket_mode_enabled"], true);
    assert!(manifest["features"]["slash_commands"][0]["command"].as_str().unwrap().starts_with('/'));
    assert!(manifest["features"].get("assistant_view").is_none(), "new apps have agent_view only");
}

#[test]
fn a_manifest_against_the_rules_is_found() {
    let break_it = |change: fn(&mut Value)| {
        let mut broken = manifest();
        change(&mut broken);
        faults("", &broken).len()
    };
    assert_eq!(break_it(|m| m["display_information"]["name"] = "x".repeat(36).into()), 1);
    assert_eq!(break_it(|m| m["features"]["colour"] = "blue".into()), 1);
    assert_eq!(break_it(|m| m["settings"]["socket_mode_enabled"] = "yes".into()), 1);
    assert_eq!(break_it(|m| m["oauth_config"]["scopes"]["bot"][1] = m["oauth_config"]["scopes"]["bot"][0].clone()), 1);
}

#[test]
fn it_asks_for_every_scope_that_is_needed_and_for_no_other() {
    let manifest = manifest();
    let (bot, optional) =
        (words(&manifest, "/oauth_config/scopes/bot"), words(&manifest, "/oauth_config/scopes/bot_optional"));
    assert!(bot.is_disjoint(&optional), "a scope is required or optional");
    let asked: BTreeSet<String> = bot.union(&optional).cloned().collect();
    let needed = needed(&manifest);
    let missing: Vec<_> = needed.iter().filter(|(scope, _)| !asked.contains(scope)).collect();
    assert!(missing.is_empty(), "not asked for: {missing:?}");
    let in_use: BTreeSet<String> = needed.into_iter().map(|(scope, _)| scope).collect();
    let idle: Vec<_> = asked.difference(&in_use).collect();
    assert!(idle.is_empty(), "asked for and not used: {idle:?}");
}

#[test]
fn every_event_that_it_subscribes_to_is_read() {
    let reader = project().iter().find(|source| source.path == "src/slack/envelope/events.rs").unwrap();
    let read: BTreeSet<&str> = reader.production_strings.iter().map(|(_, text)| text.as_str()).collect();
    for event in words(&manifest(), "/settings/event_subscriptions/bot_events") {
        let kind = event.split('.').next().unwrap();
        assert!(read.contains(kind), "{event} would arrive as unknown");
    }
}
