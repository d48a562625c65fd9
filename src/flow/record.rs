//! Decisions → their record, in the transaction that makes them; and the record → what a replay needs.

use super::facts::{Moment, looked_up};
use super::{App, FlowError};
use crate::backtest::{ActionFacts, Asker, Decision, Facts, Judged, LookUps, Material, Outcome, RouteFacts, store};
use crate::clock::{Span, Timestamp};
use crate::directives::Directives;
use crate::execution::store as actions;
use crate::gate::{LookedUp, Proposal, TaskFacts, Verdict, longest_period};
use crate::ids::ActionId;
use crate::roster::directory::Directory;
use crate::routing::store::corrections;
use crate::routing::{Experience, Request, Router, Routing};
use crate::store::{Store, Tx};
use crate::tasks::Task;

/// Writes down where a request was routed, and by what.
pub(super) async fn routed(
    tx: &mut Tx,
    task: &Task,
    request: &Request,
    routing: &Routing,
    by: (&Directives, &Router, &Directory),
) -> Result<(), FlowError> {
    let (directives, router, directory) = by;
    let facts = RouteFacts {
        text: request.text.clone(),
        channel: request.channel.clone(),
        asker: asker(directory, task),
        from_bot: request.from_bot.clone(),
        source: request.source.clone(),
        lessons: router.lessons(),
    };
    let decision = Decision {
        id: 0,
        task: task.id,
        action: None,
        conversation: task.conversation.clone(),
        directives: directives.digest.clone(),
        at: request.at,
        facts: Some(Facts::Route(facts)),
        outcome: Outcome::Route(routing.clone()),
    };
    Ok(store::record(tx, &decision).await?)
}

/// Writes down what the gate said to a call, and by what.
pub(super) async fn judged(
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    action: ActionId,
    proposal: &Proposal,
    known: &TaskFacts,
    verdict: &Verdict,
) -> Result<(), FlowError> {
    let done = actions::of_task(tx, task.id).await?;
    let looked = done.iter().filter(|stored| looked_up(stored).is_some()).map(|stored| stored.id);
    let facts = ActionFacts {
        proposal: proposal.clone(),
        asker: asker(&moment.directory, task),
        task: TaskFacts { looked_up: Vec::new(), ..known.clone() },
        looked_up: looked.collect(),
    };
    let decision = Decision {
        id: 0,
        task: task.id,
        action: Some(action),
        conversation: task.conversation.clone(),
        directives: moment.directives.digest.clone(),
        at: moment.now,
        facts: Some(Facts::Action(Box::new(facts))),
        outcome: Outcome::Action(Judged::of(verdict)),
    };
    Ok(store::record(tx, &decision).await?)
}

fn asker(directory: &Directory, task: &Task) -> Asker {
    let email = directory.account(&task.requester.user).and_then(|account| account.email.clone());
    Asker { account: task.requester.clone(), email }
}

/// The newest decisions since then, at most `limit` of them, and all that they are judged again with. `sets` are those that
/// will judge: their totals say how far back the past must reach.
pub async fn record_since(
    store: &Store,
    since: Timestamp,
    limit: i64,
    sets: &[&Directives],
) -> Result<(Vec<Decision>, Material), FlowError> {
    let decisions = store::since(store, since, limit).await?;
    let lessons = corrections(store).await?;
    let longest = sets.iter().filter_map(|set| longest_period(set)).max().unwrap_or(Span::ZERO);
    let first = decisions.first().map_or(since, |decision| decision.at);
    let past = store::counted_since(store, first.minus(longest)).await?;
    let material = Material {
        lessons: lessons.into_iter().map(|(text, route)| Experience { text, route }).collect(),
        past,
        looked_up: look_ups(store, &decisions).await?,
    };
    Ok((decisions, material))
}

/// So many rows are asked for in one statement.
const AT_ONCE: usize = 1_000;

async fn look_ups(store: &Store, decisions: &[Decision]) -> Result<LookUps, FlowError> {
    let mut wanted: Vec<ActionId> = decisions
        .iter()
        .filter_map(|decision| match &decision.facts {
            Some(Facts::Action(facts)) => Some(facts.looked_up.as_slice()),
            Some(Facts::Route(_)) | None => None,
        })
        .flatten()
        .copied()
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = LookUps::new();
    for part in wanted.chunks(AT_ONCE) {
        for stored in actions::find_all(store, part).await? {
            let known: Option<LookedUp> = looked_up(&stored);
            found.extend(known.map(|known| (stored.id, known)));
        }
    }
    Ok(found)
}

/// How many decisions a running bot replays when its directives change; `workforce replay` takes them all.
pub const MOST_REPLAYED: i64 = 10_000;
/// How far back it looks.
pub const REPLAYED: Span = Span::days(30);

/// What would be otherwise if `now` had been in force instead of `was`. Reading and judging keep a thread busy.
pub async fn backtest(
    app: &App,
    was: std::sync::Arc<Directives>,
    now: std::sync::Arc<Directives>,
    limit: i64,
) -> Result<crate::backtest::Report, FlowError> {
    let since = app.now().minus(REPLAYED);
    let (decisions, material) = record_since(&app.store, since, limit, &[&was, &now]).await?;
    let judging = move || {
        let (one, other) = std::thread::scope(|threads| {
            let other = threads.spawn(|| crate::backtest::judge_again(&decisions, &material, &now));
            let one = crate::backtest::judge_again(&decisions, &material, &was);
            (one, other.join())
        });
        other.map(|other| crate::backtest::Report::of(&decisions, &one, &other))
    };
    let judged = tokio::task::spawn_blocking(judging).await;
    let broke = || FlowError::Broken("the back-test stopped in the middle; its panic is in the log".to_owned());
    judged.map_err(|_panicked| broke())?.map_err(|_panicked| broke())
}
