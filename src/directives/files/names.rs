//! Names in facts, front matter and steps → whom they mean, or what is wrong with them and how to mend it.

use std::ops::Range;

use crate::roster::Roster;
use crate::roster::names::Named;
use crate::workers::WorkerRef;

/// The handle of the one person that a text names: "@kim", "Kim Osei", "Kim Osei (@kim)". Else what is wrong, and help.
pub fn person_named(roster: &Roster, text: &str) -> Result<String, (String, String)> {
    match worker_named(roster, text)? {
        WorkerRef::Person(handle) => Ok(handle),
        WorkerRef::Human => Ok(roster.triage.clone().unwrap_or_default()).and_then(|handle| {
            if handle.is_empty() {
                Err(("nobody does triage yet".to_owned(), "name a person".to_owned()))
            } else {
                Ok(handle)
            }
        }),
        other => {
            Err((format!("“{}” is no person but {other}", text.trim()), "name a person, best by handle".to_owned()))
        }
    }
}

/// The one worker that a text names. Else what is wrong, and help.
pub fn worker_named(roster: &Roster, text: &str) -> Result<WorkerRef, (String, String)> {
    let text = text.trim().trim_end_matches('.').trim_matches('`');
    let handle = text.split_once('@').map(|(_, rest)| {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(rest.len());
        format!("@{}", rest[..end].trim_end_matches('.'))
    });
    let asked = handle.as_deref().unwrap_or(text);
    match roster.named(asked) {
        Named::One(worker) => Ok(worker),
        Named::Several(all) => {
            let names: Vec<String> = all.iter().map(ToString::to_string).collect();
            Err((format!("“{asked}” is borne by more than one"), format!("write which one: {}", names.join(" or "))))
        }
        Named::Nobody => Err((
            format!("nobody is called “{asked}”"),
            match roster.nearest_name(asked) {
                Some(name) => format!("did you mean {name}?"),
                None => "list them in company.md under “Who is who”".to_owned(),
            },
        )),
    }
}

/// The items of "a, b and c" within `range`, as byte ranges of `text`.
pub fn list_items(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = range.start;
    let mut at = range.start;
    while at < range.end {
        let rest = &text[at..range.end];
        let cut = [", and ", "; ", ", ", " and ", " & "].iter().find(|s| rest.starts_with(**s));
        match cut {
            Some(separator) => {
                out.push(start..at);
                at += separator.len();
                start = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    out.push(start..range.end);
    out.into_iter()
        .filter_map(|item| {
            let raw = &text[item.clone()];
            let head = raw.len() - raw.trim_start().len();
            let tail = raw.trim_end().trim_end_matches(['.', ',', ';']).len();
            (tail > head).then(|| item.start + head..item.start + tail)
        })
        .collect()
}
