//! `roles/<role>.md`: front matter → a role and its positions.
//!
//! Reading goes in two steps, because an owner or a supervisor may be a role of another file: first every file is
//! drafted, then, with all names known, the drafts are settled.

use chrono::NaiveDate;

use super::front::{At, Fields, FrontMatter, Node};
use super::page::Page;
use super::place::Source;
use super::role_text::RoleText;
use crate::directives::diagnostics::Problem;
use crate::roster::names::{nearest, slug};
use crate::roster::{Driver, Position, PositionStatus, Role};
use crate::workers::WorkerRef;

const ROLE_KEYS: &[&str] = &["role", "owner", "supervisor", "team", "review every", "positions", "kept by"];
const POSITION_KEYS: &[&str] =
    &["id", "name", "icon", "driver", "model", "person", "tools", "since", "reviewed", "status"];

/// A role file whose names are not resolved yet.
#[derive(Debug)]
pub struct Draft {
    pub role: Role,
    pub owner: Option<At<String>>,
    pub supervisor: Option<At<String>>,
    pub team: Option<At<String>>,
    pub positions: Vec<PositionDraft>,
}

#[derive(Debug)]
pub struct PositionDraft {
    pub position: Position,
    /// Where its id stands.
    pub id: At<String>,
    pub person: Option<At<String>>,
    /// The tool patterns with their places.
    pub tools: Vec<At<String>>,
}

/// Drafts the role of one file. `kept by` is left in the front matter for the caller.
pub fn draft_role(
    source: &Source<'_>,
    page: &Page,
    front: &mut FrontMatter,
    today: NaiveDate,
    problems: &mut Vec<Problem>,
) -> Draft {
    let stem = source.file.rsplit('/').next().unwrap_or(source.file).trim_end_matches(".md").to_owned();
    let top = front.range.start..front.range.start + source.text.lines().next().unwrap_or_default().len();
    let fields = &mut front.fields;
    let id = match fields.take_text("role", source, problems) {
        Some(given) if slug(&given.value) != given.value => {
            let help = format!("write `role: {}`", slug(&given.value));
            let what = format!("“{}” is no id: lower case, words joined by -", given.value);
            problems.push(source.error("bad-id", given.range, what).with_help(help));
            slug(&given.value)
        }
        Some(given) => given.value,
        None => slug(&stem),
    };
    let owner = fields.take_text("owner", source, problems);
    let supervisor = fields.take_text("supervisor", source, problems);
    for (missing, key, why) in [
        (owner.is_none(), "owner", "the human who answers for it"),
        (supervisor.is_none(), "supervisor", "a person or another role"),
    ] {
        if missing {
            let what = format!("the role {id} has no {key}");
            let help = format!("add `{key}: \"@handle\"` to the front matter: {why}");
            problems.push(source.error(&format!("no-{key}"), top.clone(), what).with_help(help));
        }
    }
    let team = fields.take_text("team", source, problems);
    let review_every_days = fields.take_text("review every", source, problems).and_then(|given| {
        let days = days_of(&given.value);
        if days.is_none() {
            let what = format!("“{}” is no cadence", given.value);
            problems.push(source.error("bad-cadence", given.range, what).with_help("write it as `90 days`"));
        }
        days
    });
    let positions = draft_positions(source, fields, &id, today, problems);
    let text = RoleText::of(page);
    let title = page.title().map_or_else(|| id.replace('-', " "), |heading| heading.text.text.clone());
    let role = Role {
        id,
        file: source.file.to_owned(),
        title,
        owner: WorkerRef::Human,
        supervisor: WorkerRef::Human,
        team: None,
        review_every_days,
        positions: positions.iter().map(|draft| draft.position.id.clone()).collect(),
        handles: text.handles,
        description: text.description,
        examples: text.examples,
    };
    Draft { role, owner, supervisor, team, positions }
}

/// Refuses what nobody took out of a role's front matter.
pub fn refuse_unknown_keys(source: &Source<'_>, fields: Fields, problems: &mut Vec<Problem>) {
    fields.refuse_rest(ROLE_KEYS, source, problems);
}

fn draft_positions(
    source: &Source<'_>,
    fields: &mut Fields,
    role: &str,
    today: NaiveDate,
    problems: &mut Vec<Problem>,
) -> Vec<PositionDraft> {
    let Some(At { value, range }) = fields.take("positions") else { return Vec::new() };
    let items = match value {
        Node::List(items) => items,
        Node::Empty => Vec::new(),
        Node::Text(_) | Node::Map(_) => {
            let problem = source.error("front-matter", range, "`positions` needs a list");
            problems.push(problem.with_help("begin each position with `- id: …`"));
            return Vec::new();
        }
    };
    let mut out = Vec::new();
    for item in items {
        match item.value {
            Node::Map(fields) => out.extend(draft_position(source, fields, item.range, role, today, problems)),
            Node::Empty | Node::Text(_) | Node::List(_) => {
                let problem = source.error("front-matter", item.range, "a position needs keys such as id and driver");
                problems.push(problem.with_help("begin each position with `- id: …`"));
            }
        }
    }
    out
}

fn draft_position(
    source: &Source<'_>,
    mut fields: Fields,
    range: std::ops::Range<usize>,
    role: &str,
    today: NaiveDate,
    problems: &mut Vec<Problem>,
) -> Option<PositionDraft> {
    let first = range.start..range.start + source.text[range.start..].lines().next().unwrap_or_default().len();
    let Some(id) = fields.take_text("id", source, problems) else {
        problems.push(source.error("no-id", first, "this position has no id").with_help("add `id: finance-agent`"));
        return None;
    };
    if slug(&id.value) != id.value {
        let help = format!("write `id: {}`", slug(&id.value));
        let what = format!("“{}” is no id: lower case, words joined by -", id.value);
        problems.push(source.error("bad-id", id.range.clone(), what).with_help(help));
    }
    let name = fields.take_text("name", source, problems).map_or_else(|| id.value.replace('-', " "), |name| name.value);
    let icon = fields.take_text("icon", source, problems).map(|icon| icon.value);
    let driver = fields.take_text("driver", source, problems);
    let model = fields.take_text("model", source, problems);
    let person = fields.take_text("person", source, problems);
    // A mistyped driver is one mistake, not two: what the position says of a person settles what else is asked of it.
    let guessed = if person.is_some() { Driver::Human } else { Driver::Playbook };
    let driver = match driver {
        Some(given) => word(source, given, "driver", DRIVERS, problems).unwrap_or(guessed),
        None => {
            let what = format!("the position {} has no driver", id.value);
            let problem = source.error("no-driver", id.range.clone(), what);
            problems.push(problem.with_help("write model, playbook, http, command or human"));
            guessed
        }
    };
    settle_person(source, &id, person.as_ref(), driver, problems);
    refuse_model_without_driver(source, model.as_ref(), driver, problems);
    let tools = fields.take_texts("tools", source, problems);
    let since = take_date(source, &mut fields, "since", today, problems);
    let reviewed = take_date(source, &mut fields, "reviewed", today, problems);
    let status = fields
        .take_text("status", source, problems)
        .and_then(|given| word(source, given, "status", STATUSES, problems))
        .unwrap_or(PositionStatus::Active);
    fields.refuse_rest(POSITION_KEYS, source, problems);
    let position = Position {
        id: id.value.clone(),
        role: role.to_owned(),
        name,
        icon,
        driver,
        model: model.map(|model| model.value),
        person: None,
        tools: tools.iter().map(|tool| tool.value.clone()).collect(),
        since,
        reviewed,
        status,
        line: source.place(id.range.start).0,
    };
    Some(PositionDraft { position, id, person, tools })
}

/// A person fills a position of theirs, a program fills every other.
fn settle_person(
    source: &Source<'_>,
    id: &At<String>,
    person: Option<&At<String>>,
    driver: Driver,
    problems: &mut Vec<Problem>,
) {
    match (driver, person) {
        (Driver::Human, None) => {
            let problem =
                source.error("no-person", id.range.clone(), format!("nobody fills the position {}", id.value));
            problems.push(problem.with_help("add `person: \"@handle\"`"));
        }
        (Driver::Model | Driver::Playbook | Driver::Http | Driver::Command, Some(person)) => {
            let what = "a program fills this position, so it has no `person`";
            let problem = source.error("person-and-program", person.range.clone(), what);
            problems.push(problem.with_help("take the line away, or write `driver: human`"));
        }
        (Driver::Human, Some(_)) | (Driver::Model | Driver::Playbook | Driver::Http | Driver::Command, None) => {}
    }
}

fn refuse_model_without_driver(
    source: &Source<'_>,
    model: Option<&At<String>>,
    driver: Driver,
    problems: &mut Vec<Problem>,
) {
    if let Some(named) = model.filter(|_| driver != Driver::Model) {
        let problem = source.error("model-without-driver", named.range.clone(), "only the driver `model` has a model");
        problems.push(problem.with_help("take the line away, or write `driver: model`"));
    }
}

const DRIVERS: &[(&str, Driver)] = &[
    ("model", Driver::Model),
    ("playbook", Driver::Playbook),
    ("http", Driver::Http),
    ("command", Driver::Command),
    ("human", Driver::Human),
];

const STATUSES: &[(&str, PositionStatus)] = &[
    ("active", PositionStatus::Active),
    ("shadow", PositionStatus::Shadow),
    ("paused", PositionStatus::Paused),
    ("retired", PositionStatus::Retired),
];

/// One of a fixed set of words.
fn word<T: Copy>(
    source: &Source<'_>,
    given: At<String>,
    key: &str,
    known: &[(&str, T)],
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let found = known.iter().find(|(name, _)| given.value.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
    if found.is_none() {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let help = match nearest(&given.value, names.iter().copied()) {
            Some(name) => format!("did you mean {name}?"),
            None => format!("write {}", names.join(", ")),
        };
        let what = format!("“{}” is no {key}", given.value);
        problems.push(source.error(&format!("bad-{key}"), given.range, what).with_help(help));
    }
    found
}

fn take_date(
    source: &Source<'_>,
    fields: &mut Fields,
    key: &str,
    today: NaiveDate,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let given = fields.take_text(key, source, problems)?;
    match NaiveDate::parse_from_str(&given.value, "%Y-%m-%d") {
        Ok(date) => {
            if key == "reviewed" && date > today {
                let what = format!("this review lies in the future: {date}");
                problems.push(source.warning("future-date", given.range, what));
            }
            Some(date.to_string())
        }
        Err(_) => {
            let what = format!("“{}” is no date that exists", given.value);
            problems.push(source.error("bad-date", given.range, what).with_help("write it as 2026-03-02"));
            None
        }
    }
}

/// "90 days", "12 weeks", "3 months", "a year", "quarterly": in days, as the contract counts them.
fn days_of(text: &str) -> Option<u32> {
    let lower = text.trim().to_lowercase();
    let mut words = lower.split_whitespace().filter(|word| *word != "every");
    let first = words.next()?;
    let (count, unit) = match first.parse::<u32>() {
        Ok(count) => (count, words.next()?),
        Err(_) if matches!(first, "a" | "one" | "each") => (1, words.next()?),
        Err(_) => (1, first),
    };
    let unit = match unit.trim_end_matches('s') {
        "day" | "daily" => 1,
        "week" | "weekly" => 7,
        "month" | "monthly" => 30,
        "quarter" | "quarterly" => 91,
        "year" | "yearly" => 365,
        _ => return None,
    };
    (words.next().is_none() && count > 0).then(|| count.checked_mul(unit)).flatten()
}
