//! The card that asks for a decision. One state, shown alike in the channel and in every approver's direct message.
//!
//! Everything here is rendered from what the gate hands over, which it makes from the canonical arguments that will be
//! sent. Cards are not templates that a company may edit. What the requester and the agent wrote stands apart, as plain text.

use serde::{Deserialize, Serialize};

use super::card::{Button, Card, Span};
use super::compose::{bold, clock, day_and_clock, text};
use super::named::{Cited, Place, Who, all_of, any_of};
use super::plain::{shorten, visible_line};
use super::verb::Verb;
use crate::clock::Timestamp;
use crate::ids::{ApprovalId, TaskId};
use crate::money::Money;

/// Arguments on a card besides those in its title; all of them are under *Details*.
const ARGUMENTS: usize = 8;
/// Characters of one argument on a card.
const ARGUMENT_CHARACTERS: usize = 160;

/// What an approver is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalView {
    pub id: ApprovalId,
    pub task: TaskId,
    /// The action in the imperative, amounts as people write them: "Refund $450.00 to order ORD-1042".
    pub title: String,
    /// What moves, when money moves.
    pub amount: Option<Money>,
    /// Label and value as it will be sent, in the canonical order; shown whole under *Details*.
    pub arguments: Vec<(String, String)>,
    /// The tool's qualified name: `billing.refund`.
    pub tool: String,
    /// The digest that the decision binds: `sha256:…`.
    pub digest: String,
    pub requester: Who,
    pub place: Place,
    /// The agent that will do it.
    pub doer: Who,
    pub facts: Vec<Fact>,
    pub rules: Vec<Cited>,
    /// Everybody who may decide now; the requester is never among them.
    pub asked: Vec<Who>,
    /// Why these people, where it is not plain from the rule: "Dana asked for this herself, so it climbed to Kim."
    pub asked_because: Option<String>,
    /// How many must approve.
    pub count: u32,
    /// Who has approved so far.
    pub approved: Vec<(Who, Timestamp)>,
    pub words: Vec<Wrote>,
    /// When the card was opened.
    pub opened: Timestamp,
    pub deadline: Timestamp,
    /// Who is asked after the deadline; empty: it expires, and nothing happens.
    pub then: Vec<Who>,
    /// What a rule wants looked up before, and when it was: "contract 10:02".
    pub looked_up_first: Vec<(String, Timestamp)>,
    /// Put to the requester, the oldest first.
    pub questions: Vec<Asked>,
    /// What a person changed before this was asked about.
    pub edited: Option<Edited>,
    /// What must be typed to approve it.
    pub typed: Option<String>,
}

/// A question to the requester.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub by: Who,
    pub text: String,
    pub at: Timestamp,
    /// The time stands still until the answer, and no longer than this.
    pub until: Timestamp,
    /// Whether it still does.
    pub open: bool,
    pub answer: Option<(String, Timestamp)>,
}

/// A change by a person: label, what it was, what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    pub from: ApprovalId,
    pub by: Who,
    pub changes: Vec<(String, String, String)>,
}

/// Something that was looked up, with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub text: String,
    /// "billing".
    pub source: String,
    pub at: Timestamp,
}

/// Words of somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrote {
    /// "Ana wrote", "Finn says", "The webhook statuspage sent".
    pub label: String,
    pub text: String,
}

/// What became of an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    Waiting,
    /// Approved; the action is being performed.
    Running {
        by: Vec<Who>,
        at: Timestamp,
    },
    Done {
        by: Vec<Who>,
        at: Timestamp,
        done_at: Timestamp,
    },
    /// Approved, but the tool refused or could not be reached; `why` is a sentence of ours.
    Failed {
        by: Vec<Who>,
        at: Timestamp,
        why: String,
    },
    /// Approved, and nobody knows whether it happened; `asked` has been asked.
    Unknown {
        by: Vec<Who>,
        at: Timestamp,
        asked: Who,
    },
    Denied {
        by: Who,
        at: Timestamp,
        reason: Option<String>,
    },
    /// Nobody decided; `asked` in the order of asking.
    Expired {
        at: Timestamp,
        asked: Vec<Who>,
    },
    Void {
        why: VoidWhy,
        at: Timestamp,
    },
    /// Another card replaced this one.
    Superseded {
        by: ApprovalId,
    },
    /// Somebody changed it; the changed action is asked about as `into`.
    Edited {
        by: Who,
        at: Timestamp,
        into: Option<ApprovalId>,
    },
    /// Somebody does it outside, and says by `until` what came of it.
    ByHand {
        by: Who,
        at: Timestamp,
        until: Timestamp,
    },
    /// What came of it; `None`: they did not say.
    Recorded {
        by: Who,
        at: Timestamp,
        done: Option<bool>,
    },
}

/// Why a card can no longer be decided although nobody decided it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidWhy {
    Cancelled {
        by: Who,
    },
    Stopped {
        by: Who,
    },
    /// A sentence that came into force since forbids it.
    Forbidden(Cited),
    /// The directives changed, and nobody who approved may approve now.
    ApproverLost {
        who: Who,
    },
    /// What would be sent is no longer what was shown.
    Changed,
    /// A whole sentence of ours.
    Because(String),
}

impl ApprovalView {
    /// "No answer by 14:02 → Kim is asked".
    pub fn deadline_spans(&self) -> Vec<Span> {
        if let Some(question) = self.questions.last().filter(|question| question.open) {
            let waits = format!("The time stands still until {} answers, at most until ", self.requester.name);
            return vec![text(waits), day_and_clock(question.until)];
        }
        let then = match self.then.as_slice() {
            [] => format!(" → it expires, and nothing is {}", self.past()),
            [only] => format!(" → {} is asked", only.name),
            many => format!(" → {} are asked", all_of(many)),
        };
        vec![text("No answer by "), self.deadline_at(), text(then)]
    }

    /// The end of the wait; with its day where that is another one than the card's.
    pub fn deadline_at(&self) -> Span {
        let far = self.deadline.to_utc().date_naive() != self.opened.to_utc().date_naive();
        if far { day_and_clock(self.deadline) } else { clock(self.deadline) }
    }

    /// Whether the card shows every argument whole. What it does not show, nobody approves there.
    pub fn fits(&self) -> bool {
        let long = |(label, value): &(String, String)| {
            !is_key(label) && visible_line(value).chars().count() > ARGUMENT_CHARACTERS
        };
        let beside_the_key = self.arguments.iter().filter(|(label, _)| !is_key(label)).count();
        beside_the_key <= ARGUMENTS && !self.arguments.iter().any(long)
    }

    /// "refunded".
    pub fn past(&self) -> String {
        super::wording::past_of(&self.title)
    }

    /// "No money moved." where money would have moved, else "Nothing was changed."
    pub fn unharmed(&self) -> &'static str {
        if self.amount.is_some() { "No money moved." } else { "Nothing was changed." }
    }
}

/// The card in the channel and in every approver's direct message.
pub fn card(view: &ApprovalView, state: &ApprovalState) -> Card {
    match state {
        ApprovalState::Waiting => waiting(view),
        ApprovalState::Running { .. }
        | ApprovalState::Done { .. }
        | ApprovalState::Failed { .. }
        | ApprovalState::Unknown { .. }
        | ApprovalState::Denied { .. }
        | ApprovalState::Expired { .. }
        | ApprovalState::Void { .. }
        | ApprovalState::Superseded { .. }
        | ApprovalState::Edited { .. }
        | ApprovalState::ByHand { .. }
        | ApprovalState::Recorded { .. } => super::approval_ended::card(view, state),
    }
}

fn waiting(view: &ApprovalView) -> Card {
    let title = visible_line(&view.title);
    let mut asked_by = vec![text(format!("Asked by {} ", view.requester.name))];
    asked_by.extend(view.place.spans());
    asked_by.push(text(format!(" · {} will do it · {}", view.doer.name, view.task)));
    let mut card = Card::new(format!("Approve? {title} · asked by {} · {}", view.requester.name, view.id))
        .line([bold(format!("{title}?")), text(format!(" · {}", view.id))])
        .line(asked_by);
    if let Some(arguments) = arguments_line(view) {
        card = card.line([text(arguments)]);
    }
    if let Some(edited) = &view.edited {
        card = card.line(edited_spans(edited));
    }
    if !view.looked_up_first.is_empty() {
        card = card.line(looked_up_spans(&view.looked_up_first));
    }
    for fact in &view.facts {
        card = card.line(fact_spans(fact));
    }
    for rule in &view.rules {
        card = card.line([vec![text("Rule: ")], rule.quoted()].concat());
    }
    for wrote in &view.words {
        card = card.words([text(format!("{}:", visible_line(&wrote.label)))], &wrote.text);
    }
    for question in &view.questions {
        card = card.words([text(format!("{} asked:", question.by.name))], &question.text);
        if let Some((answer, _)) = &question.answer {
            card = card.words([text(format!("{} answered:", view.requester.name))], answer);
        }
    }
    if !view.fits() {
        card = card.note([text("This is too long for a card. Read it to its end; Approve stands there.")]);
    }
    card.line(decides_spans(view)).line(view.deadline_spans()).buttons(waiting_buttons(view))
}

/// "Dana Ruiz changed it (A-31): Amount cents 45000 → 15000".
pub(super) fn edited_spans(edited: &Edited) -> Vec<Span> {
    let change = |(label, old, new): &(String, String, String)| {
        let cut = |text: &str| shorten(&visible_line(text), ARGUMENT_CHARACTERS);
        format!("{} {} → {}", visible_line(label), cut(old), cut(new))
    };
    let changes: Vec<String> = edited.changes.iter().map(change).collect();
    vec![text(format!("{} changed it ({}): {}", edited.by.name, edited.from, changes.join(" · ")))]
}

/// "Looked up: contract 10:02, open tickets 10:02".
fn looked_up_spans(looked_up: &[(String, Timestamp)]) -> Vec<Span> {
    let mut spans = vec![text("Looked up: ")];
    for (i, (what, at)) in looked_up.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        spans.extend([text(format!("{comma}{} ", visible_line(what))), clock(*at)]);
    }
    spans
}

/// The key that keeps a call from acting twice says nothing to people; it is under *Details*.
fn is_key(label: &str) -> bool {
    label.to_lowercase().contains("idempotency")
}

/// What would be sent, as far as the title does not say it: nobody approves what they do not see.
pub(super) fn arguments_line(view: &ApprovalView) -> Option<String> {
    let title = visible_line(&view.title);
    let told = view.arguments.iter().map(|(label, value)| (visible_line(label), visible_line(value)));
    let told = told.filter(|(label, value)| {
        let by_amount = view.amount.as_ref().is_some_and(|amount| value.starts_with(&amount.to_string()));
        !by_amount && !title.split(' ').any(|word| word == value) && !is_key(label)
    });
    let mut lines: Vec<String> =
        told.map(|(label, value)| format!("{label}: {}", shorten(&value, ARGUMENT_CHARACTERS))).collect();
    let more = lines.len().saturating_sub(ARGUMENTS);
    lines.truncate(ARGUMENTS);
    if more > 0 {
        lines.push(format!("{more} more under Details"));
    }
    (!lines.is_empty()).then(|| lines.join(" · "))
}

/// "Dana or Omar decides", and how far a quorum got.
fn decides_spans(view: &ApprovalView) -> Vec<Span> {
    let mut spans = match (view.count, view.asked.len()) {
        (0 | 1, 0 | 1) => vec![text(format!("{} decides", any_of(&view.asked)))],
        (0 | 1, _) => vec![text(format!("One of them decides: {}", all_of(&view.asked)))],
        (count, _) => vec![text(format!("{count} must approve: {}", all_of(&view.asked)))],
    };
    for (i, (who, at)) in view.approved.iter().enumerate() {
        let before =
            if i == 0 { format!(" · {} of {} so far: ", view.approved.len(), view.count) } else { ", ".into() };
        spans.extend([text(format!("{before}{} ", who.name)), clock(*at)]);
    }
    spans.extend(view.asked_because.iter().map(|why| text(format!(" · {why}"))));
    spans
}

fn waiting_buttons(view: &ApprovalView) -> [Button; 6] {
    let first = match view.fits() {
        true => yes_button(view.id, &view.title, view.amount.as_ref()),
        false => Button::new("Read and approve", Verb::Details, view.id.to_string())
            .primary()
            .spoken(format!("Read {} to its end and approve it", view.id)),
    };
    let [edit, ask, deny, take, details] = other_buttons(view.id, &view.title);
    [first, edit, ask, deny, take, details]
}

/// "Approve $450.00".
pub fn yes_button(id: ApprovalId, title: &str, amount: Option<&Money>) -> Button {
    let amount = amount.map(|money| format!(" {money}")).unwrap_or_default();
    Button::new(format!("Approve{amount}"), Verb::Approve, id.to_string())
        .primary()
        .spoken(format!("Approve {id}: {}", visible_line(title)))
}

/// Everything that one may do besides: the same on a card and in a list.
pub fn other_buttons(id: ApprovalId, title: &str) -> [Button; 5] {
    let title = visible_line(title);
    let button = |label: &str, verb| Button::new(label, verb, id.to_string()).spoken(format!("{label}, {id}: {title}"));
    [
        button("Edit and approve", Verb::EditFirst),
        button("Ask back", Verb::AskBack),
        button("Deny", Verb::Deny).danger(),
        button("Take over", Verb::TakeOver).asks(
            "Do it yourself?",
            "Nothing is sent. You do it by hand and say here what came of it; the agent goes on with that.",
            "Take over",
        ),
        Button::new("Details", Verb::Details, id.to_string()).spoken(format!("Details of {id}: {title}")),
    ]
}

/// "Paid $450.00 on 9 Nov (billing, 10:02)".
pub(super) fn fact_spans(fact: &Fact) -> Vec<Span> {
    let source = visible_line(&fact.source);
    vec![text(format!("{} ({source}, ", visible_line(&fact.text))), clock(fact.at), text(")")]
}

#[cfg(test)]
mod tests {
    use super::super::card::Part;
    use super::super::fixtures::*;
    use super::*;
    use crate::money::Currency;

    #[test]
    fn a_waiting_card_holds_all_that_a_decision_needs() {
        let card = card(&approval(), &ApprovalState::Waiting);
        insta::assert_snapshot!(card.to_plain(), @r"
        *Refund $450.00 to order ORD-1042?* · A-31
        Asked by Ana Silva in #C0SUPPORT · Finn (Finance) will do it · T-17
        amount_cents: 45000
        Paid $450.00 on 9 Nov · earlier refunds: none (billing, 10:02)
        Rule: “Refunds above $200 need approval from a finance manager.” `approvals.md:4`
        Ana wrote:
        | it arrived broken
        One of them decides: Dana Ruiz and Omar Haddad
        No answer by 14:02 → Kim Osei is asked
        [*Approve $450.00*] [Edit and approve] [Ask back] [!Deny!] [Take over] [Details]
        ");
        assert_eq!(card.notification, "Approve? Refund $450.00 to order ORD-1042 · asked by Ana Silva · A-31");
    }

    #[test]
    fn a_quorum_shows_how_far_it_got() {
        let view = ApprovalView {
            title: "Deploy api 4.2 to production".into(),
            amount: None,
            count: 2,
            approved: vec![(omar(), at(10, 3))],
            then: vec![],
            facts: vec![],
            words: vec![],
            asked_because: Some("Ana asked for this herself, so it climbed the org chart.".into()),
            ..approval()
        };
        insta::assert_snapshot!(card(&view, &ApprovalState::Waiting).to_plain(), @r"
        *Deploy api 4.2 to production?* · A-31
        Asked by Ana Silva in #C0SUPPORT · Finn (Finance) will do it · T-17
        amount_cents: 45000 · order_id: ORD-1042
        Rule: “Refunds above $200 need approval from a finance manager.” `approvals.md:4`
        2 must approve: Dana Ruiz and Omar Haddad · 1 of 2 so far: Omar Haddad 10:03 · Ana asked for this herself, so it climbed the org chart.
        No answer by 14:02 → it expires, and nothing is deployed
        [*Approve*] [Edit and approve] [Ask back] [!Deny!] [Take over] [Details]
        ");
    }

    #[test]
    fn what_cannot_be_seen_is_shown_as_code_points() {
        let view = ApprovalView {
            title: "Refund $450.00 to order \u{202E}2401-DRO\u{200B}".into(),
            arguments: vec![("order_id".into(), "\u{202E}2401\u{200B}\n*Approved*".into())],
            words: vec![Wrote { label: "Ana wrote".into(), text: "<!channel> *hi* \u{202E}x".into() }],
            amount: Some(Money::new(450_000_000, Currency::new("USD"))),
            ..approval()
        };
        let card = card(&view, &ApprovalState::Waiting);
        let plain =
            format!("{}\n{}", card.to_plain(), super::super::approval_pages::page(&view, &[], 1, true).to_plain());
        assert!(plain.contains("<U+202E>2401-DRO<U+200B>?"), "{plain}");
        assert!(plain.contains("| <U+202E>2401<U+200B><U+000A>*Approved*"), "{plain}");
        assert!(!plain.contains(['\u{202E}', '\u{200B}']), "{plain}");
        assert!(!card.notification.contains('\u{202E}'));
        let words = card.parts.iter().find_map(|part| match part {
            Part::Words { text, .. } => Some(text.as_str()),
            _ => None,
        });
        assert_eq!(words, Some("<!channel> *hi* <U+202E>x"));
    }
}
