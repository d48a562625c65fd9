//! What the page shows, for whoever looks at whatever: the model that the template draws.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::state::{Channel, ChannelKind, State};
use super::super::{Refused, Sandbox};
use super::backstage::{Backstage, Try, TryLine};
use super::names::Names;
use super::timeline::{self, MessageLine};
use super::{blocks, emoji};

/// What the address asks for; everything may be absent, and what is not there any more is as absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The handle of whoever looks and acts.
    #[serde(rename = "as")]
    pub who: Option<String>,
    /// A channel's id, `home` or `directives`.
    pub at: Option<String>,
    /// The first message of the thread that lies beside.
    pub thread: Option<String>,
    /// The file in the editor.
    pub file: Option<String>,
    /// The number of the line to try, counted from 0 over all of them.
    #[serde(rename = "try")]
    pub attempt: Option<usize>,
}

#[derive(Debug, Serialize)]
pub(super) struct PageModel {
    team: String,
    bot: Bot,
    me: PersonLine,
    people: Vec<PersonLine>,
    channels: Vec<PlaceLine>,
    direct: PlaceLine,
    place: Place,
    /// Which of list, place and side a narrow window shows.
    pane: &'static str,
    messages: Vec<MessageLine>,
    thread: Option<Thread>,
    home: Option<Vec<Value>>,
    modal: Option<Modal>,
    /// What Slack itself told whoever looks.
    notices: Vec<String>,
    tries: Vec<NumberedTry>,
    /// What stands in the box for a new message at first.
    draft: String,
    /// What to look at after sending it.
    hint: Option<String>,
    costs: Vec<(String, String)>,
    editor: Option<Editor>,
    offered: Vec<(&'static str, &'static str)>,
    commands: Vec<String>,
}

#[derive(Debug, Serialize)]
struct NumberedTry {
    title: String,
    lines: Vec<(usize, TryLine)>,
    then: String,
}

#[derive(Debug, Serialize)]
struct Bot {
    id: String,
    name: String,
    handle: String,
}

#[derive(Debug, Serialize)]
struct PersonLine {
    id: String,
    handle: String,
    name: String,
    initials: String,
    hue: u32,
}

#[derive(Debug, Serialize)]
struct PlaceLine {
    id: String,
    name: String,
    current: bool,
    private: bool,
    /// The newest message that is not of whoever looks.
    last: String,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Place {
    Channel { id: String, name: String, topic: String, direct: bool, may_write: bool },
    Home,
    Directives,
}

#[derive(Debug, Serialize)]
struct Thread {
    ts: String,
    messages: Vec<MessageLine>,
    may_write: bool,
}

#[derive(Debug, Serialize)]
struct Modal {
    id: String,
    title: String,
    submit: Option<String>,
    close: String,
    blocks: Vec<Value>,
    /// By block id.
    errors: Value,
    values: Value,
}

#[derive(Debug, Serialize)]
struct Editor {
    files: Vec<String>,
    file: String,
    /// As it stands on disk.
    saved: String,
    /// With the change that is to be tried.
    text: String,
    why: Option<String>,
    /// What to look at after saving.
    then: Option<String>,
}

/// Draws together what the sandbox and the backstage know.
pub(super) async fn page(sandbox: &Sandbox, backstage: &dyn Backstage, asked: Asked) -> Result<PageModel, Refused> {
    let tries = backstage.tries();
    let me = sandbox.read(|s| who_looks(s, &asked, &tries))?;
    let direct = match sandbox.read(|s| direct_of(s, &me)) {
        Some(channel) => channel,
        None => sandbox.dm_channel(&me)?,
    };
    let editor = match asked.at.as_deref() {
        Some("directives") => Some(editor(backstage, &asked, &tries).await),
        Some(_) | None => None,
    };
    let costs = backstage.costs().await;
    sandbox.read(|s| {
        let seen = s.visible_to(&me);
        let place = place(s, &asked, &tries, &seen, &me);
        let current = match &place {
            Place::Channel { id, .. } => s.channels.get(id),
            Place::Home | Place::Directives => None,
        };
        let thread = current.zip(asked.thread.as_deref()).and_then(|(channel, ts)| thread(s, channel, ts, &me));
        Ok(PageModel {
            team: s.team.name.clone(),
            bot: Bot { id: s.app.bot_user_id.clone(), name: s.app.bot_name.clone(), handle: s.app.bot_handle.clone() },
            pane: match (&thread, &asked.at) {
                (Some(_), _) => "side",
                (None, Some(_)) => "main",
                (None, None) => "list",
            },
            channels: seen.iter().map(|channel| place_line(channel, current, &me)).collect(),
            direct: s.channels.get(&direct).map(|channel| place_line(channel, current, &me)).ok_or_else(gone)?,
            messages: current.map(|channel| timeline::of_channel(s, channel, &me)).unwrap_or_default(),
            home: matches!(place, Place::Home).then(|| home(s, &me)),
            modal: modal(s, &me),
            notices: s.notices.get(&me).cloned().unwrap_or_default(),
            hint: tried(&asked, &tries).map(|(_, then)| then.to_owned()),
            draft: draft(&asked, &tries, s, &me),
            offered: emoji::OFFERED.iter().filter_map(|name| Some((*name, emoji::sign(name)?))).collect(),
            commands: s.app.slash_commands.iter().map(|command| command.command.clone()).collect(),
            people: people(s),
            me: s.users.get(&me).map(person).ok_or_else(gone)?,
            place,
            thread,
            tries: numbered(tries),
            costs,
            editor,
        })
    })
}

fn gone() -> Refused {
    Refused("whoever looked is gone".to_owned())
}

fn numbered(tries: Vec<Try>) -> Vec<NumberedTry> {
    let mut numbers = 0..;
    let mut number = |one: Try| NumberedTry {
        lines: numbers.by_ref().zip(one.lines.clone()).take(one.lines.len()).collect(),
        title: one.title,
        then: one.then,
    };
    tries.into_iter().map(&mut number).collect()
}

/// Who writes where in the first line to try.
fn first_said(tries: &[Try]) -> Option<(&str, &str)> {
    tries.iter().flat_map(|one| &one.lines).find_map(|line| match line {
        TryLine::Say { user, channel, .. } => Some((user.as_str(), channel.as_str())),
        TryLine::Edit { .. } => None,
    })
}

/// The line that the address names, with what to look at afterwards.
fn tried<'a>(asked: &Asked, tries: &'a [Try]) -> Option<(&'a TryLine, &'a str)> {
    let all = tries.iter().flat_map(|one| one.lines.iter().map(|line| (line, one.then.as_str())));
    all.into_iter().nth(asked.attempt?)
}

/// Whoever the address names, else whoever the first line to try names, else anybody.
fn who_looks(state: &State, asked: &Asked, tries: &[Try]) -> Result<String, Refused> {
    let named = [asked.who.as_deref(), first_said(tries).map(|(user, _)| user)];
    let named = named.into_iter().flatten().find_map(|who| state.active_user(who).ok());
    let anybody = || state.users.values().find(|user| !user.is_bot && !user.deleted).map(|user| user.id.clone());
    named.or_else(anybody).ok_or_else(|| Refused("the workspace has no people".to_owned()))
}

fn direct_of(state: &State, me: &str) -> Option<String> {
    let is_own = |channel: &&Channel| channel.im_partner(state.bot_user()) == Some(me);
    state.channels.values().find(is_own).map(|channel| channel.id.clone())
}

fn place(state: &State, asked: &Asked, tries: &[Try], seen: &[&Channel], me: &str) -> Place {
    match asked.at.as_deref() {
        Some("home") => return Place::Home,
        Some("directives") => return Place::Directives,
        Some(_) | None => {}
    }
    let of_try = first_said(tries).and_then(|(_, channel)| state.channel_id(channel).ok());
    let may_see = |id: &String| state.channels.get(id).is_some_and(|channel| sees(channel, me));
    let asked = asked.at.clone().and_then(|at| state.channel_id(&at).ok()).filter(may_see);
    let id = asked.or(of_try.filter(may_see)).or_else(|| seen.first().map(|channel| channel.id.clone()));
    let Some(channel) = id.and_then(|id| state.channels.get(&id)) else { return Place::Home };
    let direct = channel.kind == ChannelKind::Im;
    Place::Channel {
        id: channel.id.clone(),
        name: if direct { state.app.bot_name.clone() } else { channel.name.clone() },
        topic: channel.topic.clone(),
        direct,
        may_write: !channel.archived && channel.members.contains(me),
    }
}

fn sees(channel: &Channel, me: &str) -> bool {
    channel.kind == ChannelKind::Public || channel.members.contains(me)
}

fn place_line(channel: &Channel, current: Option<&Channel>, me: &str) -> PlaceLine {
    PlaceLine {
        id: channel.id.clone(),
        name: channel.name.clone(),
        current: current.is_some_and(|current| current.id == channel.id),
        private: channel.kind != ChannelKind::Public,
        last: channel.messages.values().rev().find(|m| m.user != me).map(|m| m.ts.clone()).unwrap_or_default(),
    }
}

fn people(state: &State) -> Vec<PersonLine> {
    let mut people: Vec<PersonLine> =
        state.users.values().filter(|user| !user.is_bot && !user.deleted).map(person).collect();
    people.sort_by(|a, b| a.name.cmp(&b.name));
    people
}

fn person(user: &super::super::UserSpec) -> PersonLine {
    PersonLine {
        id: user.id.clone(),
        handle: user.handle.clone(),
        name: user.real_name.clone(),
        initials: timeline::initials(&user.real_name),
        hue: timeline::hue(&user.real_name),
    }
}

fn thread(state: &State, channel: &Channel, ts: &str, me: &str) -> Option<Thread> {
    channel.messages.get(ts)?;
    let may_write = !channel.archived && channel.members.contains(me);
    Some(Thread { ts: ts.to_owned(), messages: timeline::of_thread(state, channel, ts, me), may_write })
}

fn home(state: &State, me: &str) -> Vec<Value> {
    let blocks = state.homes.get(me).and_then(|view| view["blocks"].as_array()).cloned().unwrap_or_default();
    blocks::dressed(&blocks, &Names::of(state, me))
}

fn modal(state: &State, me: &str) -> Option<Modal> {
    let view = state.modals.get(me)?.last()?;
    let text = |name: &str| view[name]["text"].as_str().map(str::to_owned);
    let blocks = view["blocks"].as_array().cloned().unwrap_or_default();
    Some(Modal {
        id: view["id"].as_str().unwrap_or_default().to_owned(),
        title: text("title").unwrap_or_default(),
        submit: text("submit"),
        close: text("close").unwrap_or_else(|| "Close".to_owned()),
        blocks: blocks::dressed(&blocks, &Names::of(state, me)),
        errors: state.modal_errors.get(me).cloned().unwrap_or_else(|| json!({})),
        values: view["state"]["values"].clone(),
    })
}

fn draft(asked: &Asked, tries: &[Try], state: &State, me: &str) -> String {
    match tried(asked, tries) {
        Some((TryLine::Say { user, text, .. }, _)) if state.user_id(user).is_ok_and(|id| id == me) => text.clone(),
        Some((TryLine::Say { .. } | TryLine::Edit { .. }, _)) | None => String::new(),
    }
}

async fn editor(backstage: &dyn Backstage, asked: &Asked, tries: &[Try]) -> Editor {
    let files = backstage.files().await;
    let file = asked.file.clone().or_else(|| files.first().cloned()).unwrap_or_default();
    let (saved, why) = match backstage.read(&file).await {
        Ok(text) => (text, None),
        Err(why) => (String::new(), Some(why)),
    };
    let (text, then) = match tried(asked, tries) {
        Some((TryLine::Edit { file: of, from, to }, then)) if *of == file => {
            (saved.replace(from, to), Some(then.to_owned()))
        }
        Some((TryLine::Edit { .. } | TryLine::Say { .. }, _)) | None => (saved.clone(), None),
    };
    Editor { files, file, saved, text, why, then }
}

impl State {
    /// The channels in this person's side bar, by name.
    fn visible_to(&self, me: &str) -> Vec<&Channel> {
        let listed = |channel: &&Channel| channel.kind != ChannelKind::Im && !channel.archived && sees(channel, me);
        let mut seen: Vec<&Channel> = self.channels.values().filter(listed).collect();
        seen.sort_by(|a, b| a.name.cmp(&b.name));
        seen
    }
}
