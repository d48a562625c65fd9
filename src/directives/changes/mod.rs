//! One set of directives instead of another: what must be agreed to before it takes effect, and by whom.
//!
//! ```text
//! waiting ⇄ declined      nobody agreed: the set before stays in force
//!    └───▶ accepted ──▶ in force ──▶ past
//! ```
//! A set that makes nothing looser is in force at once. Agreement is to one set instead of one other: going back to a set of
//! last month is a change like any.

pub mod store;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Directives;
use crate::clock::Timestamp;
use crate::ids::ChangeId;
use crate::roster::Roster;
use crate::roster::chart::ResolveContext;
use crate::workers::{SlackUser, WorkerRef};

/// A change as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub id: ChangeId,
    pub digest: String,
    /// The set that it replaces; empty at the first.
    pub instead_of: String,
    pub stage: ChangeStage,
    pub body: ChangeBody,
    pub found: Timestamp,
    pub decided_by: Option<Decider>,
    pub decided: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeStage {
    Waiting,
    Declined,
    Accepted,
    InForce,
    Past,
}

/// What people are told of a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeBody {
    /// Files that differ.
    pub changed: Vec<String>,
    /// Each way in which it is looser, with its place: ("Runs without approval: …", "approvals.md:7").
    pub looser: Vec<(String, Option<String>)>,
    /// Files in which something is looser.
    pub loosened: Vec<String>,
    /// "12 go elsewhere, 3 would skip approval".
    pub effect: String,
    pub decisions: usize,
    /// Handles of those who made the edit, where that is known.
    pub edited_by: BTreeSet<String>,
}

/// Who agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decider {
    Account(SlackUser),
    /// `workforce directives accept`, by whoever may run the program.
    CommandLine,
    /// Nothing became looser, so that nobody had to.
    Nobody,
}

/// The people who may agree to a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MayAgree {
    /// Handles.
    pub people: BTreeSet<String>,
    /// The keeper made the edit, so that somebody else is asked.
    pub second: bool,
}

/// Who may agree to looser `files`, by the set in force: whoever keeps all of them, or the company's keeper; without those who
/// made the edit. Where nobody is left, the triage person and the keepers' managers are asked.
pub fn may_agree(in_force: &Directives, files: &[String], edited_by: &BTreeSet<String>) -> MayAgree {
    let roster = &in_force.roster;
    let company = keepers(in_force, "");
    let mut people = files
        .iter()
        .map(|file| keepers(in_force, file))
        .reduce(|all, own| all.intersection(&own).cloned().collect())
        .unwrap_or_default();
    people.extend(company);
    let left: BTreeSet<String> = people.difference(edited_by).cloned().collect();
    if !left.is_empty() {
        let second = left.len() < people.len();
        return MayAgree { people: left, second };
    }
    let managers = people.iter().filter_map(|handle| {
        let chain = roster.up_from(handle);
        chain.into_iter().find(|manager| !edited_by.contains(manager))
    });
    let second = managers.chain(roster.triage.clone()).filter(|handle| !edited_by.contains(handle)).collect();
    MayAgree { people: second, second: true }
}

/// The people who keep a file: its own keeper, else the company's, else the triage person.
pub fn keepers(in_force: &Directives, file: &str) -> BTreeSet<String> {
    let named = in_force.keepers.get(file).or_else(|| in_force.keepers.get(""));
    in_force.roster.people_of(named.unwrap_or(&WorkerRef::Human), &ResolveContext::default())
}

/// The files that differ between two sets, in order.
pub fn changed_files(was: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let all: BTreeSet<&String> = was.keys().chain(now.keys()).collect();
    all.into_iter().filter(|file| was.get(*file) != now.get(*file)).cloned().collect()
}

/// `people.lock` with these pins besides those that it holds; `None` where there is nothing to pin.
pub fn pinned(text: Option<&str>, pins: &BTreeMap<String, String>) -> Option<String> {
    if pins.is_empty() {
        return None;
    }
    let known = text.and_then(|text| serde_json::from_str::<BTreeMap<String, String>>(text).ok());
    let mut all = known.unwrap_or_default();
    all.extend(pins.iter().map(|(handle, id)| (handle.clone(), id.clone())));
    serde_json::to_string_pretty(&all).ok().map(|text| format!("{text}\n"))
}

/// The people whom only a handle ties to an account: a handle alone never wins a seat.
pub fn without_account(roster: &Roster) -> Vec<String> {
    let bare = |handle: &&String| {
        roster.people.get(*handle).is_some_and(|one| roster.account_id(one).is_none() && one.email.is_none())
    };
    roster.people.keys().filter(bare).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::tests::directives;

    fn set() -> Directives {
        let mut set = directives([]);
        set.keepers.insert(String::new(), WorkerRef::Person("noor".to_owned()));
        set.keepers.insert("approvals.md".to_owned(), WorkerRef::Person("dana".to_owned()));
        set
    }

    fn agree(files: &[&str], edited_by: &[&str]) -> (Vec<String>, bool) {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        let edited_by = edited_by.iter().map(|handle| (*handle).to_owned()).collect();
        let may = may_agree(&set(), &files, &edited_by);
        (may.people.into_iter().collect(), may.second)
    }

    #[test]
    fn the_keeper_agrees_and_where_the_keeper_edited_somebody_else() {
        let people = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(agree(&["routing.md"], &[]), (people(&["noor"]), false));
        assert_eq!(agree(&["approvals.md"], &[]), (people(&["dana", "noor"]), false));
        assert_eq!(agree(&["approvals.md", "routing.md"], &[]), (people(&["noor"]), false));
        assert_eq!(agree(&["approvals.md"], &["dana"]), (people(&["noor"]), true));
        assert_eq!(agree(&["routing.md"], &["noor"]), (people(&["kim"]), true), "their manager, who is triage too");
        assert_eq!(agree(&["routing.md"], &["noor", "kim"]), (vec![], true), "only the command line is left");
    }

    #[test]
    fn pins_are_added_to_those_that_are_there() {
        let pins = BTreeMap::from([("kim".to_owned(), "U1".to_owned())]);
        assert_eq!(pinned(None, &BTreeMap::new()), None);
        assert_eq!(pinned(Some("{\"ana\": \"U2\"}"), &pins).unwrap(), "{\n  \"ana\": \"U2\",\n  \"kim\": \"U1\"\n}\n");
        assert_eq!(without_account(&set().roster).len(), set().roster.people.len());
    }
}
