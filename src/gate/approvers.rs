//! Who may decide about what waits: people only, known now, never the one who asked.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::fitting::local_date;
use super::{Proposal, Requester, Requirement};
use crate::clock::Timestamp;
use crate::directives::Directives;
use crate::directives::matching::people::Around;
use crate::directives::rule::{Otherwise, Rule};
use crate::workers::{Actor, ActorChain, SlackUser, WorkerRef};

/// How many stand-ins may stand in for each other before the look-up gives up.
const MAX_STAND_INS: usize = 4;

/// What Slack says of a person's account at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountState {
    pub account: SlackUser,
    pub active: bool,
    /// Single- or multi-channel guest, or a member of another workspace (Slack Connect).
    pub guest: bool,
    pub bot: bool,
    /// Two accounts of one address are one person.
    pub email: Option<String>,
}

/// The accounts of the roster's people, looked up at the moment of acting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accounts {
    /// Nobody asked Slack (`workforce judge`). Good for telling who would decide; carries no authority.
    Offline,
    Live {
        /// The home workspace; accounts of others never count.
        team: String,
        /// By handle. Who is not here does not count.
        people: BTreeMap<String, AccountState>,
        /// Handles in each Slack user group, by the group's handle or id.
        groups: BTreeMap<String, Vec<String>>,
    },
}

impl Accounts {
    /// The roster's name for an authenticated account.
    pub fn handle_of(&self, account: &SlackUser) -> Option<&str> {
        match self {
            Self::Offline => None,
            Self::Live { people, .. } => {
                let mut owners = people.iter().filter(|(_, state)| state.account == *account);
                let first = owners.next();
                // An account that two names claim speaks for neither.
                first.filter(|_| owners.next().is_none()).map(|(handle, _)| handle.as_str())
            }
        }
    }

    /// A full, active account of the home workspace.
    pub fn is_active(&self, handle: &str) -> bool {
        match self {
            Self::Offline => false,
            Self::Live { team, people, .. } => people
                .get(handle)
                .is_some_and(|state| state.active && !state.guest && !state.bot && state.account.team == *team),
        }
    }

    fn state(&self, handle: &str) -> Option<&AccountState> {
        match self {
            Self::Offline => None,
            Self::Live { people, .. } => people.get(handle),
        }
    }

    fn group(&self, group: &str) -> &[String] {
        match self {
            Self::Offline => &[],
            Self::Live { groups, .. } => groups.get(group).map_or(&[], Vec::as_slice),
        }
    }
}

/// Everyone who has a part in an action, and so none in deciding about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parties {
    pub worker: WorkerRef,
    pub requester: Option<Requester>,
    pub actor: ActorChain,
}

impl Parties {
    pub fn of(proposal: &Proposal) -> Self {
        Self { worker: proposal.worker.clone(), requester: proposal.requester.clone(), actor: proposal.actor.clone() }
    }
}

/// The world at the moment of acting.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    pub directives: &'a Directives,
    pub accounts: &'a Accounts,
    pub now: Timestamp,
}

/// Who may decide now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approvers {
    /// Handles, each once, in the order of the rule. Empty means nobody.
    pub people: Vec<String>,
    pub stand_ins: Vec<StandIn>,
    /// Set where the rule's own people do not suffice.
    pub climbed: Option<Climbed>,
}

/// Who decides in somebody's place while they are away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    pub away: String,
    pub by: Vec<String>,
}

/// The request went up the org chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Climbed {
    /// A whole sentence for the card.
    pub why: String,
}

/// The people who may satisfy `requirement` now; with `escalated`, those of its `otherwise` too.
pub fn approvers(
    requirement: &Requirement,
    escalated: bool,
    parties: &Parties,
    surroundings: &Surroundings<'_>,
) -> Approvers {
    let search = Search { parties, surroundings };
    let mut named = search.people(&requirement.by);
    if let (true, Otherwise::Ask(workers)) = (escalated, &requirement.otherwise) {
        for handle in search.people(workers) {
            if !named.contains(&handle) {
                named.push(handle);
            }
        }
    }
    let mut found = Approvers::default();
    for handle in &named {
        search.take(handle, &mut found);
    }
    let wanted = usize::try_from(requirement.count).unwrap_or(usize::MAX);
    if found.people.len() < wanted {
        search.climb(&named, wanted, &mut found);
    }
    found
}

/// Whether each requirement (a number of people, and who counts for it) adds anything: one that is met whenever another one
/// is met names people whose word would not be enough. Of two that are alike the first stays.
pub fn telling(needs: &[(u32, &[String])]) -> Vec<bool> {
    let implied = |(count, people): &(u32, &[String]), (other, by): &(u32, &[String])| {
        other >= count && by.iter().all(|handle| people.contains(handle))
    };
    let adds = |at: usize| {
        let others = needs.iter().enumerate().filter(|(other, _)| *other != at);
        let one = &needs[at];
        !others.into_iter().any(|(other, by)| implied(one, by) && (other < at || !implied(by, one)))
    };
    (0..needs.len()).map(adds).collect()
}

/// The smallest number of people who together satisfy every requirement: one person may count for several.
pub fn fewest_deciders(needs: &[(u32, &[String])]) -> u32 {
    let everyone: BTreeSet<&String> = needs.iter().flat_map(|(_, people)| people.iter()).collect();
    let everyone: Vec<&String> = everyone.into_iter().collect();
    let most: u32 = needs.iter().map(|(count, _)| *count).fold(0, u32::saturating_add);
    /// Beyond this many people all subsets are too many to try; the sum is always enough.
    const MAX_PEOPLE_TRIED: usize = 14;
    let possible =
        |(count, people): &(u32, &[String])| usize::try_from(*count).is_ok_and(|count| count <= people.len());
    if everyone.len() > MAX_PEOPLE_TRIED || !needs.iter().all(possible) {
        return most;
    }
    let satisfies = |subset: &u32| {
        needs.iter().all(|(count, people)| {
            let counted =
                everyone.iter().enumerate().filter(|(at, who)| subset & (1 << at) != 0 && people.contains(who));
            u32::try_from(counted.count()).unwrap_or(u32::MAX) >= *count
        })
    };
    (0..1_u32 << everyone.len()).filter(satisfies).map(u32::count_ones).min().unwrap_or(most)
}

/// Whether an account or a name belongs to somebody who has a part in the action.
pub(super) fn is_party(
    parties: &Parties,
    handle: &str,
    account: Option<&SlackUser>,
    around: &Surroundings<'_>,
) -> bool {
    let requester = parties.requester.as_ref();
    let same_handle = requester.and_then(|r| r.handle.as_deref()) == Some(handle)
        || matches!(&parties.worker, WorkerRef::Person(worker) if worker == handle);
    let humans = parties.actor.0.iter().filter_map(|link| match link {
        Actor::Human(user) => Some(user),
        Actor::Schedule(_) | Actor::Webhook(_) | Actor::Agent(_) => None,
    });
    let accounts: Vec<&SlackUser> = humans.chain(requester.and_then(|r| r.account.as_ref())).collect();
    let same_account = account.is_some_and(|account| accounts.contains(&account));
    let mine = email(handle, around);
    let linked = mine.is_some()
        && (requester.and_then(|r| r.handle.as_deref()).and_then(|asked| email(asked, around)) == mine
            || accounts
                .iter()
                .filter_map(|account| around.accounts.handle_of(account))
                .any(|other| email(other, around) == mine));
    same_handle || same_account || linked
}

fn email(handle: &str, around: &Surroundings<'_>) -> Option<String> {
    let told = around.accounts.state(handle).and_then(|state| state.email.clone());
    told.or_else(|| around.directives.roster.people.get(handle)?.email.clone()).map(|address| address.to_lowercase())
}

struct Search<'a> {
    parties: &'a Parties,
    surroundings: &'a Surroundings<'a>,
}

impl Search<'_> {
    fn around(&self) -> Around<'_> {
        let requester = self.parties.requester.as_ref().and_then(|requester| requester.handle.as_deref());
        Around { roster: &self.surroundings.directives.roster, worker: &self.parties.worker, requester }
    }

    fn people(&self, named: &[WorkerRef]) -> Vec<String> {
        let mut people = self.around().people(named);
        for worker in named {
            let team = worker.team().and_then(|id| self.surroundings.directives.roster.teams.get(id));
            let group = team.and_then(|team| team.user_group.as_deref());
            for handle in group.map_or(&[][..], |group| self.surroundings.accounts.group(group)) {
                if !people.contains(handle) {
                    people.push(handle.clone());
                }
            }
        }
        people
    }

    /// Takes a person in, or who stands in for them. A person whose stand-ins cannot count stays.
    fn take(&self, handle: &str, found: &mut Approvers) {
        let by = self.stand_ins(handle, MAX_STAND_INS);
        if by.is_empty() {
            if self.counts(handle) && !found.people.iter().any(|known| known == handle) {
                found.people.push(handle.to_owned());
            }
            return;
        }
        for stand_in in &by {
            if !found.people.contains(stand_in) {
                found.people.push(stand_in.clone());
            }
        }
        found.stand_ins.push(StandIn { away: handle.to_owned(), by });
    }

    fn stand_ins(&self, handle: &str, depth: usize) -> Vec<String> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let today = local_date(self.surroundings.directives, self.surroundings.now);
        let in_force = |from: &str, until: &str| match (from.parse(), until.parse()) {
            (Ok(from), Ok(until)) => (from..=until).contains(&today),
            (Err(_), _) | (_, Err(_)) => false,
        };
        let covers = self.surroundings.directives.each(|rule| if let Rule::Cover(c) = rule { Some(c) } else { None });
        let mut all = Vec::new();
        for (_, cover) in covers.filter(|(_, cover)| in_force(&cover.from, &cover.until)) {
            if cover.person != WorkerRef::Person(handle.to_owned()) {
                continue;
            }
            for person in self.people(&cover.by).into_iter().filter(|person| person != handle) {
                let further = self.stand_ins(&person, depth);
                let own = if further.is_empty() { vec![person] } else { further };
                all.extend(own.into_iter().filter(|person| self.counts(person)));
            }
        }
        all
    }

    /// A person counts who has an own, active, full account of the home workspace, and no part in the action.
    fn counts(&self, handle: &str) -> bool {
        let roster = &self.surroundings.directives.roster;
        let Some(person) = roster.people.get(handle) else { return false };
        let account = match self.surroundings.accounts {
            Accounts::Offline => None,
            Accounts::Live { team, people, .. } => {
                let Some(state) = people.get(handle) else { return false };
                let pinned = person.slack_id.as_ref().or_else(|| roster.pinned.get(handle));
                let is_own = pinned.is_none_or(|id| *id == state.account.user);
                if !state.active || state.guest || state.bot || state.account.team != *team || !is_own {
                    return false;
                }
                Some(&state.account)
            }
        };
        !is_party(self.parties, handle, account, self.surroundings)
    }

    /// Level by level from those who were named; where that finds nobody, from the owner and the supervisor.
    fn climb(&self, named: &[String], wanted: usize, found: &mut Approvers) {
        let before = found.people.len();
        self.climb_from(named, wanted, found);
        if found.people.is_empty() {
            let seniors = self.people(&[WorkerRef::Owner, WorkerRef::Supervisor]);
            for handle in &seniors {
                self.take(handle, found);
            }
            if found.people.is_empty() {
                self.climb_from(&seniors, wanted, found);
            }
        }
        if found.people.len() > before {
            let why = match (named.is_empty(), before) {
                (true, _) => "The rule names nobody who is here, so it went up the org chart.",
                (false, 0) => "Nobody whom the rule names can decide about this, so it went up the org chart.",
                (false, _) => {
                    "Too few of those whom the rule names can decide about this, so it went up the org chart."
                }
            };
            found.climbed = Some(Climbed { why: why.to_owned() });
        }
    }

    fn climb_from(&self, start: &[String], wanted: usize, found: &mut Approvers) {
        let around = self.around();
        let mut seen: BTreeSet<String> = start.iter().cloned().collect();
        let mut level: Vec<String> = start.to_vec();
        while found.people.len() < wanted && !level.is_empty() {
            let managers = level.iter().filter_map(|handle| around.manager(handle));
            level = managers.map(str::to_owned).filter(|handle| seen.insert(handle.clone())).collect();
            for handle in &level {
                self.take(handle, found);
            }
        }
    }
}
