//! Rules that can never matter: behind a ban that always wins, over before they begin, or in a circle. Each is a warning
//! with both lines, because the set still does what it says.

use chrono::NaiveDate;

use crate::catalogue::ToolName;
use crate::directives::Reading;
use crate::directives::diagnostics::{Problem, Severity};
use crate::directives::rule::{Approve, Cover, Forbid, Otherwise, Rule, ToolPattern};
use crate::workers::WorkerRef;

/// Looks for them among all readings; `today` tells what is over.
pub fn check(read: &[Reading], today: NaiveDate, problems: &mut Vec<Problem>) {
    for reading in read {
        problems.extend(banned_anyway(reading, read));
        problems.extend(asked_again(reading));
        problems.extend(over(reading, today));
        problems.extend(circle(reading, read));
    }
}

pub(super) fn warning(reading: &Reading, code: &str, message: String, help: &str, other: Option<&Reading>) -> Problem {
    Problem {
        severity: Severity::Warning,
        code: code.to_owned(),
        file: reading.origin.file.clone(),
        line: reading.origin.line,
        column: reading.origin.column,
        message,
        help: Some(help.to_owned()),
        length: u32::try_from(reading.origin.text.chars().count()).unwrap_or(u32::MAX),
        suggestion: None,
        related: other.map(|other| format!("{}:{}", other.origin.file, other.origin.line)),
    }
}

/// A ban without a condition, for everybody or for all whom the rule is for, leaves nothing for the rule to decide.
fn banned_anyway(reading: &Reading, read: &[Reading]) -> Option<Problem> {
    // A narrower ban changes nothing beside the wide one.
    if matches!(&reading.rule, Rule::Forbid(ban) if ban.when.is_empty()) {
        return None;
    }
    let (tools, who) = reading.rule.binds()?;
    let bans = |other: &&Reading| {
        let Rule::Forbid(ban) = &other.rule else { return false };
        always(ban, tools, who) && other.role.as_ref().is_none_or(|role| Some(role) == reading.role.as_ref())
    };
    let ban = read.iter().filter(|other| other.origin != reading.origin).find(bans)?;
    Some(warning(
        reading,
        "shadowed",
        format!("this never matters: {}:{} forbids it always: “{}”", ban.origin.file, ban.origin.line, ban.origin.text),
        "take one of the two out, or give the ban a condition",
        Some(ban),
    ))
}

fn always(ban: &Forbid, tools: &[ToolPattern], who: &[WorkerRef]) -> bool {
    let covered = |tool: &ToolPattern| ban.tools.iter().any(|pattern| covers(pattern, tool));
    let meant = ban.who.is_empty() || !who.is_empty() && who.iter().all(|worker| ban.who.contains(worker));
    ban.when.is_empty() && meant && !tools.is_empty() && tools.iter().all(covered)
}

/// Whether all that one pattern names, another names too.
pub(super) fn covers(pattern: &ToolPattern, tool: &ToolPattern) -> bool {
    pattern == tool || pattern.covers(&ToolName(tool.0.clone()))
}

/// "… from Kim, otherwise ask Kim": who did not answer is asked once more.
fn asked_again(reading: &Reading) -> Option<Problem> {
    let Rule::Approve(Approve { by, otherwise: Otherwise::Ask(others), .. }) = &reading.rule else { return None };
    let same = !by.is_empty() && others.iter().all(|other| by.contains(other));
    same.then(|| {
        let help = "name somebody else after “otherwise”, or leave it out: then the request is denied";
        warning(reading, "asked-again", "whoever did not answer is asked a second time".to_owned(), help, None)
    })
}

/// A stand-in or a degree of freedom whose last day has passed.
fn over(reading: &Reading, today: NaiveDate) -> Option<Problem> {
    let until = if let Rule::Cover(cover) = &reading.rule {
        &cover.until
    } else if let Rule::Autonomy(autonomy) = &reading.rule {
        autonomy.until.as_ref()?
    } else {
        return None;
    };
    let last: NaiveDate = until.parse().ok()?;
    (last < today).then(|| {
        let help = "take the line out, or write a later day";
        warning(reading, "over", format!("this ended on {last}"), help, None)
    })
}

/// People who stand in for each other on the same days, or agents who bring each other in: nobody is left.
fn circle(reading: &Reading, read: &[Reading]) -> Option<Problem> {
    let before: Vec<&Reading> = read.iter().take_while(|other| other.origin != reading.origin).collect();
    let (mut way, mut at) = (Vec::new(), next(reading)?);
    let home = passed_on(reading)?;
    // No chain is longer than the lines that it is made of.
    while at != home && way.len() <= before.len() {
        let follows = |other: &&&Reading| passed_on(other) == Some(at) && alike(reading, other);
        let link = before.iter().find(follows)?;
        way.push(*link);
        at = next(link)?;
    }
    let first = way.first().filter(|_| at == home)?;
    let places: Vec<String> = way.iter().map(|link| format!("{}:{}", link.origin.file, link.origin.line)).collect();
    let (code, message, help) = match (&reading.rule, way.len()) {
        (Rule::Cover(_), 1) => (
            "cover-loop",
            format!("the two stand in for each other: {} says the opposite", places.join(", ")),
            "name a third person in one of the two lines",
        ),
        (Rule::Cover(_), _) => (
            "cover-loop",
            format!("they stand in for each other in a circle, with {}", places.join(", ")),
            "name somebody outside of the circle in one of these lines",
        ),
        (_, _) => (
            "escalation-loop",
            format!("they bring each other in, round in a circle, with {}", places.join(", ")),
            "end the chain with a person in one of these lines",
        ),
    };
    Some(warning(reading, code, message, help, Some(first)))
}

/// Who hands on: whoever is away, or the agent that is at its wits' end.
fn passed_on(reading: &Reading) -> Option<&WorkerRef> {
    if let Rule::Cover(cover) = &reading.rule {
        return Some(&cover.person);
    }
    if let Rule::Escalate(rule) = &reading.rule {
        return rule.who.first().filter(|_| rule.who.len() == 1);
    }
    None
}

/// To whom, where it is one only.
fn next(reading: &Reading) -> Option<&WorkerRef> {
    let to = if let Rule::Cover(cover) = &reading.rule {
        &cover.by
    } else if let Rule::Escalate(rule) = &reading.rule {
        &rule.to
    } else {
        return None;
    };
    to.first().filter(|_| to.len() == 1)
}

/// Whether both hold at once: on the same days, or in the same plight.
fn alike(one: &Reading, two: &Reading) -> bool {
    if let (Rule::Cover(one), Rule::Cover(two)) = (&one.rule, &two.rule) {
        return meet(one, two);
    }
    if let (Rule::Escalate(one), Rule::Escalate(two)) = (&one.rule, &two.rule) {
        return one.when == two.when;
    }
    false
}

/// ISO dates compare like their letters.
fn meet(one: &Cover, two: &Cover) -> bool {
    one.from <= two.until && two.from <= one.until
}
