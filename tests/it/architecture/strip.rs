//! Parts a Rust source into code, comments and string literals, without a parser: enough to search each by itself.

/// One source, three ways. `code` keeps every line and column: what was comment or literal text is blank there.
pub struct Stripped {
    pub code: String,
    /// Each comment with the line on which it begins, from 1.
    pub comments: Vec<(usize, String)>,
    /// Each string literal as written between its quotes, with the line on which it begins, from 1.
    pub strings: Vec<(usize, String)>,
}

pub fn strip(source: &str) -> Stripped {
    let chars: Vec<char> = source.chars().collect();
    let mut reader = Reader { chars: &chars, at: 0, line: 1, out: Stripped::empty(source.len()) };
    while reader.at < chars.len() {
        reader.step();
    }
    reader.out
}

impl Stripped {
    fn empty(capacity: usize) -> Self {
        Self { code: String::with_capacity(capacity), comments: Vec::new(), strings: Vec::new() }
    }
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    line: usize,
    out: Stripped,
}

impl Reader<'_> {
    fn step(&mut self) {
        let c = self.chars[self.at];
        let starts_word = self.at == 0 || !is_word(self.chars[self.at - 1]);
        if self.looks_at("//") {
            self.line_comment();
        } else if self.looks_at("/*") {
            self.block_comment();
        } else if c == '"' {
            self.quoted();
        } else if starts_word && let Some(hashes) = self.raw_string() {
            self.raw(hashes);
        } else if c == '\'' {
            self.quote_mark();
        } else {
            self.keep();
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn looks_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(i, c)| self.peek(i) == Some(c))
    }

    /// Keeps one character as code.
    fn keep(&mut self) {
        self.out.code.push(self.chars[self.at]);
        self.pass();
    }

    /// Blanks one character of the code and returns it.
    fn blank(&mut self) -> char {
        let c = self.chars[self.at];
        self.out.code.push(if c == '\n' { '\n' } else { ' ' });
        self.pass();
        c
    }

    fn pass(&mut self) {
        if self.chars[self.at] == '\n' {
            self.line += 1;
        }
        self.at += 1;
    }

    fn line_comment(&mut self) {
        let (line, mut text) = (self.line, String::new());
        while self.peek(0).is_some_and(|c| c != '\n') {
            text.push(self.blank());
        }
        self.out.comments.push((line, text));
    }

    /// Block comments nest in Rust.
    fn block_comment(&mut self) {
        let (line, mut text, mut depth) = (self.line, String::new(), 0_usize);
        while self.at < self.chars.len() {
            if self.looks_at("/*") {
                depth += 1;
                text.push(self.blank());
            } else if self.looks_at("*/") {
                depth -= 1;
                text.push(self.blank());
            }
            text.push(self.blank());
            if depth == 0 {
                break;
            }
        }
        self.out.comments.push((line, text));
    }

    fn quoted(&mut self) {
        let (line, mut text) = (self.line, String::new());
        self.keep();
        while let Some(c) = self.peek(0) {
            if c == '"' {
                self.keep();
                break;
            }
            text.push(self.blank());
            if c == '\\' && self.peek(0).is_some() {
                text.push(self.blank());
            }
        }
        self.out.strings.push((line, text));
    }

    /// The number of `#` if a raw string (`r"`, `r#"`, `br"`, `cr"`) begins here.
    fn raw_string(&self) -> Option<usize> {
        let r = match (self.peek(0)?, self.peek(1)) {
            ('r', _) => 1,
            ('b' | 'c', Some('r')) => 2,
            _ => return None,
        };
        let hashes = (0..).take_while(|i| self.peek(r + i) == Some('#')).count();
        (self.peek(r + hashes) == Some('"')).then_some(hashes)
    }

    fn raw(&mut self, hashes: usize) {
        let (line, mut text) = (self.line, String::new());
        while self.peek(0) != Some('"') {
            self.keep();
        }
        self.keep();
        let end = format!("\"{}", "#".repeat(hashes));
        while self.at < self.chars.len() && !self.looks_at(&end) {
            text.push(self.blank());
        }
        for _ in 0..end.len().min(self.chars.len() - self.at) {
            self.keep();
        }
        self.out.strings.push((line, text));
    }

    /// A character literal is blanked; a lifetime is code.
    fn quote_mark(&mut self) {
        let literal = self.peek(1) == Some('\\') || self.peek(2) == Some('\'');
        self.keep();
        if !literal {
            return;
        }
        if self.peek(0) == Some('\\') {
            self.blank();
        }
        while self.at < self.chars.len() {
            self.blank();
            if self.peek(0) == Some('\'') {
                self.keep();
                break;
            }
        }
    }
}

pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[test]
fn comments_and_literals_are_no_code() {
    let source = "let a = \"x // \\\" no\"; // todo!()\nlet b = r#\"SELECT \"1\"\"#; /* a /* b */ dbg!() */ let c = 'x';\n'\\''; '\"'; fn f<'a>(s: &'a str) {}\nb\"bytes\"; br\"raw\"; for_r\"s\"";
    let parts = strip(source);
    assert_eq!(parts.code.lines().count(), source.lines().count());
    assert_eq!(parts.code.chars().count(), source.chars().count());
    for hidden in ["todo", "dbg", "SELECT", "no", "bytes", "raw"] {
        assert!(!parts.code.contains(hidden), "{hidden}: {}", parts.code);
    }
    for kept in ["let c =", "fn f<'a>(s: &'a str) {}", "let b = r#"] {
        assert!(parts.code.contains(kept), "{kept}: {}", parts.code);
    }
    assert_eq!(parts.comments.len(), 2);
    let texts: Vec<&str> = parts.strings.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["x // \\\" no", "SELECT \"1\"", "bytes", "raw", "s"]);
    assert_eq!(parts.strings[2].0, 4);
}
