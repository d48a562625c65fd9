//! What Slack says of accounts, channels and user groups now: facts that no file holds.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::workers::SlackUser;

/// An account as Slack last told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFact {
    pub user: SlackUser,
    /// Without `@`.
    pub handle: String,
    pub real_name: String,
    pub email: Option<String>,
    /// IANA name.
    pub timezone: Option<String>,
    pub is_bot: bool,
    pub is_guest: bool,
    pub deactivated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelState {
    pub team: String,
    pub id: String,
    /// Without `#`.
    pub name: String,
    pub private: bool,
    pub archived: bool,
    /// Whether the bot is in it.
    pub joined: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupFact {
    /// `S…`.
    pub id: String,
    pub handle: String,
    /// Account ids.
    pub members: Vec<String>,
}

/// A recorded review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewFact {
    pub position: String,
    pub at: Timestamp,
}

/// All of it at one moment; cheap to share.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    pub accounts: Vec<AccountFact>,
    pub channels: Vec<ChannelState>,
    pub groups: Vec<GroupFact>,
    pub reviews: Vec<ReviewFact>,
}

impl Directory {
    pub fn account(&self, user: &str) -> Option<&AccountFact> {
        self.accounts.iter().find(|account| account.user.user == user)
    }

    pub fn channel_named(&self, name: &str) -> Option<&ChannelState> {
        self.channels.iter().find(|channel| channel.name == name.trim_start_matches('#'))
    }

    pub fn channel(&self, id: &str) -> Option<&ChannelState> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    pub fn group(&self, id: &str) -> Option<&GroupFact> {
        self.groups.iter().find(|group| group.id == id)
    }
}
