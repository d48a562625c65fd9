//! What the documentation says of the program, compared with the program.

use std::collections::BTreeSet;
use std::path::Path;

use crate::architecture::project;

/// The documents that a reader is sent to.
const DOCUMENTS: &[&str] = &[
    "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "docs/configuration.md", "docs/demo.md", "docs/directives.md",
    "docs/install.md", "docs/agents.md", "docs/operating.md", "docs/approvals.md", "docs/policies.md",
    "docs/security.md", "docs/commands.md", "docs/cli.md",
];

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
    for name in DOCUMENTS {
        let text = document(name);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap();
            if path.is_empty() || path.contains("://") {
                continue;
            }
            let from = root.join(name);
            if !from.parent().unwrap().join(path).exists() {
                broken.push(format!("{name}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// A promise in the README names the test that shows it: `file::test` must be there.
#[test]
fn every_promise_has_its_test() {
    let text = document("README.md");
    let section = text.split("\n## How it keeps its promises\n").nth(1).expect("the section of promises");
    let section = section.split("\n## ").next().unwrap();
    let named: Vec<&str> =
        section.lines().filter(|l| l.starts_with("| ")).skip(2).filter_map(|l| l.split('`').nth(1)).collect();
    assert!(named.len() >= 8, "{named:?}");
    let lost: Vec<&&str> = named
        .iter()
        .filter(|name| {
            let test = name.rsplit("::").next().unwrap();
            !project().iter().any(|source| source.code.contains(&format!("fn {test}(")))
        })
        .collect();
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

/// What `docs/security.md` says that a test shows is shown: every name between back-ticks with `::` in it is a test, or a room of
/// tests, that is there. Rehearsals are named in italics and are there too.
#[test]
fn every_test_that_the_threat_model_names_is_there() {
    let text = document("docs/security.md");
    let named: Vec<&str> =
        text.split('`').skip(1).step_by(2).filter(|name| name.contains("::") && !name.contains(' ')).collect();
    let lower = |name: &&str| name.rsplit("::").next().is_some_and(|last| last.starts_with(char::is_lowercase));
    let named: Vec<&str> = named.into_iter().filter(lower).collect();
    assert!(named.len() >= 30, "{named:?}");
    let is_test = |name: &str| {
        let test = name.rsplit("::").next().unwrap();
        project().iter().any(|source| source.code.contains(&format!("fn {test}(")))
    };
    let is_room = |name: &str| {
        let path = name.replace("::", "/");
        project().iter().any(|source| {
            let at = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
            at.ends_with(&path) || name.ends_with("::tests") && at.ends_with(path.trim_end_matches("/tests"))
        })
    };
    let lost: Vec<&&str> = named.iter().filter(|name| !is_test(name) && !is_room(name)).collect();
    assert!(lost.is_empty(), "no such test: {lost:?}");
    for title in text.split("rehearsal *").skip(1).filter_map(|rest| rest.split('*').next()) {
        let files = workforce::rehearsals::example::files();
        assert!(files.values().any(|file| file.contains(&format!("## {title}\n"))), "no such rehearsal: {title}");
    }
}
