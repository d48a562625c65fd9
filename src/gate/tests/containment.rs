//! Containment is a proof: whatever fits the inner condition fits the outer one, for every request.

use proptest::prelude::*;

use super::super::containment::Company;
use super::*;
use crate::directives::matching::conditions::{Measures, Request, Scope, Sender, holds};
use crate::directives::matching::words::{Terms, Words};
use crate::directives::rule::{AmountRange, Condition, Times};

/// One request in which everything is known.
#[derive(Debug, Clone)]
struct World {
    text: String,
    channel: &'static str,
    source: Source,
    priority: Priority,
    from: &'static str,
    micros: i64,
    vip: bool,
    times: u32,
}

impl Measures for World {
    fn amount(&self, range: &AmountRange) -> Holds {
        Holds::of(super::super::amounts::Interval::of(range).holds(self.micros))
    }
    fn times(&self, times: &Times) -> Holds {
        Holds::of(self.times > times.over)
    }
    fn segment(&self, _: &str) -> Holds {
        Holds::of(self.vip)
    }
}

fn world() -> impl Strategy<Value = World> {
    let words = prop::collection::vec(prop::sample::select(vec!["refund", "invoice", "legal", "hello"]), 0..3);
    let source = prop::sample::select(vec![Source::Mention, Source::Email]);
    let priority = prop::sample::select(vec![Priority::Normal, Priority::Urgent]);
    let people = prop::sample::select(vec!["ana", "dana", "lee", "bo"]);
    (words, prop::sample::select(vec!["a", "b"]), source, priority, people, 0..6_i64, any::<bool>(), 0..4_u32).prop_map(
        |(words, channel, source, priority, from, units, vip, times)| World {
            text: words.join(" "),
            channel,
            source,
            priority,
            from,
            micros: units * 1_000_000,
            vip,
            times,
        },
    )
}

fn condition() -> impl Strategy<Value = Value> {
    let one = prop_oneof![
        prop::sample::subsequence(vec!["refund", "invoice", "billing"], 1..3).prop_map(|t| json!({"topics": t})),
        prop::sample::subsequence(vec!["legal", "hello"], 1..3).prop_map(|m| json!({"mentions": m})),
        prop::sample::subsequence(vec!["#a", "#b"], 1..3).prop_map(|c| json!({"channels": c})),
        prop::sample::subsequence(vec!["team:finance", "person:@ana", "team:sre"], 1..3)
            .prop_map(|f| json!({"from": f})),
        prop::sample::select(vec!["mention", "email"]).prop_map(|s| json!({"source": s})),
        prop::sample::select(vec!["normal", "urgent"]).prop_map(|p| json!({"priority": p})),
        (0..6_i64, prop::sample::select(vec!["over", "at_least", "under", "at_most"])).prop_map(|(n, bound)| {
            let mut range = json!({"currency": "USD"});
            range[bound] = json!(n);
            json!({"amount": range})
        }),
        Just(json!({"segments": ["vip"]})),
        (0..3_u32).prop_map(|n| json!({"times": {"over": n, "per": "P7D"}})),
        Just(json!({})),
    ];
    let both = prop::collection::vec(one, 1..3).prop_map(|parts| {
        let mut whole = json!({});
        for part in parts {
            part.as_object().unwrap().iter().for_each(|(k, v)| whole[k] = v.clone());
        }
        whole
    });
    both.prop_recursive(2, 6, 2, |inner| {
        (inner.clone(), inner, 0..3).prop_map(|(mut outer, inner, how)| {
            match how {
                0 => outer["all"] = json!([inner]),
                1 => outer["unless"] = inner,
                _ => {}
            }
            outer
        })
    })
}

fn fits(when: &Condition, world: &World, roster: &Roster, terms: &Terms) -> Holds {
    let words = Words::of(&world.text);
    let request = Request {
        words: Some(&words),
        topics: Some(&[]),
        channel: Some(world.channel),
        source: Some(&world.source),
        from: Sender::Person(world.from),
        priority: Some(world.priority),
        unanswered_for: None,
        failed_times: None,
        unsure: None,
        stuck_for: None,
        now: NOW,
    };
    holds(when, &request, &Scope { roster, terms, worker: None }, world)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn inside_means_inside(narrow in condition(), wide in condition(), worlds in prop::collection::vec(world(), 12)) {
        let set = directives([company(json!({"kind": "define", "term": "billing", "means": ["refund", "invoice"]}))]);
        let terms = Terms::of(&set);
        let company = Company { roster: &set.roster, terms: &terms };
        let (narrow, wide): (Condition, Condition) =
            (serde_json::from_value(narrow).unwrap(), serde_json::from_value(wide).unwrap());
        prop_assert!(company.inside(&narrow, &narrow), "everything lies inside itself: {:?}", narrow);
        prop_assert!(company.inside(&narrow, &Condition::default()));
        if company.inside(&narrow, &wide) {
            for world in &worlds {
                let inner = fits(&narrow, world, &set.roster, &terms);
                prop_assert!(inner != Holds::Met || fits(&wide, world, &set.roster, &terms) == Holds::Met, "{:?}", world);
            }
        }
    }
}

#[test]
fn containment_that_must_be_seen() {
    let set = directives([company(json!({"kind": "define", "term": "billing", "means": ["refund", "invoice"]}))]);
    let terms = Terms::of(&set);
    let company = Company { roster: &set.roster, terms: &terms };
    let range = |bounds: Value| {
        let mut range = json!({"currency": "USD"});
        bounds.as_object().unwrap().iter().for_each(|(k, v)| range[k] = v.clone());
        json!({"amount": range})
    };
    for (narrow, wide, inside) in [
        (range(json!({"over": 1000})), range(json!({"over": 200})), true),
        (range(json!({"over": 200})), range(json!({"at_least": 200})), true),
        (range(json!({"at_least": 200})), range(json!({"over": 200})), false),
        (range(json!({"over": 200, "at_most": 500})), range(json!({"over": 200})), true),
        (range(json!({"over": 200})), json!({"unless": range(json!({"under": 20}))}), true),
        (range(json!({"over": 10})), json!({"unless": range(json!({"under": 20}))}), false),
        (json!({"unless": range(json!({"under": 50}))}), json!({"unless": range(json!({"under": 20}))}), true),
        (json!({"topics": ["invoice"]}), json!({"topics": ["billing"]}), true),
        (json!({"topics": ["billing"]}), json!({"topics": ["invoice"]}), false),
        (json!({"from": ["person:@ana"]}), json!({"from": ["team:finance"]}), true),
        (json!({"from": ["person:@lee"]}), json!({"from": ["team:finance"]}), false),
        (json!({"mentions": ["legal"]}), json!({"mentions": ["“legal”"]}), false),
        (json!({"hours": "outside"}), json!({"unless": {"hours": "inside"}}), true),
        (range(json!({"over": 500, "per": "P7D", "same": "customer"})), range(json!({"over": 200})), false),
    ] {
        let (n, w): (Condition, Condition) =
            (serde_json::from_value(narrow.clone()).unwrap(), serde_json::from_value(wide.clone()).unwrap());
        assert_eq!(company.inside(&n, &w), inside, "{narrow} inside {wide}");
    }
}
