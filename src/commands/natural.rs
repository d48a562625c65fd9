//! Questions as people ask them: "who takes care of refunds?", "what is waiting for me?", "how far is T-17?".

use super::arguments::{bare, strip_word};
use super::asked::{Asked, Query};
use super::parse::MAX_TOPIC_WORDS;
use super::who_owns::topic;

/// Reads a whole sentence as a question about the work itself; `None` if it is anything else.
pub fn read(text: &str) -> Option<Asked> {
    let text = without_courtesy(text.trim());
    who_owns(text).or_else(|| about_an_id(text)).or_else(|| about_me(text)).map(Asked::Query)
}

/// Before a topic.
const WHO: &[&str] = &[
    "who owns", "who is the owner of", "who's the owner of", "who is responsible for", "who's responsible for",
    "who is in charge of", "who's in charge of", "who handles", "who takes care of", "who looks after",
    "who answers for", "who deals with",
];

/// Before the id of a task or an approval.
const STATUS: &[&str] = &[
    "what is the status of", "what's the status of", "how far is", "how is", "where is", "what about",
    "what happened to", "what happened with", "what became of",
];

const WHY: &[&str] = &["why did", "why was", "why is", "why does", "explain"];

const APPROVALS: &[&str] = &[
    "what is waiting for me", "what's waiting for me", "what waits for me", "what do i have to approve",
    "what needs my approval", "what do i have to decide", "my approvals", "pending approvals",
];

const HOME: &[&str] = &["what do i have", "my work", "my tasks", "what is on my plate", "what's on my plate"];

fn who_owns(text: &str) -> Option<Query> {
    let rest = WHO.iter().find_map(|words| strip_word(text, words))?;
    let short = rest.split_whitespace().count() <= MAX_TOPIC_WORDS;
    topic(rest).filter(|_| short).map(|text| Query::WhoOwns { text })
}

fn about_an_id(text: &str) -> Option<Query> {
    if let Some(rest) = WHY.iter().find_map(|words| strip_word(text, words)) {
        let (task, _) = super::arguments::task(rest)?;
        return Some(Query::Why { task });
    }
    let rest = STATUS.iter().find_map(|words| strip_word(text, words))?;
    let rest = rest.trim_end_matches(['?', '!', '.', ' ']);
    let rest =
        rest.strip_suffix(" going").or_else(|| rest.strip_suffix(" doing")).or_else(|| rest.strip_suffix(" now"));
    let rest = rest.unwrap_or_else(|| STATUS.iter().find_map(|words| strip_word(text, words)).unwrap_or_default());
    super::arguments::subject(rest).map(|of| Query::Status { of: Some(of) })
}

fn about_me(text: &str) -> Option<Query> {
    let lower = text.to_lowercase();
    let lower = bare(lower.trim());
    if APPROVALS.contains(&lower) {
        Some(Query::Approvals)
    } else if HOME.contains(&lower) {
        Some(Query::Home)
    } else {
        None
    }
}

/// Without "please", "can you tell me" and the like at the beginning.
fn without_courtesy(text: &str) -> &str {
    let mut text = text;
    for words in
        ["hi", "hey", "hello", "please", "can you tell me", "could you tell me", "do you know", "tell me", "show me"]
    {
        text = strip_word(text, words).map_or(text, |rest| rest.trim_start_matches([',', '!', '.', ' ', ':']));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::asked::Subject;
    use super::*;
    use crate::ids::{ApprovalId, TaskId};

    #[test]
    fn questions_are_read_as_people_ask_them() {
        for text in [
            "who owns refunds?",
            "Who is responsible for refunds",
            "hey, who handles the refunds?",
            "can you tell me who takes care of refunds?",
            "please tell me who's in charge of our refunds",
        ] {
            assert_eq!(read(text), Some(Asked::Query(Query::WhoOwns { text: "refunds".into() })), "{text}");
        }
        for text in ["how far is T-17?", "what's the status of T-17", "how is T-17 going?", "what about T-17"] {
            let of = Some(Subject::Task(TaskId(17)));
            assert_eq!(read(text), Some(Asked::Query(Query::Status { of })), "{text}");
        }
        let of = Some(Subject::Approval(ApprovalId(31)));
        assert_eq!(read("what happened to A-31?"), Some(Asked::Query(Query::Status { of })));
        assert_eq!(read("why did T-17 go to Finn?"), Some(Asked::Query(Query::Why { task: TaskId(17) })));
        assert_eq!(read("What's waiting for me?"), Some(Asked::Query(Query::Approvals)));
        assert_eq!(read("my tasks"), Some(Asked::Query(Query::Home)));
    }

    #[test]
    fn work_is_left_alone() {
        for text in [
            "where is ORD-1042?", "why was I charged twice?", "what happened to my order", "who called?", "show me",
            "who owns",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
