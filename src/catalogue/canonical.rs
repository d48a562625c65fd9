//! Canonical JSON (RFC 8785) and digests over it. Two values that are equal have the same bytes, whatever their spelling.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The canonical bytes of `value`. Numbers that JSON can hold but RFC 8785 cannot are an impossible case: `Value` has no NaN.
pub fn to_canonical(value: &Value) -> String {
    serde_json_canonicalizer::to_string(value)
        .expect("a serde_json::Value holds no number that is not finite and no map key that is not text")
}

/// `sha256:` and the lower-case hex digest of the canonical bytes of `value`.
pub fn digest(value: &Value) -> String {
    digest_bytes(to_canonical(value).as_bytes())
}

/// `sha256:` and the lower-case hex digest of `bytes`.
pub fn digest_bytes(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let hash = Sha256::digest(bytes);
    let mut out = String::with_capacity(7 + 64);
    out.push_str("sha256:");
    for byte in hash {
        write!(out, "{byte:02x}").expect("writing to a string does not fail");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn spelling_does_not_change_the_digest() {
        let a: Value = serde_json::from_str(r#"{"b": 1.0, "a": "é"}"#).unwrap();
        let b: Value = serde_json::from_str("{\"a\":\"\\u00e9\",\"b\":1}").unwrap();
        assert_eq!(to_canonical(&a), to_canonical(&b));
        assert_eq!(digest(&a), digest(&b));
        assert_ne!(digest(&a), digest(&json!({"a": "e", "b": 1})));
    }
}
