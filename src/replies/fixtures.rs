//! One example for all golden tests: Ana asks for a refund, Finn does it, Dana decides.

use super::approval::{ApprovalView, Fact, Wrote};
use super::card::Identity;
use super::named::{Cited, Place, Who};
use super::receipt::{Because, Performed, ReceiptView};
use crate::clock::{Span, Timestamp};
use crate::ids::{ApprovalId, TaskId};
use crate::money::{Currency, Money};

/// A time of Friday 20 November 2026, UTC.
pub fn at(hour: i64, minute: i64) -> Timestamp {
    Timestamp(1_795_132_800_000_000).plus(Span::hours(hour)).plus(Span::minutes(minute))
}

pub fn ana() -> Who {
    Who::new("Ana Silva", Some("U0ANA"))
}
pub fn dana() -> Who {
    Who::new("Dana Ruiz", Some("U0DANA"))
}
pub fn omar() -> Who {
    Who::new("Omar Haddad", Some("U0OMAR"))
}
pub fn kim() -> Who {
    Who::new("Kim Osei", Some("U0KIM"))
}
pub fn finn() -> Who {
    Who::new("Finn (Finance)", None)
}
pub fn eli() -> Who {
    Who::new("Eli (Engineering)", None)
}

pub fn cited(text: &str, file: &str, line: u32) -> Cited {
    Cited { text: text.into(), file: file.into(), line }
}

pub fn escalation_rule() -> Cited {
    cited("If nobody answers within 30 minutes, tell the support lead.", "routing.md", 20)
}

pub fn support() -> Place {
    Place::Channel { id: "C0SUPPORT".into(), name: "support".into() }
}

pub fn receipt() -> ReceiptView {
    ReceiptView {
        task: TaskId(17),
        worker: finn(),
        identity: Some(Identity { name: "Finn (Finance)".into(), icon: Some(":moneybag:".into()) }),
        owner: Some(dana()),
        requester: ana(),
        place: support(),
        because: Because::Rule(cited("Billing questions go to the finance agent.", "routing.md", 12)),
        subject: "refund ORD-1042, it arrived broken".into(),
    }
}

pub fn performed() -> Performed {
    Performed {
        title: "Refund $450.00 to order ORD-1042".into(),
        at: at(10, 4),
        approved_by: vec![dana()],
        changed_by: None,
        by_hand: None,
    }
}

pub fn approval() -> ApprovalView {
    ApprovalView {
        id: ApprovalId(31),
        task: TaskId(17),
        title: "Refund $450.00 to order ORD-1042".into(),
        amount: Some(Money::new(450_000_000, Currency::new("USD"))),
        arguments: vec![("amount_cents".into(), "45000".into()), ("order_id".into(), "ORD-1042".into())],
        tool: "billing.refund".into(),
        digest: "sha256:9f2c".into(),
        requester: ana(),
        place: support(),
        doer: finn(),
        facts: vec![Fact {
            text: "Paid $450.00 on 9 Nov · earlier refunds: none".into(),
            source: "billing".into(),
            at: at(10, 2),
        }],
        rules: vec![cited("Refunds above $200 need approval from a finance manager.", "approvals.md", 4)],
        asked: vec![dana(), omar()],
        asked_because: None,
        count: 1,
        approved: vec![],
        words: vec![Wrote { label: "Ana wrote".into(), text: "it arrived broken".into() }],
        opened: at(10, 2),
        deadline: at(14, 2),
        then: vec![kim()],
        looked_up_first: vec![],
        questions: vec![],
        edited: None,
        typed: None,
    }
}
