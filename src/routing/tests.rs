//! The router's tests: one company, and tables over it.

mod learning;
mod precedence;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::catalogue::{Catalogue, ToolsLock};
use crate::clock::Timestamp;
use crate::directives::rule::Rule;
use crate::directives::{Directives, Reading};
use crate::roster::{Driver, Person, Position, PositionStatus, Role, Roster, Team};

/// Friday, 20 November 2026, 10:00 UTC.
const NOW: Timestamp = Timestamp(1_795_168_800_000_000);

/// A sentence's place and reading.
struct Said {
    file: &'static str,
    line: u32,
    role: Option<&'static str>,
    rule: Value,
}

fn said(line: u32, rule: Value) -> Said {
    Said { file: "routing.md", line, role: None, rule }
}

fn reading(said: &Said) -> Reading {
    let text = said.rule.to_string();
    let rule: Rule = serde_json::from_value(said.rule.clone()).unwrap_or_else(|e| panic!("{e}: {text}"));
    let origin = Origin { file: said.file.to_owned(), line: said.line, column: 1, text: text.clone() };
    Reading { origin, rule, paraphrase: text, role: said.role.map(str::to_owned) }
}

fn directives(said: &[Said]) -> Directives {
    Directives {
        digest: format!("sha256:{}", said.len()),
        readings: said.iter().map(reading).collect(),
        roster: roster(),
        catalogue: Catalogue::from_lock(ToolsLock::default()),
        playbooks: Vec::new(),
        workflows: Vec::new(),
        problems: Vec::new(),
        policies: crate::policy::Policies::default(),
        keepers: BTreeMap::new(),
        files: BTreeMap::new(),
    }
}

fn roster() -> Roster {
    let mut roster =
        Roster { timezone: "Europe/Berlin".to_owned(), triage: Some("kim".to_owned()), ..Roster::default() };
    for handle in ["kim", "dana", "ana", "noor"] {
        let person = Person {
            handle: handle.to_owned(),
            name: handle.to_owned(),
            email: None,
            slack_id: None,
            title: None,
            reports_to: None,
            timezone: None,
        };
        roster.people.insert(handle.to_owned(), person);
    }
    let team = Team {
        id: "support".to_owned(),
        name: "Support team".to_owned(),
        members: vec!["ana".to_owned(), "noor".to_owned()],
        user_group: None,
    };
    roster.teams.insert(team.id.clone(), team);
    add_role(&mut roster, "finance", &["Refunds and money back", "Invoices and charges"], Driver::Playbook);
    add_role(&mut roster, "orders", &["Where a parcel is", "Orders that are late or lost"], Driver::Playbook);
    add_role(&mut roster, "legal-desk", &["Letters from lawyers", "Contracts and their terms"], Driver::Human);
    roster
}

fn add_role(roster: &mut Roster, id: &str, handles: &[&str], driver: Driver) {
    let position = Position {
        id: format!("{id}-agent"),
        role: id.to_owned(),
        name: id.to_owned(),
        icon: None,
        driver,
        model: None,
        person: (driver == Driver::Human).then(|| "noor".to_owned()),
        tools: Vec::new(),
        since: None,
        reviewed: None,
        status: PositionStatus::Active,
        line: 5,
    };
    let role = Role {
        id: id.to_owned(),
        file: format!("roles/{id}.md"),
        title: id.to_owned(),
        owner: WorkerRef::Person("dana".to_owned()),
        supervisor: WorkerRef::Person("kim".to_owned()),
        team: None,
        review_every_days: None,
        positions: vec![position.id.clone()],
        handles: handles.iter().map(|line| (*line).to_owned()).collect(),
        description: String::new(),
        examples: Vec::new(),
    };
    roster.positions.insert(position.id.clone(), position);
    roster.roles.insert(role.id.clone(), role);
}

fn request(text: &str) -> Request {
    Request {
        text: text.to_owned(),
        channel: Some("support".to_owned()),
        from: Some("ana".to_owned()),
        from_bot: None,
        source: Source::Mention,
        at: NOW,
    }
}

fn ask(directives: &Directives, text: &str) -> Routing {
    route(&request(text), directives, &Router::build(directives, &[]), NOW)
}

/// The workers as the contract writes them, and the lines that decided.
fn short(routing: &Routing) -> (Vec<String>, Vec<(String, u32)>) {
    let because = routing.because.iter().map(|cause| (cause.file.clone(), cause.line)).collect();
    (routing.to.iter().map(ToString::to_string).collect(), because)
}

fn billing_to_finance(line: u32) -> Said {
    said(line, json!({"kind": "route", "when": {"topics": ["billing"]}, "to": ["agent:finance-agent"]}))
}

fn billing_means(line: u32) -> Said {
    said(line, json!({"kind": "define", "term": "billing", "means": ["invoice", "refund", "charge", "payment method"]}))
}
