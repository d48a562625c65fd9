//! Workflows at the example company: a gate that is refused, a cancellation, a thing that is undone, a trigger by name.

use workforce::clock::Span;

use crate::office::Office;

const FILE: &str = "workflows/onboarding.md";
const FIFTH: &str = "5. @hugo decides on the first project. This needs @kim's approval.\n";
const SECOND: &str = "2. The IT agent starts provisioning with sketchpad. If no licence is left, ask the procurement agent for 1 seat of sketchpad, wait, and try again.\n";
const ASKS: &str = "@workforce \"Mia Chen\", mia@acme.test, joins the company in Support";

async fn says(office: &Office, who: &str, text: &str) -> String {
    let thread = office.sandbox.says(who, "#people", text).unwrap();
    office.rest().await;
    thread
}

async fn command(office: &Office, who: &str, text: &str) {
    office.sandbox.slash(who, "#people", "/workforce", text).unwrap();
    office.rest().await;
}

fn thread(office: &Office, ts: &str) -> String {
    office.sandbox.thread_text("#people", ts).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_gate_goes_up_and_nothing_behind_it_starts() {
    let gated = "2. The IT agent starts provisioning with codehost. This needs @kim's approval.\n";
    let office = Office::open(&[(FILE, SECOND, gated), (FILE, "3. Meanwhile, the", "3. The")]).await;
    let ts = says(&office, "@iris", ASKS).await;
    command(&office, "@mei", "approve A-1").await;
    assert!(thread(&office, &ts).contains("waits for Kim Osei to approve"), "{}", thread(&office, &ts));
    // Whoever has no part in it does not pass the gate.
    command(&office, "@mei", "approve A-2").await;
    assert!(thread(&office, &ts).contains("waits for Kim Osei to approve"));
    command(&office, "@kim", "deny A-2 not yet").await;
    let shown = thread(&office, &ts);
    assert!(shown.contains("Workflow onboarding* · stopped"), "{shown}");
    assert!(shown.contains("not yet"), "{shown}");
    assert!(!shown.contains("Welcome, mia@acme.test"), "{shown}");
    // The agent's owner has it from here on.
    assert!(office.direct("@mei").contains("is asked to take this · T-1"), "{}", office.direct("@mei"));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_keeps_its_approver_when_another_one_is_put_before_it() {
    let gated = "2. The IT agent starts provisioning with codehost. This needs @kim's approval.\n";
    let office = Office::open(&[(FILE, SECOND, gated), (FILE, "3. Meanwhile, the", "3. The")]).await;
    let ts = says(&office, "@iris", ASKS).await;
    let rest = "The onboarding agent sends a welcome.\n";
    let new = "2. The IT agent starts provisioning with sketchpad. This needs @lee's approval.\n";
    let moved = format!("{new}{}4. {rest}", gated.replace("2.", "3."));
    office.edit(FILE, &format!("{gated}3. {rest}"), &moved).await;
    command(&office, "@mei", "approve A-1").await;
    let shown = thread(&office, &ts);
    assert!(shown.contains("waits for Kim Osei to approve"), "{shown}");
    assert!(!shown.contains("waits for Lee"), "{shown}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_workflow_takes_its_open_steps_with_it() {
    let office = Office::open(&[(FILE, FIFTH, "5. @hugo decides on the first project.\n")]).await;
    let ts = says(&office, "@iris", ASKS).await;
    command(&office, "@iris", "cancel T-1").await;
    let shown = thread(&office, &ts);
    assert!(shown.contains("Cancelled; nothing more starts"), "{shown}");
    // The account that waited for an approval is never made.
    command(&office, "@mei", "approve A-1").await;
    assert!(!thread(&office, &ts).contains("has the account"), "{}", thread(&office, &ts));
    office.after(Span::days(2)).await;
    assert!(!thread(&office, &ts).contains("has the account"));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_done_is_undone_when_a_later_step_fails_for_good() {
    let first = "1. The HR agent creates the account. Keep it as `account`.";
    let undone = "1. The HR agent creates the account. Keep it as `account`. Undo: @mei closes the account.";
    let fails = "2. The IT agent starts provisioning with sketchpad.\n";
    let office = Office::open(&[(FILE, first, undone), (FILE, SECOND, fails)]).await;
    let ts = says(&office, "@iris", ASKS).await;
    command(&office, "@mei", "approve A-1").await;
    let shown = thread(&office, &ts);
    assert!(shown.contains("undo: close the account"), "{shown}");
    assert!(office.direct("@mei").contains("Close the account."), "{}", office.direct("@mei"));
    let child = shown
        .match_indices("is asked to take this · T-")
        .last()
        .map(|(at, found)| shown[at + found.len()..].chars().take_while(char::is_ascii_digit).collect::<String>());
    let child = child.unwrap();
    command(&office, "@mei", &format!("accept T-{child}")).await;
    command(&office, "@mei", &format!("done T-{child} it is closed")).await;
    let shown = thread(&office, &ts);
    assert!(shown.contains("decides how to go on"), "{shown}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workflow_is_started_by_its_name_and_shown_by_the_command() {
    let office = Office::open(&[(FILE, "When someone joins the company:", "Everybody has these.")]).await;
    let ts = says(&office, "@iris", "@workforce start onboarding for \"Mia Chen\", mia@acme.test, in Support").await;
    assert!(thread(&office, &ts).contains("0 of 5 steps done"), "{}", thread(&office, &ts));
    let asked = says(&office, "@iris", "@workforce workflow").await;
    assert!(thread(&office, &asked).contains("1 under way"), "{}", thread(&office, &asked));
    office.end().await;
}
