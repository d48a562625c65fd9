//! The index of all names: who can be named by which words, and which words each tool is known by. Built once per set.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::forms::{singular, stem};
use super::token::tokenize;
use super::vocabulary::synonyms::OWN_TOOLS;
use super::vocabulary::topics::CUSTOMERS;
use crate::catalogue::{Catalogue, Class, target};
use crate::directives::rule::Define;
use crate::roster::{Driver, Roster};
use crate::workers::WorkerRef;

/// One bearer of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub words: Vec<String>,
    pub worker: WorkerRef,
    /// How directly this names its bearer; smaller is better.
    pub rank: u32,
}

/// What a tool is known by. All words are stems.
#[derive(Debug, Clone, Default)]
pub struct ToolWords {
    pub name: String,
    pub server: Vec<String>,
    pub local: Vec<String>,
    pub title: Vec<String>,
    pub description: Vec<String>,
    pub reads: bool,
    /// Own names by which a `define` calls it; each is a set of stems.
    pub terms: Vec<Vec<String>>,
    /// The currency and unit of its amount, by its `define`.
    pub currency: Option<String>,
    /// Whether its arguments could hold an amount; `None` where nobody can tell.
    pub takes_amount: Option<bool>,
    /// What the thing is called that its calls are about, by its arguments.
    pub target: Vec<String>,
}

impl ToolWords {
    pub fn is_known_by(&self, stem: &str) -> bool {
        self.local.iter().chain(&self.server).chain(self.terms.iter().flatten()).any(|word| word == stem)
    }
}

#[derive(Debug, Default)]
pub struct Index {
    /// By first word.
    names: HashMap<String, Vec<Named>>,
    /// All names once more, ready to be compared by their letters.
    spelled: Vec<Spelled>,
    pub tools: Vec<ToolWords>,
    /// Stems of server names → server.
    pub servers: Vec<(Vec<String>, String)>,
    /// Defined terms (stems) → term.
    pub terms: Vec<(Vec<String>, String)>,
    /// Defined terms for kinds of customers and accounts, singular words → term.
    pub segments: Vec<(Vec<String>, String)>,
    /// City or zone words → IANA name.
    pub zones: Vec<(Vec<String>, String)>,
}

/// Names more alike than this (Jaro and Winkler's measure, at most 1) may be meant.
const ALIKE: f64 = 0.86;

#[derive(Debug)]
struct Spelled {
    text: String,
    letters: Letters,
    named: Named,
}

impl Spelled {
    fn new(named: &Named) -> Self {
        let text = named.words.join(" ");
        Self { letters: Letters::of(&text), text, named: named.clone() }
    }
}

/// Which letters a text has, each up to three times: comparing these first spares most of the dear comparisons.
#[derive(Debug, Clone, Copy)]
struct Letters {
    length: u32,
    /// Three bits a letter, set from the lowest on.
    marks: u128,
    /// What the marks do not hold: other characters, and a letter's fourth and later ones.
    others: u32,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters = Self { length: 0, marks: 0, others: 0 };
        for byte in text.bytes() {
            letters.length += 1;
            let first = 3 * u32::from(byte.wrapping_sub(b'a'));
            match (0..3).map(|n| 1_u128.checked_shl(first + n).unwrap_or(0)).find(|bit| letters.marks & bit == 0) {
                Some(bit) if byte.is_ascii_lowercase() => letters.marks |= bit,
                Some(_) | None => letters.others += 1,
            }
        }
        letters
    }

    /// Whether two texts with these letters could be as alike as that: an upper bound of Jaro and Winkler's measure.
    fn could_be(&self, other: &Self, alike: f64) -> bool {
        let common = f64::from((self.marks & other.marks).count_ones() + self.others.min(other.others));
        let jaro = (common / f64::from(self.length.max(1)) + common / f64::from(other.length.max(1)) + 1.0) / 3.0;
        jaro + 0.4 * (1.0 - jaro) > alike
    }
}

/// The words of a name: lower case, singular, without what stands in brackets.
pub fn name_words(text: &str) -> Vec<String> {
    let text = text.split('(').next().unwrap_or(text);
    tokenize(&text.replace(['-', '_', '/', '&'], " "))
        .into_iter()
        .filter(|token| token.is_word() || token.low.chars().all(char::is_alphanumeric))
        .map(|token| singular(&token.low))
        .filter(|word| word != "the" && word != "of" && !word.is_empty())
        .collect()
}

impl Index {
    pub fn new(roster: &Roster, catalogue: &Catalogue, defines: &[Define]) -> Self {
        let mut index = Self::default();
        index.add_positions(roster);
        index.add_roles_and_teams(roster);
        index.add_people(roster);
        index.add_tools(catalogue, defines);
        index.add_terms(defines);
        for zone in chrono_tz::TZ_VARIANTS {
            if let Some((_, city)) = zone.name().rsplit_once('/') {
                let words = city.to_lowercase().split('_').map(str::to_owned).collect();
                index.zones.push((words, zone.name().to_owned()));
            }
        }
        for named in index.names.values_mut() {
            named.sort_by_key(|n| std::cmp::Reverse(n.words.len()));
        }
        index.spelled = index.names.values().flatten().map(Spelled::new).collect();
        index
    }

    /// All bearers of names that start with this word, the longest name first.
    pub fn names_from(&self, first: &str) -> &[Named] {
        self.names.get(first).map_or(&[], Vec::as_slice)
    }

    /// The known name that is written most like `words`.
    pub fn nearest(&self, words: &str) -> Option<&Named> {
        let letters = Letters::of(words);
        self.spelled
            .iter()
            .filter(|spelled| spelled.letters.could_be(&letters, ALIKE))
            .map(|spelled| (strsim::jaro_winkler(&spelled.text, words), &spelled.named))
            .filter(|(score, _)| *score > ALIKE)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, named)| named)
    }

    fn add(&mut self, words: Vec<String>, worker: &WorkerRef, rank: u32) {
        let Some(first) = words.first() else { return };
        let list = self.names.entry(first.clone()).or_default();
        match list.iter_mut().find(|n| n.words == words && n.worker == *worker) {
            Some(known) => known.rank = known.rank.min(rank),
            None => list.push(Named { words, worker: worker.clone(), rank }),
        }
    }

    fn add_positions(&mut self, roster: &Roster) {
        for (id, position) in &roster.positions {
            let human = position.driver == Driver::Human;
            let worker = match &position.person {
                Some(handle) if human => WorkerRef::Person(handle.trim_start_matches('@').to_owned()),
                Some(_) | None if human => WorkerRef::Role(position.role.clone()),
                Some(_) | None => WorkerRef::Agent(id.clone()),
            };
            let words = name_words(id);
            self.add(words.clone(), &worker, if human { 4 } else { 0 });
            self.add(name_words(&position.name), &worker, 1);
            if !human && let Some((last, front)) = words.split_last().filter(|(last, _)| *last == "agent") {
                debug_assert_eq!(last, "agent");
                for other in ["bot", "assistant"] {
                    let mut other_words = front.to_vec();
                    other_words.push(other.to_owned());
                    self.add(other_words, &worker, 2);
                }
            } else if !human {
                for other in ["agent", "bot"] {
                    let mut other_words = words.clone();
                    other_words.push(other.to_owned());
                    self.add(other_words, &worker, 2);
                }
            }
        }
    }

    fn add_roles_and_teams(&mut self, roster: &Roster) {
        for (id, role) in &roster.roles {
            let worker = WorkerRef::Role(id.clone());
            let agents: Vec<_> = role
                .positions
                .iter()
                .filter_map(|p| roster.positions.get(p))
                .filter(|p| p.driver != Driver::Human)
                .collect();
            let words = name_words(id);
            self.add(words.clone(), &worker, 2);
            self.add(name_words(&role.title), &worker, 3);
            let mut with_role = words.clone();
            with_role.push("role".to_owned());
            self.add(with_role, &worker, 0);
            // "the support agent" for the one agent that fills the role `support`.
            if let [only] = agents.as_slice() {
                let mut with_agent = words;
                with_agent.push("agent".to_owned());
                self.add(with_agent, &WorkerRef::Agent(only.id.clone()), 3);
            }
        }
        for (id, team) in &roster.teams {
            let worker = WorkerRef::Team(id.clone());
            let mut bases = vec![name_words(id), name_words(&team.name)];
            for base in &mut bases {
                if base.last().is_some_and(|word| word == "team") && base.len() > 1 {
                    base.pop();
                }
            }
            bases.dedup();
            for base in bases {
                self.add(base.clone(), &worker, 3);
                for noun in [
                    "team", "department", "people", "person", "folk", "crew", "group", "guy", "colleague", "staff",
                    "member", "desk", "unit", "side",
                ] {
                    let mut words = base.clone();
                    words.push(singular(noun));
                    self.add(words, &worker, if noun == "team" { 0 } else { 5 });
                }
                let mut reversed = vec!["team".to_owned()];
                reversed.extend(base);
                self.add(reversed, &worker, 0);
            }
        }
    }

    fn add_people(&mut self, roster: &Roster) {
        for (handle, person) in &roster.people {
            let worker = WorkerRef::Person(handle.clone());
            let words = name_words(&person.name);
            self.add(words.clone(), &worker, 0);
            self.add(name_words(handle), &worker, 1);
            for part in words.first().into_iter().chain(words.last()) {
                self.add(vec![part.clone()], &worker, 1);
            }
            if let Some(title) = &person.title {
                let words = name_words(title);
                self.add(words.clone(), &worker, 3);
                // "CFO" for "Chief Financial Officer", and the other way round.
                if words.len() == 3 && words[0] == "chief" {
                    let short: String = words.iter().filter_map(|w| w.chars().next()).collect();
                    self.add(vec![short], &worker, 3);
                }
                for (short, long) in TITLES {
                    if words == [short.to_string()] {
                        self.add(name_words(long), &worker, 3);
                    }
                }
            }
        }
    }

    fn add_tools(&mut self, catalogue: &Catalogue, defines: &[Define]) {
        let stems = |text: &str| text_stems(text);
        let mut servers = BTreeSet::new();
        for tool in catalogue.iter() {
            servers.insert(tool.name.server().to_owned());
            let mut words = ToolWords {
                name: tool.name.0.clone(),
                server: stems(tool.name.server()),
                local: stems(tool.name.local()),
                title: stems(tool.binding.title.as_deref().unwrap_or("")),
                description: stems(&tool.binding.description),
                reads: tool.binding.class == Class::Read,
                takes_amount: takes_amount(&tool.binding.input_schema),
                ..ToolWords::default()
            };
            words.target = target::argument(&tool.binding.input_schema).map(text_stems).unwrap_or_default();
            // A bare `id` is that of what the tool's name speaks of.
            if words.target == ["id"] {
                words.target = words.server.iter().chain(&words.local).cloned().collect();
            }
            for define in defines {
                if define.tools.iter().any(|pattern| pattern.covers(&tool.name)) {
                    words.terms.push(stems(&define.term));
                    words.currency = words.currency.or(define.amount.as_ref().map(|a| a.currency.clone()));
                }
            }
            self.tools.push(words);
        }
        for (name, description, reads) in OWN_TOOLS {
            if self.tools.iter().all(|tool| tool.name != *name) {
                let (server, local) = name.split_once('.').unwrap_or(("", name));
                self.tools.push(ToolWords {
                    name: (*name).to_owned(),
                    server: stems(server),
                    local: stems(local),
                    description: stems(description),
                    reads: *reads,
                    takes_amount: Some(false),
                    ..ToolWords::default()
                });
            }
        }
        self.servers = servers.into_iter().map(|server| (stems(&server), server)).collect();
    }

    fn add_terms(&mut self, defines: &[Define]) {
        let mut seen = BTreeMap::new();
        for define in defines {
            if define.means.is_empty() || seen.insert(define.term.clone(), ()).is_some() {
                continue;
            }
            self.terms.push((text_stems(&define.term), define.term.clone()));
            if defines.iter().filter(|other| other.term == define.term).any(of_customers) {
                self.segments.push((name_words(&define.term), define.term.clone()));
                // "customers on the Platinum plan" are VIPs by any name.
                let meanings = define.means.iter().map(|meaning| name_words(meaning)).filter(|words| words.len() > 2);
                let named: Vec<_> = meanings.map(|words| (words, define.term.clone())).collect();
                self.segments.extend(named);
            }
        }
    }
}

/// Whether a defined term is for customers or accounts rather than for a topic.
fn of_customers(define: &Define) -> bool {
    let customer = |word: &str| CUSTOMERS.contains(&singular(&word.to_lowercase()).as_str());
    define.means.iter().any(|meaning| meaning.split_whitespace().any(customer))
}

const TITLES: &[(&str, &str)] = &[
    ("cfo", "chief financial officer"),
    ("ceo", "chief executive officer"),
    ("cto", "chief technology officer"),
    ("coo", "chief operating officer"),
    ("ciso", "chief information security officer"),
    ("cpo", "chief product officer"),
];

/// The stems of all words in `text`, in order; `getContract` and `get_contract` are two words.
pub fn text_stems(text: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for c in text.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(if c.is_alphanumeric() { c } else { ' ' });
        before = c;
    }
    spaced.split_whitespace().map(stem).collect()
}

/// Whether an input schema has a property that could hold an amount of money; `None` without properties.
fn takes_amount(schema: &serde_json::Value) -> Option<bool> {
    let properties = schema.get("properties")?.as_object()?;
    let money = [
        "amount", "price", "total", "cost", "sum", "value", "cents", "budget", "salary", "discount", "credit", "limit",
        "usd", "eur",
    ];
    Some(properties.keys().any(|key| money.iter().any(|word| key.to_lowercase().contains(word))))
}
