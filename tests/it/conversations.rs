//! Conversations that the example company's own rehearsals leave out, and what every conversation has in common: two posts
//! and one ping are enough.

use std::collections::BTreeMap;
use std::path::Path;

use workforce::rehearsals::run::setting;
use workforce::rehearsals::transcript::{self, Paint};
use workforce::rehearsals::{Company, Play, example};

const WORKFORCE: &str = env!("CARGO_BIN_EXE_workforce");

/// The example company, with a user group for the finance team and a channel in which no mention is needed.
fn company(rehearsals: &str) -> Company {
    let mut files: BTreeMap<String, String> = example::files();
    files.retain(|path, _| !path.starts_with("rehearsals/"));
    let directives = files.get_mut("company.md").expect("the example has a company file");
    assert!(directives.contains("- Finance team: "), "{directives}");
    *directives = directives
        .replace("- Finance team: ", "- Finance team (user group @finance): ")
        .replace("## Channels\n", "## Channels\n\n- #helpdesk: questions of all sorts\n");
    files.insert("rehearsals/only.md".to_owned(), rehearsals.to_owned());
    Company::of_files(files).unwrap_or_else(|error| panic!("{error}: {error:?}"))
}

/// Plays every section, tells what differs, and hands each open play to `look` before it closes.
async fn played(company: &Company, look: impl Fn(&str, &Play)) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let mut differ = Vec::new();
    for rehearsal in company.rehearsals().expect("the conversations can be read") {
        for section in &rehearsal.sections {
            let mut setting = setting(Path::new(WORKFORCE), dir.path(), &rehearsal.file, section).unwrap();
            setting.watched_channels = vec!["helpdesk".to_owned()];
            let begins = Box::pin(Play::begin(company, &rehearsal.file, section, &setting));
            let mut play = begins.await.expect("it begins");
            while play.next().await.expect("it goes on").is_some() {}
            look(&section.title, &play);
            let outcome = play.end().await.expect("it ends");
            if !outcome.passed() {
                differ.push(transcript::section(&outcome, Paint::PLAIN));
            }
        }
    }
    differ
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_goes_as_it_is_written() {
    let company = company(include_str!("../conversations/everyday.md"));
    let differ = played(&company, |_, _| {}).await;
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn private_words_stay_private_and_words_decide_nothing() {
    let company = company(include_str!("../conversations/privacy.md"));
    let differ = played(&company, |title, play| {
        let active = crate::red::house::active(play.sandbox());
        let pings = |one: &String| {
            ["U0SOFIA", "!channel", "!here", "broadcast", "evil.test"].iter().any(|bad| one.contains(bad))
        };
        assert!(!active.iter().any(pings), "{title}: {active:?}");
    })
    .await;
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// What a request may cost its readers when nothing waits for anybody: two posts in the channel, of which one pings.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_posts_and_one_ping_are_enough() {
    let company = company(
        "# Routine\n\n## A question\n@ana in #support: @workforce where is order ORD-1042?\nExpect: says \"ORD-1042\"\n\n\
         ## A refund\n@ana in #support: @workforce please refund ORD-1042, $40, it arrived broken\n\
         Expect: says \"Refunded $40.00\"\n\n\
         ## In a direct message\n@ben in a direct message: where is order ORD-1042?\nExpect: says \"ORD-1042\"\n\n\
         ## A licence\n@ana in #it: @workforce sofia needs a seat of codehost\nExpect: waits for nobody\n",
    );
    let differ = played(&company, |title, play| {
        let posts = play.sandbox().calls_of("chat.postMessage");
        let pings = posts.iter().filter(|post| post.args.to_string().contains("<@U")).count();
        assert!((1..=2).contains(&posts.len()), "{title}: {} posts", posts.len());
        assert!(pings <= 1, "{title}: {pings} pings");
        assert_eq!(play.sandbox().calls_of("chat.postEphemeral").len(), 0, "{title}");
    })
    .await;
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
