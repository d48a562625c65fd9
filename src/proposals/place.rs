//! Where a sentence belongs: beside those of its kind that speak of the same tools, in the file of the one role that it is
//! about, or where most sentences of its kind stand.

use chrono::NaiveDate;

use super::LONGEST_SENTENCE;
use super::diff::inserted;
use crate::directives::language::{Finding, Outcome, Scope, Sentence, Severity, Vocabulary, paraphrase, read, scoped};
use crate::directives::rule::{Define, Rule, ToolPattern};
use crate::directives::{Directives, Reading, files};
use crate::workers::WorkerRef;

/// A sentence, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// As it would be written.
    pub sentence: String,
    /// What it means, a rule a line; empty where it cannot be read.
    pub reading: Vec<String>,
    /// What is wrong, and how to mend it.
    pub problems: Vec<(String, Option<String>)>,
    /// `None` where it cannot be read, so that it belongs nowhere.
    pub spot: Option<Spot>,
}

/// Where it would stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    pub file: String,
    /// Behind which line, counted from 1; 0 is the beginning.
    pub after: usize,
    /// The line as it would be written there, a list's mark included.
    pub line: String,
    /// The text of the file with it.
    pub text: String,
}

/// Reads a sentence by the words of a set, and finds its place in the set's files.
pub fn place(text: &str, set: &Directives, today: NaiveDate) -> Placed {
    let sentence = one_sentence(text);
    let unfit = |what: &str, help: &str| Placed {
        sentence: sentence.clone(),
        reading: Vec::new(),
        problems: vec![(what.to_owned(), Some(help.to_owned()))],
        spot: None,
    };
    if sentence.is_empty() {
        return unfit("there is no sentence", "write one, as: Refunds above $200 need approval from @dana.");
    }
    if sentence.chars().count() > LONGEST_SENTENCE {
        return unfit("this is too long for one sentence", "say it in two");
    }
    if sentence.contains("<!--") || sentence.contains("```") || sentence.starts_with(['#', '>', '|', '<']) {
        return unfit("this would be read as Markdown, and not as a sentence", "write it as plain words");
    }
    let defines: Vec<Define> = set
        .each(|rule| if let Rule::Define(define) = rule { Some(define) } else { None })
        .map(|(_, d)| d.clone())
        .collect();
    let vocabulary = Vocabulary::new(&set.roster, &set.catalogue, &defines, &set.roster.timezone, today);
    let outcome = read(&Sentence { text: &sentence, scope: Scope::default() }, &vocabulary);
    match outcome {
        Outcome::Refused(findings) => Placed {
            sentence,
            reading: Vec::new(),
            problems: findings.into_iter().flat_map(told).collect(),
            spot: None,
        },
        Outcome::Guidance { who, ban_like } => {
            let rule = Rule::Guidance(crate::directives::rule::Guidance { who });
            let said = if ban_like { files::NOT_ENFORCED.to_owned() } else { paraphrase(&rule, &vocabulary) };
            Placed {
                spot: fitting(&sentence, &[rule], set, today),
                sentence,
                reading: vec![said],
                problems: Vec::new(),
            }
        }
        Outcome::Rules(reads) => {
            let rules: Vec<Rule> = reads.iter().map(|read| read.rule.clone()).collect();
            let warnings = reads.iter().flat_map(|read| &read.findings);
            let warnings = warnings.filter(|finding| finding.severity != Severity::Note);
            Placed {
                reading: rules.iter().map(|rule| paraphrase(rule, &vocabulary)).collect(),
                problems: warnings.map(|finding| (finding.message.clone(), finding.help.clone())).collect(),
                spot: fitting(&sentence, &rules, set, today),
                sentence,
            }
        }
    }
}

/// What is wrong, how to mend it, and the nearest sentence that would be read.
fn told(finding: Finding) -> Vec<(String, Option<String>)> {
    let near = finding.suggestion.map(|near| (format!("This would be read: “{near}”"), None));
    std::iter::once((finding.message, finding.help)).chain(near).collect()
}

/// On one line, with a full stop, without a list's mark; hidden signs are left for the reader of files to refuse.
fn one_sentence(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_start_matches(['-', '*', '•', ' ']).trim_matches(['“', '”', '"']).trim();
    if line.is_empty() || line.ends_with(['.', '!', '?']) { line.to_owned() } else { format!("{line}.") }
}

/// The first place in which the sentence means there what it means alone; a heading above may give it another meaning.
fn fitting(sentence: &str, rules: &[Rule], set: &Directives, today: NaiveDate) -> Option<Spot> {
    let mut places = Vec::new();
    if let Some(role) = role_of(rules, set) {
        places.extend(behind_last(set, |reading| reading.role.as_deref() == Some(role)));
    }
    let first = rules.first()?;
    let company = |reading: &Reading| reading.role.is_none();
    places.extend(behind_last(set, |reading| {
        company(reading) && reading.rule.kind() == first.kind() && speak_alike(&reading.rule, first)
    }));
    places.extend(behind_last(set, |reading| company(reading) && reading.rule.kind() == first.kind()));
    places.extend(behind_last(set, |reading| company(reading) && family(&reading.rule) == family(first)));
    places.extend(behind_last(set, company));
    if let Some(text) = set.files.get("company.md") {
        places.push(("company.md".to_owned(), text.lines().count()));
    }
    places.dedup();
    // What the files mean today: a date without a year moves with the day on which it is read.
    let (before, _problems) = files::read_all(&set.files, None, today);
    places.into_iter().find_map(|(file, after)| {
        let spot = spot(set, file, after, sentence)?;
        means_the_same(&spot, rules, (set, &before.readings), today).then_some(spot)
    })
}

/// Behind the last line for which this holds.
fn behind_last(set: &Directives, holds: impl Fn(&Reading) -> bool) -> Option<(String, usize)> {
    let last = set.readings.iter().rfind(|reading| holds(reading))?;
    Some((last.origin.file.clone(), usize::try_from(last.origin.line).ok()?))
}

fn spot(set: &Directives, file: String, after: usize, sentence: &str) -> Option<Spot> {
    let text = set.files.get(&file)?;
    let beside = after.checked_sub(1).and_then(|at| text.lines().nth(at)).unwrap_or_default();
    let indent: String = beside.chars().take_while(|c| c.is_whitespace()).collect();
    let mark = beside.trim_start().chars().next().filter(|c| matches!(c, '-' | '*'));
    let in_list = mark.filter(|_| beside.trim_start()[1..].starts_with(' '));
    let line = match in_list {
        Some(mark) => format!("{indent}{mark} {sentence}"),
        None => sentence.to_owned(),
    };
    let text = inserted(text, after, &line);
    Some(Spot { file, after, line, text })
}

/// Whether the file set with the line reads these rules from it, and everything else as before.
fn means_the_same(spot: &Spot, rules: &[Rule], (set, before): (&Directives, &[Reading]), today: NaiveDate) -> bool {
    let mut texts = set.files.clone();
    texts.insert(spot.file.clone(), spot.text.clone());
    let (new, _problems) = files::read_all(&texts, None, today);
    let line = u32::try_from(spot.after + 1).unwrap_or(u32::MAX);
    let (here, others): (Vec<&Reading>, Vec<&Reading>) =
        new.readings.iter().partition(|reading| reading.origin.file == spot.file && reading.origin.line == line);
    let alike = |rule: &Rule, reading: &Reading| match (rule, &reading.rule) {
        (Rule::Guidance(_), Rule::Guidance(_)) => true,
        (one, other) => {
            let scope = Scope { role: reading.role.as_deref(), ..Scope::default() };
            scoped(one.clone(), &scope) == *other
        }
    };
    here.len() == rules.len()
        && rules.iter().zip(&here).all(|(rule, reading)| alike(rule, reading))
        && others.len() == before.len()
        && others.iter().zip(before).all(|(one, other)| one.rule == other.rule && one.role == other.role)
}

/// The one role that a restriction or guidance is about; what frees from approval belongs to the company's files, since a role
/// file loosens nothing.
fn role_of<'a>(rules: &[Rule], set: &'a Directives) -> Option<&'a str> {
    let mut roles = rules.iter().map(|rule| {
        let who = match rule {
            Rule::Forbid(rule) => &rule.who,
            Rule::Before(rule) => &rule.who,
            Rule::Autonomy(rule) => &rule.who,
            Rule::Guidance(rule) => &rule.who,
            Rule::Sample(rule) => &rule.who,
            Rule::Guard(rule) => &rule.who,
            Rule::Budget(rule) => &rule.who,
            Rule::Approve(_)
            | Rule::Allow(_)
            | Rule::Permit(_)
            | Rule::Define(_)
            | Rule::Route(_)
            | Rule::Escalate(_)
            | Rule::Prioritise(_)
            | Rule::Expect(_)
            | Rule::Review(_)
            | Rule::Schedule(_)
            | Rule::Cover(_)
            | Rule::Hours(_) => return None,
        };
        match who.as_slice() {
            [WorkerRef::Role(id)] => set.roster.roles.get(id).map(|role| role.id.as_str()),
            [WorkerRef::Agent(id)] => set.roster.positions.get(id).map(|position| position.role.as_str()),
            [..] => None,
        }
    });
    let first = roles.next()??;
    roles.all(|role| role == Some(first)).then_some(first)
}

/// Kinds that people look for in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Gates,
    Ways,
    Words,
    Times,
    Limits,
    Manners,
}

fn family(rule: &Rule) -> Family {
    match rule {
        Rule::Approve(_) | Rule::Allow(_) | Rule::Forbid(_) | Rule::Permit(_) | Rule::Before(_) => Family::Gates,
        Rule::Route(_) | Rule::Escalate(_) | Rule::Prioritise(_) => Family::Ways,
        Rule::Define(_) => Family::Words,
        Rule::Schedule(_) | Rule::Cover(_) | Rule::Hours(_) | Rule::Review(_) | Rule::Expect(_) => Family::Times,
        Rule::Budget(_) | Rule::Sample(_) | Rule::Guard(_) | Rule::Autonomy(_) => Family::Limits,
        Rule::Guidance(_) => Family::Manners,
    }
}

/// Whether two rules of one kind speak of the same tools, or of none.
fn speak_alike(one: &Rule, other: &Rule) -> bool {
    let (one, other) = (tools_of(one), tools_of(other));
    (one.is_empty() && other.is_empty()) || one.iter().any(|tool| other.contains(tool))
}

fn tools_of(rule: &Rule) -> &[ToolPattern] {
    rule.binds().map_or(&[], |(tools, _)| tools)
}
