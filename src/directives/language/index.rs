//! The index of all names: who can be named by which words, and which words each tool is known by. Built once per set.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::forms::{singular, stem};
use super::token::tokenize;
use super::vocabulary::synonyms::OWN_TOOLS;
use crate::catalogue::{Catalogue, Class};
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
}

#[derive(Debug, Default)]
pub struct Index {
    /// By first word.
    names: HashMap<String, Vec<Named>>,
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
        index
    }

    /// All bearers of names that start with this word, the longest name first.
    pub fn names_from(&self, first: &str) -> &[Named] {
        self.names.get(first).map_or(&[], Vec::as_slice)
    }

    /// The known name that is written most like `words`.
    pub fn nearest(&self, words: &str) -> Option<&Named> {
        self.names
            .values()
            .flatten()
            .map(|named| (strsim::jaro_winkler(&named.words.join(" "), words), named))
            .filter(|(score, _)| *score > 0.86)
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
            self.segments.push((name_words(&define.term), define.term.clone()));
        }
    }
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
