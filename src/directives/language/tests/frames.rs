//! Gates in every frame that a language has for them: gerunds, nominalisations, passives, perfects, "shall", "is to be",
//! "subject to" and the rest. Each is read as it is meant, or refused; none is guidance, and none another rule.

use serde_json::{Value, json};

use super::{outcome, readings, told};
use crate::directives::language::Outcome;

/// As a noun, as a gerund, object and participle in the passive, and the tool.
const ACTS: &[(&str, &str, &str, &str, &str)] = &[
    ("refunds", "issuing refunds", "refunds", "issued", "billing.refund"),
    ("payouts", "making payouts", "payouts", "made", "billing.transfer"),
    ("cancellations of subscriptions", "cancelling a subscription", "subscriptions", "cancelled", "crm.cancel"),
    ("revocations of licences", "revoking a licence", "licences", "revoked", "licences.revoke"),
];

/// `{n}` the noun, `{g}` the gerund, `{o}` the object, `{p}` the participle; all need Dana's approval.
const APPROVALS: &[&str] = &[
    "{n} need Dana's approval.",
    "{n} shall require the prior written consent of Dana.",
    "{n} are subject to the approval of Dana.",
    "{n} are conditional upon Dana's consent.",
    "{n} are contingent on Dana's approval.",
    "{n} must have been approved by Dana.",
    "{n} should have been approved by Dana beforehand.",
    "{n} are to be countersigned by Dana.",
    "{n} are forbidden without the approval of Dana.",
    "{n} are not permitted except with Dana's approval.",
    "{n} are prohibited save with the consent of Dana.",
    "{n} wait for Dana.",
    "{n} stay on hold until Dana agrees.",
    "{n} are Dana's call.",
    "{g} needs approval from Dana.",
    "{g} is subject to Dana's consent.",
    "{g} requires that Dana has approved it.",
    "{g} is to be approved by Dana.",
    "{o} may be {p} provided that Dana has approved them.",
    "{o} may be {p} only if Dana has given her prior written consent.",
    "{o} shall only be {p} with the prior consent of Dana.",
    "{o} shall not be {p} unless and until Dana has approved them.",
    "{o} must not be {p} save with Dana's approval.",
    "{o} may not be {p} unless countersigned by Dana.",
    "No {o} shall be {p} without the prior written consent of Dana.",
    "No {o} may be {p} unless authorised by Dana.",
    "Absent Dana's approval, no {o} shall be {p}.",
    "Except with Dana's approval, no {o} may be {p}.",
    "Without Dana's consent no {o} may be {p}.",
    "It is for Dana to approve {n}.",
    "It falls to Dana to approve {n}.",
    "Dana's approval is a precondition for {n}.",
    "Approval by Dana is a condition precedent to {n}.",
    "Notwithstanding the foregoing, {n} need the approval of Dana.",
    "For the avoidance of doubt, {n} require Dana's sign-off.",
    "The approval of Dana must be obtained for {n}.",
    "Hold {n} until Dana has approved them.",
    "Nobody may carry out {n} without Dana's approval.",
    "Dana's signature is required on {n}.",
    "Having Dana's approval is a must for {n}.",
];

/// All forbid it.
const BANS: &[&str] = &[
    "{n} are prohibited.",
    "{n} shall not take place.",
    "{g} is strictly forbidden.",
    "{g} is not permitted.",
    "Under no circumstances may {o} be {p}.",
    "In no event shall {o} be {p}.",
    "{o} shall under no circumstances be {p}.",
    "{o} are under no circumstances to be {p}.",
    "{o} must never be {p}.",
    "{o} are not to be {p}.",
    "No {o} shall be {p}.",
    "Nobody may engage in {g}.",
    "A prohibition applies to {n}.",
    "Everyone is barred from {g}.",
];

fn said(frame: &str, act: &(&str, &str, &str, &str, &str)) -> String {
    let text = frame.replace("{n}", act.0).replace("{g}", act.1).replace("{o}", act.2).replace("{p}", act.3);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// How many of the frames are read; each that is must be read as `wanted` says.
fn read_or_refused(frames: &[&str], wanted: fn(&str) -> Value) -> (usize, Vec<String>) {
    let (mut read, mut wrong) = (0, Vec::new());
    for (frame, act) in frames.iter().flat_map(|frame| ACTS.iter().map(move |act| (frame, act))) {
        let text = said(frame, act);
        let outcome = outcome(&text);
        match &outcome {
            Outcome::Rules(_) if readings(&text) == json!([wanted(act.4)]) => read += 1,
            Outcome::Refused(_) => {}
            Outcome::Rules(_) | Outcome::Guidance { .. } => wrong.push(format!("{text}\n    {}", told(&outcome))),
        }
    }
    (read, wrong)
}

#[test]
fn a_gate_is_read_as_meant_or_refused_in_every_frame() {
    let approve = |tool: &str| json!({"kind": "approve", "tools": [tool], "by": ["person:@dana"], "count": 1});
    let (read, wrong) = read_or_refused(APPROVALS, approve);
    assert!(wrong.is_empty(), "{} are read otherwise:\n{}", wrong.len(), wrong.join("\n"));
    assert!(read * 10 >= APPROVALS.len() * ACTS.len() * 8, "only {read} of the approvals are read");
    let (read, wrong) = read_or_refused(BANS, |tool| json!({"kind": "forbid", "tools": [tool]}));
    assert!(wrong.is_empty(), "{} are read otherwise:\n{}", wrong.len(), wrong.join("\n"));
    assert!(read * 10 >= BANS.len() * ACTS.len() * 6, "only {read} of the bans are read");
}
