//! What the company of these tests has written down, and the accounts that Slack tells of.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::house::account;
use crate::catalogue::{Catalogue, ToolsLock};
use crate::directives::rule::Rule;
use crate::directives::{Directives, Origin, Reading};
use crate::roster::directory::{AccountFact, ChannelState, Directory};
use crate::roster::{Driver, Person, Position, PositionStatus, Role, Roster, Team};
use crate::workers::WorkerRef;

pub fn origin(line: u32, text: &str) -> Origin {
    Origin { file: "rules.md".into(), line, column: 1, text: text.into() }
}

/// The usual sentences of `rules.md`, by line.
fn sentences() -> Vec<(&'static str, Value)> {
    vec![
        (
            "Billing questions go to the finance agent.",
            json!({"kind": "route", "when": {"topics": ["billing"]}, "to": ["agent:finance-agent"]}),
        ),
        (
            "Refunds up to $200 run without approval.",
            json!({"kind": "allow", "action": "refund", "tools": ["billing.refund"],
                "when": {"amount": {"at_most": 200, "currency": "USD"}}}),
        ),
        (
            "Refunds above $200 need approval from a finance manager.",
            json!({"kind": "approve", "action": "refund", "tools": ["billing.refund"], "by": ["role:finance-manager"],
                "count": 1, "when": {"amount": {"over": 200, "currency": "USD"}}}),
        ),
        (
            "Anything mentioning a lawyer gets escalated to the legal desk.",
            json!({"kind": "escalate", "when": {"mentions": ["lawyer"]}, "to": ["role:legal-desk"]}),
        ),
        (
            "If nobody answers within 30 minutes, tell Kim.",
            json!({"kind": "escalate", "when": {"unanswered_for": "PT30M"}, "to": ["person:@kim"]}),
        ),
        (
            "By billing we mean invoices, refunds and charges.",
            json!({"kind": "define", "term": "billing", "means": ["invoice", "refund", "charge"]}),
        ),
        (
            "A refund means `billing.refund`; its amount is `amount_cents` in cents of USD.",
            json!({"kind": "define", "term": "refund", "tools": ["billing.refund"],
                "amount": {"argument": "amount_cents", "unit": "cents", "currency": "USD"}}),
        ),
    ]
}

pub fn directives(said: Vec<Value>) -> Directives {
    let more = said.into_iter().map(|rule| ("An added sentence.", rule));
    let usual = sentences().into_iter().zip(1..);
    let readings = usual.chain(more.zip(101..)).map(|((text, rule), line)| Reading {
        origin: origin(line, text),
        rule: serde_json::from_value::<Rule>(rule).unwrap(),
        paraphrase: text.into(),
        role: None,
    });
    let keeper = WorkerRef::Person("kim".into());
    let tool = |class: &str| json!({"input_schema": {"type": "object"}, "class": class, "digest": "sha256:x"});
    let tools = json!({"tools": {
        "billing.refund": tool("write"), "billing.get_invoice": tool("read"), "orders.get": tool("read"),
    }});
    Directives {
        digest: "sha256:test".into(),
        readings: readings.collect(),
        roster: roster(),
        catalogue: Catalogue::from_lock(ToolsLock::parse(&tools.to_string()).unwrap()),
        playbooks: vec![],
        workflows: Vec::new(),
        problems: vec![],
        policies: crate::policy::Policies::default(),
        keepers: BTreeMap::from([(String::new(), keeper.clone()), ("rules.md".into(), keeper)]),
        files: BTreeMap::from([("rules.md".into(), "# Rules\n".into()), ("company.md".into(), "# Acme\n".into())]),
    }
}

fn roster() -> Roster {
    let mut roster = Roster { triage: Some("kim".into()), timezone: "UTC".into(), ..Roster::default() };
    for (handle, name, manager) in [
        ("kim", "Kim Osei", None),
        ("dana", "Dana Ruiz", Some("kim")),
        ("omar", "Omar Haddad", Some("dana")),
        ("noor", "Noor Haddad", Some("kim")),
        ("ana", "Ana Silva", Some("noor")),
        ("ben", "Ben Adler", Some("noor")),
        ("priya", "Priya Nair", Some("kim")),
    ] {
        let person = Person {
            handle: handle.into(),
            name: name.into(),
            email: None,
            slack_id: Some(account(handle).user),
            title: None,
            reports_to: manager.map(str::to_owned),
            timezone: None,
        };
        roster.people.insert(handle.into(), person);
    }
    let members = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    let support = Team {
        id: "support".into(),
        name: "Support team".into(),
        members: members(&["noor", "ana", "ben"]),
        user_group: None,
    };
    roster.teams.insert("support".into(), support);
    let finn = Seat {
        id: "finance-agent",
        name: "Finn (Finance)",
        person: None,
        tools: &["billing.*", "orders.get"],
        reviewed: Some("2026-08-12"),
    };
    role(&mut roster, "finance-operations", "Finance operations", "person:@dana", Some(90), &[finn]);
    let managers = [("manager-1", "Dana Ruiz", "dana"), ("manager-2", "Omar Haddad", "omar")]
        .map(|(id, name, person)| Seat { id, name, person: Some(person), tools: &[], reviewed: None });
    role(&mut roster, "finance-manager", "Finance manager", "person:@kim", None, &managers);
    let priya = Seat { id: "legal-desk-priya", name: "Priya Nair", person: Some("priya"), tools: &[], reviewed: None };
    role(&mut roster, "legal-desk", "Legal desk", "person:@priya", None, &[priya]);
    let olga = Seat { id: "orders-agent", name: "Olga (Orders)", person: None, tools: &["orders.get"], reviewed: None };
    role(&mut roster, "orders", "Orders", "person:@noor", None, &[olga]);
    roster
}

struct Seat {
    id: &'static str,
    name: &'static str,
    person: Option<&'static str>,
    tools: &'static [&'static str],
    reviewed: Option<&'static str>,
}

fn role(roster: &mut Roster, id: &str, title: &str, owner: &str, review_every_days: Option<u32>, seats: &[Seat]) {
    for (seat, line) in seats.iter().zip(7..) {
        let position = Position {
            id: seat.id.into(),
            role: id.into(),
            name: seat.name.into(),
            icon: None,
            model: None,
            driver: if seat.person.is_some() { Driver::Human } else { Driver::Playbook },
            person: seat.person.map(str::to_owned),
            tools: seat.tools.iter().map(|tool| (*tool).to_owned()).collect(),
            since: None,
            reviewed: seat.reviewed.map(str::to_owned),
            status: PositionStatus::Active,
            line,
        };
        roster.positions.insert(seat.id.into(), position);
    }
    let role = Role {
        id: id.into(),
        file: format!("roles/{id}.md"),
        title: title.into(),
        owner: owner.parse().unwrap(),
        supervisor: WorkerRef::Person("kim".into()),
        team: None,
        review_every_days,
        positions: seats.iter().map(|seat| seat.id.to_owned()).collect(),
        handles: vec![],
        description: String::new(),
        examples: vec![],
    };
    roster.roles.insert(id.into(), role);
}

/// Everybody has an account; Gus is a guest, and Sam a member whom the company file does not know.
pub fn directory() -> Directory {
    let people = ["kim", "dana", "omar", "noor", "ana", "ben", "priya", "gus", "sam"];
    let accounts = people.map(|handle| AccountFact {
        user: account(handle),
        handle: handle.into(),
        real_name: handle.into(),
        email: None,
        timezone: None,
        is_bot: false,
        is_guest: handle == "gus",
        deactivated: false,
    });
    let channel = |id: &str, name: &str, private: bool| ChannelState {
        team: "T1".into(),
        id: id.into(),
        name: name.into(),
        private,
        archived: false,
        joined: true,
    };
    Directory {
        accounts: accounts.into(),
        channels: vec![
            channel("C0SUPPORT", "support", false),
            channel("C0GENERAL", "general", false),
            channel("C0LEGAL", "legal", true),
        ],
        groups: vec![],
        reviews: vec![],
    }
}
