//! `## Playbook: NAME` sections of a role file → structured playbooks.
//!
//! A playbook is read strictly: what is not the "When …" sentence, the "Take …" sentence or a step in one of the known
//! forms is an error, because a step that is passed over is work that is silently not done.

use super::page::{Block, BlockKind, Page};
use super::place::Source;
use super::split::Mapped;
use super::steps::{StepReader, step_help};
use super::takes::read_takes;
use super::when::read_when;
use crate::directives::diagnostics::Problem;
use crate::directives::language::Vocabulary;
use crate::directives::rule::Condition;
use crate::directives::{Origin, PlaybookSource, Slot, Step};

/// Reads all playbooks of a role file.
pub fn read_playbooks(
    source: &Source<'_>,
    page: &Page,
    role: &str,
    vocabulary: &Vocabulary<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<PlaybookSource> {
    let mut out: Vec<PlaybookSource> = Vec::new();
    for (index, heading) in page.headings.iter().enumerate() {
        let text = &heading.text.text;
        let Some(rest) = text.get(..8).filter(|head| head.eq_ignore_ascii_case("playbook")).map(|_| &text[8..]) else {
            continue;
        };
        let name = rest.trim_start_matches([':', ' ', '–', '-']).trim().to_owned();
        if name.is_empty() {
            let problem = source.error("playbook-form", heading.text.whole(), "this playbook has no name");
            problems.push(problem.with_help("write the heading as “## Playbook: Where is my order”"));
        }
        if out.iter().any(|other| other.name == name) {
            problems.push(source.error("duplicate-playbook", heading.text.whole(), format!("“{name}” is there twice")));
        }
        let (line, column) = source.place(heading.text.offset(0));
        let origin = Origin { file: source.file.to_owned(), line, column, text: text.clone() };
        let blocks: Vec<&Block> =
            page.blocks.iter().filter(|block| page.ancestry(block.heading).any(|(above, _)| above == index)).collect();
        let section = Section { source, role, vocabulary };
        out.push(section.read(name, origin, &heading.text, &blocks, problems));
    }
    out
}

struct Section<'a, 't> {
    source: &'a Source<'t>,
    role: &'a str,
    vocabulary: &'a Vocabulary<'a>,
}

impl Section<'_, '_> {
    fn read(
        &self,
        name: String,
        origin: Origin,
        heading: &Mapped,
        blocks: &[&Block],
        problems: &mut Vec<Problem>,
    ) -> PlaybookSource {
        let mut when = Condition::default();
        let mut takes: Vec<Slot> = Vec::new();
        for block in blocks.iter().filter(|block| !is_step(block)) {
            for sentence in block.text.sentences() {
                let text = sentence.text.as_str();
                if starts(text, &["when ", "whenever ", "if ", "for "]) {
                    match read_when(text, self.vocabulary) {
                        Some(condition) => when = condition,
                        None => problems.push(
                            self.source
                                .error("playbook-when", sentence.whole(), "this sentence does not say when the playbook fits")
                                .with_help("write it as “When a request is about orders.” or “When a request mentions a refund.”"),
                        ),
                    }
                } else if starts(text, &["take ", "takes ", "it takes ", "needs ", "it needs "]) {
                    takes.extend(read_takes(self.source, &sentence, problems));
                } else {
                    let what = "this sentence is no part of a playbook";
                    let help = "a playbook has a “When …” sentence, a “Take …” sentence and numbered steps";
                    problems.push(self.source.error("playbook-form", sentence.whole(), what).with_help(help));
                }
            }
        }
        let steps = self.steps(blocks, &takes, problems);
        if !blocks.iter().any(|block| is_step(block)) {
            let problem = self.source.error("playbook-form", heading.whole(), "this playbook has no steps");
            problems.push(problem.with_help(step_help()));
        }
        PlaybookSource { name, role: self.role.to_owned(), origin, when, takes, steps }
    }

    fn steps(&self, blocks: &[&Block], takes: &[Slot], problems: &mut Vec<Problem>) -> Vec<Step> {
        let mut reader = StepReader::new(self.source, self.vocabulary, takes);
        let mut out = Vec::new();
        for block in blocks.iter().filter(|block| is_step(block)) {
            let BlockKind::Item { number, .. } = block.kind else { continue };
            let counted = u32::try_from(out.len() + 1).unwrap_or(u32::MAX);
            let number = number.and_then(|n| u32::try_from(n).ok()).unwrap_or(counted);
            // Templates are taken as they were written: Markdown's emphasis and escapes are not undone in them.
            let mut text = Mapped::default();
            text.push(&self.source.text[block.source.clone()], block.source.start, true);
            let text = text.part(0..text.text.len());
            let (line, _) = self.source.place(block.source.start);
            if let Some(act) = reader.read(&text, problems) {
                out.push(Step { number, line, text: text.text, act });
            }
        }
        if let Some(problem) = reader.unreachable(&out, blocks) {
            problems.push(problem);
        }
        out
    }
}

fn is_step(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Item { .. })
}

fn starts(text: &str, heads: &[&str]) -> bool {
    heads.iter().any(|head| text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head)))
}
