//! Tools of our own: what the bot can do in Slack on an agent's behalf. They need no server and no lock, and pass the gate like any
//! other: an agent may use them only where its front matter or a sentence names them.
//!
//! They are found by name alone. No phrase of a sentence ("post the invoice") means one of them, so that a directive never binds
//! to them by accident; a company whose tool server is called `slack` keeps its own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::{Binding, Class, Tool, ToolDef, ToolName};

/// Posts into a channel, under the position's name.
pub const POST: &str = "slack.post";
/// Writes to a person, under the position's name.
pub const DM: &str = "slack.dm";
/// Reads a thread.
pub const READ_THREAD: &str = "slack.read_thread";
/// The argument by which a second attempt finds the first.
const KEY: &str = "idempotency_key";
/// The longest text that one message takes, in characters.
pub const LONGEST_TEXT: usize = 3_000;

static OWN: LazyLock<BTreeMap<ToolName, Tool>> = LazyLock::new(|| {
    let text = json!({ "type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "description": "Plain text; nothing in it pings anybody." });
    let key = json!({ "type": "string" });
    let channel = json!({ "type": "string", "description": "The channel's name, as #support." });
    let post = json!({ "channel": channel, "text": text, "thread": { "type": "string", "description": "The time stamp of the message to answer below; left out: a new message." }, KEY: key });
    let dm = json!({ "person": { "type": "string", "description": "The person's handle, as @dana." }, "text": text, KEY: key });
    let read = json!({ "channel": channel, "thread": { "type": "string", "description": "The time stamp of the thread's first message." } });
    [
        own(
            POST,
            "Post a message",
            "Posts a message into a channel, under the agent's own name.",
            post,
            &["channel", "text"],
        ),
        own(
            DM,
            "Write to a person",
            "Sends a direct message to a person of the company, under the agent's own name.",
            dm,
            &["person", "text"],
        ),
        own(READ_THREAD, "Read a thread", "Reads the latest messages of a thread.", read, &["channel", "thread"]),
    ]
    .into_iter()
    .map(|tool| (tool.name.clone(), tool))
    .collect()
});

fn own(name: &str, title: &str, description: &str, properties: Value, required: &[&str]) -> Tool {
    let reads = name == READ_THREAD;
    let def = ToolDef {
        name: ToolName(name.to_owned()),
        title: Some(title.to_owned()),
        description: description.to_owned(),
        input_schema: json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false }),
        output_schema: None,
        annotations: None,
    };
    let class = if reads { Class::Read } else { Class::Write };
    let mut binding = Binding::of(&def, class);
    binding.class = class;
    binding.idempotency_arg = (!reads).then(|| KEY.to_owned());
    Tool { name: def.name, binding }
}

/// A tool of our own by its name.
pub fn get(name: &ToolName) -> Option<&'static Tool> {
    OWN.get(name)
}

pub fn iter<'a>() -> impl Iterator<Item = &'a Tool> {
    OWN.values().map(|tool| -> &'a Tool { tool })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::schema::violations;

    #[test]
    fn they_take_what_their_schema_says_and_no_more() {
        let fits = |name: &str, arguments: Value| {
            let tool = get(&ToolName(name.to_owned())).unwrap();
            violations(&tool.binding.input_schema, &arguments).is_empty()
        };
        assert!(fits(POST, json!({ "channel": "#support", "text": "Back at ten." })));
        assert!(!fits(POST, json!({ "channel": "#support", "text": "Back at ten.", "broadcast": true })));
        assert!(!fits(DM, json!({ "person": "@dana" })));
        assert_eq!(get(&ToolName(READ_THREAD.to_owned())).unwrap().binding.class, Class::Read);
        assert!(get(&ToolName("slack.delete".to_owned())).is_none());
    }
}
