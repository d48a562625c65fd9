//! Living with directives: what an edit makes looser waits for somebody's word, a proposed sentence is written after a click and
//! never without, and a first set is agreed to before anything starts.

use std::process::Command;

use workforce::clock::Span;
use workforce::directives::changes::store as changes;
use workforce::flow::git::git;
use workforce::ledger::{FactKind, store as facts};

use crate::office::Office;
use crate::replay::{at_work, goes_without_git};

const LOOSER: (&str, &str, &str) = ("approvals.md", "Refunds up to $200 run", "Refunds up to $500 run");
const STRICTER: (&str, &str, &str) = ("approvals.md", "$200", "$30");

fn in_force(office: &Office, text: &str) -> bool {
    office.service().app.directives().unwrap().files["approvals.md"].contains(text)
}

async fn system_facts(office: &Office, kind: FactKind) -> usize {
    let all = facts::facts_of_chain(&office.service().app.store, "system").await.unwrap();
    all.iter().filter(|fact| fact.kind == kind).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_would_be_looser_waits_for_the_keeper_and_what_is_stricter_does_not() {
    let mut office = at_work().await;
    office.edit(STRICTER.0, STRICTER.1, STRICTER.2).await;
    assert!(in_force(&office, "Refunds up to $30 run"), "a lower limit counts at once");
    let told = office.direct("kim");
    assert!(told.contains("Edited directives are in force") && told.contains("1 would wait for approval"), "{told}");

    office.edit("approvals.md", "$30", "$500").await;
    assert!(!in_force(&office, "$500"), "the set before stays in force");
    let told = office.direct("kim");
    assert!(told.contains("would be looser and wait for your word"), "{told}");
    assert!(told.contains("Of 10 decisions in the last 30 days") && told.contains("would skip approval"), "{told}");
    assert!(
        told.contains("Runs without approval: “Refunds up to $500 run without approval.” `approvals.md:7`"),
        "{told}"
    );
    assert!(office.clicks("ana", "Take effect").await.is_err(), "nobody else was asked");

    // The question survives a restart and is not asked twice; the second path is refused to everybody else.
    office.go_home().await;
    office.come_in().await;
    assert!(!in_force(&office, "$500"));
    assert_eq!(office.told("kim", "would be looser and wait for your word"), 1);
    let change = told.split(" · D-").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap().to_owned();
    let slash = |who: &str, text: &str| office.sandbox.slash(who, "#support", "/workforce", text).unwrap();
    for n in 1..4 {
        slash("ana", &format!("take-effect D-{n}"));
    }
    office.rest().await;
    assert!(!in_force(&office, "$500"), "{change}");

    office.clicks("kim", "Not now").await.unwrap();
    assert!(!in_force(&office, "$500"));
    office.clicks("kim", "Take effect").await.unwrap();
    assert!(in_force(&office, "Refunds up to $500 run"), "{}", office.direct("kim"));
    assert!(office.direct("kim").contains("Kim Osei let them take effect"), "{}", office.direct("kim"));
    office.sandbox.says("ana", "#support", "@workforce please refund ORD-1042, $450, it arrived broken").unwrap();
    office.rest().await;
    assert_eq!(system_facts(&office, FactKind::DirectivesHeld).await, 1);
    assert_eq!(system_facts(&office, FactKind::DirectivesDeclined).await, 1);
    assert_eq!(system_facts(&office, FactKind::DirectivesAccepted).await, 2, "the first set, and this");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_taken_back_takes_its_question_back() {
    let office = Office::open(&[]).await;
    office.edit(LOOSER.0, LOOSER.1, LOOSER.2).await;
    assert_eq!(office.told("kim", "would be looser"), 1);
    office.edit(LOOSER.0, LOOSER.2, LOOSER.1).await;
    assert!(office.direct("kim").contains("Edited directives are gone"), "{}", office.direct("kim"));
    assert!(office.clicks("kim", "Take effect").await.is_err());
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keeper_who_made_the_edit_needs_a_second_person() {
    let office =
        Office::open(&[("company.md", "Directives are kept by Kim Osei.", "Directives are kept by Noor Haddad.")])
            .await;
    let folder = office.config().directives.clone();
    let by = |name: &str, mail: &str, args: &[&str]| {
        let (name, mail) = (format!("user.name={name}"), format!("user.email={mail}"));
        git(&folder, &[&["-c", &name, "-c", &mail], args].concat()).is_ok()
    };
    let commit =
        |name: &str, mail: &str| by(name, mail, &["add", "."]) && by(name, mail, &["commit", "-q", "-m", "an edit"]);
    if !(by("Kim", "kim@acme.test", &["init", "-q"]) && commit("Kim", "kim@acme.test")) {
        goes_without_git();
        office.end().await;
        return;
    }
    let file = folder.join(LOOSER.0);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace(LOOSER.1, LOOSER.2)).unwrap();
    assert!(commit("Noor", "noor@acme.test"));
    workforce::flow::directives::load(&office.service().app).await.unwrap();
    office.rest().await;
    assert_eq!(office.told("noor", "would be looser"), 0, "the keeper made the edit");
    let told = office.direct("kim");
    assert!(told.contains("by Noor Haddad") && told.contains("since whoever keeps these files edited them"), "{told}");
    for n in 1..4 {
        office.sandbox.slash("noor", "#support", "/workforce", &format!("take-effect D-{n}")).unwrap();
    }
    office.rest().await;
    assert!(!in_force(&office, "$500"));
    office.clicks("kim", "Take effect").await.unwrap();
    assert!(in_force(&office, "$500"));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proposed_sentence_is_written_after_the_keepers_click_and_never_without() {
    let office = at_work().await;
    let folder = office.config().directives.clone();
    let on_disk = || std::fs::read_to_string(folder.join("approvals.md")).unwrap();
    let before = on_disk();
    let checkout = ["init -q", "add .", "-c user.name=Kim -c user.email=kim@acme.test commit -q -m start"];
    let committed = checkout.iter().all(|args| git(&folder, &args.split(' ').collect::<Vec<_>>()).is_ok());
    if !committed {
        goes_without_git();
    }

    let sentence = "Refunds above $30 need approval from a finance manager.";
    office.sandbox.slash("ana", "#support", "/workforce", &format!("rule {sentence}")).unwrap();
    office.rest().await;
    let seen = office.sandbox.ephemeral_ts("ana").unwrap().pop().unwrap();
    office.sandbox.clicks("ana", "#support", &seen, "Propose").unwrap();
    office.rest().await;
    assert_eq!(on_disk(), before, "nothing is written by proposing");
    let asked = office.direct("kim");
    assert!(
        asked.contains("Take this sentence into the directives?") && asked.contains("1 would wait for approval"),
        "{asked}"
    );
    assert!(asked.contains("+Refunds above $30 need approval from a finance manager."), "{asked}");
    office.sandbox.slash("ana", "#support", "/workforce", "take-in R-1").unwrap();
    office.rest().await;
    assert_eq!(on_disk(), before, "the proposer cannot take it in");

    office.clicks("kim", "Take it in").await.unwrap();
    assert!(on_disk().contains(sentence), "{}", office.direct("kim"));
    assert_eq!(on_disk().lines().count(), before.lines().count() + 1);
    assert!(in_force(&office, sentence), "{}", office.direct("kim"));
    let told = office.direct("kim");
    assert!(told.contains("This sentence stands in the directives."), "{told}");
    assert!(office.direct("ana").contains("Kim Osei took it in"), "{}", office.direct("ana"));
    if committed {
        let log = String::from_utf8(git(&folder, &["log", "-1", "--format=%an %ae %B"]).unwrap()).unwrap();
        assert!(log.starts_with("Kim Osei kim@acme.test Refunds above $30"), "{log}");
        assert!(log.contains("Proposed by Ana Silva, R-1."), "{log}");
        assert!(git(&folder, &["status", "--porcelain"]).unwrap().is_empty());
    }
    assert_eq!(system_facts(&office, FactKind::RuleWritten).await, 1);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_written_takes_no_effect() {
    let office = Office::open(&[]).await;
    let file = office.config().directives.join("approvals.md");
    let sentence = "Licence orders below $10 run without approval.";
    office.sandbox.slash("ana", "#support", "/workforce", &format!("rule {sentence}")).unwrap();
    office.rest().await;
    let seen = office.sandbox.ephemeral_ts("ana").unwrap().pop().unwrap();
    office.sandbox.clicks("ana", "#support", &seen, "Propose").unwrap();
    office.rest().await;
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\nAlways be kind.\n")).unwrap();
    office.clicks("kim", "Take it in").await.unwrap();
    // What others look for once a second.
    assert!(!workforce::flow::effect::follow(&office.service().app).await.unwrap(), "nothing was agreed to");
    assert!(!in_force(&office, sentence), "{}", office.direct("kim"));
    assert!(!std::fs::read_to_string(&file).unwrap().contains(sentence));
    // Two clicks of the same moment would be one.
    office.turn(Span::seconds(3));
    office.clicks("kim", "Take it in").await.unwrap();
    assert!(in_force(&office, sentence), "{}", office.direct("kim"));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_changed_since_it_was_shown_is_shown_anew() {
    let office = Office::open(&[]).await;
    let folder = office.config().directives.clone();
    let file = folder.join("approvals.md");
    let sentence = "Never refund more than $5,000.";
    office.sandbox.slash("ana", "#support", "/workforce", &format!("rule {sentence}")).unwrap();
    office.rest().await;
    let seen = office.sandbox.ephemeral_ts("ana").unwrap().pop().unwrap();
    office.sandbox.clicks("ana", "#support", &seen, "Propose").unwrap();
    office.rest().await;
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("# What runs", "<!-- edited -->\n# What runs")).unwrap();
    office.clicks("kim", "Take it in").await.unwrap();
    assert!(!std::fs::read_to_string(&file).unwrap().contains(sentence), "it is not what was agreed to");
    let told = office.direct("kim");
    assert!(told.contains("The file changed since this was shown before; it is shown anew."), "{told}");
    // Two clicks of the same moment would be one.
    office.turn(Span::seconds(3));
    office.clicks("kim", "Take it in").await.unwrap();
    assert!(std::fs::read_to_string(&file).unwrap().contains(sentence), "{}", office.direct("kim"));

    // A sentence that nobody can read is proposed to nobody.
    office.sandbox.slash("ana", "#support", "/workforce", "rule Large refunds need approval.").unwrap();
    office.rest().await;
    let seen = office.sandbox.ephemeral_ts("ana").unwrap().pop().unwrap();
    assert!(office.sandbox.clicks("ana", "#support", &seen, "Propose").is_err());
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handle_is_pinned_when_somebody_agrees_and_a_bare_one_wins_no_seat() {
    let office = Office::open(&[]).await;
    let store = &office.service().app.store;
    let first = changes::in_force(store).await.unwrap().unwrap();
    office.edit("company.md", "(@pilar, pilar@acme.test)", "(@pilar)").await;
    assert_eq!(changes::in_force(store).await.unwrap(), Some(first), "another account is somebody else");
    assert!(office.direct("kim").contains("@pilar acts by another account or address"), "{}", office.direct("kim"));
    office.clicks("kim", "Take effect").await.unwrap();
    let lock = std::fs::read_to_string(office.config().directives.join("people.lock")).unwrap();
    let pilar =
        office.service().app.directory().accounts.iter().find(|one| one.handle == "pilar").unwrap().user.user.clone();
    assert_eq!(lock, format!("{{\n  \"pilar\": \"{pilar}\"\n}}\n"));
    let set = office.service().app.directives().unwrap();
    assert_eq!(set.roster.pinned.get("pilar"), Some(&pilar));
    office.after(Span::minutes(1)).await;
    assert_eq!(office.told("kim", "would be looser"), 0, "it is settled: {}", office.direct("kim"));
    office.end().await;
}

#[test]
fn accepting_prints_what_is_granted_and_agrees_only_by_word() {
    let dir = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_workforce"))
            .args(["directives", "accept", "--directives"])
            .arg(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("directives"))
            .args(args)
            .current_dir(dir.path())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = run(&[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("No directives are in force yet. These grant:"), "{said}");
    assert!(
        said.contains("Runs without approval: “Refunds up to $200 run without approval.” (approvals.md:7)"),
        "{said}"
    );
    assert!(said.contains("Nothing was accepted"), "{said}");
    let (code, said) = run(&["--yes"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Accepted sha256:"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_always_approved_is_proposed_and_written_after_the_keepers_click() {
    let office = Office::open_with(&[], |settings| settings.approvals.propose_after = 1).await;
    let on_disk = || std::fs::read_to_string(office.config().directives.join("approvals.md")).unwrap();
    let before = on_disk();
    let refund = |order: &str, dollars: u32| format!("@workforce please refund {order}, ${dollars}, it arrived broken");
    office.sandbox.says("ana", "#support", &refund("ORD-1042", 300)).unwrap();
    office.rest().await;
    office.clicks("dana", "Approve $300.00").await.unwrap();
    office.after(Span::minutes(1)).await;
    let asked = office.direct("kim");
    assert!(asked.contains("1 like this (billing.refund) were approved, none denied"), "{asked}");
    assert!(asked.contains("+Refunds above $300 need approval") && asked.contains("It would be looser:"), "{asked}");
    assert_eq!(on_disk(), before, "nothing is written by itself");
    office.sandbox.slash("ana", "#support", "/workforce", "take-in R-1").unwrap();
    office.rest().await;
    assert_eq!(on_disk(), before, "it is not Ana's to decide");

    office.clicks("kim", "Take it in").await.unwrap();
    assert_eq!(on_disk(), before.replace("$200", "$300"), "{}", office.direct("kim"));
    assert!(in_force(&office, "Refunds up to $300 run without approval."), "{}", office.direct("kim"));
    assert!(office.clicks("kim", "Take effect").await.is_err(), "one click is enough");
    office.sandbox.says("ben", "#support", &refund("ORD-1050", 250)).unwrap();
    office.rest().await;
    assert!(office.channel("#support").contains("Refunded $250.00"), "{}", office.channel("#support"));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_person_has_so_many_proposals_open_and_no_more() {
    let office = Office::open_with(&[], |settings| settings.limits.open_proposals_per_person = 1).await;
    for (amount, said) in [("5,000", "Proposed as R-1"), ("6,000", "You have 1 proposal waiting already")] {
        office
            .sandbox
            .slash("ana", "#support", "/workforce", &format!("rule Never refund more than ${amount}."))
            .unwrap();
        office.rest().await;
        let seen = office.sandbox.ephemeral_ts("ana").unwrap().pop().unwrap();
        office.sandbox.clicks("ana", "#support", &seen, "Propose").unwrap();
        office.rest().await;
        let told = office.sandbox.ephemerals("ana").unwrap().pop().unwrap();
        assert!(told.contains(said), "{told}");
    }
    office.end().await;
}
