//! Files → a set of directives, whole or not at all.
//!
//! The order matters: people and teams first, then roles, then definitions, then working hours, then every sentence with
//! all of that known, then playbooks, then what holds only between files. Absent here: reading from disk.

mod company;
mod conflicts;
#[cfg(test)]
mod cross_tests;
mod dead;
mod facts;
mod front;
mod locks;
mod names;
mod page;
mod people;
mod permissions;
mod place;
mod playbook;
mod prose;
mod readings;
pub use readings::NOT_ENFORCED;
pub mod rego;
mod role;
mod role_text;
mod settle;
mod split;
mod steps;
mod takes;
#[cfg(test)]
mod tests;
mod unheard;
mod unspoken;
mod when;
mod words;
mod workflow;
mod workflow_order;
mod workflow_source;
#[cfg(test)]
mod workflow_tests;
mod workflow_when;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::json;

use super::diagnostics::{Problem, Severity};
use super::workflow::Workflow;
use super::{Directives, PlaybookSource, Reading, template};
use crate::catalogue::{Catalogue, canonical};
use crate::directives::language::Vocabulary;
use crate::roster::Roster;
use crate::workers::WorkerRef;
use front::FrontMatter;
use page::Page;
use place::Source;
use prose::{Prose, sentences_of};
use role::Draft;

/// Characters that hide what a line says: directional overrides, zero-width characters, controls.
const HIDDEN: &[std::ops::RangeInclusive<char>] = &[
    '\u{0}'..='\u{8}',
    '\u{b}'..='\u{c}',
    '\u{e}'..='\u{1f}',
    '\u{7f}'..='\u{9f}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{2069}',
    '\u{feff}'..='\u{feff}',
    '\u{e0000}'..='\u{e007f}',
];

/// One Markdown file that may hold rules.
struct File<'t> {
    source: Source<'t>,
    kind: Kind,
    page: Page,
    prose: Vec<Prose>,
    front: FrontMatter,
    /// Set for role files.
    draft: Option<Draft>,
}

/// Reads a whole set: `files` by path relative to the directives' folder, with forward slashes. Tools come from
/// `tools.lock` among the files; without it there are none. `today` settles dates.
///
/// # Errors
/// Every problem of every file, warnings included, in the order of files and lines; at least one is an error.
pub fn read_set(files: &BTreeMap<String, String>, today: NaiveDate) -> Result<Directives, Vec<Problem>> {
    read_set_with(files, None, today)
}

/// The same with the tools of `catalogue` instead of those of `tools.lock`, where one is given.
///
/// # Errors
/// As [`read_set`].
pub fn read_set_with(
    files: &BTreeMap<String, String>,
    catalogue: Option<Catalogue>,
    today: NaiveDate,
) -> Result<Directives, Vec<Problem>> {
    let (set, problems) = read_all(files, catalogue, today);
    if problems.iter().any(|problem| problem.severity == Severity::Error) { Err(problems) } else { Ok(set) }
}

/// Reads a set as far as it can be read, for showing readings beside the problems. Only [`read_set`] says whether the set
/// may be used.
pub fn read_all(
    files: &BTreeMap<String, String>,
    catalogue: Option<Catalogue>,
    today: NaiveDate,
) -> (Directives, Vec<Problem>) {
    let mut problems = Vec::new();
    let catalogue = catalogue.unwrap_or_else(|| locks::read_tools_lock(files, &mut problems));
    let mut roster = Roster { timezone: "UTC".to_owned(), ..Roster::default() };
    let mut pages = open(files, today, &mut problems);
    let company_keeper = read_company_file(&mut pages, &mut roster, &mut problems);
    locks::read_people_lock(files, &mut roster, &mut problems);
    settle_roles(&mut pages, &mut roster, &mut problems);
    let keepers = keepers(&mut pages, company_keeper, &roster, &mut problems);

    let defines = readings::read_defines(&pages, &catalogue);
    let timezone = roster.timezone.clone();
    let hours = {
        let vocabulary = Vocabulary::new(&roster, &catalogue, &defines, &timezone, today);
        readings::read_hours(&pages, &vocabulary)
    };
    roster.hours = hours;
    let (read, playbooks, workflows) = {
        let vocabulary = Vocabulary::new(&roster, &catalogue, &defines, &timezone, today);
        read_sentences(&pages, &vocabulary, &mut problems)
    };
    conflicts::check(&read, &mut problems);
    dead::check(&read, today, &mut problems);
    unheard::check(&read, &catalogue, &mut problems);
    let policies = rego::read_policies(files, &mut problems);
    permissions::check(&pages, &read, &playbooks, &roster, &catalogue, &mut problems);
    unspoken::check(&pages, &read, &playbooks, &roster, &catalogue, &mut problems);
    check_triage(&pages, &read, &roster, &mut problems);
    let order = |p: &Problem| (p.file.clone(), p.line, p.column, p.severity, p.code.clone());
    problems.sort_by_key(order);
    problems.dedup();
    let digest = canonical::digest(&json!({ "files": files }));
    let set = Directives {
        digest,
        readings: read,
        roster,
        catalogue,
        playbooks,
        step_gates: workflows.iter().flat_map(Workflow::gates).collect(),
        workflows,
        problems: problems.clone(),
        policies,
        keepers,
        files: files.clone(),
    };
    (set, problems)
}

/// Opens the Markdown files that hold rules, and says of each other file why it holds none.
fn open<'t>(files: &'t BTreeMap<String, String>, today: NaiveDate, problems: &mut Vec<Problem>) -> Vec<File<'t>> {
    let mut out = Vec::new();
    for (path, text) in files {
        let source = Source::new(path, text);
        warn_of_hidden_characters(&source, problems);
        match kind_of(path) {
            Kind::Rules | Kind::Role | Kind::Workflow => {}
            Kind::Template => {
                check_template(&source, problems);
                continue;
            }
            Kind::Policy | Kind::Other => continue,
        }
        let mut front = match FrontMatter::read(&source) {
            Ok(front) => front,
            Err(problem) => {
                problems.push(*problem);
                FrontMatter::default()
            }
        };
        let (page, found) = Page::read(&source, front.range.end);
        problems.extend(found);
        let prose = sentences_of(&page);
        let draft =
            (kind_of(path) == Kind::Role).then(|| role::draft_role(&source, &page, &mut front, today, problems));
        out.push(File { source, kind: kind_of(path), page, prose, front, draft });
    }
    if out.is_empty() {
        let source = Source::new("company.md", "");
        let problem = source.error("no-directives", 0..0, "there are no directives here");
        problems.push(problem.with_help("begin with a file company.md that says who is who"));
    }
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rules,
    Role,
    Workflow,
    Policy,
    Template,
    Other,
}

fn kind_of(path: &str) -> Kind {
    match path.split_once('/') {
        None if path.ends_with(".md") => Kind::Rules,
        Some(("roles", rest)) if rest.ends_with(".md") && !rest.contains('/') => Kind::Role,
        Some(("workflows", rest)) if rest.ends_with(".md") => Kind::Workflow,
        Some(("policies", rest)) if rest.ends_with(".rego") => Kind::Policy,
        Some(("templates", rest)) if rest.ends_with(".j2") => Kind::Template,
        None | Some(_) => Kind::Other,
    }
}

/// A template that cannot be read would leave a worker without its instructions.
fn check_template(source: &Source<'_>, problems: &mut Vec<Problem>) {
    let Err(error) = template::check_prompt(source.text) else { return };
    let at = error.range().filter(|range| source.text.get(range.clone()).is_some()).unwrap_or(0..0);
    let what = format!("this template cannot be read: {}", error.detail().unwrap_or("it is no template"));
    problems
        .push(source.error("bad-template", at, what).with_help("mend it, or delete the file to use the built-in one"));
}

fn warn_of_hidden_characters(source: &Source<'_>, problems: &mut Vec<Problem>) {
    let hidden = |c: &char| HIDDEN.iter().any(|range| range.contains(c));
    for (at, c) in source.text.char_indices().filter(|(at, c)| hidden(c) && !(*at == 0 && *c == '\u{feff}')) {
        let what =
            format!("an invisible character (U+{:04X}) stands here; the line may not say what it shows", u32::from(c));
        let problem = source.warning("hidden-character", at..at + c.len_utf8(), what);
        problems.push(problem.with_help("delete it and type the line again"));
    }
}

fn read_company_file(pages: &mut [File<'_>], roster: &mut Roster, problems: &mut Vec<Problem>) -> Option<WorkerRef> {
    let file = pages.iter_mut().find(|file| file.source.file == "company.md")?;
    company::read_company(&file.source, &file.page, &mut file.prose, roster, problems)
}

fn settle_roles(pages: &mut [File<'_>], roster: &mut Roster, problems: &mut Vec<Problem>) {
    let drafts: Vec<(&Source<'_>, &Draft)> =
        pages.iter().filter_map(|file| file.draft.as_ref().map(|draft| (&file.source, draft))).collect();
    settle::settle_roles(&drafts, roster, problems);
}

/// Who keeps each file: its own `kept by`, else the company's keeper, else the triage person. Also refuses what is left of
/// each front matter.
fn keepers(
    pages: &mut [File<'_>],
    company: Option<WorkerRef>,
    roster: &Roster,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, WorkerRef> {
    // The company's own keeper stands under the empty path.
    let mut out = BTreeMap::from([(String::new(), company.clone().unwrap_or(WorkerRef::Human))]);
    for file in pages {
        let mut keeper = company.clone().unwrap_or(WorkerRef::Human);
        if let Some(given) = file.front.fields.take_text("kept by", &file.source, problems) {
            match names::worker_named(roster, &given.value) {
                Ok(worker) => keeper = worker,
                Err((what, help)) => {
                    problems.push(file.source.error("unknown-person", given.range, what).with_help(help));
                }
            }
        }
        let rest = std::mem::take(&mut file.front.fields);
        if file.draft.is_some() {
            role::refuse_unknown_keys(&file.source, rest, problems);
        } else {
            rest.refuse_rest(&["kept by"], &file.source, problems);
        }
        out.insert(file.source.file.to_owned(), keeper);
    }
    out
}

fn read_sentences(
    pages: &[File<'_>],
    vocabulary: &Vocabulary<'_>,
    problems: &mut Vec<Problem>,
) -> (Vec<Reading>, Vec<PlaybookSource>, Vec<Workflow>) {
    let mut read = Vec::new();
    let mut playbooks = Vec::new();
    let mut workflows = Vec::new();
    for file in pages {
        if file.kind == Kind::Workflow {
            workflows.extend(workflow::read_workflow(file, vocabulary, problems));
            continue;
        }
        readings::read_file(file, vocabulary, &mut read, problems);
        if let Some(draft) = &file.draft {
            playbooks.extend(playbook::read_playbooks(&file.source, &file.page, &draft.role.id, vocabulary, problems));
        }
    }
    read.sort_by(|a, b| a.origin.cmp(&b.origin));
    (read, playbooks, workflows)
}

/// Work that nothing fits needs somebody to go to.
fn check_triage(pages: &[File<'_>], read: &[Reading], roster: &Roster, problems: &mut Vec<Problem>) {
    let told = problems.iter().any(|p| p.file == "company.md" && p.severity == Severity::Error);
    if roster.triage.is_some() || told {
        return;
    }
    let Some(company) = pages.iter().find(|file| file.source.file == "company.md").or_else(|| pages.first()) else {
        return;
    };
    let needed = read.iter().find(|reading| permissions::workers_of(&reading.rule).contains(&&WorkerRef::Human));
    let what = "nobody is the triage person, so work that no rule fits has nobody to go to";
    let help = "write “The triage person is Kim Osei (@kim).” in company.md";
    match needed {
        Some(reading) => {
            let problem = company.source.error("no-triage", 0..0, what).with_help(help);
            problems.push(problem.with_related(&reading.origin.file, reading.origin.line));
        }
        None => problems.push(company.source.warning("no-triage", 0..0, what).with_help(help)),
    }
}
