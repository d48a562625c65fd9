//! Who sent it: HMAC-SHA256 over the raw bytes, as Slack, Stripe and GitHub sign theirs, compared in constant time.
//!
//! Slack's and Stripe's signatures cover a time stamp; one that is too far from now is refused. GitHub's do not, so the same
//! signed bytes are taken once and for ever after are known.

use axum::http::HeaderMap;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sha2::Sha256;

use super::Refused;
use crate::clock::{Span, Timestamp};

/// A way of signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// `X-Slack-Signature: v0=HEX` over `v0:TIME:BODY`, `X-Slack-Request-Timestamp: TIME`
    /// (docs.slack.dev, "Verifying requests from Slack").
    Slack,
    /// `Stripe-Signature: t=TIME,v1=HEX` over `TIME.BODY`; several `v1` while a secret is rolled (docs.stripe.com, "Webhooks").
    Stripe,
    /// `X-Hub-Signature-256: sha256=HEX` over the body (docs.github.com, "Validating webhook deliveries").
    Github,
    /// `X-Workforce-Signature: v1=HEX` over `v1:TIME:BODY`, `X-Workforce-Timestamp: TIME`: how agents outside and this bot sign
    /// to each other, and whoever writes a sender of their own.
    Workforce,
}

impl Scheme {
    /// Whether the signature covers the time at which it was made.
    pub fn has_time(self) -> bool {
        match self {
            Self::Slack | Self::Stripe | Self::Workforce => true,
            Self::Github => false,
        }
    }
}

/// What the headers claim.
struct Claim {
    /// Seconds since 1970, as written.
    time: Option<String>,
    signatures: Vec<Vec<u8>>,
}

/// The time that the signature covers, as written, if these bytes were signed with this secret and that time lies within
/// `window` of now; `None` where the scheme signs no time. Nothing else of the headers can be trusted.
pub fn verify(
    scheme: Scheme,
    secret: &SecretString,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
    window: Span,
) -> Result<Option<String>, Refused> {
    let claim = claim(scheme, headers).ok_or(Refused::Unsigned)?;
    let mac = mac(scheme, secret, claim.time.as_deref().unwrap_or_default(), body);
    if !claim.signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok()) {
        return Err(Refused::Forged);
    }
    let Some(time) = claim.time else { return Ok(None) };
    let at: i64 = time.parse().map_err(|_| Refused::Stale)?;
    let away = now.0.div_euclid(1_000_000).saturating_sub(at).unsigned_abs();
    if away <= window.as_seconds().unsigned_abs() { Ok(Some(time)) } else { Err(Refused::Stale) }
}

fn claim(scheme: Scheme, headers: &HeaderMap) -> Option<Claim> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let claim = match scheme {
        Scheme::Slack => Claim {
            time: Some(header("x-slack-request-timestamp")?.to_owned()),
            signatures: header("x-slack-signature")?.strip_prefix("v0=").and_then(from_hex).into_iter().collect(),
        },
        Scheme::Stripe => {
            let parts: Vec<(&str, &str)> =
                header("stripe-signature")?.split(',').filter_map(|part| part.trim().split_once('=')).collect();
            let time = parts.iter().find(|(key, _)| *key == "t").map(|(_, time)| (*time).to_owned());
            let signed = parts.iter().filter(|(key, _)| *key == "v1").filter_map(|(_, hex)| from_hex(hex));
            Claim { time: Some(time?), signatures: signed.collect() }
        }
        Scheme::Workforce => Claim {
            time: Some(header("x-workforce-timestamp")?.to_owned()),
            signatures: header("x-workforce-signature")?.strip_prefix("v1=").and_then(from_hex).into_iter().collect(),
        },
        Scheme::Github => Claim {
            time: None,
            signatures: header("x-hub-signature-256")?.strip_prefix("sha256=").and_then(from_hex).into_iter().collect(),
        },
    };
    (!claim.signatures.is_empty()).then_some(claim)
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn mac(scheme: Scheme, secret: &SecretString, time: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("a key of any length");
    match scheme {
        Scheme::Slack => mac.update(format!("v0:{time}:").as_bytes()),
        Scheme::Stripe => mac.update(format!("{time}.").as_bytes()),
        Scheme::Workforce => mac.update(format!("v1:{time}:").as_bytes()),
        Scheme::Github => {}
    }
    mac.update(body);
    mac
}

/// The headers of a body that is signed at `now`: for whoever sends to us, and to try a hook.
pub fn sign(scheme: Scheme, secret: &SecretString, body: &[u8], now: Timestamp) -> Vec<(&'static str, String)> {
    let time = now.0.div_euclid(1_000_000).to_string();
    let signed = mac(scheme, secret, &time, body).finalize().into_bytes();
    let hex: String = signed.iter().map(|byte| format!("{byte:02x}")).collect();
    match scheme {
        Scheme::Slack => vec![("x-slack-request-timestamp", time), ("x-slack-signature", format!("v0={hex}"))],
        Scheme::Workforce => vec![("x-workforce-timestamp", time), ("x-workforce-signature", format!("v1={hex}"))],
        Scheme::Stripe => vec![("stripe-signature", format!("t={time},v1={hex}"))],
        Scheme::Github => vec![("x-hub-signature-256", format!("sha256={hex}"))],
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.is_empty() || !digits.len().is_multiple_of(2) || digits.len() > 128 {
        return None;
    }
    let byte = |pair: &[u8]| {
        let digit = |c: u8| char::from(c).to_digit(16);
        u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()
    };
    digits.chunks_exact(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Span = Span::seconds(300);

    fn headers(pairs: &[(&'static str, String)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    /// The example of Slack's page "Verifying requests from Slack".
    #[test]
    fn slacks_own_example_verifies() {
        let secret = SecretString::from("8f742231b10e8888abcd99yyyzzz85a5");
        let body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        let signed = headers(&[
            ("x-slack-request-timestamp", "1531420618".to_owned()),
            ("x-slack-signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503".to_owned()),
        ]);
        let then = Timestamp(1_531_420_618_000_000);
        assert_eq!(verify(Scheme::Slack, &secret, &signed, body, then, WINDOW), Ok(Some("1531420618".to_owned())));
        assert_eq!(
            verify(Scheme::Slack, &secret, &signed, body, then.plus(Span::minutes(6)), WINDOW),
            Err(Refused::Stale)
        );
        assert_eq!(verify(Scheme::Slack, &secret, &signed, b"token=", then, WINDOW), Err(Refused::Forged));
    }

    /// The example of GitHub's page "Validating webhook deliveries".
    #[test]
    fn githubs_own_example_verifies() {
        let secret = SecretString::from("It's a Secret to Everybody");
        let hex = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let signed = headers(&[("x-hub-signature-256", format!("sha256={hex}"))]);
        assert_eq!(verify(Scheme::Github, &secret, &signed, b"Hello, World!", Timestamp::ZERO, WINDOW), Ok(None));
    }

    #[test]
    fn every_scheme_takes_what_it_signs_and_nothing_else() {
        let secret = SecretString::from("0123456789abcdef");
        let now = Timestamp(1_795_168_800_000_000);
        for scheme in [Scheme::Slack, Scheme::Stripe, Scheme::Github, Scheme::Workforce] {
            let signed = headers(&sign(scheme, &secret, b"{}", now));
            let check = |secret: &SecretString, body: &[u8], at| verify(scheme, secret, &signed, body, at, WINDOW);
            let signed_at = scheme.has_time().then(|| now.0.div_euclid(1_000_000).to_string());
            assert_eq!(check(&secret, b"{}", now), Ok(signed_at), "only a time that was signed is told");
            assert_eq!(check(&secret, b"{ }", now), Err(Refused::Forged));
            assert_eq!(check(&SecretString::from("another secret!!"), b"{}", now), Err(Refused::Forged));
            let late = check(&secret, b"{}", now.plus(Span::hours(1)));
            assert_eq!(late, if scheme.has_time() { Err(Refused::Stale) } else { Ok(None) });
            assert_eq!(verify(scheme, &secret, &HeaderMap::new(), b"{}", now, WINDOW), Err(Refused::Unsigned));
        }
        let rolled = headers(&[("stripe-signature", {
            let (_, good) = sign(Scheme::Stripe, &secret, b"{}", now).remove(0);
            good.replace(",v1=", ",v1=00ff,v1=")
        })]);
        assert!(verify(Scheme::Stripe, &secret, &rolled, b"{}", now, WINDOW).is_ok(), "one of two fits");
    }
}
