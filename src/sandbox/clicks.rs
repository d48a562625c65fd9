//! What people do with buttons, menus, slash commands and shortcuts. A click is possible only on what stands there now;
//! the `stale` and `raw` variants replay or forge what Slack's client never would.

use serde::Serialize;
use serde_json::{Value, json};

use super::clock::format_ts;
use super::delivery::{EnvelopeKind, Subject};
use super::message::Message;
use super::state::State;
use super::{Refused, Sandbox};

/// An interaction that went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    pub envelope_id: String,
    /// Empty where Slack gives none.
    pub trigger_id: String,
    pub response_url: Option<String>,
}

/// Where a click lands.
enum Surface<'a> {
    Message { channel: String, message: &'a Message, ephemeral: bool },
    View(Value),
}

impl Sandbox {
    /// `user` clicks the button with this action id, value or label on a message.
    pub fn clicks(&self, user: &str, channel: &str, ts: &str, button: &str) -> Result<Sent, Refused> {
        self.with(|s| s.acts_on_message(user, channel, ts, button, None, false))
    }

    /// `user` picks an option (by value or label) of a menu on a message.
    pub fn chooses(&self, user: &str, channel: &str, ts: &str, menu: &str, option: &str) -> Result<Sent, Refused> {
        self.with(|s| s.acts_on_message(user, channel, ts, menu, Some(option), false))
    }

    /// Clicks a button that stood there before the message was edited, as a client that was slow to redraw would.
    pub fn clicks_stale(&self, user: &str, channel: &str, ts: &str, button: &str) -> Result<Sent, Refused> {
        self.with(|s| s.acts_on_message(user, channel, ts, button, None, true))
    }

    /// Sends any payload as an interaction: forged by the test, checked by nobody.
    pub fn clicks_raw(&self, payload: Value) -> Sent {
        self.with(|s| {
            let what = format!("raw {}", payload["type"].as_str().unwrap_or("payload"));
            let envelope_id = s.deliver(EnvelopeKind::Interactive, payload, what, Subject::Raw);
            Sent { envelope_id, trigger_id: String::new(), response_url: None }
        })
    }

    /// Clicks a button of the person's Home tab.
    pub fn clicks_home(&self, user: &str, button: &str) -> Result<Sent, Refused> {
        self.with(|s| {
            let user = s.active_user(user)?;
            let view = s.homes.get(&user).cloned().ok_or_else(|| Refused(format!("{user}'s Home tab is empty")))?;
            s.acts_on_view(&user, view, button, None)
        })
    }

    /// Clicks a button, or picks an option, inside the open modal.
    pub fn clicks_in_modal(&self, user: &str, element: &str, option: Option<&str>) -> Result<Sent, Refused> {
        self.with(|s| {
            let user = s.active_user(user)?;
            let view = s.top_modal(&user)?;
            s.acts_on_view(&user, view, element, option)
        })
    }

    /// `/command text` in a channel. Not in threads: Slack's custom commands do not work there.
    pub fn slash(&self, user: &str, channel: &str, command: &str, text: &str) -> Result<Sent, Refused> {
        self.with(|s| s.slash(user, channel, command, text))
    }

    /// A global shortcut.
    pub fn shortcut(&self, user: &str, callback_id: &str) -> Result<Sent, Refused> {
        self.with(|s| s.shortcut(user, callback_id, None))
    }

    /// A shortcut of a message's menu.
    pub fn message_shortcut(&self, user: &str, callback_id: &str, channel: &str, ts: &str) -> Result<Sent, Refused> {
        self.with(|s| s.shortcut(user, callback_id, Some((channel, ts))))
    }

    /// Opens the app's Home tab.
    pub fn opens_home(&self, user: &str) -> Result<(), Refused> {
        self.opens_app(user, "home")
    }

    /// Opens the app's Messages tab.
    pub fn opens_messages(&self, user: &str) -> Result<(), Refused> {
        self.opens_app(user, "messages")
    }

    fn opens_app(&self, user: &str, tab: &str) -> Result<(), Refused> {
        self.with(|s| {
            let user = s.active_user(user)?;
            let channel = s.open_im(&user);
            let mut inner = json!({ "type": "app_home_opened", "user": user, "channel": channel, "tab": tab });
            if tab == "home"
                && let Some(view) = s.homes.get(&user)
            {
                inner["view"] = view.clone();
            }
            s.emit(None, None, inner);
            Ok(())
        })
    }
}

impl State {
    fn acts_on_message(
        &mut self,
        user: &str,
        channel: &str,
        ts: &str,
        element: &str,
        option: Option<&str>,
        stale: bool,
    ) -> Result<Sent, Refused> {
        let user = self.active_user(user)?;
        let own = self.ephemerals.iter().find(|e| e.message.ts == ts && e.user == user).cloned();
        let (channel, message, ephemeral) = match own {
            Some(ephemeral) => (ephemeral.channel, ephemeral.message, true),
            None => {
                let (channel, message) = self.seen_message(&user, channel, ts)?;
                (channel, message.clone(), false)
            }
        };
        let old = message.revisions.iter().rev().find(|blocks| find_element(&json!(blocks), element).is_ok());
        let blocks = match old {
            Some(blocks) if stale => json!(blocks),
            _ => json!(message.blocks),
        };
        let mut shown = message;
        shown.blocks = blocks.as_array().cloned().unwrap_or_default();
        self.click(&user, &Surface::Message { channel, message: &shown, ephemeral }, &blocks, element, option)
    }

    fn acts_on_view(&mut self, user: &str, view: Value, element: &str, option: Option<&str>) -> Result<Sent, Refused> {
        let blocks = view["blocks"].clone();
        self.click(user, &Surface::View(view), &blocks, element, option)
    }

    fn click(
        &mut self,
        user: &str,
        surface: &Surface<'_>,
        blocks: &Value,
        element: &str,
        option: Option<&str>,
    ) -> Result<Sent, Refused> {
        self.need_interactivity()?;
        let (block_id, found) = find_element(blocks, element).map_err(Refused)?;
        let now = self.now();
        let mut action = json!({
            "type": found["type"], "action_id": found["action_id"], "block_id": block_id, "action_ts": format_ts(now),
        });
        for field in ["text", "value", "style", "url"] {
            if let Some(value) = found.get(field) {
                action[field] = value.clone();
            }
        }
        if let Some(option) = option {
            let chosen = super::inputs::filled(&found, option)
                .or_else(|_| super::inputs::option(&found, option).map(|o| json!({ "selected_option": o })))
                .map_err(Refused)?;
            for (name, value) in chosen.as_object().into_iter().flatten() {
                action[name] = value.clone();
            }
        }
        let label = found["text"]["text"].as_str().unwrap_or(element).to_owned();
        let in_modal = matches!(surface, Surface::View(view) if view["type"] == "modal");
        let trigger_id = self.new_trigger(user, in_modal);
        let mut payload = self.person_payload("block_actions", user, &trigger_id);
        payload["actions"] = json!([action]);
        let response_url = self.add_surface(&mut payload, surface, user);
        let what = format!("click on [{label}] by {user}");
        let subject = Subject::Click { user: user.to_owned(), label };
        let envelope_id = self.deliver(EnvelopeKind::Interactive, payload, what, subject);
        Ok(Sent { envelope_id, trigger_id, response_url })
    }

    /// What `container`, `message`, `view`, `state` and `response_url` say of where it was clicked.
    fn add_surface(&mut self, payload: &mut Value, surface: &Surface<'_>, user: &str) -> Option<String> {
        match surface {
            Surface::View(view) => {
                payload["container"] = json!({ "type": "view", "view_id": view["id"] });
                payload["view"] = view.clone();
                None
            }
            Surface::Message { channel, message, ephemeral } => {
                let mut container = json!({
                    "type": "message", "message_ts": message.ts, "channel_id": channel, "is_ephemeral": ephemeral,
                });
                if let Some(root) = &message.thread_ts {
                    container["thread_ts"] = json!(root);
                }
                payload["container"] = container;
                payload["channel"] = json!({ "id": channel, "name": self.channel_label(channel) });
                payload["state"] =
                    json!({ "values": super::inputs::initial_values(&json!({ "blocks": message.blocks })) });
                if !ephemeral {
                    payload["message"] = message.to_json(self);
                }
                let url = self.new_response_url(user, channel, Some(message.ts.clone()), message.thread_ts.clone());
                payload["response_url"] = json!(url);
                Some(url)
            }
        }
    }

    /// What every interactive payload says of the person and the app.
    pub fn person_payload(&self, kind: &str, user: &str, trigger_id: &str) -> Value {
        let person = self.users.get(user);
        let handle = person.map(|u| u.handle.clone()).unwrap_or_default();
        let team = person.and_then(|u| u.other_team.clone()).unwrap_or_else(|| self.team.id.clone());
        json!({
            "type": kind, "token": "sandbox-verification", "api_app_id": self.app.app_id, "team": self.team_json(),
            "user": { "id": user, "username": handle, "name": handle, "team_id": team },
            "enterprise": null, "is_enterprise_install": false, "trigger_id": trigger_id,
        })
    }

    fn channel_label(&self, channel: &str) -> String {
        match self.channels.get(channel) {
            Some(c) if c.kind == super::state::ChannelKind::Im => "directmessage".to_owned(),
            Some(c) if c.kind == super::state::ChannelKind::Private => "privategroup".to_owned(),
            Some(c) => c.name.clone(),
            None => String::new(),
        }
    }

    pub fn need_interactivity(&self) -> Result<(), Refused> {
        if self.app.interactivity { Ok(()) } else { Err(Refused("the app has interactivity switched off".to_owned())) }
    }

    fn slash(&mut self, user: &str, channel: &str, command: &str, text: &str) -> Result<Sent, Refused> {
        let user = self.active_user(user)?;
        let channel = self.place_of(&user, channel)?;
        let spec = self.app.slash_commands.iter().find(|c| c.command == command).cloned();
        let spec = spec.filter(|_| self.has_scope("commands"));
        let Some(spec) = spec else { return Err(Refused(format!("{command} is not a valid command"))) };
        let text = if spec.should_escape { self.with_names(text, true) } else { text.to_owned() };
        let trigger_id = self.new_trigger(&user, false);
        let response_url = self.new_response_url(&user, &channel, None, None);
        let handle = self.users.get(&user).map(|u| u.handle.clone()).unwrap_or_default();
        let payload = json!({
            "token": "sandbox-verification", "team_id": self.team.id, "team_domain": self.team.domain,
            "channel_id": channel, "channel_name": self.channel_label(&channel), "user_id": user,
            "user_name": handle, "command": command, "text": text, "api_app_id": self.app.app_id,
            "is_enterprise_install": "false", "response_url": response_url, "trigger_id": trigger_id,
        });
        let what = format!("{command} {text} by {user}");
        let subject = Subject::Slash { user, channel, command: command.to_owned() };
        let envelope_id = self.deliver(EnvelopeKind::SlashCommands, payload, what, subject);
        Ok(Sent { envelope_id, trigger_id, response_url: Some(response_url) })
    }

    fn shortcut(&mut self, user: &str, callback_id: &str, on: Option<(&str, &str)>) -> Result<Sent, Refused> {
        let user = self.active_user(user)?;
        self.need_interactivity()?;
        let known = self.app.shortcuts.iter().any(|s| s.callback_id == callback_id && s.on_message == on.is_some());
        if !known {
            return Err(Refused(format!("the app has no such shortcut {callback_id}")));
        }
        let trigger_id = self.new_trigger(&user, false);
        let mut response_url = None;
        let mut payload = match on {
            None => self.person_payload("shortcut", &user, &trigger_id),
            Some((channel, ts)) => {
                let (channel, message) = self.seen_message(&user, channel, ts)?;
                let message = message.clone();
                let mut payload = self.person_payload("message_action", &user, &trigger_id);
                payload["message"] = message.to_json(self);
                payload["message_ts"] = json!(ts);
                payload["channel"] = json!({ "id": channel, "name": self.channel_label(&channel) });
                let url = self.new_response_url(&user, &channel, Some(ts.to_owned()), message.thread_ts);
                payload["response_url"] = json!(url);
                response_url = Some(url);
                payload
            }
        };
        payload["callback_id"] = json!(callback_id);
        payload["action_ts"] = json!(format_ts(self.now()));
        let what = format!("shortcut {callback_id} by {user}");
        let subject = Subject::Shortcut { user, callback_id: callback_id.to_owned() };
        let envelope_id = self.deliver(EnvelopeKind::Interactive, payload, what, subject);
        Ok(Sent { envelope_id, trigger_id, response_url })
    }
}

/// The one element with this action id, label or value, and its block's id.
pub(crate) fn find_element(blocks: &Value, wanted: &str) -> Result<(String, Value), String> {
    let mut all = Vec::new();
    for block in blocks.as_array().into_iter().flatten() {
        let single = [&block["accessory"], &block["element"]];
        for element in single.into_iter().chain(block["elements"].as_array().into_iter().flatten()) {
            if element["action_id"].is_string() {
                all.push((block["block_id"].as_str().unwrap_or_default(), element));
            }
        }
    }
    for field in ["action_id", "label", "value"] {
        let hits: Vec<_> = all
            .iter()
            .filter(|(_, e)| if field == "label" { e["text"]["text"] == wanted } else { e[field] == wanted })
            .collect();
        match hits.as_slice() {
            [] => {}
            [(block_id, element)] => return Ok(((*block_id).to_owned(), (*element).clone())),
            [..] => return Err(format!("several elements answer to “{wanted}”; name one by its action id or value")),
        }
    }
    let there: Vec<String> = all
        .iter()
        .map(|(_, e)| {
            format!("[{}] {}", e["text"]["text"].as_str().unwrap_or("…"), e["action_id"].as_str().unwrap_or(""))
        })
        .collect();
    Err(format!("there is no “{wanted}” to click; there is: {}", there.join(", ")))
}
