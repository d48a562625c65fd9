//! A company on stage: people act, the clock is turned, files are changed; after each act everything comes to rest.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::company::{Bot, Weather};
use super::known;
use super::seen::{self, Button, Watcher};
use super::{Act, CannotRehearse, Entry};
use crate::clock::Span;
use crate::flow::service::Service;
use crate::flow::{App, directives};
use crate::ids::TaskId;
use crate::sandbox::{FindingKind, Refused, ReleaseOrder, Sandbox};

/// How long everything may take to come to rest, in seconds of real time.
const REST_LIMIT_SECONDS: u64 = 60;
/// How often the clock may stop on its way; more means that something is due for ever.
const STOPS_LIMIT: usize = 500;

/// The open company with what has happened on it.
pub struct Stage {
    pub sandbox: Sandbox,
    /// `None` only between the two halves of a restart.
    running: Option<Service>,
    bot: Bot,
    weather: Weather,
    tools: PathBuf,
    /// Handle and name.
    people: Vec<(String, String)>,
    channels: Vec<String>,
    watcher: Watcher,
    /// Where the last conversation began.
    conversation: Option<Thread>,
    /// What each person wrote last.
    wrote: BTreeMap<String, Thread>,
    /// The last task and the last effect before the last conversation began.
    before: (TaskId, i64),
}

/// A message with the channel that it stands in; the root of its thread where the thread is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thread {
    pub channel: String,
    pub ts: String,
}

/// Why an act did not happen.
#[derive(Debug)]
pub(super) enum NotDone {
    /// People could not do this: there is no such button, the file has no such words. The section fails.
    Impossible(String),
    /// The rehearsal itself broke off.
    Broken(CannotRehearse),
}

impl From<Refused> for NotDone {
    fn from(refused: Refused) -> Self {
        Self::Impossible(refused.0)
    }
}

impl From<CannotRehearse> for NotDone {
    fn from(broken: CannotRehearse) -> Self {
        Self::Broken(broken)
    }
}

impl From<crate::flow::FlowError> for NotDone {
    fn from(error: crate::flow::FlowError) -> Self {
        Self::Broken(error.into())
    }
}

impl Stage {
    pub(super) fn new(
        sandbox: Sandbox,
        service: Service,
        bot: Bot,
        weather: Weather,
        tools: PathBuf,
        people: Vec<(String, String)>,
        channels: Vec<String>,
    ) -> Self {
        Self {
            sandbox,
            running: Some(service),
            bot,
            weather,
            tools,
            people,
            channels,
            watcher: Watcher::default(),
            conversation: None,
            wrote: BTreeMap::new(),
            before: (TaskId(0), 0),
        }
    }

    fn service(&self) -> &Service {
        self.running.as_ref().expect("it runs but for the moment in which `restart` holds it")
    }

    pub fn app(&self) -> &App {
        &self.service().app
    }

    /// The name of a person, by handle.
    pub fn name_of(&self, handle: &str) -> String {
        let found = self.people.iter().find(|(known, _)| known == handle);
        found.map_or_else(|| handle.to_owned(), |(_, name)| name.clone())
    }

    /// Names by handle.
    pub fn names(&self) -> BTreeMap<String, String> {
        self.people.iter().cloned().collect()
    }

    pub fn now(&self) -> crate::clock::Timestamp {
        self.bot.clock.now()
    }

    /// What ran since the last conversation began.
    pub(super) async fn ran(&self) -> Result<Vec<known::Ran>, CannotRehearse> {
        known::ran(self.app(), &self.tools, self.before.0, self.before.1).await
    }

    /// The buttons that a person has in their direct conversation with the bot, with the text of their message.
    pub(super) fn direct_cards(&self, handle: &str) -> Result<Vec<(Button, String)>, Refused> {
        let channel = self.sandbox.dm_channel(handle)?;
        let shown = self.sandbox.shown(&channel)?;
        let text = |ts: &str| shown.iter().find(|message| message.ts == ts).map(|message| message.text.clone());
        let buttons = seen::buttons(&self.sandbox, &channel)?.into_iter();
        Ok(buttons.map(|button| (button.clone(), text(&button.ts).unwrap_or_default())).collect())
    }

    /// Does it, waits until everything is at rest, and tells what became visible.
    pub(super) async fn act(&mut self, act: &Act) -> Result<Vec<Entry>, NotDone> {
        if self.weather.shuffled.is_some() {
            self.sandbox.hold_events();
        }
        self.perform(act).await?;
        if let Some(seed) = self.weather.shuffled {
            self.sandbox.release_events(ReleaseOrder::Shuffled(seed));
        }
        self.rest().await?;
        if self.weather.restarts {
            self.restart().await?;
        }
        let entries = self.watcher.look(&self.sandbox, &self.people, &self.channels)?;
        Ok(entries)
    }

    async fn perform(&mut self, act: &Act) -> Result<(), NotDone> {
        match act {
            Act::Says { who, channel, text } => {
                self.begin().await?;
                let ts = self.sandbox.says(who, channel, text)?;
                self.note(who, Thread { channel: channel.clone(), ts }, true);
            }
            Act::Writes { who, text } => {
                self.begin().await?;
                let ts = self.sandbox.dms(who, text)?;
                self.note(who, Thread { channel: self.sandbox.dm_channel(who)?, ts }, true);
            }
            Act::Replies { who, text } => {
                let thread = self.conversation.clone().ok_or_else(|| impossible("nobody has said anything yet"))?;
                let ts = self.sandbox.says_in_thread(who, &thread.channel, &thread.ts, text)?;
                self.note(who, Thread { channel: thread.channel, ts }, false);
            }
            Act::Edits { who, text } => {
                let wrote = self.wrote.get(who).ok_or_else(|| impossible("they have not written anything yet"))?;
                self.sandbox.edits(who, &wrote.channel, &wrote.ts, text)?;
            }
            Act::Clicks { who, label, with } => self.click(who, label, with.as_deref()).await?,
            Act::Runs { who, command, text } => {
                let channel = self.place_of(who);
                self.sandbox.slash(who, &channel, command, text)?;
            }
            Act::After(span) => self.turn_clocks(*span).await?,
            Act::Edit { file, old, new } => self.edit(file, old, new).await?,
        }
        Ok(())
    }

    /// Stops the bot and starts it again, on the same database, in the same workspace.
    async fn restart(&mut self) -> Result<(), CannotRehearse> {
        // What the bot itself writes before its sockets are open again comes to nobody at first; Slack repeats it later.
        self.sandbox.allow_containing(FindingKind::UnackedEnvelope, "message_changed D");
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
        self.running = Some(self.bot.start(&self.sandbox).await?);
        self.rest().await
    }

    async fn begin(&mut self) -> Result<(), NotDone> {
        let task = known::last_task(self.app()).await?.map_or(TaskId(0), |task| task.id);
        self.before = (task, known::last_effect(&self.tools).await?);
        Ok(())
    }

    fn note(&mut self, who: &str, message: Thread, begins: bool) {
        if begins {
            self.conversation = Some(message.clone());
        }
        self.wrote.insert(who.to_owned(), message);
    }

    /// Where somebody types a command: in the channel of the conversation, unless that is a direct one.
    fn place_of(&self, who: &str) -> String {
        let spoken = self.conversation.iter().map(|thread| thread.channel.clone());
        let known = spoken.chain(self.channels.first().cloned()).find(|channel| self.channels.contains(channel));
        known.or_else(|| self.sandbox.dm_channel(who).ok()).unwrap_or_default()
    }

    /// Clicks the newest button of that label: in the person's own conversation first, then in the channel.
    async fn click(&self, who: &str, label: &str, with: Option<&str>) -> Result<(), NotDone> {
        if label.starts_with("Approve") && self.bot.clock.is_manual() {
            // Nobody approves faster than they read.
            self.turn_clocks(self.bot.config.approvals.read_first()).await?;
        }
        match self.button(who, label)? {
            Some(button) => self.sandbox.clicks(who, &button.channel, &button.ts, &button.action_id)?,
            None => self.click_private(who, label)?,
        };
        let Some(with) = with else { return Ok(()) };
        self.rest().await?;
        let form = self.sandbox.view_json(who, false)?;
        let form = form.ok_or_else(|| NotDone::Impossible(format!("[{label}] opened no form for @{who}")))?;
        let field = seen::field(&form, with).ok_or_else(|| impossible("the form has no field to fill in"))?;
        let handle = with.trim_start_matches('@');
        let account = field.is_person.then(|| seen::account(&self.sandbox, handle)).flatten();
        self.sandbox.submits(who, &[(&field.id, account.as_deref().unwrap_or(with))])?;
        Ok(())
    }

    fn button(&self, who: &str, label: &str) -> Result<Option<Button>, NotDone> {
        let mut places = vec![self.sandbox.dm_channel(who)?];
        places.extend(self.conversation.iter().map(|thread| thread.channel.clone()));
        let fits = |button: &Button| {
            let rest = button.label.strip_prefix(label);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        for place in places {
            let found = seen::buttons(&self.sandbox, &place)?;
            if let Some(button) = found.into_iter().find(fits) {
                return Ok(Some(button));
            }
        }
        Ok(None)
    }

    /// A button of an open form, or of what only this person was shown.
    fn click_private(&self, who: &str, label: &str) -> Result<crate::sandbox::Sent, NotDone> {
        if self.sandbox.modal_depth(who)? > 0 {
            return Ok(self.sandbox.clicks_in_modal(who, label, None)?);
        }
        let channel = self.place_of(who);
        let private = self.sandbox.ephemeral_ts(who)?;
        let mut clicked = private.iter().rev().filter_map(|ts| self.sandbox.clicks(who, &channel, ts, label).ok());
        clicked.next().ok_or_else(|| NotDone::Impossible(format!("@{who} sees no button [{label}]")))
    }

    /// Turns both clocks, stopping wherever something is due on the way.
    async fn turn_clocks(&self, by: Span) -> Result<(), NotDone> {
        let target = self.bot.clock.now().plus(by);
        for _ in 0..STOPS_LIMIT {
            let now = self.bot.clock.now();
            if now >= target {
                return Ok(());
            }
            let due = known::next_due(self.app(), now).await?.filter(|due| *due < target);
            let step = due.unwrap_or(target).since(now);
            self.bot.clock.advance(step);
            self.sandbox.advance(step.to_std());
            self.app().bell.ring();
            self.rest().await?;
        }
        Err(NotDone::Impossible(format!("the clock stopped more than {STOPS_LIMIT} times on its way")))
    }

    async fn edit(&self, file: &str, old: &str, new: &str) -> Result<(), NotDone> {
        let inside = file.split('/').all(|part| !part.is_empty() && part != ".." && part != ".");
        if !inside || file.starts_with('/') {
            return Err(NotDone::Impossible(format!("{file} is no file of the directives")));
        }
        let path = self.bot.config.directives.join(file);
        let text = std::fs::read_to_string(&path)
            .map_err(|error| NotDone::Impossible(format!("{file} cannot be read: {error}")))?;
        match text.matches(old).count() {
            1 => {}
            0 => return Err(NotDone::Impossible(format!("{file} does not say “{old}”"))),
            n => return Err(NotDone::Impossible(format!("{file} says “{old}” {n} times; quote more of it"))),
        }
        std::fs::write(&path, text.replacen(old, new, 1))
            .map_err(|source| CannotRehearse::File { what: path.display().to_string(), source })?;
        directives::load(self.app()).await?;
        Ok(())
    }

    /// Waits until nothing is under way: no envelope, no call, no loop that has not looked since the last ring.
    pub(super) async fn rest(&self) -> Result<(), CannotRehearse> {
        let resting = async {
            loop {
                self.sandbox.wait_idle().await;
                self.service().settled().await;
                // Idle at two moments is idle in between only if nobody rang the bell: whatever arrives or is done rings it.
                let version = self.app().bell.version();
                let quiet = || self.app().bell.is_settled() && self.service().counters.is_idle();
                if quiet() && self.sandbox.in_flight() == 0 && quiet() && self.app().bell.version() == version {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        let limit = Duration::from_secs(REST_LIMIT_SECONDS);
        let rested = tokio::time::timeout(limit, resting).await;
        rested.map_err(|_elapsed| CannotRehearse::Restless { seconds: REST_LIMIT_SECONDS })
    }

    /// Ends the bot and closes the workspace.
    pub async fn close(mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }
}

fn impossible(why: &str) -> NotDone {
    NotDone::Impossible(why.to_owned())
}
