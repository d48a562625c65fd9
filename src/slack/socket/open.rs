//! `apps.connections.open`: asks for the address of one socket, and sorts the refusals.

use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::super::config::{SlackConfig, is_safe_target};
use super::super::json::{Look, read_strictly};

/// Slack will not let us in, and asking again would not change that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Slack refuses the app token ({code}): {next_step}")]
pub struct SlackRefuses {
    /// Slack's own code.
    pub code: String,
    pub next_step: &'static str,
}

/// How asking ended. The address is a bearer secret: single use, and whoever has it receives our events.
pub(super) enum Opened {
    Address(SecretString),
    Fatal(SlackRefuses),
    LinkDisabled,
    /// To be tried again, not before `after` if Slack said so.
    Failed {
        why: String,
        after: Option<Duration>,
    },
}

pub(super) async fn ask_for_address(http: &reqwest::Client, config: &SlackConfig) -> Opened {
    let failed = |why: String| Opened::Failed { why, after: None };
    let Ok(url) = config.api_url.join("apps.connections.open") else {
        return failed("the address of the Web API cannot be extended".to_owned());
    };
    let request = http
        .post(url)
        .bearer_auth(config.app_token.expose_secret())
        .header("content-type", "application/x-www-form-urlencoded")
        .timeout(config.socket.open_timeout);
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => return failed(format!("apps.connections.open: {}", super::super::web::describe(&error))),
    };
    let status = answer.status();
    let after = super::super::web::retry_after(answer.headers());
    if status.as_u16() == 429 {
        return Opened::Failed { why: "apps.connections.open: too many requests".to_owned(), after };
    }
    let body = match answer.text().await {
        Ok(body) => body,
        Err(error) => return failed(format!("apps.connections.open: {}", super::super::web::describe(&error))),
    };
    match read_strictly(&body) {
        Ok(body) => sort(&body, config, after),
        Err(_) => failed(format!("apps.connections.open: status {status} without readable JSON")),
    }
}

/// Asks for the address of a socket and does not open it; else why not, and how to mend it.
pub async fn try_to_open(config: &SlackConfig) -> Result<(), (String, String)> {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    let http = match &config.proxy {
        Some(proxy) => match reqwest::Proxy::all(proxy.clone()) {
            Ok(proxy) => http.proxy(proxy),
            Err(_) => return Err(("the proxy cannot be used".to_owned(), "correct its address".to_owned())),
        },
        None => http,
    };
    let Ok(http) = http.build() else {
        return Err(("no connection can be made".to_owned(), "check the machine's trust store".to_owned()));
    };
    match ask_for_address(&http, config).await {
        Opened::Address(_not_used) => Ok(()),
        Opened::Fatal(refused) => Err((refused.to_string(), refused.next_step.to_owned())),
        Opened::LinkDisabled => {
            Err(("Socket Mode is off".to_owned(), "switch it on under Settings → Socket Mode".to_owned()))
        }
        Opened::Failed { why, .. } => {
            Err((why, "check that this machine reaches Slack over HTTPS, then try again".to_owned()))
        }
    }
}

fn sort(body: &Value, config: &SlackConfig, after: Option<Duration>) -> Opened {
    if body.flag("ok") {
        let address = body.text("url").and_then(|text| Url::parse(text).ok());
        return match address {
            Some(url) if matches!(url.scheme(), "ws" | "wss") && is_safe_target(&url) => {
                Opened::Address(prepare(url, config).into())
            }
            Some(_) => {
                Opened::Failed { why: "apps.connections.open gave an unencrypted address".to_owned(), after: None }
            }
            None => Opened::Failed { why: "apps.connections.open gave no address".to_owned(), after: None },
        };
    }
    let code = body.text("error").unwrap_or("no error code");
    if matches!(code, "link_disabled" | "socket_mode_not_enabled" | "socket_mode_disabled" | "app_not_in_socket_mode") {
        return Opened::LinkDisabled;
    }
    match next_step(code) {
        Some(next_step) => Opened::Fatal(SlackRefuses { code: code.to_owned(), next_step }),
        None => Opened::Failed { why: format!("apps.connections.open: {code}"), after },
    }
}

fn prepare(mut url: Url, config: &SlackConfig) -> String {
    if config.socket.debug_reconnects {
        url.query_pairs_mut().append_pair("debug_reconnects", "true");
    }
    url.into()
}

/// What a person can do about a refusal that time does not heal; `None` for the others.
fn next_step(code: &str) -> Option<&'static str> {
    Some(match code {
        "not_authed" | "invalid_auth" | "token_revoked" | "token_expired" => {
            "make a new app-level token with the scope connections:write and set SLACK_APP_TOKEN"
        }
        "not_allowed_token_type" => "SLACK_APP_TOKEN must be an app-level token (xapp-…)",
        "missing_scope" | "no_permission" => "give the app-level token the scope connections:write",
        "account_inactive" | "user_removed_from_team" => "install the app again: its account was removed",
        "team_disabled" | "forbidden_team" | "team_access_not_granted" | "org_login_required" => {
            "the workspace does not let this app in; ask its administrator"
        }
        "insecure_request" => "set SLACK_API_URL to an https address",
        _may_pass => return None,
    })
}
