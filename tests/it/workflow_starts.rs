//! Whatever starts a workflow starts it once: a mention, a command, a form, a delivery, the clock. Each on both databases.

use workforce::cli::demo_tools::servers;
use workforce::clock::Span;
use workforce::rehearsals::example;
use workforce::webhooks::{Scheme, Section};
use workforce::workflows::store as runs;

use crate::database::Database;
use crate::office::Office;
use crate::webhooks::{SECRET, deliver, hook};

const FILE: &str = "workflows/onboarding.md";
const STEPS: &str = "1. @iris checks the desk.\n2. @hugo greets the new colleague.\n";

/// The example company on one of the databases, with one workflow of two people's steps and a hook.
async fn office(database: &Database, trigger: &str) -> Office {
    let before = example::files()[FILE].clone();
    let now = format!("# Onboarding\n\n{trigger}\n\n{STEPS}");
    let hooks = vec![workforce::webhooks::Entry { channel: "#people".to_owned(), ..hook("hris", Scheme::Stripe) }];
    let section = Section { listen: "127.0.0.1:0".to_owned(), hooks, ..Section::default() };
    let listens = section.resolve(|_| Some(SECRET.to_owned())).unwrap();
    Office::open_with(&[(FILE, &before, &now)], |settings| {
        settings.webhooks = Some(listens);
        settings.database_url = database.url.clone();
        settings.tools =
            servers(env!("CARGO_BIN_EXE_workforce").as_ref(), &settings.directives.with_file_name("tools.db"));
    })
    .await
}

/// How many of the workflow were ever started.
async fn started(office: &Office) -> usize {
    runs::of_name(&office.service().app.store, "onboarding", 100).await.unwrap().len()
}

async fn command(office: &Office, who: &str, channel: &str, text: &str) -> String {
    office.sandbox.slash(who, channel, "/workforce", text).unwrap();
    office.rest().await;
    office.sandbox.ephemerals(who).unwrap().pop().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mention_starts_one_in_its_thread() {
    for database in Database::both().await {
        let mut office = office(&database, "When someone joins the company:").await;
        office.sandbox.duplicate_events(true);
        let ts = office.sandbox.says("@iris", "#people", "@workforce Mia Chen joins the company on Monday").unwrap();
        office.rest().await;
        let thread = office.sandbox.thread_text("#people", &ts).unwrap();
        assert!(thread.contains("0 of 2 steps done"), "{thread}");
        office.go_home().await;
        office.come_in().await;
        assert_eq!(started(&office).await, 1);
        office.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_starts_one_in_a_thread_of_its_own() {
    for database in Database::both().await {
        let mut office = office(&database, "When someone joins the company:").await;
        let said = command(&office, "@iris", "#people", "start onboarding for Mia Chen").await;
        assert!(said.contains("onboarding begins in #people"), "{said}");
        let seen = office.channel("#people");
        assert!(seen.contains("*Iris Novak* starts *onboarding*"), "{seen}");
        assert!(seen.contains("for Mia Chen") && seen.contains("0 of 2 steps done"), "{seen}");
        let run = runs::of_name(&office.service().app.store, "onboarding", 1).await.unwrap().pop().unwrap();
        let task = workforce::tasks::store::find_task(&office.service().app.store, run.task).await.unwrap().unwrap();
        let iris = office.service().app.who(&task.requester).unwrap();
        assert_eq!((iris.name.as_str(), task.text.as_str()), ("Iris Novak", "start onboarding for Mia Chen"));

        // In a direct conversation the thread is there.
        let said =
            command(&office, "@iris", &office.sandbox.dm_channel("iris").unwrap(), "workflow start onboarding").await;
        assert!(said.contains("our direct messages"), "{said}");
        assert!(office.direct("iris").contains("0 of 2 steps done"), "{}", office.direct("iris"));
        assert_eq!(started(&office).await, 2);

        let said = command(&office, "@iris", "#people", "start onbording for Mia Chen").await;
        assert!(said.contains("No workflow is called “onbording for Mia Chen”. There are: onboarding."), "{said}");
        office.go_home().await;
        office.come_in().await;
        assert_eq!(started(&office).await, 2);
        office.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_about_a_lawyer_goes_to_a_person_as_every_request_does() {
    let office = office(&Database::sqlite(), "When someone joins the company:").await;
    command(&office, "@iris", "#people", "start onboarding for the lawyer who threatens a lawsuit").await;
    assert_eq!(started(&office).await, 0);
    assert!(office.channel("#people").contains("lawsuit"), "{}", office.channel("#people"));
    assert!(office.channel("#people").contains("is asked to take this"), "{}", office.channel("#people"));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_starts_one_where_it_says() {
    for database in Database::both().await {
        let mut office = office(&database, "When someone joins the company:").await;
        office.sandbox.shortcut("@iris", "start_workflow").unwrap();
        office.rest().await;
        let where_to = [("workflow", "onboarding"), ("words", "for Mia Chen"), ("place", "#people")];
        office.sandbox.submits("@iris", &where_to).unwrap();
        office.rest().await;
        let seen = office.channel("#people");
        assert!(seen.contains("*Iris Novak* starts *onboarding*") && seen.contains("0 of 2 steps done"), "{seen}");
        // The same form from the card of the workflow; without a place it is said privately.
        office.sandbox.closes("@iris").unwrap();
        let said = command(&office, "@iris", "#people", "workflow onboarding").await;
        assert!(said.contains("[Start]"), "{said}");
        let card = office.sandbox.ephemeral_ts("@iris").unwrap().pop().unwrap();
        office.sandbox.clicks("@iris", "#people", &card, "Start").unwrap();
        office.rest().await;
        office.sandbox.submits("@iris", &[]).unwrap();
        office.rest().await;
        assert!(office.direct("iris").contains("0 of 2 steps done"), "{}", office.direct("iris"));
        office.go_home().await;
        office.come_in().await;
        assert_eq!(started(&office).await, 2);
        office.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_starts_one() {
    for database in Database::both().await {
        let mut office = office(&database, "When a webhook from hris arrives:").await;
        let body = r#"{"kind": "hired", "order": "Mia", "text": "Mia Chen was hired"}"#;
        deliver(&office, "hris", Scheme::Stripe, body).await;
        // More about the same matter is news for the one that is under way.
        office.turn(Span::seconds(5));
        deliver(&office, "hris", Scheme::Stripe, body).await;
        let seen = office.channel("#people");
        assert!(seen.contains("From hris:") && seen.contains("0 of 2 steps done"), "{seen}");
        office.go_home().await;
        office.come_in().await;
        assert_eq!(started(&office).await, 1);
        office.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_starts_one_however_long_nobody_was_there() {
    for database in Database::both().await {
        let mut office = office(&database, "Every Monday at 9:00 in #people:").await;
        office.go_home().await;
        // From Wednesday over two Mondays.
        office.turn(Span::days(13));
        office.come_in().await;
        let seen = office.channel("#people");
        assert!(seen.contains("*Scheduled:* workflow *onboarding*"), "{seen}");
        assert!(seen.contains("“Every Monday at 9:00 in #people:”") && seen.contains("0 of 2 steps done"), "{seen}");
        assert_eq!(started(&office).await, 1, "two Mondays that were missed are one");
        office.go_home().await;
        office.come_in().await;
        assert_eq!(started(&office).await, 1, "a new start repeats nothing");
        // Its steps are changed, and its time stays: the next Monday counts once.
        office.edit(FILE, "@hugo greets", "@hugo welcomes").await;
        for _ in 0..7 {
            office.after(Span::days(1)).await;
        }
        assert_eq!(started(&office).await, 2);
        office.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_starts_one_in_the_night_in_which_an_hour_comes_twice() {
    for database in Database::both().await {
        let office = office(&database, "Every day at 2:30:").await;
        // Clocks go back in Berlin on 25 October 2026, at 1:00 in UTC: 2:30 comes twice.
        office.after(Span::hours(45 * 24 + 13)).await;
        let before = started(&office).await;
        for _ in 0..12 {
            office.after(Span::minutes(30)).await;
        }
        assert_eq!(started(&office).await, before + 1);
        // No channel is named: the thread is with whoever does the first step.
        assert!(office.direct("iris").contains("*Scheduled:* workflow *onboarding*"), "{}", office.direct("iris"));
        office.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_replicas_one_starts_it() {
    let Some(database) = Database::postgres().await else { return };
    let office = office(&database, "Every Monday at 9:00 in #people:").await;
    let colleague = office.colleague().await;
    let both_rest = async || {
        for _ in 0..4 {
            colleague.app.bell.ring();
            office.service().app.bell.ring();
            office.rest().await;
            colleague.settled().await;
        }
    };
    for _ in 0..3 {
        office.turn(Span::days(7));
        both_rest().await;
    }
    assert_eq!(started(&office).await, 3);
    command(&office, "@iris", "#people", "start onboarding for Mia Chen").await;
    both_rest().await;
    assert_eq!(started(&office).await, 4);
    assert_eq!(office.channel("#people").matches("*Scheduled:* workflow *onboarding*").count(), 3);
    colleague.stop().await;
    office.end().await;
}
