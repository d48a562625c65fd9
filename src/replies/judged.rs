//! What people say of results: the buttons under an answer, checks by a human, what would have been done, and guards that fell.
//!
//! An answer carries three buttons and nothing more; whoever says nothing has said nothing.

use serde::{Deserialize, Serialize};

use super::card::{Button, Card, Part, Span};
use super::compose::{bold, clock, code, text};
use super::form::{Field, FieldKind, Form};
use super::named::{Cited, Who};
use super::plain::visible_line;
use super::target::task_and_result;
use super::unsure::{Candidate, NOBODY};
use super::verb::Verb;
use crate::clock::Timestamp;
use crate::ids::TaskId;

/// The result that an answer's buttons are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judging {
    pub task: TaskId,
    pub result: i64,
    /// False where something was changed on the way: a second version could change it a second time.
    pub may_refine: bool,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    Used,
    Refined,
    Wrong {
        why: Option<String>,
    },
    /// Of a check, or of what would have been done.
    Right,
}

/// The buttons under an answer.
pub fn buttons(judging: &Judging) -> Vec<Button> {
    let target = task_and_result(judging.task, judging.result);
    let task = judging.task;
    let mut row = vec![Button::new("Use it", Verb::UseIt, &target).spoken(format!("Use the answer to {task}"))];
    if judging.may_refine {
        row.push(Button::new("Refine", Verb::Refine, &target).spoken(format!("Ask for another version of {task}")));
    }
    row.push(Button::new("Not right", Verb::NotRight, &target).spoken(format!("The answer to {task} is not right")));
    row
}

/// Under an answer that was judged, in the place of its buttons.
pub fn said(said: &Said, by: &Who, at: Timestamp) -> Vec<Span> {
    let mut spans = vec![text(match said {
        Said::Used | Said::Right => format!("{} used it at ", by.name),
        Said::Refined => format!("{} asked for another version at ", by.name),
        Said::Wrong { .. } => format!("Not right, says {} at ", by.name),
    })];
    spans.push(clock(at));
    spans.push(text(match said {
        Said::Used | Said::Right => ".",
        Said::Refined => "; it follows. This one is kept.",
        Said::Wrong { .. } => ". It counts in their record.",
    }));
    spans
}

/// The form behind *Refine*.
pub fn refine_form(target: &str, task: TaskId) -> Form {
    Form {
        verb: Verb::RefineForm,
        subject: target.to_owned(),
        title: format!("Refine {task}"),
        submit: Some("Ask again".to_owned()),
        intro: vec![Part::Note(vec![text("Another version follows in the thread. This one is kept.")])],
        fields: vec![words("What should be different?", false)],
    }
}

/// The form behind *Not right*: why, and who should have had it.
pub fn not_right_form(target: &str, task: TaskId, workers: &[Candidate]) -> Form {
    let choices = std::iter::once((NOBODY.to_owned(), "— nobody else —".to_owned()))
        .chain(workers.iter().map(|candidate| (candidate.worker.to_string(), candidate.label.clone())))
        .collect();
    let choice = |id: &str, label: &str, kind| Field {
        id: id.to_owned(),
        label: label.to_owned(),
        kind,
        hint: None,
        optional: true,
    };
    Form {
        verb: Verb::NotRightForm,
        subject: target.to_owned(),
        title: format!("Not right: {task}"),
        submit: Some("Send".to_owned()),
        intro: vec![Part::Note(vec![text("What ran already stays done.")])],
        fields: vec![
            choice("worker", "Who should have had it?", FieldKind::Choice(choices)),
            choice("person", "Or a person", FieldKind::Person),
            words("What is wrong?", true),
        ],
    }
}

fn words(label: &str, optional: bool) -> Field {
    Field {
        id: "words".to_owned(),
        label: label.to_owned(),
        kind: FieldKind::Text { multiline: true, max: 2_000 },
        hint: None,
        optional,
    }
}

/// A result that somebody else judges than who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToJudge {
    pub task: TaskId,
    pub result: i64,
    pub worker: Who,
    pub requester: Who,
    pub request: String,
    /// The answer, or what would have been done.
    pub result_words: String,
    /// `None`: a default, not a sentence.
    pub rule: Option<Cited>,
    /// Who had the task while this one only looked on; `None` where nobody did.
    pub beside: Option<Beside>,
}

/// What was done, beside what would have been done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    pub task: TaskId,
    pub worker: Who,
    /// `None`: not yet.
    pub did: Option<String>,
}

/// To the person who checks a drawn answer.
pub fn check(view: &ToJudge) -> Card {
    let head = format!("Is this answer of {} right?", view.worker.name);
    judged_by_other(view, &head, "answered:", ["Right", "Not right"])
}

/// To the owner: what a worker that only observes would have done.
pub fn would_have(view: &ToJudge) -> Card {
    let head = format!("{} would have done this", view.worker.name);
    judged_by_other(view, &head, "would have done:", ["Would have been right", "Wrong"])
}

fn judged_by_other(view: &ToJudge, head: &str, label: &str, [right, wrong]: [&str; 2]) -> Card {
    let target = task_and_result(view.task, view.result);
    let card = Card::new(format!("{head} · {}", view.task))
        .line([bold(head), text(format!(" · {}", view.task))])
        .words([text(format!("{} wrote:", view.requester.name))], &view.request)
        .words([text(format!("{} {label}", view.worker.name))], &view.result_words);
    let card = view.rule.iter().fold(card, |card, rule| card.note(rule.quoted()));
    let card = view.beside.iter().fold(card, |card, beside| with_other(card, beside, &view.result_words));
    card.buttons([
        Button::new(right, Verb::JudgeRight, &target).spoken(format!("{right}: {}", view.task)),
        Button::new(wrong, Verb::JudgeWrong, &target).spoken(format!("{wrong}: {}", view.task)),
    ])
}

fn with_other(card: Card, beside: &Beside, would: &str) -> Card {
    let Beside { task, worker, did } = beside;
    match did {
        None => card.note([text(format!("{} has {task}; what comes of it is shown here.", worker.name))]),
        Some(did) if did.trim() == would.trim() => {
            card.note([text(format!("{} did the same in {task}.", worker.name))])
        }
        Some(did) => card.words([text(format!("{} did, in {task}:", worker.name))], did),
    }
}

/// The same card once it was judged.
pub fn judged(view: &ToJudge, said: &Said, by: &Who, at: Timestamp) -> Card {
    let verdict = match said {
        Said::Used | Said::Right | Said::Refined => "Right",
        Said::Wrong { .. } => "Not right",
    };
    Card::new(format!("{verdict}: {} · {}", view.worker.name, view.task))
        .line([
            bold(format!("{verdict}.")),
            text(format!(" {} judged {} at ", by.name, view.task)),
            clock(at),
            text(format!(". It counts in {}'s record.", view.worker.short())),
        ])
        .words([text(format!("{}:", view.worker.name))], &view.result_words)
}

/// In the thread: the worker only observes, so a person does it; what it would have done is nobody's business here.
pub fn only_observes(view: &super::receipt::ReceiptView, to: &Who, rule: Option<&Cited>) -> Card {
    let card = Card::new(format!("{} does this · {}", to.name, view.task))
        .posted_as(view.identity.as_ref())
        .line([view.worker.bold(), text(format!(" only observes at present; {} is asked · {}", to.name, view.task))]);
    rule.into_iter().fold(card, |card, rule| card.note(rule.quoted()))
}

/// In the thread: what the worker suggests, and who decides.
pub fn suggests(view: &super::receipt::ReceiptView, words: &str, to: &Who, rule: Option<&Cited>) -> Card {
    let card = Card::new(format!("{} suggests: {} · {}", view.worker.name, visible_line(words), view.task))
        .posted_as(view.identity.as_ref())
        .line([view.worker.bold(), text(format!(" suggests · {}", view.task))])
        .words([], words)
        .line([text(format!("Nothing has been done. {} decides and does it.", to.name))]);
    rule.into_iter().fold(card, |card, rule| card.note(rule.quoted()))
}

/// To the owner: what a worker did that acts and reports.
pub fn reported(task: TaskId, worker: &Who, title: &str, at: Timestamp) -> Card {
    let title = visible_line(title);
    Card::new(format!("{} did: {title} · {task}", worker.name))
        .line([worker.bold(), text(" did: "), bold(&title), text(" · "), clock(at), text(format!(" · {task}"))])
        .note([text("It acts and reports, so nobody was asked. "), code(format!("/workforce why {task}"))])
}

/// A guard of one worker, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardView {
    /// What *Trust it again* carries.
    pub key: String,
    pub worker: Who,
    /// "60 % of its results and proposals were accepted".
    pub measured: String,
    /// "from now on everything that it changes needs its owner's word".
    pub consequence: String,
    pub rule: Cited,
}

/// To whoever answers for a worker whose guard fell.
pub fn guard_fell(view: &GuardView) -> Card {
    let head = format!("{} is trusted less now", view.worker.name);
    Card::new(format!("{head}: {}", view.measured))
        .line([bold(&head), text(format!(": {}.", view.measured))])
        .line([text(format!("{}.", super::wording::capital(&view.consequence)))])
        .note(view.rule.quoted())
        .buttons([Button::new("Trust it again", Verb::TrustAgain, &view.key)
            .spoken(format!("Trust {} again", view.worker.name))])
}

/// In its place, once somebody trusts the worker again.
pub fn guard_lifted(view: &GuardView, by: &Who, at: Timestamp) -> Card {
    let head = format!("{} is trusted again", view.worker.name);
    Card::new(&head)
        .line([
            bold(&head),
            text(format!(". {} said so at ", by.name)),
            clock(at),
            text(". Only what happens from now on counts."),
        ])
        .note(view.rule.quoted())
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    fn view() -> ToJudge {
        ToJudge {
            task: TaskId(17),
            result: 3,
            worker: finn(),
            requester: ana(),
            request: "refund ORD-1042, it arrived broken".into(),
            result_words: "Refund $450.00 to order ORD-1042".into(),
            rule: Some(cited("For its first month the finance agent only observes.", "roles/finance.md", 40)),
            beside: None,
        }
    }

    #[test]
    fn an_answer_has_three_buttons_and_one_that_changed_something_two() {
        let row = |may_refine| {
            let judging = Judging { task: TaskId(17), result: 3, may_refine };
            Card::new("").buttons(buttons(&judging)).to_plain()
        };
        insta::assert_snapshot!(row(true), @"[Use it] [Refine] [Not right]");
        insta::assert_snapshot!(row(false), @"[Use it] [Not right]");
        insta::assert_snapshot!(refine_form("T-17/3", TaskId(17)).to_plain(), @r"
        = Refine T-17 =
        · Another version follows in the thread. This one is kept.
        What should be different?: ____
        [Ask again]
        ");
        insta::assert_snapshot!(not_right_form("T-17/3", TaskId(17), &[]).to_plain(), @r"
        = Not right: T-17 =
        · What ran already stays done.
        Who should have had it? (optional): — nobody else —
        Or a person (optional): @____
        What is wrong? (optional): ____
        [Send]
        ");
    }

    #[test]
    fn what_was_said_stands_under_the_answer() {
        let line = |of: Said| Card::new("").note(said(&of, &ana(), at(10, 5))).to_plain();
        insta::assert_snapshot!(line(Said::Used), @"· Ana Silva used it at 10:05.");
        insta::assert_snapshot!(line(Said::Refined), @"· Ana Silva asked for another version at 10:05; it follows. This one is kept.");
        insta::assert_snapshot!(line(Said::Wrong { why: None }), @"· Not right, says Ana Silva at 10:05. It counts in their record.");
    }

    #[test]
    fn others_judge_what_was_drawn_and_what_would_have_been_done() {
        insta::assert_snapshot!(check(&ToJudge { rule: None, ..view() }).to_plain(), @r"
        *Is this answer of Finn (Finance) right?* · T-17
        Ana Silva wrote:
        | refund ORD-1042, it arrived broken
        Finn (Finance) answered:
        | Refund $450.00 to order ORD-1042
        [Right] [Not right]
        ");
        insta::assert_snapshot!(would_have(&view()).to_plain(), @r"
        *Finn (Finance) would have done this* · T-17
        Ana Silva wrote:
        | refund ORD-1042, it arrived broken
        Finn (Finance) would have done:
        | Refund $450.00 to order ORD-1042
        · “For its first month the finance agent only observes.” `roles/finance.md:40`
        [Would have been right] [Wrong]
        ");
        insta::assert_snapshot!(judged(&view(), &Said::Right, &dana(), at(10, 5)).to_plain(), @r"
        *Right.* Dana Ruiz judged T-17 at 10:05. It counts in Finn's record.
        Finn (Finance):
        | Refund $450.00 to order ORD-1042
        ");
        let words = "Refund $450.00 to order ORD-1042";
        insta::assert_snapshot!(suggests(&receipt(), words, &dana(), view().rule.as_ref()).to_plain(), @r"
        (Finn (Finance))
        *Finn (Finance)* suggests · T-17
        | Refund $450.00 to order ORD-1042
        Nothing has been done. Dana Ruiz decides and does it.
        · “For its first month the finance agent only observes.” `roles/finance.md:40`
        ");
        insta::assert_snapshot!(only_observes(&receipt(), &dana(), None).to_plain(), @r"
        (Finn (Finance))
        *Finn (Finance)* only observes at present; Dana Ruiz is asked · T-17
        ");
        insta::assert_snapshot!(reported(TaskId(17), &finn(), words, at(10, 5)).to_plain(), @r"
        *Finn (Finance)* did: *Refund $450.00 to order ORD-1042* · 10:05 · T-17
        · It acts and reports, so nobody was asked. `/workforce why T-17`
        ");
    }

    #[test]
    fn whoever_answers_for_a_worker_hears_that_it_is_trusted_less() {
        let guard = GuardView {
            key: "finance-agent|acceptance|below|80000000|30".into(),
            worker: finn(),
            measured: "60 % of what it did was accepted, of 10 judged in 30 days".into(),
            consequence: "everything that it changes needs its owner's word from now on".into(),
            rule: cited(
                "When fewer than 80% of the finance agent's proposals are accepted over a month, everything it does needs approval.",
                "approvals.md",
                30,
            ),
        };
        insta::assert_snapshot!(guard_fell(&guard).to_plain(), @r"
        *Finn (Finance) is trusted less now*: 60 % of what it did was accepted, of 10 judged in 30 days.
        Everything that it changes needs its owner's word from now on.
        · “When fewer than 80% of the finance agent's proposals are accepted over a month, everything it does needs approval.” `approvals.md:30`
        [Trust it again]
        ");
        insta::assert_snapshot!(guard_lifted(&guard, &dana(), at(10, 5)).to_plain(), @r"
        *Finn (Finance) is trusted again*. Dana Ruiz said so at 10:05. Only what happens from now on counts.
        · “When fewer than 80% of the finance agent's proposals are accepted over a month, everything it does needs approval.” `approvals.md:30`
        ");
    }
}
