//! `views.*`: modals and the Home tab. Perishable: never paced, never tried twice, never through the outbox.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::super::blocks;
use super::super::json::Look;
use super::super::pace::{Channel, Tier};
use super::{Arguments, Method, Web, WebError};
use crate::replies::{Card, Form};

const OPEN: Method = Method::new("views.open", Tier::Now);
const PUSH: Method = Method::new("views.push", Tier::Now);
const UPDATE: Method = Method::new("views.update", Tier::Four);
const PUBLISH: Method = Method::new("views.publish", Tier::Four);

/// A modal that is open now; `hash` guards against overwriting what changed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedView {
    pub view_id: String,
    pub hash: String,
}

impl Web {
    /// `views.open`: within three seconds of the click, once. Open `Form::loading` first if the form takes longer.
    pub async fn open_view(&self, trigger_id: &SecretString, form: &Form) -> Result<OpenedView, WebError> {
        self.open_view_raw(trigger_id, blocks::view(form)).await
    }

    /// `views.push`: on top of the modal in which was clicked; Slack stacks three.
    pub async fn push_view(&self, trigger_id: &SecretString, form: &Form) -> Result<OpenedView, WebError> {
        self.push_view_raw(trigger_id, blocks::view(form)).await
    }

    /// `views.update`. With a hash, Slack refuses (`hash_conflict`) if the view changed meanwhile.
    pub async fn update_view(&self, view_id: &str, hash: Option<&str>, form: &Form) -> Result<OpenedView, WebError> {
        self.update_view_raw(view_id, hash, blocks::view(form)).await
    }

    /// `views.publish`: the Home tab of one person; what does not fit is left out, and it says so.
    pub async fn publish_home(&self, user: &str, card: &Card) -> Result<OpenedView, WebError> {
        let view = blocks::home(card);
        let arguments = Arguments::default().with("user_id", user).with("view", view.to_string());
        opened(&self.call(PUBLISH, arguments, Channel::Irrelevant).await?)
    }

    pub(in crate::slack) async fn open_view_raw(
        &self,
        trigger_id: &SecretString,
        view: Value,
    ) -> Result<OpenedView, WebError> {
        self.by_trigger(OPEN, trigger_id, &view).await
    }

    pub(in crate::slack) async fn push_view_raw(
        &self,
        trigger_id: &SecretString,
        view: Value,
    ) -> Result<OpenedView, WebError> {
        self.by_trigger(PUSH, trigger_id, &view).await
    }

    pub(in crate::slack) async fn update_view_raw(
        &self,
        view_id: &str,
        hash: Option<&str>,
        view: Value,
    ) -> Result<OpenedView, WebError> {
        let arguments =
            Arguments::default().with("view_id", view_id).maybe("hash", hash).with("view", view.to_string());
        opened(&self.call(UPDATE, arguments, Channel::Irrelevant).await?)
    }

    async fn by_trigger(&self, method: Method, trigger: &SecretString, view: &Value) -> Result<OpenedView, WebError> {
        let arguments = Arguments::default().with("trigger_id", trigger.expose_secret()).with("view", view.to_string());
        opened(&self.call(method, arguments, Channel::Irrelevant).await?)
    }
}

fn opened(body: &Value) -> Result<OpenedView, WebError> {
    let view = body.at("view");
    let view_id = view.text("id").ok_or_else(|| WebError::Unknown { why: "a view without an id".to_owned() })?;
    Ok(OpenedView { view_id: view_id.to_owned(), hash: view.text("hash").unwrap_or_default().to_owned() })
}
