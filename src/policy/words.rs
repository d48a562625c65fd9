//! What a policy may call: everything that Rego has, but what reads the world outside its input, and what can make much out
//! of little in one step.
//!
//! The engine looks at its clock between steps, never within one. A function whose result can be many times larger than what
//! it was given would therefore escape the time limit, which is also the bound of memory; those are left out. A name that
//! nobody defines would fail at the first call that needs it; it is refused when the file is read.

use std::collections::BTreeSet;

use regorus::unstable::{BUILTINS, Lexer, Token, TokenKind};

use super::Flaw;
use super::source::column_of;

/// Functions that are off, with what to write instead.
const OFF: &[(&str, &str)] = &[
    ("time.now_ns", "the time that counts is input.now.ns"),
    ("rand.intn", "a decision must be the same when it is looked at again"),
    ("uuid.rfc4122", "a decision must be the same when it is looked at again"),
    ("http.send", "what a policy may know is in its input"),
    ("opa.runtime", "what a policy may know is in its input"),
    ("numbers.range", "name the numbers, or compare with < and >"),
    ("numbers.range_step", "name the numbers, or compare with < and >"),
    ("bits.lsh", "multiply by a number"),
    ("replace", "compare with contains, startswith or regex.match"),
    ("strings.replace_n", "compare with contains, startswith or regex.match"),
    ("regex.replace", "compare with regex.match"),
];
/// Functions whose first argument must stand there as text, because it multiplies.
const LITERAL_FIRST: &[&str] = &["sprintf", "concat"];
/// The longest such text, in characters, and the widest column that it may ask for, in digits.
const MAX_LITERAL_CHARS: usize = 200;
const MAX_WIDTH_DIGITS: usize = 2;
/// Words that may stand before a parenthesis without being called.
const WORDS: &[&str] = &[
    "as", "contains", "default", "else", "every", "if", "import", "in", "not", "package", "some", "with", "print",
    "set",
];

/// The engine's parser reads each `{` and `[` in several ways until one fits, so that its time doubles with each that stands
/// inside another: fourteen take seconds. No rule needs so many.
const MOST_NESTED: usize = 10;

/// The first bracket that stands too deep for the engine's parser to be asked.
pub fn too_deep(file: &str, text: &str) -> Option<Flaw> {
    let mut open = 0_usize;
    for token in &tokens_of(file, text) {
        if is_symbol(token, "{") || is_symbol(token, "[") {
            open += 1;
        } else if is_symbol(token, "}") || is_symbol(token, "]") {
            open = open.saturating_sub(1);
        }
        if open > MOST_NESTED {
            let what = format!("this stands inside more than {MOST_NESTED} brackets");
            let help = "give a part of it a name, as a rule of its own".to_owned();
            return Some(Flaw { code: "bad-policy", ..flaw(file, token, "{", what, help) });
        }
    }
    None
}

/// The calls of one file that cannot work, or may not.
pub fn forbidden_calls(file: &str, text: &str, defined: &BTreeSet<String>) -> Vec<Flaw> {
    let tokens = tokens_of(file, text);
    let mut flaws = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some((path, next)) = path_from(&tokens, at) else {
            at += 1;
            continue;
        };
        let called = tokens.get(next).is_some_and(|token| is_symbol(token, "(") && adjacent(&tokens[next - 1], token));
        if let Some((_, instead)) = OFF.iter().find(|(name, _)| *name == path) {
            flaws.push(flaw(file, &tokens[at], &path, format!("{path} is off in policies"), (*instead).to_owned()));
        } else if LITERAL_FIRST.contains(&path.as_str()) {
            if !called || !tokens.get(next + 1).is_some_and(is_small_literal) {
                let what = format!("the first argument of {path} must be a short text that stands here");
                flaws.push(flaw(file, &tokens[at], &path, what, format!("write {path}(\"…\", …)")));
            }
        } else if called && !is_known(&path, defined) {
            let what = format!("there is no function called {path}");
            let help = nearest(&path, defined).map_or_else(
                || "see the built-in functions of Rego".to_owned(),
                |near| format!("did you mean {near}?"),
            );
            flaws.push(flaw(file, &tokens[at], &path, what, help));
        }
        at = next;
    }
    flaws
}

fn tokens_of(file: &str, text: &str) -> Vec<Token> {
    let Ok(source) = regorus::unstable::Source::from_contents(file.to_owned(), text.to_owned()) else {
        return Vec::new();
    };
    let mut lexer = Lexer::new(&source);
    let mut tokens = Vec::new();
    // A file that has no tokens any more was refused by the parser already.
    while let Ok(token) = lexer.next_token() {
        match token.0 {
            TokenKind::Eof => break,
            TokenKind::Symbol | TokenKind::String | TokenKind::RawString | TokenKind::Number | TokenKind::Ident => {
                tokens.push(token);
            }
        }
    }
    tokens
}

/// A dotted name that begins at `at`, and where it ends.
fn path_from(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let first = tokens.get(at).filter(|token| matches!(token.0, TokenKind::Ident))?;
    if at > 0 && is_symbol(&tokens[at - 1], ".") {
        return None;
    }
    let (mut path, mut next) = (first.1.text().to_owned(), at + 1);
    while let (Some(dot), Some(name)) = (tokens.get(next), tokens.get(next + 1)) {
        let joined = is_symbol(dot, ".") && matches!(name.0, TokenKind::Ident) && adjacent(&tokens[next - 1], dot);
        if !joined {
            break;
        }
        path.push('.');
        path.push_str(name.1.text());
        next += 2;
    }
    Some((path, next))
}

fn is_symbol(token: &Token, symbol: &str) -> bool {
    matches!(token.0, TokenKind::Symbol) && token.1.text() == symbol
}

fn adjacent(left: &Token, right: &Token) -> bool {
    left.1.end == right.1.start
}

/// A text whose columns are narrow: `%5d` is, `%1000000d` is not.
fn is_small_literal(token: &Token) -> bool {
    let text = token.1.text();
    let widths = text.split('%').skip(1).map(|rest| rest.chars().take_while(|c| c.is_numeric() || *c == '.').count());
    matches!(token.0, TokenKind::String | TokenKind::RawString)
        && text.chars().count() <= MAX_LITERAL_CHARS
        && widths.max().unwrap_or(0) <= MAX_WIDTH_DIGITS + 1
}

fn is_known(path: &str, defined: &BTreeSet<String>) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    WORDS.contains(&path) || BUILTINS.contains_key(path) || defined.contains(path) || defined.contains(last)
}

fn nearest(path: &str, defined: &BTreeSet<String>) -> Option<String> {
    let known = BUILTINS.keys().copied().chain(defined.iter().map(String::as_str));
    let off = |name: &str| OFF.iter().any(|(known, _)| *known == name);
    known
        .filter(|name| !off(name))
        .map(|name| (strsim::damerau_levenshtein(name, path), name))
        .filter(|(distance, name)| *distance <= 2 && *distance < name.len())
        .min()
        .map(|(_, name)| name.to_owned())
}

fn flaw(file: &str, token: &Token, marked: &str, message: String, help: String) -> Flaw {
    Flaw {
        code: "policy-call",
        file: file.to_owned(),
        line: token.1.line,
        column: column_of(&token.1),
        length: u32::try_from(marked.chars().count()).unwrap_or(u32::MAX),
        message,
        help,
        is_warning: false,
    }
}
