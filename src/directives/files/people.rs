//! One line of "Who is who": "Dana Ruiz (@dana, dana@acme.test), head of finance, reports to @kim", in any order.

use std::ops::Range;

use super::place::Source;
use super::split::Mapped;
use crate::directives::diagnostics::Problem;

/// A person as the line tells it; whom they report to is still a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonEntry {
    pub handle: String,
    pub name: String,
    pub email: Option<String>,
    pub slack_id: Option<String>,
    pub title: Option<String>,
    pub timezone: Option<String>,
    /// The name, and where it stands in the file.
    pub reports_to: Option<(String, Range<usize>)>,
}

/// Reads one list item. The first part is the name; handle, e-mail, user id, zone and manager are known by their form,
/// and what is left is the title.
pub fn read_person(source: &Source<'_>, text: &Mapped) -> Result<PersonEntry, Box<Problem>> {
    let form = "write it as “Dana Ruiz (@dana, dana@acme.test), head of finance, reports to @kim”";
    let mut parts = parts(&text.text).into_iter();
    let name = parts.next().map(|range| text.text[range].trim_matches(['*', '_']).to_owned()).unwrap_or_default();
    let mut entry = PersonEntry {
        handle: String::new(),
        name,
        email: None,
        slack_id: None,
        title: None,
        timezone: None,
        reports_to: None,
    };
    if entry.name.starts_with('@') {
        let handle = entry.name.trim_start_matches('@').to_lowercase();
        entry.name = handle.clone();
        entry.handle = handle;
    }
    let mut title: Vec<&str> = Vec::new();
    for range in parts {
        let part = &text.text[range.clone()];
        let lower = part.to_lowercase();
        let boss = ["reports to ", "reporting to ", "managed by ", "manager: ", "manager is ", "manager "]
            .iter()
            .find(|head| lower.starts_with(**head))
            .map(|head| head.len());
        if let Some(skip) = boss {
            let name = part[skip..].trim();
            if !matches!(name.to_lowercase().as_str(), "nobody" | "no one" | "no-one" | "the board") {
                entry.reports_to = Some((name.to_owned(), text.range(range.start + skip..range.end)));
            }
        } else if let Some(handle) = part.strip_prefix('@') {
            if !entry.handle.is_empty() {
                let what = "this line holds two handles";
                let problem = source.error("person-form", text.range(range), what);
                return Err(Box::new(problem.with_help("write one line per person")));
            }
            entry.handle = handle.to_lowercase();
        } else if is_email(part) {
            entry.email = Some(lower);
        } else if is_user_id(part) {
            entry.slack_id = Some(part.to_owned());
        } else if let Some(zone) = zone(part) {
            entry.timezone = Some(zone);
        } else {
            title.push(part);
        }
    }
    entry.title = (!title.is_empty()).then(|| title.join(", "));
    if entry.handle.is_empty() || entry.name.is_empty() {
        let what = "this line names no person with a handle";
        return Err(Box::new(source.error("person-form", text.whole(), what).with_help(form)));
    }
    Ok(entry)
}

/// The byte ranges between commas, semicolons, brackets, dashes and ", and".
fn parts(text: &str) -> Vec<Range<usize>> {
    let mut cuts: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices() {
        if matches!(c, ',' | ';' | '(' | ')' | '—' | '–') {
            cuts.push(at..at + c.len_utf8());
        }
    }
    for word in [" - ", ": ", " and reports to ", " and manages "] {
        for (at, found) in text.match_indices(word) {
            let end = if found.starts_with(" and ") { at + " and ".len() } else { at + found.len() };
            let is_manager = found == ": " && text[..at].to_lowercase().ends_with("manager");
            if !is_manager {
                cuts.push(at..end);
            }
        }
    }
    cuts.sort_by_key(|cut| cut.start);
    let mut out = Vec::new();
    let mut start = 0;
    for cut in cuts.into_iter().chain(std::iter::once(text.len()..text.len())) {
        if cut.start >= start {
            out.push(start..cut.start);
            start = cut.end;
        }
    }
    out.into_iter()
        .filter_map(|range| {
            let raw = &text[range.clone()];
            let head = raw.len() - raw.trim_start().len();
            let trimmed = raw.trim().trim_end_matches('.').trim_matches('`');
            let lead = usize::from(raw.trim_start().starts_with('`'));
            (!trimmed.is_empty()).then(|| range.start + head + lead..range.start + head + lead + trimmed.len())
        })
        .collect()
}

fn is_email(part: &str) -> bool {
    part.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !part.contains(' '))
}

/// Slack's ids of accounts begin with U or W ("Conversations and users", api.slack.com/types/user).
fn is_user_id(part: &str) -> bool {
    part.len() >= 3
        && part.starts_with(['U', 'W'])
        && part.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        && part.chars().any(|c| c.is_ascii_digit())
}

fn zone(part: &str) -> Option<String> {
    let lower = part.to_lowercase();
    let skip = ["time zone ", "timezone ", "lives in ", "in ", ""].iter().find(|head| lower.starts_with(**head))?.len();
    part[skip..]
        .trim()
        .parse::<chrono_tz::Tz>()
        .ok()
        .filter(|zone| zone.name().contains('/'))
        .map(|z| z.name().to_owned())
}
