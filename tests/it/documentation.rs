//! What the documentation says of the program, compared with the program.

mod named;

use std::collections::BTreeSet;
use std::path::Path;

use crate::architecture::project;

/// The documents that a reader is sent to: those at the root, and whatever lies in `docs`.
fn documents() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<String> =
        names.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}")).collect();
    found.sort();
    assert!(found.len() >= 15, "{found:?}");
    found.extend(["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(str::to_owned));
    found
}

fn document(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn source(path: &str) -> &'static str {
    &project().iter().find(|source| source.path == path).unwrap_or_else(|| panic!("{path} is gone")).raw
}

/// The public or private fields of a struct, read from its source: `name: Type`.
fn fields_of(code: &str, name: &str) -> Vec<String> {
    let start = code.find(&format!("struct {name} {{")).unwrap_or_else(|| panic!("struct {name} is gone"));
    let body = &code[start..start + code[start..].find("\n}").unwrap()];
    let fields = body.lines().skip(1).map(str::trim).filter(|line| !line.starts_with("//") && !line.starts_with('#'));
    fields.filter_map(|line| Some(line.trim_start_matches("pub ").split_once(':')?.0.to_owned())).collect()
}

/// The first cells of the table below a heading, without their back-ticks.
fn first_cells(text: &str, heading: &str) -> BTreeSet<String> {
    let section = text.split(&format!("\n## {heading}\n")).nth(1).unwrap_or_else(|| panic!("no heading “{heading}”"));
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.split('`').nth(1).unwrap().to_owned()).collect()
}

fn set(fields: Vec<String>) -> BTreeSet<String> {
    fields.into_iter().collect()
}

#[test]
fn every_key_of_the_configuration_is_documented() {
    let (text, code) = (document("docs/configuration.md"), source("src/config.rs"));
    assert_eq!(first_cells(&text, "Top level"), set(fields_of(code, "File")));
    assert_eq!(first_cells(&text, "`[slack]`"), set(fields_of(code, "SlackSection")));
    assert_eq!(first_cells(&text, "`[limits]`"), set(fields_of(code, "Limits")));
    assert_eq!(first_cells(&text, "`[links]`"), set(fields_of(code, "Links")));
    let hooks = source("src/webhooks/config.rs");
    assert_eq!(first_cells(&text, "`[webhooks]`"), set(fields_of(hooks, "Section")));
    assert_eq!(first_cells(&text, "`[[webhooks.hooks]]`"), set(fields_of(hooks, "Entry")));
    let models = source("src/drivers/config.rs");
    assert_eq!(first_cells(&text, "`[models.NAME]`"), set(fields_of(models, "ModelEntry")));
    let agents = source("src/drivers/agents.rs");
    assert_eq!(first_cells(&text, "`[agents.POSITION]`"), set(fields_of(agents, "AgentEntry")));
    assert_eq!(first_cells(&text, "`[[tools]]`"), set(fields_of(source("src/tools/config.rs"), "ServerEntry")));
}

#[test]
fn every_default_of_a_limit_is_documented_as_it_is() {
    let text = document("docs/configuration.md");
    let text = text.split("\n## `[limits]`\n").nth(1).unwrap();
    let limits = format!("{:?}", workforce::config::Limits::default());
    let inner = limits.trim_start_matches("Limits { ").trim_end_matches(" }");
    for field in inner.split(", ") {
        let (name, value) = field.split_once(": ").unwrap();
        let row =
            text.lines().find(|line| line.starts_with(&format!("| `{name}` |"))).unwrap_or_else(|| panic!("{name}"));
        let documented = row.split('|').nth(2).unwrap().trim().trim_matches('`');
        assert_eq!(documented, value, "{name}");
    }
}

#[test]
fn the_example_configuration_is_read() {
    let text = document("docs/configuration.md");
    let example = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workforce.toml");
    std::fs::write(&file, example).unwrap();
    let lookup = |name: &str| (name == "BILLING_TOKEN").then(|| "secret".to_owned());
    let (config, _) = workforce::config::Config::load(&file, true, &lookup).unwrap();
    assert_eq!(config.tools.len(), 1);
}

/// A link to a file that is not there is a promise that is not kept.
#[test]
fn every_link_leads_to_a_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut broken = Vec::new();
    for name in documents() {
        let text = document(&name);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap();
            if path.is_empty() || path.contains("://") {
                continue;
            }
            let from = root.join(&name);
            if !from.parent().unwrap().join(path).exists() {
                broken.push(format!("{name}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// A promise in the README names the tests that show it, by the names under which they are found.
#[test]
fn every_promise_has_its_test() {
    let text = document("README.md");
    let section = text.split("\n## How it keeps its promises\n").nth(1).expect("the section of promises");
    let section = section.split("\n## ").next().unwrap();
    let tests = named::tests();
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
    assert!(rows.len() >= 45, "{rows:?}");
    let mut lost = Vec::new();
    for row in rows {
        let names = named::named_in(row);
        assert!(!names.is_empty(), "no test shows: {row}");
        lost.extend(names.into_iter().filter(|name| !named::is_found(name, &tests)));
    }
    assert!(lost.is_empty(), "no such test: {lost:?}");
}

/// Every room that the map shows is there, and every room that is there is on the map.
#[test]
fn the_map_shows_the_rooms_that_there_are() {
    let text = document("ARCHITECTURE.md");
    let map = text.split("```text\n").nth(1).expect("the map").split("```").next().unwrap();
    let shown: BTreeSet<String> = map
        .lines()
        .filter(|line| line.starts_with("  ") && !line.trim_start().starts_with("--"))
        .filter_map(|line| line.split_whitespace().next())
        .map(|name| name.trim_end_matches('/').trim_end_matches(".rs").to_owned())
        .collect();
    let there: BTreeSet<String> = project().iter().filter_map(|source| source.room()).map(str::to_owned).collect();
    assert_eq!(shown, there);
}

/// Each row of the table of arrows is a file or a folder of `src/flow`.
#[test]
fn every_arrow_is_a_file_of_the_flow() {
    let text = document("ARCHITECTURE.md");
    let section = text.split("\n## The arrows\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(2);
    let arrows: Vec<&str> = rows.map(|row| row.split('|').nth(1).unwrap().trim()).collect();
    assert!(arrows.len() >= 25, "{arrows:?}");
    let is_there = |arrow: &str| {
        let places = [format!("src/flow/{arrow}.rs"), format!("src/flow/{arrow}/mod.rs")];
        project().iter().any(|source| places.contains(&source.path))
    };
    let lost: Vec<&&str> = arrows.iter().filter(|arrow| !is_there(arrow)).collect();
    assert!(lost.is_empty(), "no such arrow: {lost:?}");
    // What a row names besides is a file within an arrow, or one that arrows share.
    let within = |name: &str| {
        let file = format!("/{name}.rs");
        project().iter().any(|source| source.path.starts_with("src/flow/") && source.path.ends_with(&file))
    };
    let named = section.lines().filter(|line| line.starts_with("| ")).flat_map(|row| row.split('`').skip(1).step_by(2));
    let lost: Vec<&str> = named.filter(|name| !name.contains(' ') && !name.contains('.') && !within(name)).collect();
    assert!(lost.is_empty(), "no such file: {lost:?}");
}

/// What newcomers must know before they let an agent post: where private words end.
#[test]
fn the_documents_say_that_private_words_stay_where_they_were_said() {
    for name in ["README.md", "ARCHITECTURE.md"] {
        assert!(document(name).contains("What was asked in private stays there"), "{name}");
    }
}

/// What `docs/security.md` says that a test shows is shown: every name between back-ticks with `::` in it is a test, or a room of
/// tests, that is found by this name. Rehearsals are named in italics and are there too.
#[test]
fn every_test_that_the_threat_model_names_is_there() {
    let text = document("docs/security.md");
    let (tests, names) = (named::tests(), named::named_in(&text));
    assert!(names.len() >= 40, "{names:?}");
    let lost: Vec<&str> = names.into_iter().filter(|name| !named::is_found(name, &tests)).collect();
    assert!(lost.is_empty(), "no such test: {lost:?}");
    for title in text.split("rehearsal *").skip(1).filter_map(|rest| rest.split('*').next()) {
        let files = workforce::rehearsals::example::files();
        assert!(files.values().any(|file| file.contains(&format!("## {title}\n"))), "no such rehearsal: {title}");
    }
}
