//! The time that people say their work took, priced by the day's rate. Nobody has to say; what nobody said is not counted, and the
//! figure tells how much of the work it covers.

use super::super::facts::Moment;
use super::super::{App, FlowError};
use crate::budgets::store as budgets;
use crate::commands::took;
use crate::ids::TaskId;
use crate::money::Money;
use crate::replies::human::TOOK;
use crate::roster::Driver;
use crate::store::Tx;
use crate::workers::SlackUser;

/// The minutes in what somebody wrote; the field's id and what to write where it is no length of time.
pub(super) fn read(written: Option<&str>) -> Result<Option<u32>, (String, String)> {
    match written.map(str::trim).filter(|written| !written.is_empty()) {
        None => Ok(None),
        Some(written) => match took::minutes(written) {
            Some(minutes) => Ok(Some(minutes)),
            None => Err((TOOK.to_owned(), "Write it like 25 min or 1 h 30; or leave it empty.".to_owned())),
        },
    }
}

/// Notes what somebody said, with what it cost by the rate of this moment.
pub(super) async fn note(
    app: &App,
    tx: &mut Tx,
    task: TaskId,
    by: &SlackUser,
    minutes: Option<u32>,
) -> Result<(), FlowError> {
    let Some(minutes) = minutes else { return Ok(()) };
    let moment = Moment::of(app)?;
    let roster = &moment.directives.roster;
    let person = moment.directory.person_of(roster, &by.user).map(|person| person.handle.as_str());
    let held =
        roster.positions.values().filter(|held| held.driver == Driver::Human && held.person.as_deref() == person);
    let names: Vec<&str> =
        held.filter(|_| person.is_some()).flat_map(|held| [held.id.as_str(), held.role.as_str()]).collect();
    let prices = &app.config.prices;
    let cost = prices.person_hour_of(&names).map(|hour| {
        // Minutes are bounded by a week, so that this fits.
        Money::new(hour.saturating_mul(i64::from(minutes)) / 60, prices.currency.clone())
    });
    Ok(budgets::note_effort(tx, task, &by.user, minutes, cost.as_ref(), moment.now).await?)
}
