//! The notation of patterns, compiled once: `goes|belongs to`, `(sign off|wave through)`, `<relation>`, `{slot}`, `word?`,
//! `=exact` (this form only) and `~` (a place for adjuncts such as "within 4 hours").

use std::collections::HashMap;
use std::sync::LazyLock;

use super::forms::{bases_of, forms_of};
use super::pattern_set::{Form, Set, TABLES};
use super::vocabulary::gate_relations::GATE_RELATIONS;
use super::vocabulary::relations::RELATIONS;
use super::vocabulary::voices::VOICE_RELATIONS;
use super::vocabulary::words::{FILLERS, HEDGES};

/// What a pattern takes from the sentence besides its literal words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    Who,
    To,
    From,
    Act,
    First,
    /// What is acted on, in the passive ("*licences* may be assigned"), and how.
    Obj,
    Part,
    /// Words that nothing accounts for; always with a fault.
    Free,
    Work,
    Cond,
    /// A condition that needs no "if": an amount, a channel, hours.
    Mod,
    Topics,
    Mentions,
    Channels,
    Seg,
    Source,
    Prio,
    Level,
    Okay,
    Bound,
    Money,
    Num,
    Count,
    NumBound,
    Pct,
    Dur,
    Per,
    Period,
    Dates,
    Date,
    Days,
}

#[derive(Debug, Clone)]
pub enum Elem {
    Word(Vec<u16>),
    Any(Vec<Seq>),
    Opt(Seq),
    Slot(Slot),
    Adjuncts,
}

/// Elements one after the other.
#[derive(Debug, Clone, Default)]
pub struct Seq {
    pub elems: Vec<Elem>,
    /// The words with which it can start; `None` where a slot may come first, or nothing at all need be there.
    pub first: Option<Vec<u16>>,
}

impl Seq {
    fn of(elems: Vec<Elem>) -> Self {
        let mut first = Vec::new();
        let closed = starts(&elems, &mut first);
        first.sort_unstable();
        first.dedup();
        Self { elems, first: closed.then_some(first) }
    }
}

/// Collects the words with which `elems` can start; `false` where that is not known.
fn starts(elems: &[Elem], first: &mut Vec<u16>) -> bool {
    for elem in elems {
        match elem {
            Elem::Word(ids) => {
                first.extend(ids);
                return true;
            }
            Elem::Any(alternatives) => {
                return alternatives.iter().all(|seq| match &seq.first {
                    Some(ids) => {
                        first.extend(ids);
                        true
                    }
                    None => false,
                });
            }
            Elem::Opt(seq) => match &seq.first {
                Some(ids) => first.extend(ids),
                None => return false,
            },
            Elem::Slot(_) | Elem::Adjuncts => return false,
        }
    }
    false
}

#[derive(Debug)]
pub struct Pattern {
    pub form: Form,
    pub seq: Seq,
    /// For each entry one of these words must be in the sentence.
    pub need: Vec<Vec<u16>>,
    pub text: &'static str,
}

#[derive(Debug, Default)]
pub struct Grammar {
    forms: HashMap<String, Vec<u16>>,
    ids: HashMap<String, u16>,
    sets: HashMap<Set, Vec<Pattern>>,
    /// By first word, the longest first.
    fillers: HashMap<String, Vec<Vec<String>>>,
    hedges: HashMap<String, Vec<Vec<String>>>,
}

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(Grammar::build);

pub fn grammar() -> &'static Grammar {
    &GRAMMAR
}

impl Grammar {
    fn build() -> Self {
        let mut grammar = Self::default();
        for (set, table) in TABLES {
            for (form, texts) in *table {
                for text in *texts {
                    let elems = Parser { grammar: &mut grammar, text, at: 0, depth: 0 }.sequence(None);
                    let mut need = Vec::new();
                    collect_need(&elems, &mut need);
                    grammar.sets.entry(*set).or_default().push(Pattern {
                        form: *form,
                        seq: Seq::of(elems),
                        need,
                        text,
                    });
                }
            }
        }
        grammar.fillers = phrases(FILLERS);
        grammar.hedges = phrases(HEDGES);
        grammar
    }

    pub fn patterns(&self, set: Set) -> &[Pattern] {
        self.sets.get(&set).map_or(&[], Vec::as_slice)
    }

    pub fn lemmas(&self, low: &str) -> Vec<u16> {
        self.forms.get(low).cloned().unwrap_or_default()
    }

    /// How many ids there are.
    pub fn size(&self) -> usize {
        self.ids.len()
    }

    /// Phrases that change nothing and start with this word.
    pub fn fillers(&self, first: &str) -> &[Vec<String>] {
        self.fillers.get(first).map_or(&[], Vec::as_slice)
    }

    /// Phrases that leave a rule open and start with this word.
    pub fn hedges(&self, first: &str) -> &[Vec<String>] {
        self.hedges.get(first).map_or(&[], Vec::as_slice)
    }

    fn id(&mut self, key: &str, forms: Vec<String>) -> u16 {
        if let Some(id) = self.ids.get(key) {
            return *id;
        }
        let id = u16::try_from(self.ids.len()).expect("the tables hold far fewer than 65,536 words");
        self.ids.insert(key.to_owned(), id);
        for form in forms {
            let list = self.forms.entry(form).or_default();
            if !list.contains(&id) {
                list.push(id);
            }
        }
        id
    }

    fn word(&mut self, word: &str) -> u16 {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        match word.strip_prefix('=') {
            Some(exact) => self.id(word, vec![exact.to_owned()]),
            // Who learnt English late writes "must be send", "is not allow".
            None if bases_of(word).is_some() => {
                let mut forms = forms_of(word);
                forms.extend(bases_of(word).into_iter().flatten());
                self.id(word, forms)
            }
            None if word.chars().all(|c| c.is_ascii_lowercase()) && word.len() > 1 => self.id(word, forms_of(word)),
            None => self.id(word, vec![word.to_owned()]),
        }
    }
}

fn phrases(table: &[&str]) -> HashMap<String, Vec<Vec<String>>> {
    let mut list: Vec<Vec<String>> =
        table.iter().map(|phrase| phrase.split(' ').map(str::to_owned).collect()).collect();
    list.sort_by_key(|words: &Vec<String>| std::cmp::Reverse(words.len()));
    let mut by_first: HashMap<String, Vec<Vec<String>>> = HashMap::new();
    for words in list {
        by_first.entry(words[0].clone()).or_default().push(words);
    }
    by_first
}

fn collect_need(elems: &[Elem], need: &mut Vec<Vec<u16>>) {
    for elem in elems {
        match elem {
            Elem::Word(ids) => need.push(ids.clone()),
            Elem::Any(alternatives) => {
                let mut union = Vec::new();
                let mut complete = true;
                for alternative in alternatives {
                    let mut inner = Vec::new();
                    collect_need(&alternative.elems, &mut inner);
                    match inner.into_iter().min_by_key(Vec::len) {
                        Some(ids) => union.extend(ids),
                        None => complete = false,
                    }
                }
                if complete {
                    need.push(union);
                }
            }
            Elem::Opt(_) | Elem::Slot(_) | Elem::Adjuncts => {}
        }
    }
}

struct Parser<'g> {
    grammar: &'g mut Grammar,
    text: &'static str,
    at: usize,
    /// Inside brackets a bar separates whole alternatives, outside of them words.
    depth: u32,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Alternatives up to `close`, as one sequence where there is one only.
    fn sequence(&mut self, close: Option<u8>) -> Vec<Elem> {
        let mut alternatives = vec![Vec::new()];
        loop {
            match self.peek() {
                None => break,
                Some(b' ') => self.at += 1,
                Some(c) if Some(c) == close => {
                    self.at += 1;
                    break;
                }
                Some(b'|') if close.is_some() => {
                    self.at += 1;
                    alternatives.push(Vec::new());
                }
                Some(_) => {
                    let elem = self.element();
                    let elem = if self.peek() == Some(b'?') {
                        self.at += 1;
                        Elem::Opt(Seq::of(vec![elem]))
                    } else {
                        elem
                    };
                    if let Some(last) = alternatives.last_mut() {
                        last.push(elem);
                    }
                }
            }
        }
        if alternatives.len() == 1 {
            return alternatives.remove(0);
        }
        vec![Elem::Any(alternatives.into_iter().map(Seq::of).collect())]
    }

    fn element(&mut self) -> Elem {
        match self.peek() {
            Some(b'(') => {
                self.at += 1;
                self.depth += 1;
                let mut inner = self.sequence(Some(b')'));
                self.depth -= 1;
                if inner.len() == 1 { inner.remove(0) } else { Elem::Any(vec![Seq::of(inner)]) }
            }
            Some(b'<') => {
                let name = self.until(b'>');
                let table = RELATIONS
                    .iter()
                    .chain(GATE_RELATIONS)
                    .chain(VOICE_RELATIONS)
                    .find(|(relation, _)| *relation == name)
                    .expect("a test compiles every pattern, so every relation that one names is there");
                let mut alternatives = Vec::new();
                for phrase in table.1 {
                    let phrase = Parser { grammar: self.grammar, text: phrase, at: 0, depth: 0 }.sequence(None);
                    alternatives.push(Seq::of(phrase));
                }
                Elem::Any(alternatives)
            }
            Some(b'{') => {
                Elem::Slot(slot(self.until(b'}')).expect("a test compiles every pattern, so every slot is known"))
            }
            Some(b'~') => {
                self.at += 1;
                Elem::Adjuncts
            }
            Some(_) | None => {
                let start = self.at;
                while self.peek().is_some_and(|c| !b" ()|?<{~".contains(&c)) {
                    self.at += 1;
                }
                let mut words = vec![self.grammar.word(&self.text[start..self.at])];
                while self.depth == 0 && self.peek() == Some(b'|') {
                    let from = self.at + 1;
                    let mut to = from;
                    let bytes = self.text.as_bytes();
                    while bytes.get(to).is_some_and(|c| !b" ()|?<{~".contains(c)) {
                        to += 1;
                    }
                    words.push(self.grammar.word(&self.text[from..to]));
                    self.at = to;
                }
                Elem::Word(words)
            }
        }
    }

    fn until(&mut self, close: u8) -> &'static str {
        let start = self.at + 1;
        let end = self.text[start..].bytes().position(|c| c == close).map_or(self.text.len(), |n| start + n);
        self.at = (end + 1).min(self.text.len());
        &self.text[start..end]
    }
}

fn slot(name: &str) -> Option<Slot> {
    Some(match name {
        "who" => Slot::Who,
        "to" => Slot::To,
        "from" => Slot::From,
        "act" => Slot::Act,
        "first" => Slot::First,
        "obj" => Slot::Obj,
        "part" => Slot::Part,
        "free" => Slot::Free,
        "work" => Slot::Work,
        "cond" => Slot::Cond,
        "mod" => Slot::Mod,
        "topics" => Slot::Topics,
        "mentions" => Slot::Mentions,
        "channels" => Slot::Channels,
        "seg" => Slot::Seg,
        "source" => Slot::Source,
        "prio" => Slot::Prio,
        "level" => Slot::Level,
        "okay" => Slot::Okay,
        "bound" => Slot::Bound,
        "money" => Slot::Money,
        "num" => Slot::Num,
        "count" => Slot::Count,
        "nbound" => Slot::NumBound,
        "pct" => Slot::Pct,
        "dur" => Slot::Dur,
        "per" => Slot::Per,
        "period" => Slot::Period,
        "dates" => Slot::Dates,
        "date" => Slot::Date,
        "days" => Slot::Days,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        let grammar = grammar();
        assert!(grammar.patterns(Set::Main).len() > 50);
        assert!(grammar.size() < 4_000);
    }
}
