//! What the router reads about a role: its description, what it handles, its examples, and the topics that rules give it.

use super::likeness::ClassText;
use crate::directives::Directives;
use crate::directives::matching::words::Terms;
use crate::directives::rule::Rule;
use crate::roster::Role;
use crate::workers::WorkerRef;

pub(super) fn of_role(role: &Role, directives: &Directives, terms: &Terms) -> ClassText {
    let name = [role.title.clone(), role.id.replace('-', " ")];
    let topics = topics(role, directives).flat_map(|topic| terms.expand(topic));
    let written = sentences(&role.description).chain(role.handles.iter().cloned());
    let mut snippets: Vec<String> = Vec::new();
    for snippet in name.into_iter().chain(written).chain(topics) {
        if !snippet.trim().is_empty() && !snippets.contains(&snippet) {
            snippets.push(snippet);
        }
    }
    ClassText { snippets, examples: role.examples.clone() }
}

fn sentences(text: &str) -> impl Iterator<Item = String> {
    text.lines().flat_map(|line| line.split_inclusive(". ")).map(|sentence| sentence.trim().to_owned())
}

/// The topics of the company's `route` sentences that name this role or one of its positions.
fn topics<'a>(role: &'a Role, directives: &'a Directives) -> impl Iterator<Item = &'a str> {
    let mine = |worker: &WorkerRef| match worker {
        WorkerRef::Agent(id) => role.positions.contains(id),
        WorkerRef::Role(id) => role.id == *id,
        WorkerRef::Person(_)
        | WorkerRef::Team(_)
        | WorkerRef::Channel(_)
        | WorkerRef::Bot(_)
        | WorkerRef::Human
        | WorkerRef::Owner
        | WorkerRef::Supervisor
        | WorkerRef::Requester
        | WorkerRef::RequesterManager => false,
    };
    let routes = directives.each(|rule| if let Rule::Route(route) = rule { Some(route) } else { None });
    routes
        .filter(move |(_, route)| route.to.iter().any(mine))
        .flat_map(|(_, route)| route.when.topics.iter().map(String::as_str))
}
