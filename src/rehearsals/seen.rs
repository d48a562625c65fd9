//! What people see, and what of it is new since one last looked.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::sandbox::{Refused, Sandbox, ShownMessage};

/// Something that became visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name that it stands under.
    pub author: String,
    /// Buttons as `[Label]`; several lines.
    pub text: String,
    pub visible: Visible,
    /// It stood there before, in other words.
    pub edited: bool,
}

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visible {
    /// Everyone in the channel; in a thread, if `thread`.
    Channel { name: String, thread: bool },
    /// The direct conversation with this person (handle).
    Direct(String),
    /// Only this person (handle), until they load the page again.
    Private(String),
    /// A form that opened for this person (handle).
    Form(String),
    /// Slack itself told this person (handle).
    Notice(String),
    /// A reaction to a message.
    Reaction,
}

/// A button that can be clicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    pub channel: String,
    pub ts: String,
    pub label: String,
    pub action_id: String,
}

/// Remembers what was there.
#[derive(Debug, Default)]
pub(super) struct Watcher {
    messages: BTreeMap<(String, String), ShownMessage>,
    /// How many ephemeral messages and notices each person had.
    private: BTreeMap<String, (usize, usize)>,
    forms: BTreeMap<String, String>,
    calls: usize,
}

impl Watcher {
    /// What became visible since the last look, in the order in which the bot said it. What people wrote is left out.
    pub fn look(
        &mut self,
        sandbox: &Sandbox,
        people: &[(String, String)],
        channels: &[String],
    ) -> Result<Vec<Entry>, Refused> {
        let order = self.order(sandbox);
        let mut found: Vec<(usize, Entry)> = Vec::new();
        for name in channels {
            let place =
                |message: &ShownMessage| Visible::Channel { name: name.clone(), thread: message.thread_ts.is_some() };
            let id = channel_id(sandbox, name);
            self.look_at(sandbox, name, &id, place, &order, &mut found)?;
        }
        for (handle, _) in people {
            let id = sandbox.dm_channel(handle)?;
            self.look_at(sandbox, &id, &id, |_| Visible::Direct(handle.clone()), &order, &mut found)?;
        }
        found.sort_by_key(|(at, _)| *at);
        let mut entries = Vec::new();
        for (handle, _) in people {
            entries.extend(self.private(sandbox, handle)?);
        }
        entries.extend(found.into_iter().map(|(_, entry)| entry));
        Ok(entries)
    }

    /// When the bot last touched each message, as a place in the order of its calls since the last look.
    fn order(&mut self, sandbox: &Sandbox) -> BTreeMap<(String, String), usize> {
        let calls = sandbox.calls();
        let mut order = BTreeMap::new();
        for (at, call) in calls.iter().enumerate().skip(self.calls) {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let field =
                if call.method.starts_with("reactions.") { &call.args["timestamp"] } else { &call.answer["ts"] };
            let channel = call.answer["channel"].as_str().map_or_else(|| text(&call.args["channel"]), str::to_owned);
            order.insert((channel, text(field)), at);
        }
        self.calls = calls.len();
        order
    }

    fn look_at(
        &mut self,
        sandbox: &Sandbox,
        channel: &str,
        id: &str,
        place: impl Fn(&ShownMessage) -> Visible,
        order: &BTreeMap<(String, String), usize>,
        found: &mut Vec<(usize, Entry)>,
    ) -> Result<(), Refused> {
        for message in sandbox.shown(channel)? {
            let key = (id.to_owned(), message.ts.clone());
            let at = order.get(&key).copied().unwrap_or(0);
            let before = self.messages.insert(key, message.clone());
            let visible = place(&message);
            if message.ours && before.as_ref().is_none_or(|before| before.text != message.text) {
                let (author, text) = (message.author.clone(), message.text.clone());
                found.push((at, Entry { author, text, visible, edited: before.is_some() }));
            }
            let known = before.map(|before| before.reactions).unwrap_or_default();
            for reaction in message.reactions.iter().filter(|reaction| !known.contains(reaction)) {
                let (text, author) = reaction.split_once(": ").unwrap_or((reaction, ""));
                let text = if text.ends_with(':') { text.to_owned() } else { format!("{text}:") };
                let entry = Entry { author: author.to_owned(), text, visible: Visible::Reaction, edited: false };
                found.push((at, entry));
            }
        }
        Ok(())
    }

    fn private(&mut self, sandbox: &Sandbox, handle: &str) -> Result<Vec<Entry>, Refused> {
        let mut entries = Vec::new();
        let entry = |author: &str, text: &str, visible| Entry {
            author: author.to_owned(),
            text: text.to_owned(),
            visible,
            edited: false,
        };
        let (ephemerals, notices) = (sandbox.ephemerals(handle)?, sandbox.notices(handle)?);
        let seen = self.private.entry(handle.to_owned()).or_default();
        for message in ephemerals.iter().skip(seen.0) {
            let (author, text) = message.split_once(" (app): ").unwrap_or(("", message));
            entries.push(entry(author, text, Visible::Private(handle.to_owned())));
        }
        for notice in notices.iter().skip(seen.1) {
            entries.push(entry("Slack", notice, Visible::Notice(handle.to_owned())));
        }
        *seen = (ephemerals.len(), notices.len());
        let form = sandbox.modal(handle)?.unwrap_or_default();
        let before = self.forms.insert(handle.to_owned(), form.clone()).unwrap_or_default();
        if !form.is_empty() && form != before {
            entries.push(entry("", &form, Visible::Form(handle.to_owned())));
        }
        Ok(entries)
    }
}

/// The buttons of a channel or a direct conversation, the newest message's first.
pub(super) fn buttons(sandbox: &Sandbox, channel: &str) -> Result<Vec<Button>, Refused> {
    let mut out = Vec::new();
    for message in sandbox.messages_json(channel)?.iter().rev() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for element in elements(message).filter(|element| element["type"] == "button") {
            out.push(Button {
                channel: channel.to_owned(),
                ts: text(&message["ts"]),
                label: text(&element["text"]["text"]),
                action_id: text(&element["action_id"]),
            });
        }
    }
    Ok(out)
}

fn elements(message: &Value) -> impl Iterator<Item = &Value> {
    message["blocks"].as_array().into_iter().flatten().flat_map(|block| {
        let accessory = Some(&block["accessory"]).filter(|accessory| accessory.is_object());
        accessory.into_iter().chain(block["elements"].as_array().into_iter().flatten())
    })
}

/// The channel's id, as the Web API writes it.
fn channel_id(sandbox: &Sandbox, name: &str) -> String {
    let workspace = sandbox.workspace_json();
    let channels = workspace["channels"].as_array().into_iter().flatten();
    let found = channels.filter(|channel| channel["name"] == name).filter_map(|channel| channel["id"].as_str()).next();
    found.unwrap_or(name).to_owned()
}

/// A field of a form that a rehearsal fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub id: String,
    /// It takes a person, by account id.
    pub is_person: bool,
}

/// The field that words go into: the first for free text, else the first that there is.
pub(super) fn field(form: &Value, with: &str) -> Option<Field> {
    let inputs = || form["blocks"].as_array().into_iter().flatten().filter(|block| block["type"] == "input");
    let free = inputs().find(|block| block["element"]["type"] == "plain_text_input");
    let offers = |block: &&Value| {
        let options = block["element"]["options"].as_array();
        options.is_some_and(|options| options.iter().any(|option| option["value"] == with))
    };
    let element = &inputs().find(offers).or(free).or_else(|| inputs().next())?["element"];
    let id = element["action_id"].as_str()?.to_owned();
    Some(Field { id, is_person: element["type"] == "users_select" })
}

/// The account of a handle, as forms want it.
pub(super) fn account(sandbox: &Sandbox, handle: &str) -> Option<String> {
    let workspace = sandbox.workspace_json();
    let found = workspace["users"].as_array()?.iter().find(|user| user["name"] == handle)?;
    found["id"].as_str().map(str::to_owned)
}
