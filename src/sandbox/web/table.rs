//! Every method that the sandbox knows: which token and scope it needs, which arguments it takes, whether it reads JSON
//! (Slack's reading methods take query and form only; its "Web API" page).

use serde_json::Value;

use super::args::{ApiError, Args};
use super::{apps, assistant, chat, conversations, reactions, stream, usergroups, users, views};
use crate::sandbox::state::State;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Bot,
    App,
    Optional,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Needs {
    Nothing,
    One(&'static str),
    AnyOf(&'static [&'static str]),
    AppLevel(&'static str),
}

pub(super) struct Method {
    name: &'static str,
    pub token: Token,
    pub needs: Needs,
    pub takes_json: bool,
    pub args: &'static [&'static str],
    pub run: fn(&mut State, &Args) -> Result<Value, ApiError>,
}

const READ: &[&str] = &["channels:read", "groups:read", "im:read", "mpim:read"];
const HISTORY: &[&str] = &["channels:history", "groups:history", "im:history", "mpim:history"];

const POST_ARGS: &[&str] = &[
    "channel", "text", "blocks", "attachments", "markdown_text", "metadata", "thread_ts", "reply_broadcast",
    "unfurl_links", "unfurl_media", "username", "icon_emoji", "icon_url", "mrkdwn", "parse", "link_names", "as_user",
];

const fn write(
    name: &'static str,
    needs: Needs,
    args: &'static [&'static str],
    run: fn(&mut State, &Args) -> Result<Value, ApiError>,
) -> Method {
    Method { name, token: Token::Bot, needs, takes_json: true, args, run }
}

const fn read(
    name: &'static str,
    needs: Needs,
    args: &'static [&'static str],
    run: fn(&mut State, &Args) -> Result<Value, ApiError>,
) -> Method {
    Method { name, token: Token::Bot, needs, takes_json: false, args, run }
}

const CHAT: Needs = Needs::One("chat:write");

static METHODS: &[Method] = &[
    Method {
        name: "api.test",
        token: Token::Optional,
        needs: Needs::Nothing,
        takes_json: true,
        args: &["error", "foo"],
        run: apps::api_test,
    },
    Method {
        name: "apps.connections.open",
        token: Token::App,
        needs: Needs::AppLevel("connections:write"),
        takes_json: true,
        args: &[],
        run: apps::connections_open,
    },
    write("auth.test", Needs::Nothing, &[], apps::auth_test),
    read("team.info", Needs::One("team:read"), &["team", "domain"], apps::team_info),
    read("bots.info", Needs::One("users:read"), &["bot", "team_id"], apps::bots_info),
    write("chat.postMessage", CHAT, POST_ARGS, chat::post_message),
    write(
        "chat.update",
        CHAT,
        &[
            "channel", "ts", "text", "blocks", "attachments", "markdown_text", "metadata", "parse", "link_names",
            "as_user", "reply_broadcast", "file_ids",
        ],
        chat::update,
    ),
    write("chat.delete", CHAT, &["channel", "ts", "as_user"], chat::delete),
    write(
        "chat.postEphemeral",
        CHAT,
        &[
            "channel", "user", "text", "blocks", "attachments", "markdown_text", "thread_ts", "username", "icon_emoji",
            "icon_url", "parse", "link_names", "as_user",
        ],
        chat::post_ephemeral,
    ),
    write(
        "chat.startStream",
        CHAT,
        &[
            "channel", "thread_ts", "chunks", "markdown_text", "recipient_user_id", "recipient_team_id",
            "task_display_mode", "username", "icon_emoji", "icon_url",
        ],
        stream::start,
    ),
    write("chat.appendStream", CHAT, &["channel", "ts", "chunks", "markdown_text"], stream::append),
    write(
        "chat.stopStream",
        CHAT,
        &["channel", "ts", "chunks", "markdown_text", "blocks", "metadata", "session_status"],
        stream::stop,
    ),
    read("chat.getPermalink", Needs::Nothing, &["channel", "message_ts"], chat::get_permalink),
    read(
        "conversations.list",
        Needs::AnyOf(READ),
        &["cursor", "limit", "types", "exclude_archived", "team_id"],
        conversations::list,
    ),
    read(
        "conversations.info",
        Needs::AnyOf(READ),
        &["channel", "include_locale", "include_num_members"],
        conversations::info,
    ),
    read("conversations.members", Needs::AnyOf(READ), &["channel", "cursor", "limit"], conversations::members),
    Method {
        takes_json: true,
        ..read(
            "conversations.history",
            Needs::AnyOf(HISTORY),
            &["channel", "cursor", "limit", "latest", "oldest", "inclusive", "include_all_metadata"],
            conversations::history,
        )
    },
    read(
        "conversations.replies",
        Needs::AnyOf(HISTORY),
        &["channel", "ts", "cursor", "limit", "latest", "oldest", "inclusive", "include_all_metadata"],
        conversations::replies,
    ),
    write(
        "conversations.open",
        Needs::AnyOf(&["im:write", "mpim:write"]),
        &["channel", "users", "return_im", "prevent_creation"],
        conversations::open,
    ),
    write("conversations.join", Needs::One("channels:join"), &["channel"], conversations::join),
    read("users.list", Needs::One("users:read"), &["cursor", "limit", "include_locale", "team_id"], users::list),
    read("users.info", Needs::One("users:read"), &["user", "include_locale"], users::info),
    read("users.lookupByEmail", Needs::One("users:read.email"), &["email"], users::lookup_by_email),
    read(
        "users.profile.get",
        Needs::AnyOf(&["users.profile:read", "users:read"]),
        &["user", "include_labels"],
        users::profile_get,
    ),
    read(
        "usergroups.list",
        Needs::One("usergroups:read"),
        &["include_count", "include_disabled", "include_users", "team_id"],
        usergroups::list,
    ),
    read(
        "usergroups.users.list",
        Needs::One("usergroups:read"),
        &["usergroup", "include_disabled", "team_id"],
        usergroups::users_list,
    ),
    write("reactions.add", Needs::One("reactions:write"), &["channel", "name", "timestamp"], reactions::add),
    write("reactions.remove", Needs::One("reactions:write"), &["channel", "name", "timestamp"], reactions::remove),
    read("reactions.get", Needs::One("reactions:read"), &["channel", "timestamp", "full"], reactions::get),
    write("views.open", Needs::Nothing, &["trigger_id", "view"], views::open),
    write("views.push", Needs::Nothing, &["trigger_id", "view"], views::push),
    write("views.update", Needs::Nothing, &["view_id", "external_id", "view", "hash"], views::update),
    write("views.publish", Needs::Nothing, &["user_id", "view", "hash"], views::publish),
    write(
        "assistant.threads.setStatus",
        Needs::AnyOf(&["chat:write", "assistant:write"]),
        &["channel_id", "thread_ts", "status", "loading_messages", "username", "icon_emoji", "icon_url"],
        assistant::set_status,
    ),
    write(
        "agents.sessions.setStatus",
        Needs::One("chat:write"),
        &["channel_id", "thread_ts", "status", "title", "initiator_user_id", "username", "icon_emoji", "icon_url"],
        assistant::set_session_status,
    ),
];

pub(super) fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}
