//! Envelopes in the documented shapes, written for these tests.

use serde_json::{Value, json};

use super::*;
use crate::ids::ConversationId;
use crate::inbox::{ChannelChange, Container};

fn reader() -> Reader {
    Reader::new(Ours { team: "T1".into(), user: "UBOT".into(), bot: Some("BBOT".into()), app: Some("A1".into()) })
}

fn event(id: &str, event: Value) -> Value {
    json!({
        "envelope_id": format!("env-{id}"), "type": "events_api", "accepts_response_payload": false,
        "retry_attempt": 0, "retry_reason": "",
        "payload": {
            "token": "x", "team_id": "T1", "api_app_id": "A1", "type": "event_callback", "event_id": id,
            "event_time": 1_700_000_000, "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": true}],
            "event": event,
        },
    })
}

fn said(kind: &str, text: &str) -> Value {
    json!({"type": kind, "user": "U1", "text": text, "ts": "1700000000.000100", "channel": "C1", "team": "T1",
           "event_ts": "1700000000.000100"})
}

fn interactive(payload: Value) -> Value {
    json!({"envelope_id": "env-i", "type": "interactive", "accepts_response_payload": true, "payload": payload})
}

fn read_with(reader: &Reader, envelope: &Value) -> Arrival {
    parse(envelope, reader).unwrap().arrival
}

fn read(envelope: &Value) -> Arrival {
    read_with(&reader(), envelope)
}

fn message_of(arrival: &Arrival) -> &crate::inbox::Message {
    match &arrival.trigger {
        Trigger::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

fn unknown_of(arrival: &Arrival) -> &str {
    match &arrival.trigger {
        Trigger::Unknown { what } => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_mention_is_one_message_in_whichever_order_its_two_events_come() {
    let text = "<@UBOT> refund ORD-1042 &lt;now&gt; <!subteam^S7>";
    let mut plain = said("message", text);
    plain["channel_type"] = json!("channel");
    let (plain, mention) = (event("Ev1", plain), event("Ev2", said("app_mention", text)));
    let reader = reader();
    let first = read_with(&reader, &plain);
    let second = read_with(&reader, &mention);
    assert_eq!(message_of(&first), message_of(&second));
    assert_eq!(first.also.as_deref(), Some("message:T1:C1:1700000000.000100"));
    assert_eq!(first.also, second.also);
    assert_eq!((first.key.as_str(), second.key.as_str()), ("event:T1:Ev1", "event:T1:Ev2"));
    let message = message_of(&first);
    assert!(message.mentions_us && !message.external && message.bot_name.is_none());
    assert_eq!(message.mentions_groups, ["S7"]);
    assert_eq!(message.text, text, "kept as delivered");
    assert_eq!(first.conversation, Some(ConversationId::of_thread("T1", "C1", "1700000000.000100")));
}

#[test]
fn a_mention_without_known_channel_counts_as_private() {
    let arrival = read(&event("Ev1", said("app_mention", "<@UBOT>")));
    assert_eq!(message_of(&arrival).channel_kind, ChannelKind::Private);
}

#[test]
fn threads_belong_to_their_root() {
    let mut reply = said("message", "and this?");
    reply["thread_ts"] = json!("1699999999.000001");
    reply["subtype"] = json!("thread_broadcast");
    let arrival = read(&event("Ev1", reply));
    assert_eq!(message_of(&arrival).root_ts(), "1699999999.000001");
    assert_eq!(arrival.conversation, Some(ConversationId::of_thread("T1", "C1", "1699999999.000001")));
}

#[test]
fn our_own_words_are_dropped_in_every_shape() {
    for own in [
        json!({"user": "UBOT"}),
        json!({"bot_id": "BBOT", "user": "U9"}),
        json!({"app_id": "A1", "bot_id": "B9"}),
        json!({"bot_id": "B9", "bot_profile": {"id": "B9", "app_id": "A1", "name": "Finn"}}),
        json!({"subtype": "bot_message", "bot_id": "BBOT", "username": "Finn"}),
    ] {
        let mut message = said("message", "I have this <@UBOT>");
        message.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        let arrival = read(&event("Ev1", message));
        assert_eq!(unknown_of(&arrival), "own message");
        assert_eq!(arrival.also, None, "an own message must not take the key of a new one");
    }
    let edit = json!({"type": "message", "subtype": "message_changed", "channel": "C1", "ts": "2.0",
        "message": {"bot_id": "BBOT", "text": "b", "ts": "1.0"}, "previous_message": {"text": "a", "ts": "1.0"}});
    assert_eq!(unknown_of(&read(&event("Ev2", edit))), "own message");
    let reaction = json!({"type": "reaction_added", "user": "UBOT", "reaction": "eyes",
        "item": {"type": "message", "channel": "C1", "ts": "1.0"}});
    assert_eq!(unknown_of(&read(&event("Ev3", reaction))), "own reaction");
}

#[test]
fn other_bots_are_named() {
    let mut message = said("message", "<@UBOT> build failed");
    message["bot_id"] = json!("B9");
    message["bot_profile"] = json!({"id": "B9", "app_id": "A9", "name": "CI"});
    assert_eq!(message_of(&read(&event("Ev1", message))).bot_name.as_deref(), Some("CI"));
    let old = json!({"type": "message", "subtype": "bot_message", "bot_id": "B8", "username": "hook", "text": "x",
        "ts": "1.0", "channel": "C1"});
    let arrival = read(&event("Ev2", old));
    let message = message_of(&arrival);
    assert_eq!((message.bot_name.as_deref(), message.by.user.as_str()), (Some("hook"), "B8"));
}

#[test]
fn strangers_are_flagged_or_kept_out() {
    let mut guest = said("message", "hi <@UBOT>");
    guest["user_team"] = json!("T9");
    let arrival = read(&event("Ev1", guest));
    assert!(message_of(&arrival).external);
    assert_eq!(message_of(&arrival).by.team, "T9");

    let mut untold = event("Ev2", said("message", "hi"));
    untold["payload"]["is_ext_shared_channel"] = json!(true);
    untold["payload"]["event"].as_object_mut().unwrap().remove("team");
    assert!(message_of(&read(&untold)).external, "in a shared channel an unknown workspace is not ours");

    let mut elsewhere = event("Ev3", said("message", "hi"));
    elsewhere["payload"]["team_id"] = json!("T9");
    elsewhere["payload"]["authorizations"] = json!([]);
    assert_eq!(unknown_of(&read(&elsewhere)), "an event of another workspace");

    let mut other_app = event("Ev4", said("message", "hi"));
    other_app["payload"]["api_app_id"] = json!("A9");
    assert_eq!(unknown_of(&read(&other_app)), "an event of another app");
}

#[test]
fn edits_tell_what_is_new_and_unfurls_nothing() {
    let edit = |before: &str, now: &str| {
        json!({"type": "message", "subtype": "message_changed", "channel": "C1", "channel_type": "channel", "ts": "3.0",
            "message": {"type": "message", "user": "U1", "text": now, "ts": "2.0", "thread_ts": "1.0",
                        "edited": {"user": "U1", "ts": "3.0"}},
            "previous_message": {"type": "message", "user": "U1", "text": before, "ts": "2.0"}})
    };
    match read(&event("Ev1", edit("$40", "$400"))).trigger {
        Trigger::MessageEdited(edited) => {
            assert_eq!((edited.ts.as_str(), edited.new_text.as_str(), edited.by.user.as_str()), ("2.0", "$400", "U1"));
            assert_eq!(edited.thread_ts.as_deref(), Some("1.0"));
        }
        other => panic!("{other:?}"),
    }
    assert!(unknown_of(&read(&event("Ev2", edit("same", "same")))).starts_with("an edit that left"));

    let deletion = json!({"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": "2.0",
        "previous_message": {"user": "U1", "text": "x", "ts": "2.0", "thread_ts": "1.0"}});
    let arrival = read(&event("Ev3", deletion));
    assert!(matches!(&arrival.trigger, Trigger::MessageDeleted(gone) if gone.ts == "2.0"));
    assert_eq!(arrival.conversation, Some(ConversationId::of_thread("T1", "C1", "1.0")));

    let tombstone = json!({"type": "message", "subtype": "message_changed", "channel": "C1",
        "message": {"subtype": "tombstone", "text": "This message was deleted.", "user": "USLACKBOT", "ts": "2.0"},
        "previous_message": {"user": "U1", "text": "x", "ts": "2.0"}});
    assert!(matches!(read(&event("Ev4", tombstone)).trigger, Trigger::MessageDeleted(_)));
}

#[test]
fn every_event_of_the_manifest_is_known() {
    let user = json!({"id": "U1", "team_id": "T1", "name": "dana", "deleted": true, "real_name": "Dana Ruiz",
        "tz": "Europe/Berlin", "is_bot": false, "is_restricted": true, "profile": {"email": "dana@acme.example"}});
    let known = [
        json!({"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"}),
        json!({"type": "agent_session_stopped", "user": "U1", "channel": "D1", "thread_ts": "1.0",
               "streaming_message_ts": []}),
        json!({"type": "member_joined_channel", "user": "UBOT", "channel": "C1", "team": "T1"}),
        json!({"type": "member_left_channel", "user": "U1", "channel": "C1", "team": "T1"}),
        json!({"type": "reaction_added", "user": "U1", "reaction": "eyes",
               "item": {"type": "message", "channel": "C1", "ts": "1.0"}}),
        json!({"type": "reaction_removed", "user": "U1", "reaction": "eyes",
               "item": {"type": "message", "channel": "C1", "ts": "1.0"}}),
        json!({"type": "user_change", "user": user}),
        json!({"type": "team_join", "user": user}),
        json!({"type": "subteam_created", "subteam": {"id": "S1"}}),
        json!({"type": "subteam_updated", "subteam": {"id": "S1"}}),
        json!({"type": "subteam_members_changed", "subteam_id": "S1", "team_id": "T1"}),
        json!({"type": "channel_rename", "channel": {"id": "C1", "name": "new"}}),
        json!({"type": "channel_archive", "channel": "C1", "user": "U1"}),
        json!({"type": "channel_unarchive", "channel": "C1", "user": "U1"}),
        json!({"type": "channel_deleted", "channel": "C1"}),
        json!({"type": "app_uninstalled"}),
        json!({"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}),
    ];
    for inner in known {
        let arrival = read(&event("Ev1", inner.clone()));
        assert!(!matches!(arrival.trigger, Trigger::Unknown { .. }), "{inner}");
    }
    match read(&event("Ev2", json!({"type": "user_change", "user": user}))).trigger {
        Trigger::UserChanged(account) => {
            assert!(account.deactivated && account.is_guest && !account.is_bot);
            assert_eq!(account.email.as_deref(), Some("dana@acme.example"));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        read(&event("Ev3", json!({"type": "channel_archive", "channel": "C1"}))).trigger,
        Trigger::ChannelChanged { change: ChannelChange::Archived, .. }
    ));
}

#[test]
fn what_is_not_known_is_acknowledged_with_its_name() {
    for inner in
        [json!({"type": "app_context_changed"}), json!({"type": "brand_new"}), json!({}), json!(null), json!(7)]
    {
        let parsed = parse(&event("Ev1", inner), &reader()).unwrap();
        assert!(matches!(parsed.arrival.trigger, Trigger::Unknown { .. }));
        assert_eq!(parsed.envelope_id, "env-Ev1");
    }
    let later = json!({"envelope_id": "e", "type": "holograms", "payload": {"a": 1}});
    let parsed = parse(&later, &reader()).unwrap();
    assert_eq!(parsed.kind, Kind::Other("holograms".into()));
    assert!(parse(&json!({"type": "events_api"}), &reader()).is_none());
    assert!(parse(&json!([1]), &reader()).is_none());
}

#[test]
fn an_event_without_id_is_known_by_its_body() {
    let mut first = event("Ev1", said("message", "x"));
    first["payload"].as_object_mut().unwrap().remove("event_id");
    let mut again = first.clone();
    again["retry_attempt"] = json!(1);
    let (first, again) = (parse(&first, &reader()).unwrap(), parse(&again, &reader()).unwrap());
    assert!(first.without_id && again.retry_attempt == 1);
    assert_eq!(first.arrival.key, again.arrival.key);
    assert!(first.arrival.key.starts_with("event:T1:sha256:"));
}

#[test]
fn rate_limits_are_told_by_the_minute() {
    let limited = json!({"envelope_id": "e", "type": "events_api",
        "payload": {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1_518_467_820, "api_app_id": "A1"}});
    let arrival = read(&limited);
    assert!(matches!(arrival.trigger, Trigger::RateLimited { minute: 1_518_467_820 }));
    assert_eq!(arrival.key, "event:T1:rate_limited:1518467820");
}

fn click() -> Value {
    json!({
        "type": "block_actions", "team": {"id": "T1", "domain": "acme"}, "api_app_id": "A1",
        "user": {"id": "U1", "username": "dana", "team_id": "T1"}, "token": "x",
        "trigger_id": "12.34.secret", "response_url": "https://hooks.slack.com/actions/T1/secret",
        "container": {"type": "message", "message_ts": "2.0", "channel_id": "C1", "is_ephemeral": false,
                      "thread_ts": "1.0"},
        "channel": {"id": "C1", "name": "support"},
        "message": {"ts": "2.0", "thread_ts": "1.0", "text": "…"},
        "actions": [{"type": "button", "action_id": "approve:3", "block_id": "b4", "value": "A-31",
                     "action_ts": "1700000001.5"}],
        "state": {"values": {"b1": {"reason:2": {"type": "plain_text_input", "value": "fine"}}}},
    })
}

#[test]
fn a_click_carries_account_verb_and_place_and_no_secret() {
    let parsed = parse(&interactive(click()), &reader()).unwrap();
    assert_eq!(parsed.arrival.key, "click:T1:C1:2.0:approve:3:U1:1700000001.5");
    assert!(parsed.perishable.response_url.is_some() && parsed.perishable.trigger_id.is_some());
    assert!(!format!("{parsed:?}").contains("secret"));
    assert_eq!(parsed.arrival.conversation, Some(ConversationId::of_thread("T1", "C1", "1.0")));
    match parsed.arrival.trigger {
        Trigger::Click(click) => {
            assert_eq!((click.action_id.as_str(), click.value.as_str()), ("approve", "A-31"));
            assert_eq!(click.fields, [("reason".to_owned(), "fine".to_owned())]);
            assert_eq!(click.by, SlackUser { team: "T1".into(), user: "U1".into() });
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn clicks_on_home_modal_and_ephemeral_have_their_places() {
    let place = |change: Value| {
        let mut click = click();
        for key in ["message", "channel", "container"] {
            click.as_object_mut().unwrap().remove(key);
        }
        click.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        match read(&interactive(click)).trigger {
            Trigger::Click(click) => click.container,
            other => panic!("{other:?}"),
        }
    };
    let home = json!({"container": {"type": "view", "view_id": "V1"}, "view": {"id": "V1", "type": "home"}});
    assert_eq!(place(home), Container::Home);
    let modal = json!({"container": {"type": "view", "view_id": "V2"}, "view": {"id": "V2", "type": "modal"}});
    assert_eq!(place(modal), Container::View { view_id: "V2".into() });
    let ephemeral =
        json!({"container": {"type": "message", "message_ts": "5.0", "channel_id": "C1", "is_ephemeral": true}});
    assert!(matches!(place(ephemeral), Container::Message { ephemeral: true, thread_ts: None, .. }));
}

#[test]
fn guests_act_as_guests_and_other_workspaces_not_at_all() {
    let mut guest = click();
    guest["user"]["team_id"] = json!("T9");
    assert!(matches!(read(&interactive(guest)).trigger, Trigger::Click(click) if click.by.team == "T9"));
    let mut foreign = click();
    foreign["team"]["id"] = json!("T9");
    assert_eq!(unknown_of(&read(&interactive(foreign.clone()))), "an interaction of another workspace");
    let key = read(&interactive(foreign.clone())).key;
    foreign["response_url"] = json!("https://hooks.slack.com/other");
    assert_eq!(read(&interactive(foreign)).key, key, "keys do not depend on secrets");
}

#[test]
fn submissions_are_once_per_view_and_hash() {
    let submission = |hash: &str| {
        interactive(json!({
            "type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "api_app_id": "A1",
            "trigger_id": "t.secret",
            "view": {"id": "V1", "hash": hash, "type": "modal", "callback_id": "deny_form", "private_metadata": "A-31",
                "state": {"values": {
                    "reason": {"reason": {"type": "static_select", "selected_option": {"value": "budget"}}},
                    "own": {"own": {"type": "plain_text_input", "value": null}},
                    "who": {"who": {"type": "users_select", "selected_user": "U7"}},
                    "many": {"many": {"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]}}}}},
        }))
    };
    let arrival = read(&submission("h1"));
    assert_eq!(arrival.key, "view:T1:V1:h1");
    assert_ne!(arrival.key, read(&submission("h2")).key);
    match arrival.trigger {
        Trigger::Submission(mut sent) => {
            sent.fields.sort();
            let pair = |id: &str, value: &str| (id.to_owned(), value.to_owned());
            assert_eq!(sent.fields, [pair("many", "a,b"), pair("reason", "budget"), pair("who", "U7")]);
            assert_eq!((sent.callback_id.as_str(), sent.private_metadata.as_str()), ("deny_form", "A-31"));
        }
        other => panic!("{other:?}"),
    }
    let closed = interactive(json!({"type": "view_closed", "team": {"id": "T1"}, "user": {"id": "U1"},
        "view": {"id": "V1", "callback_id": "deny_form"}}));
    assert!(matches!(read(&closed).trigger, Trigger::ViewClosed(_)));
}

#[test]
fn commands_are_keyed_by_a_digest_of_their_secret() {
    let command = |channel: &str, name: &str| {
        json!({"envelope_id": "e", "type": "slash_commands", "accepts_response_payload": true, "payload": {
            "token": "x", "team_id": "T1", "team_domain": "acme", "channel_id": channel, "channel_name": name,
            "user_id": "U1", "user_name": "dana", "command": "/workforce", "text": "who-owns refunds",
            "api_app_id": "A1", "response_url": "https://hooks.slack.com/commands/secret", "trigger_id": "99.secret"}})
    };
    let arrival = read(&command("C1", "support"));
    assert!(arrival.key.starts_with("command:T1:") && !arrival.key.contains("secret"));
    match arrival.trigger {
        Trigger::Command(command) => {
            assert_eq!((command.command.as_str(), command.text.as_str()), ("/workforce", "who-owns refunds"));
            assert_eq!(command.channel_kind, ChannelKind::Public);
        }
        other => panic!("{other:?}"),
    }
    let direct = read(&command("D1", "directmessage")).trigger;
    assert!(matches!(direct, Trigger::Command(command) if command.channel_kind == ChannelKind::Direct));
    let private = read(&command("C2", "privategroup")).trigger;
    assert!(matches!(private, Trigger::Command(command) if command.channel_kind == ChannelKind::Private));
}

#[test]
fn shortcuts_tell_their_message() {
    let shortcut = json!({"type": "message_action", "team": {"id": "T1"}, "user": {"id": "U1"}, "callback_id": "take",
        "trigger_id": "t", "response_url": "https://hooks.slack.com/app/x", "action_ts": "9.0", "message_ts": "2.0",
        "channel": {"id": "C1"}, "message": {"type": "message", "user": "U2", "text": "broken", "ts": "2.0"}});
    match read(&interactive(shortcut)).trigger {
        Trigger::Shortcut(shortcut) => {
            assert_eq!(shortcut.message.unwrap().author.as_deref(), Some("U2"));
        }
        other => panic!("{other:?}"),
    }
    let global = json!({"type": "shortcut", "team": {"id": "T1"}, "user": {"id": "U1"}, "callback_id": "ask",
        "action_ts": "9.0", "trigger_id": "t"});
    assert!(matches!(read(&interactive(global)).trigger, Trigger::Shortcut(s) if s.message.is_none()));
}

#[test]
fn our_suffix_goes_and_others_stay() {
    assert_eq!(verb_of("approve:12"), "approve");
    assert_eq!(verb_of("approve"), "approve");
    assert_eq!(verb_of("a:b"), "a:b");
    assert_eq!(verb_of("a:"), "a:");
}

mod any {
    use proptest::prelude::*;

    use super::*;

    fn arbitrary_json() -> impl Strategy<Value = Value> {
        let keys = "(type|subtype|event|payload|user|channel|ts|message|view|actions|state|container|team|id|x)";
        let words =
            "(message|app_mention|block_actions|view_submission|message_changed|home|T1|A1|1\\.0|<@UBOT>|[a-z]{0,4})";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            words.prop_map(Value::from)
        ];
        leaf.prop_recursive(5, 64, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((keys, inner), 0..6).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        /// Whatever is inside, an envelope with an id is read and has a key.
        #[test]
        fn nothing_panics_and_everything_has_a_key(payload in arbitrary_json(), kind in 0..4_usize) {
            let kind = ["events_api", "interactive", "slash_commands", "later"][kind];
            let mut payload = payload;
            if let Some(map) = payload.as_object_mut() {
                map.insert("team_id".into(), json!("T1"));
                map.insert("team".into(), json!({"id": "T1"}));
            }
            let parsed = parse(&json!({"envelope_id": "e", "type": kind, "payload": payload}), &reader()).unwrap();
            prop_assert!(!parsed.arrival.key.is_empty());
        }
    }
}
