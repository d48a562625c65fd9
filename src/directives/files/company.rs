//! `company.md`: people, teams, channels, triage, time zone and keeper, from lists and plain sentences.
//!
//! Everything else that stands there (definitions, working hours, rules) is left for the sentence reader.

use std::collections::BTreeMap;
use std::ops::Range;

use super::page::{BlockKind, Page};
use super::people::{PersonEntry, read_person};
use super::place::Source;
use super::prose::Prose;
use super::split::Mapped;
use crate::directives::diagnostics::Problem;
use crate::roster::names::{Named, nearest, slug, team_slug};
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
                Err(problem) => problems.push(problem),
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
    if roster.teams.contains_key(&id) {
        problems.push(source.error("duplicate-team", text.whole(), format!("{} is listed twice", team.name)));
    } else {
        roster.teams.insert(id, team);
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

/// Triage, time zone and keeper, which may stand anywhere in the file.
fn read_facts(
    source: &Source<'_>,
    page: &Page,
    prose: &mut Vec<Prose>,
    roster: &mut Roster,
    problems: &mut Vec<Problem>,
) -> Option<WorkerRef> {
    let mut keeper = None;
    prose.retain(|p| {
        let text = &p.sentence.text;
        let in_triage = section(page, p.heading) == Section::Triage;
        if let Some(name) = triage_in(text, in_triage) {
            match person_named(roster, name) {
                Ok(handle) => roster.triage = Some(handle),
                Err((what, help)) => {
                    problems.push(source.error("unknown-person", p.sentence.whole(), what).with_help(help));
                }
            }
            return false;
        }
        if let Some(zone) = zone_in(text) {
            match zone_named(zone) {
                Ok(name) => roster.timezone = name,
                Err(help) => {
                    let what = format!("there is no time zone “{zone}”");
                    problems.push(source.error("unknown-timezone", p.sentence.whole(), what).with_help(help));
                }
            }
            return false;
        }
        if let Some(name) = keeper_in(text) {
            match worker_named(roster, name) {
                Ok(worker) => keeper = Some(worker),
                Err((what, help)) => {
                    problems.push(source.error("unknown-person", p.sentence.whole(), what).with_help(help));
                }
            }
            return false;
        }
        true
    });
    keeper
}

/// Who does triage: "The triage person is X.", "X does triage.", "Triage: X"; under the heading, the name alone.
fn triage_in(text: &str, under_heading: bool) -> Option<&str> {
    let text = text.trim_end_matches('.').trim();
    let subjects = ["the triage person", "our triage person", "the triage human", "triage person", "triage"];
    if let Some(name) = subjects.iter().find_map(|s| after(text, s).and_then(|rest| copula(rest))) {
        return Some(name);
    }
    for tail in
        [" does triage", " is the triage person", " is on triage", " handles triage", " takes triage", " is triage"]
    {
        if let Some(name) = before(text, tail) {
            return Some(name);
        }
    }
    let only_a_name = text.split_whitespace().count() <= 3 && (text.contains('@') || !text.contains(' '));
    (under_heading && only_a_name).then_some(text)
}

fn zone_in(text: &str) -> Option<&str> {
    let text = text.trim_end_matches('.').trim();
    let subjects = [
        "our time zone",
        "our timezone",
        "the time zone",
        "the timezone",
        "the company's time zone",
        "time zone",
        "timezone",
        "the company time zone",
    ];
    subjects.iter().find_map(|s| after(text, s).and_then(copula)).or_else(|| {
        let rest = after(text, "we are in").or_else(|| after(text, "we work in"))?.trim();
        rest.contains('/').then_some(rest)
    })
}

fn keeper_in(text: &str) -> Option<&str> {
    let text = text.trim_end_matches('.').trim();
    let lower = text.to_lowercase();
    for verb in ["kept", "maintained", "looked after", "owned"] {
        for subject in ["directives", "the directives", "these directives", "our directives", "these files"] {
            let head = format!("{subject} are {verb} by ");
            if lower.starts_with(&head) {
                return text.get(head.len()..);
            }
        }
    }
    ["keeps the directives", "keeps these directives", "maintains the directives", "looks after the directives"]
        .iter()
        .find_map(|tail| before(text, &format!(" {tail}")))
}

/// What follows "is", "are" or a colon.
fn copula(rest: &str) -> Option<&str> {
    let rest = rest.trim_start();
    let rest = rest.strip_prefix(':').or_else(|| rest.strip_prefix("is ")).or_else(|| rest.strip_prefix("= "))?;
    Some(rest.trim()).filter(|name| !name.is_empty())
}

fn after<'a>(text: &'a str, head: &str) -> Option<&'a str> {
    text.get(..head.len()).filter(|start| start.eq_ignore_ascii_case(head)).map(|_| &text[head.len()..])
}

fn before<'a>(text: &'a str, tail: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(tail.len())?;
    text.get(at..).filter(|end| end.eq_ignore_ascii_case(tail)).map(|_| text[..at].trim())
}

/// The IANA name that a text means: the name itself, or a city that only one zone is called after.
fn zone_named(text: &str) -> Result<String, String> {
    let wanted = text.trim_matches(|c: char| c.is_whitespace() || c == '`').trim_end_matches(" time");
    let all = chrono_tz::TZ_VARIANTS;
    let city = format!("/{}", wanted.replace(' ', "_").to_lowercase());
    let found = all
        .iter()
        .find(|zone| zone.name().eq_ignore_ascii_case(wanted))
        .or_else(|| all.iter().find(|zone| zone.name().to_lowercase().ends_with(&city)));
    match found {
        Some(zone) => Ok(zone.name().to_owned()),
        None => Err(match nearest(wanted, all.iter().map(|zone| zone.name())) {
            Some(name) => format!("did you mean {name}?"),
            None => "write an IANA name such as Europe/Berlin or America/New_York".to_owned(),
        }),
    }
}

/// The handle of the one person that a text names: "@kim", "Kim Osei", "Kim Osei (@kim)". Else what is wrong, and help.
pub fn person_named(roster: &Roster, text: &str) -> Result<String, (String, String)> {
    match worker_named(roster, text)? {
        WorkerRef::Person(handle) => Ok(handle),
        WorkerRef::Human => Ok(roster.triage.clone().unwrap_or_default()).and_then(|handle| {
            if handle.is_empty() {
                Err(("nobody does triage yet".to_owned(), "name a person".to_owned()))
            } else {
                Ok(handle)
            }
        }),
        other => {
            Err((format!("“{}” is no person but {other}", text.trim()), "name a person, best by handle".to_owned()))
        }
    }
}

/// The one worker that a text names. Else what is wrong, and help.
pub fn worker_named(roster: &Roster, text: &str) -> Result<WorkerRef, (String, String)> {
    let text = text.trim().trim_end_matches('.').trim_matches('`');
    let handle = text.split_once('@').map(|(_, rest)| {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(rest.len());
        format!("@{}", rest[..end].trim_end_matches('.'))
    });
    let asked = handle.as_deref().unwrap_or(text);
    match roster.named(asked) {
        Named::One(worker) => Ok(worker),
        Named::Several(all) => {
            let names: Vec<String> = all.iter().map(ToString::to_string).collect();
            Err((format!("“{asked}” is borne by more than one"), format!("write which one: {}", names.join(" or "))))
        }
        Named::Nobody => Err((
            format!("nobody is called “{asked}”"),
            match roster.nearest_name(asked) {
                Some(name) => format!("did you mean {name}?"),
                None => "list them in company.md under “Who is who”".to_owned(),
            },
        )),
    }
}

/// The items of "a, b and c" within `range`, as byte ranges of `text`.
pub fn list_items(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = range.start;
    let mut at = range.start;
    while at < range.end {
        let rest = &text[at..range.end];
        let cut = [", and ", "; ", ", ", " and ", " & "].iter().find(|s| rest.starts_with(**s));
        match cut {
            Some(separator) => {
                out.push(start..at);
                at += separator.len();
                start = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    out.push(start..range.end);
    out.into_iter()
        .filter_map(|item| {
            let raw = &text[item.clone()];
            let head = raw.len() - raw.trim_start().len();
            let tail = raw.trim_end().trim_end_matches(['.', ',', ';']).len();
            (tail > head).then(|| item.start + head..item.start + tail)
        })
        .collect()
}
