//! The small ways in which what runs could differ from what was shown.

use unicode_normalization::UnicodeNormalization as _;

use super::*;

/// How many kinds of change there are.
pub const KINDS: usize = 17;

/// Changes one thing; its kind.
pub fn one(dice: &mut fastrand::Rng, side: &mut Side) -> &'static str {
    match dice.usize(..10) {
        0 => other_side(dice, &mut side.outside),
        1 => definition(dice, side),
        2 => who(dice, side),
        3 => respelled(dice, side),
        _ => arguments(dice, side),
    }
}

/// The same values, written in another way: keys in another order, signs as escapes, numbers in another form.
fn respelled(dice: &mut fastrand::Rng, side: &mut Side) -> &'static str {
    let mut text = String::new();
    spell(dice, &side.call.arguments, &mut text);
    side.call.arguments = serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {text}"));
    "respelled"
}

fn spell(dice: &mut fastrand::Rng, value: &Value, out: &mut String) {
    out.push_str(["", " ", "\n\t"][dice.usize(..3)]);
    match value {
        Value::Null | Value::Bool(_) => out.push_str(&value.to_string()),
        Value::Number(number) => {
            let tenths = number.as_i64().filter(|whole| *whole != 0 && whole.unsigned_abs() < 1 << 40);
            match (tenths, dice.u8(..4)) {
                (Some(whole), 0) => out.push_str(&format!("{whole}.0")),
                (Some(whole), 1) => out.push_str(&format!("{whole}0e-1")),
                (Some(whole), 2) => out.push_str(&format!("{whole}E+00")),
                (Some(_) | None, _) => out.push_str(&number.to_string()),
            }
        }
        Value::String(text) => spell_text(dice, text, out),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                spell(dice, item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            dice.shuffle(&mut fields);
            out.push('{');
            for (at, (key, item)) in fields.into_iter().enumerate() {
                out.push_str(if at == 0 { "" } else { " ,\r\n" });
                spell_text(dice, key, out);
                out.push(':');
                spell(dice, item, out);
            }
            out.push('}');
        }
    }
}

fn spell_text(dice: &mut fastrand::Rng, text: &str, out: &mut String) {
    out.push('"');
    for sign in text.chars() {
        if dice.u8(..4) == 0 || sign.is_control() || matches!(sign, '"' | '\\') {
            sign.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04X}")));
        } else {
            out.push(sign);
        }
    }
    out.push('"');
}

/// Another server, credential or version, or none.
fn other_side(dice: &mut fastrand::Rng, outside: &mut Outside) -> &'static str {
    let changed = |dice: &mut fastrand::Rng, name: &mut Option<String>| match name.take() {
        Some(old) if dice.bool() => *name = Some(text(dice, &old)),
        Some(_) => {}
        None => *name = Some("billing-live".to_owned()),
    };
    match dice.usize(..3) {
        0 => {
            outside.server = text(dice, &outside.server);
            "server"
        }
        1 => {
            changed(dice, &mut outside.credential);
            "credential"
        }
        _ => {
            changed(dice, &mut outside.target_version);
            "version"
        }
    }
}

/// The tool's own definition, by which its digest moves.
fn definition(dice: &mut fastrand::Rng, side: &mut Side) -> &'static str {
    let kind = match dice.usize(..3) {
        0 => {
            side.tool.description = text(dice, &side.tool.description);
            "description"
        }
        1 => {
            side.tool.annotations = if dice.bool() { None } else { Some(json!({"destructiveHint": dice.bool()})) };
            "annotations"
        }
        _ => {
            value(dice, &mut side.tool.input_schema);
            "schema"
        }
    };
    side.outside.tool_digest = side.tool.digest();
    kind
}

/// Who asked, who acts, in which task.
fn who(dice: &mut fastrand::Rng, side: &mut Side) -> &'static str {
    let call = &mut side.call;
    match dice.usize(..5) {
        0 => {
            side.task = TaskId(dice.i64(16..19));
            "task"
        }
        1 => {
            let handles = [None, Some("ana"), Some("bo"), Some("аna")];
            let handle = handles[dice.usize(..4)].map(str::to_owned);
            let account = [None, Some(account("ana")), Some(account("bo"))][dice.usize(..3)].clone();
            call.requester = (dice.u8(..5) > 0).then_some(Requester { handle, account });
            "requester"
        }
        2 => {
            call.worker = WorkerRef::Agent(text(dice, "finance-agent"));
            "worker"
        }
        3 => {
            let link =
                [Actor::Human(account("bo")), Actor::Agent("helper".to_owned()), Actor::Webhook("shop".to_owned())];
            let mut chain = call.actor.0.clone();
            match (dice.bool(), chain.len()) {
                (true, 2..) => drop(chain.remove(dice.usize(..chain.len()))),
                (false, 2..) => chain.swap(0, 1),
                (_, _) => chain.push(link[dice.usize(..3)].clone()),
            }
            call.actor = ActorChain(chain);
            "chain"
        }
        _ => {
            call.tool = ToolName(text(dice, "billing.refund"));
            "tool"
        }
    }
}

fn arguments(dice: &mut fastrand::Rng, side: &mut Side) -> &'static str {
    value(dice, &mut side.call.arguments)
}

/// Goes down to somewhere in a value and changes what it finds there.
fn value(dice: &mut fastrand::Rng, value: &mut Value) -> &'static str {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let keys: Vec<String> = fields.keys().cloned().collect();
            let key = keys[dice.usize(..keys.len())].clone();
            match dice.u8(..8) {
                0 => {
                    fields.remove(&key);
                    "key gone"
                }
                1 => {
                    let moved = fields.remove(&key).unwrap_or_default();
                    fields.insert(text(dice, &key), moved);
                    "key renamed"
                }
                2 => {
                    let other = keys[dice.usize(..keys.len())].clone();
                    let (one, two) = (fields[&key].clone(), fields[&other].clone());
                    fields.extend([(key, two), (other, one)]);
                    "values swapped"
                }
                _ => self::value(dice, &mut fields[&key]),
            }
        }
        Value::Array(items) if items.len() > 1 => {
            let (one, two) = (dice.usize(..items.len()), dice.usize(..items.len()));
            if dice.bool() {
                items.swap(one, two);
                return "items swapped";
            }
            self::value(dice, &mut items[one])
        }
        Value::Object(_) | Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            *value = leaf(dice, value);
            "value"
        }
    }
}

fn leaf(dice: &mut fastrand::Rng, value: &Value) -> Value {
    let spoken = match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    };
    match (dice.u8(..8), value) {
        (0, _) => json!([value]),
        (1, _) => json!({"": value}),
        // What only looks the same: 5 and "5", null and "null".
        (2, Value::String(text)) => serde_json::from_str(text).unwrap_or(Value::Null),
        (2, _) => json!(spoken),
        (_, Value::Number(number)) => {
            let number = number.as_f64().unwrap_or_default();
            let near = [
                number,
                number + 1.0,
                number * 10.0,
                -number,
                number + 0.5,
                number / 10.0,
                f64::from_bits(number.to_bits() ^ 1),
            ];
            let near = near[dice.usize(..near.len())];
            #[allow(clippy::cast_possible_truncation, reason = "where it is not exact, the fraction is kept")]
            let whole = near as i64;
            #[allow(clippy::cast_precision_loss, reason = "compared only where it is exact")]
            let exact = near.abs() < 9e15 && (whole as f64).to_bits() == near.to_bits();
            if exact && dice.bool() { json!(whole) } else { json!(near) }
        }
        (_, Value::Bool(yes)) => json!(!yes),
        (_, Value::String(old)) => json!(text(dice, old)),
        (_, Value::Null | Value::Array(_) | Value::Object(_)) => json!(dice.bool()),
    }
}

/// A text that differs from another in a way that eyes may miss, or not at all.
fn text(dice: &mut fastrand::Rng, old: &str) -> String {
    const UNSEEN: [&str; 14] = [
        " ", "\u{00A0}", "\u{200B}", "\u{200D}", "\u{202E}", "\u{2066}", "\u{FEFF}", "\u{0301}", "\n", "\t", "\u{0}",
        "\u{E0041}", "\u{FE0F}", "<U+200B>",
    ];
    const ALIKE: [(&str, &str); 8] =
        [("a", "а"), ("O", "О"), ("0", "O"), ("1", "l"), ("e", "е"), ("-", "‐"), (" ", "\u{2003}"), ("<", "‹")];
    let at = |dice: &mut fastrand::Rng| {
        let places: Vec<usize> = old.char_indices().map(|(at, _)| at).chain([old.len()]).collect();
        places[dice.usize(..places.len())]
    };
    match dice.u8(..9) {
        0 => old.nfc().collect(),
        1 => old.nfd().collect(),
        2 => old.nfkc().collect(),
        3 => {
            let at = at(dice);
            format!("{}{}{}", &old[..at], UNSEEN[dice.usize(..UNSEEN.len())], &old[at..])
        }
        4 => {
            let (from, to) = ALIKE[dice.usize(..ALIKE.len())];
            old.replacen(from, to, 1)
        }
        5 => old.chars().take(dice.usize(..=old.chars().count())).collect(),
        6 => old.trim().to_owned(),
        7 => old.to_uppercase(),
        _ => old.chars().filter(|sign| sign.is_ascii()).collect(),
    }
}
