//! After an approval: whether people always say yes to this kind, so that the sentence could ask less. Its keeper is asked, and nothing
//! is written without their click.

use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::json;

use super::facts::Moment;
use super::record::{MOST_REPLAYED, backtest};
use super::{App, FlowError, effect, rules};
use crate::backtest::looser::looser;
use crate::catalogue::canonical::{self, digest_bytes};
use crate::directives::{Directives, Origin, store as sets};
use crate::execution::Stage;
use crate::execution::store::{self as actions, Stored};
use crate::gate::amounts::amount_of;
use crate::gate::fatigue::evidence::{Case, Raise, raise};
use crate::gate::fatigue::store;
use crate::gate::store::{self as approvals, Card};
use crate::ids::ApprovalId;
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::proposals::{Body, Rewrite};
use crate::replies::evidence::why;
use crate::schedules::store as marks;

/// So many of the newest decisions of one kind are looked at.
const LOOKED_AT: i64 = 1_000;

/// Looks at all that is like this card, and tells the keeper once where the evidence is there.
pub(super) async fn consider(app: &App, id: ApprovalId) -> Result<(), FlowError> {
    let least = usize::try_from(app.config.approvals.propose_after).unwrap_or(usize::MAX);
    let Some(card) = approvals::find_card(&app.store, id).await? else { return Ok(()) };
    let alike = store::decided_alike(&app.store, id, LOOKED_AT).await?;
    if least == 0 || alike.len() < least {
        return Ok(());
    }
    let moment = Moment::of(app)?;
    let stored = actions::find_all(&app.store, &alike).await?;
    let cases: Vec<Case> = stored.iter().filter_map(|stored| case(&moment, stored)).collect();
    let today = moment.now.to_utc().date_naive();
    for origin in card.approval.progress.iter().filter_map(|progress| progress.requirement.origin.as_ref()) {
        if let Some(found) = found(&moment, origin, &cases, least, today) {
            propose(app, &moment, &card, origin, &found).await?;
        }
    }
    Ok(())
}

fn found(moment: &Moment, origin: &Origin, cases: &[Case], least: usize, today: NaiveDate) -> Option<Raise> {
    raise(&moment.directives, origin, cases, least, today)
}

/// What has not ended yet is no evidence, and neither is what was erased.
fn case(moment: &Moment, stored: &Stored) -> Option<Case> {
    let proposal = stored.proposal.as_ref()?;
    let good = match stored.stage.as_ref()? {
        Stage::Done { .. } => true,
        Stage::Failed { .. } | Stage::Unknown { .. } | Stage::Denied { .. } | Stage::Expired | Stage::Void { .. } => {
            false
        }
        Stage::ByHand => false,
        Stage::Planned | Stage::Waiting | Stage::Allowed | Stage::Started { .. } => return None,
    };
    let amount = amount_of(&moment.directives, &proposal.tool, &proposal.arguments).ok().flatten();
    Some(Case { amount, good })
}

/// Proposes the raised sentence to whoever keeps its file, once for each limit. Where the files hold other edits too, it is
/// left for the next time.
async fn propose(app: &App, moment: &Moment, card: &Card, origin: &Origin, found: &Raise) -> Result<(), FlowError> {
    let Some(base) = effect::on_disk(app).await.filter(|base| base.digest == moment.directives.digest) else {
        return Ok(());
    };
    let Some((sentence, body, set)) = body(app, moment, origin, found, &base).await? else { return Ok(()) };
    let mark = canonical::digest(&json!({ "origin": origin.text, "to": found.to }));
    let short: String = mark.trim_start_matches("sha256:").chars().take(16).collect();
    let mut tx = app.store.begin().await?;
    if !marks::set_mark(&mut tx, &format!("proposed:{short}"), moment.now).await? {
        return Ok(());
    }
    let tool = actions::action(&mut tx, card.approval.action).await?.map(|stored| stored.tool).unwrap_or_default();
    let because = Some(why(found.cases, &tool, &found.from, &found.to));
    sets::keep_set(&mut tx, &set.digest, &set.files, moment.now).await?;
    let id = rules::propose(app, &mut tx, moment, &sentence, Body { because, ..body }).await?;
    let fact = json!({
        "proposal": id, "sentence": origin, "from": found.from, "to": found.to, "cases": found.cases,
        "patch": found.patch, "directives": moment.directives.digest,
    });
    ledger::append_fact(&mut tx, &Fact::of_system(FactKind::ChangeProposed, fact), moment.now).await?;
    tx.commit().await?;
    app.bell.ring();
    Ok(())
}

/// The sentence as it would be, and what its keeper is shown; `None` where the set with it does not hold.
async fn body(
    app: &App,
    moment: &Moment,
    origin: &Origin,
    found: &Raise,
    base: &Directives,
) -> Result<Option<(String, Body, Arc<Directives>)>, FlowError> {
    let at = usize::try_from(origin.line).unwrap_or_default().saturating_sub(1);
    let Some(line) = found.files.get(&origin.file).and_then(|text| text.lines().nth(at)) else { return Ok(None) };
    let mut texts = base.files.clone();
    texts.extend(found.files.clone());
    let Ok(set) = effect::read_candidate(&texts, &moment.directory, moment.now.to_utc().date_naive()) else {
        return Ok(None);
    };
    let set = Arc::new(set);
    let report = backtest(app, moment.directives.clone(), set.clone(), MOST_REPLAYED).await?;
    let rewrites = found.files.iter().map(|(file, text)| Rewrite {
        file: file.clone(),
        seen: digest_bytes(base.files.get(file).map_or("", String::as_str).as_bytes()),
        text: text.clone(),
    });
    let body = Body {
        file: origin.file.clone(),
        after: origin.line.saturating_sub(1),
        diff: found.patch.clone(),
        effect: report.phrase(),
        decisions: report.decisions(),
        looser: looser(&moment.directives, &set).into_iter().map(|way| (way.says, way.place)).collect(),
        set: set.digest.clone(),
        instead_of: moment.directives.digest.clone(),
        rewrites: rewrites.collect(),
        ..Body::default()
    };
    Ok(Some((line.trim_start_matches(['-', '*', ' ']).to_owned(), body, set)))
}
