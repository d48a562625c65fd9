//! Work that goes from one to another: what is handed over is shown, who acts for whom is kept, and rights do not grow on the way.

use serde_json::{Value, json};
use workforce::clock::Span;
use workforce::demo_models::{Format, Line};
use workforce::drivers::Drivers;
use workforce::ids::TaskId;
use workforce::ledger::{FactKind, store as facts};
use workforce::results::store as results;

use crate::models::{FINANCE, ORDERS, ask, model, office, shown, vendor};
use crate::office::Office;

const SUPPORT: (&str, &str, &str) = ("roles/support-desk.md", "driver: playbook", "driver: model\n    model: other");

/// The payloads of a task's facts of one kind.
async fn payloads(office: &Office, kind: FactKind) -> Vec<Value> {
    let facts = facts::facts_of_task(&office.service().app.store, TaskId(1)).await.unwrap();
    facts.into_iter().filter(|fact| fact.kind == kind).filter_map(|fact| fact.payload).collect()
}

async fn command(office: &Office, who: &str, text: &str) {
    office.sandbox.slash(who, "#support", "/workforce", text).unwrap();
    office.rest().await;
}

fn hands(to: &str, why: &str) -> Line {
    Line::call("hand_over", json!({ "to": to, "why": why }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_hands_to_an_agent_with_what_it_needs() {
    let vendor = vendor([
        hands("role:orders", "needs to know where ORD-1042 is before anything is paid back").when("please refund")
    ])
    .await;
    let office = office(&[FINANCE], vec![("main", model(&vendor, Format::Anthropic))]).await;
    let thread = ask(&office, "please refund ORD-1042, where is that order?");
    office.rest().await;
    insta::assert_snapshot!(shown(&office, &thread), @r"
    Ana Silva: @workforce please refund ORD-1042, where is that order?
    Finn (Finance) (app): T-1 · Finn (Finance) handed this to *Olga (Orders)* at 08:00 UTC:
      needs to know where ORD-1042 is before anything is paid back
    Olga (Orders) (app): Order ORD-1042 (Espresso grinder) reached Bluebird Cafe on 16 November with Fleet Parcel.
      T-1 · done 08:00 UTC
      Noor Haddad answers for Olga (Orders). Mention me here if it is not what you needed. `/workforce why T-1`
      [Use it] [Refine] [Not right]
    ");
    let runs = payloads(&office, FactKind::RunStarted).await;
    let chain = runs[1]["actors"].to_string();
    assert!(chain.contains("human") && chain.contains("finance-agent") && chain.contains("orders-agent"), "{chain}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_guard_fell_is_not_free_in_the_hands_of_another() {
    let said = "When fewer than 80% of the orders agent's proposals are accepted over a month, everything it does needs approval.";
    let rule = "Password resets run without approval.\n";
    let with = format!("{rule}{said}\n");
    let refund = json!({ "order_id": "ORD-1042", "amount_cents": 4_000, "reason": "it arrived broken" });
    let vendor = vendor([
        hands("role:finance-operations", "it arrived broken").when("where is order ORD-1042"),
        Line::call("billing__refund", refund).when("arrived broken"),
        Line::say("Refunded $40.00."),
    ])
    .await;
    let changes = [FINANCE, ORDERS, ("approvals.md", rule, with.as_str())];
    let office = office(&changes, vec![("main", model(&vendor, Format::Anthropic))]).await;
    let app = &office.service().app;
    let directives = app.directives().unwrap();
    let reading = directives.readings.iter().find(|reading| reading.origin.text == said).unwrap();
    let mut tx = app.store.begin().await.unwrap();
    let now = office.clock.now();
    results::fall(&mut tx, "orders", "orders-agent", "approve_all", &reading.origin, 0, now).await.unwrap();
    tx.commit().await.unwrap();
    let thread = ask(&office, "where is order ORD-1042?");
    office.rest().await;
    let answered = shown(&office, &thread);
    assert!(answered.contains("handed this to *Finn (Finance)*"), "{answered}");
    assert!(answered.contains("Waits for Dana Ruiz to approve") && !answered.contains("Refunded $40.00"), "{answered}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_hands_to_a_person_and_a_person_to_an_agent() {
    let vendor = vendor([
        hands("role:legal-desk", "he threatens to sue").when("please refund"),
        Line::say("It reached them on 12 November.").when("or he sues"),
    ])
    .await;
    let office = office(&[FINANCE, ORDERS], vec![("main", model(&vendor, Format::Openai))]).await;
    let thread = ask(&office, "please refund ORD-1042 or he sues");
    office.rest().await;
    insta::assert_snapshot!(shown(&office, &thread), @r"
    Ana Silva: @workforce please refund ORD-1042 or he sues
      :eyes: workforce
    Finn (Finance) (app): T-1 · Finn (Finance) handed this to *Legal desk* at 08:00 UTC:
      he threatens to sue
    workforce (app): *Priya Nair* is asked to take this · T-1
      Finn (Finance) handed it over at 08:00 UTC: he threatens to sue.
      No answer by 08:30 UTC → Support lead is asked. Nothing has been done yet.
      [Accept] [Hand over] [Done]
      [Wrong — reassign] [Cancel]
    ");
    let direct = office.direct("priya");
    assert!(direct.contains("handed it over at") && direct.contains("he threatens to sue"), "{direct}");
    command(&office, "@priya", "accept T-1").await;
    command(&office, "@priya", "hand-over T-1 to the orders agent").await;
    let answered = shown(&office, &thread);
    assert!(answered.contains("Olga (Orders)") && answered.contains("It reached them on 12 November."), "{answered}");
    assert!(answered.contains("Priya Nair handed this to *Olga (Orders)*"), "{answered}");
    assert!(answered.contains("Olga (Orders) has it from here."), "{answered}");
    office.end().await;
}

/// The support agent must not refund more than $20. Handing it to the finance agent, who may, is no way around that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handing_on_widens_no_right() {
    let refund = json!({ "order_id": "ORD-1042", "amount_cents": 4_000, "reason": "broken" });
    let finance = vendor([
        Line::call("billing__refund", refund).when("Espresso grinder").again(),
        Line::say("I may not do that here.").when("This is forbidden").again(),
        Line::say("Refunded $40.00.").when("refund_id").again(),
        Line::call("orders__get", json!({ "id": "ORD-1042" })).when("ORD-1042").again(),
    ])
    .await;
    let support = vendor([hands("role:finance-operations", "a refund of $40").when("ticket")]).await;
    let line = "New tickets run without approval.";
    let ban = format!("{line}\nNever let the support agent issue refunds over $20.");
    let models = vec![("main", model(&finance, Format::Anthropic)), ("other", model(&support, Format::Openai))];
    let office = office(&[FINANCE, SUPPORT, ("approvals.md", line, &ban)], models).await;
    let through = ask(&office, "ticket TCK-301 wants money back, $40 for ORD-1042");
    office.rest().await;
    assert!(shown(&office, &through).contains("I may not do that here."), "{}", shown(&office, &through));
    assert!(shown(&office, &through).contains("handed this to *Finn (Finance)*"), "{}", shown(&office, &through));
    let told = finance.asked()[0].body.to_string();
    assert!(told.contains("what Sol (Support) handed this over with: a refund of $40"), "{told}");
    let directly = ask(&office, "please refund ORD-1042, $40, it arrived broken");
    office.rest().await;
    assert!(shown(&office, &directly).contains("Refunded $40.00."), "{}", shown(&office, &directly));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hops_are_counted_and_no_pair_plays_ball() {
    // Each is sure that it is the next one's work, and very polite about it.
    let thanks = "Thank you so much! This is yours.";
    let finance = vendor([hands("role:orders", thanks).again()]).await;
    let orders = vendor([hands("role:finance-operations", thanks).again()]).await;
    let models = vec![("main", model(&finance, Format::Anthropic)), ("second", model(&orders, Format::Openai))];
    let pair = ("roles/orders.md", "driver: playbook", "driver: model\n    model: second");
    let two = office(&[FINANCE, pair], models).await;
    let thread = ask(&two, "please refund ORD-1042");
    two.rest().await;
    assert_eq!((finance.asked().len(), orders.asked().len()), (2, 1), "{}", shown(&two, &thread));
    assert!(two.direct("kim").contains("so it comes to a human."), "{}", two.direct("kim"));
    two.after(Span::days(3)).await;
    assert_eq!(finance.asked().len() + orders.asked().len(), 3, "nothing goes on by itself");
    two.end().await;

    // Three in a round meet the limit of hands.
    let finance = vendor([hands("role:orders", thanks).again()]).await;
    let orders = vendor([hands("role:support-desk", thanks).again()]).await;
    let support = vendor([hands("role:finance-operations", thanks).again()]).await;
    let models = [("main", &finance), ("second", &orders), ("other", &support)];
    let three = Office::open_team(&[FINANCE, pair, SUPPORT], Drivers::default(), |config| {
        config.drivers.models =
            models.iter().map(|(name, vendor)| ((*name).to_owned(), model(vendor, Format::Anthropic))).collect();
        config.limits.runs_per_task = 3;
    })
    .await;
    let thread = ask(&three, "please refund ORD-1042");
    three.rest().await;
    let asked = finance.asked().len() + orders.asked().len() + support.asked().len();
    assert_eq!(asked, 3, "{}", shown(&three, &thread));
    assert_eq!(three.told("kim", "Who should take this?"), 1, "{}", three.direct("kim"));
    three.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_stays_with_its_agent() {
    let vendor = vendor([Line::say("It left on 12 November."), Line::say("Fleet Parcel has it.")]).await;
    let office = office(&[ORDERS], vec![("main", model(&vendor, Format::Anthropic))]).await;
    let thread = ask(&office, "where is order ORD-1042?");
    office.rest().await;
    office.sandbox.says_in_thread("@ana", "#support", &thread, "@workforce and who carries it?").unwrap();
    office.rest().await;
    let shown = shown(&office, &thread);
    assert!(shown.contains("Fleet Parcel has it."), "{shown}");
    let why = payloads_of(&office, 2).await;
    assert!(why.contains("same_thread"), "{why}");
    office.end().await;
}

async fn payloads_of(office: &Office, task: i64) -> String {
    let facts = facts::facts_of_task(&office.service().app.store, TaskId(task)).await.unwrap();
    let assigned = facts.iter().find(|fact| fact.kind == FactKind::Assigned).unwrap();
    assigned.payload.as_ref().unwrap().to_string()
}

fn cannot(why: &str) -> Line {
    Line::call("cannot_do", json!({ "why": why }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i_cannot_goes_up_the_org_chart_and_each_hears_why() {
    let vendor = vendor([cannot("I have no access to the archive.").again()]).await;
    // Nobody is asked by a sentence: the org chart alone decides.
    let quiet = [
        ("routing.md", "If nobody answers within 30 minutes, tell the support lead.\n", ""),
        ("routing.md", "If nobody answers within 2 hours, tell @kim.\n", ""),
        ("roles/finance-operations.md", "supervisor: \"@kim\"", "supervisor: \"@lee\""),
    ];
    let changes: Vec<_> = [FINANCE].into_iter().chain(quiet).collect();
    let office = office(&changes, vec![("main", model(&vendor, Format::Anthropic))]).await;
    let thread = ask(&office, "please refund ORD-1042, $40");
    office.rest().await;
    insta::assert_snapshot!(shown(&office, &thread), @r"
    Ana Silva: @workforce please refund ORD-1042, $40
      :eyes: workforce
    Finn (Finance) (app): *I cannot do this.* *Dana Ruiz* is asked to take it over · T-1
      I have no access to the archive.
    workforce (app): *Dana Ruiz* is asked to take this · T-1
      Finn (Finance) cannot do this: I have no access to the archive.
      No answer by 12:00 UTC → the next one up the org chart is asked. Nothing has been done yet.
      [Accept] [Hand over] [Done]
      [Wrong — reassign] [Cancel]
    ");
    let why = "Finn (Finance) cannot do this: I have no access to the archive.";
    assert_eq!(office.told("dana", why), 1, "{}", office.direct("dana"));
    assert_eq!(office.told("lee", why), 0);
    office.after(Span::hours(5)).await;
    assert_eq!(office.told("lee", why), 1, "its supervisor is next: {}", office.direct("lee"));
    office.after(Span::hours(24)).await;
    assert_eq!(office.told("kim", why), 1, "who both report to is next: {}", office.direct("kim"));
    office.after(Span::days(4)).await;
    let silent = shown(&office, &thread);
    assert!(silent.contains("Nobody took T-1.") && silent.contains("Kim Osei"), "{silent}");
    // Whoever was asked can still take it.
    command(&office, "@lee", "accept T-1").await;
    assert!(shown(&office, &thread).contains("Lee Park* has this"), "{}", shown(&office, &thread));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_away_is_stood_in_for_and_whoever_is_gone_is_passed_over() {
    let vendor = vendor([cannot("I have no access to the archive.").again()]).await;
    let away =
        ("approvals.md", "## Stopping", "Omar covers for Dana from 1 September to 31 December 2026.\n\n## Stopping");
    let covered = office(&[FINANCE, away], vec![("main", model(&vendor, Format::Anthropic))]).await;
    ask(&covered, "please refund ORD-1042, $40");
    covered.rest().await;
    assert_eq!(covered.told("omar", "cannot do this"), 1, "{}", covered.direct("omar"));
    assert_eq!(covered.told("dana", "cannot do this"), 0, "{}", covered.direct("dana"));
    covered.end().await;

    // An owner without an account here is passed over, and the thread says so.
    let gone = ("roles/finance-operations.md", "owner: \"@dana\"", "owner: \"@zoe\"");
    let known = (
        "company.md",
        "- Priya Nair",
        "- Zoe Marsh (@zoe, zoe@elsewhere.test), adviser, reports to @omar\n- Priya Nair",
    );
    let passed = Office::open_team(&[FINANCE, gone, known], Drivers::default(), |config| {
        config.drivers.models.insert("main".to_owned(), model(&vendor, Format::Anthropic));
    })
    .await;
    passed.sandbox.deactivates("@zoe").unwrap();
    passed.rest().await;
    let thread = ask(&passed, "please refund ORD-1042, $40");
    passed.rest().await;
    assert!(shown(&passed, &thread).contains("Zoe Marsh cannot be reached."), "{}", shown(&passed, &thread));
    assert_eq!(passed.told("kim", "cannot do this"), 1, "{}", passed.direct("kim"));
    passed.end().await;
}
