//! Guards: what a worker's record says, held against the sentences about it; a guard that falls, and one that is lifted again.

use serde_json::json;

use super::super::decide::{Said, who};
use super::super::facts::Moment;
use super::super::says::cited_origin;
use super::super::spend::positions_of;
use super::super::{App, FlowError};
use crate::clock::{Span, Timestamp};
use crate::directives::Origin;
use crate::directives::rule::{Guard, GuardThen, Measure, Rule};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::money::Money;
use crate::replies::judged::{self, GuardView};
use crate::replies::outbox::Queued;
use crate::replies::refusals::Refusal;
use crate::replies::{Who, store as outbox};
use crate::results::store as results;
use crate::results::{Bound, Measured, falls};
use crate::roster::store as roster;
use crate::runs::store as runs;
use crate::store::{Tx, word};
use crate::workers::{SlackUser, WorkerRef};

/// Who stops a worker where a guard does; no account is written like this.
const BY_A_GUARD: &str = "a guard";
const PERCENT: i64 = 1_000_000;

/// A guard as one sentence has it for one position.
struct About<'a> {
    rule: &'a Guard,
    origin: &'a Origin,
    position: &'a str,
}

impl About<'_> {
    fn key(&self) -> String {
        let (word, bound) = match bound(self.rule) {
            Some(Bound::Below(bound)) => ("below", bound),
            Some(Bound::Above(bound)) => ("above", bound),
            None => ("none", 0),
        };
        format!("{}|{}|{word}|{bound}|{}", self.position, word_of(self.rule.measure), self.rule.over_days)
    }
}

fn word_of(measure: Measure) -> String {
    word(&measure)
}

fn bound(rule: &Guard) -> Option<Bound> {
    rule.below.map(|number| Bound::Below(number.0)).or(rule.above.map(|number| Bound::Above(number.0)))
}

/// Looks at every guard of a position, after something that it measures may have changed.
pub(in crate::flow) async fn look(app: &App, tx: &mut Tx, moment: &Moment, position: &str) -> Result<(), FlowError> {
    for about in of_position(moment, position) {
        let key = about.key();
        let known = results::guard::<Origin>(tx, &key).await?;
        if known.as_ref().is_some_and(|guard| guard.fallen.is_some()) {
            continue;
        }
        let window = moment.now.minus(Span::days(i64::from(about.rule.over_days)));
        let since = known.map_or(window, |guard| guard.counts_from.max(window));
        let Some(bound) = bound(about.rule) else { continue };
        let Some((measured, words)) = measure(app, tx, &about, since).await? else { continue };
        if let Some(fallen) = falls(measured, bound) {
            fall(tx, moment, &about, &key, fallen.value, &words).await?;
        }
    }
    Ok(())
}

fn of_position<'a>(moment: &'a Moment, position: &'a str) -> Vec<About<'a>> {
    let guards = moment.directives.each(|rule| if let Rule::Guard(guard) = rule { Some(guard) } else { None });
    guards
        .filter(|(_, rule)| positions_of(moment, &rule.who).iter().any(|known| known == position))
        .map(|(reading, rule)| About { rule, origin: &reading.origin, position })
        .collect()
}

/// What a guard looks at and how people say it; `None` for what nobody measures here.
async fn measure(
    app: &App,
    tx: &mut Tx,
    about: &About<'_>,
    since: Timestamp,
) -> Result<Option<(Measured, String)>, FlowError> {
    let days = about.rule.over_days;
    let position = about.position;
    Ok(match about.rule.measure {
        Measure::Acceptance => {
            let tally = results::tally_with_approvals(tx, position, since).await?;
            tally.acceptance().map(|percent| {
                let words =
                    format!("{percent} % of what it did was accepted, of {} judged in {days} days", tally.rated());
                (Measured { value: i64::from(percent) * PERCENT, cases: Some(tally.rated()) }, words)
            })
        }
        Measure::Escalations => {
            let (held, passed_on) = results::passed_on(tx, position, since).await?;
            (held > 0).then(|| {
                let percent = passed_on * 100 / held;
                let words = format!("{percent} % of its {held} tasks in {days} days went on to somebody else");
                (Measured { value: percent * PERCENT, cases: Some(u32::try_from(held).unwrap_or(u32::MAX)) }, words)
            })
        }
        Measure::Cost => {
            let currency = &app.config.prices.currency;
            let spent = results::spent(tx, position, since, &currency.0).await?;
            let words = format!("it cost {} in {days} days", Money::new(spent, currency.clone()));
            Some((Measured { value: spent, cases: None }, words))
        }
        // Nobody asks customers here.
        Measure::Csat => None,
    })
}

fn view(moment: &Moment, about: &About<'_>, key: &str, words: &str) -> GuardView {
    GuardView {
        key: key.to_owned(),
        worker: moment.names().worker(&WorkerRef::Agent(about.position.to_owned())),
        measured: words.to_owned(),
        consequence: match about.rule.then {
            GuardThen::ApproveAll => "everything that it changes needs its owner's word from now on",
            GuardThen::Pause => "it is stopped; whoever may can resume it",
            GuardThen::Notify => "nothing else changes; look at its last results",
        }
        .to_owned(),
        rule: cited_origin(about.origin),
    }
}

fn told(moment: &Moment, about: &About<'_>) -> Vec<Who> {
    let roster = &moment.directives.roster;
    let context = roster.context_of(Some(about.position), None);
    let mut handles = context.owner.clone();
    handles.extend(about.rule.to.iter().flat_map(|to| roster.people_of(to, &context)));
    handles.iter().map(|handle| moment.names().person(handle)).collect()
}

async fn fall(
    tx: &mut Tx,
    moment: &Moment,
    about: &About<'_>,
    key: &str,
    value: i64,
    words: &str,
) -> Result<(), FlowError> {
    let consequence = word(&about.rule.then);
    if !results::fall(tx, key, about.position, &consequence, about.origin, value, moment.now).await? {
        return Ok(());
    }
    let payload = json!({ "guard": key, "position": about.position, "value": value, "then": about.rule.then, "rule": about.origin });
    ledger::append_fact(tx, &Fact::of_system(FactKind::GuardFell, payload), moment.now).await?;
    if about.rule.then == GuardThen::Pause {
        roster::stop(tx, &format!("agent:{}", about.position), BY_A_GUARD, moment.now).await?;
    }
    let card = judged::guard_fell(&view(moment, about, key, words));
    for account in told(moment, about).into_iter().filter_map(|who| who.account) {
        let slot = format!("guard:{key}:{account}");
        outbox::start_afresh(tx, &slot).await?;
        outbox::queue(tx, &Queued::tell(slot, &account, card.clone()), moment.now).await?;
    }
    tracing::warn!(position = about.position, guard = key, "a guard fell");
    Ok(())
}

/// The owner, or whoever supervises, trusts the worker again.
pub(in crate::flow) async fn lift(app: &App, tx: &mut Tx, key: &str, by: &SlackUser) -> Result<Said, FlowError> {
    let moment = Moment::of(app)?;
    let Some(known) = results::guard::<Origin>(tx, key).await?.filter(|guard| guard.fallen.is_some()) else {
        return Ok(Said::Refused(Refusal::OldButton));
    };
    let handle = match who::person(app, &moment.directives, &moment.directory, by) {
        Ok(handle) => handle,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    let context = moment.directives.roster.context_of(Some(&known.position), None);
    let may: std::collections::BTreeSet<String> = context.owner.into_iter().chain(context.supervisor).collect();
    if !may.contains(&handle) {
        let may = who::people(&moment.directives, &moment.directory, &may);
        return Ok(Said::Refused(Refusal::NotTheirs { what: "say that it is trusted again".to_owned(), may }));
    }
    if !results::lift(tx, key, moment.now).await? {
        return Ok(Said::Refused(Refusal::OldButton));
    }
    let payload = json!({ "guard": key, "position": known.position, "by": by });
    ledger::append_fact(tx, &Fact::of_system(FactKind::GuardLifted, payload), moment.now).await?;
    if known.consequence == word(&GuardThen::Pause) {
        roster::resume(tx, &format!("agent:{}", known.position)).await?;
        runs::release_put_off(tx, moment.now).await?;
        crate::execution::store::release_put_off(tx, moment.now).await?;
    }
    let view = GuardView {
        key: key.to_owned(),
        worker: moment.names().worker(&WorkerRef::Agent(known.position.clone())),
        measured: String::new(),
        consequence: String::new(),
        rule: cited_origin(&known.origin),
    };
    let card = judged::guard_lifted(&view, &moment.names().account(by), moment.now);
    let prefix = format!("guard:{key}:");
    for slot in outbox::slots_with_prefix(tx, &prefix).await? {
        let account = slot.trim_start_matches(&prefix).to_owned();
        outbox::queue(tx, &Queued::tell(slot, &account, card.clone()), moment.now).await?;
    }
    Ok(Said::Nothing)
}
