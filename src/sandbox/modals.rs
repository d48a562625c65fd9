//! What people do with modals: fill in and submit, close, look for options.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::clicks::Sent;
use super::delivery::{EnvelopeKind, Subject};
use super::state::State;
use super::{Refused, Sandbox};

impl Sandbox {
    /// `user` fills in the visible modal and sends it. `values` are keyed by action id, block id or label; menus take an
    /// option's value or label, lists take commas. What Slack's client would not send (a required input left empty, a text
    /// too long) is refused.
    pub fn submits(&self, user: &str, values: &[(&str, &str)]) -> Result<Sent, Refused> {
        let answers: BTreeMap<String, String> =
            values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        self.with(|s| s.submit(user, &answers))
    }

    /// Closes the visible modal with its close button.
    pub fn closes(&self, user: &str) -> Result<(), Refused> {
        self.with(|s| s.close_modal(user))
    }

    /// `user` types `query` into a menu whose options the app supplies; the outcome holds them.
    pub fn asks_options(&self, user: &str, action_id: &str, query: &str) -> Result<Sent, Refused> {
        self.with(|s| s.ask_options(user, action_id, query))
    }
}

impl State {
    pub fn top_modal(&self, user: &str) -> Result<Value, Refused> {
        self.modals
            .get(user)
            .and_then(|stack| stack.last())
            .cloned()
            .ok_or_else(|| Refused(format!("{user} has no modal open")))
    }

    fn submit(&mut self, user: &str, answers: &BTreeMap<String, String>) -> Result<Sent, Refused> {
        let user = self.active_user(user)?;
        let mut view = self.top_modal(&user)?;
        if view["submit"].is_null() {
            return Err(Refused("this modal has nothing to submit".to_owned()));
        }
        let values = super::inputs::submitted(&view, answers).map_err(Refused)?;
        view["state"] = json!({ "values": values });
        let view_id = view["id"].as_str().unwrap_or_default().to_owned();
        for slot in self.modals.get_mut(&user).into_iter().flatten() {
            if slot["id"] == view["id"] {
                *slot = view.clone();
            }
        }
        self.modal_errors.remove(&user);
        let trigger_id = self.new_trigger(&user, true);
        let mut payload = self.person_payload("view_submission", &user, &trigger_id);
        payload["view"] = view;
        payload["response_urls"] = json!([]);
        let what = format!("submission of {view_id} by {user}");
        let subject = Subject::Submission { user, view_id };
        let envelope_id = self.deliver(EnvelopeKind::Interactive, payload, what, subject);
        Ok(Sent { envelope_id, trigger_id, response_url: None })
    }

    fn close_modal(&mut self, user: &str) -> Result<(), Refused> {
        let user = self.active_user(user)?;
        let view = self.top_modal(&user)?;
        let clears = view["clear_on_close"] == true;
        let stack = self.modals.remove(&user).unwrap_or_default();
        let keep = if clears { 0 } else { stack.len().saturating_sub(1) };
        let closed: Vec<Value> = stack.get(keep..).unwrap_or_default().iter().rev().cloned().collect();
        if keep > 0 {
            self.modals.insert(user.clone(), stack.into_iter().take(keep).collect());
        }
        self.modal_errors.remove(&user);
        for view in closed.into_iter().filter(|v| v["notify_on_close"] == true) {
            let mut payload = self.person_payload("view_closed", &user, "");
            if let Some(fields) = payload.as_object_mut() {
                fields.remove("trigger_id");
            }
            payload["is_cleared"] = json!(clears);
            let what = format!("closing of {} by {user}", view["id"].as_str().unwrap_or_default());
            payload["view"] = view;
            self.deliver(EnvelopeKind::Interactive, payload, what, Subject::ViewClosed);
        }
        Ok(())
    }

    fn ask_options(&mut self, user: &str, action_id: &str, query: &str) -> Result<Sent, Refused> {
        let user = self.active_user(user)?;
        let view = self.top_modal(&user)?;
        let (block_id, element) = super::clicks::find_element(&view["blocks"], action_id).map_err(Refused)?;
        if !element["type"].as_str().is_some_and(|kind| kind.contains("external_select")) {
            return Err(Refused(format!("{action_id} has its options already")));
        }
        let mut payload = self.person_payload("block_suggestion", &user, "");
        if let Some(fields) = payload.as_object_mut() {
            fields.remove("trigger_id");
        }
        payload["container"] = json!({ "type": "view", "view_id": view["id"] });
        payload["view"] = view;
        payload["action_id"] = json!(action_id);
        payload["block_id"] = json!(block_id);
        payload["value"] = json!(query);
        let what = format!("options of {action_id} for {user}");
        let envelope_id = self.deliver(EnvelopeKind::Interactive, payload, what, Subject::Suggestion { user });
        Ok(Sent { envelope_id, trigger_id: String::new(), response_url: None })
    }
}
