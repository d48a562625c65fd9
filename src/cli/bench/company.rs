//! A company made up for measuring: as many roles and rules as asked for, of words that nobody knows.

use std::collections::BTreeMap;

use crate::catalogue::Catalogue;
use crate::directives::rule::{Condition, Define, Route, Rule};
use crate::directives::{Directives, Origin, Reading};
use crate::roster::{Driver, Position, PositionStatus, Role, Roster};
use crate::workers::WorkerRef;

/// Words of the whole language, and of each role's trade.
const LANGUAGE_WORDS: u64 = 4_000;
const TRADE_WORDS: u64 = 60;

/// A number generator with a fixed start (SplitMix64, Steele et al. 2014): the same company every time.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}

/// The word of a number, pronounceable: consonant, vowel, consonant, vowel, and so on.
fn word(number: u64) -> String {
    const CONSONANTS: &[u8] = b"bdfgklmnprstvz";
    const VOWELS: &[u8] = b"aeiou";
    let mut rest = number * 7_919 + 12_345;
    let mut word = String::new();
    for syllable in 0..3 {
        let pick = |list: &[u8], at: u64| char::from(list[usize::try_from(at).unwrap_or(0) % list.len()]);
        word.push(pick(CONSONANTS, rest + syllable));
        word.push(pick(VOWELS, rest / 14));
        rest /= 70;
    }
    word.push_str(["n", "t", "ring", "ler"][usize::try_from(number % 4).unwrap_or(0)]);
    word
}

/// A sentence about a role's trade: two words in three are the trade's.
pub(super) fn sentence(dice: &mut Dice, trade: u64, words: u64) -> String {
    let mut said = Vec::new();
    for _ in 0..words {
        let number =
            if dice.below(3) < 2 { trade * TRADE_WORDS + dice.below(TRADE_WORDS) } else { dice.below(LANGUAGE_WORDS) };
        said.push(word(number % LANGUAGE_WORDS));
    }
    said.join(" ")
}

/// `positions` roles with one agent each, and `rules` sentences: routes by topic, by word, by channel, and definitions.
pub(super) fn made_up(positions: u64, rules: u64) -> Directives {
    let mut dice = Dice::new(1);
    let mut roster = Roster { timezone: "UTC".to_owned(), ..Roster::default() };
    for number in 0..positions {
        let handles = (0..6).map(|_| sentence(&mut dice, number, 6)).collect();
        let examples = (0..8).map(|_| sentence(&mut dice, number, 8)).collect();
        add_role(&mut roster, &format!("role-{number:03}"), &sentence(&mut dice, number, 12), handles, examples);
    }
    let readings = (0..rules).map(|line| reading(line, rule(&mut dice, line, positions))).collect();
    set(format!("sha256:made-up-{positions}-{rules}"), readings, roster)
}

fn rule(dice: &mut Dice, line: u64, positions: u64) -> Rule {
    let of = dice.below(positions);
    let mut phrase = |words: u64| sentence(dice, of, words);
    let to = vec![WorkerRef::Agent(format!("role-{of:03}-agent"))];
    match line % 10 {
        0 => Rule::Define(Define { term: phrase(1), means: vec![phrase(1), phrase(2)], tools: vec![], amount: None }),
        1 | 2 => {
            Rule::Route(Route { when: Condition { mentions: vec![phrase(1), phrase(2)], ..Condition::default() }, to })
        }
        3 => {
            let channels = vec![format!("#channel-{of}")];
            Rule::Route(Route { when: Condition { channels, ..Condition::default() }, to })
        }
        _more_than_half => {
            Rule::Route(Route { when: Condition { topics: vec![phrase(1), phrase(2)], ..Condition::default() }, to })
        }
    }
}

fn reading(line: u64, rule: Rule) -> Reading {
    let line = u32::try_from(line).unwrap_or(u32::MAX).saturating_add(1);
    let origin = Origin { file: "routing.md".to_owned(), line, column: 1, text: String::new() };
    Reading { origin, rule, paraphrase: String::new(), role: None }
}

pub(super) fn set(digest: String, readings: Vec<Reading>, roster: Roster) -> Directives {
    Directives {
        digest,
        readings,
        roster,
        catalogue: Catalogue::default(),
        playbooks: Vec::new(),
        workflows: Vec::new(),
        problems: Vec::new(),
        policies: crate::policy::Policies::default(),
        keepers: BTreeMap::new(),
        files: BTreeMap::new(),
    }
}

/// A role with one active agent, called `ID-agent`.
pub(super) fn add_role(roster: &mut Roster, id: &str, description: &str, handles: Vec<String>, examples: Vec<String>) {
    let position = Position {
        id: format!("{id}-agent"),
        role: id.to_owned(),
        name: id.to_owned(),
        icon: None,
        driver: Driver::Playbook,
        model: None,
        person: None,
        tools: Vec::new(),
        since: None,
        reviewed: None,
        status: PositionStatus::Active,
        line: 1,
    };
    let role = Role {
        id: id.to_owned(),
        file: format!("roles/{id}.md"),
        title: id.replace('-', " "),
        owner: WorkerRef::Human,
        supervisor: WorkerRef::Human,
        team: None,
        review_every_days: None,
        positions: vec![position.id.clone()],
        handles,
        description: description.to_owned(),
        examples,
    };
    roster.positions.insert(position.id.clone(), position);
    roster.roles.insert(role.id.clone(), role);
}
