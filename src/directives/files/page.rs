//! Markdown → blocks of text under headings, each byte tied to its place in the file.
//!
//! What is never read: comments, code blocks, other HTML, tables, block quotes, struck-out text. What could hide a rule
//! from its author without a trace (a comment or a fence that never ends, text indented into a code block) is a problem.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::place::Source;
use super::split::{Mapped, is_lead};
use crate::directives::diagnostics::Problem;

/// One file as blocks.
#[derive(Debug, Default)]
pub struct Page {
    pub headings: Vec<Heading>,
    pub blocks: Vec<Block>,
}

#[derive(Debug)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    pub text: Mapped,
    /// The heading that this one stands under, as an index.
    pub parent: Option<usize>,
    /// The first H1: the page's title, which never scopes.
    pub is_title: bool,
}

#[derive(Debug)]
pub struct Block {
    /// Index of the heading that it stands under.
    pub heading: Option<usize>,
    pub text: Mapped,
    /// The block in the file, markup included, without a list's bullet.
    pub source: Range<usize>,
    pub kind: BlockKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    Paragraph,
    Item {
        /// "The support agent may:", where such a sentence introduces the list.
        lead: Option<String>,
        /// In an ordered list.
        number: Option<u64>,
    },
}

impl Page {
    /// Reads `source`; `skip` bytes at its beginning are front matter.
    pub fn read(source: &Source<'_>, skip: usize) -> (Self, Vec<Problem>) {
        let blanked: String =
            source.text[..skip].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect::<String>()
                + &source.text[skip..];
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
        let mut reader = Reader::new(source);
        for (event, range) in Parser::new_ext(&blanked, options).into_offset_iter() {
            reader.take(event, range);
        }
        reader.flush();
        (reader.page, reader.problems)
    }

    /// The heading and those above it, the nearest first.
    pub fn ancestry(&self, heading: Option<usize>) -> impl Iterator<Item = (usize, &Heading)> {
        std::iter::successors(heading, |index| self.headings[*index].parent).map(|index| (index, &self.headings[index]))
    }

    /// The page's title, if it has one.
    pub fn title(&self) -> Option<&Heading> {
        self.headings.iter().find(|heading| heading.is_title)
    }
}

struct List {
    lead: Option<String>,
    number: Option<u64>,
}

struct Reader<'s, 't> {
    source: &'s Source<'t>,
    page: Page,
    problems: Vec<Problem>,
    lists: Vec<List>,
    /// Inside quotes, tables, code, HTML or struck-out text: how deep.
    ignored: usize,
    in_heading: Option<u8>,
    /// The block that is being gathered.
    text: Option<(Mapped, Range<usize>)>,
    /// The next text begins an item.
    item_begins: bool,
    /// Where the last paragraph ended up, for a list that follows it.
    last_block: Option<usize>,
}

impl<'s, 't> Reader<'s, 't> {
    fn new(source: &'s Source<'t>) -> Self {
        Self {
            source,
            page: Page::default(),
            problems: Vec::new(),
            lists: Vec::new(),
            ignored: 0,
            in_heading: None,
            text: None,
            item_begins: false,
            last_block: None,
        }
    }

    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.push(&text, range),
            Event::Code(_) => {
                let raw = self.source.text.get(range.clone()).unwrap_or_default();
                self.push(raw, range);
            }
            Event::SoftBreak | Event::HardBreak => self.push(" ", range),
            Event::InlineHtml(html) => {
                if html.starts_with("<br") {
                    self.push(" ", range);
                }
            }
            Event::Html(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.in_heading = Some(level as u8);
            }
            Tag::Paragraph => self.flush_unless_item_begins(),
            Tag::List(first) => {
                self.flush();
                let lead = self.lead();
                self.lists.push(List { lead, number: first });
            }
            Tag::Item => {
                self.flush();
                self.item_begins = true;
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                self.ignored += 1;
                self.check_code(&kind, range);
            }
            Tag::HtmlBlock => {
                self.flush();
                self.ignored += 1;
                self.check_html(range);
            }
            Tag::BlockQuote(_) | Tag::Table(_) | Tag::Image { .. } | Tag::Strikethrough => {
                if !matches!(tag, Tag::Strikethrough | Tag::Image { .. }) {
                    self.flush();
                }
                self.ignored += 1;
            }
            Tag::Emphasis
            | Tag::Strong
            | Tag::Link { .. }
            | Tag::TableHead
            | Tag::TableRow
            | Tag::TableCell
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Paragraph => self.flush(),
            TagEnd::Item => {
                self.flush();
                self.item_begins = false;
                if let Some(number) = self.lists.last_mut().and_then(|list| list.number.as_mut()) {
                    *number += 1;
                }
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
                self.last_block = None;
            }
            TagEnd::CodeBlock
            | TagEnd::HtmlBlock
            | TagEnd::BlockQuote(_)
            | TagEnd::Table
            | TagEnd::Image
            | TagEnd::Strikethrough => self.ignored -= 1,
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Link
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::TableCell
            | TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn push(&mut self, text: &str, range: Range<usize>) {
        if self.ignored > 0 {
            return;
        }
        let literal = self.source.text.get(range.clone()) == Some(text);
        let (gathered, source) = self.text.get_or_insert_with(|| (Mapped::default(), range.clone()));
        gathered.push(text, range.start, literal);
        source.end = range.end;
    }

    fn flush_unless_item_begins(&mut self) {
        let begins = self.item_begins;
        self.flush();
        self.item_begins = begins;
    }

    fn flush(&mut self) {
        let Some((text, source)) = self.text.take() else { return };
        if let Some(level) = self.in_heading.take() {
            self.end_heading(level, text);
            return;
        }
        let kind = match self.lists.last() {
            Some(list) if self.item_begins => BlockKind::Item { lead: list.lead.clone(), number: list.number },
            Some(_) | None => BlockKind::Paragraph,
        };
        self.item_begins = false;
        self.last_block = Some(self.page.blocks.len());
        let heading = self.page.headings.len().checked_sub(1);
        self.page.blocks.push(Block { heading, text, source, kind });
    }

    fn end_heading(&mut self, level: u8, text: Mapped) {
        let is_title = level == 1 && self.page.title().is_none();
        let last = self.page.headings.len().checked_sub(1);
        let parent = self.page.ancestry(last).find(|(_, above)| above.level < level).map(|(index, _)| index);
        self.page.headings.push(Heading { level, text, parent, is_title });
        self.last_block = None;
    }

    /// The sentence that introduces the list which begins here, with those that introduce the lists around it.
    fn lead(&self) -> Option<String> {
        let block = &self.page.blocks[self.last_block?];
        let sentence = block.text.sentences().pop()?;
        let outer = match &block.kind {
            BlockKind::Item { lead, .. } => lead.as_deref(),
            BlockKind::Paragraph => None,
        };
        is_lead(&sentence.text).then(|| match outer {
            Some(outer) => format!("{} {}", outer.trim_end_matches([':', ' ']), sentence.text),
            None => sentence.text,
        })
    }

    fn check_code(&mut self, kind: &CodeBlockKind<'_>, range: Range<usize>) {
        let raw = self.source.text.get(range.clone()).unwrap_or_default();
        match kind {
            CodeBlockKind::Fenced(_) => {
                let fence: String = raw.chars().take_while(|c| matches!(c, '`' | '~')).collect();
                let closed = raw.lines().skip(1).last().is_some_and(|last| {
                    let last = last.trim_start_matches(['>', ' ']).trim();
                    last.starts_with(&fence) && last.trim_start_matches(['`', '~']).is_empty()
                });
                if !closed {
                    let what = "this code block never ends, so nothing below it is read";
                    let end = range.start + raw.lines().next().unwrap_or_default().len();
                    let problem = self.source.error("unclosed-code", range.start..end, what);
                    self.problems.push(problem.with_help(format!("close it with a line of {fence}")));
                }
            }
            CodeBlockKind::Indented => {
                let what = "text that is indented by four spaces is code in Markdown and is not read as a rule";
                let problem = self.source.warning("indented-text", range, what);
                self.problems.push(problem.with_help("take the spaces away, or fence it if it is meant as code"));
            }
        }
    }

    fn check_html(&mut self, range: Range<usize>) {
        let raw = self.source.text.get(range.clone()).unwrap_or_default();
        let comment = raw.trim_start().starts_with("<!--");
        let first_line = range.start..range.start + raw.lines().next().unwrap_or_default().len();
        if comment && !raw.contains("-->") {
            let what = "this comment never ends, so nothing below it is read";
            self.problems.push(self.source.error("unclosed-comment", first_line, what).with_help("end it with -->"));
        } else if has_text_outside_tags(raw) {
            let what = "text inside HTML is not read as a rule";
            let problem = self.source.warning("html-text", first_line, what);
            self.problems.push(problem.with_help("write it as plain Markdown, or put it into a comment"));
        }
    }
}

fn has_text_outside_tags(html: &str) -> bool {
    let mut rest = html;
    let mut outside = String::new();
    while let Some(open) = rest.find('<') {
        outside.push_str(&rest[..open]);
        let end = if rest[open..].starts_with("<!--") { "-->" } else { ">" };
        match rest[open..].find(end) {
            Some(close) => rest = &rest[open + close + end.len()..],
            None => return false,
        }
    }
    outside.push_str(rest);
    outside.chars().any(char::is_alphanumeric)
}
