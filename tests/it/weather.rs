//! Nobody may notice what a network and a machine do to the bot: every rehearsal of the example company also holds when Slack
//! delivers everything twice and in another order, when the bot is started anew after every act, and on PostgreSQL.

use std::path::Path;

use workforce::rehearsals::company::{Time, Weather};
use workforce::rehearsals::run::setting;
use workforce::rehearsals::{Company, Outcome, Play, transcript};

use crate::database::Database;

const WORKFORCE: &str = env!("CARGO_BIN_EXE_workforce");

/// Plays every section of the example company in this weather; on databases that `database` makes, else on SQLite.
async fn holds(weather: Weather, postgres: bool) {
    let company = Company::example().expect("the example company holds");
    let dir = tempfile::tempdir().unwrap();
    let mut differ = Vec::new();
    let mut played = 0;
    for rehearsal in company.rehearsals().expect("its rehearsals can be read") {
        for section in &rehearsal.sections {
            let mut setting = setting(Path::new(WORKFORCE), dir.path(), &rehearsal.file, section).unwrap();
            assert_eq!(setting.time, Time::Standing, "no test waits for this machine's clock");
            setting.weather = weather;
            let database = if postgres { Database::postgres().await } else { None };
            if postgres && database.is_none() {
                return;
            }
            setting.database_url = database.as_ref().map(|database| database.url.clone());
            let begins = Box::pin(Play::begin(&company, &rehearsal.file, section, &setting));
            let mut play = begins.await.expect("it begins");
            while play.next().await.expect("it goes on").is_some() {}
            let outcome = play.end().await.expect("it ends");
            played += 1;
            differ.extend(failed(&outcome));
        }
    }
    assert!(played >= 20, "{played} sections");
    assert!(differ.is_empty(), "{weather:?}\n{}", differ.join("\n"));
}

fn failed(outcome: &Outcome) -> Option<String> {
    (!outcome.passed()).then(|| transcript::section(outcome, transcript::Paint::PLAIN))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_arrives_twice_and_in_another_order() {
    holds(Weather { twice: true, shuffled: Some(7), restarts: false }, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bot_is_started_anew_after_every_act() {
    holds(Weather { restarts: true, ..Weather::default() }, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_with_all_of_it() {
    holds(Weather { twice: true, shuffled: Some(11), restarts: true }, true).await;
}
