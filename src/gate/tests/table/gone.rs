//! What can be missing: each row takes one thing away, and says beside it what is then to be expected.

use serde_json::{Value, json};

use super::super::{Accounts, History, PositionStatus, Rule};
use super::oracle::{Belief, Need, Says};
use super::world::{ASKS, World};

/// One key of the configuration, taken away after the card was opened.
pub struct Gone {
    pub name: &'static str,
    pub rules: fn(&mut Vec<Value>),
    pub world: fn(&mut World),
    pub belief: fn(&mut Belief),
}

const fn rules(name: &'static str, rules: fn(&mut Vec<Value>), belief: fn(&mut Belief)) -> Gone {
    Gone { name, rules, world: |_| {}, belief }
}

const fn world(name: &'static str, world: fn(&mut World), belief: fn(&mut Belief)) -> Gone {
    Gone { name, rules: |_| {}, world, belief }
}

fn never(belief: &mut Belief) {
    belief.says = Says::Never;
}

fn another_thing(belief: &mut Belief) {
    belief.other_thing = true;
}

fn and_kim(belief: &mut Belief) {
    and(belief, "kim");
}

/// One more person is asked, besides those whom the rule names.
fn and(belief: &mut Belief, who: &'static str) {
    let Says::Asks(needs) = &mut belief.says else { panic!("nobody is asked") };
    needs.push(Need { named: vec![who], count: 1, otherwise: None, typed: false });
}

fn owner_decides(belief: &mut Belief) {
    belief.says = Says::Asks(vec![Need { named: vec!["dana"], count: 1, otherwise: None, typed: false }]);
}

fn drop_key(rules: &mut [Value], key: &str) {
    rules[ASKS].as_object_mut().unwrap().remove(key);
}

pub const GONE: &[Gone] = &[
    rules("nothing", |_| {}, |_| {}),
    // The rule that asks, key by key.
    rules("by", |all| drop_key(all, "by"), |b| b.rule_now().named = vec!["dana"]),
    rules("count", |all| drop_key(all, "count"), |b| b.rule_now().count = 1),
    rules("within", |all| drop_key(all, "within"), |_| {}),
    rules("otherwise", |all| drop_key(all, "otherwise"), |b| b.rule_now().otherwise = None),
    rules("confirm", |all| drop_key(all, "confirm"), |_| {}),
    rules("everybody in by", |all| all[ASKS]["by"] = json!([]), |b| b.rule_now().named = vec!["dana"]),
    rules(
        "everybody but an agent",
        |all| all[ASKS]["by"] = json!(["agent:finance-agent"]),
        |b| b.rule_now().named.clear(),
    ),
    rules("everybody but the requester", |all| all[ASKS]["by"] = json!(["requester"]), |b| b.rule_now().named.clear()),
    rules("its people's names", |all| all[ASKS]["by"] = json!(["person:@nobody"]), |b| b.rule_now().named.clear()),
    // Whole rules.
    rules("the rule that asks", |all| drop(all.remove(ASKS)), owner_decides),
    rules("the rule of the shared channel", |all| drop(all.remove(0)), |b| b.forbids_nothing = true),
    rules("the rule of the words", |all| drop(all.remove(1)), |_| {}),
    rules("the rule of the source", |all| drop(all.remove(2)), |_| {}),
    rules("the rule of the priority", |all| drop(all.remove(3)), |_| {}),
    rules("the rule of the topic", |all| drop(all.remove(4)), |_| {}),
    rules("the rule of the week's total", |all| drop(all.remove(5)), |_| {}),
    rules("every rule", Vec::clear, |b| {
        owner_decides(b);
        b.forbids_nothing = true;
    }),
    rules(
        "the rule, for leave",
        |all| all[ASKS] = json!({"kind": "allow", "action": "refund", "tools": ["billing.refund"]}),
        |b| b.says = Says::Runs,
    ),
    world("where the amount stands", |w| w.set.readings.retain(|r| !matches!(r.rule, Rule::Define(_))), and_kim),
    // The roster.
    world(
        "the position",
        |w| drop(w.set.roster.positions.remove("finance-agent")),
        |b| {
            never(b);
            b.seniors.clear();
        },
    ),
    world("the role", |w| drop(w.set.roster.roles.remove("finance-operations")), |b| b.seniors.clear()),
    world(
        "the team",
        |w| drop(w.set.roster.teams.remove("sre")),
        |b| {
            b.sre.clear();
            b.rule_now().named = vec!["dana"];
        },
    ),
    world(
        "the team's members",
        |w| w.set.roster.teams.get_mut("sre").unwrap().members.clear(),
        |b| {
            b.sre.clear();
            b.rule_now().named = vec!["dana"];
        },
    ),
    world("the triage person", |w| w.set.roster.triage = None, |_| {}),
    world(
        "everybody's manager",
        |w| w.set.roster.people.values_mut().for_each(|person| person.reports_to = None),
        |b| b.bosses.values_mut().for_each(|boss| *boss = None),
    ),
    world(
        "Dana",
        |w| drop(w.set.roster.people.remove("dana")),
        |b| {
            b.bosses.remove("dana");
        },
    ),
    world(
        "Kim",
        |w| drop(w.set.roster.people.remove("kim")),
        |b| {
            b.bosses.remove("kim");
        },
    ),
    world("everybody", |w| w.set.roster.people.clear(), |b| b.bosses.clear()),
    world("the front matter's tools", |w| w.position().tools.clear(), never),
    world("being active", |w| w.position().status = PositionStatus::Paused, never),
    world("being in service", |w| w.position().status = PositionStatus::Retired, never),
    world("acting oneself", |w| w.position().status = PositionStatus::Shadow, never),
    world(
        "Sam's right account",
        |w| drop(w.set.roster.pinned.insert("sam".to_owned(), "UOTHER".to_owned())),
        |b| {
            b.sound.remove("sam");
        },
    ),
    // The accounts.
    world("Slack", |w| w.accounts = Accounts::Offline, |b| b.known.clear()),
    world(
        "every account",
        |w| w.people().clear(),
        |b| {
            b.known.clear();
            b.sound.clear();
        },
    ),
    world(
        "the user groups",
        |w| {
            if let Accounts::Live { groups, .. } = &mut w.accounts {
                groups.clear()
            }
        },
        |_| {},
    ),
    world(
        "the home workspace",
        |w| {
            if let Accounts::Live { team, .. } = &mut w.accounts {
                team.clear()
            }
        },
        |b| b.sound.clear(),
    ),
    world(
        "Dana's account",
        |w| drop(w.people().remove("dana")),
        |b| {
            b.known.remove("dana");
            b.sound.remove("dana");
        },
    ),
    world(
        "Dana's being active",
        |w| w.account_of("dana").active = false,
        |b| {
            b.sound.remove("dana");
        },
    ),
    world(
        "Dana's full membership",
        |w| w.account_of("dana").guest = true,
        |b| {
            b.sound.remove("dana");
        },
    ),
    world(
        "Dana's being a person",
        |w| w.account_of("dana").bot = true,
        |b| {
            b.sound.remove("dana");
        },
    ),
    world(
        "Dana's being at home",
        |w| w.account_of("dana").account.team = "T2".to_owned(),
        |b| {
            b.sound.remove("dana");
            b.known.remove("dana");
            b.known.insert("dana in T2");
        },
    ),
    world(
        "Dana's being another than Ana",
        |w| {
            w.account_of("dana").email = Some("ana@acme.test".to_owned());
            w.account_of("ana").email = Some("ANA@acme.test".to_owned());
        },
        |b| {
            b.parties.insert("dana");
        },
    ),
    // The tool and its other side.
    world("the tool", |w| w.lock(&json!({})), never),
    world(
        "its schema",
        |w| w.lock(&json!({"billing.refund": {"input_schema": null, "class": "write", "digest": "sha256:refund"}})),
        |_| {},
    ),
    world("its definition", |w| w.outside.tool_digest.clear(), another_thing),
    world("its server", |w| w.outside.server.clear(), another_thing),
    world("its credential", |w| w.outside.credential = None, another_thing),
    world("its target's version", |w| w.outside.target_version = None, another_thing),
    // What is known of the task, and of the past.
    world("the task's words", |w| w.facts.text = None, never),
    world("its source", |w| w.facts.source = None, never),
    world("its priority", |w| w.facts.priority = None, never),
    world("its topics", |w| w.facts.topics = None, never),
    world("what was looked up", |w| w.facts.looked_up.clear(), |_| {}),
    world("the past", |w| w.history = History::Unknown, and_kim),
    world("leave to start", |w| w.facts.stopped = Some("Kim stopped everything at 10:00.".to_owned()), never),
    // The policies.
    world("a policy's health", |w| w.policy("deny contains \"x\" if 1 / 0 == 1"), |b| and(b, "dana")),
    world("a policy's consent", |w| w.policy("deny contains \"x\" if true"), never),
];
