//! Reading JSON of others, strictly: nothing too deep, and no key twice.
//!
//! A body in which `"amount"` appears twice means one amount to us and perhaps another to the next reader, so it is refused
//! instead of read. Nothing is picked, nothing is coerced.

use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Deepest nesting that is read. Slack's deepest documented payloads (tables in rich text) stay under 20.
const DEPTH_LIMIT: usize = 64;

/// Reads one JSON document; the error says what was wrong with its shape and quotes none of it.
pub fn read_strictly(text: &str) -> Result<Value, serde_json::Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { left: DEPTH_LIMIT }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

struct Strict {
    left: usize,
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number out of range"))
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let left = self.left.checked_sub(1).ok_or_else(too_deep)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Strict { left })? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let left = self.left.checked_sub(1).ok_or_else(too_deep)?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Strict { left })?;
            if map.insert(key, value).is_some() {
                return Err(de::Error::custom("a key that appears twice"));
            }
        }
        Ok(Value::Object(map))
    }
}

fn too_deep<E: de::Error>() -> E {
    E::custom("nested too deeply")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_two_readers_could_read_differently() {
        assert!(read_strictly(r#"{"a":{"user":"A","user":"B"}}"#).is_err());
        assert!(read_strictly(r#"{"user":"A","User":"B"}"#).is_ok());
        for broken in ["", "{", "NaN", "1e999", "[1,]", "{} {}", "\"\u{0}"] {
            assert!(read_strictly(broken).is_err(), "{broken}");
        }
        assert!(read_strictly("\u{feff}{}").is_ok());
    }

    #[test]
    fn refuses_depth_before_the_stack_does() {
        for depth in [200, 100_000] {
            let deep = "[".repeat(depth) + &"]".repeat(depth);
            assert!(read_strictly(&deep).is_err());
        }
        let fine = "[".repeat(60) + &"]".repeat(60);
        assert!(read_strictly(&fine).is_ok());
    }
}
