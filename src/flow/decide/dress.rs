//! What stands on a card beside its own content: a standing grant that can be given or was used, and the time to take a yes
//! back.

use super::super::facts::Moment;
use super::super::{App, FlowError, grants as at_work, prompts};
use super::grants;
use crate::execution::Stage;
use crate::execution::store as actions;
use crate::gate::fatigue::undo_until;
use crate::gate::grants::{GrantState, store};
use crate::gate::store::Card;
use crate::replies::compose::{clock, text};
use crate::replies::grants as cards;
use crate::replies::named::all_of;
use crate::replies::wording::counted;
use crate::replies::{Button, Card as Message, Part, Verb};
use crate::store::Tx;

pub(super) async fn dress(app: &App, tx: &mut Tx, card: &Card, message: Message) -> Result<Message, FlowError> {
    let moment = Moment::of(app)?;
    let Some(stored) = actions::action(tx, card.approval.action).await? else { return Ok(message) };
    let mut message = message;
    if card.approval.is_waiting() && grants::choices(app, &moment, card, &stored).is_ok() {
        let id = card.approval.id;
        let button = Button::new("Approve, and the next like this…", Verb::ApproveNext, id.to_string())
            .spoken(format!("Approve {id} and grant the next ones like it"));
        after_the_first_button(&mut message, button);
    }
    if card.approval.is_waiting()
        && let Some((until, who)) = prompts::told_later(tx, &moment, card.approval.id).await?
    {
        let most = counted(i64::from(app.config.approvals.prompts_per_hour), "request");
        message = message.note([
            text(format!("{} had {most} this hour and gets this at ", all_of(&who))),
            clock(until),
            text(", in one message with others. This card can be decided at any time."),
        ]);
    }
    for (grant, n) in store::of_approval(tx, card.approval.id).await? {
        let view = at_work::view(&moment, &grant);
        message = cards::ran_under(message, &view, n);
        if grant.state == GrantState::Active {
            message = message.buttons([view.revoke_button()]);
        }
    }
    if let (Some(until), Some(Stage::Allowed)) =
        (undo_until(&card.approval, app.config.approvals.undo(), moment.now), &stored.stage)
    {
        let undo = Button::new("Undo", Verb::Undo, card.approval.id.to_string())
            .spoken(format!("Take the approval of {} back", card.approval.id));
        message =
            message.note([text("It starts at "), clock(until), text("; until then it can be undone.")]).buttons([undo]);
    }
    Ok(message)
}

fn after_the_first_button(message: &mut Message, button: Button) {
    let row =
        message.parts.iter_mut().rev().find_map(|part| if let Part::Buttons(row) = part { Some(row) } else { None });
    if let Some(row) = row {
        row.insert(row.len().min(1), button);
    }
}
