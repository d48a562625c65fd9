//! What people say, as data: one table per class of words, one place per relation. Nothing here decides anything.

pub mod approvals;
pub mod bounds;
pub mod clauses;
pub mod gate_relations;
pub mod gates;
pub mod guards;
pub mod irregular;
pub mod modifiers;
pub mod people;
pub mod recurrences;
pub mod relations;
pub mod synonyms;
pub mod topics;
pub mod turns;
pub mod voices;
pub mod words;
pub mod work;
