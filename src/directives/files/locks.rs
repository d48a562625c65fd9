//! The two files that programs write: `tools.lock` and `people.lock`.

use std::collections::BTreeMap;

use super::place::Source;
use crate::catalogue::{Catalogue, ToolsLock};
use crate::directives::diagnostics::Problem;
use crate::roster::Roster;

/// The catalogue of `tools.lock`; without the file, an empty one.
pub fn read_tools_lock(files: &BTreeMap<String, String>, problems: &mut Vec<Problem>) -> Catalogue {
    let Some(text) = files.get("tools.lock") else { return Catalogue::default() };
    match ToolsLock::parse(text) {
        Ok(lock) => Catalogue::from_lock(lock),
        Err(error) => {
            let problem = Source::new("tools.lock", text).error("bad-lock", 0..0, error.to_string());
            problems.push(problem.with_help("write it anew with `workforce tools lock`"));
            Catalogue::default()
        }
    }
}

/// Pins handles to user ids: a JSON object, handle → id. An id in `company.md` that differs is an error, because one of the
/// two would give a seat to the wrong account.
pub fn read_people_lock(files: &BTreeMap<String, String>, roster: &mut Roster, problems: &mut Vec<Problem>) {
    let Some(text) = files.get("people.lock") else { return };
    let source = Source::new("people.lock", text);
    let pins: BTreeMap<String, String> = match serde_json::from_str(text) {
        Ok(pins) => pins,
        Err(error) => {
            let at = source.offset(error.line(), error.column());
            let problem = source.error("bad-lock", at..at, "people.lock is no JSON object of handles and user ids");
            problems.push(problem.with_help("write it as {\"kim\": \"U024BE7LH\"}"));
            return;
        }
    };
    for (handle, id) in pins {
        let handle = handle.trim_start_matches('@').to_lowercase();
        let at = text.find(&handle).unwrap_or(0);
        let range = at..at + if at == 0 { 0 } else { handle.len() };
        match roster.pinned.get(&handle) {
            Some(other) if *other != id => {
                let what = format!("@{handle} is {id} here but {other} in company.md");
                problems
                    .push(source.error("conflicting-account", range, what).with_help("keep the right one of the two"));
            }
            Some(_) | None if !roster.people.contains_key(&handle) => {
                let what = format!("@{handle} is pinned, but company.md lists nobody of that handle");
                problems.push(source.warning("unknown-person", range, what));
            }
            Some(_) | None => {
                if let Some(person) = roster.people.get_mut(&handle) {
                    person.slack_id = Some(id.clone());
                }
                roster.pinned.insert(handle, id);
            }
        }
    }
}
