//! What both wire formats have in common: an answer that comes in pieces.

use serde_json::Value;

use super::names::Names;
use crate::catalogue::strict::read_strictly;
use crate::runs::said::{Arguments, Call, End, Said, Usage};

/// Reads one vendor's events until the answer is whole.
pub trait Reader: Send {
    /// One event's data.
    fn event(&mut self, data: &str) -> Result<(), Trouble>;

    /// What is there so far.
    fn answer(&mut self) -> &mut Answer;
}

/// Why a stream cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The vendor says, in the midst of the answer, that it cannot go on.
    Vendor(String),
    NotJson,
    /// More calls than anybody makes at once: see [`MOST_CALLS`].
    TooManyCalls,
}

/// One answer holds no more calls than this. Each piece of the stream is looked for among them, so that without a bound an answer
/// of many calls would take a time that grows with their square.
pub const MOST_CALLS: usize = 256;

/// An answer that is being put together.
#[derive(Debug)]
pub struct Answer {
    pub text: String,
    /// Name and arguments as text, by the vendor's index.
    pub calls: Vec<Piece>,
    /// `None` until the vendor said how it ended: what ends without is half an answer.
    pub end: Option<End>,
    pub usage: Usage,
}

#[derive(Debug)]
pub struct Piece {
    pub index: u64,
    pub name: String,
    pub arguments: String,
}

impl Answer {
    pub fn new(by: &str, model: &str) -> Self {
        let usage = Usage { model: Some(model.to_owned()), ..Usage::unknown(by) };
        Self { text: String::new(), calls: Vec::new(), end: None, usage }
    }

    /// The call at `index`, begun if it is new.
    pub fn call(&mut self, index: u64) -> Result<&mut Piece, Trouble> {
        let at = match self.calls.iter().position(|piece| piece.index == index) {
            Some(at) => at,
            None if self.calls.len() >= MOST_CALLS => return Err(Trouble::TooManyCalls),
            None => {
                self.calls.push(Piece { index, name: String::new(), arguments: String::new() });
                self.calls.len() - 1
            }
        };
        Ok(&mut self.calls[at])
    }

    /// The whole answer in our names; `None` where the vendor broke off.
    pub fn whole(&self, names: &Names) -> Option<Said> {
        let end = self.end?;
        let calls =
            self.calls.iter().map(|piece| Call { name: names.ours(&piece.name), arguments: read(&piece.arguments) });
        Some(Said { text: self.text.clone(), calls: calls.collect(), end })
    }
}

/// Arguments are one JSON object or nothing at all; nobody picks one out of two, nor one of two values of a key.
fn read(text: &str) -> Arguments {
    if text.trim().is_empty() {
        return Arguments::Read(Value::Object(serde_json::Map::new()));
    }
    match read_strictly(text) {
        Ok(value @ Value::Object(_)) => Arguments::Read(value),
        Ok(_) | Err(_) => Arguments::Unreadable(text.chars().take(2_000).collect()),
    }
}

/// A count of tokens. What is negative, missing or no number is unknown.
pub fn count(usage: &Value, path: &str) -> Option<u64> {
    usage.pointer(path).and_then(Value::as_u64)
}
