//! A4 and A11: whose click counts.

use std::collections::BTreeSet;

use workforce::ledger::FactKind;
use workforce::sandbox::UserSpec;

use super::Attack;
use super::house::{Forged, House, payloads, refund};

const NOT_YOU: &str = "You cannot decide about this. These people can: @dana.";
const UNKNOWN: &str = "I do not know your account, so it cannot decide here.";
const YOURS: &str = "You asked for this yourself, so somebody else has to decide.";

/// Who clicks on a card that waits for a finance manager, and why it does not count.
const STRANGERS: &[(&str, &str, &str)] = &[
    ("a colleague of the requester", "U0BEN", NOT_YOU),
    ("the owner of another agent", "U0NOOR", NOT_YOU),
    ("the head of another team", "U0LEE", NOT_YOU),
    ("somebody of the finance team who is no manager", "U0PILAR", NOT_YOU),
    ("the person who is asked only when time is up", "U0KIM", NOT_YOU),
    ("an administrator of the workspace", "U0ROOT", UNKNOWN),
    ("a guest", "U0GUS", UNKNOWN),
    ("an approver whose account was deactivated", "U0OMAR", NOT_YOU),
    ("somebody of another company", "U0ELSA", UNKNOWN),
    ("somebody who is displayed as Dana Ruiz", "U0FAKE", UNKNOWN),
    ("another bot", "U0PAGER", UNKNOWN),
    ("our own bot", "U0WORKFORCE", UNKNOWN),
    ("an account that nobody knows", "U0NOBODY", UNKNOWN),
];

pub fn anybody() -> Attack {
    Attack {
        id: "A4",
        what: "anybody clicks",
        rule: "one `authorize` looks at the account on the envelope, live; whom no rule names is nobody",
        variants: STRANGERS.iter().map(|stranger| stranger.0).collect(),
    }
}

fn user(handle: &str, real_name: &str) -> UserSpec {
    UserSpec {
        handle: handle.to_owned(),
        real_name: real_name.to_owned(),
        email: Some(format!("{handle}@acme.test")),
        tz: "Europe/Berlin".to_owned(),
        ..UserSpec::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a4_only_those_whom_the_rule_names_decide() {
    let house = House::furnished(
        &[],
        |workspace| {
            let others = [
                UserSpec { is_admin: true, ..user("root", "Root") },
                UserSpec { is_guest: true, ..user("gus", "Gus Guest") },
                UserSpec { other_team: Some("T0OTHER".to_owned()), ..user("elsa", "Elsa Elsewhere") },
                user("fake", "Dana Ruiz"),
                UserSpec { is_bot: true, ..user("pager", "Pager") },
            ];
            workspace.users.extend(others);
        },
        |_| {},
    )
    .await;
    let thread = house.refunds(vec![refund("ORD-1050", 45_000, "broken")]).await.remove(0);
    let id = house.card(&thread).await;
    let sandbox = &house.office.sandbox;
    sandbox.deactivates("omar").unwrap();
    house.office.rest().await;
    let card = house.card_at(id);
    let channel = house.channel("support");
    let team = house.office.service().app.ours.team.clone();
    let value = format!("A-{id}");
    let mut otherwise = Vec::new();
    for (nth, (name, account, why)) in STRANGERS.iter().enumerate() {
        for (more, action) in ["approve", "deny_form", "take_over"].iter().enumerate() {
            let click = Forged { user: account, channel: &channel, ts: &card, action, value: &value };
            let theirs = if *account == "U0ELSA" { "T0OTHER" } else { &team };
            let mut payload = click.payload(&team, nth * 10 + more);
            payload["user"]["team_id"] = theirs.into();
            sandbox.clicks_raw(payload);
            house.office.rest().await;
        }
        let known = house.facts("support", &thread).await;
        let refused = payloads(&known, FactKind::ApprovalRefused);
        assert!(payloads(&known, FactKind::ApprovalDecided).is_empty(), "{name} decided");
        let theirs = refused.iter().filter(|fact| fact["by"]["user"] == *account);
        let told: BTreeSet<&str> = theirs.filter_map(|fact| fact["why"].as_str()).collect();
        println!("{name}: {told:?}");
        if told != BTreeSet::from([*why]) {
            otherwise.push(format!("{name}: {told:?}"));
        }
    }
    assert!(otherwise.is_empty(), "{}", otherwise.join("\n"));
    assert!(house.effects().await.is_empty());
    house.control(&thread).await;
    house.end().await;
}

/// How whoever asked tries to decide about it: the account, the words of a command, or a button; and why it
/// does not count, where anything is said of it.
const OWN: &[(&str, &str, Way, &str)] = &[
    ("by the button", "ana", Way::Button("approve"), YOURS),
    ("by the command", "ana", Way::Command("approve"), YOURS),
    ("in a mention", "ana", Way::Mention("approve"), YOURS),
    ("in a direct message", "ana", Way::Direct("approve"), YOURS),
    ("by changing and approving it", "ana", Way::Button("edit_form"), YOURS),
    ("by taking it over", "ana", Way::Button("take_over"), YOURS),
    ("by giving a standing grant", "ana", Way::Command("grant"), "no form opens for them"),
    ("by denying it, so that it is asked anew", "ana", Way::Command("deny"), YOURS),
    ("by asking back", "ana", Way::Command("ask"), YOURS),
    ("with a second account of the same address", "alias", Way::Button("approve"), UNKNOWN),
    ("with a second account, by command", "alias", Way::Command("approve"), UNKNOWN),
    ("as a finance manager who asked oneself", "dana", Way::Button("approve"), YOURS),
    ("as a finance manager, by command", "dana", Way::Command("approve"), YOURS),
];

#[derive(Clone, Copy)]
enum Way {
    Button(&'static str),
    Command(&'static str),
    Mention(&'static str),
    Direct(&'static str),
}

pub fn own_request() -> Attack {
    Attack {
        id: "A11",
        what: "one approves one's own request, or through a second account",
        rule: "requester, actor chain and every account of the same address never count",
        variants: OWN.iter().map(|own| own.0).collect(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a11_nobody_approves_what_they_asked_for() {
    let alias = UserSpec { email: Some("ANA@acme.test".to_owned()), ..user("alias", "Anna S.") };
    let house = House::furnished(&[], |workspace| workspace.users.push(alias), |_| {}).await;
    let sandbox = &house.office.sandbox;
    sandbox.joins("alias", "support").unwrap();
    house.office.rest().await;
    let team = house.office.service().app.ours.team.clone();
    let channel = house.channel("support");
    let mut otherwise = Vec::new();
    for (nth, (name, who, way, why)) in OWN.iter().enumerate() {
        let asks = if *who == "dana" { "dana" } else { "ana" };
        let cents = 45_000 + i64::try_from(nth).unwrap();
        let said = refund("ORD-1050", cents, "broken");
        let words = "please refund ORD-1050, $450, it arrived broken";
        let thread = house.hijacked(asks, "support", words, vec![said]).await.remove(0);
        let id = house.card(&thread).await;
        let target = format!("A-{id}");
        let rest = |verb: &str| match verb {
            "grant" => format!("grant {target} 5 up to $500"),
            "deny" => format!("deny {target} no"),
            "ask" => format!("ask {target} why?"),
            verb => format!("{verb} {target}"),
        };
        match way {
            Way::Button(action) => {
                let card = house.card_at(id);
                let account = format!("U0{}", who.to_uppercase());
                let click = Forged { user: &account, channel: &channel, ts: &card, action, value: &target };
                sandbox.clicks_raw(click.payload(&team, 900 + nth));
            }
            Way::Command(verb) => drop(sandbox.slash(who, "support", "/workforce", &rest(verb)).unwrap()),
            Way::Mention(verb) => drop(sandbox.says(who, "support", &format!("@workforce {}", rest(verb))).unwrap()),
            Way::Direct(verb) => drop(sandbox.dms(who, &rest(verb)).unwrap()),
        }
        house.office.rest().await;
        let known = house.facts("support", &thread).await;
        assert!(payloads(&known, FactKind::ApprovalDecided).is_empty(), "{name} decided: {}", house.thread(&thread));
        assert!(payloads(&known, FactKind::GrantGiven).is_empty(), "{name} granted");
        let refused = payloads(&known, FactKind::ApprovalRefused);
        let told = refused.last().and_then(|fact| fact["why"].as_str()).unwrap_or("no form opens for them");
        println!("{name}: {told}");
        if told != *why {
            otherwise.push(format!("{name}: {told}"));
        }
    }
    assert!(otherwise.is_empty(), "{}", otherwise.join("\n"));
    assert!(house.effects().await.is_empty());
    let thread = house.refunds(vec![refund("ORD-1050", 46_000, "broken")]).await.remove(0);
    house.control(&thread).await;
    house.end().await;
}
