//! Frames of the bad-input catalogue, rows 1 to 17 and 35 to 49, each read as a socket reads it: what it is taken for, and that
//! whatever carries an envelope's id is acknowledged. `tests/hostile/frames.jsonl` holds them with what each must give.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use workforce::inbox::Trigger;
use workforce::slack::envelope::{Ours, Parsed, Reader, parse};
use workforce::slack::json::{envelope_id_of_refused, read_strictly};

#[derive(Deserialize)]
struct Case {
    row: u32,
    case: String,
    frame: String,
    gives: String,
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/frames.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// In a few words, what a frame is taken for.
fn taken_for(frame: &str, reader: &Reader) -> String {
    let Ok(value) = read_strictly(frame) else {
        let known = envelope_id_of_refused(frame);
        return known.map_or("refused, not acknowledged".to_owned(), |id| format!("refused, acknowledged as {id}"));
    };
    let Some(parsed) = parse(&value, reader) else { return "ignored".to_owned() };
    assert!(!parsed.arrival.key.is_empty() && parsed.arrival.key.contains("T1"), "{}", parsed.arrival.key);
    let told = told(&parsed);
    if parsed.without_id { format!("{told}, known by its body") } else { told }
}

fn told(parsed: &Parsed) -> String {
    match &parsed.arrival.trigger {
        Trigger::Message(message) => {
            let mut told = format!("message by {} of {}", message.by.user, message.by.team);
            if message.external {
                told.push_str(", external");
            }
            if let Some(bot) = &message.bot_name {
                told.push_str(&format!(", of the bot {bot}"));
            }
            told
        }
        Trigger::MessageEdited(edit) => format!("edit by {} of {}", edit.by.user, edit.by.team),
        Trigger::MessageDeleted(gone) => format!("deletion of {}", gone.ts),
        Trigger::Click(click) => {
            format!("click {} on {} by {} of {}", click.action_id, click.value, click.by.user, click.by.team)
        }
        Trigger::Submission(form) => {
            let by = &form.by;
            format!("form {} about {} by {} of {}", form.callback_id, form.private_metadata, by.user, by.team)
        }
        Trigger::Command(command) => {
            let kind = serde_json::to_value(command.channel_kind).unwrap();
            format!("command by {} of {}, {}", command.by.user, command.by.team, kind.as_str().unwrap())
        }
        Trigger::Reaction(reaction) => {
            format!("reaction {} by {} of {}", reaction.name, reaction.by.user, reaction.by.team)
        }
        Trigger::RateLimited { minute } => format!("rate limited in {minute}"),
        Trigger::Unknown { what } => format!("unknown: {what}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn every_frame_is_taken_for_what_it_is() {
    let ours = Ours { team: "T1".into(), user: "UBOT".into(), bot: Some("BBOT".into()), app: Some("A1".into()) };
    let mut wrong = Vec::new();
    let mut rows: BTreeMap<u32, usize> = BTreeMap::new();
    for Case { row, case, frame, gives } in cases() {
        // Each is read anew: what one frame told of a channel must not help the next.
        let given = taken_for(&frame, &Reader::new(ours.clone()));
        if given != gives {
            wrong.push(format!("row {row}, {case}: {given}\n  must be: {gives}"));
        }
        *rows.entry(row).or_default() += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let few: Vec<_> = rows.iter().filter(|(_, many)| **many < 5).collect();
    assert!(few.is_empty(), "rows with less than five cases: {few:?}");
    println!("{} frames in {} rows", rows.values().sum::<usize>(), rows.len());
}

/// Row 7 and 8: the same event again, whatever its body and its count of attempts, is the same trigger.
#[test]
fn a_trigger_is_known_by_its_id_and_nothing_else() {
    let ours = Ours { team: "T1".into(), user: "UBOT".into(), bot: None, app: None };
    let key = |text: &str, attempt: i64, envelope: &str| {
        let event = serde_json::json!({ "type": "message", "user": "U1", "text": text, "ts": "1.0", "channel": "C1" });
        let frame: Value = serde_json::json!({
            "envelope_id": envelope, "type": "events_api", "retry_attempt": attempt,
            "payload": { "team_id": "T1", "event_id": "Ev1", "event": event },
        });
        parse(&frame, &Reader::new(ours.clone())).unwrap().arrival.key
    };
    let first = key("hello", 0, "e1");
    for (text, attempt, envelope) in
        [("bye", 0, "e2"), ("hello", 0, "e2"), ("hello", 3, "e3"), ("", 1, "e1"), ("<@UBOT>", 9, "e9")]
    {
        assert_eq!(key(text, attempt, envelope), first);
    }
}
