//! The examples of the contract, each with exactly the reading that stands there.

use serde_json::json;

use super::{outcome, readings, undisplayed};
use crate::directives::language::Outcome;
use crate::directives::rule::Rule;

/// (sentence, reading).
const EXAMPLES: &[(&str, &str)] = &[
    (
        "Billing questions go to the finance agent.",
        r#"{"kind":"route","when":{"topics":["billing"]},"to":["agent:finance-agent"]}"#,
    ),
    (
        "By billing we mean invoices, refunds, charges and payment methods.",
        r#"{"kind":"define","term":"billing","means":["invoice","refund","charge","payment method"]}"#,
    ),
    (
        "Anything mentioning legal or a lawsuit gets escalated to a human.",
        r#"{"kind":"escalate","when":{"mentions":["legal","lawsuit"]},"to":["human"]}"#,
    ),
    (
        "If nobody answers within 30 minutes, tell the support lead.",
        r#"{"kind":"escalate","when":{"unanswered_for":"PT30M"},"to":["role:support-lead"]}"#,
    ),
    (
        "Refunds above $200 need approval from a finance manager, within 4 hours, otherwise ask @kim.",
        r#"{"kind":"approve","action":"refund","tools":["billing.refund"],"when":{"amount":{"over":200,"currency":"USD"}},"by":["role:finance-manager"],"count":1,"within":"PT4H","otherwise":["person:@kim"]}"#,
    ),
    (
        "Two people from the SRE team must approve changes to production.",
        r#"{"kind":"approve","action":"change production","tools":["deploy.apply"],"by":["team:sre"],"count":2}"#,
    ),
    (
        "The support agent may reply to tickets without approval.",
        r#"{"kind":"allow","action":"reply","tools":["helpdesk.reply"],"who":["agent:support-agent"]}"#,
    ),
    (
        "Only the IT agent may revoke licences.",
        r#"{"kind":"permit","who":["agent:it-agent"],"tools":["licences.revoke"],"only":true}"#,
    ),
    (
        "Before cancelling a subscription, look up the contract and the open tickets.",
        r#"{"kind":"before","action":"cancel subscription","tools":["crm.cancel"],"first":["crm.get_contract","helpdesk.search"]}"#,
    ),
    (
        "Only the support team may ask for refunds.",
        r#"{"kind":"forbid","action":"refund","tools":["billing.refund"],"when":{"unless":{"from":["team:support"]}}}"#,
    ),
    (
        "Kim and Noor may stop any agent.",
        r#"{"kind":"permit","who":["person:@kim","person:@noor"],"tools":["workforce.stop"]}"#,
    ),
    (
        "Never let the support agent issue refunds over $1,000.",
        r#"{"kind":"forbid","action":"refund","tools":["billing.refund"],"who":["agent:support-agent"],"when":{"amount":{"over":1000,"currency":"USD"}}}"#,
    ),
    (
        "The support agent can use the help desk and look up orders, nothing else.",
        r#"{"kind":"permit","who":["agent:support-agent"],"tools":["helpdesk.*","orders.get"]}"#,
    ),
    (
        "Messages from VIP accounts are urgent.",
        r#"{"kind":"prioritise","when":{"segments":["vip"]},"priority":"urgent"}"#,
    ),
    (
        "Spend at most $50 a week on the support agent; pause it after that.",
        r#"{"kind":"budget","who":["agent:support-agent"],"amount":50,"currency":"USD","per":"week","then":"pause"}"#,
    ),
    (
        "Urgent tickets get a first answer in 15 minutes and are solved the same day.",
        r#"{"kind":"expect","when":{"priority":"urgent"},"respond_within":"PT15M","resolve_within":"P1D"}"#,
    ),
    (
        "Every weekday at 9 am Berlin time, remind owners whose agent has not been reviewed for 90 days.",
        r#"{"kind":"schedule","cron":"0 0 9 * * Mon-Fri *","timezone":"Europe/Berlin","do":"remind review due","older_than_days":90,"to":["owner"]}"#,
    ),
    (
        "A human checks one in ten of the support agent's answers.",
        r#"{"kind":"sample","who":["agent:support-agent"],"percent":10,"by":["human"]}"#,
    ),
    (
        "When fewer than 80% of the finance agent's proposals are accepted over a month, everything it does needs approval.",
        r#"{"kind":"guard","who":["agent:finance-agent"],"measure":"acceptance","below":80,"over_days":30,"then":"approve_all"}"#,
    ),
    (
        "For its first month the HR agent only suggests.",
        r#"{"kind":"autonomy","who":["agent:hr-agent"],"level":"suggest","until":"P30D"}"#,
    ),
    (
        "Kim covers for Dana from 3 to 14 August 2026.",
        r#"{"kind":"cover","person":"person:@dana","by":["person:@kim"],"from":"2026-08-03","until":"2026-08-14"}"#,
    ),
];

#[test]
fn each_example_of_the_contract_reads_as_it_says() {
    for (sentence, reading) in EXAMPLES {
        let expected: Rule = serde_json::from_str(reading).expect("the contract's JSON");
        // The contract writes out some defaults that JSON may leave out; writing the rule anew leaves them out.
        assert_eq!(readings(sentence), json!([undisplayed(&expected)]), "{sentence}");
    }
}

#[test]
fn manner_is_guidance() {
    let read = outcome("Always be polite and never promise a delivery date.");
    assert_eq!(read, Outcome::Guidance { who: Vec::new(), ban_like: true });
}
