//! The conversation as text: who did what, what people then saw, what was expected of it.

use std::collections::BTreeMap;

use super::run::Beat;
use super::{Act, Entry, Failure, Outcome, Visible};

/// How far what people see is set in, in spaces.
const INDENT: &str = "      ";

/// Colours, on a terminal only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paint {
    pub colour: bool,
}

impl Paint {
    pub const PLAIN: Self = Self { colour: false };

    fn with(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }
    fn dim(self, text: &str) -> String {
        self.with("2", text)
    }
    fn good(self, text: &str) -> String {
        self.with("32", text)
    }
    fn bad(self, text: &str) -> String {
        self.with("1;31", text)
    }
    fn person(self, text: &str) -> String {
        self.with("1;36", text)
    }
    fn bot(self, text: &str) -> String {
        self.with("1;35", text)
    }
}

/// The heading of a section.
pub fn heading(title: &str, file: &str, line: u32, paint: Paint) -> String {
    let place = format!("{file}:{line}");
    format!("\n{}  {}\n", paint.bold(&format!("━━ {title}")), paint.dim(&place))
}

/// One beat of a section.
pub fn beat(beat: &Beat, names: &BTreeMap<String, String>, paint: Paint) -> String {
    match beat {
        Beat::Acted { act, entries: seen, .. } => {
            format!("\n{}\n{}", acted(act, names, paint), entries(seen, names, paint))
        }
        Beat::Held { text, .. } => format!("   {} {}\n", paint.good("✓"), paint.dim(text)),
        Beat::Failed(failure) => format!("   {} {}\n{}", paint.bad("✗"), paint.bad(&failure.text), found(failure)),
    }
}

/// The whole section, and what went wrong besides.
pub fn section(outcome: &Outcome, paint: Paint) -> String {
    let mut out = heading(&outcome.title, &outcome.file, outcome.line, paint);
    for one in &outcome.beats {
        out.push_str(&beat(one, &outcome.names, paint));
    }
    out
}

/// What differs, each with its line: expected above, found below.
pub fn differences(outcome: &Outcome, paint: Paint) -> String {
    let mut out = String::new();
    for failure in &outcome.failures {
        out.push_str(&format!("{}:{}: {}\n", outcome.file, failure.line, paint.bold(&outcome.title)));
        out.push_str(&paint.bad(&format!("  - {}", failure.text)));
        out.push('\n');
        for line in &failure.found {
            out.push_str(&paint.good(&format!("  + {line}")));
            out.push('\n');
        }
    }
    out
}

fn found(failure: &Failure) -> String {
    failure.found.iter().map(|line| format!("     {line}\n")).collect()
}

fn acted(act: &Act, names: &BTreeMap<String, String>, paint: Paint) -> String {
    let name = |who: &str| paint.person(names.get(who).map_or(who, String::as_str));
    match act {
        Act::Says { who, channel, text } => format!("{} {}: {text}", name(who), paint.dim(&format!("in #{channel}"))),
        Act::Writes { who, text } => format!("{} {}: {text}", name(who), paint.dim("in a direct message")),
        Act::Replies { who, text } => format!("{} {}: {text}", name(who), paint.dim("in the thread")),
        Act::Edits { who, text } => format!("{} {}: {text}", name(who), paint.dim("changes the message")),
        Act::Clicks { who, label, with } => {
            let with = with.as_ref().map_or(String::new(), |with| format!(" and writes “{with}”"));
            format!("{} clicks {}{with}", name(who), paint.bold(&format!("[{label}]")))
        }
        Act::Runs { who, command, text } => format!("{} types {}", name(who), paint.bold(&format!("{command} {text}"))),
        Act::After(span) => paint.bold(&format!("⏱ {} later", crate::replies::wording::length(*span))),
        Act::Edit { file, old, new } => format!(
            "{} {file}\n{INDENT}{}\n{INDENT}{}",
            paint.bold("✎"),
            paint.bad(&format!("- {old}")),
            paint.good(&format!("+ {new}"))
        ),
    }
}

/// What people saw; the same card in several places is shown once, with all of them.
pub fn entries(seen: &[Entry], names: &BTreeMap<String, String>, paint: Paint) -> String {
    let mut out = String::new();
    let mut told: Vec<&Entry> = Vec::new();
    for entry in seen {
        let same = |other: &&Entry| {
            other.text == entry.text
                && other.author == entry.author
                && other.edited == entry.edited
                && (other.visible == Visible::Reaction) == (entry.visible == Visible::Reaction)
        };
        if told.iter().any(same) {
            continue;
        }
        told.push(entry);
        let mut places: Vec<String> = Vec::new();
        for place in seen.iter().filter(same).map(|other| place(&other.visible, names)) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        if entry.visible == Visible::Reaction {
            out.push_str(&format!("   {} {}\n", emoji(&entry.text), paint.dim(&format!("from {}", entry.author))));
            continue;
        }
        let edited = if entry.edited { ", changed" } else { "" };
        let head = paint.dim(&format!("{}{edited}", places.join(", ")));
        let author = if entry.author.is_empty() { String::new() } else { format!("{} ", paint.bot(&entry.author)) };
        out.push_str(&format!("   {author}{head}\n"));
        for line in entry.text.lines() {
            out.push_str(&format!("{INDENT}{line}\n"));
        }
    }
    out
}

fn place(visible: &Visible, names: &BTreeMap<String, String>) -> String {
    let name = |who: &str| names.get(who).cloned().unwrap_or_else(|| who.to_owned());
    match visible {
        Visible::Channel { name, thread: false } => format!("in #{name}"),
        Visible::Channel { thread: true, .. } => "in the thread".to_owned(),
        Visible::Direct(who) => format!("to {} directly", name(who)),
        Visible::Private(who) => format!("only {} sees this", name(who)),
        Visible::Form(who) => format!("a form opens for {}", name(who)),
        Visible::Notice(who) => format!("to {}", name(who)),
        Visible::Reaction => String::new(),
    }
}

/// The few reactions that the bot gives, as people see them.
fn emoji(name: &str) -> &str {
    match name {
        ":eyes:" => "👀",
        ":white_check_mark:" => "✅",
        ":wave:" => "👋",
        ":+1:" | ":thumbsup:" => "👍",
        other => other,
    }
}
