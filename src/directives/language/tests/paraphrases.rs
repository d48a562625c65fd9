//! Reading a paraphrase gives the same rule, for rules of every kind.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::{VOCABULARY, outcome, rules, told, undisplayed};
use crate::directives::language::paraphrase;
use crate::directives::rule::Rule;

const AGENTS: [&str; 4] = ["agent:finance-agent", "agent:support-agent", "agent:hr-agent", "agent:it-agent"];
const PEOPLE: [&str; 6] =
    ["person:@kim", "person:@dana", "person:@ana", "person:@noor", "person:@jonas", "person:@lena"];
const GROUPS: [&str; 5] = ["team:sre", "team:finance", "team:support", "role:support-lead", "role:finance-manager"];
const SEATS: [&str; 3] = ["human", "owner", "supervisor"];
/// What sentences call an action, and its tools; the first ones hold an amount.
const ACTS: [(&str, &[&str]); 9] = [
    ("refunds", &["billing.refund"]),
    ("issuing refunds", &["billing.refund"]),
    ("refund", &["billing.refund"]),
    ("change production", &["deploy.apply"]),
    ("changes to production", &["deploy.apply"]),
    ("reply to tickets", &["helpdesk.reply"]),
    ("cancelling subscriptions", &["crm.cancel"]),
    ("`licences.revoke`", &["licences.revoke"]),
    ("revoke or assign licences", &["licences.revoke", "licences.assign"]),
];
const WITH_AMOUNT: usize = 3;
const TOPICS: [&str; 6] = ["billing", "order", "password reset", "sick leave", "data breach", "refund"];
const CRONS: [&str; 9] = [
    "0 0 9 * * Mon-Fri *", "0 30 8 * * Mon *", "0 30 8 1-7 * Mon *", "0 0 6 1 * * *", "0 15 17 * * * *",
    "0 0 8,16 * * Tue,Thu *", "0 */15 * * * * *", "0 0 */2 * * * *", "0 0 10 15-21 * Wed *",
];

fn one<T: Copy + std::fmt::Debug + 'static>(items: &'static [T]) -> impl Strategy<Value = T> {
    select(items)
}

fn some(items: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(items, 1..=most)
}

fn decider() -> impl Strategy<Value = &'static str> {
    prop_oneof![one(&PEOPLE), one(&GROUPS), one(&SEATS)]
}

fn actors() -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![some(&AGENTS, 3), some(&PEOPLE, 2)]
}

fn sometimes(actors: impl Strategy<Value = Vec<&'static str>>) -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![Just(Vec::new()), actors]
}

fn duration() -> impl Strategy<Value = &'static str> {
    select(&["PT15M", "PT30M", "PT90M", "PT1H", "PT4H", "P1D", "P2D", "P7D"][..])
}

fn money() -> impl Strategy<Value = Value> {
    prop_oneof![(1_u32..50_000).prop_map(Value::from), (1_u32..5_000).prop_map(|n| json!(f64::from(n) + 0.25))]
}

/// A range that is not empty; with a period, a running total.
fn range() -> impl Strategy<Value = Value> {
    let bounds = prop_oneof![
        (select(&["over", "at_least", "under", "at_most"][..]), money()).prop_map(|(side, n)| json!({ side: n })),
        (1_u32..500, 500_u32..9_000).prop_map(|(low, high)| json!({"at_least": low, "at_most": high})),
        (1_u32..500, 501_u32..9_000).prop_map(|(low, high)| json!({"over": low, "under": high})),
    ];
    let total = option::of((
        select(&["P1D", "P7D", "P30D"][..]),
        option::of(select(&["customer", "requester", "worker", "target"][..])),
    ));
    (bounds, total).prop_map(|(mut range, total)| {
        range["currency"] = "USD".into();
        if let Some((per, same)) = total {
            range["per"] = per.into();
            if let Some(same) = same {
                range["same"] = same.into();
            }
        }
        range
    })
}

/// One slot of a condition that can be looked up when an action is proposed.
fn slot(amount: bool) -> BoxedStrategy<(&'static str, Value)> {
    let plain = prop_oneof![
        some(&TOPICS, 3).prop_map(|topics| ("topics", json!(topics))),
        some(&["lawsuit", "data breach", "refund me"], 2).prop_map(|words| ("mentions", json!(words))),
        some(&["#finance", "#it"], 2).prop_map(|names| ("channels", json!(names))),
        prop_oneof![some(&PEOPLE, 2), some(&GROUPS, 2), some(&["bot:sentry"], 1)]
            .prop_map(|from| ("from", json!(from))),
        select(&["mention", "message", "form", "email", "calendar", "webhook:shop"][..])
            .prop_map(|s| ("source", json!(s))),
        some(&["vip", "trial"], 2).prop_map(|terms| ("segments", json!(terms))),
        select(&["urgent", "high", "normal", "low"][..]).prop_map(|rank| ("priority", json!(rank))),
        select(&["inside", "outside"][..]).prop_map(|side| ("hours", json!(side))),
        (1_u32..9, option::of(select(&["customer", "requester", "worker", "target"][..])), select(&["P1D", "P7D"][..]))
            .prop_map(|(over, same, per)| {
                let mut times = json!({"over": over, "per": per});
                if let Some(same) = same {
                    times["same"] = same.into();
                }
                ("times", times)
            }),
    ];
    if amount { prop_oneof![3 => plain, 2 => range().prop_map(|r| ("amount", r))].boxed() } else { plain.boxed() }
}

fn slots(amount: bool, from: usize) -> impl Strategy<Value = Value> {
    vec(slot(amount), from..=3)
        .prop_map(|slots| Value::Object(slots.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()))
}

/// Any condition, nested and with an exception at times.
fn condition(amount: bool, from: usize) -> impl Strategy<Value = Value> {
    (slots(amount, from), option::weighted(0.2, slots(false, 1)), option::weighted(0.3, slots(false, 1))).prop_map(
        move |(mut when, also, unless)| {
            if let Some(also) = also.filter(|_| from > 0) {
                when["all"] = json!([also]);
            }
            if let Some(unless) = unless {
                when["unless"] = unless;
            }
            when
        },
    )
}

/// The tools of an action, what it is called, and a condition that fits it.
fn gate() -> impl Strategy<Value = Value> {
    (0..ACTS.len()).prop_flat_map(|n| {
        let (action, tools) = ACTS[n];
        condition(n < WITH_AMOUNT, 0).prop_map(move |when| json!({"action": action, "tools": tools, "when": when}))
    })
}

fn with(mut rule: Value, slots: Value) -> Value {
    let (Value::Object(rule_slots), Value::Object(more)) = (&mut rule, slots) else { panic!("two objects") };
    rule_slots.extend(
        more.into_iter().filter(|(_, value)| *value != Value::Null && *value != json!([]) && *value != json!({})),
    );
    rule
}

fn gates() -> BoxedStrategy<Value> {
    let approve = (
        gate(),
        sometimes(some(&AGENTS, 2)),
        option::of(decider()),
        option::of(duration()),
        option::of(one(&PEOPLE)),
        any::<bool>(),
    )
        .prop_map(|(gate, who, by, within, otherwise, typed)| {
            let slots = json!({
                "kind": "approve", "who": who, "by": by.into_iter().collect::<Vec<_>>(), "within": within,
                "otherwise": otherwise.map(|worker| vec![worker]), "confirm": typed.then_some("typed"),
            });
            with(gate, slots)
        });
    let two = gate().prop_map(|gate| with(gate, json!({"kind": "approve", "by": ["team:sre"], "count": 2})));
    let allow = (gate(), sometimes(actors())).prop_map(|(gate, who)| with(gate, json!({"kind": "allow", "who": who})));
    let forbid =
        (gate(), sometimes(actors())).prop_map(|(gate, who)| with(gate, json!({"kind": "forbid", "who": who})));
    let before = (gate(), sometimes(actors()), some(&["orders.get", "crm.get_contract", "helpdesk.search"], 2))
        .prop_map(|(gate, who, first)| with(gate, json!({"kind": "before", "who": who, "first": first})));
    let permit = (actors(), some(&["billing.refund", "helpdesk.*", "workforce.stop", "orders.get"], 3), any::<bool>())
        .prop_map(|(who, tools, only)| {
            with(
                json!({"kind": "permit", "who": who, "tools": tools}),
                if only { json!({"only": true}) } else { json!({}) },
            )
        });
    prop_oneof![approve, two, allow, forbid, before, permit].boxed()
}

fn work() -> BoxedStrategy<Value> {
    let route = (condition(false, 0), prop_oneof![actors(), some(&GROUPS, 1)])
        .prop_map(|(when, to)| with(json!({"kind": "route", "to": to}), json!({ "when": when })));
    let trigger = prop_oneof![
        duration().prop_map(|d| json!({"unanswered_for": d})),
        (1_u32..6).prop_map(|n| json!({"failed_times": n})),
        Just(json!({"unsure": true})),
        duration().prop_map(|d| json!({"stuck_for": d})),
        condition(false, 1),
    ];
    let escalate = (trigger, sometimes(some(&AGENTS, 2)), decider())
        .prop_map(|(when, who, to)| with(json!({"kind": "escalate", "when": when, "to": [to]}), json!({ "who": who })));
    let prioritise = (condition(false, 1), select(&["urgent", "high", "normal", "low"][..]))
        .prop_map(|(when, rank)| json!({"kind": "prioritise", "when": when, "priority": rank}));
    let expect = (condition(false, 0), sometimes(actors()), option::of(duration()), duration(), any::<bool>())
        .prop_map(|(when, who, respond, resolve, both)| {
            let resolve = (both || respond.is_none()).then_some(resolve);
            with(
                json!({"kind": "expect"}),
                json!({"when": when, "who": who, "respond_within": respond, "resolve_within": resolve}),
            )
        });
    prop_oneof![route, escalate, prioritise, expect].boxed()
}

fn care() -> BoxedStrategy<Value> {
    let budget = (some(&AGENTS, 2), money(), select(&["task", "day", "week", "month", "quarter"][..]), select(&["pause", "ask", "warn"][..]))
        .prop_map(|(who, amount, per, then)| json!({"kind": "budget", "who": who, "amount": amount, "currency": "EUR", "per": per, "then": then}));
    let review = (some(&AGENTS, 2), 1_u32..400, option::of(decider())).prop_map(|(who, days, remind)| {
        with(
            json!({"kind": "review", "who": who, "every_days": days}),
            json!({"remind": remind.into_iter().collect::<Vec<_>>()}),
        )
    });
    let sample = (some(&AGENTS, 2), 1_u32..=100, option::of(decider())).prop_map(|(who, percent, by)| {
        with(
            json!({"kind": "sample", "who": who, "percent": percent}),
            json!({"by": by.into_iter().collect::<Vec<_>>()}),
        )
    });
    let guard = (
        some(&AGENTS, 1),
        one(&["acceptance", "escalations", "cost", "csat"]),
        1_u32..100,
        any::<bool>(),
        1_u32..100,
        select(&["approve_all", "pause", "notify"][..]),
        one(&PEOPLE),
    )
        .prop_map(|(who, measure, value, below, days, then, to)| {
            let side = if below { "below" } else { "above" };
            let to = if then == "notify" { json!([to]) } else { json!([]) };
            with(
                json!({"kind": "guard", "who": who, "measure": measure, side: value, "over_days": days, "then": then}),
                json!({ "to": to }),
            )
        });
    let autonomy = (
        some(&AGENTS, 2),
        one(&["observe", "suggest", "ask", "act", "report"]),
        option::of(one(&["P30D", "P7D", "2026-12-01"])),
        any::<bool>(),
    )
        .prop_map(|(who, level, until, refunds)| {
            let about = if refunds { json!({"action": "refund", "tools": ["billing.refund"]}) } else { json!({}) };
            let plain = with(json!({"kind": "autonomy", "who": who, "level": level}), json!({ "until": until }));
            with(plain, about)
        });
    prop_oneof![budget, review, sample, guard, autonomy].boxed()
}

fn calendar() -> BoxedStrategy<Value> {
    let schedule = (
        one(&CRONS),
        option::of(one(&["Europe/Lisbon", "America/New_York", "UTC"])),
        option::of(one(&PEOPLE)),
        option::of(1_u32..200),
        any::<bool>(),
    )
        .prop_map(|(cron, timezone, to, days, working)| {
            let who = if working && to.is_some() { vec!["agent:hr-agent"] } else { Vec::new() };
            with(
                json!({"kind": "schedule", "cron": cron, "do": "remind about reviews"}),
                json!({"timezone": timezone, "to": to.map(|to| vec![to]), "older_than_days": days, "who": who}),
            )
        });
    let cover = (subsequence(&PEOPLE[..], 2), 1_u32..15, 15_u32..28).prop_map(|(people, from, until)| {
        json!({"kind": "cover", "person": people[0], "by": [people[1]], "from": format!("2026-08-{from:02}"), "until": format!("2026-09-{until}")})
    });
    let hours = (
        subsequence(&["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][..], 1..=7),
        5_u32..12,
        12_u32..=24,
        sometimes(prop_oneof![some(&GROUPS, 1), some(&PEOPLE, 2)]),
        option::of(one(&["Europe/Lisbon", "America/New_York", "UTC"])),
    )
        .prop_map(|(days, start, end, who, timezone)| {
            let (start, end) = (format!("{start:02}:30"), format!("{end:02}:00"));
            with(
                json!({"kind": "hours", "days": days, "start": start, "end": end}),
                json!({"who": who, "timezone": timezone}),
            )
        });
    let define = some(&["invoice", "refund", "payment method"], 3)
        .prop_map(|means| json!({"kind": "define", "term": "cash", "means": means}));
    prop_oneof![schedule, cover, hours, define].boxed()
}

/// With every default written out, and lists in one order.
fn filled(rule: &Rule) -> Value {
    let mut value = undisplayed(rule);
    let kind = value["kind"].as_str().unwrap_or_default().to_owned();
    let defaults = match kind.as_str() {
        "approve" => json!({"within": "P1D", "by": ["owner"], "otherwise": "deny"}),
        "review" => json!({"remind": ["owner"]}),
        "sample" => json!({"by": ["owner"]}),
        "budget" => json!({"then": "pause"}),
        "schedule" | "hours" => json!({"timezone": VOCABULARY.timezone}),
        _ => json!({}),
    };
    for (slot, default) in defaults.as_object().into_iter().flatten() {
        if value.get(slot).is_none() {
            value[slot] = default.clone();
        }
    }
    sorted(value)
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(slots) => Value::Object(slots.into_iter().map(|(slot, inner)| (slot, sorted(inner))).collect()),
        Value::String(text) if text == "PT90M" => json!("PT5400S"),
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(700) })]

    #[test]
    fn a_paraphrase_reads_as_the_rule_that_it_says(value in prop_oneof![3 => gates(), 2 => work(), 1 => care(), 1 => calendar()]) {
        let rule: Rule = serde_json::from_value(value).expect("a rule");
        let said = paraphrase(&rule, &VOCABULARY);
        let read = rules(&outcome(&said));
        let Some([again]) = read.as_deref() else {
            return Err(TestCaseError::fail(format!("{said}\n{}", told(&outcome(&said)))));
        };
        prop_assert_eq!(filled(again), filled(&rule), "{}\nreads back as {}", said, paraphrase(again, &VOCABULARY));
        // Said again it is the same sentence, so there is one canonical wording.
        prop_assert_eq!(paraphrase(again, &VOCABULARY).to_lowercase(), said.to_lowercase());
    }
}
