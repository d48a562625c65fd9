//! Changes to messages, whoever makes them, each with the event that Slack sends for it.

use serde_json::{Value, json};

use super::message::Message;
use super::state::State;

impl State {
    /// Puts a message into its channel, or into its thread, and tells the app. Gives its ts.
    pub fn post(&mut self, channel: &str, mut message: Message) -> String {
        message.ts = self.next_ts();
        let ts = message.ts.clone();
        self.name_blocks(&mut message.blocks);
        if let Some(found) = self.channels.get_mut(channel) {
            found.messages.insert(ts.clone(), message.clone());
        }
        self.emit_new_message(channel, &message);
        ts
    }

    /// Changes a message in place by `change`; `false` when there is none. The old blocks are kept for stale clicks.
    pub fn edit(&mut self, channel: &str, ts: &str, change: impl FnOnce(&mut Message)) -> bool {
        let Some(before) = self.channels.get(channel).and_then(|c| c.messages.get(ts)).cloned() else { return false };
        let mut after = before.clone();
        after.revisions.push(before.blocks.clone());
        change(&mut after);
        self.name_blocks(&mut after.blocks);
        let inner = json!({
            "type": "message", "subtype": "message_changed", "hidden": true,
            "message": after.to_json(self), "previous_message": before.to_json(self),
        });
        if let Some(found) = self.channels.get_mut(channel) {
            found.messages.insert(ts.to_owned(), after);
        }
        self.emit_hidden(channel, inner);
        true
    }

    /// Removes a message; `false` when there is none.
    pub fn delete(&mut self, channel: &str, ts: &str) -> bool {
        let Some(before) = self.channels.get_mut(channel).and_then(|c| c.messages.remove(ts)) else { return false };
        let inner = json!({
            "type": "message", "subtype": "message_deleted", "hidden": true,
            "deleted_ts": ts, "previous_message": before.to_json(self),
        });
        self.emit_hidden(channel, inner);
        true
    }

    fn emit_hidden(&mut self, channel: &str, mut inner: Value) {
        let event_ts = self.next_ts();
        inner["ts"] = json!(event_ts);
        inner["event_ts"] = json!(event_ts);
        self.emit_message(channel, inner);
    }

    /// Adds or takes back a reaction. `false`: it was so already.
    pub fn react(&mut self, user: &str, channel: &str, ts: &str, name: &str, add: bool) -> bool {
        let Some(message) = self.channels.get_mut(channel).and_then(|c| c.messages.get_mut(ts)) else { return false };
        let author = message.user.clone();
        let given = message.reactions.iter().position(|(n, _)| n == name);
        let has =
            given.and_then(|at| message.reactions.get(at)).is_some_and(|(_, users)| users.iter().any(|u| u == user));
        if has == add {
            return false;
        }
        match (given, add) {
            (None, _) => message.reactions.push((name.to_owned(), vec![user.to_owned()])),
            (Some(at), true) => {
                if let Some((_, users)) = message.reactions.get_mut(at) {
                    users.push(user.to_owned());
                }
            }
            (Some(at), false) => {
                if let Some((_, users)) = message.reactions.get_mut(at) {
                    users.retain(|u| u != user);
                }
            }
        }
        message.reactions.retain(|(_, users)| !users.is_empty());
        let inner = json!({
            "type": if add { "reaction_added" } else { "reaction_removed" },
            "user": user, "reaction": name, "item_user": author,
            "item": { "type": "message", "channel": channel, "ts": ts },
        });
        self.emit(Some("reactions:read"), Some(channel), inner);
        true
    }

    /// Slack gives every block and every interactive element an id if the app did not.
    pub fn name_blocks(&mut self, blocks: &mut [Value]) {
        for block in blocks {
            if block.get("block_id").is_none() && block.is_object() {
                block["block_id"] = json!(format!("blk{}", self.next_number()));
            }
            let mut elements: Vec<&mut Value> = Vec::new();
            if let Some(fields) = block.as_object_mut() {
                for (name, value) in fields.iter_mut() {
                    match (name.as_str(), value) {
                        ("elements", Value::Array(list)) => elements.extend(list.iter_mut()),
                        ("accessory" | "element", value) => elements.push(value),
                        _ => {}
                    }
                }
            }
            for element in elements {
                let kind = element["type"].as_str().unwrap_or_default();
                if super::blocks::is_interactive(kind) && element.get("action_id").is_none() {
                    element["action_id"] = json!(format!("act{}", self.next_number()));
                }
            }
        }
    }

    /// An ephemeral message; it produces no event.
    pub fn whisper(&mut self, channel: &str, user: &str, mut message: Message) -> String {
        message.ts = self.next_ts();
        let ts = message.ts.clone();
        self.name_blocks(&mut message.blocks);
        self.ephemerals.push(super::state::Ephemeral { channel: channel.to_owned(), user: user.to_owned(), message });
        ts
    }
}
