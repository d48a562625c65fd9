//! An agent asks somebody else than whoever made the request, and sleeps until one of those who may has answered: in the thread,
//! below the card, by a button or by a form.

use serde_json::json;
use workforce::clock::Span;
use workforce::demo_models::{Format, Line, ModelServer};
use workforce::drivers::Drivers;
use workforce::sandbox::Refused;

use crate::loops::ORDER_STEPS;
use crate::models::{FINANCE, ORDERS, ask, model, office, shown, vendor};
use crate::office::Office;

const CASH: &str = "May ORD-1042 be paid back in cash?";

/// Asks the finance managers, and says what it heard.
async fn asks(of: &str) -> ModelServer {
    let question = json!({ "question": CASH, "whom": of, "options": ["Yes", "No"] });
    vendor([
        Line::call("ask", question).when("in cash"),
        Line::say("They say no.").when("answered: No"),
        Line::say("They say it depends.").when("answered: only"),
    ])
    .await
}

async fn asked_by_finance(of: &str, set: impl FnOnce(&mut workforce::config::Config)) -> (Office, ModelServer, String) {
    let vendor = asks(of).await;
    let main = model(&vendor, Format::Anthropic);
    let office = Office::open_team(&[FINANCE], Drivers::default(), |config| {
        config.drivers.models.insert("main".to_owned(), main);
        set(config);
    })
    .await;
    let thread = ask(&office, "please refund ORD-1042 in cash");
    office.rest().await;
    (office, vendor, thread)
}

/// Clicks a button of the question in the thread.
async fn clicks(office: &Office, who: &str, label: &str) -> Result<(), Refused> {
    let messages = office.sandbox.shown("#support").unwrap();
    let mut last = Err(Refused(format!("nothing with [{label}]")));
    for message in messages.iter().rev() {
        last = office.sandbox.clicks(who, "#support", &message.ts, label).map(|_| ());
        if last.is_ok() {
            break;
        }
    }
    office.rest().await;
    last
}

async fn says(office: &Office, who: &str, thread: &str, words: &str) {
    office.sandbox.says_in_thread(who, "#support", thread, words).unwrap();
    office.rest().await;
}

async fn command(office: &Office, who: &str, text: &str) -> String {
    office.sandbox.slash(who, "#support", "/workforce", text).unwrap();
    office.rest().await;
    office.sandbox.ephemerals(who).unwrap().pop().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_role_is_asked_and_only_its_people_answer() {
    let (mut office, vendor, thread) = asked_by_finance("role:finance-manager", |_| {}).await;
    insta::assert_snapshot!(shown(&office, &thread), @r"
    Ana Silva: @workforce please refund ORD-1042 in cash
      :eyes: workforce
    Finn (Finance) (app): *Finn (Finance)* asks · T-1
      May ORD-1042 be paid back in cash?
      @dana, @omar reply here to go on.
      “Billing questions go to the finance agent.” `routing.md:7`
      [Yes] [No] [Answer] [Cancel]
    ");
    insta::assert_snapshot!(office.direct("dana"), @r"
    Finn (Finance) (app): *Finn (Finance)* asks you · T-1
      May ORD-1042 be paid back in cash?
      About T-1, asked by Ana Silva in #support
      The request:
      please refund ORD-1042 in cash
      Reply in this thread, or press a button; Finn (Finance) waits and goes on with your words. Omar Weiss can answer too.
      [Yes] [No] [Answer]
    ");
    assert_eq!(office.told("omar", CASH), 1, "{}", office.direct("omar"));

    // Others talk, the requester too: none of it is the answer.
    says(&office, "@lee", &thread, "Yes, of course!").await;
    says(&office, "@ana", &thread, "Yes please").await;
    clicks(&office, "@lee", "Yes").await.unwrap();
    let refused = office.sandbox.ephemerals("@lee").unwrap().pop().unwrap();
    assert!(refused.contains("Dana Ruiz") && refused.contains("Omar Weiss"), "{refused}");
    assert_eq!(vendor.asked().len(), 1, "nobody answered yet");

    // It survives the end of the process, and says whom it waits for.
    office.go_home().await;
    office.turn(Span::hours(1));
    office.come_in().await;
    let status = command(&office, "@ana", "status T-1").await;
    assert!(status.contains("waits for Dana Ruiz or Omar Weiss to tell the answer"), "{status}");
    let dana = command(&office, "@dana", "home").await;
    let asked = dana.split("---").find(|part| part.contains("*You are asked*")).unwrap_or_else(|| panic!("{dana}"));
    assert!(
        asked.contains("Finn (Finance)") && asked.contains("· T-1 · until") && asked.contains("[Answer]"),
        "{asked}"
    );
    let lee = command(&office, "@lee", "home").await;
    assert!(!lee.contains("You are asked"), "{lee}");

    office.clicks("dana", "No").await.unwrap();
    assert!(shown(&office, &thread).contains("They say no."), "{}", shown(&office, &thread));
    assert_eq!(vendor.asked().len(), 2);
    let omar = office.direct("omar");
    assert!(omar.contains("has the answer of Dana Ruiz") && !omar.contains("[Answer]"), "{omar}");
    // A button that was not taken away in time answers nothing any more.
    let why = command(&office, "@ana", "why T-1").await;
    assert!(why.contains("asked Dana Ruiz or Omar Weiss for the answer"), "{why}");
    assert!(why.contains("Dana Ruiz gave the answer"), "{why}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_may_be_said_in_the_thread_below_the_card_or_in_a_form() {
    for way in ["thread", "card", "form"] {
        let (office, _vendor, thread) = asked_by_finance("role:finance-manager", |_| {}).await;
        match way {
            "thread" => says(&office, "@omar", &thread, "only up to $100").await,
            "card" => {
                let channel = office.sandbox.dm_channel("@omar").unwrap();
                let card = office.sandbox.shown(&channel).unwrap().into_iter().find(|m| m.text.contains(CASH)).unwrap();
                office.sandbox.dms_in_thread("@omar", &card.ts, "only up to $100").unwrap();
                office.rest().await;
            }
            _ => {
                office.clicks("omar", "Answer").await.unwrap();
                office.sandbox.submits("@omar", &[("words", "only up to $100")]).unwrap();
                office.rest().await;
            }
        }
        assert!(shown(&office, &thread).contains("They say it depends."), "{way}: {}", shown(&office, &thread));
        assert!(office.direct("dana").contains("only up to $100"), "{way}: {}", office.direct("dana"));
        office.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_answer_is_reminded_at_work_and_then_the_org_chart_is_climbed() {
    let (office, vendor, thread) = asked_by_finance("role:finance-manager", |_| {}).await;
    // It was asked on a Wednesday at 10:00.
    office.after(Span::hours(4)).await;
    assert_eq!(office.told("dana", "still waits for the answer"), 1, "{}", office.direct("dana"));
    office.after(Span::hours(8)).await;
    assert_eq!(office.told("dana", "still waits for the answer"), 1, "nobody is reminded at night");
    office.after(Span::hours(12)).await;
    assert_eq!(
        office.told("kim", CASH),
        1,
        "Dana and Omar had a day; who they report to is asked: {}",
        office.direct("kim")
    );
    insta::assert_snapshot!(shown(&office, &thread), @r"
    Ana Silva: @workforce please refund ORD-1042 in cash
      :eyes: workforce
    Finn (Finance) (app): *Finn (Finance)* asks · T-1
      May ORD-1042 be paid back in cash?
      @kim reply here to go on. Finance manager cannot be reached or did not answer.
      “Billing questions go to the finance agent.” `routing.md:7`
      [Yes] [No] [Answer] [Cancel]
    Finn (Finance) (app): @dana, @omar Finn (Finance) still waits for the answer · T-1
      Reply here. After 10 Sep 08:00 UTC somebody else is asked, or it is given back.
    ");
    // A late answer of those who were asked first counts too.
    office.clicks("omar", "No").await.unwrap();
    assert!(shown(&office, &thread).contains("They say no."), "{}", shown(&office, &thread));
    assert!(office.direct("kim").contains("has the answer of Omar Weiss"), "{}", office.direct("kim"));
    assert_eq!(vendor.asked().len(), 2);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_nobody_answers_ends_with_a_word_and_a_cancelled_one_too() {
    let (office, _vendor, thread) = asked_by_finance("role:finance-manager", |_| {}).await;
    for _ in 0..8 {
        office.after(Span::days(1)).await;
    }
    let ended = shown(&office, &thread);
    assert!(ended.contains("Nobody answered its question in time."), "{ended}");
    for who in ["dana", "omar", "kim"] {
        let direct = office.direct(who);
        assert!(direct.contains("does not need an answer any more") && !direct.contains("[Answer]"), "{direct}");
    }
    office.end().await;

    let (office, _vendor, thread) = asked_by_finance("role:finance-manager", |_| {}).await;
    says(&office, "@ana", &thread, "@workforce cancel T-1").await;
    let direct = office.direct("dana");
    assert!(direct.contains("does not need an answer any more") && !direct.contains("[Answer]"), "{direct}");
    assert!(shown(&office, &thread).contains("Cancelled."), "{}", shown(&office, &thread));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approver_is_asked_and_a_week_passes() {
    let long = |config: &mut workforce::config::Config| config.limits.answer_within_minutes = 14 * 24 * 60;
    let (mut office, vendor, thread) = asked_by_finance("role:finance-manager", long).await;
    let told = vendor.asked()[0].body.to_string();
    assert!(told.contains("Approves: Refunds above $200 need approval"), "it knows who approves: {told}");
    office.go_home().await;
    office.turn(Span::days(7));
    office.come_in().await;
    office.clicks("dana", "No").await.unwrap();
    assert!(shown(&office, &thread).contains("They say no."), "{}", shown(&office, &thread));
    assert_eq!(vendor.asked().len(), 2, "what was said before the week is not asked for again");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn for_a_role_that_an_agent_fills_its_owner_answers_and_whoever_is_away_is_stood_in_for() {
    let vendor = asks("role:orders").await;
    let away =
        ("approvals.md", "## Stopping", "Ana covers for Noor from 1 September to 31 December 2026.\n\n## Stopping");
    let office = office(&[FINANCE, away], vec![("main", model(&vendor, Format::Openai))]).await;
    let thread = office.sandbox.says("@ben", "#support", "@workforce please refund ORD-1042 in cash").unwrap();
    office.rest().await;
    assert!(shown(&office, &thread).contains("@ana reply here"), "{}", shown(&office, &thread));
    office.clicks("ana", "No").await.unwrap();
    assert!(shown(&office, &thread).contains("They say no."), "{}", shown(&office, &thread));
    office.end().await;
}

/// "Ask @noor: …" in a playbook.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_playbook_asks_by_name() {
    let asks = "1. Look up the order with `orders.get`, id: `{{ order_number }}`.\n2. Ask @noor: Is {{ order.id }} known to be broken? Call it `word`.\n3. Answer: Noor says {{ word }}.";
    let office = Office::open(&[("roles/orders.md", ORDER_STEPS, asks)]).await;
    let thread = ask(&office, "where is order ORD-1042?");
    office.rest().await;
    assert!(office.told("noor", "Is ORD-1042 known to be broken?") == 1, "{}", office.direct("noor"));
    says(&office, "@ana", &thread, "yes it is").await;
    assert!(!shown(&office, &thread).contains("Noor says"), "{}", shown(&office, &thread));
    says(&office, "@noor", &thread, "no").await;
    assert!(shown(&office, &thread).contains("Noor says no."), "{}", shown(&office, &thread));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_it_was_not_offered_cannot_be_asked() {
    let bad = json!({ "question": CASH, "whom": "person:@sofia" });
    let vendor = vendor([Line::call("ask", bad).when("where is"), Line::say("Then I look it up.")]).await;
    let office = office(&[ORDERS], vec![("main", model(&vendor, Format::Anthropic))]).await;
    let thread = ask(&office, "where is order ORD-1042?");
    office.rest().await;
    assert!(shown(&office, &thread).contains("Then I look it up."), "{}", shown(&office, &thread));
    assert!(!office.direct("sofia").contains(CASH));
    office.end().await;
}
