//! What the table expects, said a second time and without a call of the gate: who is who, whose word counts, what passes.

use std::collections::{BTreeMap, BTreeSet};

use super::world::{Channel, State, Strictness, Surface, Who};

/// A rule as the oracle knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub named: Vec<&'static str>,
    pub count: usize,
    /// Who is asked as well once it has gone up.
    pub otherwise: Option<&'static str>,
    pub typed: bool,
}

/// What the rules would say in a channel in which nothing is forbidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    Runs,
    Asks(Vec<Need>),
    Never,
}

/// Everything that the oracle believes about one configuration.
#[derive(Debug, Clone)]
pub struct Belief {
    /// Handle → manager, of everybody in the roster.
    pub bosses: BTreeMap<&'static str, Option<&'static str>>,
    /// Whose account is a full, active one of the home workspace, and really theirs.
    pub sound: BTreeSet<&'static str>,
    /// Whom Slack knows by their account at all.
    pub known: BTreeSet<&'static str>,
    /// Who has a part in the action.
    pub parties: BTreeSet<&'static str>,
    pub sre: Vec<&'static str>,
    /// Of the worker: owner, then supervisor.
    pub seniors: Vec<&'static str>,
    pub says: Says,
    /// In a shared or unknown channel nothing is forbidden.
    pub forbids_nothing: bool,
    /// Something is different from what the card was about.
    pub other_thing: bool,
}

/// What the oracle forgets, to show that the table would notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgets {
    Nothing,
    WhoAsked,
    Accounts,
    Cards,
    States,
    Quorum,
    Channels,
    Rules,
    Digest,
}

/// What is expected of one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// The click decides something, or brings it nearer.
    pub counts: bool,
    /// Afterwards the action is let pass.
    pub passes: bool,
}

pub const ROSTER: [(&str, Option<&str>); 7] = [
    ("kim", None),
    ("dana", Some("kim")),
    ("noor", Some("kim")),
    ("sam", Some("kim")),
    ("ana", Some("dana")),
    ("bo", Some("dana")),
    ("lee", Some("sam")),
];

/// What a card carries, as the oracle sees it.
struct Card {
    waits: bool,
    approved: bool,
    asked_up: bool,
    votes: Vec<&'static str>,
}

impl Belief {
    pub fn whole(strictness: Strictness) -> Self {
        let everybody: BTreeSet<_> = ROSTER.iter().map(|(handle, _)| *handle).collect();
        let mut belief = Self {
            bosses: ROSTER.into_iter().collect(),
            sound: everybody.clone(),
            known: everybody,
            parties: BTreeSet::from(["ana"]),
            sre: vec!["sam", "lee"],
            seniors: vec!["dana", "kim"],
            says: Says::Never,
            forbids_nothing: false,
            other_thing: false,
        };
        belief.says = Says::Asks(vec![belief.rule(strictness)]);
        belief
    }

    /// The rule that asks people, resolved among those who are there now.
    pub fn rule(&self, strictness: Strictness) -> Need {
        let mut named = vec!["dana"];
        named.extend(&self.sre);
        let typed = strictness == Strictness::TwoTyped;
        Need { named, count: strictness.count(), otherwise: Some("kim"), typed }
    }

    pub fn rule_now(&mut self) -> &mut Need {
        let Says::Asks(needs) = &mut self.says else { panic!("nobody is asked") };
        &mut needs[0]
    }

    fn may_decide(&self, need: &Need, asked_up: bool, forgets: Forgets) -> BTreeSet<&'static str> {
        let fit = |handle: &&'static str| {
            self.bosses.contains_key(handle)
                && (self.sound.contains(handle) || forgets == Forgets::Accounts)
                && (!self.parties.contains(handle) || forgets == Forgets::WhoAsked)
        };
        let mut named = need.named.clone();
        named.extend(need.otherwise.filter(|_| asked_up));
        named.retain(|handle| self.bosses.contains_key(handle));
        let mut found: BTreeSet<_> = named.iter().copied().filter(fit).collect();
        self.go_up(&named, need.count, &mut found, &fit);
        if found.is_empty() {
            let seniors: Vec<_> = self.seniors.iter().copied().filter(|h| self.bosses.contains_key(h)).collect();
            found.extend(seniors.iter().copied().filter(fit));
            if found.is_empty() {
                self.go_up(&seniors, need.count, &mut found, &fit);
            }
        }
        found
    }

    fn go_up(
        &self,
        from: &[&'static str],
        count: usize,
        found: &mut BTreeSet<&'static str>,
        fit: &dyn Fn(&&'static str) -> bool,
    ) {
        let (mut level, mut seen) = (from.to_vec(), from.iter().copied().collect::<BTreeSet<_>>());
        while found.len() < count && !level.is_empty() {
            let above: Vec<_> = level.iter().filter_map(|h| self.bosses.get(h).copied().flatten()).collect();
            level = above.into_iter().filter(|handle| seen.insert(handle)).collect();
            found.extend(level.iter().copied().filter(fit));
        }
    }

    fn handle(&self, who: Who) -> Option<&'static str> {
        match who {
            Who::Person(handle) => self.known.contains(handle).then_some(handle),
            Who::OtherWorkspace => (self.known.contains("dana in T2")).then_some("dana"),
            Who::Stranger | Who::Agent | Who::TwoNames | Who::Nobody => None,
        }
    }

    pub fn expects(
        &self,
        strictness: Strictness,
        who: Who,
        surface: Surface,
        channel: Channel,
        state: State,
        forgets: Forgets,
    ) -> Expected {
        let mut card = Card::of(state, strictness, forgets);
        let asked = self.rule(strictness);
        let may = self.may_decide(&asked, card.asked_up, forgets);
        let handle = self.handle(who);
        let right_card = !matches!(surface, Surface::OldCard | Surface::OtherCard) || forgets == Forgets::Cards;
        let typed = !asked.typed || !matches!(surface, Surface::Card | Surface::Command);
        let voter = handle.filter(|handle| may.contains(handle) && !self.is_party(who, forgets));
        let twice = voter.is_some_and(|voter| card.votes.contains(&voter));
        let mut votes = card.votes.clone();
        votes.extend(voter.filter(|_| !twice));
        let enough = votes.iter().filter(|vote| may.contains(*vote)).count() >= asked.count;
        let counts = card.waits && right_card && typed && voter.is_some() && (!twice || enough);
        if counts {
            card.votes = votes;
            card.approved = enough || forgets == Forgets::Quorum;
        }
        Expected { counts, passes: self.passes(&card, channel, state, forgets) }
    }

    fn is_party(&self, who: Who, forgets: Forgets) -> bool {
        forgets != Forgets::WhoAsked && matches!(who, Who::Person(handle) if self.parties.contains(handle))
    }

    fn passes(&self, card: &Card, channel: Channel, state: State, forgets: Forgets) -> bool {
        let other_card = matches!(state, State::ApprovedOfOther | State::ApprovedElsewise);
        if (self.other_thing || other_card) && forgets != Forgets::Digest {
            return false;
        }
        let forbidden = matches!(channel, Channel::Shared | Channel::Unknown) && !self.forbids_nothing;
        if forbidden && forgets != Forgets::Channels {
            return false;
        }
        let asked_nobody = state == State::NoCard;
        match &self.says {
            Says::Never => forgets == Forgets::Rules && card.approved,
            Says::Runs => asked_nobody || card.approved,
            Says::Asks(needs) => {
                card.approved && !asked_nobody && needs.iter().all(|need| self.satisfied(need, card, forgets))
            }
        }
    }

    fn satisfied(&self, need: &Need, card: &Card, forgets: Forgets) -> bool {
        let may = self.may_decide(need, card.asked_up && need.otherwise.is_some(), forgets);
        let given = card.votes.iter().filter(|vote| self.known.contains(*vote) && may.contains(*vote)).count();
        given >= need.count || forgets == Forgets::Quorum
    }
}

impl Card {
    fn of(state: State, strictness: Strictness, forgets: Forgets) -> Self {
        let enough = || ["dana", "sam"][..strictness.count()].to_vec();
        let by_kim = || ["kim", "dana"][..strictness.count()].to_vec();
        let of = |waits: bool, approved: bool, asked_up: bool, votes: Vec<&'static str>| Self {
            waits,
            approved,
            asked_up,
            votes,
        };
        let ended = forgets == Forgets::States;
        match state {
            State::NoCard => of(false, false, false, vec![]),
            State::Waiting | State::Asking => of(true, false, false, vec![]),
            State::DanaSaidYes => of(true, false, false, vec!["dana"]),
            State::Escalated | State::EscalatesNow => of(true, false, true, vec![]),
            State::ExpiresNow => of(ended, false, true, vec![]),
            State::Approved | State::SpentAndTriedAgain | State::ApprovedOfOther | State::ApprovedElsewise => {
                of(false, true, false, enough())
            }
            State::ApprovedByKim => of(false, true, true, by_kim()),
            State::ApprovedByNobody => of(false, true, false, vec![]),
            State::ApprovedByRequester => of(false, true, false, vec!["ana"]),
            State::Denied | State::Expired | State::Void | State::Edited | State::ByHand | State::Recorded => {
                of(ended, false, false, vec![])
            }
            State::Spent | State::SpentByOther => of(false, ended, false, enough()),
        }
    }
}
