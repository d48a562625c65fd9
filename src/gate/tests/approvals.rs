//! One approval, one decision: clicks, clocks and restarts in any order.

use proptest::prelude::*;

use super::*;
use crate::directives::rule::Confirm;
use crate::ids::{ActionId, ApprovalId};

fn outside() -> Outside {
    Outside {
        server: "stdio:billing".to_owned(),
        tool_digest: "sha256:refund".to_owned(),
        credential: None,
        target_version: None,
    }
}

fn rules(extra: Value) -> Vec<Said> {
    let mut rule = json!({"kind": "approve", "action": "refund", "tools": ["billing.refund"], "by": ["team:finance", "person:@sam"], "count": 1});
    extra.as_object().unwrap().iter().for_each(|(name, value)| rule[name] = value.clone());
    vec![company(rule)]
}

fn digest_of(call: &Proposal) -> String {
    let live = Proposal { live_digest: Some("sha256:refund".to_owned()), ..call.clone() };
    digest(&Bound { proposal: &live, task: TaskId(17), outside: &outside() })
}

fn open(set: &Directives, call: &Proposal) -> Approval {
    let verdict = judge(call, &facts("refund"), set, &nothing_before(), NOW);
    let Decision::Approve(needs) = verdict.decision else { panic!("{verdict:?}") };
    Approval::open(ApprovalId(31), ActionId(5), digest_of(call), Parties::of(call), needs, NOW)
}

fn click(handle: &str, choice: Choice) -> Click {
    Click { approval: ApprovalId(31), by: account(handle), choice, typed: None, digest: None, under: None }
}

fn no() -> Choice {
    Choice::Deny { reason: "Replace it instead.".to_owned() }
}

fn decide(approval: &Approval, click: &Click, set: &Directives, now: Timestamp) -> Result<Approval, Refusal> {
    let accounts = accounts();
    let around = Surroundings { directives: set, accounts: &accounts, now };
    let authorized = authorize(approval, click, &around)?;
    let (current, _) = caught_up(approval, now);
    Ok(record(&current, authorized).expect("an authorised decision fits the state that it was made for").0)
}

fn release_now(approval: Option<Approval>, call: &Proposal, set: &Directives, attempt: u32) -> Result<(), Void> {
    let row = ActionRow {
        id: ActionId(5),
        proposal: call.clone(),
        facts: facts("refund"),
        digest: digest_of(call),
        attempt,
        approval,
        grants: Vec::new(),
    };
    let accounts = accounts();
    let around = Surroundings { directives: set, accounts: &accounts, now: NOW };
    release(&row, &outside(), &nothing_before(), &around).map(|approved| {
        assert_eq!(approved.get().arguments(), &call.arguments);
        assert_eq!(approved.get().id(), ActionId(5));
    })
}

#[test]
fn who_clicks_decides_whether_it_counts() {
    let set = directives(rules(json!({})));
    let card = open(&set, &refund(450));
    assert!(matches!(
        decide(&card, &click("dana", Choice::Approve), &set, NOW).unwrap().state,
        ApprovalState::Approved { .. }
    ));
    assert!(
        matches!(decide(&card, &click("sam", no()), &set, NOW).unwrap().state, ApprovalState::Denied { by, .. } if by == "sam")
    );
    assert_eq!(decide(&card, &click("ana", Choice::Approve), &set, NOW), Err(Refusal::OwnRequest));
    assert_eq!(decide(&card, &click("ana", no()), &set, NOW), Err(Refusal::OwnRequest));
    let approvers = vec!["dana".to_owned(), "sam".to_owned()];
    assert_eq!(decide(&card, &click("lee", no()), &set, NOW), Err(Refusal::NotAnApprover { approvers }));
    assert_eq!(decide(&card, &click("stranger", no()), &set, NOW), Err(Refusal::UnknownAccount));
    let foreign =
        Click { by: SlackUser { team: "T2".to_owned(), ..account("dana") }, ..click("dana", Choice::Approve) };
    assert_eq!(decide(&card, &foreign, &set, NOW), Err(Refusal::UnknownAccount));
    let old = Click { digest: Some("sha256:older".to_owned()), ..click("dana", Choice::Approve) };
    assert_eq!(decide(&card, &old, &set, NOW), Err(Refusal::OtherCard(ApprovalId(31))));
    let other = Click { approval: ApprovalId(30), ..click("dana", Choice::Approve) };
    assert_eq!(decide(&card, &other, &set, NOW), Err(Refusal::OtherCard(ApprovalId(31))));
    let silent = click("dana", Choice::Deny { reason: " ".to_owned() });
    assert_eq!(decide(&card, &silent, &set, NOW), Err(Refusal::NeedsReason));
}

#[test]
fn a_quorum_is_made_of_distinct_people_and_one_no_ends_it() {
    let set = directives(rules(json!({"count": 2, "by": ["team:finance", "team:sre"]})));
    let card = open(&set, &refund(450));
    let half = decide(&card, &click("dana", Choice::Approve), &set, NOW).unwrap();
    assert!(half.is_waiting());
    assert_eq!(decide(&half, &click("dana", Choice::Approve), &set, NOW), Err(Refusal::AlreadyVoted { missing: 1 }));
    assert!(matches!(
        decide(&half, &click("sam", Choice::Approve), &set, NOW).unwrap().state,
        ApprovalState::Approved { .. }
    ));
    assert!(matches!(decide(&half, &click("dana", no()), &set, NOW).unwrap().state, ApprovalState::Denied { .. }));
    let mut without_dana = set.clone();
    without_dana.roster.teams.get_mut("finance").unwrap().members.retain(|member| member != "dana");
    let second = decide(&half, &click("sam", Choice::Approve), &without_dana, NOW).unwrap();
    assert!(second.is_waiting(), "a yes of somebody who may not decide any more does not count");
}

#[test]
fn both_of_two_requirements_must_be_satisfied_and_one_person_may_satisfy_both() {
    let mut said = rules(json!({"by": ["person:@dana"]}));
    said.extend(rules(json!({"by": ["person:@dana", "person:@noor"], "when": {"channels": ["#support"], "mentions": ["refund"]}, "who": ["team:finance"]})));
    said.extend(rules(json!({"by": ["person:@kim"]})));
    let set = directives(said);
    let card = open(&set, &refund(450));
    assert_eq!(card.progress.len(), 1, "the inner rule decides: {card:?}");
    let mut said = rules(json!({"by": ["person:@dana"]}));
    said.extend(rules(json!({"by": ["person:@kim", "person:@dana"], "count": 2})));
    let set = directives(said);
    let card = open(&set, &refund(450));
    let half = decide(&card, &click("kim", Choice::Approve), &set, NOW).unwrap();
    assert!(half.is_waiting());
    let whole = decide(&half, &click("dana", Choice::Approve), &set, NOW).unwrap();
    assert!(matches!(whole.state, ApprovalState::Approved { .. }));
}

#[test]
fn time_escalates_once_and_then_expires_without_a_culprit() {
    let set = directives(rules(json!({"by": ["person:@dana"], "within": "PT4H", "otherwise": ["person:@kim"]})));
    let card = open(&set, &refund(450));
    assert_eq!(card.due(NOW.plus(Span::minutes(239))), None);
    let late = NOW.plus(Span::hours(4));
    assert_eq!(card.next_deadline(), Some(late));
    assert!(matches!(decide(&card, &click("kim", Choice::Approve), &set, NOW), Err(Refusal::NotAnApprover { .. })));
    let asked = decide(&card, &click("kim", Choice::Approve), &set, late).unwrap();
    assert!(matches!(asked.state, ApprovalState::Approved { .. }), "the second is asked, tick or no tick");
    assert!(decide(&card, &click("dana", Choice::Approve), &set, late).is_ok(), "the first may still decide");
    let (escalated, changes) = caught_up(&card, late);
    assert!(matches!(&changes[..], [Change::Escalated { requirement: 0, .. }]));
    assert_eq!(escalated.next_deadline(), Some(late.plus(Span::hours(4))));
    let (expired, changes) = caught_up(&escalated, late.plus(Span::hours(4)));
    assert!(matches!(&changes[..], [Change::Expired { .. }]));
    let too_late = decide(&expired, &click("dana", Choice::Approve), &set, late.plus(Span::hours(5)));
    assert!(matches!(too_late, Err(Refusal::AlreadyDecided(ApprovalState::Expired { .. }))));
    let safe = directives(rules(json!({"within": "PT1H"})));
    let card = open(&safe, &refund(450));
    let too_late = decide(&card, &click("dana", Choice::Approve), &safe, NOW.plus(Span::hours(1)));
    assert!(matches!(too_late, Err(Refusal::AlreadyDecided(ApprovalState::Expired { .. }))), "no tick needed");
}

#[test]
fn a_typed_confirmation_is_typed() {
    let set = directives(rules(json!({"confirm": "typed"})));
    let card = open(&set, &refund(450));
    assert_eq!(card.progress[0].requirement.confirm, Some(Confirm::Typed));
    let word = "A-31".to_owned();
    assert_eq!(decide(&card, &click("dana", Choice::Approve), &set, NOW), Err(Refusal::NeedsTyped { word }));
    let typed = Click { typed: Some(" a-31 ".to_owned()), ..click("dana", Choice::Approve) };
    assert!(decide(&card, &typed, &set, NOW).is_ok());
    assert!(decide(&card, &click("dana", no()), &set, NOW).is_ok(), "a denial needs no word");
}

#[test]
fn release_looks_at_everything_again() {
    let set = directives(rules(json!({})));
    let call = refund(450);
    let card = open(&set, &call);
    let yes = decide(&card, &click("dana", Choice::Approve), &set, NOW).unwrap();
    assert_eq!(release_now(Some(yes.clone()), &call, &set, 1), Ok(()));
    assert!(matches!(release_now(None, &call, &set, 1), Err(Void::AskAnew(_))));
    assert!(matches!(release_now(Some(card.clone()), &call, &set, 1), Err(Void::NotApproved(ApprovalState::Waiting))));
    let denied = decide(&card, &click("dana", no()), &set, NOW).unwrap();
    assert!(matches!(release_now(Some(denied), &call, &set, 1), Err(Void::NotApproved(ApprovalState::Denied { .. }))));

    let spent = yes.after(&Change::Spent { by: ActionId(5), at: NOW }).unwrap();
    assert!(matches!(release_now(Some(spent.clone()), &call, &set, 1), Err(Void::NotApproved(_))), "spent once");
    assert_eq!(release_now(Some(spent.clone()), &call, &set, 2), Ok(()), "recovery of the same action");
    assert_eq!(yes.after(&Change::Spent { by: ActionId(6), at: NOW }), None, "another action cannot spend it");
    assert_eq!(spent.after(&Change::Spent { by: ActionId(5), at: NOW }), None, "nobody spends it twice");

    assert_eq!(release_now(Some(yes.clone()), &refund(451), &set, 1), Err(Void::Changed), "another amount");
    let mut demoted = set.clone();
    demoted.roster.teams.get_mut("finance").unwrap().members.retain(|member| member != "dana");
    assert!(
        matches!(release_now(Some(yes.clone()), &call, &demoted, 1), Err(Void::AskAnew(_))),
        "Dana may not any more"
    );
    let mut forbidden = rules(json!({}));
    forbidden.push(company(json!({"kind": "forbid", "action": "refund", "tools": ["billing.refund"]})));
    assert!(matches!(release_now(Some(yes.clone()), &call, &directives(forbidden), 1), Err(Void::Denied(_))));
    let stricter = directives(rules(json!({"by": ["person:@kim"]})));
    assert!(matches!(release_now(Some(yes.clone()), &call, &stricter, 1), Err(Void::AskAnew(_))));
    let two = directives(rules(json!({"count": 2})));
    assert!(matches!(release_now(Some(yes.clone()), &call, &two, 1), Err(Void::AskAnew(_))));
    let free = directives([company(json!({"kind": "allow", "action": "refund", "tools": ["billing.refund"]}))]);
    assert_eq!(release_now(None, &call, &free, 1), Ok(()), "what runs by itself needs nobody's word");

    let accounts = accounts();
    let around = Surroundings { directives: &set, accounts: &accounts, now: NOW };
    let row = |digest: String| ActionRow {
        id: ActionId(5),
        proposal: call.clone(),
        facts: facts("refund"),
        digest,
        attempt: 1,
        approval: Some(yes.clone()),
        grants: Vec::new(),
    };
    for changed in [
        Outside { server: "stdio:other".to_owned(), ..outside() },
        Outside { tool_digest: "sha256:other".to_owned(), ..outside() },
        Outside { credential: Some("other".to_owned()), ..outside() },
        Outside { target_version: Some("v2".to_owned()), ..outside() },
    ] {
        let released = release(&row(digest_of(&call)), &changed, &nothing_before(), &around);
        assert!(matches!(released, Err(Void::Changed)), "{changed:?}");
    }
    let offline = Surroundings { accounts: &Accounts::Offline, ..around };
    let released = release(&row(digest_of(&call)), &outside(), &nothing_before(), &offline);
    assert!(matches!(released, Err(Void::AskAnew(_))), "without accounts there is no authority");
}

/// `Approved` and `Authorized` are no `Clone`, and `Approved` is not read from anywhere: with either, two impls would fit below and
/// this would not compile.
#[test]
fn proofs_are_neither_copied_nor_read() {
    trait NoClone<Marker> {
        fn holds() {}
    }
    impl<T> NoClone<()> for T {}
    impl<T: Clone> NoClone<u8> for T {}
    trait NoRead<Marker> {
        fn holds() {}
    }
    impl<T> NoRead<()> for T {}
    impl<T: serde::de::DeserializeOwned> NoRead<u8> for T {}
    <Approved<Action> as NoClone<_>>::holds();
    <Action as NoClone<_>>::holds();
    <Authorized<Decided> as NoClone<_>>::holds();
    <Approved<Action> as NoRead<_>>::holds();
    <Action as NoRead<_>>::holds();
    <Authorized<Decided> as NoRead<_>>::holds();
}

#[derive(Debug, Clone)]
enum Event {
    Click(&'static str, bool),
    Pass(i64),
    Tick,
    Restart,
    Start,
}

fn event() -> impl Strategy<Value = Event> {
    let people = prop::sample::select(vec!["ana", "dana", "sam", "kim", "lee", "stranger"]);
    prop_oneof![
        4 => (people, prop::bool::weighted(0.8)).prop_map(|(who, yes)| Event::Click(who, yes)),
        2 => (0..120_i64).prop_map(Event::Pass),
        1 => Just(Event::Tick),
        1 => Just(Event::Restart),
        1 => Just(Event::Start),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn exactly_one_decision_spent_at_most_once(events in prop::collection::vec(event(), 1..24), count in 1..3_u32) {
        let set = directives(rules(json!({"count": count, "within": "PT2H", "otherwise": ["person:@kim"]})));
        let call = refund(450);
        let mut card = open(&set, &call);
        let mut now = NOW;
        let (mut decisions, mut spent) = (0, 0);
        for event in events {
            let was_waiting = card.is_waiting();
            match event {
                Event::Click(who, yes) => {
                    let choice = if yes { Choice::Approve } else { no() };
                    match decide(&card, &click(who, choice), &set, now) {
                        Ok(next) => {
                            prop_assert!(was_waiting && ["dana", "sam", "kim"].contains(&who));
                            card = next;
                        }
                        Err(refusal) => prop_assert!(!refusal.to_string().is_empty(), "no click stays unanswered"),
                    }
                }
                Event::Pass(minutes) => now = now.plus(Span::minutes(minutes)),
                Event::Tick => card = caught_up(&card, now).0,
                Event::Restart => card = serde_json::from_str(&serde_json::to_string(&card).unwrap()).unwrap(),
                Event::Start => {
                    if let Some(next) = card.after(&Change::Spent { by: ActionId(5), at: now }) {
                        let approved = matches!(card.state, ApprovalState::Approved { .. });
                        prop_assert!(approved);
                        spent += 1;
                        card = next;
                    }
                }
            }
            decisions += i32::from(was_waiting && !card.is_waiting());
            if !was_waiting {
                prop_assert!(!card.is_waiting(), "what is decided stays decided");
            }
        }
        // The first instant may escalate, which gives those who are asked their own time; the second ends it.
        let (late, _) = caught_up(&card, now.plus(Span::days(30)));
        let (end, _) = caught_up(&late, now.plus(Span::days(60)));
        decisions += i32::from(card.is_waiting() && !end.is_waiting());
        prop_assert_eq!(decisions, 1, "every card ends, once");
        prop_assert!(spent <= 1);
        if matches!(end.state, ApprovalState::Approved { .. } | ApprovalState::Spent { .. }) {
            let people: std::collections::BTreeSet<&str> = end.votes.iter().map(|vote| vote.by.as_str()).collect();
            prop_assert!(people.len() >= usize::try_from(count).unwrap() && !people.contains("ana"));
        }
    }
}
