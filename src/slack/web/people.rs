//! `auth.test`, `team.info`, `users.*` and `usergroups.*`: who we are, and who is there.

use serde_json::Value;

use super::super::envelope::{Ours, read_account};
use super::super::json::Look;
use super::super::pace::{Channel, Tier};
use super::{Arguments, Method, Web, WebError};
use crate::clock::Timestamp;
use crate::inbox::Account;

const AUTH_TEST: Method = Method::new("auth.test", Tier::Special);
const TEAM_INFO: Method = Method::new("team.info", Tier::Three);
const USER_INFO: Method = Method::new("users.info", Tier::Four);
const USERS: Method = Method::new("users.list", Tier::Two);
const BY_EMAIL: Method = Method::new("users.lookupByEmail", Tier::Three);
const GROUPS: Method = Method::new("usergroups.list", Tier::Two);
const GROUP_USERS: Method = Method::new("usergroups.users.list", Tier::Two);

/// The answer of `auth.test`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhoAmI {
    pub team: String,
    pub team_name: String,
    /// Our bot's account, `U…`.
    pub user: String,
    /// Our bot's handle.
    pub handle: String,
    pub bot: Option<String>,
    /// The workspace's address.
    pub url: Option<String>,
}

impl WhoAmI {
    /// `app` as the app-level token tells it (`SlackConfig::app_id`).
    pub fn ours(&self, app: Option<String>) -> Ours {
        Ours { team: self.team.clone(), user: self.user.clone(), bot: self.bot.clone(), app }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamInfo {
    pub id: String,
    pub name: String,
    pub domain: String,
}

/// A user group, `S…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub id: String,
    /// Without `@`.
    pub handle: String,
    pub name: String,
    pub disabled: bool,
}

/// What Slack tells of an installation without anything being changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub who: WhoAmI,
    /// Empty where Slack did not tell.
    pub scopes: Vec<String>,
    /// Slack's clock, in whole seconds.
    pub at: Option<Timestamp>,
}

impl Web {
    /// Whose token this is, what it may do, and what time it is at Slack's.
    pub async fn look(&self) -> Result<Seen, WebError> {
        let who = self.who_am_i().await?;
        let (scopes, at) = self.headers_of(AUTH_TEST).await?;
        Ok(Seen { who, scopes, at })
    }

    /// `auth.test`: whose token this is.
    pub async fn who_am_i(&self) -> Result<WhoAmI, WebError> {
        let body = self.call(AUTH_TEST, Arguments::default(), Channel::Irrelevant).await?;
        let text = |key| body.text(key).map(str::to_owned);
        let (Some(team), Some(user)) = (text("team_id"), text("user_id")) else {
            return Err(WebError::permanent("auth_test_without_ids"));
        };
        Ok(WhoAmI {
            team,
            user,
            team_name: text("team").unwrap_or_default(),
            handle: text("user").unwrap_or_default(),
            bot: text("bot_id"),
            url: text("url"),
        })
    }

    /// `team.info`.
    pub async fn team_info(&self) -> Result<TeamInfo, WebError> {
        let body = self.call(TEAM_INFO, Arguments::default(), Channel::Irrelevant).await?;
        let team = body.at("team");
        let text = |key| team.text(key).unwrap_or_default().to_owned();
        Ok(TeamInfo { id: text("id"), name: text("name"), domain: text("domain") })
    }

    /// `users.info`. `our_team` stands in where Slack does not tell the account's workspace.
    pub async fn user_info(&self, our_team: &str, user: &str) -> Result<Account, WebError> {
        let body = self.call(USER_INFO, Arguments::default().with("user", user), Channel::Irrelevant).await?;
        read_account(body.at("user"), our_team).ok_or_else(|| WebError::permanent("no_user"))
    }

    /// `users.lookupByEmail`; `None` if nobody has it.
    pub async fn user_by_email(&self, our_team: &str, email: &str) -> Result<Option<Account>, WebError> {
        match self.call(BY_EMAIL, Arguments::default().with("email", email), Channel::Irrelevant).await {
            Ok(body) => Ok(read_account(body.at("user"), our_team)),
            Err(error) if error.code() == Some("users_not_found") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `users.list`: everyone, deactivated accounts and bots included.
    pub async fn users(&self, our_team: &str) -> Result<Vec<Account>, WebError> {
        let mut found = Vec::new();
        let each = |body: &Value| {
            found.extend(body.items("members").iter().filter_map(|user| read_account(user, our_team)));
        };
        self.list(USERS, &|| Arguments::default().with("limit", "200"), each).await?;
        Ok(found)
    }

    /// `usergroups.list`, disabled ones included.
    pub async fn groups(&self) -> Result<Vec<Group>, WebError> {
        let arguments = Arguments::default().with("include_disabled", "true");
        let body = self.call(GROUPS, arguments, Channel::Irrelevant).await?;
        Ok(body.items("usergroups").iter().filter_map(read_group).collect())
    }

    /// `usergroups.users.list`: account ids.
    pub async fn group_members(&self, group: &str) -> Result<Vec<String>, WebError> {
        let arguments = Arguments::default().with("usergroup", group);
        let body = self.call(GROUP_USERS, arguments, Channel::Irrelevant).await?;
        Ok(body.items("users").iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }
}

fn read_group(group: &Value) -> Option<Group> {
    Some(Group {
        id: group.text("id")?.to_owned(),
        handle: group.text("handle").unwrap_or_default().to_owned(),
        name: group.text("name").unwrap_or_default().to_owned(),
        disabled: group.at("date_delete").as_i64().unwrap_or(0) != 0,
    })
}
