//! The matcher: patterns over tokens, all ways in which they fit. Backtracking with memoised slots and a bound on its work.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::forms::stem;
use super::grammar::{Elem, Grammar, Pattern, Slot, grammar};
use super::index::Index;
use super::pattern_set::{Form, Set};
use super::token::{Kind, Token};
use super::tools::Bound;
use super::values::{Bind, Match, Slotted, Val, error};
use super::{Finding, Vocabulary, actions, clauses, counts, narrow, numbers, passives, times, topics, workers};

/// How many steps one sentence may take before the reader gives up; ordinary sentences need a few thousand.
const MAX_STEPS: u32 = 2_000_000;
pub const HEDGE_COST: u32 = 60;

/// What was found before, by kind and place.
type Memo<K, V> = RefCell<HashMap<(K, usize), Rc<[V]>>>;

pub struct Reader<'r> {
    pub voc: &'r Vocabulary<'r>,
    pub index: &'r Index,
    pub tokens: Vec<Token>,
    pub grammar: &'static Grammar,
    present: Vec<u64>,
    /// Lengths of fillers, and of hedges, that start at each token.
    fillers: Vec<Vec<usize>>,
    hedges: Vec<usize>,
    /// Each when it is first asked for.
    stems: Vec<OnceCell<String>>,
    /// For each place the words that stand there, or after what may be skipped there.
    reach: Vec<Vec<u64>>,
    slots: Memo<Slot, Slotted>,
    sets: Memo<Set, Match>,
    bounds: RefCell<HashMap<(Vec<usize>, bool), Bound>>,
    steps: Cell<u32>,
}

/// What is left to match after the current elements.
struct Rest<'p> {
    elems: &'p [Elem],
    next: Option<&'p Rest<'p>>,
}

#[derive(Default)]
struct State {
    binds: Vec<Bind>,
    cost: u32,
    faults: Vec<Finding>,
}

impl<'r> Reader<'r> {
    pub fn new(voc: &'r Vocabulary<'r>, mut tokens: Vec<Token>) -> Self {
        let grammar = grammar();
        let mut present = vec![0_u64; grammar.size() / 64 + 1];
        for token in &mut tokens {
            if matches!(token.kind, Kind::Word | Kind::Mark(_)) {
                token.lemmas = grammar.lemmas(&token.low);
                for id in &token.lemmas {
                    present[usize::from(*id) / 64] |= 1 << (id % 64);
                }
            }
        }
        let phrase_at = |i: usize, phrase: &[String]| {
            phrase.len() <= tokens.len() - i && phrase.iter().zip(&tokens[i..]).all(|(word, token)| *word == token.low)
        };
        let low = |i: usize| tokens[i].low.as_str();
        let fillers = (0..tokens.len())
            .map(|i| grammar.fillers(low(i)).iter().filter(|phrase| phrase_at(i, phrase)).map(Vec::len).collect())
            .collect();
        let hedges = (0..tokens.len())
            .map(|i| grammar.hedges(low(i)).iter().find(|phrase| phrase_at(i, phrase)).map_or(0, Vec::len))
            .collect();
        let stems = vec![OnceCell::new(); tokens.len()];
        let mut reader = Self {
            voc,
            index: &voc.index,
            tokens,
            grammar,
            present,
            fillers,
            hedges,
            stems,
            reach: Vec::new(),
            slots: RefCell::default(),
            sets: RefCell::default(),
            bounds: RefCell::default(),
            steps: Cell::new(0),
        };
        reader.reach = (0..=reader.tokens.len()).map(|i| reader.reach_from(i)).collect();
        reader
    }

    fn reach_from(&self, i: usize) -> Vec<u64> {
        let mut bits = vec![0_u64; self.present.len()];
        let mut add = |j: usize| {
            for id in self.tokens.get(j).map_or(&[][..], |token| &token.lemmas) {
                bits[usize::from(*id) / 64] |= 1 << (id % 64);
            }
        };
        add(i);
        self.skips(i, &mut State::default(), &mut |_, j| add(j));
        bits
    }

    /// Whether one of these words stands at `i`, or after what may be skipped there.
    fn can_start(&self, first: Option<&Vec<u16>>, i: usize) -> bool {
        let Some(ids) = first else { return true };
        let Some(bits) = self.reach.get(i) else { return false };
        ids.iter().any(|id| bits[usize::from(*id) / 64] >> (id % 64) & 1 == 1)
    }

    pub fn low(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |token| token.low.as_str())
    }

    /// The stem of the word at `i`, empty where there is none.
    pub fn stem(&self, i: usize) -> &str {
        let Some(cell) = self.stems.get(i) else { return "" };
        let token = &self.tokens[i];
        cell.get_or_init(|| if token.is_word() { stem(&token.low) } else { String::new() })
    }

    /// What the words at these places bind, where that was asked before.
    pub fn bound(&self, words: &[usize], reading: bool) -> Option<Bound> {
        self.bounds.borrow().get(&(words.to_vec(), reading)).cloned()
    }

    pub fn remember_bound(&self, words: &[usize], reading: bool, bound: &Bound) {
        self.bounds.borrow_mut().insert((words.to_vec(), reading), bound.clone());
    }

    /// The length of the hedge that starts here, 0 if there is none.
    pub fn hedge_at(&self, i: usize) -> usize {
        self.hedges.get(i).copied().unwrap_or(0)
    }

    pub fn is_filler(&self, i: usize) -> bool {
        self.fillers.get(i).is_some_and(|lengths| !lengths.is_empty())
    }

    /// The bytes that these tokens take in the text.
    pub fn span(&self, from: usize, to: usize) -> std::ops::Range<usize> {
        let written = |token: &&Token| token.span.start < token.span.end;
        let start = self.tokens[from.min(self.tokens.len())..].iter().find(written).map_or(0, |t| t.span.start);
        let end = self.tokens[..to.min(self.tokens.len())].iter().rev().find(written).map_or(start, |t| t.span.end);
        start..end.max(start)
    }

    /// All patterns of `set` that fit the whole sentence.
    pub fn whole(&self, set: Set) -> Vec<Match> {
        let mut found = Vec::new();
        for pattern in self.grammar.patterns(set) {
            self.fit(pattern, 0, Some(self.tokens.len()), &mut found);
        }
        found
    }

    /// All ways in which a pattern of `set` fits from `start` on.
    pub fn from(&self, set: Set, start: usize) -> Rc<[Match]> {
        if let Some(known) = self.sets.borrow().get(&(set, start)) {
            return known.clone();
        }
        let mut found: Vec<Match> = Vec::new();
        for pattern in self.grammar.patterns(set) {
            self.fit(pattern, start, None, &mut found);
        }
        found.sort_by_key(|m| m.cost);
        let mut kept: Vec<Match> = Vec::new();
        for candidate in found {
            let same = |other: &Match| {
                other.end == candidate.end
                    && other.form == candidate.form
                    && same_values(&other.binds, &candidate.binds)
            };
            if !kept.iter().any(same) {
                kept.push(candidate);
            }
        }
        let kept: Rc<[Match]> = kept.into();
        self.sets.borrow_mut().insert((set, start), kept.clone());
        kept
    }

    fn fit(&self, pattern: &Pattern, start: usize, end: Option<usize>, found: &mut Vec<Match>) {
        let here = |id: &u16| self.present[usize::from(*id) / 64] >> (id % 64) & 1 == 1;
        if !pattern.need.iter().all(|ids| ids.iter().any(here)) {
            return;
        }
        if !self.can_start(pattern.seq.first.as_ref(), start) {
            return;
        }
        let mut state = State::default();
        let rest = Rest { elems: &pattern.seq.elems, next: None };
        let mut emit = |state: &State, at: usize| {
            if end.is_none_or(|end| end == at) && at > start {
                found.push(Match {
                    form: pattern.form,
                    pattern: pattern.text,
                    start,
                    end: at,
                    binds: state.binds.clone(),
                    cost: state.cost,
                    faults: state.faults.clone(),
                });
            }
        };
        self.step(&rest, start, &mut state, &mut emit, end);
    }

    fn step(
        &self,
        rest: &Rest<'_>,
        i: usize,
        state: &mut State,
        emit: &mut dyn FnMut(&State, usize),
        end: Option<usize>,
    ) {
        let spent = self.steps.get();
        if spent >= MAX_STEPS {
            return;
        }
        self.steps.set(spent + 1);
        let Some((elem, after)) = rest.elems.split_first() else {
            match rest.next {
                Some(next) => self.step(next, i, state, emit, end),
                None => {
                    emit(state, i);
                    if end.is_some() {
                        self.skips(i, state, &mut |state, j| emit(state, j));
                    }
                }
            }
            return;
        };
        let after = Rest { elems: after, next: rest.next };
        match elem {
            Elem::Word(ids) => {
                let mut go = |state: &mut State, j: usize| {
                    if self.tokens.get(j).is_some_and(|token| token.lemmas.iter().any(|id| ids.contains(id))) {
                        self.step(&after, j + 1, state, emit, end);
                    }
                };
                go(state, i);
                self.skips(i, state, &mut go);
            }
            Elem::Any(alternatives) => {
                for alternative in alternatives {
                    if self.can_start(alternative.first.as_ref(), i) {
                        self.step(&Rest { elems: &alternative.elems, next: Some(&after) }, i, state, emit, end);
                    }
                }
            }
            Elem::Opt(inner) => {
                if self.can_start(inner.first.as_ref(), i) {
                    self.step(&Rest { elems: &inner.elems, next: Some(&after) }, i, state, emit, end);
                }
                self.step(&after, i, state, emit, end);
            }
            Elem::Slot(slot) => {
                let mut go = |state: &mut State, j: usize| {
                    for filled in self.slot(*slot, j).iter() {
                        self.bind(Some(*slot), filled, j, state, &mut |state| {
                            self.step(&after, filled.end, state, emit, end);
                        });
                    }
                };
                go(state, i);
                self.skips(i, state, &mut go);
            }
            Elem::Adjuncts => {
                self.step(&after, i, state, emit, end);
                self.adjuncts(i, state, &mut |state, j| self.step(rest, j, state, emit, end));
            }
        }
    }

    /// Goes on after each adjunct that stands here.
    fn adjuncts(&self, i: usize, state: &mut State, go_on: &mut dyn FnMut(&mut State, usize)) {
        let mut go = |state: &mut State, j: usize| {
            for adjunct in self.from(Set::Adjunct, j).iter() {
                let filled = Slotted {
                    end: adjunct.end,
                    val: Val::Adjunct(Rc::new(adjunct.clone())),
                    cost: adjunct.cost + 1 + self.unclosed(adjunct),
                    faults: adjunct.faults.clone(),
                };
                // "payments until 150 €" are those up to that.
                let sum =
                    |at: usize| self.tokens.get(at).is_some_and(|t| matches!(t.kind, Kind::Number | Kind::Currency(_)));
                if adjunct.form == Form::Unless && matches!(self.low(j), "until" | "till") && sum(j + 1) {
                    continue;
                }
                let end = self.colon_after(adjunct);
                self.bind(None, &filled, j, state, &mut |state| go_on(state, end));
            }
        };
        go(state, i);
        self.skips(i, state, &mut go);
    }

    /// "No answer within an hour: tell Tomas": a colon may close what stands first.
    fn colon_after(&self, adjunct: &Match) -> usize {
        let closed =
            adjunct.start == 0 && self.tokens.get(adjunct.end).is_some_and(|t| t.is_mark(':') || t.is_mark('-'));
        adjunct.end + usize::from(closed)
    }

    /// A leading "if …" that no comma closes may have ended too early.
    fn unclosed(&self, adjunct: &Match) -> u32 {
        let leading = adjunct.start == 0 && matches!(adjunct.form, Form::If | Form::Unless | Form::Undefined);
        let closed = self.tokens.get(adjunct.end).is_none_or(|token| token.is_mark(',') || token.low == "then");
        // "over $100 but under $300" is one range rather than an exception.
        let exception = adjunct.form == Form::Unless && adjunct.pattern.contains("<except>");
        // "exceed $1,000 in a day" adds up; "nobody may … except Ivan" is one rule about nobody.
        let total = adjunct.form == Form::Within
            && self.low(adjunct.start) == "in"
            && adjunct.start.checked_sub(1).is_some_and(|at| matches!(self.tokens[at].kind, Kind::Number));
        let mentioning = adjunct.form == Form::Mentioning;
        let nobody = adjunct.form == Form::UnlessMod && matches!(self.low(0), "nobody" | "no" | "noone");
        u32::from(exception || mentioning) * 3 + u32::from(total || nobody) * 4 + if leading && !closed { 4 } else { 0 }
    }

    fn bind(
        &self,
        slot: Option<Slot>,
        filled: &Slotted,
        from: usize,
        state: &mut State,
        go: &mut dyn FnMut(&mut State),
    ) {
        let (cost, faults) = (state.cost, state.faults.len());
        state.binds.push(Bind { slot, val: filled.val.clone(), from, to: filled.end });
        state.cost += filled.cost;
        state.faults.extend(filled.faults.iter().cloned());
        go(state);
        state.binds.pop();
        state.cost = cost;
        state.faults.truncate(faults);
    }

    /// Goes on after fillers, commas and brackets, and, at a price, after a hedge.
    fn skips(&self, i: usize, state: &mut State, go: &mut dyn FnMut(&mut State, usize)) {
        self.skips_deep(i, 3, state, go);
    }

    fn skips_deep(&self, i: usize, depth: u32, state: &mut State, go: &mut dyn FnMut(&mut State, usize)) {
        let Some(token) = self.tokens.get(i) else { return };
        if depth == 0 {
            return;
        }
        if matches!(token.kind, Kind::Mark(',' | '(' | ')' | ';')) {
            go(state, i + 1);
            self.skips_deep(i + 1, depth - 1, state, go);
        }
        for length in &self.fillers[i] {
            go(state, i + length);
            self.skips_deep(i + length, depth - 1, state, go);
        }
        let hedge = self.hedges[i];
        if hedge > 0 {
            let (cost, faults) = (state.cost, state.faults.len());
            state.cost += HEDGE_COST;
            state.faults.push(self.hedge_fault(i, i + hedge));
            go(state, i + hedge);
            self.skips_deep(i + hedge, depth - 1, state, go);
            state.cost = cost;
            state.faults.truncate(faults);
        }
    }

    pub fn hedge_fault(&self, from: usize, to: usize) -> Finding {
        let span = self.span(from, to);
        let words: Vec<&str> = self.tokens[from..to].iter().map(|t| t.low.as_str()).collect();
        error(
            "hedge",
            span,
            format!("“{}” leaves open when this holds, so it cannot be enforced", words.join(" ")),
            "say exactly when it holds: an amount, a number, a named person, a defined term",
        )
    }

    pub fn slot(&self, slot: Slot, i: usize) -> Rc<[Slotted]> {
        if let Some(known) = self.slots.borrow().get(&(slot, i)) {
            return known.clone();
        }
        let mut found = if i < self.tokens.len() { self.fill(slot, i) } else { Vec::new() };
        found.sort_by_key(|filled| (filled.end, filled.cost));
        let mut kept: Vec<Slotted> = Vec::new();
        for candidate in found {
            if !kept.iter().any(|other| other.end == candidate.end && other.val == candidate.val) {
                kept.push(candidate);
            }
        }
        let kept: Rc<[Slotted]> = kept.into();
        self.slots.borrow_mut().insert((slot, i), kept.clone());
        kept
    }

    fn fill(&self, slot: Slot, i: usize) -> Vec<Slotted> {
        match slot {
            Slot::Who | Slot::To | Slot::From => workers::fill(self, slot, i),
            Slot::Act | Slot::First => actions::fill(self, slot, i),
            Slot::Obj => passives::object(self, i),
            Slot::Part => passives::participle(self, i),
            Slot::Free => passives::free(self, i),
            Slot::Cond | Slot::Mod => clauses::fill(self, slot, i),
            Slot::Work => topics::work(self, i),
            Slot::Topics => topics::topics(self, i),
            Slot::Mentions => narrow::mentions(self, i),
            Slot::Channels => narrow::channels(self, i),
            Slot::Seg => narrow::segments(self, i),
            Slot::Source => narrow::source(self, i),
            Slot::Prio => narrow::priority(self, i),
            Slot::Level => narrow::level(self, i),
            Slot::Okay => clauses::okay(self, i),
            Slot::Bound => numbers::bound(self, i),
            Slot::Money => numbers::money_slot(self, i),
            Slot::Num => counts::num(self, i),
            Slot::Count => counts::count(self, i),
            Slot::NumBound => counts::number_bound(self, i),
            Slot::Pct => counts::percent(self, i),
            Slot::Dur => times::duration_slot(self, i),
            Slot::Per => times::per(self, i),
            Slot::Period => times::period(self, i),
            Slot::Dates => times::dates(self, i),
            Slot::Date => times::until(self, i),
            Slot::Days => times::days_and_hours(self, i),
        }
    }
}

fn same_values(left: &[Bind], right: &[Bind]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(a, b)| a.slot == b.slot && a.val == b.val)
}
