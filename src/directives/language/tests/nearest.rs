//! What a refused sentence is offered: the nearest one that would be read, and never a looser one.

use super::super::Outcome;
use super::outcome;

fn suggestion(text: &str) -> Option<String> {
    let Outcome::Refused(findings) = outcome(text) else {
        panic!("“{text}” is not refused");
    };
    let near = findings.into_iter().find_map(|finding| finding.suggestion);
    if let Some(near) = &near {
        let again = outcome(near);
        assert!(matches!(again, Outcome::Rules(_)), "“{near}” is not read: {again:?}");
    }
    near
}

#[test]
fn one_slip_is_mended_in_the_words_of_the_sentence() {
    for (text, near) in [
        ("Refunds above $200 usually need approval from Dana.", "Refunds above $200 need approval from Dana."),
        ("Normally, Dana must approve refunds.", "Dana must approve refunds."),
        ("Billing questions go to the fianance agent.", "Billing questions go to finance-agent."),
    ] {
        assert_eq!(suggestion(text).as_deref(), Some(near), "{text}");
    }
}

#[test]
fn recognised_phrases_are_put_plainly() {
    let plain = "Refunds (`billing.refund`) need approval from @dana if the amount is over 200 USD, within 1 day, otherwise deny it.";
    for text in ["Refunds over $200 → approval by Dana.", "Refunds? Over $200, Dana must approve."] {
        assert_eq!(suggestion(text).as_deref(), Some(plain), "{text}");
    }
}

#[test]
fn nothing_looser_is_offered() {
    for text in [
        // A word that nobody understands may be the one that matters.
        "Refunds over $200 → approval by Dana on rainy days.",
        "Large refunds need approval from Dana.",
        "Never refund a reseller.",
        // Without its hedge an exemption would hold always.
        "Refunds under $20 usually run without approval.",
        "Refunds with Dana's approval are never over $300.",
    ] {
        assert_eq!(suggestion(text), None, "{text}");
    }
}
