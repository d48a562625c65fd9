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

/// The company at an instant, with everybody's account in order.
fn at(set: &Directives, now: Timestamp, test: impl FnOnce(&Surroundings<'_>)) {
    let accounts = accounts();
    test(&Surroundings { directives: set, accounts: &accounts, now });
}

fn caught(card: &Approval, set: &Directives, now: Timestamp) -> (Approval, Vec<Turn>) {
    let accounts = accounts();
    caught_up(card, &Surroundings { directives: set, accounts: &accounts, now })
}

fn open(set: &Directives, call: &Proposal) -> Approval {
    let verdict = judge(call, &facts("refund"), set, &nothing_before(), NOW);
    let Decision::Approve(needs) = verdict.decision else { panic!("{verdict:?}") };
    let accounts = accounts();
    let around = Surroundings { directives: set, accounts: &accounts, now: NOW };
    Approval::open(ApprovalId(31), ActionId(5), digest_of(call), Parties::of(call), needs, &around)
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
    let (current, _) = caught_up(approval, &around);
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
    at(&set, NOW.plus(Span::minutes(179)), |around| assert_eq!(card.due(around), None));
    let (reminded, turns) = caught(&card, &set, NOW.plus(Span::minutes(239)));
    assert!(matches!(&turns[..], [Turn::Reminded { requirement: 0, .. }]), "three quarters through, once");
    at(&set, NOW.plus(Span::minutes(239)), |around| assert_eq!(reminded.due(around), None));
    let late = NOW.plus(Span::hours(4));
    assert_eq!(card.next_deadline(), Some(late));
    assert!(matches!(decide(&card, &click("kim", Choice::Approve), &set, NOW), Err(Refusal::NotAnApprover { .. })));
    let asked = decide(&card, &click("kim", Choice::Approve), &set, late).unwrap();
    assert!(matches!(asked.state, ApprovalState::Approved { .. }), "the second is asked, tick or no tick");
    assert!(decide(&card, &click("dana", Choice::Approve), &set, late).is_ok(), "the first may still decide");
    let (escalated, turns) = caught(&card, &set, late);
    assert!(matches!(&turns[..], [Turn::Escalated { requirement: 0, .. }]));
    assert_eq!(escalated.next_deadline(), Some(late.plus(Span::hours(4))));
    let (expired, turns) = caught(&escalated, &set, late.plus(Span::hours(4)));
    assert!(matches!(&turns[..], [Turn::Expired { .. }]));
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

    let spent = yes.after(&Turn::Spent { by: ActionId(5), at: NOW }.into()).unwrap();
    assert!(matches!(release_now(Some(spent.clone()), &call, &set, 1), Err(Void::NotApproved(_))), "spent once");
    assert_eq!(release_now(Some(spent.clone()), &call, &set, 2), Ok(()), "recovery of the same action");
    assert_eq!(yes.after(&Turn::Spent { by: ActionId(6), at: NOW }.into()), None, "another action cannot spend it");
    assert_eq!(spent.after(&Turn::Spent { by: ActionId(5), at: NOW }.into()), None, "nobody spends it twice");

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

/// Hours and minutes that were left when the time stopped are left when it goes on.
#[test]
fn a_question_stops_the_time_and_gives_it_back() {
    let set = directives(rules(json!({"by": ["person:@dana"], "within": "PT4H", "otherwise": ["person:@kim"]})));
    let card = open(&set, &refund(450));
    let after = |minutes| NOW.plus(Span::minutes(minutes));
    let ask = |text: &str| Choice::Ask { text: text.to_owned() };
    let asked = decide(&card, &click("dana", ask("Which?")), &set, after(60)).unwrap();
    assert_eq!(asked.next_due(), Some(after(60 + 24 * 60)), "it stands still for a day at most");
    assert_eq!(decide(&asked, &click("dana", ask("And why?")), &set, after(61)), Err(Refusal::AlreadyAsking));
    assert_eq!(decide(&card, &click("dana", ask(" ")), &set, NOW), Err(Refusal::NeedsQuestion));
    assert_eq!(decide(&card, &click("ana", ask("Which?")), &set, NOW), Err(Refusal::OwnRequest));
    let answer = Answer { account: account("ana"), text: "The blue one.".to_owned(), at: after(600) };
    at(&set, after(600), |around| {
        assert_eq!(asked.due(around), None);
        let on = asked.after(&asked.goes_on(Some(answer.clone()), around).into()).unwrap();
        assert_eq!(on.next_deadline(), Some(after(600 + 180)), "three hours were left");
        assert_eq!(on.questions[0].answer, Some(answer.clone()));
    });
    let (silent, turns) = caught(&asked, &set, after(60 + 24 * 60));
    assert!(matches!(&turns[..], [Turn::WentOn { answer: None, .. }]));
    assert_eq!(silent.next_deadline(), Some(after(60 + 24 * 60 + 180)));
    let mut tired = card;
    for n in 0..MOST_QUESTIONS {
        tired = decide(&tired, &click("dana", ask("Which?")), &set, NOW).unwrap();
        at(&set, NOW, |around| tired = tired.after(&tired.goes_on(None, around).into()).unwrap());
        assert_eq!(tired.questions.len(), n + 1);
    }
    assert_eq!(decide(&tired, &click("dana", ask("Which?")), &set, NOW), Err(Refusal::TooManyQuestions));
}

#[test]
fn whoever_takes_it_over_decides_alone_and_says_what_came_of_it() {
    let set = directives(rules(json!({"count": 2})));
    let card = open(&set, &refund(450));
    assert_eq!(decide(&card, &click("dana", Choice::TakeOver), &set, NOW), Err(Refusal::NotAlone { missing: 1 }));
    let half = decide(&card, &click("dana", Choice::Approve), &set, NOW).unwrap();
    assert!(matches!(
        decide(&half, &click("sam", Choice::TakeOver), &set, NOW).unwrap().state,
        ApprovalState::ByHand { .. }
    ));
    let set = directives(rules(json!({})));
    let call = refund(450);
    let taken = decide(&open(&set, &call), &click("dana", Choice::TakeOver), &set, NOW).unwrap();
    let ApprovalState::ByHand { until, .. } = taken.state.clone() else { panic!("{taken:?}") };
    assert!(matches!(release_now(Some(taken.clone()), &call, &set, 1), Err(Void::NotApproved(_))), "nothing is called");
    assert!(decide(&taken, &click("sam", Choice::Approve), &set, NOW).is_err(), "nobody else decides now");
    let (unsaid, turns) = caught(&taken, &set, until);
    assert!(matches!(&turns[..], [Turn::Recorded { done: None, .. }]));
    assert_eq!(unsaid.after(&Turn::Recorded { done: Some(true), at: until }.into()), None);
}

#[derive(Debug, Clone)]
enum Event {
    Click(&'static str, bool),
    Pass(i64),
    Ask(&'static str),
    Answer,
    TakeOver(&'static str),
    Record(bool),
    Tick,
    Restart,
    Start,
}

fn event() -> impl Strategy<Value = Event> {
    let people = || prop::sample::select(vec!["ana", "dana", "sam", "kim", "lee", "stranger"]);
    prop_oneof![
        4 => (people(), prop::bool::weighted(0.8)).prop_map(|(who, yes)| Event::Click(who, yes)),
        1 => people().prop_map(Event::Ask),
        1 => Just(Event::Answer),
        1 => people().prop_map(Event::TakeOver),
        1 => any::<bool>().prop_map(Event::Record),
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
                Event::Ask(who) => {
                    let text = "Which one?".to_owned();
                    match decide(&card, &click(who, Choice::Ask { text }), &set, now) {
                        Ok(next) => {
                            prop_assert!(was_waiting && next.open_question().is_some());
                            prop_assert!(next.questions.len() <= MOST_QUESTIONS);
                            card = next;
                        }
                        Err(refusal) => prop_assert!(!refusal.to_string().is_empty()),
                    }
                }
                Event::Answer => {
                    if card.open_question().is_some() {
                        let accounts = accounts();
                        let around = Surroundings { directives: &set, accounts: &accounts, now };
                        let answer = Answer { account: account("ana"), text: "This one.".to_owned(), at: now };
                        let (late, _) = caught_up(&card, &around);
                        card = late.after(&late.goes_on(Some(answer), &around).into()).unwrap_or(late);
                    }
                }
                Event::TakeOver(who) => match decide(&card, &click(who, Choice::TakeOver), &set, now) {
                    Ok(next) => {
                        prop_assert!(count == 1 || !next.votes.is_empty(), "nobody does alone what two must decide");
                        card = next;
                    }
                    Err(refusal) => prop_assert!(!refusal.to_string().is_empty()),
                },
                Event::Record(done) => {
                    let by_hand = matches!(card.state, ApprovalState::ByHand { .. });
                    let next = card.after(&Turn::Recorded { done: Some(done), at: now }.into());
                    prop_assert_eq!(next.is_some(), by_hand);
                    card = next.unwrap_or(card);
                }
                Event::Pass(minutes) => now = now.plus(Span::minutes(minutes)),
                Event::Tick => card = caught(&card, &set, now).0,
                Event::Restart => card = serde_json::from_str(&serde_json::to_string(&card).unwrap()).unwrap(),
                Event::Start => {
                    if let Some(next) = card.after(&Turn::Spent { by: ActionId(5), at: now }.into()) {
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
        let (late, _) = caught(&card, &set, now.plus(Span::days(30)));
        let (later, _) = caught(&late, &set, now.plus(Span::days(60)));
        let (end, _) = caught(&later, &set, now.plus(Span::days(90)));
        decisions += i32::from(card.is_waiting() && !end.is_waiting());
        prop_assert_eq!(decisions, 1, "every card ends, once");
        prop_assert!(spent <= 1);
        if matches!(end.state, ApprovalState::Approved { .. } | ApprovalState::Spent { .. }) {
            let people: std::collections::BTreeSet<&str> = end.votes.iter().map(|vote| vote.by.as_str()).collect();
            prop_assert!(people.len() >= usize::try_from(count).unwrap() && !people.contains("ana"));
        }
    }
}
