//! A page's blocks → the sentences that may be rules.

use super::page::{BlockKind, Page};
use super::split::{Mapped, is_lead};

/// One sentence of a page.
#[derive(Debug, Clone)]
pub struct Prose {
    pub sentence: Mapped,
    /// Index of the heading that it stands under.
    pub heading: Option<usize>,
    /// The sentence that introduces the list in which this is the first of an item.
    pub lead: Option<String>,
    /// Index of its block.
    pub block: usize,
}

/// All sentences in their order; a sentence that only introduces a list is part of its items, not one of them.
pub fn sentences_of(page: &Page) -> Vec<Prose> {
    let mut out = Vec::new();
    for (index, block) in page.blocks.iter().enumerate() {
        let next_lead = page.blocks.get(index + 1).and_then(|next| match &next.kind {
            BlockKind::Item { lead, .. } => lead.as_deref(),
            BlockKind::Paragraph => None,
        });
        let own_lead = match &block.kind {
            BlockKind::Item { lead, .. } => lead.clone(),
            BlockKind::Paragraph => None,
        };
        let mut sentences = block.text.sentences();
        let introduces = sentences.last().is_some_and(|last| {
            is_lead(&last.text) && next_lead.is_some_and(|lead| lead.ends_with(last.text.as_str()))
        });
        if introduces {
            sentences.pop();
        }
        for (n, sentence) in sentences.into_iter().enumerate() {
            let lead = if n == 0 { own_lead.clone() } else { None };
            out.push(Prose { sentence, heading: block.heading, lead, block: index });
        }
    }
    out
}
