//! Front matter: YAML between two lines of `---` → a tree whose every key and value knows its place.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::place::Source;
use crate::directives::diagnostics::Problem;
use crate::roster::names::nearest;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct At<T> {
    pub value: T,
    pub range: Range<usize>,
}

/// Front matter as far as directives need it: texts, lists and maps. Numbers and dates are texts here.
#[derive(Debug, Clone)]
pub enum Node {
    Empty,
    Text(String),
    List(Vec<At<Node>>),
    Map(Fields),
}

/// The keys of a map; each is taken once, and what is left is unknown.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    entries: Vec<(At<String>, At<Node>)>,
}

/// The front matter of a file, and how many bytes of it are front matter.
#[derive(Debug, Default)]
pub struct FrontMatter {
    pub fields: Fields,
    pub range: Range<usize>,
}

impl FrontMatter {
    /// Reads the front matter of `source`; a file without any has an empty one.
    pub fn read(source: &Source<'_>) -> Result<Self, Box<Problem>> {
        let first = source.text.lines().next().unwrap_or_default();
        if first.trim_end() != "---" {
            return Ok(Self::default());
        }
        let mut at = 0;
        let mut end = None;
        for (index, line) in source.text.split_inclusive('\n').enumerate() {
            at += line.len();
            if index > 0 && matches!(line.trim_end(), "---" | "...") {
                end = Some((at - line.len(), at));
                break;
            }
        }
        let Some((closing, end)) = end else {
            let problem = source.error("unclosed-front-matter", 0..first.len(), "this front matter never ends");
            return Err(Box::new(problem.with_help("end it with a line of ---")));
        };
        // The first line is kept as an empty one, so that YAML's line numbers are the file's.
        let yaml = format!("\n{}", &source.text[source.offset(2, 1)..closing]);
        if yaml.trim().is_empty() {
            return Ok(Self { fields: Fields::default(), range: 0..end });
        }
        let tree: Spanned<Raw> = serde_saphyr::from_str(&yaml).map_err(|error| Box::new(broken(source, &error)))?;
        match place(source, tree).value {
            Node::Map(fields) => Ok(Self { fields, range: 0..end }),
            Node::Empty => Ok(Self { fields: Fields::default(), range: 0..end }),
            Node::Text(_) | Node::List(_) => {
                let what = "front matter needs lines like `owner: \"@dana\"`";
                let problem = source.error("front-matter", 0..first.len(), what);
                Err(Box::new(problem.with_help("write one `key: value` per line")))
            }
        }
    }
}

impl Fields {
    /// Takes the value of a key; `review every`, `review_every` and `review-every` are one key.
    pub fn take(&mut self, key: &str) -> Option<At<Node>> {
        let index = self.entries.iter().position(|(name, _)| same_key(&name.value, key))?;
        Some(self.entries.remove(index).1)
    }

    /// Takes a text; anything but a text is a problem.
    pub fn take_text(&mut self, key: &str, source: &Source<'_>, problems: &mut Vec<Problem>) -> Option<At<String>> {
        let At { value, range } = self.take(key)?;
        match value {
            Node::Text(value) => Some(At { value, range }),
            Node::Empty => None,
            Node::List(_) | Node::Map(_) => {
                problems.push(source.error("front-matter", range, format!("`{key}` needs one value, not a list")));
                None
            }
        }
    }

    /// Takes a list of texts; a single text is a list of one.
    pub fn take_texts(&mut self, key: &str, source: &Source<'_>, problems: &mut Vec<Problem>) -> Vec<At<String>> {
        let Some(At { value, range }) = self.take(key) else { return Vec::new() };
        let items = match value {
            Node::List(items) => items,
            Node::Empty => Vec::new(),
            single @ (Node::Text(_) | Node::Map(_)) => vec![At { value: single, range }],
        };
        let mut out = Vec::new();
        for item in items {
            match item.value {
                Node::Text(value) => out.push(At { value, range: item.range }),
                Node::Empty | Node::List(_) | Node::Map(_) => {
                    problems.push(source.error("front-matter", item.range, format!("`{key}` needs a list of words")));
                }
            }
        }
        out
    }

    /// Every key that nobody took is unknown; the nearest known key is suggested.
    pub fn refuse_rest(self, known: &[&str], source: &Source<'_>, problems: &mut Vec<Problem>) {
        for (key, _) in self.entries {
            let help = match nearest(&key.value, known.iter().copied()) {
                Some(name) if !same_key(name, &key.value) => format!("did you mean `{name}`?"),
                Some(_) | None => format!("known keys are {}", known.join(", ")),
            };
            let what = if known.iter().any(|name| same_key(name, &key.value)) {
                format!("`{}` is given twice", key.value)
            } else {
                format!("there is no key `{}`", key.value)
            };
            problems.push(source.error("unknown-key", key.range, what).with_help(help));
        }
    }
}

fn same_key(a: &str, b: &str) -> bool {
    let plain = |key: &str| key.trim().to_lowercase().replace(['_', '-'], " ");
    plain(a) == plain(b)
}

fn broken(source: &Source<'_>, error: &serde_saphyr::Error) -> Problem {
    let at = error.location().map_or(0, |place| {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        source.offset(number(place.line()), number(place.column()))
    });
    let text = error.without_snippet().to_string();
    let what = text.split(" at line ").next().unwrap_or(&text).to_owned();
    source
        .error("front-matter", at..at, format!("this front matter is no YAML: {what}"))
        .with_help("values that begin with @, #, : or * need quotes")
}

/// The tree as serde gives it, before places become bytes of the file.
enum Raw {
    Empty,
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn place(source: &Source<'_>, raw: Spanned<Raw>) -> At<Node> {
    let range = range_of(source, &raw);
    let value = match raw.value {
        Raw::Empty => Node::Empty,
        Raw::Text(text) => Node::Text(text),
        Raw::List(items) => Node::List(items.into_iter().map(|item| place(source, item)).collect()),
        Raw::Map(entries) => Node::Map(Fields {
            entries: entries
                .into_iter()
                .map(|(key, value)| {
                    let range = range_of(source, &key);
                    (At { value: key.value, range }, place(source, value))
                })
                .collect(),
        }),
    };
    At { value, range }
}

fn range_of<T>(source: &Source<'_>, spanned: &Spanned<T>) -> Range<usize> {
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let start = source.offset(number(spanned.referenced.line()), number(spanned.referenced.column()));
    let line = source.text[start..].lines().next().unwrap_or_default().trim_end();
    let length = number(spanned.referenced.span().len());
    let end = line.char_indices().nth(length).map_or(line.len(), |(at, _)| at);
    start..start + end
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word, a list or keys with values")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Empty)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Empty)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_some<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = list.next_element()? {
            out.push(item);
        }
        Ok(Raw::List(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut out = Vec::new();
        while let Some(entry) = map.next_entry()? {
            out.push(entry);
        }
        Ok(Raw::Map(out))
    }
}
