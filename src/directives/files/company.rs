//! `company.md`: people, teams, channels, triage, time zone and keeper, from lists and plain sentences.
//!
//! Everything else that stands there (definitions, working hours, rules) is left for the sentence reader.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use super::facts::read_facts;
use super::names::{list_items, person_named};
use super::page::{BlockKind, Page};
use super::people::{PersonEntry, read_person};
use super::place::Source;
use super::prose::Prose;
use super::split::Mapped;
use crate::directives::diagnostics::Problem;
use crate::roster::names::{slug, team_slug};
use crate::roster::{ChannelFact, Person, Roster, Team};
use crate::workers::WorkerRef;

/// What a heading's list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    People,
    Teams,
    Channels,
    Triage,
    Other,
}

/// Reads the facts of `company.md` into `roster`. The sentences that were facts are taken out of `prose`; the keeper of
/// the directives is returned where one is named.
pub fn read_company(
    source: &Source<'_>,
    page: &Page,
    prose: &mut Vec<Prose>,
    roster: &mut Roster,
    problems: &mut Vec<Problem>,
) -> Option<WorkerRef> {
    let mut taken: Vec<usize> = Vec::new();
    let mut people: Vec<(PersonEntry, Mapped)> = Vec::new();
    let mut teams: Vec<&Mapped> = Vec::new();
    for (index, block) in page.blocks.iter().enumerate() {
        let BlockKind::Item { .. } = block.kind else { continue };
        match (section(page, block.heading), block.text.text.starts_with(['#', '`'])) {
            (Section::People, _) => match read_person(source, &block.text) {
                Ok(entry) => people.push((entry, block.text.clone())),
                Err(problem) => problems.push(*problem),
            },
            (Section::Teams, _) => teams.push(&block.text),
            (Section::Channels, _) | (Section::Other, true) if channel_name(&block.text.text).is_some() => {
                read_channel(source, &block.text, roster, problems);
            }
            (Section::Channels, _) => problems.push(
                source
                    .error("channel-form", block.text.whole(), "this line names no channel")
                    .with_help("write it as “#finance: money in and out”"),
            ),
            (Section::Triage | Section::Other, _) => continue,
        }
        taken.push(index);
    }
    prose.retain(|p| !taken.contains(&p.block));
    add_people(source, people, roster, problems);
    for text in teams {
        read_team(source, text, roster, problems);
    }
    read_facts(source, page, prose, roster, problems)
}

/// The section that a heading opens, whatever its exact wording; a heading without a meaning of its own is part of the
/// one above it.
fn section(page: &Page, heading: Option<usize>) -> Section {
    let words = |text: &str| text.to_lowercase();
    page.ancestry(heading)
        .filter(|(_, heading)| !heading.is_title)
        .find_map(|(_, heading)| {
            let text = words(&heading.text.text);
            let has = |candidates: &[&str]| {
                candidates.iter().any(|c| text.split(|c: char| !c.is_alphanumeric()).any(|w| w == *c))
            };
            if has(&["team", "teams", "groups", "departments"]) {
                Some(Section::Teams)
            } else if has(&["channel", "channels", "rooms"]) {
                Some(Section::Channels)
            } else if has(&["triage"]) {
                Some(Section::Triage)
            } else if text.starts_with("who is who")
                || text.starts_with("who’s who")
                || text.starts_with("who's who")
                || text.starts_with("who we are")
                || has(&["people", "staff", "employees", "colleagues", "persons", "humans", "everyone"])
            {
                Some(Section::People)
            } else if text.is_empty() {
                None
            } else {
                Some(Section::Other)
            }
        })
        .unwrap_or(Section::Other)
}

/// Whether a heading opens the section on triage, where a name alone says who does it.
pub fn under_triage(page: &Page, heading: Option<usize>) -> bool {
    section(page, heading) == Section::Triage
}

fn add_people(
    source: &Source<'_>,
    entries: Vec<(PersonEntry, Mapped)>,
    roster: &mut Roster,
    problems: &mut Vec<Problem>,
) {
    let mut lines: BTreeMap<String, u32> = BTreeMap::new();
    let mut bosses: Vec<(String, String, Range<usize>)> = Vec::new();
    for (entry, text) in entries {
        let (line, _) = source.place(text.offset(0));
        let same_account = roster.people.values().find(|other| {
            (entry.email.is_some() && other.email == entry.email)
                || (entry.slack_id.is_some() && other.slack_id == entry.slack_id)
        });
        let taken = roster.people.get(&entry.handle).or(same_account).map(|other| other.handle.clone());
        if let Some(other) = taken {
            let first = lines.get(&other).copied().unwrap_or(line);
            let what = if other == entry.handle {
                format!("@{other} is listed twice")
            } else {
                format!("@{} and @{other} share an e-mail address or a user id", entry.handle)
            };
            let problem = source.error("duplicate-person", text.whole(), what);
            problems.push(problem.with_related(source.file, first).with_help("keep one line per person"));
            continue;
        }
        lines.insert(entry.handle.clone(), line);
        if let Some((boss, range)) = entry.reports_to {
            bosses.push((entry.handle.clone(), boss, range));
        }
        if let Some(id) = &entry.slack_id {
            roster.pinned.insert(entry.handle.clone(), id.clone());
        }
        let person = Person {
            handle: entry.handle.clone(),
            name: entry.name,
            email: entry.email,
            slack_id: entry.slack_id,
            title: entry.title,
            reports_to: None,
            timezone: entry.timezone,
        };
        roster.people.insert(entry.handle, person);
    }
    for (handle, boss, range) in bosses {
        match person_named(roster, &boss) {
            Ok(found) => {
                if let Some(person) = roster.people.get_mut(&handle) {
                    person.reports_to = Some(found);
                }
            }
            Err((what, help)) => problems.push(source.error("unknown-person", range, what).with_help(help)),
        }
    }
    refuse_loops(source, &lines, roster, problems);
}

fn refuse_loops(source: &Source<'_>, lines: &BTreeMap<String, u32>, roster: &Roster, problems: &mut Vec<Problem>) {
    for (handle, line) in lines {
        let chain = roster.up_from(handle);
        let closes = chain.last().map_or(handle, |last| last);
        if roster.manager_of(closes).as_ref() == Some(handle) && chain.iter().all(|other| handle <= other) {
            let names: Vec<String> =
                std::iter::once(handle).chain(&chain).chain([handle]).map(|h| format!("@{h}")).collect();
            let at = source.offset(usize::try_from(*line).unwrap_or(usize::MAX), 1);
            let end = at + source.text[at..].lines().next().unwrap_or_default().len();
            let what = format!("the reporting lines go round in a circle: {}", names.join(" → "));
            problems
                .push(source.error("reporting-loop", at..end, what).with_help("one of them reports to nobody here"));
        }
    }
}

fn read_team(source: &Source<'_>, text: &Mapped, roster: &mut Roster, problems: &mut Vec<Problem>) {
    let separators = [":", " – ", " — ", " - ", " consists of ", " are ", " is "];
    let Some((at, length)) = separators.iter().find_map(|s| text.text.find(s).map(|at| (at, s.len()))) else {
        let problem = source.error("team-form", text.whole(), "this line names no members");
        problems.push(problem.with_help("write it as “Finance team: @dana, @ana”"));
        return;
    };
    let (name, user_group) = group_of(&text.text[..at]);
    let name = name.trim().trim_start_matches("The ").trim_start_matches("the ").trim().to_owned();
    let id = team_slug(&name);
    let mut team = Team { id: id.clone(), name: named_as_team(&name), members: Vec::new(), user_group };
    for range in list_items(&text.text, at + length..text.text.len()) {
        let item = &text.text[range.clone()];
        if let (_, Some(group)) = group_of(item) {
            team.user_group = Some(group);
            continue;
        }
        match person_named(roster, item) {
            Ok(handle) if team.members.contains(&handle) => {
                let what = format!("@{handle} is listed twice in this team");
                problems.push(source.warning("duplicate-member", text.range(range), what));
            }
            Ok(handle) => team.members.push(handle),
            Err((what, help)) => {
                problems.push(source.error("unknown-person", text.range(range), what).with_help(help));
            }
        }
    }
    match roster.teams.entry(id) {
        Entry::Vacant(free) => {
            free.insert(team);
        }
        Entry::Occupied(_) => {
            problems.push(source.error("duplicate-team", text.whole(), format!("{} is listed twice", team.name)));
        }
    }
}

/// "Finance" is spoken of as "Finance team".
fn named_as_team(name: &str) -> String {
    if team_slug(name) == slug(name) { format!("{name} team") } else { name.to_owned() }
}

/// Takes "(user group @finance)" or "Slack group S024" out of a text.
fn group_of(text: &str) -> (String, Option<String>) {
    let lower = text.to_lowercase();
    let Some((at, word)) =
        ["user group", "usergroup", "slack group"].iter().find_map(|w| lower.find(w).map(|at| (at, w)))
    else {
        return (text.to_owned(), None);
    };
    let rest = text.get(at + word.len()..).unwrap_or_default();
    let group =
        rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '@' | ':' | '.' | '`')).to_owned();
    let name = text.get(..at).unwrap_or_default().trim_end_matches([' ', '(', ',', ';']).to_owned();
    (name, (!group.is_empty()).then_some(group))
}

fn channel_name(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches('`').strip_prefix('#')?;
    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}

fn read_channel(source: &Source<'_>, text: &Mapped, roster: &mut Roster, problems: &mut Vec<Problem>) {
    let Some(name) = channel_name(&text.text) else { return };
    let rest = text.text.split_once(name).map_or("", |(_, rest)| rest);
    let about = rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, '`' | ':' | '–' | '—' | '-' | ',' | '.'));
    let fact = ChannelFact { name: name.to_lowercase(), about: (!about.is_empty()).then(|| about.to_owned()) };
    if roster.channels.contains_key(&fact.name) {
        problems.push(source.error("duplicate-channel", text.whole(), format!("#{name} is listed twice")));
    } else {
        roster.channels.insert(fact.name.clone(), fact);
    }
}
