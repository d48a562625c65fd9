//! The vendors' names of tools are letters, digits, `_` and `-`; ours have dots. Each brief has its own table of the two.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::runs::brief::{Brief, Colleague};
use crate::runs::thinking::{ASK, HAND_OVER, own_words};

/// The longest name that every vendor takes.
const LONGEST: usize = 60;

/// What a model is offered, under names that it can say; by default nothing.
#[derive(Default)]
pub struct Names {
    tools: Vec<Spoken>,
    ours: BTreeMap<String, String>,
}

/// One tool as a vendor is told of it.
pub struct Spoken {
    pub name: String,
    pub description: String,
    pub schema: Value,
}

impl Names {
    pub fn of(brief: &Brief) -> Self {
        let mut names = Self { tools: Vec::new(), ours: BTreeMap::new() };
        for word in own_words(&brief.peers) {
            let peers: &[Colleague] = match word.name {
                HAND_OVER => &brief.peers.colleagues,
                ASK => &brief.peers.askable,
                _ => &[],
            };
            let about: Vec<String> = peers.iter().map(|c| format!("\n- {}: {}", c.worker, c.about)).collect();
            names.add(word.name, format!("{}{}", word.description, about.concat()), word.schema);
        }
        for offer in &brief.offers {
            names.add(&offer.tool.0, offer.description.clone(), offer.schema.clone());
        }
        names
    }

    fn add(&mut self, ours: &str, description: String, schema: Value) {
        let wire = spoken(ours);
        let free = |name: &String| !self.ours.contains_key(name);
        let numbered = (2..).map(|n| format!("{wire}_{n}"));
        if let Some(name) = [wire.clone()].into_iter().chain(numbered).find(free) {
            self.ours.insert(name.clone(), ours.to_owned());
            self.tools.push(Spoken { name, description, schema });
        }
    }

    pub fn tools(&self) -> &[Spoken] {
        &self.tools
    }

    /// Our name of what a model called; its own word where there is no such tool.
    pub fn ours(&self, wire: &str) -> String {
        self.ours.get(wire).cloned().unwrap_or_else(|| wire.to_owned())
    }

    /// The model's name of a call that it made before, whatever it may use now.
    pub fn wire(&self, ours: &str) -> String {
        let known = self.ours.iter().find(|(_, known)| *known == ours).map(|(wire, _)| wire.clone());
        known.unwrap_or_else(|| spoken(ours))
    }
}

fn spoken(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut out: String =
        name.replace('.', "__").chars().map(|c| if fits(c) { c } else { '_' }).take(LONGEST).collect();
    if out.is_empty() {
        out.push('_');
    }
    out
}
