//! Reading JSON that Slack sent, strictly: what is refused is counted and acknowledged by its envelope id where that can be read;
//! it never ends a socket.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use serde::Deserialize;
use serde_json::Value;

pub use crate::catalogue::strict::read_strictly;

/// The envelope id of a frame that was refused, if the frame names exactly one.
pub fn envelope_id_of_refused(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct OnlyId {
        envelope_id: String,
    }
    serde_json::from_str::<OnlyId>(text).ok().map(|only| only.envelope_id).filter(|id| !id.is_empty())
}

/// A short digest that tells two refused frames apart in the log without quoting either.
pub fn fingerprint(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Readers over [`Value`] that answer with nothing where the shape differs, instead of failing.
pub trait Look {
    fn text(&self, key: &str) -> Option<&str>;
    fn at(&self, key: &str) -> &Value;
    fn flag(&self, key: &str) -> bool;
    fn items(&self, key: &str) -> &[Value];
}

impl Look for Value {
    /// The non-empty text under `key`.
    fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
    }
    fn at(&self, key: &str) -> &Value {
        self.get(key).unwrap_or(&Value::Null)
    }
    fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(Value::as_bool).unwrap_or(false)
    }
    fn items(&self, key: &str) -> &[Value] {
        self.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_frame_can_still_be_acknowledged() {
        let deep = format!(r#"{{"payload":{}{},"envelope_id":"e1"}}"#, "[".repeat(300), "]".repeat(300));
        assert_eq!(envelope_id_of_refused(&deep).as_deref(), Some("e1"));
        assert_eq!(envelope_id_of_refused(r#"{"envelope_id":"a","envelope_id":"b"}"#), None);
    }
}
