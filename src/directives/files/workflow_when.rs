//! The trigger sentence of a workflow → a condition, or a time of the clock.

use super::place::Source;
use super::split::Mapped;
use super::when::read_when;
use super::workflow_source::way_in;
use crate::directives::diagnostics::Problem;
use crate::directives::language::steps::{hedge_in, phrase_of};
use crate::directives::language::{Outcome, Scope, Sentence, Vocabulary, read};
use crate::directives::rule::{Condition, Rule, Schedule, Source as From};
use crate::workers::WorkerRef;

/// What starts a workflow.
#[derive(Debug, Clone, Default)]
pub struct Trigger {
    pub when: Condition,
    pub clock: Option<Schedule>,
    pub text: String,
    pub line: u32,
}

const OPENERS: &[&str] = &[
    "when ", "whenever ", "as soon as ", "once ", "if ", "each time ", "every time ", "any time ", "for every ",
    "for each ", "for any ", "upon ", "on ", "after ", "every ", "each ", "daily", "weekly", "monthly", "at ",
    "in case ", "for ",
];
/// "This workflow starts when …": the words before the opener.
const LEADS: &[&str] = &[
    "this workflow", "the workflow", "it starts", "it begins", "it runs", "start", "starts", "run ", "runs ", "begin",
    "trigger", "use this", "use it", "what happens", "what to do", "what we do", "how we", "follow these steps",
    "follow this", "do this", "do the following", "these steps", "we do this", "the following", "happens",
];
/// Begins what follows the trigger and says no more.
const TAILS: &[&str] = &[
    "the following", "these ", "this ", "we ", "do ", "follow ", "start", "run ", "begin", "then", "it ", "here",
    "go ", "take ", "proceed", "please", "all of", "there ", "workforce ", "the bot", "the workflow",
];

/// Whether a sentence says when its workflow starts.
pub fn opens_a_trigger(text: &str) -> bool {
    clause_of(text).is_some()
}

/// "This workflow starts when someone joins:" → "when someone joins".
fn clause_of(text: &str) -> Option<&str> {
    let text = text.trim().trim_start_matches(['*', '_', '#', ' ']);
    let lower = text.to_ascii_lowercase();
    let labelled = ["trigger:", "when:", "starts:", "start:", "trigger –", "trigger -"]
        .iter()
        .find(|label| lower.starts_with(**label));
    if let Some(label) = labelled {
        let rest = text[label.len()..].trim();
        return (!rest.is_empty()).then_some(rest);
    }
    if OPENERS.iter().any(|opener| lower.starts_with(opener)) {
        return Some(text);
    }
    if !LEADS.iter().any(|lead| lower.starts_with(lead)) {
        return None;
    }
    let at = OPENERS
        .iter()
        .filter(|o| !matches!(**o, "for " | "on " | "at " | "after "))
        .filter_map(|opener| lower.find(&format!(" {opener}")))
        .min();
    at.or_else(|| lower.find(" on ").or_else(|| lower.find(" at ")).or_else(|| lower.find(" after ")))
        .map(|at| text[at..].trim())
}

/// Reads the trigger; what is wrong with it is told.
pub fn read_trigger(
    sentence: &Mapped,
    source: &Source<'_>,
    voc: &Vocabulary<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Trigger> {
    let clause = clause_of(&sentence.text)?;
    let (line, _) = source.place(sentence.offset(0));
    let clause = without_tail(clause);
    let text = sentence.text.clone();
    let (timed, channel) = without_channel(clause);
    if let Some(mut clock) = clock_of(&timed, voc) {
        if let Some(name) = channel {
            problems.extend(unknown_channel(name, sentence, source, voc));
            clock.to = vec![WorkerRef::Channel(name.to_owned())];
        }
        let when = Condition { source: Some(From::Calendar), ..Condition::default() };
        return Some(Trigger { when, clock: Some(clock), text, line });
    }
    let bare = without_opener(clause);
    if let Some(when) = way_in(bare) {
        return Some(Trigger { when, clock: None, text, line });
    }
    if let Some(when) = read_when(&format!("When {bare}"), voc).filter(is_told_by_requests) {
        return Some(Trigger { when, clock: None, text, line });
    }
    if let Some(hedge) = hedge_in(bare, voc) {
        let start = sentence.text.find(bare).unwrap_or(0);
        let range = sentence.range(start + hedge.span.start..start + hedge.span.end);
        let problem = source.error("hedge", range, "this leaves open when the workflow starts");
        problems.push(problem.with_help("say exactly when: “When someone joins the company:”"));
        return Some(Trigger { text, line, ..Trigger::default() });
    }
    let when = Some(condition_of(bare)).filter(|when| !when.is_empty());
    let Some(when) = when else {
        let problem = source.error("no-trigger", sentence.whole(), "this does not say what starts the workflow");
        problems.push(problem.with_help("write it as “When someone joins the company:” or “Every Monday at 9:00:”"));
        return None;
    };
    Some(Trigger { when, clock: None, text, line })
}

fn without_tail(clause: &str) -> &str {
    let clause = clause.trim_end_matches([':', '.', ',', ' ']);
    let cut = clause.match_indices(", ").find(|(at, _)| {
        let tail = clause[at + 2..].to_ascii_lowercase();
        TAILS.iter().any(|start| tail.starts_with(start))
    });
    cut.map_or(clause, |(at, _)| &clause[..at])
}

/// "every Monday at 9:00 in #people": the time, and the channel in which the thread begins.
fn without_channel(clause: &str) -> (String, Option<&str>) {
    let Some(at) = clause.find(" in #") else { return (clause.to_owned(), None) };
    let name = &clause[at + " in #".len()..];
    let end = name.find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_')).unwrap_or(name.len());
    let (name, rest) = name.split_at(end);
    (format!("{}{rest}", &clause[..at]), (!name.is_empty()).then_some(name))
}

/// Where channels are listed, others are unknown.
fn unknown_channel(name: &str, sentence: &Mapped, source: &Source<'_>, voc: &Vocabulary<'_>) -> Option<Problem> {
    let known = &voc.roster.channels;
    if known.is_empty() || known.contains_key(name) {
        return None;
    }
    let start = sentence.text.find(&format!("#{name}")).unwrap_or(0);
    let range = sentence.range(start..start + name.len() + 1);
    let near = known.keys().map(|other| (strsim::jaro_winkler(other, name), other)).filter(|(near, _)| *near > 0.8);
    let help = near.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, other)| format!("did you mean #{other}?"));
    let problem = source.error("unknown-channel", range, format!("there is no channel #{name}"));
    Some(problem.with_help(help.unwrap_or_else(|| "add the channel to company.md".to_owned())))
}

fn clock_of(clause: &str, voc: &Vocabulary<'_>) -> Option<Schedule> {
    let lower = clause.to_ascii_lowercase();
    if ["when", "if", "whenever", "every time", "each time", "once ", "as soon", "for ", "upon"]
        .iter()
        .any(|opener| lower.starts_with(opener))
    {
        return None;
    }
    let sentence = format!("{clause}, remind a human of the review.");
    let Outcome::Rules(reads) = read(&Sentence { text: &sentence, scope: Scope::default() }, voc) else { return None };
    reads.into_iter().find_map(|read| if let Rule::Schedule(schedule) = read.rule { Some(schedule) } else { None })
}

fn without_opener(clause: &str) -> &str {
    let lower = clause.to_ascii_lowercase();
    let opener = OPENERS.iter().filter(|opener| lower.starts_with(**opener)).max_by_key(|opener| opener.len());
    opener.map_or(clause, |opener| &clause[opener.len()..]).trim()
}

/// The words of the clause, which a request must have.
fn condition_of(bare: &str) -> Condition {
    let alternatives: Vec<String> = bare.split(" or ").map(phrase_of).filter(|phrase| !phrase.is_empty()).collect();
    // "joins or rejoins the company" shares its object: one phrase of all its words would ask for both.
    let shared = alternatives.iter().any(|phrase| !phrase.contains(' ')) && alternatives.len() > 1;
    let topics = if shared { vec![phrase_of(bare)] } else { alternatives };
    Condition { topics: topics.into_iter().filter(|topic| !topic.is_empty()).collect(), ..Condition::default() }
}

/// A condition that can be told from a request; what only an action's record tells starts nothing.
fn is_told_by_requests(when: &Condition) -> bool {
    when.amount.is_none()
        && when.times.is_none()
        && when.unanswered_for.is_none()
        && when.failed_times.is_none()
        && !when.unsure
        && when.stuck_for.is_none()
}
