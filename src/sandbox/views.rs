//! Modals and Home tabs: checked, stacked up to three, replaced with Slack's hash against races.

use serde_json::{Map, Value, json};

use super::blocks::{self, Surface};
use super::state::State;
use super::web::args::ApiError;

/// Slack shows at most this many modals on top of each other.
const MAX_STACK: usize = 3;
const MAX_TITLE: usize = 24;
const MAX_PRIVATE_METADATA: usize = 3000;
const MAX_CALLBACK_ID: usize = 255;
/// Slack's `view_too_large`.
const MAX_VIEW_BYTES: usize = 250_000;

/// The fields a view may have and whether a modal, a Home tab takes them.
const FIELDS: [(&str, bool, bool); 12] = [
    ("type", true, true),
    ("title", true, false),
    ("blocks", true, true),
    ("close", true, false),
    ("submit", true, false),
    ("private_metadata", true, true),
    ("callback_id", true, true),
    ("clear_on_close", true, false),
    ("notify_on_close", true, false),
    ("external_id", true, true),
    ("submit_disabled", true, false),
    ("title_icon", false, false),
];

/// Everything that is wrong with a view as an app sent it.
pub(crate) fn check_view(view: &Value, kind: &str) -> Vec<String> {
    let mut errors = Vec::new();
    let Some(fields) = view.as_object() else {
        return vec!["[ERROR] view must be an object [json-pointer:/view]".to_owned()];
    };
    let is_modal = kind == "modal";
    if fields.get("type") != Some(&json!(kind)) {
        errors.push(format!("[ERROR] must be \"{kind}\" [json-pointer:/view/type]"));
    }
    for name in fields.keys() {
        let known = FIELDS.iter().find(|(n, ..)| n == name);
        if !known.is_some_and(|(_, modal, home)| if is_modal { *modal } else { *home }) {
            errors.push(format!("[ERROR] invalid additional property: {name} [json-pointer:/view]"));
        }
    }
    for name in ["title", "submit", "close"] {
        match fields.get(name) {
            Some(text) => blocks::check_plain_text(text, MAX_TITLE, &format!("/view/{name}"), &mut errors),
            None if name == "title" && is_modal => {
                errors.push("[ERROR] missing required field: title [json-pointer:/view]".to_owned());
            }
            None => {}
        }
    }
    for (name, max) in
        [("private_metadata", MAX_PRIVATE_METADATA), ("callback_id", MAX_CALLBACK_ID), ("external_id", MAX_CALLBACK_ID)]
    {
        match fields.get(name) {
            Some(Value::String(text)) if text.chars().count() > max => {
                errors.push(format!("[ERROR] must be less than {} characters [json-pointer:/view/{name}]", max + 1));
            }
            Some(Value::String(_)) | None => {}
            Some(_) => errors.push(format!("[ERROR] must provide a string [json-pointer:/view/{name}]")),
        }
    }
    match fields.get("blocks") {
        Some(list) => {
            errors.extend(blocks::check(list, if is_modal { Surface::Modal } else { Surface::Home }, "/view/blocks"));
            let has_input = list.as_array().is_some_and(|l| l.iter().any(|b| b["type"] == "input"));
            if is_modal && has_input && !fields.contains_key("submit") {
                errors.push(
                    "[ERROR] submit is required when an input block is in blocks [json-pointer:/view]".to_owned(),
                );
            }
        }
        None => errors.push("[ERROR] missing required field: blocks [json-pointer:/view]".to_owned()),
    }
    errors
}

impl State {
    fn made_view(&mut self, given: &Value, id: Option<&Value>, previous: Option<&Value>) -> Value {
        let number = self.next_number();
        let own_id = id.map_or_else(|| json!(format!("V0{number:06}")), |old| old["id"].clone());
        let root = match (id, previous) {
            (Some(old), _) => old["root_view_id"].clone(),
            (None, Some(below)) => below["root_view_id"].clone(),
            (None, None) => own_id.clone(),
        };
        let below =
            id.map_or_else(|| previous.map_or(Value::Null, |v| v["id"].clone()), |old| old["previous_view_id"].clone());
        let mut view: Map<String, Value> = Map::new();
        for (name, default) in [
            ("type", json!("modal")),
            ("title", Value::Null),
            ("blocks", json!([])),
            ("close", Value::Null),
            ("submit", Value::Null),
            ("private_metadata", json!("")),
            ("callback_id", json!("")),
            ("clear_on_close", json!(false)),
            ("notify_on_close", json!(false)),
            ("external_id", json!("")),
        ] {
            view.insert(name.to_owned(), given.get(name).cloned().unwrap_or(default));
        }
        if let Some(Value::Array(blocks)) = view.get_mut("blocks") {
            let mut named = std::mem::take(blocks);
            self.name_blocks(&mut named);
            *blocks = named;
        }
        view.insert("id".to_owned(), own_id);
        view.insert("team_id".to_owned(), json!(self.team.id));
        view.insert("app_id".to_owned(), json!(self.app.app_id));
        view.insert("app_installed_team_id".to_owned(), json!(self.team.id));
        view.insert("bot_id".to_owned(), json!(self.app.bot_id));
        view.insert("root_view_id".to_owned(), root);
        view.insert("previous_view_id".to_owned(), below);
        view.insert("hash".to_owned(), json!(format!("{}.h{number}", self.now() / super::clock::SECOND)));
        let state = super::inputs::initial_values(&Value::Object(view.clone()));
        view.insert("state".to_owned(), json!({ "values": state }));
        Value::Object(view)
    }

    /// Opens a modal alone: what was open before is gone.
    pub fn open_modal(&mut self, user: &str, given: &Value) -> Result<Value, Vec<String>> {
        refuse_bad(check_view(given, "modal"))?;
        let view = self.made_view(given, None, None);
        self.modals.insert(user.to_owned(), vec![view.clone()]);
        self.modal_errors.remove(user);
        Ok(view)
    }

    pub fn push_modal(&mut self, user: &str, given: &Value) -> Result<Value, Vec<String>> {
        refuse_bad(check_view(given, "modal"))?;
        let stack = self.modals.get(user).cloned().unwrap_or_default();
        let Some(below) = stack.last() else { return Err(vec!["no modal is open".to_owned()]) };
        if stack.len() >= MAX_STACK {
            return Err(vec!["push_limit_reached".to_owned()]);
        }
        let view = self.made_view(given, None, Some(below));
        self.modals.entry(user.to_owned()).or_default().push(view.clone());
        self.modal_errors.remove(user);
        Ok(view)
    }

    pub fn replace_modal(&mut self, user: &str, view_id: &str, given: &Value) -> Result<Value, Vec<String>> {
        refuse_bad(check_view(given, "modal"))?;
        let old = self.modals.get(user).and_then(|stack| stack.iter().find(|v| v["id"] == view_id)).cloned();
        let Some(old) = old else { return Err(vec!["the view is closed".to_owned()]) };
        let view = self.made_view(given, Some(&old), None);
        for slot in self.modals.entry(user.to_owned()).or_default() {
            if slot["id"] == view_id {
                *slot = view.clone();
            }
        }
        self.modal_errors.remove(user);
        Ok(view)
    }

    pub fn publish_home(&mut self, user: &str, given: &Value) -> Value {
        let old = self.homes.get(user).cloned();
        let view = self.made_view(given, old.as_ref(), None);
        self.homes.insert(user.to_owned(), view.clone());
        view
    }

    /// Takes a view off a person's stack; those above it go too.
    pub fn pop_modal(&mut self, user: &str, view_id: &str) {
        if let Some(stack) = self.modals.get_mut(user) {
            if let Some(at) = stack.iter().position(|v| v["id"] == view_id) {
                stack.truncate(at);
            }
            if stack.is_empty() {
                self.modals.remove(user);
            }
        }
        self.modal_errors.remove(user);
    }

    /// A permit to open a modal for `user`, good for three seconds and one use.
    pub fn new_trigger(&mut self, user: &str, from_modal: bool) -> String {
        let number = self.next_number();
        let id = format!("{}.{}.{:016x}", self.now() / 1000, number, fastrand::u64(..));
        let expires = self.now() + super::delivery::ACK_WINDOW;
        let trigger = super::state::Trigger { user: user.to_owned(), expires, used: false, from_modal };
        self.triggers.insert(id.clone(), trigger);
        id
    }

    /// Spends a permit and gives whose it was.
    pub fn use_trigger(&mut self, id: &str) -> Result<super::state::Trigger, ApiError> {
        let now = self.now();
        let Some(trigger) = self.triggers.get_mut(id) else {
            return Err(ApiError::malformed("invalid_trigger_id", Vec::new()));
        };
        if trigger.used {
            return Err(ApiError::state("exchanged_trigger_id"));
        }
        if now > trigger.expires {
            return Err(ApiError::state("expired_trigger_id"));
        }
        trigger.used = true;
        Ok(trigger.clone())
    }
}

pub(crate) fn too_large(view: &Value) -> bool {
    view.to_string().len() > MAX_VIEW_BYTES
}

fn refuse_bad(errors: Vec<String>) -> Result<(), Vec<String>> {
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}
