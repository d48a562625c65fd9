//! Sentences → readings, with the sentence reader's findings put at their places.

use super::prose::Prose;
use super::role_text::{RoleSection, section_of};
use super::split::Mapped;
use super::{File, Kind};
use crate::catalogue::Catalogue;
use crate::directives::diagnostics::{Problem, Severity};
use crate::directives::language::{
    Finding, Heading, Outcome, Read, Scope, Sentence, Vocabulary, heading, paraphrase, read, read_define,
};
use crate::directives::rule::{Define, Guidance, Rule};
use crate::directives::{Origin, Reading};
use crate::roster::WorkHours;

/// How the readings call a sentence that is shaped like a ban but binds no tool.
pub const NOT_ENFORCED: &str = "Guidance, not enforced.";

/// First pass: every definition of every file.
pub fn read_defines(files: &[File<'_>], catalogue: &Catalogue) -> Vec<Define> {
    let mut out: Vec<Define> = Vec::new();
    for file in files {
        for prose in rule_prose(file) {
            let scope = Scope { role: role_of(file), heading: None, bullet_of: prose.lead.as_deref() };
            let sentence = Sentence { text: &prose.sentence.text, scope };
            out.extend(read_define(&sentence, catalogue));
        }
    }
    out
}

/// Second pass: working hours, which other sentences ("outside office hours") depend on.
pub fn read_hours(files: &[File<'_>], vocabulary: &Vocabulary<'_>) -> Vec<WorkHours> {
    let hints = ["work", "hour", "open", "staffed", "available", "on duty"];
    let mut out = Vec::new();
    for file in files {
        for prose in rule_prose(file) {
            let lower = prose.sentence.text.to_lowercase();
            if !hints.iter().any(|hint| lower.contains(hint)) || !lower.contains(|c: char| c.is_ascii_digit()) {
                continue;
            }
            let Outcome::Rules(reads) = read_one(file, prose, vocabulary) else { continue };
            for read in reads {
                let Rule::Hours(hours) = read.rule else { continue };
                let span = |who| WorkHours {
                    who,
                    days: hours.days.clone(),
                    start: hours.start.clone(),
                    end: hours.end.clone(),
                    timezone: hours.timezone.clone(),
                };
                if hours.who.is_empty() {
                    out.push(span(None));
                } else {
                    out.extend(hours.who.iter().cloned().map(|who| span(Some(who))));
                }
            }
        }
    }
    out
}

/// Third pass: everything.
pub fn read_file(file: &File<'_>, vocabulary: &Vocabulary<'_>, out: &mut Vec<Reading>, problems: &mut Vec<Problem>) {
    let meant: Vec<&Prose> = file
        .prose
        .iter()
        .filter(|prose| match section_of_prose(file, prose) {
            RoleSection::Examples | RoleSection::Playbook => false,
            RoleSection::Description | RoleSection::Handles | RoleSection::Rules => true,
        })
        .collect();
    let outcomes = read_together(file, &meant, vocabulary);
    for (prose, outcome) in meant.into_iter().zip(outcomes) {
        if !is_rule_prose(file, prose) {
            warn_of_gate_in_text(file, prose, &outcome, problems);
            continue;
        }
        match outcome {
            Outcome::Rules(reads) => {
                for Read { rule, offset, findings } in reads {
                    problems.extend(findings.into_iter().map(|finding| place(file, &prose.sentence, finding)));
                    let paraphrase = paraphrase(&rule, vocabulary);
                    out.push(Reading { origin: origin(file, prose, offset), rule, paraphrase, role: role(file) });
                }
            }
            Outcome::Guidance { who, ban_like } => {
                let rule = Rule::Guidance(Guidance { who });
                let paraphrase = if ban_like { NOT_ENFORCED.to_owned() } else { paraphrase(&rule, vocabulary) };
                out.push(Reading { origin: origin(file, prose, 0), rule, paraphrase, role: role(file) });
            }
            Outcome::Refused(findings) => {
                problems.extend(findings.into_iter().map(|finding| place(file, &prose.sentence, finding)));
            }
        }
    }
}

/// The sentences that may be rules: in role files, not those for the router and the prompt.
fn rule_prose<'a>(file: &'a File<'_>) -> impl Iterator<Item = &'a Prose> + 'a {
    file.prose.iter().filter(move |prose| is_rule_prose(file, prose))
}

fn is_rule_prose(file: &File<'_>, prose: &Prose) -> bool {
    file.kind != Kind::Workflow && section_of_prose(file, prose) == RoleSection::Rules
}

fn section_of_prose(file: &File<'_>, prose: &Prose) -> RoleSection {
    if file.draft.is_some() { section_of(&file.page, prose.heading) } else { RoleSection::Rules }
}

/// Reads sentences on all cores: each is read by itself, so that the order in which they are read changes nothing.
fn read_together(file: &File<'_>, sentences: &[&Prose], vocabulary: &Vocabulary<'_>) -> Vec<Outcome> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if cores == 1 || sentences.len() < WORTH_A_THREAD {
        return sentences.iter().map(|prose| read_one(file, prose, vocabulary)).collect();
    }
    let share = sentences.len().div_ceil(cores);
    std::thread::scope(|scope| {
        let parts: Vec<_> = sentences
            .chunks(share)
            .map(|part| {
                scope.spawn(move || part.iter().map(|prose| read_one(file, prose, vocabulary)).collect::<Vec<_>>())
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().expect("reading a sentence does not panic")).collect()
    })
}

/// Fewer sentences are read sooner than a thread starts.
const WORTH_A_THREAD: usize = 64;

fn read_one(file: &File<'_>, prose: &Prose, vocabulary: &Vocabulary<'_>) -> Outcome {
    let scope = Scope {
        role: role_of(file),
        heading: heading_scope(file, prose, vocabulary),
        bullet_of: prose.lead.as_deref(),
    };
    read(&Sentence { text: &prose.sentence.text, scope }, vocabulary)
}

/// The nearest heading above that names a worker or a channel; where none does, the nearest one's topic. The page's title
/// never scopes.
fn heading_scope(file: &File<'_>, prose: &Prose, vocabulary: &Vocabulary<'_>) -> Option<Heading> {
    let mut topic = None;
    for (_, above) in file.page.ancestry(prose.heading).filter(|(_, above)| !above.is_title) {
        match heading(&above.text.text, vocabulary) {
            Some(found @ (Heading::Worker(_) | Heading::Channel(_))) => return Some(found),
            Some(found @ Heading::Topic(_)) => topic = topic.or(Some(found)),
            None => {}
        }
    }
    topic
}

fn role_of<'a>(file: &'a File<'_>) -> Option<&'a str> {
    file.draft.as_ref().map(|draft| draft.role.id.as_str())
}

fn role(file: &File<'_>) -> Option<String> {
    role_of(file).map(str::to_owned)
}

fn origin(file: &File<'_>, prose: &Prose, offset: usize) -> Origin {
    let (line, column) = file.source.place(prose.sentence.offset(offset));
    Origin { file: file.source.file.to_owned(), line, column, text: prose.sentence.text.clone() }
}

fn place(file: &File<'_>, sentence: &Mapped, finding: Finding) -> Problem {
    let problem = file.source.problem(finding.severity, finding.code, sentence.range(finding.span), finding.message);
    Problem { help: finding.help, suggestion: finding.suggestion, ..problem }
}

/// A gate that someone wrote into a role's description binds nobody; its author must hear of it.
fn warn_of_gate_in_text(file: &File<'_>, prose: &Prose, outcome: &Outcome, problems: &mut Vec<Problem>) {
    let Outcome::Rules(reads) = outcome else { return };
    let gate = reads.iter().any(|read| match read.rule {
        Rule::Approve(_)
        | Rule::Allow(_)
        | Rule::Forbid(_)
        | Rule::Permit(_)
        | Rule::Before(_)
        | Rule::Budget(_)
        | Rule::Guard(_)
        | Rule::Autonomy(_)
        | Rule::Sample(_) => true,
        Rule::Define(_)
        | Rule::Route(_)
        | Rule::Escalate(_)
        | Rule::Prioritise(_)
        | Rule::Expect(_)
        | Rule::Review(_)
        | Rule::Schedule(_)
        | Rule::Cover(_)
        | Rule::Hours(_)
        | Rule::Guidance(_) => false,
    });
    if gate {
        let what = "this reads like a rule, but a description is only text for the router and the prompt";
        let problem = file.source.problem(Severity::Warning, "rule-in-description", prose.sentence.whole(), what);
        problems.push(problem.with_help("move it under a heading of its own, such as “## Rules”"));
    }
}
