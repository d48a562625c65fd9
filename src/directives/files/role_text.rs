//! The sections of a role file: which are rules, and which are text for the router and the prompt.

use super::page::{BlockKind, Page};

/// What of a role file is text for the router and the prompt.
#[derive(Debug, Default)]
pub struct RoleText {
    pub description: String,
    pub handles: Vec<String>,
    pub examples: Vec<String>,
}

/// What a section of a role file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleSection {
    Description,
    Handles,
    Examples,
    Playbook,
    /// Rules and guidance.
    Rules,
}

/// The section that a block of a role file stands in.
pub fn section_of(page: &Page, heading: Option<usize>) -> RoleSection {
    let mut sections = page.ancestry(heading).filter(|(_, heading)| !heading.is_title).peekable();
    if sections.peek().is_none() {
        return RoleSection::Description;
    }
    sections
        .map(|(_, heading)| {
            let text = heading.text.text.to_lowercase();
            let text = text.trim_end_matches(':').trim();
            let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
            if text.starts_with("playbook") {
                RoleSection::Playbook
            } else if says(&["example"]) {
                RoleSection::Examples
            } else if (text.starts_with("what ") && says(&["handle", "does", "do", "take", "cover", "look after"]))
                || says(&["handles", "responsibilit", "duties", "in scope", "takes care of"])
            {
                RoleSection::Handles
            } else if matches!(text, "about" | "description" | "summary" | "purpose" | "mission" | "who this is") {
                RoleSection::Description
            } else {
                RoleSection::Rules
            }
        })
        .find(|section| *section != RoleSection::Rules)
        .unwrap_or(RoleSection::Rules)
}

impl RoleText {
    pub fn of(page: &Page) -> Self {
        let mut out = Self::default();
        let mut description: Vec<&str> = Vec::new();
        for block in &page.blocks {
            let text = block.text.text.trim();
            match section_of(page, block.heading) {
                RoleSection::Description => description.push(text),
                RoleSection::Handles if matches!(block.kind, BlockKind::Item { .. }) => {
                    out.handles.push(text.to_owned())
                }
                RoleSection::Handles => description.push(text),
                RoleSection::Examples => out.examples.push(text.trim_matches(['"', '“', '”']).to_owned()),
                RoleSection::Playbook | RoleSection::Rules => {}
            }
        }
        out.description = description.join("\n");
        out
    }
}
