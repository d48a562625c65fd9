//! Byte offsets → lines and columns, and problems that stand at a place.

use std::ops::Range;

use crate::directives::diagnostics::{Problem, Severity};

/// One file while it is read: its path, its text, and where its lines begin.
#[derive(Debug)]
pub struct Source<'t> {
    pub file: &'t str,
    pub text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Source<'t> {
    pub fn new(file: &'t str, text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, starts }
    }

    /// Line and column of a byte offset, both from 1, the column in characters. Offsets past the end are at the end.
    pub fn place(&self, offset: usize) -> (u32, u32) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts[line - 1];
        let column = self.text[start..offset].chars().count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// The byte offset of a line and a column (in characters), both from 1.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let Some(start) = line.checked_sub(1).and_then(|index| self.starts.get(index)) else { return self.text.len() };
        let rest = &self.text[*start..];
        start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
    }

    /// A problem about a byte range of this file.
    pub fn problem(&self, severity: Severity, code: &str, range: Range<usize>, message: impl Into<String>) -> Problem {
        let (line, column) = self.place(range.start);
        let marked = self.text.get(range).unwrap_or_default();
        let length = marked.lines().next().unwrap_or_default().chars().count();
        Problem {
            severity,
            code: code.to_owned(),
            file: self.file.to_owned(),
            line,
            column,
            message: message.into(),
            help: None,
            length: u32::try_from(length).unwrap_or(u32::MAX),
            related: None,
            suggestion: None,
        }
    }

    pub fn error(&self, code: &str, range: Range<usize>, message: impl Into<String>) -> Problem {
        self.problem(Severity::Error, code, range, message)
    }

    pub fn warning(&self, code: &str, range: Range<usize>, message: impl Into<String>) -> Problem {
        self.problem(Severity::Warning, code, range, message)
    }
}
