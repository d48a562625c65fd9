//! The next step of a run whose worker thinks, from its journal: pure, so that after any crash the same journal leads on.
//!
//! The worker proposes; nothing here grants anything. A call must be exactly what its schema says: nothing is coerced and
//! nothing completed. What cannot be made as it stands is refused with the reason and may be mended once; the second bad answer
//! in a row, or the same call again and again, ends the run with a person.

use serde_json::{Value, json};

use super::brief::{Colleague, Offer, Peers, QUESTION, answer_to, fault, outcome_name};
use super::journal::{JournalEntry, Next, Question};
use super::said::{Arguments, Call, End, Said};
use crate::catalogue::canonical;
use crate::catalogue::schema::violations;
use crate::clock::Timestamp;
use crate::workers::WorkerRef;

/// Asks the requester, or somebody else who can tell.
pub const ASK: &str = "ask";
/// Gives the work to a colleague.
pub const HAND_OVER: &str = "hand_over";
/// Says that the work cannot be done.
pub const CANNOT_DO: &str = "cannot_do";

/// The name under which an answer is journalled that could not be read at all.
pub const UNREADABLE: &str = "answer";

/// The longest question or reason that is taken, in characters.
const LONGEST_WORDS: usize = 4_000;
/// The longest answer to choose from, in characters: Slack's limit for a button.
const LONGEST_OPTION: usize = 75;
/// The most answers to choose from.
const MOST_OPTIONS: usize = 5;

/// How much a worker may want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Calls in one answer; those beyond are refused.
    pub calls_per_answer: usize,
    /// How often one run may make the same call with the same arguments.
    pub same_call: usize,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Onward {
    /// The driver is to be asked.
    Think,
    /// This step is to be taken.
    Take(Next),
    /// A call cannot be made as it stands: journal that under `as_name` and go on.
    Malformed { as_name: String, why: String },
    /// An agent took the question and answers by itself; before that instant it is not asked again.
    Wait { until: Timestamp },
}

/// What follows from `journal`, for a worker who was offered `offers` and may turn to `peers`.
pub fn next(journal: &[JournalEntry], offers: &[Offer], peers: &Peers, bounds: &Bounds) -> Onward {
    if let Some(JournalEntry::Later { until }) = journal.last() {
        return Onward::Wait { until: *until };
    }
    let answers: Vec<(usize, &Said)> = journal
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| if let JournalEntry::Said { said, .. } = entry { Some((at, said)) } else { None })
        .collect();
    let Some(&(at, said)) = answers.last() else { return Onward::Think };
    let since = &journal[at + 1..];
    if said.end == End::Declined {
        return up("its vendor's own rules made it stop");
    }
    if said.calls.is_empty() {
        return match fault(said) {
            None => Onward::Take(Next::Answer { text: said.text.trim().to_owned(), done: true }),
            Some(_) if was_faulty(journal, &answers, 2) => up("its answers were cut off or empty, twice in a row"),
            Some(_) => Onward::Think,
        };
    }
    let names: Vec<String> = (0..said.calls.len()).map(|index| outcome_name(answers.len(), index)).collect();
    let named: Vec<(&str, &str)> =
        names.iter().zip(&said.calls).map(|(id, call)| (id.as_str(), call.name.as_str())).collect();
    for (index, call) in said.calls.iter().enumerate() {
        let as_name = names[index].clone();
        if has_outcome(&as_name, since) || answer_to(&named, index, since).is_some() {
            continue;
        }
        if said.end == End::CutOff {
            return malformed(
                as_name,
                "your answer was cut off before it was complete; say it again, shorter".to_owned(),
            );
        }
        if index >= bounds.calls_per_answer {
            return malformed(as_name, format!("more than {} calls in one answer", bounds.calls_per_answer));
        }
        return step(call, as_name, &answers, offers, peers, bounds);
    }
    if was_faulty(journal, &answers, 1) && was_faulty(journal, &answers, 2) {
        return up("what it asked for could not be made, twice in a row");
    }
    Onward::Think
}

/// Whether the answer `back` from the end (1: the last) wanted something that cannot be made, or nothing at all.
fn was_faulty(journal: &[JournalEntry], answers: &[(usize, &Said)], back: usize) -> bool {
    let Some(nth) = answers.len().checked_sub(back) else { return false };
    let Some((at, said)) = answers.get(nth) else { return false };
    let until = answers.get(nth + 1).map_or(journal.len(), |(next, _)| *next);
    let refused = journal[*at + 1..until].iter().any(|entry| matches!(entry, JournalEntry::Malformed { .. }));
    refused || fault(said).is_some()
}

fn has_outcome(name: &str, since: &[JournalEntry]) -> bool {
    since.iter().any(|entry| match entry {
        JournalEntry::ToolResult { as_name, .. }
        | JournalEntry::ToolRefused { as_name, .. }
        | JournalEntry::ToolFailed { as_name, .. }
        | JournalEntry::Malformed { as_name, .. } => as_name == name,
        JournalEntry::Answered { .. }
        | JournalEntry::News { .. }
        | JournalEntry::Said { .. }
        | JournalEntry::Later { .. }
        | JournalEntry::Unheard { .. } => false,
    })
}

fn step(
    call: &Call,
    as_name: String,
    answers: &[(usize, &Said)],
    offers: &[Offer],
    peers: &Peers,
    bounds: &Bounds,
) -> Onward {
    let arguments = match &call.arguments {
        Arguments::Read(value) => value,
        Arguments::Unreadable(_) if call.name == UNREADABLE => {
            let why = "your answer was not one JSON object as the contract describes it";
            return malformed(as_name, why.to_owned());
        }
        Arguments::Unreadable(_) => return malformed(as_name, "the arguments are not one JSON object".to_owned()),
    };
    if let Some(word) = own_words(peers).into_iter().find(|word| word.name == call.name) {
        return match misfit(&word.schema, arguments) {
            Some(why) => malformed(as_name, why),
            None => own_step(word.name, arguments),
        };
    }
    let Some(offer) = offers.iter().find(|offer| offer.tool.0 == call.name) else {
        return malformed(as_name, format!("there is no tool called {} for you", shown(&call.name)));
    };
    if let Some(why) = misfit(&offer.schema, arguments) {
        return malformed(as_name, why);
    }
    let digest = canonical::digest(arguments);
    let same = |made: &&Call| matches!(&made.arguments, Arguments::Read(value) if made.name == call.name && canonical::digest(value) == digest);
    let times: usize = answers.iter().map(|(_, said)| said.calls.iter().filter(same).count()).sum();
    if times > bounds.same_call {
        return up(&format!("it wanted {} with the same arguments {times} times", offer.tool));
    }
    Onward::Take(Next::Call { tool: offer.tool.clone(), arguments: arguments.clone(), as_name })
}

fn own_step(name: &str, arguments: &Value) -> Onward {
    let words = |key: &str| arguments.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    Onward::Take(match name {
        ASK => Next::Ask(question(arguments)),
        HAND_OVER => match words("to").parse() {
            Ok(to) => Next::HandOver { to, why: words("why") },
            Err(_) => Next::HandOver { to: WorkerRef::Human, why: words("why") },
        },
        _ => Next::CannotDo { why: words("why") },
    })
}

fn question(arguments: &Value) -> Question {
    let words = |key: &str| arguments.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let options = arguments.get("options").and_then(Value::as_array).into_iter().flatten();
    // Whom the schema lets through is one of those who were offered.
    let of = words("whom").parse().unwrap_or(WorkerRef::Requester);
    Question {
        options: options.filter_map(Value::as_str).map(|option| option.trim().to_owned()).collect(),
        ..Question::to(of, QUESTION, words("question"))
    }
}

fn misfit(schema: &Value, arguments: &Value) -> Option<String> {
    if !arguments.is_object() {
        return Some("the arguments are not one JSON object".to_owned());
    }
    let found: Vec<String> = violations(schema, arguments).iter().map(ToString::to_string).collect();
    (!found.is_empty()).then(|| found.join("; "))
}

fn malformed(as_name: String, why: String) -> Onward {
    Onward::Malformed { as_name, why }
}

/// The run ends here, and the words go up the chain.
fn up(why: &str) -> Onward {
    Onward::Take(Next::CannotDo { why: why.to_owned() })
}

/// A stranger's word, short and on one line.
fn shown(name: &str) -> String {
    let short: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    format!("“{short}”")
}

/// One of our own words, as drivers are told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnWord {
    pub name: &'static str,
    pub description: &'static str,
    pub schema: Value,
}

/// What every worker can say besides calling tools: ask, hand over, and that it cannot do it.
pub fn own_words(peers: &Peers) -> Vec<OwnWord> {
    let text = json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_WORDS });
    let object = |properties: Value, required: &[&str]| json!({ "type": "object", "properties": properties, "required": required });
    let named = |them: &[Colleague]| them.iter().map(|peer| peer.worker.clone()).collect::<Vec<_>>();
    let option = json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_OPTION });
    let mut ask = json!({
        "question": text,
        "options": { "type": "array", "items": option, "minItems": 2, "maxItems": MOST_OPTIONS,
                     "description": "Answers to choose from, where there are only a few." },
    });
    if !peers.askable.is_empty() {
        let whom: Vec<String> = ["requester".to_owned()].into_iter().chain(named(&peers.askable)).collect();
        ask["whom"] = json!({ "type": "string", "enum": whom,
                              "description": "Who answers; left out: the person who made the request." });
    }
    let mut words = vec![
        OwnWord {
            name: ASK,
            description: "Ask one question and wait for the answer: of the person who made the request, or of somebody else who \
                          can tell. A person answers, which can take hours.",
            schema: object(ask, &["question"]),
        },
        OwnWord {
            name: CANNOT_DO,
            description: "Say honestly that you cannot do this, and why. Whoever answers for you takes over.",
            schema: object(json!({ "why": text }), &["why"]),
        },
    ];
    if !peers.colleagues.is_empty() {
        let names = named(&peers.colleagues);
        words.push(OwnWord {
            name: HAND_OVER,
            description: "Give this whole request to a colleague whose work it is, and say why.",
            schema: object(json!({ "to": { "type": "string", "enum": names }, "why": text }), &["to", "why"]),
        });
    }
    words
}

#[cfg(test)]
mod tests;
