//! A question → its answer, read-only. Slash commands are answered in the acknowledgement, mentions in their thread; both
//! come from here.
//!
//! One file per question. Each takes a `seen::Viewer`, which knows who asks, where the answer will stand, and what may be
//! told there. Absent here: transactions, writes, and statements without a limit.

mod approvals;
mod authority;
mod can;
mod costs;
mod directives;
mod explain;
mod failed;
mod grants;
mod health;
mod home;
mod reviews;
pub(super) use reviews::standing as reviews_standing;
mod seen;
mod stage;
mod status;
#[cfg(test)]
mod tests;
mod who_owns;
mod whose;
mod why;
mod workflow;
mod workload;

use super::says::Names;
use super::{App, FlowError};
use crate::commands::{self, Asked, Query, help};
use crate::inbox::{Command, Message, Trigger};
use crate::replies::greeting::{self, TryThis};
use crate::replies::refusals::{self, Refusal};
use crate::replies::{Card, Part, Verb};
use crate::slack::AckReply;
use crate::workers::SlackUser;
use seen::Viewer;

/// Where somebody asks, which decides what may be told there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// `None` for a place that only the asker sees.
    pub channel: Option<String>,
    /// Only the asker sees the answer.
    pub private: bool,
}

impl Asker {
    pub fn in_thread(message: &Message) -> Self {
        Self {
            channel: Some(message.channel.clone()),
            private: message.channel_kind == crate::inbox::ChannelKind::Direct,
        }
    }

    pub fn by_command(command: &Command) -> Self {
        Self { channel: Some(command.channel.clone()), private: true }
    }

    pub fn anywhere() -> Self {
        Self { channel: None, private: true }
    }

    /// Everybody in the channel reads the answer.
    pub fn aloud(channel: &str) -> Self {
        Self { channel: Some(channel.to_owned()), private: false }
    }
}

/// An answer, or why it is not told to this person at this place.
pub(super) type Told = Result<Card, Refusal>;

/// The question in a slash command, if it is one; everything else is decided, not answered.
pub fn question_in(trigger: &Trigger) -> Option<(SlackUser, Query, Asker)> {
    let Trigger::Command(command) = trigger else { return None };
    match commands::parse(&command.text) {
        Asked::Query(query) => Some((command.by.clone(), query, Asker::by_command(command))),
        Asked::Intent(_) | Asked::Form { .. } | Asked::Unclear { .. } | Asked::Incomplete { .. } => None,
    }
}

/// The answer for an acknowledgement.
pub async fn answer(app: &App, by: &SlackUser, query: &Query, asker: &Asker) -> Result<AckReply, FlowError> {
    Ok(AckReply::Ephemeral(card(app, by, query, asker).await?))
}

/// The answer to a question, a refusal included.
pub async fn card(app: &App, by: &SlackUser, query: &Query, asker: &Asker) -> Result<Card, FlowError> {
    Ok(tell(app, by, query, asker).await?.unwrap_or_else(|refusal| refusals::card(&refusal)))
}

/// The answer to a question, apart from its refusal.
pub(super) async fn tell(app: &App, by: &SlackUser, query: &Query, asker: &Asker) -> Result<Told, FlowError> {
    if let Query::Help { topic } = query {
        return Ok(Ok(help::render(topic.as_deref())));
    }
    let viewer = Viewer::new(app, by, asker)?;
    let told = look_up(&viewer, query).await?;
    Ok(told.map(|card| if asker.private && asker.channel.is_some() { card } else { without_sharing(card) }))
}

/// Where everybody reads the answer, or nobody else is, there is nothing to share.
fn without_sharing(mut card: Card) -> Card {
    for part in &mut card.parts {
        if let Part::Buttons(buttons) = part {
            buttons.retain(|button| button.verb != Verb::ShareHere);
        }
    }
    card.parts.retain(|part| !matches!(part, Part::Buttons(buttons) if buttons.is_empty()));
    card
}

async fn look_up(viewer: &Viewer<'_>, query: &Query) -> Result<Told, FlowError> {
    match query {
        Query::Help { topic } => Ok(Ok(help::render(topic.as_deref()))),
        Query::Home => home::answer(viewer).await,
        Query::WhoOwns { text } => who_owns::answer(viewer, text).await,
        Query::Status { of } => status::answer(viewer, *of).await,
        Query::Why { task } => why::answer(viewer, *task).await,
        Query::Approvals => approvals::answer(viewer).await,
        Query::ApproverHealth => health::answer(viewer).await,
        Query::Grants => grants::answer(viewer).await,
        Query::Workload { who } => workload::answer(viewer, who.as_deref()).await,
        Query::Workflow { name } => workflow::answer(viewer, name.as_deref()).await,
        Query::Costs { who, period } => costs::answer(viewer, who.as_deref(), period.as_deref()).await,
        Query::Reviews => Ok(reviews::answer(viewer)),
        Query::ReviewCard { name } => reviews::card(viewer, name).await,
        Query::Directives => directives::answer(viewer).await,
        Query::Explain { text } => explain::answer(viewer, text),
        Query::Can { name } => can::answer(viewer, name).await,
        Query::Failed => failed::answer(viewer).await,
    }
}

/// What the bot says to a greeting and to "what can you do?".
pub fn greeting(app: &App, about_us: bool) -> Result<Card, FlowError> {
    let (directives, directory) = (app.directives()?, app.directory());
    let names = Names { directives: &directives, directory: &directory };
    let mut examples = Vec::new();
    for role in directives.roster.roles.values() {
        let holder = role
            .positions
            .iter()
            .find_map(|id| directives.roster.positions.get(id))
            .filter(|position| position.is_program());
        if let (Some(example), Some(position)) = (role.examples.first(), holder) {
            let who = names.worker(&crate::workers::WorkerRef::Agent(position.id.clone()));
            examples.push(TryThis { text: example.clone(), who: who.name });
        }
    }
    examples.truncate(4);
    let bot = "workforce";
    Ok(if about_us { greeting::what_i_do(bot, &examples) } else { greeting::hello(bot, &examples) })
}

/// What everything costs this month, for whoever runs the program.
pub async fn costs_of_all(app: &App) -> Result<commands::costs::CostsAnswer, FlowError> {
    let ours = SlackUser { team: app.ours.team.clone(), user: String::new() };
    costs::of_all(&Viewer::new(app, &ours, &Asker::anywhere())?).await
}

/// How somebody approves, where a sentence turned that on and there is something to tell them.
pub(super) async fn health_of(app: &App, by: &SlackUser, asker: &Asker) -> Result<Option<Card>, FlowError> {
    if !health_is_on(app)? {
        return Ok(None);
    }
    let (card, tells) = health::card(&Viewer::new(app, by, asker)?).await?;
    Ok(tells.then_some(card))
}

/// Whether a sentence turned the figures about approvers on.
pub(super) fn health_is_on(app: &App) -> Result<bool, FlowError> {
    Ok(health::turned_on_by(&*app.directives()?).is_some())
}

/// A person's Home tab.
pub async fn home_for(app: &App, by: &SlackUser) -> Result<Card, FlowError> {
    card(app, by, &Query::Home, &Asker::anywhere()).await
}
