//! One Socket Mode envelope → one [`Arrival`], purely.
//!
//! Nothing here fails: what is not understood becomes [`Trigger::Unknown`] with a reason, so that it is acknowledged,
//! counted and logged. Authority is the account on the authenticated envelope, so texts, values and display names are
//! carried along and never interpreted. Shapes: docs.slack.dev, "Using Socket Mode", "Events API", "Interaction payloads".

mod events;
mod interactive;
mod message;
#[cfg(test)]
mod tests;

pub use events::read_account;

use std::collections::HashMap;
use std::fmt;
use std::sync::RwLock;

use secrecy::SecretString;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::json::Look;
use crate::inbox::{Arrival, ChannelKind, Trigger};
use crate::workers::SlackUser;

/// Who we are in this workspace, by `auth.test` and the app-level token: what tells our own words from others'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ours {
    /// Workspace, `T…`.
    pub team: String,
    /// Our bot's account, `U…`.
    pub user: String,
    /// Our bot's id, `B…`.
    pub bot: Option<String>,
    /// Our app's id, `A…`.
    pub app: Option<String>,
}

/// What kinds of channels Slack has told of. `app_mention` does not say, and a `C…` id may be private.
///
/// Bounded; a channel that is not known counts as private, which shows less rather than more.
#[derive(Debug, Default)]
pub struct ChannelKinds(RwLock<HashMap<String, ChannelKind>>);

/// More channels than this are not remembered.
const KNOWN_CHANNELS: usize = 50_000;

impl ChannelKinds {
    pub fn learn(&self, channel: &str, kind: ChannelKind) {
        let Ok(mut known) = self.0.write() else { return };
        if known.len() < KNOWN_CHANNELS || known.contains_key(channel) {
            known.insert(channel.to_owned(), kind);
        }
    }

    pub fn of(&self, channel: &str) -> ChannelKind {
        if channel.starts_with('D') {
            return ChannelKind::Direct;
        }
        self.0.read().ok().and_then(|known| known.get(channel).copied()).unwrap_or(ChannelKind::Private)
    }
}

/// What an envelope is read against.
#[derive(Debug)]
pub struct Reader {
    pub ours: Ours,
    pub kinds: ChannelKinds,
}

impl Reader {
    pub fn new(ours: Ours) -> Self {
        Self { ours, kinds: ChannelKinds::default() }
    }
}

/// The envelope's own type, which decides how it is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Redelivered when it is not acknowledged.
    Events,
    /// Never redelivered; the acknowledgement may carry an answer.
    Interactive,
    /// Never redelivered; the acknowledgement may carry an answer.
    Slash,
    /// A type that this version does not know.
    Other(String),
}

/// Bearer secrets that live for seconds (`trigger_id`: 3 s, once) or minutes (`response_url`: 30 min, five times). They are
/// used from memory, are never stored, and print as nothing.
#[derive(Clone, Default)]
pub struct Perishable {
    pub response_url: Option<SecretString>,
    pub trigger_id: Option<SecretString>,
}

impl fmt::Debug for Perishable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Perishable")
            .field("response_url", &self.response_url.is_some())
            .field("trigger_id", &self.trigger_id.is_some())
            .finish()
    }
}

/// An envelope, read.
#[derive(Debug)]
pub struct Parsed {
    pub envelope_id: String,
    pub kind: Kind,
    pub arrival: Arrival,
    pub perishable: Perishable,
    /// 0 at the first delivery. Never a reason to drop anything: what happened while no socket was open comes as a retry.
    pub retry_attempt: i64,
    /// The event had no id, and its key is a digest of its body.
    pub without_id: bool,
}

/// Reads an envelope; `None` if it has no `envelope_id`, so that there is nothing to acknowledge.
pub fn parse(envelope: &Value, reader: &Reader) -> Option<Parsed> {
    let envelope_id = envelope.text("envelope_id")?.to_owned();
    let payload = envelope.at("payload");
    let kind = match envelope.text("type").unwrap_or("untyped") {
        "events_api" => Kind::Events,
        "interactive" => Kind::Interactive,
        "slash_commands" => Kind::Slash,
        other => Kind::Other(other.to_owned()),
    };
    let mut without_id = false;
    let (arrival, perishable) = match &kind {
        Kind::Events => {
            let (arrival, by_digest) = events::read(payload, reader);
            without_id = by_digest;
            (arrival, Perishable::default())
        }
        Kind::Interactive => (interactive::read(payload, reader), perishable_of(payload)),
        Kind::Slash => (interactive::read_command(payload, reader, &envelope_id), perishable_of(payload)),
        Kind::Other(name) => {
            let key = format!("envelope:{}:{}", reader.ours.team, digest(payload));
            (unordered(key, unknown(format!("envelope {}", short(name)))), Perishable::default())
        }
    };
    let retry_attempt = envelope.at("retry_attempt").as_i64().unwrap_or(0);
    Some(Parsed { envelope_id, kind, arrival, perishable, retry_attempt, without_id })
}

/// Reads the payload of an `events_api` envelope, or what stands for one.
pub fn read_event(payload: &Value, reader: &Reader) -> Arrival {
    events::read(payload, reader).0
}

/// What a frame that could not be read becomes: remembered once by its digest, and never looked into.
pub fn refused(text: &str, reader: &Reader) -> Arrival {
    let key = format!("refused:{}:{}", reader.ours.team, hex(&Sha256::digest(text.as_bytes())));
    unordered(key, unknown("a frame that was refused: broken, too deep, or a key twice"))
}

fn perishable_of(payload: &Value) -> Perishable {
    let response_url = payload
        .text("response_url")
        .or_else(|| payload.items("response_urls").first().and_then(|first| first.text("response_url")));
    Perishable {
        response_url: response_url.map(|text| text.to_owned().into()),
        trigger_id: payload.text("trigger_id").map(|text| text.to_owned().into()),
    }
}

fn unknown(what: impl Into<String>) -> Trigger {
    Trigger::Unknown { what: what.into() }
}

fn unordered(key: String, trigger: Trigger) -> Arrival {
    Arrival { key, also: None, conversation: None, trigger }
}

/// A name that Slack sent, fit for a log line: printable ASCII, at most 60 characters.
fn short(name: &str) -> String {
    name.chars().take(60).map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
}

fn account(team: &str, user: &str) -> SlackUser {
    SlackUser { team: team.to_owned(), user: user.to_owned() }
}

/// SHA-256 of the payload written out again, in hexadecimal: a redelivery of the same body has the same digest.
fn digest(payload: &Value) -> String {
    hex(&Sha256::digest(payload.to_string().as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Our `:n`, which makes action ids unique within one message, taken off again.
pub fn verb_of(action_id: &str) -> &str {
    match action_id.rsplit_once(':') {
        Some((verb, n)) if !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()) => verb,
        Some(_) | None => action_id,
    }
}
