//! What a field of a block or element may hold.

use serde_json::{Map, Value};

use super::Surface;
use super::kinds;

/// One field of a block or element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub name: &'static str,
    pub required: bool,
    pub rule: Rule,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// A string of at most so many characters.
    Text(usize),
    /// A text object.
    Object(TextKind, usize),
    /// `fields` of a section: at most ten texts of 2000.
    Fields,
    Bool,
    Whole,
    /// A list of at most so many strings.
    Strings(usize),
    /// A list of at most so many of these elements.
    Elements(&'static [&'static str], usize),
    /// One of these elements.
    Element(&'static [&'static str]),
    /// A list of at most so many options.
    Options(usize),
    Option,
    OptionGroups,
    Confirm,
    OneOf(&'static [&'static str]),
    /// Rich text: checked for its first level only.
    RichText,
    Rows,
    FeedbackButton,
    /// An object or list whose inside the sandbox does not judge.
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextKind {
    Plain,
    Either,
}

pub(super) const fn must(name: &'static str, rule: Rule) -> Field {
    Field { name, required: true, rule }
}

pub(super) const fn may(name: &'static str, rule: Rule) -> Field {
    Field { name, required: false, rule }
}

/// Checks an object against its fields: none missing, none unknown, each as it should be.
pub(super) fn check_object(
    object: &Map<String, Value>,
    spec: &[Field],
    surface: Surface,
    at: &str,
    errors: &mut Vec<String>,
) {
    for name in object.keys().filter(|n| *n != "type" && !spec.iter().any(|f| f.name == n.as_str())) {
        errors.push(format!("[ERROR] invalid additional property: {name} [json-pointer:{at}]"));
    }
    for field in spec {
        match object.get(field.name) {
            Some(value) => check_value(value, field.rule, surface, &format!("{at}/{}", field.name), errors),
            None if field.required => {
                errors.push(format!("[ERROR] missing required field: {} [json-pointer:{at}]", field.name));
            }
            None => {}
        }
    }
}

fn check_value(value: &Value, rule: Rule, surface: Surface, at: &str, errors: &mut Vec<String>) {
    let mut fail = |what: String| errors.push(format!("[ERROR] {what} [json-pointer:{at}]"));
    match rule {
        Rule::Text(max) => match value.as_str() {
            Some(text) if text.chars().count() > max => fail(format!("must be less than {} characters", max + 1)),
            Some("") => fail("must be more than 0 characters".to_owned()),
            Some(_) => {}
            None => fail("must provide a string".to_owned()),
        },
        Rule::Object(kind, max) => check_text(value, max, kind, at, errors),
        Rule::Fields => each(value, 10, at, errors, |v, at, errors| check_text(v, 2000, TextKind::Either, at, errors)),
        Rule::Bool if value.is_boolean() => {}
        Rule::Bool => fail("must be a boolean".to_owned()),
        Rule::Whole if value.is_i64() || value.is_u64() => {}
        Rule::Whole => fail("must be an integer".to_owned()),
        Rule::Strings(max) => each(value, max, at, errors, |v, at, errors| {
            if !v.is_string() {
                errors.push(format!("[ERROR] must provide a string [json-pointer:{at}]"));
            }
        }),
        Rule::Elements(kinds, max) => {
            each(value, max, at, errors, |v, at, errors| kinds::check_element(v, kinds, surface, at, errors));
        }
        Rule::Element(kinds) => kinds::check_element(value, kinds, surface, at, errors),
        Rule::Options(max) => each(value, max, at, errors, check_option),
        Rule::Option => check_option(value, at, errors),
        Rule::OptionGroups => each(value, 100, at, errors, check_group),
        Rule::Confirm => check_confirm(value, surface, at, errors),
        Rule::OneOf(words) if value.as_str().is_some_and(|v| words.contains(&v)) => {}
        Rule::OneOf(words) => fail(format!("must be one of {}", words.join(", "))),
        Rule::RichText => each(value, 1000, at, errors, |v, at, errors| {
            let known = ["rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"];
            if !v["type"].as_str().is_some_and(|kind| known.contains(&kind)) || !v["elements"].is_array() {
                errors.push(format!("[ERROR] no rich text element [json-pointer:{at}]"));
            }
        }),
        Rule::Rows => check_rows(value, at, errors),
        Rule::FeedbackButton => match value.as_object() {
            Some(object) => check_object(
                object,
                &[
                    must("text", Rule::Object(TextKind::Plain, 75)),
                    must("value", Rule::Text(2000)),
                    may("accessibility_label", Rule::Text(75)),
                ],
                surface,
                at,
                errors,
            ),
            None => fail("must be an object".to_owned()),
        },
        Rule::Any if value.is_object() || value.is_array() => {}
        Rule::Any => fail("must be an object or a list".to_owned()),
    }
}

fn each(value: &Value, max: usize, at: &str, errors: &mut Vec<String>, check: impl Fn(&Value, &str, &mut Vec<String>)) {
    match value.as_array() {
        None => errors.push(format!("[ERROR] must provide an array [json-pointer:{at}]")),
        Some(list) if list.is_empty() => {
            errors.push(format!("[ERROR] no fewer than 1 items allowed [json-pointer:{at}]"));
        }
        Some(list) if list.len() > max => {
            errors.push(format!("[ERROR] no more than {max} items allowed [json-pointer:{at}]"));
        }
        Some(list) => {
            for (index, item) in list.iter().enumerate() {
                check(item, &format!("{at}/{index}"), errors);
            }
        }
    }
}

pub(super) fn check_text(text: &Value, max: usize, kind: TextKind, at: &str, errors: &mut Vec<String>) {
    let Some(object) = text.as_object() else {
        errors.push(format!("[ERROR] must provide an object [json-pointer:{at}]"));
        return;
    };
    let allowed: &[&str] = match (object.get("type").and_then(Value::as_str), kind) {
        (Some("plain_text"), _) => &["type", "text", "emoji"],
        (Some("mrkdwn"), TextKind::Either) => &["type", "text", "verbatim"],
        _ => {
            errors.push(format!("[ERROR] no text object of a type that goes here [json-pointer:{at}/type]"));
            return;
        }
    };
    for name in object.keys().filter(|name| !allowed.contains(&name.as_str())) {
        errors.push(format!("[ERROR] invalid additional property: {name} [json-pointer:{at}]"));
    }
    for flag in ["emoji", "verbatim"] {
        if object.get(flag).is_some_and(|v| !v.is_boolean()) {
            errors.push(format!("[ERROR] must be a boolean [json-pointer:{at}/{flag}]"));
        }
    }
    match object.get("text").and_then(Value::as_str).map(|t| t.chars().count()) {
        None => errors.push(format!("[ERROR] missing required field: text [json-pointer:{at}]")),
        Some(0) => errors.push(format!("[ERROR] must be more than 0 characters [json-pointer:{at}/text]")),
        Some(length) if length > max => {
            errors.push(format!("[ERROR] must be less than {} characters [json-pointer:{at}/text]", max + 1));
        }
        Some(_) => {}
    }
}

fn check_option(option: &Value, at: &str, errors: &mut Vec<String>) {
    let Some(object) = option.as_object() else {
        errors.push(format!("[ERROR] must provide an object [json-pointer:{at}]"));
        return;
    };
    let spec = [
        must("text", Rule::Object(TextKind::Either, 75)),
        may("value", Rule::Text(150)),
        may("description", Rule::Object(TextKind::Either, 75)),
        may("url", Rule::Text(3000)),
    ];
    check_object(object, &spec, Surface::Message, at, errors);
}

fn check_group(group: &Value, at: &str, errors: &mut Vec<String>) {
    match group.as_object() {
        Some(object) => {
            let spec = [must("label", Rule::Object(TextKind::Plain, 75)), must("options", Rule::Options(100))];
            check_object(object, &spec, Surface::Message, at, errors);
        }
        None => errors.push(format!("[ERROR] must provide an object [json-pointer:{at}]")),
    }
}

fn check_confirm(confirm: &Value, surface: Surface, at: &str, errors: &mut Vec<String>) {
    match confirm.as_object() {
        Some(object) => {
            let spec = [
                must("title", Rule::Object(TextKind::Plain, 100)),
                must("text", Rule::Object(TextKind::Either, 300)),
                must("confirm", Rule::Object(TextKind::Plain, 30)),
                must("deny", Rule::Object(TextKind::Plain, 30)),
                may("style", Rule::OneOf(&["primary", "danger"])),
            ];
            check_object(object, &spec, surface, at, errors);
        }
        None => errors.push(format!("[ERROR] must provide an object [json-pointer:{at}]")),
    }
}

/// A table: at most 100 rows of 20 cells, each raw text, a number or rich text.
fn check_rows(rows: &Value, at: &str, errors: &mut Vec<String>) {
    each(rows, 100, at, errors, |row, at, errors| {
        each(row, 20, at, errors, |cell, at, errors| {
            let fine = match cell["type"].as_str() {
                Some("raw_text") => cell["text"].as_str().is_some_and(|t| !t.is_empty()),
                Some("raw_number") => cell["value"].is_number() && cell["text"].is_string(),
                Some("rich_text") => cell["elements"].is_array(),
                _ => false,
            };
            if !fine {
                errors.push(format!("[ERROR] a cell is raw_text, raw_number or rich_text [json-pointer:{at}]"));
            }
        });
    });
}

pub(super) fn check_suggestions(payload: &Value, errors: &mut Vec<String>) {
    match (payload.get("options"), payload.get("option_groups")) {
        (Some(options), None) if options.as_array().is_some_and(Vec::is_empty) => {}
        (Some(options), None) => check_value(options, Rule::Options(100), Surface::Message, "/options", errors),
        (None, Some(groups)) => check_value(groups, Rule::OptionGroups, Surface::Message, "/option_groups", errors),
        _ => errors.push("[ERROR] either options or option_groups [json-pointer:/]".to_owned()),
    }
}
