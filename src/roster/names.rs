//! Names people use → who bears them. Two bearers of one name are told apart by whoever asked, never guessed.

use std::collections::BTreeSet;

use super::{Driver, Position, PositionStatus, Roster};
use crate::workers::WorkerRef;

/// Who bears a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    One(WorkerRef),
    /// More than one, in the order of their notation; the caller lists them all in its error.
    Several(Vec<WorkerRef>),
    Nobody,
}

impl Roster {
    /// The worker that a user group's handle names: a position, a role or a team by its id.
    pub fn worker_called(&self, id: &str) -> Option<WorkerRef> {
        if self.positions.contains_key(id) {
            return Some(WorkerRef::Agent(id.to_owned()));
        }
        if self.roles.contains_key(id) {
            return Some(WorkerRef::Role(id.to_owned()));
        }
        self.teams.contains_key(id).then(|| WorkerRef::Team(id.to_owned()))
    }

    /// Resolves a handle (`@dana`), a full or first name, a posted name ("Finn"), an id or its words ("finance agent",
    /// "support lead"), a team ("Finance team"), a channel (`#finance`), or a title that people hold.
    ///
    /// Leading articles do not count, nor does case. A human who fills a position is found as the person, so that a name
    /// in a role file and the same name in `company.md` are one bearer.
    pub fn named(&self, text: &str) -> Named {
        let name = plain(text);
        if let Some(handle) = name.strip_prefix('@') {
            return if self.people.contains_key(handle) {
                Named::One(WorkerRef::Person(handle.to_owned()))
            } else {
                Named::Nobody
            };
        }
        if let Some(channel) = name.strip_prefix('#') {
            return if self.channels.contains_key(channel) {
                Named::One(WorkerRef::Channel(channel.to_owned()))
            } else {
                Named::Nobody
            };
        }
        if matches!(name.as_str(), "human" | "person" | "triage person" | "triage human" | "triage" | "someone") {
            return Named::One(WorkerRef::Human);
        }
        self.bearers(&name)
    }

    fn bearers(&self, name: &str) -> Named {
        let id = slug(name);
        let mut found: BTreeSet<WorkerRef> = BTreeSet::new();
        let team_id = team_slug(name);
        let says_team = team_id != id;
        if let Some(team) = self.teams.get(&team_id)
            && (says_team || !self.roles.contains_key(&id))
        {
            found.insert(WorkerRef::Team(team.id.clone()));
        }
        if says_team {
            return sorted(found);
        }
        if let Some(position) = self.positions.get(&id) {
            found.insert(bearer(position));
        } else if let Some(role) = id.strip_suffix("-agent") {
            // "The engineering agent" where the position is called otherwise: the one program that fills that role.
            let mut fillers = self.programs_of(role);
            if let (Some(only), None) = (fillers.next(), fillers.next()) {
                found.insert(bearer(only));
            }
        }
        if found.is_empty() || !id.ends_with("-agent") {
            self.roles.get(&id).into_iter().for_each(|role| {
                found.insert(WorkerRef::Role(role.id.clone()));
            });
        }
        found.extend(self.positions.values().filter(|p| posted_name_is(p, name)).map(bearer));
        found.extend(self.people.values().filter_map(|person| {
            let full = person.name.to_lowercase();
            let first = full.split_whitespace().next().unwrap_or_default().to_owned();
            let fits = full == name
                || first == name
                || person.handle == name
                || person.title.as_ref().is_some_and(|title| title.to_lowercase() == name);
            fits.then(|| WorkerRef::Person(person.handle.clone()))
        }));
        sorted(found)
    }

    fn programs_of<'a>(&'a self, role: &'a str) -> impl Iterator<Item = &'a Position> + 'a {
        self.positions.values().filter(move |p| p.role == role && p.is_program() && p.status != PositionStatus::Retired)
    }

    /// How people are told of a worker: "Finn (finance-agent)", "Dana Ruiz", "the Finance team".
    pub fn spoken(&self, worker: &WorkerRef) -> String {
        match worker {
            WorkerRef::Agent(id) => match self.positions.get(id) {
                Some(position) => format!("{} ({id})", position.short_name()),
                None => id.clone(),
            },
            WorkerRef::Role(id) => self.roles.get(id).map_or_else(|| id.clone(), |role| role.title.clone()),
            WorkerRef::Team(id) => self.teams.get(id).map_or_else(|| id.clone(), |team| format!("the {}", team.name)),
            WorkerRef::Person(handle) => {
                self.people.get(handle).map_or_else(|| format!("@{handle}"), |person| person.name.clone())
            }
            WorkerRef::Channel(name) => format!("#{name}"),
            WorkerRef::Bot(name) => format!("the bot {name}"),
            WorkerRef::Human => match self.triage.as_ref().and_then(|handle| self.people.get(handle)) {
                Some(person) => format!("{} (triage)", person.name),
                None => "the triage person".to_owned(),
            },
            WorkerRef::Owner => "the owner".to_owned(),
            WorkerRef::Supervisor => "the supervisor".to_owned(),
            WorkerRef::Requester => "whoever asked".to_owned(),
            WorkerRef::RequesterManager => "the manager of whoever asked".to_owned(),
        }
    }

    /// Every name that [`Roster::named`] knows, for suggestions ("did you mean …?").
    pub fn known_names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        names.extend(self.positions.keys().map(|id| id.replace('-', " ")));
        names.extend(self.positions.values().map(|p| p.short_name().to_owned()));
        names.extend(self.roles.keys().map(|id| id.replace('-', " ")));
        names.extend(self.teams.values().map(|team| team.name.clone()));
        names.extend(self.people.keys().map(|handle| format!("@{handle}")));
        names.extend(self.people.values().map(|person| person.name.clone()));
        names.extend(self.channels.keys().map(|name| format!("#{name}")));
        names
    }

    /// The known name nearest to `text`, if it is near enough to be a slip of the finger.
    pub fn nearest_name(&self, text: &str) -> Option<String> {
        let wanted = plain(text);
        nearest(&wanted, self.known_names().iter().map(String::as_str)).map(str::to_owned)
    }
}

impl Position {
    /// Whether a program fills it.
    pub fn is_program(&self) -> bool {
        match self.driver {
            Driver::Model | Driver::Playbook | Driver::Http | Driver::Command => true,
            Driver::Human => false,
        }
    }

    /// The posted name without what stands in brackets: "Finn" of "Finn (Finance)".
    pub fn short_name(&self) -> &str {
        self.name.split(" (").next().unwrap_or(&self.name).trim()
    }
}

/// The nearest of `candidates` by edit distance, case aside, where it is near enough to suggest.
pub fn nearest<'a>(wanted: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// Below this similarity (0 to 1) a suggestion would be a guess.
    const NEAR_ENOUGH: f64 = 0.7;
    let wanted = wanted.to_lowercase();
    candidates
        .map(|name| (strsim::normalized_damerau_levenshtein(&wanted, &name.to_lowercase()), name))
        .filter(|(similarity, _)| *similarity >= NEAR_ENOUGH)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, name)| name)
}

/// Words to an id: lower case, joined by `-`.
pub fn slug(text: &str) -> String {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// The id of a team: the slug without "the" before and "team", "group" or "department" behind.
pub fn team_slug(text: &str) -> String {
    let id = slug(&plain(text));
    ["-team", "-group", "-department", "-dept"].iter().find_map(|s| id.strip_suffix(s)).unwrap_or(&id).to_owned()
}

fn plain(text: &str) -> String {
    let lower = text.trim().trim_end_matches(['.', ',', ':', ';']).to_lowercase();
    let words = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    ["the ", "a ", "an ", "our ", "any "]
        .iter()
        .find_map(|article| words.strip_prefix(article))
        .unwrap_or(&words)
        .to_owned()
}

fn bearer(position: &Position) -> WorkerRef {
    match (&position.driver, &position.person) {
        (Driver::Human, Some(handle)) => WorkerRef::Person(handle.clone()),
        (Driver::Human | Driver::Model | Driver::Playbook | Driver::Http | Driver::Command, _) => {
            WorkerRef::Agent(position.id.clone())
        }
    }
}

fn posted_name_is(position: &Position, name: &str) -> bool {
    position.name.to_lowercase() == name || position.short_name().to_lowercase() == name
}

fn sorted(found: BTreeSet<WorkerRef>) -> Named {
    let mut found: Vec<WorkerRef> = found.into_iter().collect();
    match found.len() {
        0 => Named::Nobody,
        1 => Named::One(found.remove(0)),
        _ => Named::Several(found),
    }
}
