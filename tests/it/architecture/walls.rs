//! Who may import whom. The table is the map's; a room that is not in it may import nothing but the leaves.

use super::tree::{Finding, Source, line_of, occurrences, project};

/// Plain types. Everybody may import them; they import only each other.
pub const LEAVES: &[&str] = &["catalogue", "clock", "ids", "money", "redact", "store", "workers"];

/// Rooms with the other rooms that they may import.
pub const ROOMS: &[(&str, &[&str])] = &[
    ("assignments", &["directives", "roster", "tasks"]),
    ("budgets", &[]),
    ("commands", &["replies"]),
    ("directives", &["policy", "roster"]),
    ("execution", &["gate"]),
    ("gate", &["directives", "policy", "roster", "runs", "tasks"]),
    ("inbox", &[]),
    ("ledger", &[]),
    ("playbooks", &["directives", "runs"]),
    ("policy", &[]),
    ("replies", &[]),
    ("results", &[]),
    ("roster", &[]),
    ("routing", &["directives", "roster", "tasks"]),
    ("runs", &["tasks"]),
    ("schedules", &["directives"]),
    ("tasks", &[]),
    ("workflows", &["directives", "tasks"]),
];

/// Edges with the rooms whose types they may import.
pub const EDGES: &[(&str, &[&str])] = &[
    ("demo_models", &[]),
    ("demo_tools", &[]),
    ("drivers", &["runs"]),
    ("sandbox", &[]),
    ("slack", &["commands", "inbox", "replies"]),
    ("tools", &["execution"]),
    ("webhooks", &["inbox"]),
];

/// The shell, with what it may not import: only the rehearsals, the command line and the tests know the sandbox.
const SHELL: &[(&str, &[&str])] = &[
    ("cli", &[]),
    ("config", &["cli", "demo_models", "demo_tools", "flow", "rehearsals", "sandbox"]),
    ("flow", &["cli", "demo_models", "demo_tools", "rehearsals", "sandbox"]),
    ("lib", &[]),
    ("main", &[]),
    ("rehearsals", &[]),
];

pub fn is_room(name: &str) -> bool {
    ROOMS.iter().any(|(room, _)| *room == name)
}

pub fn is_leaf(name: &str) -> bool {
    LEAVES.contains(&name)
}

pub fn is_edge(name: &str) -> bool {
    EDGES.iter().any(|(edge, _)| *edge == name)
}

pub fn is_shell(name: &str) -> bool {
    SHELL.iter().any(|(part, _)| *part == name)
}

fn is_module(name: &str) -> bool {
    is_room(name) || is_leaf(name) || is_edge(name) || is_shell(name)
}

fn may_import(from: &str, to: &str) -> bool {
    if from == to {
        return true;
    }
    if let Some((_, barred)) = SHELL.iter().find(|(part, _)| *part == from) {
        return !barred.contains(&to);
    }
    if is_leaf(to) {
        return true;
    }
    ROOMS.iter().chain(EDGES).find(|(name, _)| *name == from).is_some_and(|(_, allowed)| allowed.contains(&to))
}

/// Imports that the table does not allow, and ways around it.
fn breaches(source: &Source) -> Vec<Finding> {
    let Some(from) = source.room() else { return Vec::new() };
    let mut found = Vec::new();
    for (line, name) in crate_paths(&source.production) {
        if name == "*" {
            found.push(source.finding(line, "imports everything of the crate"));
        } else if is_module(&name) && !may_import(from, &name) {
            found.push(source.finding(line, format!("{from} imports {name}")));
        }
    }
    // A path that climbs to the root would walk around the wall.
    let depth = depth_of(&source.path);
    let climb = "super::".repeat(depth);
    if depth > 0 && source.path != "src/lib.rs" {
        for at in source.production.match_indices(&climb).map(|(at, _)| at) {
            found.push(
                source.finding(
                    line_of(&source.production, at),
                    "climbs to the crate's root by `super::`; write `crate::`",
                ),
            );
        }
    }
    if !is_module(from) {
        found.push(source.finding(1, format!("{from} is not on the map; add it to the table of walls")));
    }
    found
}

/// How many `super::` lead from a file to the crate's root.
fn depth_of(path: &str) -> usize {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inside.split('/').count()
}

/// What follows each `crate::`, groups opened: `use crate::{a::b, c}` gives `a` and `c`.
fn crate_paths(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for at in occurrences(code, "crate::") {
        if code[..at].ends_with('$') {
            continue;
        }
        let line = line_of(code, at);
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(heads_of_group(group).into_iter().map(|name| (line, name))),
            None => found.push((line, head(rest))),
        }
    }
    found
}

fn heads_of_group(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut heads) = (0_usize, 0, Vec::new());
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(head(&group[start..i]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(head(&group[start..i]));
                start = i + 1;
            }
            _ => {}
        }
    }
    heads
}

fn head(path: &str) -> String {
    let path = path.trim_start();
    if path.starts_with('*') {
        return "*".to_owned();
    }
    path.chars().take_while(|c| super::strip::is_word(*c)).collect()
}

#[test]
fn every_import_is_one_that_the_map_allows() {
    super::assert_none("an import breaks a wall", project().iter().flat_map(breaches));
}

#[test]
fn the_table_of_walls_can_fail() {
    let bad = |path: &str, code: &str| breaches(&Source::new(path, code));
    assert_eq!(bad("src/inbox/mod.rs", "use crate::tasks::Task;").len(), 1);
    assert_eq!(bad("src/inbox/mod.rs", "use crate::{\n  clock::Span, slack::{self, web},\n};").len(), 1);
    assert_eq!(bad("src/store/mod.rs", "fn f(t: crate::tasks::Task) {}").len(), 1);
    assert_eq!(bad("src/gate/judge.rs", "use super::super::flow;").len(), 1);
    assert_eq!(bad("src/gate/mod.rs", "use super::flow;").len(), 1);
    assert_eq!(bad("src/gate/mod.rs", "use crate::*;").len(), 1);
    assert_eq!(bad("src/flow/mod.rs", "use crate::sandbox;").len(), 1);
    assert_eq!(bad("src/novelty/mod.rs", "").len(), 1);
    assert!(bad("src/gate/judge.rs", "use super::{a, b}; use crate::{args, runs::store, ids};").is_empty());
    assert!(bad("src/rehearsals/mod.rs", "use crate::{flow, sandbox};").is_empty());
}
