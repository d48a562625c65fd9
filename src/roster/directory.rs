//! What Slack says of accounts, channels and user groups now: facts that no file holds.

use serde::{Deserialize, Serialize};

use super::{Person, Roster};
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

    /// The person whose account this is: by the account id that the file or the lock gives, else by e-mail. A handle alone
    /// never wins a seat, since people rename themselves.
    pub fn person_of<'a>(&self, roster: &'a Roster, user: &str) -> Option<&'a Person> {
        let pinned = roster.people.values().find(|person| roster.account_id(person) == Some(user));
        pinned.or_else(|| {
            let email = self.account(user)?.email.as_deref()?;
            let mut found = roster.people.values().filter(|person| {
                roster.account_id(person).is_none()
                    && person.email.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(email))
            });
            // Two people with one address are nobody.
            found.next().filter(|_| found.next().is_none())
        })
    }

    /// The account of a person, if it is known for certain.
    pub fn account_of<'a>(&'a self, roster: &Roster, handle: &str) -> Option<&'a AccountFact> {
        let person = roster.people.get(handle)?;
        // Only the accounts that could be theirs are resolved: lists of names look up many people at once.
        let could_be = |account: &&AccountFact| match roster.account_id(person) {
            Some(id) => account.user.user == id,
            None => person
                .email
                .as_deref()
                .zip(account.email.as_deref())
                .is_some_and(|(theirs, its)| theirs.eq_ignore_ascii_case(its)),
        };
        self.accounts.iter().filter(could_be).find(|account| {
            self.person_of(roster, &account.user.user).is_some_and(|found| found.handle == person.handle)
        })
    }
}

impl Directory {
    /// For everybody whom only a handle ties to an account: the one live account of that handle now. People rename themselves,
    /// so that this is looked up once and pinned when a human agrees to it.
    pub fn pins(&self, roster: &Roster) -> std::collections::BTreeMap<String, String> {
        let bare = roster.people.values().filter(|one| roster.account_id(one).is_none() && one.email.is_none());
        let found = bare.filter_map(|person| {
            let live = |account: &&AccountFact| !account.is_bot && !account.is_guest && !account.deactivated;
            let mut bear = self.accounts.iter().filter(live).filter(|account| account.handle == person.handle);
            let account = bear.next().filter(|_| bear.next().is_none())?;
            Some((person.handle.clone(), account.user.user.clone()))
        });
        found.collect()
    }
}

impl Roster {
    /// The account id that the file or the lock ties to a person.
    pub fn account_id<'a>(&'a self, person: &'a Person) -> Option<&'a str> {
        person.slack_id.as_deref().or_else(|| self.pinned.get(&person.handle).map(String::as_str))
    }
}
