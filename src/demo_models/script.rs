//! The script: lines, each for one question. As JSON Lines:
//! `{"when": "ORD-1042", "say": {"calls": [{"name": "orders__get", "arguments": {"id": "ORD-1042"}}]}}`.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::Value;

/// What a vendor says, question by question.
#[derive(Debug, Clone, Default)]
pub struct Script {
    pub lines: VecDeque<Line>,
}

/// One line: an answer or a fault.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Line {
    /// Words that the last message must hold for this line to be said; none: any question will do.
    pub when: Option<String>,
    /// Words that the conversation must hold anywhere for this line to be said; none: any conversation will do.
    pub within: Option<String>,
    /// Whether the line may be said again and again.
    pub again: bool,
    pub say: Option<Said>,
    pub fault: Option<Fault>,
    /// The second half comes when the server is told to go on.
    #[serde(skip)]
    pub held: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Said {
    pub text: String,
    pub calls: Vec<Call>,
    /// Whether the answer ends at the limit of its length.
    pub cut_off: bool,
}

/// A call under the vendor's name of the tool.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    pub name: String,
    /// An object; a text is sent as it is, whatever it holds.
    pub arguments: Value,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// An HTTP status instead of an answer.
    Status {
        code: u16,
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// The question is taken and nothing comes.
    Hang,
    /// The answer begins, and the connection breaks.
    Half { said: Said },
    /// The answer begins, and nothing more comes.
    Slow { said: Said },
    /// Something that is no answer.
    Garbage,
}

/// A line of a script file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the script is not one: {source}")]
pub struct BadScript {
    pub line: usize,
    source: serde_json::Error,
}

impl Script {
    pub fn of(lines: impl IntoIterator<Item = Line>) -> Self {
        Self { lines: lines.into_iter().collect() }
    }

    /// Reads JSON Lines; empty lines are skipped.
    pub fn parse(text: &str) -> Result<Self, BadScript> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let read =
            |(at, line): (usize, &str)| serde_json::from_str(line).map_err(|source| BadScript { line: at + 1, source });
        Ok(Self { lines: lines.map(read).collect::<Result<_, _>>()? })
    }

    /// Takes the first line that fits the last message of a question, and the whole of it.
    pub(super) fn next(&mut self, last_words: &str, all_words: &str) -> Option<Line> {
        let holds =
            |words: &str, wanted: &Option<String>| wanted.as_ref().is_none_or(|one| words.contains(one.as_str()));
        let fits = |line: &Line| holds(last_words, &line.when) && holds(all_words, &line.within);
        let at = self.lines.iter().position(fits)?;
        if self.lines[at].again { self.lines.get(at).cloned() } else { self.lines.remove(at) }
    }
}

impl Line {
    pub fn say(text: &str) -> Self {
        Self { say: Some(Said { text: text.to_owned(), ..Said::default() }), ..Self::default() }
    }

    /// Says nothing but calls: the vendor's name of the tool, and the arguments.
    pub fn call(name: &str, arguments: Value) -> Self {
        let call = Call { name: name.to_owned(), arguments };
        Self { say: Some(Said { calls: vec![call], ..Said::default() }), ..Self::default() }
    }

    pub fn fault(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }

    /// Stops in the middle until the server is told to go on.
    #[must_use]
    pub fn held(mut self) -> Self {
        self.held = true;
        self
    }

    #[must_use]
    pub fn again(mut self) -> Self {
        self.again = true;
        self
    }

    #[must_use]
    pub fn when(mut self, words: &str) -> Self {
        self.when = Some(words.to_owned());
        self
    }

    #[must_use]
    pub fn within(mut self, words: &str) -> Self {
        self.within = Some(words.to_owned());
        self
    }
}

impl Said {
    /// All that was said, for the bill.
    pub(super) fn to_text(&self) -> String {
        let calls = self.calls.iter().map(|call| format!("{}{}", call.name, call.arguments_text()));
        format!("{}{}", self.text, calls.collect::<String>())
    }
}

impl Call {
    pub(super) fn arguments_text(&self) -> String {
        match &self.arguments {
            Value::String(raw) => raw.clone(),
            other => other.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_by_what_was_said_last() {
        let text = "{\"when\": \"ORD-7\", \"say\": {\"text\": \"seven\"}}\n\n{\"again\": true, \"say\": {\"text\": \"any\"}}\n";
        let mut script = Script::parse(text).unwrap();
        let mut said = |words: &str| script.next(words, words).and_then(|line| line.say).map(|said| said.text);
        assert_eq!(said("hello").as_deref(), Some("any"));
        assert_eq!(said("where is ORD-7?").as_deref(), Some("seven"));
        assert_eq!(said("where is ORD-7?").as_deref(), Some("any"));
        assert_eq!(Script::parse("{}\n{\"sya\": 1}").unwrap_err().line, 2);
    }
}
