//! Markdown → [`Rehearsal`]. Pure. A line that is no step is an error: an expectation that is not read would pass unnoticed.
//!
//! A title, comments and words before the first `##` are free. In a section every line is a step; a list's dash is allowed.

use super::forms::{EXPECTATIONS, STEPS};
use super::{Act, Expectation, Line, Rehearsal, Section, Step, What};
use crate::clock::Span;

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}\n  {text}\n  what can stand here:\n{}", listed(.forms))]
pub struct Unreadable {
    pub file: String,
    pub line: u32,
    /// As written.
    pub text: String,
    pub what: String,
    pub forms: &'static [&'static str],
}

fn listed(forms: &[&str]) -> String {
    let lines: Vec<String> = forms.iter().map(|form| format!("    {form}")).collect();
    lines.join("\n")
}

/// Reads one file.
///
/// # Errors
/// Every line that cannot be read, and sections that expect nothing.
pub fn parse(file: &str, text: &str) -> Result<Rehearsal, Vec<Unreadable>> {
    let mut rehearsal = Rehearsal { file: file.to_owned(), sections: Vec::new() };
    let mut problems = Vec::new();
    let without = without_comments(text);
    for (line, written) in (1_u32..).zip(without.lines()) {
        let written = written.trim();
        if let Some(title) = written.strip_prefix("## ") {
            rehearsal.sections.push(Section { title: title.trim().to_owned(), line, steps: Vec::new() });
            continue;
        }
        let Some(section) = rehearsal.sections.last_mut() else { continue };
        let step = written.strip_prefix("- ").unwrap_or(written).trim();
        if step.is_empty() {
            continue;
        }
        match step_of(step) {
            Ok(what) => section.steps.push(Step { line, text: step.to_owned(), what }),
            Err((what, forms)) => {
                problems.push(Unreadable { file: file.to_owned(), line, text: step.to_owned(), what, forms });
            }
        }
    }
    let is_unread = |section: &Section, next: u32| problems.iter().any(|p| (section.line..next).contains(&p.line));
    let mut silent = Vec::new();
    for (at, section) in rehearsal.sections.iter().enumerate() {
        let next = rehearsal.sections.get(at + 1).map_or(u32::MAX, |section| section.line);
        let expects = section.steps.iter().any(|step| matches!(step.what, What::Expect(_)));
        if !expects && !is_unread(section, next) {
            let what = "this section expects nothing, so it could never fail".to_owned();
            let text = format!("## {}", section.title);
            silent.push(Unreadable { file: file.to_owned(), line: section.line, text, what, forms: STEPS });
        }
    }
    problems.extend(silent);
    problems.sort_by_key(|problem| problem.line);
    if problems.is_empty() { Ok(rehearsal) } else { Err(problems) }
}

/// The text with `<!-- … -->` blanked, line by line so that numbers stay.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once("<!--") {
        out.push_str(before);
        let (comment, after) = tail.split_once("-->").unwrap_or((tail, ""));
        out.extend(comment.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    out.push_str(rest);
    out
}

type NotRead = (String, &'static [&'static str]);

fn step_of(step: &str) -> Result<What, NotRead> {
    let no_step = || ("this line is no step of a rehearsal".to_owned(), STEPS);
    if let Some(expected) = prefixed(step, "expect:") {
        let read = expectation(expected.trim().trim_end_matches('.'));
        return read.map(What::Expect).ok_or(("this expectation has no form that is known".to_owned(), EXPECTATIONS));
    }
    let act = if let Some(rest) = prefixed(step, "after ") {
        span(rest.trim().trim_end_matches('.')).map(Act::After)
    } else if let Some(rest) = prefixed(step, "edit ") {
        edit(rest)
    } else {
        step.strip_prefix('@').and_then(somebody)
    };
    act.map(What::Act).ok_or_else(no_step)
}

/// What somebody does: the line after the `@`.
fn somebody(rest: &str) -> Option<Act> {
    let (who, does) = rest.split_once(char::is_whitespace)?;
    let who = name(who)?;
    let does = does.trim_start();
    if let Some(place) = prefixed(does, "in ") {
        let (place, text) = place.split_once(':')?;
        let text = some_text(text)?;
        return match place.trim().strip_prefix('#') {
            Some(channel) => Some(Act::Says { who, channel: name(channel)?, text }),
            None => is_direct(place).then_some(Act::Writes { who, text }),
        };
    }
    if let Some(text) = prefixed(does, "replies:") {
        return Some(Act::Replies { who, text: some_text(text)? });
    }
    if let Some(text) = prefixed(does, "edits:") {
        return Some(Act::Edits { who, text: some_text(text)? });
    }
    if let Some(button) = prefixed(does, "clicks ") {
        let (label, with) = match button.split_once(" with ") {
            Some((label, with)) => (label, Some(quoted(with)?)),
            None => (button, None),
        };
        let label = quoted(label).or_else(|| some_text(label))?;
        return Some(Act::Clicks { who, label, with });
    }
    let command = prefixed(does, "runs ")?.trim();
    let (command, text) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    command.starts_with('/').then(|| Act::Runs { who, command: command.to_owned(), text: text.trim().to_owned() })
}

fn is_direct(place: &str) -> bool {
    ["a direct message", "a dm", "direct message", "dm"].contains(&place.trim().to_lowercase().as_str())
}

fn edit(rest: &str) -> Option<Act> {
    let (file, change) = rest.split_once(':')?;
    let (old, new) = change.split_once('→').or_else(|| change.split_once("->"))?;
    let file = file.trim().trim_matches('`').to_owned();
    (!file.is_empty()).then_some(Act::Edit { file, old: quoted(old)?, new: quoted_or_empty(new)? })
}

fn expectation(text: &str) -> Option<Expectation> {
    let lower = text.to_lowercase();
    match lower.as_str() {
        "nothing runs" => return Some(Expectation::NothingRuns),
        "expires" => return Some(Expectation::Expires),
        "waits for nobody" => return Some(Expectation::WaitsForNobody),
        _ => {}
    }
    if let Some(rest) = prefixed(text, "routed to ") {
        let (worker, by) = match rest.split_once(" by ") {
            Some((worker, by)) => (worker, Some(cited(by)?)),
            None => (rest, None),
        };
        let worker = some_text(worker)?;
        return (!worker.contains(char::is_whitespace)).then_some(Expectation::RoutedTo { worker, by });
    }
    if let Some(rest) = prefixed(text, "runs ") {
        let (tool, times) = rest.trim().split_once(char::is_whitespace)?;
        let tool = tool.trim_matches('`').to_owned();
        return tool.contains('.').then_some(Expectation::Runs { tool, times: times_of(times)? });
    }
    let person = |rest: &str| rest.trim().strip_prefix('@').and_then(name);
    if let Some(rest) = prefixed(text, "waits for ") {
        return person(rest).map(Expectation::WaitsFor);
    }
    if let Some(rest) = prefixed(text, "escalates to ") {
        return person(rest).map(Expectation::EscalatesTo);
    }
    let forms: [(&str, fn(String) -> Expectation); 4] = [
        ("refused ", Expectation::Refused),
        ("says ", Expectation::Says),
        ("does not say ", Expectation::DoesNotSay),
        ("asks ", Expectation::Asks),
    ];
    forms.iter().find_map(|(word, make)| prefixed(text, word).and_then(quoted).map(make))
}

/// `FILE` or `FILE "SENTENCE"`.
fn cited(by: &str) -> Option<Line> {
    let by = by.trim();
    let (file, sentence) = match by.split_once(char::is_whitespace) {
        Some((file, sentence)) => (file, Some(quoted(sentence)?)),
        None => (by, None),
    };
    let file = file.trim_matches('`').to_owned();
    (!file.is_empty()).then_some(Line { file, sentence })
}

fn times_of(text: &str) -> Option<usize> {
    match text.trim().to_lowercase().as_str() {
        "never" => Some(0),
        "once" => Some(1),
        "twice" => Some(2),
        other => number(other.strip_suffix("times")?.trim()).and_then(|n| usize::try_from(n).ok()),
    }
}

fn number(word: &str) -> Option<i64> {
    const WORDS: &[&str] =
        &["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    if matches!(word, "a" | "an") {
        return Some(1);
    }
    let spelled = WORDS.iter().position(|known| *known == word).and_then(|at| i64::try_from(at).ok());
    spelled.or_else(|| word.parse::<i64>().ok().filter(|n| (0..=100_000).contains(n)))
}

/// "30 minutes", "an hour", "2 days and 3 hours".
fn span(text: &str) -> Option<Span> {
    let mut total = Span::ZERO;
    for part in text.split(" and ") {
        let (count, unit) = part.trim().split_once(char::is_whitespace)?;
        let count = number(&count.to_lowercase())?;
        let unit = unit.trim().to_lowercase();
        let one = match unit.strip_suffix('s').unwrap_or(&unit) {
            "second" => Span::seconds(1),
            "minute" => Span::minutes(1),
            "hour" => Span::hours(1),
            "day" => Span::days(1),
            "week" => Span::days(7),
            _ => return None,
        };
        total = Span(total.0.checked_add(one.0.checked_mul(count)?)?);
    }
    (total > Span::ZERO).then_some(total)
}

/// What stands between straight or curly quotation marks.
fn quoted(text: &str) -> Option<String> {
    quoted_or_empty(text).filter(|inner| !inner.is_empty())
}

fn quoted_or_empty(text: &str) -> Option<String> {
    let text = text.trim();
    let inner = text.strip_prefix(['"', '“'])?.strip_suffix(['"', '”'])?;
    Some(inner.to_owned())
}

fn some_text(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A handle or a channel: no spaces, no signs but those that Slack allows.
fn name(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    (!text.is_empty() && text.chars().all(fits)).then(|| text.to_owned())
}

/// What follows `prefix`, whatever its case.
fn prefixed<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..)).flatten()
}
