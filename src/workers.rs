//! Who can hold work or decide about it, and the chain of who acts for whom.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A worker as directives and JSON write it: `agent:finance-agent`, `person:@dana`, `owner`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkerRef {
    /// A position that a program fills, by the position's id.
    Agent(String),
    /// A set of responsibilities, by its id; whoever fills it now.
    Role(String),
    Team(String),
    /// A person by handle, without the `@`.
    Person(String),
    /// A channel by name, without the `#`.
    Channel(String),
    /// Another bot by name (only in a condition's `from`).
    Bot(String),
    /// The triage person.
    Human,
    Owner,
    Supervisor,
    Requester,
    RequesterManager,
}

impl WorkerRef {
    /// The id of the position, if a program fills one.
    pub fn agent(&self) -> Option<&str> {
        match self {
            Self::Agent(id) => Some(id),
            Self::Role(_)
            | Self::Team(_)
            | Self::Person(_)
            | Self::Channel(_)
            | Self::Bot(_)
            | Self::Human
            | Self::Owner
            | Self::Supervisor
            | Self::Requester
            | Self::RequesterManager => None,
        }
    }

    /// The id of the team, if it is one.
    pub fn team(&self) -> Option<&str> {
        match self {
            Self::Team(id) => Some(id),
            Self::Agent(_)
            | Self::Role(_)
            | Self::Person(_)
            | Self::Channel(_)
            | Self::Bot(_)
            | Self::Human
            | Self::Owner
            | Self::Supervisor
            | Self::Requester
            | Self::RequesterManager => None,
        }
    }

    /// The handle, if it is a person.
    pub fn person(&self) -> Option<&str> {
        match self {
            Self::Person(id) => Some(id),
            Self::Agent(_)
            | Self::Role(_)
            | Self::Team(_)
            | Self::Channel(_)
            | Self::Bot(_)
            | Self::Human
            | Self::Owner
            | Self::Supervisor
            | Self::Requester
            | Self::RequesterManager => None,
        }
    }

    /// The name, if it is a channel.
    pub fn channel(&self) -> Option<&str> {
        match self {
            Self::Channel(id) => Some(id),
            Self::Agent(_)
            | Self::Role(_)
            | Self::Team(_)
            | Self::Person(_)
            | Self::Bot(_)
            | Self::Human
            | Self::Owner
            | Self::Supervisor
            | Self::Requester
            | Self::RequesterManager => None,
        }
    }
}

impl fmt::Display for WorkerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent(id) => write!(f, "agent:{id}"),
            Self::Role(id) => write!(f, "role:{id}"),
            Self::Team(id) => write!(f, "team:{id}"),
            Self::Person(handle) => write!(f, "person:@{handle}"),
            Self::Channel(name) => write!(f, "channel:#{name}"),
            Self::Bot(name) => write!(f, "bot:{name}"),
            Self::Human => f.write_str("human"),
            Self::Owner => f.write_str("owner"),
            Self::Supervisor => f.write_str("supervisor"),
            Self::Requester => f.write_str("requester"),
            Self::RequesterManager => f.write_str("requester_manager"),
        }
    }
}

/// The text names no worker in the contract's notation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no worker; write agent:ID, role:ID, team:ID, person:@handle, channel:#name or human")]
pub struct BadWorker(pub String);

impl FromStr for WorkerRef {
    type Err = BadWorker;

    fn from_str(text: &str) -> Result<Self, BadWorker> {
        let bad = || BadWorker(text.to_owned());
        Ok(match text.split_once(':') {
            None => match text {
                "human" => Self::Human,
                "owner" => Self::Owner,
                "supervisor" => Self::Supervisor,
                "requester" => Self::Requester,
                "requester_manager" => Self::RequesterManager,
                _ => return Err(bad()),
            },
            Some((_, "")) => return Err(bad()),
            Some(("agent", id)) => Self::Agent(id.to_owned()),
            Some(("role", id)) => Self::Role(id.to_owned()),
            Some(("team", id)) => Self::Team(id.to_owned()),
            Some(("person", id)) => Self::Person(id.trim_start_matches('@').to_owned()),
            Some(("channel", id)) => Self::Channel(id.trim_start_matches('#').to_owned()),
            Some(("bot", id)) => Self::Bot(id.to_owned()),
            Some(_) => return Err(bad()),
        })
    }
}

impl Serialize for WorkerRef {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WorkerRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// An authenticated Slack account: the only thing that carries a person's authority.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SlackUser {
    /// Workspace, `T…`.
    pub team: String,
    /// Account, `U…` or `W…`.
    pub user: String,
}

/// One link of an [`ActorChain`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The human who asked, by authenticated account.
    Human(SlackUser),
    /// The clock, by the schedule's key.
    Schedule(String),
    /// A signed webhook, by its name.
    Webhook(String),
    /// A position that acts, by its id.
    Agent(String),
}

/// Who acts for whom, the origin first: human → agent → agent. Grows by one link at every hand-over and never shrinks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActorChain(pub Vec<Actor>);

impl ActorChain {
    pub fn from_origin(origin: Actor) -> Self {
        Self(vec![origin])
    }

    #[must_use]
    pub fn then(&self, next: Actor) -> Self {
        let mut links = self.0.clone();
        links.push(next);
        Self(links)
    }

    /// The human at the origin, if a human asked.
    pub fn requester(&self) -> Option<&SlackUser> {
        match self.0.first() {
            Some(Actor::Human(user)) => Some(user),
            Some(Actor::Schedule(_) | Actor::Webhook(_) | Actor::Agent(_)) | None => None,
        }
    }

    /// How often `from` has handed over to `to` already.
    pub fn times_handed(&self, from: &str, to: &str) -> usize {
        let agents: Vec<&str> = self
            .0
            .iter()
            .filter_map(|actor| match actor {
                Actor::Agent(id) => Some(id.as_str()),
                Actor::Human(_) | Actor::Schedule(_) | Actor::Webhook(_) => None,
            })
            .collect();
        agents.windows(2).filter(|pair| *pair == [from, to]).count()
    }

    /// The position that would act: the last agent in the chain.
    pub fn acting_agent(&self) -> Option<&str> {
        self.0.iter().rev().find_map(|actor| match actor {
            Actor::Agent(id) => Some(id.as_str()),
            Actor::Human(_) | Actor::Schedule(_) | Actor::Webhook(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_survive_the_way_to_json_and_back() {
        for text in [
            "agent:finance-agent", "role:sre", "team:finance", "person:@dana", "channel:#it", "human",
            "requester_manager",
        ] {
            assert_eq!(text.parse::<WorkerRef>().unwrap().to_string(), text);
        }
        for bad in ["", "agent:", "boss", "thing:x"] {
            assert!(bad.parse::<WorkerRef>().is_err(), "{bad}");
        }
    }
}
