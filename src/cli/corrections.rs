//! Corrections as regression cases: what somebody corrected once must go where they said, by the directives on disk and a router
//! that has learned from every correction. No Slack, no tools; the same log and directives give the same answer.

use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::directives::Directives;
use crate::directives::matching::people::role_of;
use crate::directives::rule::Source;
use crate::routing::{Experience, Request, Router, Routing, Settled, route};
use crate::workers::WorkerRef;

/// One correction, tried again.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Case {
    pub text: String,
    /// Where somebody said that it belongs.
    pub wanted: String,
    pub routing: Routing,
    pub passed: bool,
}

/// Tries every correction that was not erased, oldest first; of several about one text the last counts.
pub(super) fn tried(log: &[(String, String)], set: &Directives, now: Timestamp) -> Vec<Case> {
    let lessons: Vec<Experience> =
        log.iter().map(|(text, route)| Experience { text: text.clone(), route: route.clone() }).collect();
    let router = Router::build(set, &lessons);
    let last = |at: usize, text: &str| log.iter().skip(at + 1).all(|(later, _)| later != text);
    let cases = log.iter().enumerate().filter(|(at, (text, _))| last(*at, text)).map(|(_, (text, wanted))| {
        let request =
            Request { text: text.clone(), channel: None, from: None, from_bot: None, source: Source::Mention, at: now };
        let routing = route(&request, set, &router, now);
        let passed = goes_to(&routing, wanted, set);
        Case { text: text.clone(), wanted: wanted.clone(), routing, passed }
    });
    cases.collect()
}

/// Whether it goes there, or triage is asked and offered this first.
fn goes_to(routing: &Routing, wanted: &str, set: &Directives) -> bool {
    let Ok(wanted) = wanted.parse::<WorkerRef>() else { return false };
    let same = |worker: &WorkerRef| {
        let role = |worker: &WorkerRef| {
            if let WorkerRef::Role(id) = worker {
                Some(id.clone())
            } else {
                role_of(&set.roster, worker).map(|r| r.id.clone())
            }
        };
        *worker == wanted || role(worker).is_some_and(|one| role(&wanted).is_some_and(|other| one == other))
    };
    match routing.settled {
        Settled::Unsure => {
            wanted == WorkerRef::Human || routing.candidates.first().is_some_and(|first| same(&first.worker))
        }
        Settled::Rule | Settled::Escalation | Settled::Likeness => routing.to.iter().any(same),
    }
}

impl Case {
    pub fn line(&self) -> String {
        let word = if self.passed { "ok     " } else { "DIFFERS" };
        let by = self.routing.because.first().map(|cause| format!(" by {}:{}", cause.file, cause.line));
        let to: Vec<String> = self.routing.to.iter().map(ToString::to_string).collect();
        let told = if self.passed {
            String::new()
        } else {
            format!(" goes to {}{}, and was corrected to {}", to.join(" or "), by.unwrap_or_default(), self.wanted)
        };
        format!("{word} corrections: “{}”{told}\n", crate::replies::plain::shorten(&self.text, 60))
    }

    pub fn to_json(&self) -> Value {
        json!({ "text": self.text, "wanted": self.wanted, "to": self.routing.to, "passed": self.passed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsals::example;

    #[test]
    fn a_correction_holds_until_a_sentence_says_otherwise() {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 9, 9).unwrap();
        let now = Timestamp(1_788_940_800_000_000);
        let mut files = example::files();
        let log = vec![
            ("the espresso machine leaks".to_owned(), "agent:it-agent".to_owned()),
            ("where is order ORD-1042?".to_owned(), "agent:orders-agent".to_owned()),
        ];
        let set = crate::directives::files::read_set(&files, day).unwrap();
        let cases = tried(&log, &set, now);
        assert_eq!(cases.len(), 2);
        assert!(cases.iter().all(|case| case.passed), "{cases:?}");
        let routing = files.get_mut("routing.md").unwrap();
        *routing = routing.replace("Order questions go to the orders agent", "Order questions go to the HR agent");
        let set = crate::directives::files::read_set(&files, day).unwrap();
        let cases = tried(&log, &set, now);
        assert_eq!(cases.iter().map(|case| case.passed).collect::<Vec<_>>(), [true, false]);
        assert!(
            cases[1].line().contains("goes to agent:hr-agent by routing.md:8, and was corrected to agent:orders-agent")
        );
    }
}
