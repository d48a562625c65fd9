//! The scenarios of the example company, on its own role files.

use std::path::Path;

use chrono::NaiveDate;
use serde_json::{Value, json};
use workforce::clock::Timestamp;
use workforce::directives::files::read_all;
use workforce::directives::rule::{Rule, Source};
use workforce::directives::{Directives, Origin, Reading};
use workforce::flow::directory::read_directory;
use workforce::routing::{Request, Router, Routing, route};

/// Friday, 20 November 2026, 10:00 UTC.
const NOW: Timestamp = Timestamp(1_795_168_800_000_000);

fn reading(line: u32, rule: Value) -> Reading {
    let text = rule.to_string();
    let origin = Origin { file: "routing.md".to_owned(), line, column: 1, text: text.clone() };
    Reading { origin, rule: serde_json::from_value::<Rule>(rule).unwrap(), paraphrase: text, role: None }
}

/// The example company's people and roles, with rules of its `routing.md` as the contract writes them.
fn acme() -> Directives {
    let files = read_directory(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/directives"))).unwrap();
    let (mut set, _problems) = read_all(&files, None, NaiveDate::from_ymd_opt(2026, 11, 20).unwrap());
    let means = |line, term: &str, means: Value| reading(line, json!({"kind": "define", "term": term, "means": means}));
    let topic =
        |line, topic: &str, to: &str| reading(line, json!({"kind": "route", "when": {"topics": [topic]}, "to": [to]}));
    let legal =
        json!({"kind": "escalate", "when": {"mentions": ["legal", "lawsuit", "lawyer"]}, "to": ["role:legal-desk"]});
    set.readings = vec![
        means(1, "billing", json!(["invoice", "refund", "charge", "payment method"])),
        means(2, "order", json!(["parcel", "shipment", "delivery", "tracking number"])),
        topic(7, "billing", "agent:finance-agent"),
        topic(8, "order", "agent:orders-agent"),
        reading(18, legal),
    ];
    set
}

fn ask(set: &Directives, text: &str) -> Routing {
    let request = Request {
        text: text.to_owned(),
        channel: Some("support".to_owned()),
        from: Some("ana".to_owned()),
        from_bot: None,
        source: Source::Mention,
        at: NOW,
    };
    route(&request, set, &Router::build(set, &[]), NOW)
}

fn to(routing: &Routing) -> Vec<String> {
    routing.to.iter().map(ToString::to_string).collect()
}

#[test]
fn the_scenarios_go_where_they_must() {
    let set = acme();
    let lawyer = ask(&set, "A customer mentions their lawyer and wants a refund");
    assert_eq!((to(&lawyer), lawyer.because[0].line), (vec!["role:legal-desk".to_owned()], 18));
    assert_eq!(lawyer.instead_of.as_ref().map(|cause| cause.line), Some(7));
    for (text, agent, line) in [
        ("where is order ORD-1042?", "agent:orders-agent", 8),
        ("please refund ORD-1042, $40, it arrived broken", "agent:finance-agent", 7),
    ] {
        let routing = ask(&set, text);
        assert_eq!((to(&routing), routing.because[0].line), (vec![agent.to_owned()], line), "{text}");
    }
    for text in ["my cat is on the roof", "hi", "thanks!"] {
        let routing = ask(&set, text);
        assert_eq!((to(&routing), routing.candidates.len()), (vec!["human".to_owned()], 5), "{text}");
    }
}

#[test]
fn descriptions_alone_put_the_right_agent_first() {
    let set = acme();
    for (text, first) in [
        ("I forgot my password and am locked out", "agent:it-agent"),
        ("how many vacation days do I have left", "agent:hr-agent"),
        ("the checkout page shows an error since noon", "agent:engineering-agent"),
        ("we received a letter about a trademark", "role:legal-desk"),
        ("her card was declined twice", "agent:finance-agent"),
    ] {
        assert_eq!(ask(&set, text).candidates[0].worker.to_string(), first, "{text}");
    }
}

/// What a router that only knows the role files must reach on messages that were written without looking at them again.
#[test]
fn messages_of_an_ordinary_week_are_mostly_understood_and_strangers_are_not_taken() {
    let mut set = acme();
    set.readings.clear();
    let router = Router::build(&set, &[]);
    let (mut owned, mut first_right, mut routed, mut routed_right, mut taken_strangers) = (0, 0, 0, 0, Vec::new());
    for line in include_str!("../data/messages-for-acme.jsonl").lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let (text, wanted) = (message["text"].as_str().unwrap(), message["route"].as_str().unwrap());
        let request = Request {
            text: text.to_owned(),
            channel: None,
            from: None,
            from_bot: None,
            source: Source::Mention,
            at: NOW,
        };
        let routing = route(&request, &set, &router, NOW);
        let went = to(&routing).join(", ");
        if wanted == "human" {
            taken_strangers.extend((went != "human").then(|| text.to_owned()));
            continue;
        }
        owned += 1;
        first_right += usize::from(routing.candidates[0].worker.to_string() == wanted);
        routed += usize::from(went != "human");
        routed_right += usize::from(went == wanted);
        println!(
            "{:.2} {went} (wanted {wanted}, closest {}): {text}",
            routing.confidence, routing.candidates[0].worker
        );
    }
    println!("{first_right} of {owned} closest right; {routed_right} of {routed} routed right");
    assert!(taken_strangers.is_empty(), "{taken_strangers:?}");
    assert!(first_right * 100 >= owned * 80, "{first_right} of {owned}");
    assert!(routed_right * 100 >= routed * 95, "{routed_right} of {routed}");
}
