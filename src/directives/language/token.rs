//! Text → tokens with byte spans. Contractions are taken apart, hyphenated words too; numbers keep their written form,
//! because how "1.000" reads depends on the currency beside it.

use std::ops::Range;

use super::vocabulary::words::{CONTRACTIONS, CURRENCY_SIGNS};
use crate::directives::rule::Condition;
use crate::workers::WorkerRef;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Word,
    /// Digits with their separators, as written.
    Number,
    /// `9:30`: hour and minute as written, checked later.
    Clock(u32, u32),
    /// `2026-08-03`, checked later.
    Date(i32, u32, u32),
    /// An ISO 4217 code, from a sign such as `$`.
    Currency(&'static str),
    Handle(String),
    Channel(String),
    /// In backticks.
    Code(String),
    /// In quotation marks.
    Quote(String),
    Mark(char),
    /// Not written: a worker that the heading supplies.
    Worker(WorkerRef),
    /// Not written: a condition that the heading supplies.
    Given(Box<Condition>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub span: Range<usize>,
    /// Lower case, straight apostrophes.
    pub low: String,
    /// As written.
    pub text: String,
    /// No space before it.
    pub glued: bool,
    /// Joined to the token before by a hyphen.
    pub hyphen: bool,
    /// Ids of the grammar's words that this is a form of; sorted.
    pub lemmas: Vec<u16>,
}

impl Token {
    pub fn new(kind: Kind, span: Range<usize>, text: &str) -> Self {
        let low = text.to_lowercase();
        Self { kind, span, low, text: text.to_owned(), glued: false, hyphen: false, lemmas: Vec::new() }
    }

    pub fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    pub fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

/// All tokens of `text`; a final full stop or exclamation mark is left out.
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, chars: text.char_indices().collect(), at: 0, out: Vec::new() };
    lexer.run();
    let mut tokens = lexer.out;
    // "Questions about laptops? Ask Iggy." introduces like a colon.
    let last = tokens.len().saturating_sub(1);
    for token in tokens.iter_mut().take(last).filter(|token| token.is_mark('?')) {
        token.kind = Kind::Mark(':');
        token.low = ":".to_owned();
    }
    while tokens.last().is_some_and(|t| matches!(t.kind, Kind::Mark('.' | '!' | ';' | ','))) {
        tokens.pop();
    }
    tokens
}

struct Lexer<'a> {
    text: &'a str,
    chars: Vec<(usize, char)>,
    at: usize,
    out: Vec<Token>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while self.at < self.chars.len() {
            let start = self.at;
            let c = self.chars[start].1;
            if c.is_whitespace() {
                self.at += 1;
                continue;
            }
            let before = self.out.len();
            let glued = start > 0 && !self.chars[start - 1].1.is_whitespace();
            self.one(c);
            if let Some(first) = self.out.get_mut(before) {
                first.glued = glued;
            }
        }
    }

    fn peek(&self, offset: usize) -> Option<char> {
        self.chars.get(self.at + offset).map(|(_, c)| *c)
    }

    fn byte(&self, index: usize) -> usize {
        self.chars.get(index).map_or(self.text.len(), |(byte, _)| *byte)
    }

    fn push(&mut self, kind: Kind, from: usize, to: usize) {
        let span = self.byte(from)..self.byte(to);
        let text = &self.text[span.clone()];
        self.out.push(Token::new(kind, span, text));
    }

    fn one(&mut self, c: char) {
        let start = self.at;
        if c.is_ascii_digit() {
            return self.number();
        }
        if c.is_alphabetic() {
            return self.word();
        }
        if let Some((_, code)) = CURRENCY_SIGNS.iter().find(|(sign, _)| *sign == c) {
            self.at += 1;
            return self.push(Kind::Currency(code), start, start + 1);
        }
        match c {
            '@' | '#' if self.peek(1).is_some_and(|n| n.is_alphanumeric()) => self.tagged(c),
            '`' | '"' | '“' | '„' | '«' => self.quoted(c),
            '‘' | '\'' if self.single_quoted() => {}
            '-' | '–' | '—' if self.joins_words(c) => {
                self.at += 1;
                let before = self.out.len();
                self.word();
                if let Some(token) = self.out.get_mut(before) {
                    token.hyphen = true;
                }
            }
            '-' | '–' | '—' => {
                self.at += 1;
                self.push(Kind::Mark('-'), start, start + 1);
                if let Some(token) = self.out.last_mut() {
                    token.low = "-".to_owned();
                }
            }
            '*' | '_' => self.at += 1,
            '’' | '\'' => self.apostrophe(),
            // "max. 20 $".
            '.' if self.abbreviated(start) => self.at += 1,
            other => {
                self.at += 1;
                self.push(Kind::Mark(other), start, start + 1);
            }
        }
    }

    /// The full stop of "max." and the like, where the sentence goes on.
    fn abbreviated(&self, dot: usize) -> bool {
        let short = self.out.last().is_some_and(|token| {
            matches!(token.low.as_str(), "max" | "min" | "approx" | "incl" | "excl" | "resp" | "hrs" | "mins" | "appr")
        });
        short && self.chars[dot + 1..].iter().find(|(_, c)| !c.is_whitespace()).is_some_and(|(_, c)| !c.is_uppercase())
    }

    /// A hyphen between two letters, or between a digit and a letter ("30-minute").
    fn joins_words(&self, c: char) -> bool {
        c == '-'
            && self.at > 0
            && self.chars[self.at - 1].1.is_alphanumeric()
            && self.peek(1).is_some_and(char::is_alphabetic)
    }

    fn tagged(&mut self, sign: char) {
        let start = self.at;
        self.at += 1;
        while self.peek(0).is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')) {
            self.at += 1;
        }
        while self.at > start + 1 && matches!(self.chars[self.at - 1].1, '.' | '-') {
            self.at -= 1;
        }
        let name = self.text[self.byte(start + 1)..self.byte(self.at)].to_lowercase();
        let kind = if sign == '@' { Kind::Handle(name) } else { Kind::Channel(name) };
        self.push(kind, start, self.at);
    }

    fn quoted(&mut self, open: char) {
        let start = self.at;
        let closes = |c: char| match open {
            '`' => c == '`',
            '«' => c == '»',
            _ => matches!(c, '"' | '”' | '“'),
        };
        match (start + 1..self.chars.len()).find(|&i| closes(self.chars[i].1)) {
            Some(end) => {
                let inner =
                    self.text[self.byte(start + 1)..self.byte(end)].trim().trim_end_matches([',', '.']).to_owned();
                self.at = end + 1;
                self.push(if open == '`' { Kind::Code(inner) } else { Kind::Quote(inner) }, start, end + 1);
            }
            None => {
                self.at += 1;
                self.push(Kind::Mark(open), start, start + 1);
            }
        }
    }

    /// `'lawsuit'`: opens after a space, closes before one; an apostrophe otherwise.
    fn single_quoted(&mut self) -> bool {
        let start = self.at;
        let opens = (start == 0 || !self.chars[start - 1].1.is_alphanumeric())
            && self.peek(1).is_some_and(char::is_alphanumeric);
        if !opens {
            return false;
        }
        let end = (start + 1..self.chars.len()).find(|&i| {
            matches!(self.chars[i].1, '\'' | '’') && !self.chars.get(i + 1).is_some_and(|(_, c)| c.is_alphanumeric())
        });
        let Some(end) = end else { return false };
        let inner = self.text[self.byte(start + 1)..self.byte(end)].trim().to_owned();
        self.at = end + 1;
        self.push(Kind::Quote(inner), start, end + 1);
        true
    }

    /// A possessive after a plural, a quotation or a handle: `customers'`, `@dana's`.
    fn apostrophe(&mut self) {
        let start = self.at;
        self.at += 1;
        if self.peek(0) == Some('s') && !self.peek(1).is_some_and(char::is_alphanumeric) {
            self.at += 1;
        }
        self.push(Kind::Word, start, self.at);
        if let Some(token) = self.out.last_mut() {
            token.low = "'s".to_owned();
        }
    }

    fn number(&mut self) {
        let start = self.at;
        let digits = |lexer: &Self, from: usize| {
            (from..lexer.chars.len()).take_while(|&i| lexer.chars[i].1.is_ascii_digit()).count()
        };
        let first = digits(self, start);
        self.at += first;
        if first == 4 && self.iso_date(start) {
            return;
        }
        if matches!(self.peek(0), Some(':')) && (1..=2).contains(&first) && digits(self, self.at + 1) == 2 {
            let hour = self.text[self.byte(start)..self.byte(self.at)].parse().unwrap_or(99);
            let minute = self.text[self.byte(self.at + 1)..self.byte(self.at + 3)].parse().unwrap_or(99);
            self.at += 3;
            return self.push(Kind::Clock(hour, minute), start, self.at);
        }
        while matches!(self.peek(0), Some('.' | ',' | '\'' | '\u{a0}' | '\u{202f}')) && digits(self, self.at + 1) > 0 {
            self.at += 1 + digits(self, self.at + 1);
        }
        self.push(Kind::Number, start, self.at);
    }

    fn iso_date(&mut self, start: usize) -> bool {
        let end = start + 10;
        if end > self.chars.len() {
            return false;
        }
        let text = &self.text[self.byte(start)..self.byte(end)];
        let mut parts = text.split('-');
        let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse()) else { return false };
        self.at = end;
        self.push(Kind::Date(year, month, day), start, end);
        true
    }

    fn word(&mut self) {
        let start = self.at;
        while let Some(c) = self.peek(0) {
            let inside = c.is_alphanumeric()
                || (matches!(c, '\'' | '’') && self.peek(1).is_some_and(char::is_alphabetic))
                || (matches!(c, '.') && self.abbreviates(start))
                || (c == '/' && self.zone(start));
            if !inside {
                break;
            }
            self.at += 1;
        }
        let low = self.text[self.byte(start)..self.byte(self.at)].to_lowercase().replace('’', "'");
        if low == "e"
            && self.peek(0) == Some('-')
            && self.text[self.byte(self.at)..].to_lowercase().starts_with("-mail")
        {
            self.at += 1;
            while self.peek(0).is_some_and(char::is_alphabetic) {
                self.at += 1;
            }
            let text = self.text[self.byte(start)..self.byte(self.at)].to_lowercase().replace('-', "");
            self.push(Kind::Word, start, self.at);
            if let Some(token) = self.out.last_mut() {
                token.low = text;
            }
            return;
        }
        if let Some((_, parts)) = CONTRACTIONS.iter().find(|(short, _)| *short == low) {
            for part in *parts {
                self.push(Kind::Word, start, self.at);
                if let Some(token) = self.out.last_mut() {
                    token.low = (*part).to_owned();
                    token.text = (*part).to_owned();
                }
            }
            return;
        }
        let chars = self.at - start;
        if low.ends_with("'s") && chars > 2 {
            self.push(Kind::Word, start, self.at - 2);
            self.push(Kind::Word, self.at - 2, self.at);
            if let Some(token) = self.out.last_mut() {
                token.low = "'s".to_owned();
                token.glued = true;
            }
            return;
        }
        self.push(Kind::Word, start, self.at);
    }

    /// `a.m.`, `e.g.`: single letters between dots.
    fn abbreviates(&self, start: usize) -> bool {
        let since = (self.at - start).is_multiple_of(2);
        let single = self.at > start && !since && self.chars[self.at - 1].1.is_alphabetic();
        let tail: String = self.chars[start..].iter().take(4).map(|(_, c)| c.to_ascii_lowercase()).collect();
        single
            && (tail.starts_with("a.m.")
                || tail.starts_with("p.m.")
                || tail.starts_with("e.g.")
                || tail.starts_with("i.e."))
    }

    /// A slash inside a time zone's name: `Europe/Berlin`.
    fn zone(&self, start: usize) -> bool {
        let low = self.text[self.byte(start)..self.byte(self.at)].to_lowercase();
        matches!(
            low.as_str(),
            "europe" | "america" | "asia" | "africa" | "australia" | "pacific" | "atlantic" | "indian" | "etc"
        ) && self.peek(1).is_some_and(char::is_alphabetic)
    }
}
