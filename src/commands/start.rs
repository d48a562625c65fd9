//! `start WORKFLOW`: begins a workflow where the command was given, or where a form says. In a mention the same words are work.

use serde::{Deserialize, Serialize};

use super::arguments::{bare, incomplete, starts_with_id, strip_word};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};
use crate::replies::start::{HERE, PLACE, WORDS, WORKFLOW};

pub const SPEC: Spec = Spec {
    name: "start",
    aliases: &["begin", "run"],
    group: Group::Steer,
    usage: "start WORKFLOW [for WHAT]",
    about: "Begin a workflow: its thread starts in this channel, with a plan that ticks off",
    examples: &["start onboarding for Mia Chen, mia@acme.test"],
    read,
    // In a mention such a text is work, and has its thread already.
    mention: InMention::WithId,
};

/// Which workflow shall begin, for what, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// As a form names it; `None` where `words` begin with the name.
    pub workflow: Option<String>,
    /// "onboarding for Mia Chen", as written.
    pub words: String,
    /// A channel's id; `None`: where the command was given.
    pub place: Option<String>,
}

fn read(rest: &str) -> Asked {
    let words = bare(rest.trim()).trim();
    let words = strip_word(words, "workflow").unwrap_or(words).trim();
    if words.is_empty() || starts_with_id(words) {
        return incomplete(
            SPEC.name,
            "Write which workflow: start onboarding for Mia Chen. /workforce workflow lists them.",
        );
    }
    Asked::Intent(Intent::StartWorkflow { start: Start { workflow: None, words: words.to_owned(), place: None } })
}

/// What the form sends; `None` where it names no workflow.
pub fn of_form(fields: &[(String, String)]) -> Option<Start> {
    let field = |id: &str| fields.iter().find(|(known, _)| known == id).map(|(_, value)| value.trim().to_owned());
    let workflow = field(WORKFLOW).filter(|name| !name.is_empty())?;
    let place = field(PLACE).filter(|place| !place.is_empty() && place != HERE);
    Some(Start { workflow: Some(workflow), words: field(WORDS).unwrap_or_default(), place })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_a_name_and_what_it_is_for() {
        let start = |words: &str| {
            let start = Start { workflow: None, words: words.into(), place: None };
            Asked::Intent(Intent::StartWorkflow { start })
        };
        assert_eq!(read(" onboarding for Mia Chen. "), start("onboarding for Mia Chen"));
        assert_eq!(read("workflow onboarding"), start("onboarding"));
        assert!(matches!(read(""), Asked::Incomplete { command: "start", .. }));
        assert!(matches!(read("T-17"), Asked::Incomplete { .. }), "what runs has begun");
    }

    #[test]
    fn a_form_names_its_workflow() {
        let sent = |pairs: &[(&str, &str)]| {
            of_form(&pairs.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
        };
        assert_eq!(sent(&[("words", "Mia")]), None);
        let start = |place: Option<&str>| {
            Some(Start { workflow: Some("onboarding".into()), words: "Mia".into(), place: place.map(str::to_owned) })
        };
        let fields = [("workflow", "onboarding"), ("words", " Mia "), ("place", "here")];
        assert_eq!(sent(&fields), start(None));
        assert_eq!(sent(&[fields[0], fields[1], ("place", "C1")]), start(Some("C1")));
    }
}
