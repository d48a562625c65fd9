//! `conversations.*` and `reactions.*`: where things are said, what was said, and a small sign.

use serde_json::Value;

use super::super::envelope::ChannelKinds;
use super::super::json::Look;
use super::super::pace::{Channel, Tier};
use super::{Arguments, Method, Web, WebError};
use crate::inbox::ChannelKind;

const OPEN: Method = Method::new("conversations.open", Tier::Three);
const INFO: Method = Method::new("conversations.info", Tier::Three);
const LIST: Method = Method::new("conversations.list", Tier::Two);
const MEMBERS: Method = Method::new("conversations.members", Tier::Four);
const HISTORY: Method = Method::new("conversations.history", Tier::Three);
const REPLIES: Method = Method::new("conversations.replies", Tier::Three);
const REACT: Method = Method::new("reactions.add", Tier::Three);
const UNREACT: Method = Method::new("reactions.remove", Tier::Two);

/// A channel as Slack describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelInfo {
    pub id: String,
    /// Without `#`; empty for direct messages.
    pub name: String,
    pub kind: ChannelKind,
    pub archived: bool,
    /// Whether our bot is in it.
    pub joined: bool,
    /// Shared with another company.
    pub external: bool,
}

/// A message that was read back, as Slack gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub ts: String,
    pub thread_ts: Option<String>,
    /// `U…`, or the bot's id if it has no account.
    pub author: String,
    pub bot_id: Option<String>,
    pub subtype: Option<String>,
    /// In Slack's syntax; read it with `slack::text`.
    pub text: String,
    /// The workspace of the author, if Slack tells.
    pub team: Option<String>,
    /// Replies in the thread that begins here.
    pub reply_count: u64,
}

impl Web {
    /// `conversations.open`: the direct message with one account, or the group message with several. The id of the channel.
    pub async fn open_conversation(&self, users: &[&str]) -> Result<String, WebError> {
        let body = self.call(OPEN, Arguments::default().with("users", users.join(",")), Channel::Irrelevant).await?;
        body.at("channel").text("id").map(str::to_owned).ok_or_else(|| WebError::permanent("no_channel"))
    }

    /// `conversations.info`.
    pub async fn channel_info(&self, channel: &str) -> Result<ChannelInfo, WebError> {
        let body = self.call(INFO, Arguments::default().with("channel", channel), Channel::Irrelevant).await?;
        read_channel(body.at("channel")).ok_or_else(|| WebError::permanent("no_channel"))
    }

    /// `conversations.list`: public and private channels that we can see; archived ones are left out.
    pub async fn channels(&self) -> Result<Vec<ChannelInfo>, WebError> {
        let arguments = || {
            Arguments::default()
                .with("types", "public_channel,private_channel")
                .with("exclude_archived", "true")
                .with("limit", "200")
        };
        let mut found = Vec::new();
        self.list(LIST, &arguments, |body| found.extend(body.items("channels").iter().filter_map(read_channel)))
            .await?;
        Ok(found)
    }

    /// [`Web::channels`], remembered for reading envelopes.
    pub async fn learn_channels(&self, kinds: &ChannelKinds) -> Result<Vec<ChannelInfo>, WebError> {
        let channels = self.channels().await?;
        channels.iter().for_each(|channel| kinds.learn(&channel.id, channel.kind));
        Ok(channels)
    }

    /// `conversations.members`: account ids.
    pub async fn members(&self, channel: &str) -> Result<Vec<String>, WebError> {
        let arguments = || Arguments::default().with("channel", channel).with("limit", "200");
        let mut found = Vec::new();
        let each = |body: &Value| {
            found.extend(body.items("members").iter().filter_map(Value::as_str).map(str::to_owned));
        };
        self.list(MEMBERS, &arguments, each).await?;
        Ok(found)
    }

    /// `conversations.history`: one page of at most 200, newest first, newer than `oldest`, and whether there is more.
    pub async fn history(
        &self,
        channel: &str,
        oldest: Option<&str>,
        latest: Option<&str>,
        limit: u32,
    ) -> Result<(Vec<Said>, bool), WebError> {
        let arguments = Arguments::default()
            .with("channel", channel)
            .maybe("oldest", oldest)
            .maybe("latest", latest)
            .with("limit", limit.clamp(1, 200).to_string());
        let body = self.call(HISTORY, arguments, Channel::Irrelevant).await?;
        Ok((read_messages(&body), body.flag("has_more")))
    }

    /// As [`Web::history`], the messages as Slack wrote them, for those who read them like events.
    pub(in crate::slack) async fn history_since(
        &self,
        channel: &str,
        oldest: &str,
        latest: Option<&str>,
    ) -> Result<(Vec<Value>, bool), WebError> {
        let arguments = Arguments::default()
            .with("channel", channel)
            .with("oldest", oldest)
            .maybe("latest", latest)
            .with("limit", "200");
        let body = self.call(HISTORY, arguments, Channel::Irrelevant).await?;
        Ok((body.items("messages").to_vec(), body.flag("has_more")))
    }

    /// The replies of a thread since `oldest`, as Slack wrote them; with them comes the root.
    pub(in crate::slack) async fn replies_since(
        &self,
        channel: &str,
        root_ts: &str,
        oldest: &str,
        cursor: Option<&str>,
    ) -> Result<(Vec<Value>, Option<String>), WebError> {
        let arguments = Arguments::default()
            .with("channel", channel)
            .with("ts", root_ts)
            .with("oldest", oldest)
            .maybe("cursor", cursor)
            .with("limit", "200");
        let body = self.call(REPLIES, arguments, Channel::Irrelevant).await?;
        Ok((body.items("messages").to_vec(), super::next_cursor(&body)))
    }

    /// `conversations.replies`: one page of at most 200 of a thread, the root first, up to and including `latest`.
    pub async fn replies(
        &self,
        channel: &str,
        root_ts: &str,
        latest: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<(Vec<Said>, Option<String>), WebError> {
        let arguments = Arguments::default()
            .with("channel", channel)
            .with("ts", root_ts)
            .maybe("latest", latest)
            .maybe("inclusive", latest.map(|_| "true"))
            .maybe("cursor", cursor)
            .with("limit", limit.clamp(1, 200).to_string());
        let body = self.call(REPLIES, arguments, Channel::Irrelevant).await?;
        Ok((read_messages(&body), super::next_cursor(&body)))
    }

    /// `reactions.add`; a sign that is there already counts as put.
    pub async fn react(&self, channel: &str, ts: &str, name: &str) -> Result<(), WebError> {
        self.reaction(REACT, "already_reacted", channel, ts, name).await
    }

    /// `reactions.remove`; a sign that is not there counts as taken away.
    pub async fn unreact(&self, channel: &str, ts: &str, name: &str) -> Result<(), WebError> {
        self.reaction(UNREACT, "no_reaction", channel, ts, name).await
    }

    async fn reaction(
        &self,
        method: Method,
        already: &str,
        channel: &str,
        ts: &str,
        name: &str,
    ) -> Result<(), WebError> {
        let arguments = Arguments::default().with("channel", channel).with("timestamp", ts).with("name", name);
        match self.call(method, arguments, Channel::Irrelevant).await {
            Err(error) if error.code() == Some(already) => Ok(()),
            other => other.map(|_done| ()),
        }
    }
}

fn read_channel(channel: &Value) -> Option<ChannelInfo> {
    let kind = if channel.flag("is_im") {
        ChannelKind::Direct
    } else if channel.flag("is_mpim") {
        ChannelKind::Group
    } else if channel.flag("is_private") || channel.flag("is_group") {
        ChannelKind::Private
    } else {
        ChannelKind::Public
    };
    Some(ChannelInfo {
        id: channel.text("id")?.to_owned(),
        name: channel.text("name").unwrap_or_default().to_owned(),
        kind,
        archived: channel.flag("is_archived"),
        joined: channel.flag("is_member") || channel.flag("is_im"),
        external: channel.flag("is_ext_shared"),
    })
}

fn read_messages(body: &Value) -> Vec<Said> {
    body.items("messages").iter().filter_map(read_message).collect()
}

fn read_message(message: &Value) -> Option<Said> {
    let text = |key| message.text(key).map(str::to_owned);
    Some(Said {
        ts: text("ts")?,
        thread_ts: text("thread_ts"),
        author: text("user").or_else(|| text("bot_id")).unwrap_or_default(),
        bot_id: text("bot_id"),
        subtype: text("subtype"),
        text: text("text").unwrap_or_default(),
        team: text("user_team").or_else(|| text("team")),
        reply_count: message.at("reply_count").as_u64().unwrap_or(0),
    })
}
