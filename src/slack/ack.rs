//! Acknowledgements, and the answers that Slack does not take inside one.
//!
//! A slash command and a submission are answered in the acknowledgement itself; a click is acknowledged first and answered
//! over the `response_url` or `trigger_id` that came with it. Source: docs.slack.dev, "Using Socket Mode", "Modals".

use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::blocks::{self, Dress, Rendered};
use super::envelope::Perishable;
use super::intake::AckReply;
use super::web::{Web, WebError};
use crate::inbox::{Container, Trigger};
use crate::replies::{Card, Form};

/// What was used, which decides how it can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Surface {
    Command,
    Submission,
    /// A click inside this modal.
    View(String),
    /// A click on a message or the Home tab, a shortcut, a closed modal.
    Other,
}

impl Surface {
    pub(super) fn of(trigger: &Trigger) -> Self {
        if let Trigger::Click(click) = trigger
            && let Container::View { view_id } = &click.container
        {
            return Self::View(view_id.clone());
        }
        if matches!(trigger, Trigger::Command(_)) {
            Self::Command
        } else if matches!(trigger, Trigger::Submission(_)) {
            Self::Submission
        } else {
            Self::Other
        }
    }
}

/// An answer that travels beside the acknowledgement.
#[derive(Debug)]
pub(super) enum Answer {
    Respond {
        url: SecretString,
        bodies: Vec<Value>,
    },
    Open {
        trigger: SecretString,
        view: Value,
    },
    Push {
        trigger: SecretString,
        view: Value,
    },
    Update {
        view_id: String,
        view: Value,
    },
    /// There was nothing to answer with.
    Impossible(&'static str),
}

pub(super) fn empty(envelope_id: &str) -> String {
    json!({ "envelope_id": envelope_id }).to_string()
}

/// The acknowledgement's text, and what must travel beside it.
pub(super) fn split(
    envelope_id: &str,
    reply: AckReply,
    surface: &Surface,
    perishable: &Perishable,
    dress: &Dress,
) -> (String, Option<Answer>) {
    let (payload, answer) = match reply {
        AckReply::Empty => (None, None),
        AckReply::Ephemeral(card) => say(&card, "ephemeral", surface, perishable, dress),
        AckReply::InChannel(card) => say(&card, "in_channel", surface, perishable, dress),
        AckReply::ReplaceMessage(card) => (None, Some(replace(&card, perishable, dress))),
        AckReply::FormErrors(errors) => {
            let errors: Map<String, Value> = errors.into_iter().map(|(field, why)| (field, json!(why))).collect();
            (Some(json!({ "response_action": "errors", "errors": errors })), None)
        }
        AckReply::OpenForm(form) => (None, Some(with_trigger(perishable, &form, false))),
        AckReply::UpdateForm(form) => change_view(&form, "update", surface, perishable),
        AckReply::PushForm(form) => change_view(&form, "push", surface, perishable),
        AckReply::ClearForms => (Some(json!({ "response_action": "clear" })), None),
        AckReply::Options(options) => (Some(json!({ "options": blocks::loose_options(&options) })), None),
    };
    let ack = match payload {
        Some(payload) => json!({ "envelope_id": envelope_id, "payload": payload }).to_string(),
        None => empty(envelope_id),
    };
    (ack, answer)
}

fn say(
    card: &Card,
    response_type: &str,
    surface: &Surface,
    perishable: &Perishable,
    dress: &Dress,
) -> (Option<Value>, Option<Answer>) {
    let mut bodies: Vec<Value> =
        blocks::render(card, dress).iter().map(|rendered| response(rendered, response_type)).collect();
    match surface {
        Surface::Command => {
            let first = bodies.remove(0);
            let rest = (!bodies.is_empty()).then(|| respond(perishable, bodies));
            (Some(first), rest)
        }
        Surface::Submission | Surface::View(_) | Surface::Other => {
            bodies.iter_mut().for_each(|body| body["replace_original"] = json!(false));
            (None, Some(respond(perishable, bodies)))
        }
    }
}

fn replace(card: &Card, perishable: &Perishable, dress: &Dress) -> Answer {
    let mut bodies: Vec<Value> = blocks::render(card, dress).iter().map(|each| response(each, "ephemeral")).collect();
    for (index, body) in bodies.iter_mut().enumerate() {
        body["replace_original"] = json!(index == 0);
    }
    respond(perishable, bodies)
}

fn response(rendered: &Rendered, response_type: &str) -> Value {
    let mut body = rendered.body();
    body["response_type"] = json!(response_type);
    body["unfurl_links"] = json!(false);
    body["unfurl_media"] = json!(false);
    body
}

fn respond(perishable: &Perishable, bodies: Vec<Value>) -> Answer {
    match &perishable.response_url {
        Some(url) => Answer::Respond { url: url.clone(), bodies },
        None => Answer::Impossible("it came without a response_url"),
    }
}

fn with_trigger(perishable: &Perishable, form: &Form, push: bool) -> Answer {
    let view = blocks::view(form);
    match (&perishable.trigger_id, push) {
        (Some(trigger), false) => Answer::Open { trigger: trigger.clone(), view },
        (Some(trigger), true) => Answer::Push { trigger: trigger.clone(), view },
        (None, _) => Answer::Impossible("it came without a trigger_id"),
    }
}

fn change_view(
    form: &Form,
    action: &str,
    surface: &Surface,
    perishable: &Perishable,
) -> (Option<Value>, Option<Answer>) {
    match surface {
        Surface::Submission => (Some(json!({ "response_action": action, "view": blocks::view(form) })), None),
        Surface::View(view_id) if action == "update" => {
            (None, Some(Answer::Update { view_id: view_id.clone(), view: blocks::view(form) }))
        }
        Surface::View(_) => (None, Some(with_trigger(perishable, form, true))),
        Surface::Command | Surface::Other => (None, Some(with_trigger(perishable, form, false))),
    }
}

/// Sends an answer. Never tried twice: the person sees that nothing came and asks again.
pub(super) async fn transport(web: &Web, answer: Answer) -> Result<(), WebError> {
    match answer {
        Answer::Respond { url, bodies } => {
            for body in bodies {
                web.respond_raw(&url, &body).await?;
            }
            Ok(())
        }
        Answer::Open { trigger, view } => web.open_view_raw(&trigger, view).await.map(|_opened| ()),
        Answer::Push { trigger, view } => web.push_view_raw(&trigger, view).await.map(|_opened| ()),
        Answer::Update { view_id, view } => web.update_view_raw(&view_id, None, view).await.map(|_opened| ()),
        Answer::Impossible(why) => {
            Err(WebError::Permanent { code: "no_way_to_answer".to_owned(), detail: Some(why.to_owned()) })
        }
    }
}
