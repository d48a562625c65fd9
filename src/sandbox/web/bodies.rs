//! From an HTTP request to arguments: query and form, or JSON with the token in the header.

use axum::http::HeaderMap;
use serde_json::{Map, Value};

use super::args::{ApiError, Args};

/// The arguments and whether the body was JSON.
pub(super) fn parse(query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Result<(Args, bool), ApiError> {
    let mut args = form(query.unwrap_or_default().as_bytes())?;
    let kind = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if body.is_empty() {
        return Ok((Args(args), false));
    }
    match essence.as_str() {
        "application/json" => match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => {
                let empty = fields.is_empty();
                args.extend(fields);
                Ok((Args(args), !empty))
            }
            Ok(_) => Err(ApiError::malformed("json_not_object", Vec::new())),
            Err(error) => Err(ApiError::malformed("invalid_json", vec![format!("[ERROR] {error}")])),
        },
        "application/x-www-form-urlencoded" => {
            args.extend(form(body)?);
            Ok((Args(args), false))
        }
        "" => Err(ApiError::malformed("missing_post_type", Vec::new())),
        other => Err(ApiError::malformed("invalid_post_type", vec![format!("[ERROR] no body of type {other}")])),
    }
}

/// Percent-decoding as HTML forms do it (WHATWG URL standard, "application/x-www-form-urlencoded parsing").
fn form(bytes: &[u8]) -> Result<Map<String, Value>, ApiError> {
    let mut out = Map::new();
    for pair in bytes.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |b| *b == b'=');
        let name = decode(halves.next().unwrap_or_default())?;
        let value = decode(halves.next().unwrap_or_default())?;
        out.insert(name, Value::String(value));
    }
    Ok(out)
}

fn decode(bytes: &[u8]) -> Result<String, ApiError> {
    let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, after @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                out.push(hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0));
                rest = after;
            }
            _ => out.push(first),
        }
    }
    String::from_utf8(out).map_err(|_| ApiError::malformed("invalid_charset", Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded_as_browsers_write_them() {
        let parsed = form("text=a+b%26c%3D%E2%82%AC&empty=&bad=%zz".as_bytes()).expect("utf-8");
        assert_eq!(parsed["text"], "a b&c=€");
        assert_eq!(parsed["empty"], "");
        assert_eq!(parsed["bad"], "%zz");
        assert!(form(b"x=%ff").is_err());
    }
}
