//! The facts of a company that stand in plain sentences: triage, time zone, keeper.

use super::company::under_triage;
use super::names::{person_named, worker_named};
use super::page::Page;
use super::place::Source;
use super::prose::Prose;
use crate::directives::diagnostics::Problem;
use crate::roster::Roster;
use crate::roster::names::nearest;
use crate::workers::WorkerRef;

/// Triage, time zone and keeper, which may stand anywhere in the file.
pub fn read_facts(
    source: &Source<'_>,
    page: &Page,
    prose: &mut Vec<Prose>,
    roster: &mut Roster,
    problems: &mut Vec<Problem>,
) -> Option<WorkerRef> {
    let mut keeper = None;
    prose.retain(|p| {
        let text = &p.sentence.text;
        let in_triage = under_triage(page, p.heading);
        if let Some(name) = triage_in(text, in_triage) {
            match person_named(roster, name) {
                Ok(handle) => roster.triage = Some(handle),
                Err((what, help)) => {
                    problems.push(source.error("unknown-person", p.sentence.whole(), what).with_help(help));
                }
            }
            return false;
        }
        if let Some(zone) = zone_in(text) {
            match zone_named(zone) {
                Ok(name) => roster.timezone = name,
                Err(help) => {
                    let what = format!("there is no time zone “{zone}”");
                    problems.push(source.error("unknown-timezone", p.sentence.whole(), what).with_help(help));
                }
            }
            return false;
        }
        if let Some(name) = keeper_in(text) {
            match worker_named(roster, name) {
                Ok(worker) => keeper = Some(worker),
                Err((what, help)) => {
                    problems.push(source.error("unknown-person", p.sentence.whole(), what).with_help(help));
                }
            }
            return false;
        }
        true
    });
    keeper
}

/// Who does triage: "The triage person is X.", "X does triage.", "Triage: X"; under the heading, the name alone.
fn triage_in(text: &str, under_heading: bool) -> Option<&str> {
    let text = text.trim_end_matches('.').trim();
    let subjects = ["the triage person", "our triage person", "the triage human", "triage person", "triage"];
    if let Some(name) = subjects.iter().find_map(|s| after(text, s).and_then(|rest| copula(rest))) {
        return Some(name);
    }
    for tail in
        [" does triage", " is the triage person", " is on triage", " handles triage", " takes triage", " is triage"]
    {
        if let Some(name) = before(text, tail) {
            return Some(name);
        }
    }
    let only_a_name = text.split_whitespace().count() <= 3 && (text.contains('@') || !text.contains(' '));
    (under_heading && only_a_name).then_some(text)
}

fn zone_in(text: &str) -> Option<&str> {
    let text = text.trim_end_matches('.').trim();
    let subjects = [
        "our time zone", "our timezone", "the time zone", "the timezone", "the company's time zone", "time zone",
        "timezone", "the company time zone",
    ];
    subjects.iter().find_map(|s| after(text, s).and_then(copula)).or_else(|| {
        let rest = after(text, "we are in").or_else(|| after(text, "we work in"))?.trim();
        rest.contains('/').then_some(rest)
    })
}

fn keeper_in(text: &str) -> Option<&str> {
    let text = text.trim_end_matches('.').trim();
    let lower = text.to_lowercase();
    for verb in ["kept", "maintained", "looked after", "owned"] {
        for subject in ["directives", "the directives", "these directives", "our directives", "these files"] {
            let head = format!("{subject} are {verb} by ");
            if lower.starts_with(&head) {
                return text.get(head.len()..);
            }
        }
    }
    ["keeps the directives", "keeps these directives", "maintains the directives", "looks after the directives"]
        .iter()
        .find_map(|tail| before(text, &format!(" {tail}")))
}

/// What follows "is", "are" or a colon.
fn copula(rest: &str) -> Option<&str> {
    let rest = rest.trim_start();
    let rest = rest.strip_prefix(':').or_else(|| rest.strip_prefix("is ")).or_else(|| rest.strip_prefix("= "))?;
    Some(rest.trim()).filter(|name| !name.is_empty())
}

fn after<'a>(text: &'a str, head: &str) -> Option<&'a str> {
    text.get(..head.len()).filter(|start| start.eq_ignore_ascii_case(head)).map(|_| &text[head.len()..])
}

fn before<'a>(text: &'a str, tail: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(tail.len())?;
    text.get(at..).filter(|end| end.eq_ignore_ascii_case(tail)).map(|_| text[..at].trim())
}

/// The IANA name that a text means: the name itself, or a city that only one zone is called after.
fn zone_named(text: &str) -> Result<String, String> {
    let wanted = text.trim_matches(|c: char| c.is_whitespace() || c == '`').trim_end_matches(" time");
    let all = chrono_tz::TZ_VARIANTS;
    let city = format!("/{}", wanted.replace(' ', "_").to_lowercase());
    let found = all
        .iter()
        .find(|zone| zone.name().eq_ignore_ascii_case(wanted))
        .or_else(|| all.iter().find(|zone| zone.name().to_lowercase().ends_with(&city)));
    match found {
        Some(zone) => Ok(zone.name().to_owned()),
        None => Err(match nearest(wanted, all.iter().map(|zone| zone.name())) {
            Some(name) => format!("did you mean {name}?"),
            None => "write an IANA name such as Europe/Berlin or America/New_York".to_owned(),
        }),
    }
}
