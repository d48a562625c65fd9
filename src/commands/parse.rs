//! From a text to what is asked. A slash command is always meant for the bot; a mention is work unless it is plainly a command.

use super::arguments::{bare, first_word, starts_with_id, stop_what, strip_word, subject};
use super::asked::{Asked, Intent, Query, StopWhat};
use super::spec::{InMention, Spec};
use super::{COMMANDS, natural};
use crate::ids::TaskId;

/// Reads what stands after `/workforce`.
pub fn parse(text: &str) -> Asked {
    let text = text.trim();
    if text.is_empty() {
        return Asked::Query(Query::Home);
    }
    if let Some(of) = subject(text) {
        return Asked::Query(Query::Status { of: Some(of) });
    }
    if let Some((spec, _, rest)) = command_of(text) {
        return match ((spec.read)(rest), natural::read(text)) {
            (Asked::Incomplete { .. }, Some(asked)) => asked,
            (asked, _) => asked,
        };
    }
    natural::read(text).unwrap_or_else(|| Asked::Unclear { nearest: nearest(first_word(text).0) })
}

/// Reads a mention, without the mention itself. `None` is work. A worker named by `stop` or `resume` must be known to the
/// roster ([`Asked::names_worker`]), else that is work too: "stop the newsletter for ORD-7".
pub fn of_mention(text: &str) -> Option<Asked> {
    let text = text.trim();
    if let Some(of) = subject(text) {
        return Some(Asked::Query(Query::Status { of: Some(of) }));
    }
    if let Some((spec, name, rest)) = command_of(text)
        && counts_in_mention(spec, name, rest)
    {
        match (spec.read)(rest) {
            Asked::Incomplete { .. } | Asked::Unclear { .. } => {}
            asked @ (Asked::Query(_) | Asked::Intent(_) | Asked::Form { .. }) => return Some(asked),
        }
    }
    if let Some(asked) = natural::read(text) {
        return Some(asked);
    }
    let (first, rest) = first_word(text);
    let (second, after) = first_word(rest);
    let typo = after.is_empty() && starts_with_id(second) && command_of(text).is_none();
    typo.then(|| nearest(first)).flatten().map(|name| Asked::Unclear { nearest: Some(name) })
}

/// Like [`of_mention`], in a thread that belongs to a task: "cancel", "why?", "never mind" mean that task.
pub fn of_mention_in_thread(text: &str, task: TaskId) -> Option<Asked> {
    let lower = text.trim().to_lowercase();
    let intent = |intent| Some(Asked::Intent(intent));
    match bare(lower.trim()).trim_start_matches("please ").trim_end_matches(" please") {
        "cancel" | "cancel it" | "cancel this" | "cancel that" | "never mind" | "nevermind" | "forget it"
        | "forget this" => intent(Intent::CancelTask { id: task }),
        "stop" | "stop it" | "stop this" | "stop that" => {
            intent(Intent::Stop { what: StopWhat::Task(task), confirmed: false })
        }
        "take it" | "i take it" | "i'll take it" | "i'll take this" | "i take this" | "mine" => {
            intent(Intent::TakeIt { task })
        }
        "accept" | "accepted" | "i accept" => intent(Intent::Accept { task }),
        "done" | "it's done" | "it is done" | "this is done" => intent(Intent::Done { task, note: None, took: None }),
        "why" | "why this" | "why them" | "why you" => Some(Asked::Query(Query::Why { task })),
        "status" | "how far is it" | "how far is this" | "any news" => {
            Some(Asked::Query(Query::Status { of: Some(super::asked::Subject::Task(task)) }))
        }
        _ => of_mention(text),
    }
}

impl Asked {
    /// The worker that this stops, resumes or asks about, as typed. In a mention it is a command only if the roster knows
    /// the name: "can you order a laptop" and "review contract C-7" are work.
    pub fn names_worker(&self) -> Option<&str> {
        match self {
            Self::Intent(
                Intent::Stop { what: StopWhat::Worker(name), .. } | Intent::Resume { what: StopWhat::Worker(name), .. },
            ) => Some(name),
            Self::Query(
                Query::Workload { who: Some(name) }
                | Query::Costs { who: Some(name), .. }
                | Query::ReviewCard { name }
                | Query::Can { name },
            ) => Some(name),
            Self::Intent(_) | Self::Query(_) | Self::Form { .. } | Self::Unclear { .. } | Self::Incomplete { .. } => {
                None
            }
        }
    }
}

/// The command with this name or alias, whatever its case.
pub fn spec_named(name: &str) -> Option<&'static Spec> {
    COMMANDS.iter().copied().find(|spec| spec.names().any(|known| known.eq_ignore_ascii_case(name)))
}

/// The command whose name or alias is at most two typing errors away, and less than half of it.
pub fn nearest(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let distances = COMMANDS.iter().flat_map(|spec| spec.names().map(|name| (spec.name, name))).map(|(spec, name)| {
        let distance = strsim::damerau_levenshtein(&word, name);
        (distance, spec, name)
    });
    let near = distances.filter(|(distance, _, name)| *distance <= MAX_TYPOS && distance * 2 < name.len());
    near.min_by_key(|(distance, _, _)| *distance).map(|(_, spec, _)| spec)
}

/// More typing errors than this and the word was something else.
const MAX_TYPOS: usize = 2;

/// The command that the text begins with, the name that was used, and the rest; the longest name wins.
fn command_of(text: &str) -> Option<(&'static Spec, &'static str, &str)> {
    let mut best: Option<(&'static Spec, &'static str, &str)> = None;
    for spec in COMMANDS.iter().copied() {
        for name in spec.names() {
            let spaced = name.replace('-', " ");
            let rest = strip_word(text, name).or_else(|| strip_word(text, &spaced));
            if let Some(rest) = rest
                && best.is_none_or(|(_, other, _)| name.len() > other.len())
            {
                best = Some((spec, name, rest.trim_start_matches([':', ',', ' '])));
            }
        }
    }
    best
}

fn counts_in_mention(spec: &Spec, name: &str, rest: &str) -> bool {
    let rest = strip_word(rest, "of").unwrap_or(rest);
    let alone = bare(rest.trim()).is_empty();
    match spec.mention {
        InMention::WithId => starts_with_id(rest),
        InMention::AloneOrId => alone || subject(rest).is_some(),
        InMention::AloneOrCommand => alone || spec_named(bare(rest.trim())).is_some(),
        InMention::Worker => names_something(rest),
        InMention::AloneOrWorker => alone || names_something(rest),
        InMention::ByFullName => {
            !alone && name.replace(' ', "-") == spec.name && rest.split_whitespace().count() <= MAX_TOPIC_WORDS
        }
    }
}

fn names_something(rest: &str) -> bool {
    match stop_what(rest) {
        None => false,
        Some(StopWhat::Everything | StopWhat::Task(_)) => true,
        Some(StopWhat::Worker(name)) => name.split_whitespace().count() <= 2,
    }
}

/// A question about who owns something is short; a longer text that begins alike is work.
pub(super) const MAX_TOPIC_WORDS: usize = 8;

#[cfg(test)]
mod tests;
