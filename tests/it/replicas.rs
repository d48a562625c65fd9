//! Two replicas on one PostgreSQL, the real binaries: whichever hears, routes, acts or posts, everything happens once.

use std::time::Duration;

use workforce::demo_tools::effects;
use workforce::sandbox::Sandbox;

use super::serve::House;
use crate::database::Database;

const PATIENCE: Duration = Duration::from_secs(180);
const REQUESTS: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_do_everything_once() {
    let Some(database) = Database::postgres().await else { return };
    let house = House::open().await;
    let tools = house.dir.path().join("demo-tools.db");
    let program = env!("CARGO_BIN_EXE_workforce");
    let entry = |name: &str| {
        let db = tools.display();
        format!("[[tools]]\nname = '{name}'\ncommand = '{program}'\nargs = ['demo-tools', '{name}', '--db', '{db}']\n")
    };
    let every: String = ["orders", "billing", "helpdesk", "licences", "accounts", "crm"].map(entry).concat();
    std::fs::write(house.dir.path().join("workforce.toml"), every).unwrap();
    let agreed = tokio::process::Command::new(program)
        .args(["directives", "accept", "--yes"])
        .current_dir(house.dir.path())
        .env("DATABASE_URL", &database.url)
        .output()
        .await
        .unwrap();
    assert!(agreed.status.success(), "{}", super::serve::said(&agreed));
    house.sandbox.duplicate_events(true);
    let serve = || {
        let mut command = house.command(&house.sandbox.app_token(), &house.sandbox.bot_token());
        command.env("DATABASE_URL", &database.url).env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        command.spawn().unwrap()
    };
    let _replicas = (serve(), serve());
    let connected = house.sandbox.until(|sandbox| (sandbox.connections() == 4).then_some(()));
    tokio::time::timeout(PATIENCE, connected).await.expect("both connect");

    let ask =
        || house.sandbox.says("@ana", "#support", "@workforce please refund ORD-1042, $5, it arrived broken").unwrap();
    let threads: Vec<String> = (0..REQUESTS).map(|_| ask()).collect();
    for thread in &threads {
        let answered = |sandbox: &Sandbox| {
            sandbox.thread_text("#support", thread).ok().filter(|shown| shown.contains("Refunded $5.00"))
        };
        let Ok(shown) = tokio::time::timeout(PATIENCE, house.sandbox.until(answered)).await else {
            panic!("no answer:\n{}", house.sandbox.thread_text("#support", thread).unwrap())
        };
        assert_eq!(shown.matches("Refunded $5.00").count(), 1, "{shown}");
    }
    let refunds = effects(&tools).await.unwrap().iter().filter(|effect| effect.tool == "refund").count();
    assert_eq!(refunds, REQUESTS);
    let posts = house.sandbox.posts_by_metadata("id");
    assert!(posts.len() >= REQUESTS, "{posts:?}");
    let twice: Vec<_> = posts.into_iter().filter(|(_, posts)| *posts > 1).collect();
    assert!(twice.is_empty(), "posted twice: {twice:?}");
}
