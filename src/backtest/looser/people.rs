//! Who people are: new ones, their accounts, teams and managers, who owns, who keeps, who triages.

use super::gates::gates_speak_of_hours;
use super::{Looser, Pair, What, in_file};
use crate::directives::condition::Condition;
use crate::directives::rule::Rule;
use crate::roster::{Person, Roster, Team};
use crate::workers::WorkerRef;

const COMPANY: &str = "company.md";

pub(super) fn compare(pair: &Pair<'_>, found: &mut Vec<Looser>) {
    let (was, now) = (&pair.was.roster, &pair.now.roster);
    if was.timezone != now.timezone && gates_depend_on_the_zone(pair) {
        let says = format!("Hours and dates that gates depend on are counted in {}", now.timezone);
        found.push(in_file(What::Gate, says, COMPANY));
    }
    for person in now.people.values() {
        of_person(was, now, person, found);
    }
    for team in now.teams.values() {
        of_team(pair, team, found);
    }
    for role in now.roles.values() {
        let Some(old) = was.roles.get(&role.id) else { continue };
        if role.owner != old.owner {
            let says =
                format!("{} owns {}, and is asked where no sentence speaks", now.spoken(&role.owner), role.title);
            found.push(in_file(What::Approver, says, &role.file));
        }
        if role.supervisor != old.supervisor {
            let says = format!("{} supervises {}", now.spoken(&role.supervisor), role.title);
            found.push(in_file(What::Approver, says, &role.file));
        }
        if role.team != old.team {
            let says = format!("{} belongs to another team than before", role.title);
            found.push(in_file(What::Right, says, &role.file));
        }
    }
    if now.triage != was.triage
        && let Some(handle) = &now.triage
    {
        found.push(in_file(What::Approver, format!("@{handle} is the triage person"), COMPANY));
    }
    for (file, keeper) in &pair.now.keepers {
        let old = pair.was.keepers.get(file).or_else(|| pair.was.keepers.get(""));
        if old.unwrap_or(&WorkerRef::Human) != keeper {
            let file = if file.is_empty() { COMPANY } else { file };
            found.push(in_file(What::Approver, format!("{} keeps {file}", now.spoken(keeper)), file));
        }
    }
}

/// Whether a gate speaks of working hours, or a limit or a cover begins or ends with a day, which is the company's.
fn gates_depend_on_the_zone(pair: &Pair<'_>) -> bool {
    let dated = |rule: &Rule| {
        matches!(rule, Rule::Cover(_)) || matches!(rule, Rule::Autonomy(autonomy) if autonomy.until.is_some())
    };
    gates_speak_of_hours(pair) || pair.was.readings.iter().chain(&pair.now.readings).any(|one| dated(&one.rule))
}

fn of_person(was: &Roster, now: &Roster, person: &Person, found: &mut Vec<Looser>) {
    let handle = &person.handle;
    let Some(old) = was.people.get(handle) else {
        found.push(in_file(What::Person, format!("{} (@{handle}) is new", person.name), COMPANY));
        return;
    };
    let account = |roster: &Roster, person: &Person| {
        (roster.account_id(person).map(str::to_owned), person.email.as_deref().map(str::to_lowercase))
    };
    if account(was, old) != account(now, person) {
        found.push(in_file(What::Person, format!("@{handle} acts by another account or address"), COMPANY));
    }
    if old.reports_to != person.reports_to
        && let Some(manager) = &person.reports_to
    {
        let says = format!("@{manager} is the manager of @{handle}, and is asked where requests climb");
        found.push(in_file(What::Approver, says, COMPANY));
    }
}

fn of_team(pair: &Pair<'_>, team: &Team, found: &mut Vec<Looser>) {
    let Some(old) = pair.was.roster.teams.get(&team.id) else {
        if !team.members.is_empty() || team.user_group.is_some() {
            found.push(in_file(What::Person, format!("The {} is new", team.name), COMPANY));
        }
        return;
    };
    let new: Vec<String> =
        team.members.iter().filter(|member| !old.members.contains(member)).map(|member| format!("@{member}")).collect();
    if !new.is_empty() {
        found.push(in_file(What::Person, format!("{} in the {}", new.join(", "), team.name), COMPANY));
    }
    if team.user_group != old.user_group {
        found.push(in_file(What::Person, format!("The {} has another user group", team.name), COMPANY));
    }
    // Who leaves a team that a gate binds is bound no more.
    let left = old.members.iter().any(|member| !team.members.contains(member));
    if left && gates_name(pair, &WorkerRef::Team(team.id.clone())) {
        found.push(in_file(What::Gate, format!("Gates bind the {}, which somebody left", team.name), COMPANY));
    }
}

/// Whether a gate speaks of this worker, as one that acts or one that asks.
fn gates_name(pair: &Pair<'_>, worker: &WorkerRef) -> bool {
    pair.now.readings.iter().any(|reading| {
        let Some(gate) = reading.rule.gate() else { return false };
        // What an exception frees, it does not hold back.
        let holds_back = !matches!(reading.rule, Rule::Allow(_));
        (holds_back && gate.who.contains(worker)) || from(gate.when, worker)
    })
}

fn from(when: &Condition, worker: &WorkerRef) -> bool {
    when.from.contains(worker)
        || when.all.iter().any(|part| from(part, worker))
        || when.unless.as_deref().is_some_and(|part| from(part, worker))
}
