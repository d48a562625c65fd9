//! Who may use the page: whoever has its address with the token, from this machine, in a page that it served itself.
//!
//! The listener is on loopback. The `Host` header must name it, so that a foreign name that was pointed at 127.0.0.1 finds
//! nothing; what changes something must come from the page's own origin; and the page may load and embed only itself.

use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

use super::super::Sandbox;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Lets a request through, or says why not.
pub(super) async fn guard(Shared(sandbox): Shared<Sandbox>, request: Request, next: Next) -> Response {
    let port = sandbox.port();
    let token = request.uri().path().strip_prefix("/page/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let mut response = if !is_ours(request.headers(), port) {
        refuse(
            StatusCode::MISDIRECTED_REQUEST,
            "This page is served at 127.0.0.1 only; open the address from the terminal.",
        )
    } else if !sandbox.inner.page.get().is_some_and(|page| is_same(token, &page.token)) {
        refuse(StatusCode::NOT_FOUND, "There is no page here; open the whole address from the terminal.")
    } else if *request.method() != Method::GET && !is_from_us(request.headers()) {
        refuse(StatusCode::FORBIDDEN, "Only the page itself may do this.")
    } else {
        next.run(request).await
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether the request was meant for this listener.
fn is_ours(headers: &HeaderMap, port: u16) -> bool {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    [format!("127.0.0.1:{port}"), format!("localhost:{port}")].iter().any(|own| own == host)
}

/// Whether a page of this very origin sent it; browsers send `Origin` with every request that is no plain GET.
fn is_from_us(headers: &HeaderMap) -> bool {
    let read = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let own = read("host").map(|host| format!("http://{host}"));
    own.is_some() && read("origin") == own.as_deref()
}

/// Compared by digest, so that the time it takes tells nothing of the token.
fn is_same(given: &str, token: &str) -> bool {
    Sha256::digest(given) == Sha256::digest(token)
}

fn refuse(status: StatusCode, why: &'static str) -> Response {
    (status, why).into_response()
}
