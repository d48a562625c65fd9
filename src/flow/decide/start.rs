//! A workflow that somebody begins by a command or a form. Its thread begins with a message of ours; once that stands in
//! Slack, the task is opened in it (`flow/open`).

use super::super::{App, FlowError, open, workflow};
use super::Said;
use crate::commands::start::Start;
use crate::commands::{self, Asked, Intent};
use crate::inbox::{Arrival, ChannelKind, Trigger, store as inbox};
use crate::replies::outbox::Queued;
use crate::replies::start::{self as cards, PLACE, WORKFLOW};
use crate::replies::{Form, Verb, asking, store as outbox};
use crate::store::Tx;
use crate::tasks::store as tasks;
use crate::workers::SlackUser;

/// Where its thread will be.
enum Place {
    Channel { id: String, name: String },
    Direct,
}

/// The form behind the button *Start* and the shortcut; the workflow `first` is chosen when it opens.
pub(super) fn form(app: &App, first: &str) -> Result<Form, FlowError> {
    let (directives, directory) = (app.directives()?, app.directory());
    let mut names: Vec<String> = directives.workflows.iter().map(|workflow| workflow.name.clone()).collect();
    names.sort_by_key(|name| (name != first, name.clone()));
    // Private channels are not listed: whoever fills the form in may not be in them.
    let open = directory.channels.iter().filter(|channel| channel.joined && !channel.archived && !channel.private);
    let mut channels: Vec<(String, String)> = open.map(|channel| (channel.id.clone(), channel.name.clone())).collect();
    channels.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(cards::form(&names, &channels))
}

/// Says the first message of the workflow's thread.
pub(super) async fn start(
    app: &App,
    tx: &mut Tx,
    arrival: &Arrival,
    start: &Start,
    by: &SlackUser,
) -> Result<Said, FlowError> {
    let wrong = |field: &str, why: String| Ok(Said::Wrong(vec![(field.to_owned(), why)]));
    if by.team != app.ours.team {
        return wrong(WORKFLOW, "Only people of this workspace start a workflow.".to_owned());
    }
    let directives = app.directives()?;
    let Some((flow, words)) = workflow::asked_for(&directives, start) else {
        let known: Vec<String> = directives.workflows.iter().map(|workflow| workflow.name.clone()).collect();
        return wrong(WORKFLOW, cards::unknown(start.workflow.as_ref().unwrap_or(&start.words), &known));
    };
    let open_already = tasks::count_open_of(tx, by).await?;
    if usize::try_from(open_already).unwrap_or(usize::MAX) >= app.config.limits.open_tasks_per_person {
        return Ok(Said::Privately(asking::too_many_open(open_already)));
    }
    let place = match place_of(app, &arrival.trigger, start) {
        Ok(place) => place,
        Err(name) => return wrong(PLACE, cards::not_there(&name)),
    };
    let Some(id) = inbox::id_of(tx, &arrival.key).await? else {
        return Err(FlowError::Broken(format!("the trigger {} is not stored", arrival.key)));
    };
    let (slot, card) = (open::slot_of(id), cards::asked(&app.who(by)?, &flow.name, words));
    let (first, name) = match place {
        Place::Channel { id, name } => (Queued::say(slot, &id, None, card), format!("#{name}")),
        Place::Direct => (Queued::tell(slot, &by.user, card), "our direct messages".to_owned()),
    };
    outbox::queue(tx, &first, app.now()).await?;
    Ok(Said::Privately(cards::begins(&flow.name, &name)))
}

/// A form names a public channel or none; a command stands in one. The name of a place in which we cannot write is an error.
fn place_of(app: &App, trigger: &Trigger, start: &Start) -> Result<Place, String> {
    let directory = app.directory();
    let known = |id: &str| directory.channel(id).filter(|channel| channel.joined && !channel.archived);
    if let Trigger::Command(command) = trigger {
        return match (known(&command.channel), command.channel_kind) {
            (Some(channel), _) => Ok(Place::Channel { id: channel.id.clone(), name: channel.name.clone() }),
            (None, ChannelKind::Direct | ChannelKind::Group) => Ok(Place::Direct),
            (None, ChannelKind::Public | ChannelKind::Private) => Err("this channel".to_owned()),
        };
    }
    let Some(place) = &start.place else { return Ok(Place::Direct) };
    let channel = known(place).filter(|channel| !channel.private).ok_or("that channel")?;
    Ok(Place::Channel { id: channel.id.clone(), name: channel.name.clone() })
}

/// What a stored trigger asked to begin: the workflow, who asked, and by which way.
pub(in crate::flow) fn asked_by(trigger: &Trigger) -> Option<(Start, &SlackUser, &'static str)> {
    if let Trigger::Command(command) = trigger
        && let Asked::Intent(Intent::StartWorkflow { start }) = commands::parse(&command.text)
    {
        return Some((start, &command.by, "mention"));
    }
    if let Trigger::Submission(sent) = trigger
        && sent.callback_id == Verb::StartWorkflowForm.as_str()
    {
        return Some((commands::start::of_form(&sent.fields)?, &sent.by, "form"));
    }
    None
}
