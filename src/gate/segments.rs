//! Which segments a task's customer or account belongs to, by the task's record.
//!
//! An argument that an agent wrote is no evidence. A result counts only if it is about the thing that the call is about: it
//! shares an identifying text with the call's arguments. Evidence that contradicts itself is unknown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::LookedUp;
use crate::directives::matching::holds::Holds;
use crate::directives::matching::words::{Terms, Words, same_term};

/// Shorter texts ("a", "US") name too many things to tie two records together.
const MIN_IDENTIFYING_CHARS: usize = 3;

pub(super) struct Evidence<'a> {
    /// What the task's record says outright.
    pub stated: &'a BTreeMap<String, bool>,
    pub looked_up: &'a [LookedUp],
    pub arguments: &'a Value,
    pub terms: &'a Terms,
}

impl Evidence<'_> {
    pub(super) fn segment(&self, name: &str) -> Holds {
        let stated = self.stated.iter().filter(|(term, _)| same_term(term, name)).map(|(_, is)| Holds::of(*is));
        let about = identifying(self.arguments);
        let found = self.looked_up.iter().filter(|looked| {
            let record = &identifying(&looked.result) | &identifying(&looked.arguments);
            !record.is_disjoint(&about)
        });
        let meanings = self.terms.expand(name);
        let read = found.map(|looked| read_result(&looked.result, name, &meanings));
        let (mut yes, mut no) = (false, false);
        for holds in stated.chain(read) {
            yes |= holds == Holds::Met;
            no |= holds == Holds::NotMet;
        }
        if yes == no { Holds::Unknown } else { Holds::of(yes) }
    }
}

/// "plan": "Platinum" fits "customers on the Platinum plan"; "plan": "Silver" rules it out; no such field tells nothing.
fn read_result(result: &Value, name: &str, meanings: &[String]) -> Holds {
    let mut fields = Vec::new();
    scalars(result, "", &mut fields);
    let phrases: Vec<Words> = meanings.iter().map(|meaning| Words::of(meaning)).collect();
    let (mut yes, mut no) = (false, false);
    for (key, value) in fields {
        if same_term(key, name) || same_term(key, &format!("is {name}")) {
            if let Value::Bool(is) = value {
                yes |= is;
                no |= !is;
            }
            continue;
        }
        let Value::String(text) = value else { continue };
        let key_stems = Words::of(key);
        if ["segment", "tier"].iter().any(|listed| key_stems.contain(listed))
            && meanings.iter().any(|m| same_term(m, text))
        {
            yes = true;
        }
        for phrase in &phrases {
            let (keys, texts) = (key_stems.stems(), Words::of(text));
            let speaks_of_key = !keys.is_empty() && keys.iter().all(|stem| phrase.stems().contains(stem));
            let says_value =
                !texts.stems().is_empty() && texts.stems().iter().all(|stem| phrase.stems().contains(stem));
            yes |= speaks_of_key && says_value;
            no |= speaks_of_key && !says_value;
        }
    }
    if yes == no { Holds::Unknown } else { Holds::of(yes) }
}

fn scalars<'a>(value: &'a Value, key: &'a str, found: &mut Vec<(&'a str, &'a Value)>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| scalars(value, key, found)),
        Value::Array(items) => items.iter().for_each(|item| scalars(item, key, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => found.push((key, value)),
    }
}

fn identifying(value: &Value) -> BTreeSet<&str> {
    let mut found = Vec::new();
    scalars(value, "", &mut found);
    let texts = found.into_iter().filter_map(|(_, value)| value.as_str());
    texts
        .filter(|text| {
            text.chars().count() >= MIN_IDENTIFYING_CHARS && text.chars().any(|c| c.is_ascii_digit() || c == '@')
        })
        .collect()
}
