//! The reader's own tests. The company is invented once, from files as a company would write them.

mod contract;
mod frames;
mod nearest;
mod paraphrases;
mod strangers;
mod synonyms;
mod wordings;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{Outcome, Scope, Sentence, Vocabulary, paraphrase, read};
use crate::catalogue::Catalogue;
use crate::directives::Directives;
use crate::directives::files::read_all;
use crate::directives::rule::{Define, Rule};

const COMPANY: &str = "\
# Acme

## Who is who
- Kim Osei (@kim, kim@acme.test), managing director
- Dana Ruiz (@dana, dana@acme.test), head of finance, reports to @kim
- Ana Silva (@ana, ana@acme.test), accountant, reports to @dana
- Noor Haddad (@noor, noor@acme.test), CTO, reports to @kim
- Jonas Weber (@jonas, jonas@acme.test), site reliability engineer, reports to @noor
- Lena Sommer (@lena, lena@acme.test), head of support, reports to @kim

## Teams
- Finance team: @dana, @ana
- SRE team: @noor, @jonas
- Support team: @lena, @kim

## Channels
- #finance: money in and out
- #it: accounts and laptops

The triage person is Kim Osei (@kim).
Our time zone is Europe/Berlin.

## Words
By billing we mean invoices, refunds, charges and payment methods.
By VIP we mean customers on the Platinum plan.
By trial we mean customers who have not paid yet.
A refund means `billing.refund`; its amount is `amount_cents` in cents of USD.
A payout means `billing.transfer`; its amount is `amount_cents` in cents of EUR.

Directives are kept by Kim Osei.
";

/// Position, posted name, and driver, or the person's handle.
type Seat = (&'static str, &'static str, &'static str);

/// Role, owner, positions.
const ROLES: &[(&str, &str, &[Seat])] = &[
    ("finance-operations", "@dana", &[("finance-agent", "Finn (Finance)", "model")]),
    ("support", "@lena", &[("support-agent", "Sunny (Support)", "model")]),
    ("people-operations", "@kim", &[("hr-agent", "Hana (HR)", "model")]),
    ("it-desk", "@noor", &[("it-agent", "Ivo (IT)", "model")]),
    ("support-lead", "@kim", &[("lena-lead", "Lena Sommer", "@lena")]),
    ("finance-manager", "@kim", &[("dana-manager", "Dana Ruiz", "@dana"), ("ana-manager", "Ana Silva", "@ana")]),
];

/// (tool, title, description, whether it only reads)
const TOOLS: &[(&str, &str, &str, bool)] = &[
    ("billing.refund", "Refund a charge", "Give money back to a customer.", false),
    ("billing.transfer", "Wire money", "Wire money to a bank account.", false),
    ("billing.get_invoice", "Look up an invoice", "Read one invoice.", true),
    ("orders.get", "Look up an order", "Read one order.", true),
    ("orders.cancel", "Cancel an order", "Cancel an order that has not left yet.", false),
    ("helpdesk.search", "Search the open tickets", "Search the open tickets by words.", true),
    ("helpdesk.reply", "Reply to a ticket", "Reply to whoever wrote a ticket.", false),
    ("helpdesk.close", "Close a ticket", "Close a ticket for good.", false),
    ("licences.assign", "Assign a licence", "Assign a licence to a user.", false),
    ("licences.revoke", "Revoke a licence", "Revoke a licence of a user.", false),
    ("crm.get_contract", "Look up a contract", "Read the contract that is in force.", true),
    ("crm.cancel", "Cancel a subscription", "Cancel a subscription at the end of its period.", false),
    ("deploy.apply", "Apply a change to production", "Apply a change to production.", false),
    ("deploy.status", "Show the state of production", "Show the state of every service.", true),
];

fn role_file(role: &str, owner: &str, positions: &[Seat]) -> String {
    let mut text = format!("---\nrole: {role}\nowner: \"{owner}\"\nsupervisor: \"@kim\"\npositions:\n");
    for (id, name, driver) in positions {
        text.push_str(&format!("  - id: {id}\n    name: {name}\n    since: 2026-02-02\n    status: active\n"));
        match driver.starts_with('@') {
            true => text.push_str(&format!("    driver: human\n    person: \"{driver}\"\n")),
            false => text.push_str(&format!("    driver: {driver}\n    tools: [orders.get]\n")),
        }
    }
    text + "---\n\n# A role\n\nWhat it is for.\n"
}

fn catalogue() -> Catalogue {
    let tools: Vec<Value> = TOOLS
        .iter()
        .map(|(name, title, description, reads)| {
            json!({
                "name": name, "title": title, "description": description,
                "inputSchema": {"type": "object", "properties": {"amount_cents": {"type": "integer"}}},
                "annotations": {"readOnlyHint": reads},
            })
        })
        .collect();
    Catalogue::from_tool_list(&json!({ "tools": tools }).to_string()).expect("a list of tools")
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 1).expect("a date")
}

struct Fixture {
    company: Directives,
    defines: Vec<Define>,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let mut files = BTreeMap::from([("company.md".to_owned(), COMPANY.to_owned())]);
    for (role, owner, positions) in ROLES {
        files.insert(format!("roles/{role}.md"), role_file(role, owner, positions));
    }
    let (company, problems) = read_all(&files, Some(catalogue()), today());
    let broken: Vec<_> = problems.iter().filter(|p| p.severity == super::Severity::Error).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    let defines = company.readings.iter().filter_map(|reading| match &reading.rule {
        Rule::Define(define) => Some(define.clone()),
        _ => None,
    });
    Fixture { defines: defines.collect(), company }
});

static VOCABULARY: LazyLock<Vocabulary<'static>> = LazyLock::new(|| {
    let Fixture { company, defines } = &*FIXTURE;
    Vocabulary::new(&company.roster, &company.catalogue, defines, &company.roster.timezone, today())
});

/// What a sentence under no heading, in a company-wide file, is read as.
fn outcome(text: &str) -> Outcome {
    read(&Sentence { text, scope: Scope::default() }, &VOCABULARY)
}

fn rules(outcome: &Outcome) -> Option<Vec<Rule>> {
    match outcome {
        Outcome::Rules(read) => Some(read.iter().map(|r| r.rule.clone()).collect()),
        Outcome::Guidance { .. } | Outcome::Refused(_) => None,
    }
}

/// An outcome in one line, for messages.
fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Rules(read) => {
            let said: Vec<String> = read.iter().map(|read| paraphrase(&read.rule, &VOCABULARY)).collect();
            format!("read as: {}", said.join(" "))
        }
        Outcome::Guidance { .. } => "guidance".to_owned(),
        Outcome::Refused(findings) => {
            let said: Vec<String> = findings.iter().map(|f| format!("{}: {}", f.code, f.message)).collect();
            format!("refused: {}", said.join("; "))
        }
    }
}

/// The readings as the contract writes them, without what is only for display.
fn readings(text: &str) -> Value {
    let outcome = outcome(text);
    match rules(&outcome) {
        Some(rules) => Value::Array(rules.iter().map(undisplayed).collect()),
        None => json!(told(&outcome)),
    }
}

fn undisplayed(rule: &Rule) -> Value {
    let mut value = serde_json::to_value(rule).expect("a rule is JSON");
    let slots = value.as_object_mut().expect("a rule is an object");
    slots.remove("action");
    slots.remove("do");
    value
}
