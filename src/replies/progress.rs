//! A worker that thinks, at work: what it has done and said so far stands in the message that will hold its answer. It is material
//! on the way and nobody's answer yet; the last message replaces all of it.

use serde::{Deserialize, Serialize};

use super::card::{Card, Part, Span};
use super::compose::{emoji, text};
use super::plain::visible_line;
use super::receipt::{self, ReceiptView};
use crate::catalogue::canonical::digest_bytes;
use crate::clock::{Span as Period, Timestamp};

/// Slack stops a stream by itself after about half a minute without a word, and after about five minutes in all, and then marks
/// the message as broken off (slackapi/python-slack-sdk#1859). We end ours before.
const QUIET: Period = Period::seconds(20);
const WHOLE: Period = Period::minutes(4);
/// Bytes of words that one message shows on the way; the answer itself may be longer.
const MOST_WORDS: usize = 8_000;
/// Steps that are shown on the way; the newest ones.
const MOST_STEPS: usize = 20;

/// What has been done and said so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub steps: Vec<StepLine>,
    /// Whole sentences; what looks like a secret was taken out.
    pub words: String,
}

/// One tool call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepLine {
    /// The action's number, which a later state of the same step repeats.
    pub id: i64,
    /// "Look up order ORD-1042", made by the gate from the arguments.
    pub title: String,
    pub state: StepState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Running,
    Done,
    /// Refused, failed, void or in doubt; the answer says what came of it.
    Failed,
}

/// The same for a message that grows natively, where Slack offers that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// The account for whom it is streamed: whoever asked.
    pub recipient: String,
    /// Who works, as the plan's title names it.
    pub worker: String,
    /// What stands at the top from the beginning: the receipt.
    pub lead: Vec<Part>,
    pub progress: Progress,
}

/// What a stream shows by now, so that only what is new is sent. Words are kept as a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streamed {
    pub begun: Timestamp,
    pub steps: Vec<(i64, StepState)>,
    /// Bytes of the words that were sent, and their digest.
    pub words: usize,
    pub digest: String,
}

impl Progress {
    /// Within what one message shows.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let from = self.steps.len().saturating_sub(MOST_STEPS);
        self.steps.drain(..from);
        let end = (0..=MOST_WORDS.min(self.words.len())).rev().find(|at| self.words.is_char_boundary(*at));
        self.words.truncate(end.unwrap_or_default());
        self
    }
}

impl Streamed {
    /// A stream that began with this.
    pub fn of(live: &Live, begun: Timestamp) -> Self {
        let words = &live.progress.words;
        let steps = live.progress.steps.iter().map(|step| (step.id, step.state)).collect();
        Self { begun, steps, words: words.len(), digest: digest_bytes(words.as_bytes()) }
    }

    /// What is to be added; `None` where the stream shows something else than how this begins.
    pub fn beyond(&self, live: &Live) -> Option<Progress> {
        let progress = &live.progress;
        let begins = progress.words.get(..self.words)?;
        if digest_bytes(begins.as_bytes()) != self.digest {
            return None;
        }
        let known = |step: &&StepLine| self.steps.iter().any(|(id, state)| *id == step.id && *state == step.state);
        let steps = progress.steps.iter().filter(|step| !known(step)).cloned().collect();
        Some(Progress { steps, words: progress.words[self.words..].to_owned() })
    }

    /// When it is ended, if nothing more comes.
    pub fn ends(&self, now: Timestamp) -> Timestamp {
        now.plus(QUIET).min(self.begun.plus(WHOLE))
    }
}

/// The receipt of somebody who is at work, and what there is by now.
pub fn at_work(view: &ReceiptView, progress: &Progress) -> Card {
    let mut card = receipt::has_this(view);
    let buttons = card.parts.pop();
    for step in &progress.steps {
        card = card.note(step_spans(step));
    }
    card.words([], &progress.words).parts(buttons)
}

fn step_spans(step: &StepLine) -> Vec<Span> {
    let sign = match step.state {
        StepState::Running => "hourglass_flowing_sand",
        StepState::Done => "white_check_mark",
        StepState::Failed => "heavy_multiplication_x",
    };
    vec![emoji(sign), text(format!(" {}", visible_line(&step.title)))]
}

/// As much of what somebody is saying as ends with a whole sentence or line. The rest may still become something else.
pub fn whole_sentences(words: &str) -> &str {
    let mut end = 0;
    let mut before = None;
    for (at, c) in words.char_indices() {
        let ends_sentence = c.is_whitespace() && matches!(before, Some('.' | '!' | '?' | '…'));
        if c == '\n' || ends_sentence || matches!(before, Some('。' | '！' | '？')) {
            end = at;
        }
        before = Some(c);
    }
    words[..end].trim_end()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    fn step(id: i64, state: StepState) -> StepLine {
        StepLine { id, title: "Look up order ORD-1042".into(), state }
    }

    fn live(steps: Vec<StepLine>, words: &str) -> Live {
        let progress = Progress { steps, words: words.into() };
        Live { recipient: "U0ANA".into(), worker: "Finn (Finance)".into(), lead: Vec::new(), progress }
    }

    #[test]
    fn whoever_is_at_work_shows_what_is_there_by_now() {
        let progress = Progress {
            steps: vec![step(1, StepState::Done), step(2, StepState::Running), step(3, StepState::Failed)],
            words: "It was paid on 9 November.".into(),
        };
        insta::assert_snapshot!(at_work(&receipt(), &progress).to_plain(), @r"
        (Finn (Finance))
        :eyes: *Finn (Finance)* has this · T-17
        “Billing questions go to the finance agent.” `routing.md:12`
        · :white_check_mark: Look up order ORD-1042
        · :hourglass_flowing_sand: Look up order ORD-1042
        · :heavy_multiplication_x: Look up order ORD-1042
        | It was paid on 9 November.
        [Wrong — reassign] [Cancel]
        ");
    }

    #[test]
    fn only_whole_sentences_are_shown() {
        for (said, shown) in [
            ("", ""),
            ("It left on 12", ""),
            ("It left on 12.5 kg", ""),
            ("It left. It arr", "It left."),
            ("It left.", ""),
            ("It left.\n", "It left."),
            ("- one\n- tw", "- one"),
            ("届きました。次", "届きました。"),
        ] {
            assert_eq!(whole_sentences(said), shown, "{said:?}");
        }
    }

    #[test]
    fn a_stream_gets_what_is_new_and_nothing_that_contradicts_it() {
        let first = live(vec![step(1, StepState::Running)], "It left.");
        let streamed = Streamed::of(&first, at(10, 2));
        assert_eq!(streamed.beyond(&first), Some(Progress::default()));
        let second = live(vec![step(1, StepState::Done), step(2, StepState::Running)], "It left. It arrived.");
        let new = streamed.beyond(&second).unwrap();
        assert_eq!((new.steps.len(), new.words.as_str()), (2, " It arrived."));
        assert_eq!(streamed.beyond(&live(vec![], "It has left. It arrived.")), None, "other words");
        assert_eq!(streamed.beyond(&live(vec![], "It")), None, "fewer words");
    }

    #[test]
    fn a_stream_ends_before_slack_breaks_it_off() {
        let streamed = Streamed::of(&live(vec![], ""), at(10, 2));
        assert_eq!(streamed.ends(at(10, 2)), at(10, 2).plus(Period::seconds(20)));
        assert_eq!(streamed.ends(at(10, 9)), at(10, 6));
    }

    #[test]
    fn one_message_does_not_grow_for_ever() {
        let steps = (0..50).map(|id| step(id, StepState::Done)).collect();
        let bounded = Progress { steps, words: "ü".repeat(10_000) }.bounded();
        assert_eq!((bounded.steps.len(), bounded.steps[0].id, bounded.words.len()), (20, 30, 8_000));
    }
}
