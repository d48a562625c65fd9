//! `grants`: what was said yes to beforehand, for its givers, for whoever answers for the agent, and for those who may see the
//! ledger.

use super::super::{FlowError, grants as at_work};
use super::Told;
use super::seen::{Sight, Viewer};
use crate::commands::grants::{GrantLine, GrantsAnswer, render};
use crate::gate::grants::{Grant, GrantState, store};

/// So many grants are looked at, those in force first.
const LOOKED_AT: i64 = 200;

pub(super) async fn answer(viewer: &Viewer<'_>) -> Result<Told, FlowError> {
    if let Err(refusal) = viewer.only_members() {
        return Ok(Err(refusal));
    }
    let all = viewer.permitted(Sight::Ledger);
    let (mut active, mut ended) = (Vec::new(), Vec::new());
    for grant in store::newest(&viewer.app.store, LOOKED_AT).await? {
        let yours = is_theirs(viewer, &grant);
        if !yours && !all {
            continue;
        }
        let moved = store::find_moved(&viewer.app.store, &grant).await?;
        let word = ended_word(viewer, &grant);
        let list = if word.is_none() { &mut active } else { &mut ended };
        list.push(GrantLine {
            grant: at_work::view(&viewer.moment, &grant),
            moved,
            ended: word.map(str::to_owned),
            yours,
        });
    }
    active.sort_by_key(|line| (line.grant.giver.account.as_deref() != Some(&viewer.by.user), line.grant.id));
    Ok(Ok(render(&GrantsAnswer { active, ended, as_of: viewer.moment.now })))
}

fn is_theirs(viewer: &Viewer<'_>, grant: &Grant) -> bool {
    let may = || at_work::may_revoke(&viewer.moment, grant);
    grant.account == *viewer.by || viewer.handle.as_ref().is_some_and(|handle| may().contains_key(handle))
}

fn ended_word(viewer: &Viewer<'_>, grant: &Grant) -> Option<&'static str> {
    match grant.state {
        GrantState::Active if viewer.moment.now >= grant.body.terms.until => Some("its time is over"),
        GrantState::Active => None,
        GrantState::UsedUp => Some("used up"),
        GrantState::Over => Some("its time is over"),
        GrantState::Revoked => Some("revoked"),
        GrantState::Void => Some("void"),
    }
}
