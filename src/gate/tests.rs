//! The gate's tests: one company, and tables over it.

mod approvals;
mod bounds;
mod chain;
mod containment;
mod hours;
mod last_look;
mod near;
mod never_open;
mod pairs;
mod past;
mod policies;
mod precedence;
mod races;
mod resolution;
mod schemas;
mod shown;
mod table;
mod tired;
mod told;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::catalogue::{Catalogue, ToolsLock};
use crate::directives::rule::Rule;
use crate::directives::{Directives, Reading};
use crate::roster::{Driver, Person, Position, PositionStatus, Role, Roster, Team};
use crate::workers::Actor;

/// Friday, 20 November 2026, 10:00 UTC.
pub const NOW: Timestamp = Timestamp(1_795_168_800_000_000);

/// One rule of a test's set: `company` file or a role's.
pub struct Said(pub Option<&'static str>, pub Value);

pub fn company(rule: Value) -> Said {
    Said(None, rule)
}

/// The example company with these sentences; the first stands in line 1 of `rules.md`, and so on.
pub fn directives(said: impl IntoIterator<Item = Said>) -> Directives {
    let always = json!({"kind": "define", "term": "refund", "tools": ["billing.refund"],
        "amount": {"argument": "amount_cents", "unit": "cents", "currency": "USD"}});
    let mut readings = vec![reading(900, None, always)];
    readings.extend(said.into_iter().enumerate().map(|(at, Said(role, rule))| reading(at + 1, role, rule)));
    Directives {
        digest: "sha256:test".to_owned(),
        readings,
        roster: roster(),
        catalogue: catalogue(),
        playbooks: Vec::new(),
        workflows: Vec::new(),
        step_gates: Vec::new(),
        problems: Vec::new(),
        policies: crate::policy::Policies::default(),
        keepers: BTreeMap::new(),
        files: BTreeMap::new(),
    }
}

fn reading(line: usize, role: Option<&str>, rule: Value) -> Reading {
    let text = rule.to_string();
    let nothing_else = rule.get("nothing_else") == Some(&json!(true));
    let mut rule: Rule = serde_json::from_value(rule).unwrap_or_else(|e| panic!("{e}: {text}"));
    if let Rule::Permit(permit) = &mut rule {
        permit.nothing_else = nothing_else;
    }
    Reading {
        origin: Origin {
            file: "rules.md".to_owned(),
            line: u32::try_from(line).unwrap(),
            column: 1,
            text: text.clone(),
        },
        rule,
        paraphrase: text,
        role: role.map(str::to_owned),
    }
}

fn catalogue() -> Catalogue {
    let tool =
        |class: &str, schema: Value, digest: &str| json!({"input_schema": schema, "class": class, "digest": digest});
    let refund = json!({"type": "object", "required": ["order_id", "amount_cents"], "additionalProperties": false,
        "properties": {"order_id": {"type": "string"}, "amount_cents": {"type": "integer"}, "reason": {"type": "string"},
            "customer_id": {"type": "string"}, "currency": {"type": "string"}}});
    let tools = json!({"tools": {
        "billing.refund": tool("write", refund, "sha256:refund"),
        "billing.invoice": tool("read", json!({"type": "object"}), "sha256:invoice"),
        "helpdesk.reply": tool("write", json!({"type": "object"}), "sha256:reply"),
        "helpdesk.search": tool("read", json!({"type": "object"}), "sha256:search"),
        "orders.get": tool("read", json!({"type": "object"}), "sha256:get"),
        "deploy.apply": tool("destructive", json!({"type": "object"}), "sha256:apply"),
    }});
    Catalogue::from_lock(ToolsLock::parse(&tools.to_string()).unwrap())
}

/// Kim leads; Dana (finance), Noor (support) and Sam (SRE) report to Kim; Ana and Bo report to Dana, Lee to Sam.
pub fn roster() -> Roster {
    let mut roster = Roster { triage: Some("kim".to_owned()), timezone: "UTC".to_owned(), ..Roster::default() };
    for (handle, manager) in [
        ("kim", None),
        ("dana", Some("kim")),
        ("noor", Some("kim")),
        ("sam", Some("kim")),
        ("ana", Some("dana")),
        ("bo", Some("dana")),
        ("lee", Some("sam")),
    ] {
        let person = Person {
            handle: handle.to_owned(),
            name: handle.to_owned(),
            email: None,
            slack_id: None,
            title: None,
            reports_to: manager.map(str::to_owned),
            timezone: None,
        };
        roster.people.insert(handle.to_owned(), person);
    }
    for (id, members) in
        [("finance", vec!["dana", "ana"]), ("sre", vec!["sam", "lee"]), ("support", vec!["noor", "bo"])]
    {
        let members = members.into_iter().map(str::to_owned).collect();
        let team = Team { id: id.to_owned(), name: id.to_owned(), members, user_group: None };
        roster.teams.insert(id.to_owned(), team);
    }
    role(
        &mut roster,
        "finance-operations",
        "person:@dana",
        "finance",
        &[("finance-agent", None, &["billing.*", "orders.get"])],
    );
    role(
        &mut roster,
        "support",
        "person:@noor",
        "support",
        &[("support-agent", None, &["helpdesk.*", "billing.refund"])],
    );
    role(&mut roster, "sre", "person:@sam", "sre", &[("deploy-agent", None, &["deploy.apply"])]);
    role(
        &mut roster,
        "finance-manager",
        "person:@kim",
        "finance",
        &[("manager-1", Some("dana"), &[]), ("manager-2", Some("bo"), &[])],
    );
    roster
}

fn role(roster: &mut Roster, id: &str, owner: &str, team: &str, seats: &[(&str, Option<&str>, &[&str])]) {
    let mut positions = Vec::new();
    for (line, (seat, person, tools)) in seats.iter().enumerate() {
        positions.push((*seat).to_owned());
        let position = Position {
            id: (*seat).to_owned(),
            role: id.to_owned(),
            name: (*seat).to_owned(),
            icon: None,
            model: None,
            driver: if person.is_some() { Driver::Human } else { Driver::Playbook },
            person: person.map(str::to_owned),
            tools: tools.iter().map(|tool| (*tool).to_owned()).collect(),
            since: Some("2026-11-01".to_owned()),
            reviewed: None,
            status: PositionStatus::Active,
            line: u32::try_from(line).unwrap() + 5,
        };
        roster.positions.insert((*seat).to_owned(), position);
    }
    let role = Role {
        id: id.to_owned(),
        file: format!("roles/{id}.md"),
        title: id.to_owned(),
        owner: owner.parse().unwrap(),
        supervisor: "person:@kim".parse().unwrap(),
        team: Some(team.to_owned()),
        review_every_days: None,
        positions,
        handles: Vec::new(),
        description: String::new(),
        examples: Vec::new(),
    };
    roster.roles.insert(id.to_owned(), role);
}

pub fn account(handle: &str) -> SlackUser {
    SlackUser { team: "T1".to_owned(), user: format!("U{}", handle.to_uppercase()) }
}

/// Everyone has an active account of the home workspace.
pub fn accounts() -> Accounts {
    let people = roster().people.into_keys().map(|handle| {
        let account = account(&handle);
        (handle, AccountState { account, active: true, guest: false, bot: false, email: None })
    });
    Accounts::Live { team: "T1".to_owned(), people: people.collect(), groups: BTreeMap::new() }
}

/// A refund of so many dollars that Ana asks the finance agent for.
pub fn refund(dollars: i64) -> Proposal {
    proposal("finance-agent", "billing.refund", json!({"order_id": "ORD-1042", "amount_cents": dollars * 100}))
}

pub fn proposal(agent: &str, tool: &str, arguments: Value) -> Proposal {
    Proposal {
        tool: ToolName(tool.to_owned()),
        arguments,
        actor: ActorChain::from_origin(Actor::Human(account("ana"))).then(Actor::Agent(agent.to_owned())),
        worker: WorkerRef::Agent(agent.to_owned()),
        requester: Some(Requester { handle: Some("ana".to_owned()), account: Some(account("ana")) }),
        live_digest: None,
    }
}

/// A mention in #support, with nothing looked up yet.
pub fn facts(text: &str) -> TaskFacts {
    TaskFacts {
        text: Some(text.to_owned()),
        topics: Some(Vec::new()),
        channel: Some("support".to_owned()),
        source: Some(Source::Mention),
        priority: Some(Priority::Normal),
        failed_times: Some(0),
        unsure: Some(false),
        unanswered_for: Some(Span(0)),
        stuck_for: Some(Span(0)),
        ..TaskFacts::unknown(TaskId(17))
    }
}

pub fn nothing_before() -> History {
    History::Known(Vec::new())
}

/// The lines of `rules.md` that decided.
pub fn lines(verdict: &Verdict) -> Vec<u32> {
    let origins = verdict.because.iter().filter_map(|because| because.origin.as_ref());
    origins.filter(|origin| origin.file == "rules.md").map(|origin| origin.line).collect()
}
