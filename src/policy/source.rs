//! The files as they were read: which package, which rules, on which lines.

use regorus::unstable::{Module, Rule, RuleHead, Span};

use super::ROOT_PACKAGE;

/// The rules that the gate asks for in each package under [`ROOT_PACKAGE`].
pub const DENY: &str = "deny";
pub const ASK: &str = "ask";
pub const ALLOW: &str = "allow";
/// How the names of a file's own tests begin, as `opa test` knows them.
pub const TEST_PREFIX: &str = "test_";
/// How the files of tests end; the gate does not load them.
const TEST_ENDING: &str = "_test.rego";

/// One head of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub name: String,
    pub line: u32,
    pub column: u32,
    /// `default allow := false`.
    pub is_default: bool,
    /// A function is called, never asked for.
    pub is_function: bool,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    pub file: String,
    /// As a reference: `data.workforce.refunds`.
    pub package: String,
    /// In the order in which the engine holds them.
    pub heads: Vec<Head>,
}

impl PolicyFile {
    pub fn of(module: &Module) -> Self {
        let span = &module.package.span;
        let package = format!("data.{}", module.package.refr.span().text());
        let heads = module.policy.iter().map(|rule| head(rule)).collect();
        Self { file: span.source.get_path().clone(), package, heads }
    }

    /// Whether the gate asks this package.
    pub fn decides(&self) -> bool {
        let root = format!("data.{ROOT_PACKAGE}");
        self.package.strip_prefix(&root).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }

    /// The heads that the gate asks for, of one name.
    pub fn asked<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (usize, &'a Head)> {
        self.heads.iter().enumerate().filter(move |(_, head)| head.name == name && !head.is_function)
    }
}

/// How many columns the engine counts for a tab.
const TAB_COLUMNS: u32 = 4;

/// The column in characters, from 1; the engine's own counts a tab as several.
pub fn column_of(span: &Span) -> u32 {
    characters(span.source.line(span.line.saturating_sub(1)), span.col)
}

/// The column in characters of a column of the engine in a line.
pub fn characters(line: &str, engine_column: u32) -> u32 {
    let (mut column, mut seen) = (1, 1);
    for c in line.chars() {
        if seen >= engine_column {
            break;
        }
        seen += if c == '\t' { TAB_COLUMNS } else { 1 };
        column += 1;
    }
    column
}

pub fn is_test(file: &str) -> bool {
    file.ends_with(TEST_ENDING)
}

fn head(rule: &Rule) -> Head {
    let (refr, is_default, is_function) = match rule {
        Rule::Default { refr, args, .. } => (refr, true, !args.is_empty()),
        Rule::Spec { head: RuleHead::Func { refr, .. }, .. } => (refr, false, true),
        Rule::Spec { head: RuleHead::Compr { refr, .. } | RuleHead::Set { refr, .. }, .. } => (refr, false, false),
    };
    let span = rule.span();
    // `deny.reasons[x]` and `deny["x"]` belong to `deny`.
    let name = refr.span().text().split(['.', '[', ' ']).next().unwrap_or_default().to_owned();
    Head { name, line: span.line, column: column_of(span), is_default, is_function }
}
