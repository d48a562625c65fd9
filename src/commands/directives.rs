//! `directives`: which files are in force, who keeps them, and what is wrong.

use serde::{Deserialize, Serialize};

use super::arguments::{bare, incomplete};
use super::asked::{Asked, Query};
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::replies::card::{Card, Part};
use crate::replies::compose::{bold, code, day_and_clock, text};
use crate::replies::named::Who;
use crate::replies::wording::counted;

pub const SPEC: Spec = Spec {
    name: "directives",
    aliases: &["files", "rules"],
    group: Group::Administer,
    usage: "directives",
    about: "List the files in force, who keeps them, and what is wrong with them",
    examples: &["directives"],
    read,
    mention: InMention::AloneOrId,
};

fn read(rest: &str) -> Asked {
    if bare(rest.trim()).is_empty() {
        Asked::Query(Query::Directives)
    } else {
        incomplete(SPEC.name, "Write directives alone. /workforce explain TEXT says where a text would go.")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectivesAnswer {
    pub files: Vec<FileLine>,
    /// Sentences of kinds that are read but not enforced yet.
    pub not_in_force: u32,
    /// Warnings and notes of the set in force, as `file:line` and sentence.
    pub warnings: Vec<(String, String)>,
    /// The files on disk were edited and do not load; the set listed here stays in force.
    pub broken_on_disk: bool,
    /// `None`: not known.
    pub since: Option<Timestamp>,
    pub digest: String,
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLine {
    pub file: String,
    /// Rules that stand in it.
    pub rules: u32,
    pub keeper: Option<Who>,
}

/// So many files and warnings are shown.
const MAX_FILES: usize = 40;
const MAX_WARNINGS: usize = 8;

pub fn render(answer: &DirectivesAnswer) -> Card {
    let rules: u32 = answer.files.iter().map(|file| file.rules).sum();
    let size = format!("{} in {}", counted(i64::from(rules), "rule"), counted(answer.files.len() as i64, "file"));
    let mut head = vec![bold(format!("{size} in force"))];
    head.extend(answer.since.iter().flat_map(|at| [text(" since "), day_and_clock(*at)]));
    let mut card = Card::new(format!("{size} in force")).line(head);
    if answer.broken_on_disk {
        card = card.line([
            bold("The files on disk do not load."),
            text(" This last good set stays in force; their keeper knows."),
        ]);
    }
    let rows = answer.files.iter().take(MAX_FILES).map(|file| {
        let keeper = file.keeper.as_ref().map_or_else(|| text("nobody"), Who::named);
        vec![vec![code(&file.file)], vec![text(file.rules.to_string())], vec![keeper]]
    });
    let columns = ["File", "Rules", "Kept by"].map(str::to_owned).to_vec();
    card = card.part(Part::Table { columns, rows: rows.collect() });
    if let Some(rest) = answer.files.len().checked_sub(MAX_FILES).filter(|rest| *rest > 0) {
        card = card.note([text(format!("And {rest} more files."))]);
    }
    for (place, what) in answer.warnings.iter().take(MAX_WARNINGS) {
        card = card.line([code(place), text(format!(" {what}"))]);
    }
    if answer.warnings.len() > MAX_WARNINGS {
        let rest = answer.warnings.len() - MAX_WARNINGS;
        card = card.line([text(format!("And {rest} more warnings: ")), code("workforce check")]);
    }
    let unenforced = match answer.not_in_force {
        0 => String::new(),
        n => format!("{} read, not in force · ", counted(i64::from(n), "rule")),
    };
    card.note([text(unenforced), code(&answer.digest), text(" · "), day_and_clock(answer.as_of)])
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn files_have_keepers_and_warnings_have_places() {
        let file = |name: &str, rules| FileLine { file: name.into(), rules, keeper: Some(who("Kim Osei")) };
        let answer = DirectivesAnswer {
            files: vec![file("approvals.md", 12), file("routing.md", 9)],
            not_in_force: 1,
            warnings: vec![("routing.md:4".into(), "No channel is called #old.".into())],
            broken_on_disk: true,
            since: Some(at(9, 0)),
            digest: "sha256:1f".into(),
            as_of: at(10, 2),
        };
        insta::assert_snapshot!(render(&answer).to_plain(), @r"
        *21 rules in 2 files in force* since 20 Nov 09:00
        *The files on disk do not load.* This last good set stays in force; their keeper knows.
        File | Rules | Kept by
        `approvals.md` | 12 | Kim Osei
        `routing.md` | 9 | Kim Osei
        `routing.md:4` No channel is called #old.
        · 1 rule read, not in force · `sha256:1f` · 20 Nov 10:02
        ");
    }
}
