//! A block's text → its sentences, each byte still tied to the file.

/// Text together with the byte of the file that each of its bytes came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapped {
    pub text: String,
    /// One offset for each byte of `text`.
    offsets: Vec<usize>,
}

impl Mapped {
    /// Adds text that stands at `start` in the file; text that is not `literal` there (an entity, a line break) maps to
    /// where it begins. White space is kept to one blank.
    pub fn push(&mut self, text: &str, start: usize, literal: bool) {
        for (at, c) in text.char_indices() {
            let from = if literal { start + at } else { start };
            if c.is_whitespace() {
                if !self.text.is_empty() && !self.text.ends_with(' ') {
                    self.text.push(' ');
                    self.offsets.push(from);
                }
                continue;
            }
            self.text.push(c);
            self.offsets.extend((0..c.len_utf8()).map(|n| if literal { from + n } else { from }));
        }
    }

    /// Where a byte of the text stands in the file.
    pub fn offset(&self, at: usize) -> usize {
        match self.offsets.get(at) {
            Some(offset) => *offset,
            None => self.offsets.last().map_or(0, |last| last + 1),
        }
    }

    /// A range of the text as a range of the file.
    pub fn range(&self, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
        let start = self.offset(range.start);
        let end = match range.end.checked_sub(1).and_then(|last| self.offsets.get(last)) {
            Some(last) => last + 1,
            None => start,
        };
        start..end.max(start)
    }

    /// The whole of it in the file.
    pub fn whole(&self) -> std::ops::Range<usize> {
        self.range(0..self.text.len())
    }

    /// A part, by bytes of the text, without blanks around it.
    pub fn part(&self, range: std::ops::Range<usize>) -> Self {
        let raw = &self.text[range.clone()];
        let start = range.start + (raw.len() - raw.trim_start().len());
        let end = start + raw.trim().len();
        Self { text: self.text[start..end].to_owned(), offsets: self.offsets[start..end].to_vec() }
    }

    pub fn sentences(&self) -> Vec<Self> {
        let mut out = Vec::new();
        let mut start = 0;
        for end in ends(&self.text) {
            out.push(self.part(start..end));
            start = end;
        }
        out.push(self.part(start..self.text.len()));
        out.retain(|sentence| !sentence.text.is_empty());
        out
    }
}

/// Whether a sentence only introduces the list that follows it.
pub fn is_lead(sentence: &str) -> bool {
    sentence.ends_with(':')
}

/// The byte offsets at which sentences end.
fn ends(text: &str) -> Vec<usize> {
    let closed = Enclosures::of(text);
    let mut out = Vec::new();
    for (at, c) in text.char_indices() {
        if !matches!(c, '.' | '!' | '?') {
            continue;
        }
        let after = &text[at + c.len_utf8()..];
        let closing = after.len() - after.trim_start_matches(['"', '”', '’', '\'', ')', ']', '.', '!', '?']).len();
        let end = at + c.len_utf8() + closing;
        let rest = &text[end..];
        if !rest.starts_with(' ') || closed.holds(at, end) {
            continue;
        }
        let closes = after[..closing].contains(['"', '”', '’', '\'', ')', ']']);
        if closes && rest.trim_start().starts_with(char::is_lowercase) {
            continue;
        }
        if c == '.' && !ends_here(&text[..at], rest.trim_start()) {
            continue;
        }
        if out.last() != Some(&end) {
            out.push(end);
        }
    }
    out
}

/// Whether a full stop between `before` and `next` ends a sentence; an abbreviation's does not.
fn ends_here(before: &str, next: &str) -> bool {
    let word = before.rsplit([' ', '(', '“', '"']).next().unwrap_or_default();
    let lower = word.to_lowercase();
    let starts_upper = next.chars().next().is_some_and(char::is_uppercase);
    let starts_digit = next.chars().next().is_some_and(|c| c.is_ascii_digit());
    match lower.as_str() {
        "e.g" | "i.e" | "eg" | "ie" | "cf" | "vs" | "approx" | "ca" | "resp" | "incl" | "excl" | "mr" | "mrs"
        | "ms" | "dr" | "prof" | "st" | "max" | "min" => false,
        "no" | "nr" | "art" | "sec" | "fig" | "jan" | "feb" | "mar" | "apr" | "jun" | "jul" | "aug" | "sep"
        | "sept" | "oct" | "nov" | "dec" => !starts_digit,
        "a.m" | "p.m" => starts_upper && !continues_a_time(next),
        "etc" | "inc" | "ltd" | "co" | "corp" | "dept" => starts_upper,
        // The initial of a name: "Kim J. Osei".
        _ if word.chars().count() == 1 && word.chars().all(char::is_uppercase) => {
            let previous = before[..before.len() - word.len()].split_whitespace().next_back().unwrap_or_default();
            !(starts_upper && previous.chars().next().is_some_and(char::is_uppercase))
        }
        _ => true,
    }
}

/// "a.m. Berlin time", "p.m. UTC", "a.m. Monday": the time goes on.
fn continues_a_time(next: &str) -> bool {
    let mut words = next.split_whitespace().map(|word| word.trim_end_matches([',', '.', ':']));
    let first = words.next().unwrap_or_default();
    let zone = first.len() >= 2 && first.chars().all(|c| c.is_uppercase() || c == '/');
    let day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().any(|day| first.to_lowercase().starts_with(day))
        && first.to_lowercase().trim_end_matches('s').ends_with("day");
    let area = first.contains('/');
    zone || day || area || words.take(2).any(|word| word == "time")
}

/// Code, quotations and brackets within which no sentence ends.
struct Enclosures(Vec<std::ops::Range<usize>>);

impl Enclosures {
    fn of(text: &str) -> Self {
        let mut spans = Vec::new();
        let mut chars = text.char_indices();
        while let Some((at, c)) = chars.next() {
            let close = match c {
                '`' => '`',
                '“' => '”',
                '"' => '"',
                '(' => ')',
                _ => continue,
            };
            let inside = at + c.len_utf8();
            if let Some(length) = text[inside..].find(close) {
                let end = inside + length + close.len_utf8();
                spans.push(at..end);
                while chars.clone().next().is_some_and(|(next, _)| next < end) {
                    chars.next();
                }
            }
        }
        Self(spans)
    }

    /// Whether the stop at `at` is inside, and what follows it does not leave it: `… “stop.” Then` ends after the quote.
    fn holds(&self, at: usize, end: usize) -> bool {
        self.0.iter().any(|span| span.start < at && at < span.end && end < span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        let mut mapped = Mapped::default();
        mapped.push(text, 0, true);
        mapped.sentences().into_iter().map(|s| s.text).collect()
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        for one in [
            "Refunds of 1.000 € or more need approval.",
            "Large tools, e.g. Figma, need approval.",
            "Every weekday at 9 a.m. Berlin time, remind owners.",
            "A refund means `billing.refund`; its amount is `amount_cents` in cents of USD.",
            "Answer “Done. See you.” to everyone",
            "Ask Mr. Osei, approx. 3 people and No. 5.",
            "Kim J. Osei keeps the directives.",
            "Dana (see below. It matters.) approves refunds.",
        ] {
            assert_eq!(split(one), [one], "{one}");
        }
        assert_eq!(
            split("Ask @kim. Then wait! Done? They stop at 5 p.m. Refunds need approval. invoices too."),
            ["Ask @kim.", "Then wait!", "Done?", "They stop at 5 p.m.", "Refunds need approval.", "invoices too."]
        );
        assert_eq!(split("Say “stop.” Then go."), ["Say “stop.”", "Then go."]);
        assert_eq!(split("The limit is 200. Above it, ask."), ["The limit is 200.", "Above it, ask."]);
    }

    #[test]
    fn every_byte_knows_its_place() {
        let mut mapped = Mapped::default();
        mapped.push("Häuser go", 10, true);
        mapped.push(" ", 20, false);
        mapped.push("up. Ü.", 23, true);
        let sentences = mapped.sentences();
        assert_eq!(sentences[0].text, "Häuser go up.");
        assert_eq!(sentences[0].whole(), 10..26);
        assert_eq!((sentences[1].text.as_str(), sentences[1].whole()), ("Ü.", 27..30));
    }
}
