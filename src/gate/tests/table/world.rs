//! The cases of the table: who clicks, on which surface, about a task of which channel, on a card in which state, and what is
//! missing from the configuration that the card was opened under.

use super::super::*;
use super::gone::Gone;
use crate::policy::Policies;

/// Who clicks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Person(&'static str),
    /// In no roster.
    Stranger,
    /// Dana's user id, in another workspace.
    OtherWorkspace,
    /// The account under which the bot itself, and so every agent, speaks.
    Agent,
    /// An account that two names of the roster claim.
    TwoNames,
    /// No user id at all.
    Nobody,
}

pub const WHO: &[Who] = &[
    Who::Person("ana"),
    Who::Person("dana"),
    Who::Person("sam"),
    Who::Person("lee"),
    Who::Person("kim"),
    Who::Person("noor"),
    Who::Person("bo"),
    Who::Stranger,
    Who::OtherWorkspace,
    Who::Agent,
    Who::TwoNames,
    Who::Nobody,
];

impl Who {
    pub fn account(self) -> SlackUser {
        let of = |team: &str, user: &str| SlackUser { team: team.to_owned(), user: user.to_owned() };
        match self {
            Self::Person(handle) => account(handle),
            Self::Stranger => of("T1", "USTRANGER"),
            Self::OtherWorkspace => of("T2", "UDANA"),
            Self::Agent => of("T1", "UBOT"),
            Self::TwoNames => of("T1", "UTWO"),
            Self::Nobody => of("", ""),
        }
    }
}

/// What was clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// The card as it stands.
    Card,
    /// A card of the same number whose content was another, with the word typed.
    OldCard,
    /// A button of another card, with the word typed.
    OtherCard,
    /// A command, or the Home tab: the number and nothing else.
    Command,
    /// A modal in which the word was typed.
    Modal,
}

pub const SURFACES: &[Surface] =
    &[Surface::Card, Surface::OldCard, Surface::OtherCard, Surface::Command, Surface::Modal];

/// Where the task was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Public,
    Private,
    /// Shared with another company; refunds are forbidden there.
    Shared,
    Direct,
    /// Nobody knows.
    Unknown,
}

pub const CHANNELS: &[Channel] =
    &[Channel::Public, Channel::Private, Channel::Shared, Channel::Direct, Channel::Unknown];

impl Channel {
    pub fn name(self) -> Option<String> {
        match self {
            Self::Public => Some("support".to_owned()),
            Self::Private => Some("finance-private".to_owned()),
            Self::Shared => Some("partner".to_owned()),
            Self::Direct => Some(String::new()),
            Self::Unknown => None,
        }
    }
}

/// What the card is like when the click arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody was asked.
    NoCard,
    Waiting,
    /// Dana said yes already.
    DanaSaidYes,
    Asking,
    Escalated,
    /// Its time is over and nobody has said so yet: those of `otherwise` are asked as well.
    EscalatesNow,
    /// Its last time is over and nobody has said so yet.
    ExpiresNow,
    /// By as many of Dana and Sam as were needed.
    Approved,
    /// By Kim, after it had gone up.
    ApprovedByKim,
    /// The row says so, and nobody said it.
    ApprovedByNobody,
    /// The row says so, and the votes are the requester's.
    ApprovedByRequester,
    ApprovedOfOther,
    ApprovedElsewise,
    Denied,
    Expired,
    Void,
    Spent,
    /// The same action is finished after a crash.
    SpentAndTriedAgain,
    SpentByOther,
    Edited,
    ByHand,
    Recorded,
}

pub const STATES: &[State] = &[
    State::NoCard,
    State::Waiting,
    State::DanaSaidYes,
    State::Asking,
    State::Escalated,
    State::EscalatesNow,
    State::ExpiresNow,
    State::Approved,
    State::ApprovedByKim,
    State::ApprovedByNobody,
    State::ApprovedByRequester,
    State::ApprovedOfOther,
    State::ApprovedElsewise,
    State::Denied,
    State::Expired,
    State::Void,
    State::Spent,
    State::SpentAndTriedAgain,
    State::SpentByOther,
    State::Edited,
    State::ByHand,
    State::Recorded,
];

/// One person's word, or two people's with the card's number typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    One,
    TwoTyped,
}

impl Strictness {
    pub fn count(self) -> usize {
        match self {
            Self::One => 1,
            Self::TwoTyped => 2,
        }
    }
}

/// The world at the click and at the start of the action.
pub struct World {
    pub set: Directives,
    pub accounts: Accounts,
    pub facts: TaskFacts,
    pub history: History,
    pub outside: Outside,
}

const TOOL: &str = "billing.refund";
/// In the list of [`rules`], the one that asks people.
pub const ASKS: usize = 6;

/// The company's rules: what is forbidden where, when Kim is asked besides, and who is asked about every refund.
fn rules(strictness: Strictness) -> Vec<Value> {
    let refund = |kind: &str, when: Value| json!({"kind": kind, "action": "refund", "tools": [TOOL], "when": when});
    let much = json!({"amount": {"over": 100_000, "currency": "USD", "per": "P7D", "same": "requester"}});
    let mut kim = refund("approve", much);
    kim["by"] = json!(["person:@kim"]);
    let mut asks = refund("approve", json!({}));
    asks["by"] = json!(["person:@dana", "team:sre"]);
    asks["count"] = json!(strictness.count());
    asks["within"] = json!("PT4H");
    asks["otherwise"] = json!(["person:@kim"]);
    if strictness == Strictness::TwoTyped {
        asks["confirm"] = json!("typed");
    }
    vec![
        refund("forbid", json!({"channels": ["#partner"]})),
        refund("forbid", json!({"mentions": ["chargeback"]})),
        refund("forbid", json!({"source": "email"})),
        refund("forbid", json!({"priority": "urgent"})),
        refund("forbid", json!({"topics": ["lawsuit"]})),
        kim,
        asks,
    ]
}

impl World {
    /// The world in which the card is opened, but for what `gone` takes away.
    pub fn of(strictness: Strictness, gone: &Gone, channel: Channel) -> Self {
        let mut rules = rules(strictness);
        (gone.rules)(&mut rules);
        let mut world = Self {
            set: directives(rules.into_iter().map(company)),
            accounts: accounts(),
            facts: TaskFacts { channel: channel.name(), ..facts("please refund this order") },
            history: nothing_before(),
            outside: Outside {
                server: "stdio:billing".to_owned(),
                tool_digest: "sha256:refund".to_owned(),
                credential: Some("billing-live".to_owned()),
                target_version: Some("v1".to_owned()),
            },
        };
        let two = AccountState { account: Who::TwoNames.account(), ..world.account_of("sam").clone() };
        world.people().extend([("max".to_owned(), two.clone()), ("mia".to_owned(), two)]);
        (gone.world)(&mut world);
        world
    }

    pub fn people(&mut self) -> &mut BTreeMap<String, AccountState> {
        let Accounts::Live { people, .. } = &mut self.accounts else { panic!("Slack was not asked") };
        people
    }

    pub fn account_of(&mut self, handle: &str) -> &mut AccountState {
        self.people().get_mut(handle).unwrap()
    }

    pub fn position(&mut self) -> &mut Position {
        self.set.roster.positions.get_mut("finance-agent").unwrap()
    }

    pub fn lock(&mut self, tools: &Value) {
        self.set.catalogue = Catalogue::from_lock(ToolsLock::parse(&json!({"tools": tools}).to_string()).unwrap());
    }

    pub fn policy(&mut self, rule: &str) {
        let text = format!("package workforce\n\n{rule}\n");
        self.set.policies = Policies::read([("policies/a.rego", text.as_str())]).0;
    }
}
