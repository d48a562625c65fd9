//! Who may decide: one row per way to name people, and per way not to count.

use super::*;
use crate::directives::rule::Otherwise;

fn need(by: &[&str], count: u32) -> Requirement {
    Requirement {
        by: by.iter().map(|worker| worker.parse().unwrap()).collect(),
        count,
        within: DEFAULT_WITHIN,
        otherwise: Otherwise::Deny,
        confirm: None,
        origin: None,
    }
}

fn who(by: &[&str], count: u32, call: &Proposal, set: &Directives, accounts: &Accounts) -> Approvers {
    approvers(&need(by, count), false, &Parties::of(call), &Surroundings { directives: set, accounts, now: NOW })
}

/// Asked by Ana, who reports to Dana; done by the finance agent, whose owner is Dana and whose supervisor is Kim.
#[test]
fn every_way_to_name_people() {
    let set = directives([]);
    for (by, count, expected, climbs) in [
        (&["person:@dana"][..], 1, &["dana"][..], false),
        (&["role:finance-manager"], 1, &["dana", "bo"], false),
        (&["agent:manager-2"], 1, &["bo"], false),
        (&["team:sre"], 2, &["sam", "lee"], false),
        (&["team:finance"], 1, &["dana"], false),
        (&["team:finance"], 2, &["dana", "kim"], true),
        (&["owner"], 1, &["dana"], false),
        (&["supervisor"], 1, &["kim"], false),
        (&["requester_manager"], 1, &["dana"], false),
        (&["human"], 1, &["kim"], false),
        (&["person:@dana", "team:finance", "person:@kim"], 1, &["dana", "kim"], false),
        (&["person:@ana"], 1, &["dana"], true),
        (&["requester"], 1, &["dana", "kim"], true),
        (&["agent:finance-agent"], 1, &["dana", "kim"], true),
        (&["role:finance-operations"], 1, &["dana", "kim"], true),
        (&["person:@nobody"], 1, &["dana", "kim"], true),
        (&["channel:#finance"], 1, &["dana", "kim"], true),
    ] {
        for accounts in [Accounts::Offline, accounts()] {
            let found = who(by, count, &refund(5), &set, &accounts);
            assert_eq!(found.people, expected, "{by:?}");
            assert_eq!(found.climbed.is_some(), climbs, "{by:?}");
        }
    }
}

#[test]
fn accounts_that_never_count() {
    let set = directives([]);
    type Change = fn(&mut AccountState);
    let changes: [(&str, Change); 5] = [
        ("deactivated", |state| state.active = false),
        ("guest", |state| state.guest = true),
        ("bot", |state| state.bot = true),
        ("another workspace", |state| state.account.team = "T2".to_owned()),
        ("the requester's other account", |state| state.email = Some("Ana@acme.test".to_owned())),
    ];
    for (name, change) in changes {
        let Accounts::Live { team, mut people, groups } = accounts() else { unreachable!() };
        change(people.get_mut("dana").unwrap());
        people.get_mut("ana").unwrap().email = Some("ana@ACME.test".to_owned());
        let live = Accounts::Live { team, people, groups };
        let found = who(&["person:@dana"], 1, &refund(5), &set, &live);
        assert_eq!(found.people, ["kim"], "{name}");
        assert!(found.climbed.is_some(), "{name}");
    }
    let Accounts::Live { team, mut people, groups } = accounts() else { unreachable!() };
    people.remove("dana");
    let live = Accounts::Live { team, people, groups };
    assert_eq!(who(&["person:@dana"], 1, &refund(5), &set, &live).people, ["kim"], "unknown to Slack");
    let mut pinned = directives([]);
    pinned.roster.pinned.insert("dana".to_owned(), "UOTHER".to_owned());
    assert_eq!(who(&["person:@dana"], 1, &refund(5), &pinned, &accounts()).people, ["kim"], "not the pinned account");
}

#[test]
fn nobody_means_nobody() {
    let set = directives([]);
    let Accounts::Live { team, groups, .. } = accounts() else { unreachable!() };
    let empty = Accounts::Live { team, people: BTreeMap::new(), groups };
    let found = who(&["person:@dana"], 1, &refund(5), &set, &empty);
    assert_eq!((found.people.len(), found.climbed), (0, None));
    let by_kim = Proposal {
        requester: Some(Requester { handle: Some("kim".to_owned()), account: Some(account("kim")) }),
        actor: ActorChain::from_origin(Actor::Human(account("kim"))),
        ..refund(5)
    };
    assert_eq!(who(&["person:@kim"], 1, &by_kim, &set, &accounts()).people, ["dana"], "the top climbs to the owner");
}

#[test]
fn every_human_in_the_chain_is_a_party() {
    let mut call = refund(5);
    call.actor = ActorChain::from_origin(Actor::Human(account("ana"))).then(Actor::Human(account("dana")));
    assert_eq!(who(&["person:@dana"], 1, &call, &directives([]), &accounts()).people, ["kim"]);
    let own = Proposal { worker: WorkerRef::Person("dana".to_owned()), ..refund(5) };
    assert_eq!(who(&["person:@dana"], 1, &own, &directives([]), &accounts()).people, ["kim"]);
}

#[test]
fn stand_ins_decide_while_somebody_is_away() {
    let cover = |person: &str, by: &str, from: &str, until: &str| {
        company(json!({"kind": "cover", "person": person, "by": [by], "from": from, "until": until}))
    };
    for (name, covers, expected) in [
        ("in force", vec![cover("person:@dana", "person:@noor", "2026-11-20", "2026-11-20")], &["noor"][..]),
        ("over", vec![cover("person:@dana", "person:@noor", "2026-11-01", "2026-11-19")], &["dana"]),
        ("not yet", vec![cover("person:@dana", "person:@noor", "2026-11-21", "2026-12-19")], &["dana"]),
        (
            "the requester stands in for nobody",
            vec![cover("person:@dana", "person:@ana", "2026-11-01", "2026-11-30")],
            &["dana"],
        ),
        (
            "one after the other",
            vec![
                cover("person:@dana", "person:@noor", "2026-11-01", "2026-11-30"),
                cover("person:@noor", "person:@sam", "2026-11-01", "2026-11-30"),
            ],
            &["sam"],
        ),
        (
            "each for the other",
            vec![
                cover("person:@dana", "person:@noor", "2026-11-01", "2026-11-30"),
                cover("person:@noor", "person:@dana", "2026-11-01", "2026-11-30"),
            ],
            &["dana", "noor"],
        ),
        ("an impossible date", vec![cover("person:@dana", "person:@noor", "2026-11-31", "2026-12-19")], &["dana"]),
    ] {
        let found = who(&["person:@dana"], 1, &refund(5), &directives(covers), &accounts());
        let mut people = found.people.clone();
        people.sort();
        assert!(
            !people.is_empty() && people.iter().all(|person| expected.contains(&person.as_str())),
            "{name}: {found:?}"
        );
    }
}

#[test]
fn user_groups_are_read_live() {
    let mut set = directives([]);
    set.roster.teams.get_mut("sre").unwrap().user_group = Some("S123".to_owned());
    let Accounts::Live { team, people, .. } = accounts() else { unreachable!() };
    let groups = BTreeMap::from([("S123".to_owned(), vec!["noor".to_owned(), "ana".to_owned()])]);
    let live = Accounts::Live { team, people, groups };
    assert_eq!(who(&["team:sre"], 1, &refund(5), &set, &live).people, ["sam", "lee", "noor"]);
}

#[test]
fn the_fewest_people_who_satisfy_everything() {
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let (finance, sre, both) = (names(&["dana", "bo"]), names(&["sam", "lee"]), names(&["dana", "sam"]));
    assert_eq!(fewest_deciders(&[(1, &finance)]), 1);
    assert_eq!(fewest_deciders(&[(1, &finance), (2, &sre)]), 3);
    assert_eq!(fewest_deciders(&[(1, &finance), (1, &both)]), 1);
    assert_eq!(fewest_deciders(&[(2, &names(&["dana"]))]), 2);
    assert_eq!(fewest_deciders(&[]), 0);
    assert_eq!(
        telling(&[(1, &finance), (1, &names(&["dana"]))]),
        [false, true],
        "whoever satisfies the second has the first"
    );
    assert_eq!(telling(&[(2, &finance), (1, &names(&["dana"]))]), [true, true]);
    assert_eq!(telling(&[(1, &finance), (1, &finance), (1, &both)]), [true, false, true]);
}
