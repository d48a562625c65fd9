//! What an acknowledgement means to the person who acted: a reply to a slash command, the next step of a modal, the
//! options of a menu; or Slack's warning when none came.

use serde_json::{Value, json};

use super::delivery::Subject;
use super::message::Message;
use super::report::FindingKind;
use super::state::State;
use super::web::draft;

impl State {
    pub fn apply_answer(&mut self, subject: Subject, payload: Option<Value>) {
        let payload = match payload {
            Some(Value::Object(fields)) if fields.is_empty() => None,
            Some(Value::Null) => None,
            other => other,
        };
        match (subject, payload) {
            (Subject::Slash { user, channel, command }, Some(payload)) => {
                self.answer_slash(&user, &channel, &command, &payload);
            }
            (Subject::Submission { user, view_id }, payload) => self.answer_submission(&user, &view_id, payload),
            (Subject::Suggestion { .. }, Some(payload)) => {
                let mut errors = Vec::new();
                super::blocks::check_suggestions(&payload, &mut errors);
                self.bad_ack("options for a menu", &errors);
            }
            (Subject::Suggestion { user }, None) => {
                self.bad_ack(&format!("a menu of {user}"), &["no options were given".to_owned()]);
            }
            (Subject::Slash { .. } | Subject::Raw, _) | (_, None) => {}
            (
                Subject::Event | Subject::Click { .. } | Subject::ViewClosed | Subject::Shortcut { .. },
                Some(payload),
            ) => {
                self.bad_ack("an envelope that takes none", &[payload.to_string()]);
            }
        }
    }

    fn bad_ack(&mut self, what: &str, errors: &[String]) {
        if !errors.is_empty() {
            self.report.add(FindingKind::BadAckPayload, format!("payload for {what}: {}", errors.join("; ")));
        }
    }

    fn answer_slash(&mut self, user: &str, channel: &str, command: &str, payload: &Value) {
        let message = match draft::from_response(self, payload) {
            Ok(message) => message,
            Err(error) => {
                self.bad_ack(command, &[error.to_string()]);
                self.notice(user, format!("{command} failed with the error “invalid_command_response”"));
                return;
            }
        };
        self.note_broadcasts("slash reply", &message);
        if payload["response_type"] == "in_channel" {
            self.post(channel, message);
        } else {
            self.whisper(channel, user, message);
        }
    }

    fn answer_submission(&mut self, user: &str, view_id: &str, payload: Option<Value>) {
        let Some(payload) = payload else {
            self.pop_modal(user, view_id);
            return;
        };
        let view = &payload["view"];
        let result = match payload["response_action"].as_str() {
            Some("errors") => self.show_modal_errors(user, view_id, &payload["errors"]),
            Some("update") => self.replace_modal(user, view_id, view).map(|_| ()),
            Some("push") => self.push_modal(user, view).map(|_| ()),
            Some("clear") => {
                self.modals.remove(user);
                self.modal_errors.remove(user);
                Ok(())
            }
            Some(other) => Err(vec![format!("unknown response_action {other}")]),
            None => Err(vec!["a payload for view_submission needs response_action".to_owned()]),
        };
        if let Err(errors) = result {
            self.bad_ack("view_submission", &errors);
            self.notice(user, "We had some trouble connecting. Try again?".to_owned());
        }
    }

    fn show_modal_errors(&mut self, user: &str, view_id: &str, errors: &Value) -> Result<(), Vec<String>> {
        let view = self
            .modals
            .get(user)
            .and_then(|stack| stack.iter().find(|v| v["id"] == view_id))
            .ok_or_else(|| vec!["the view is closed".to_owned()])?;
        let inputs: Vec<&str> = view["blocks"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|b| b["type"] == "input")
            .filter_map(|b| b["block_id"].as_str())
            .collect();
        let given =
            errors.as_object().filter(|e| !e.is_empty()).ok_or_else(|| vec!["errors is no object".to_owned()])?;
        let wrong: Vec<String> = given
            .iter()
            .filter(|(id, text)| !inputs.contains(&id.as_str()) || !text.is_string())
            .map(|(id, _)| format!("errors names {id}, which is no input block of the view"))
            .collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        self.modal_errors.insert(user.to_owned(), errors.clone());
        Ok(())
    }

    /// Slack's own words when an app does not answer a person.
    pub fn show_failure(&mut self, subject: &Subject) {
        match subject {
            Subject::Event | Subject::ViewClosed | Subject::Raw => {}
            Subject::Slash { user, command, .. } => {
                self.notice(user, format!("{command} failed with the error “operation_timeout”"));
            }
            Subject::Click { user, label } => {
                self.notice(user, format!("⚠ [{label}] did not work; the app did not answer"))
            }
            Subject::Submission { user, .. } => {
                self.notice(user, "We had some trouble connecting. Try again?".to_owned());
            }
            Subject::Shortcut { user, callback_id } => {
                self.notice(user, format!("⚠ the shortcut {callback_id} did not work; the app did not answer"));
            }
            Subject::Suggestion { user } => self.notice(user, "⚠ no options could be loaded".to_owned()),
        }
    }

    pub fn notice(&mut self, user: &str, text: String) {
        self.notices.entry(user.to_owned()).or_default().push(text);
    }

    /// Reports a bot's message that rings everybody.
    pub fn note_broadcasts(&mut self, method: &str, message: &Message) {
        let mut texts = vec![message.text.clone()];
        super::blocks::collect_mrkdwn(&json!(message.blocks), &mut texts);
        for text in texts {
            for word in ["<!channel", "<!here", "<!everyone", "<!group"] {
                if text.contains(word) {
                    let start: String = text.chars().take(120).collect();
                    self.report.add(FindingKind::BroadcastMention, format!("{method}: {word}> in “{start}”"));
                }
            }
        }
    }
}
