//! Races about one card: several people click at once, the clock runs, the action starts, the process dies in between.
//!
//! A row with a revision stands for the database; whoever acts reads it, decides, and writes only if nobody wrote in between.
//! The steps of all are mixed at random from a seed. Beside it runs a model that knows nothing of the gate: who may, how many
//! are needed, what ends the wait. Five thousand races run by default; `WORKFORCE_PROOFS=full` runs the hundred thousand.

use super::*;
use crate::ids::{ActionId, ApprovalId};

const PEOPLE: [&str; 8] = ["dana", "sam", "lee", "kim", "ana", "noor", "stranger", "dana"];
/// Who may decide at once; Kim only once it has gone up.
const MAY: [&str; 3] = ["dana", "sam", "lee"];

/// What one actor is about to do.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Errand {
    Says(&'static str, bool),
    /// The clock's own loop.
    Tick,
    /// The action's own loop.
    Start,
}

/// An actor and what it has read, if anything.
#[derive(Debug, Clone)]
struct Actor {
    errand: Errand,
    read: Option<(u64, String)>,
    answered: usize,
    heard: String,
}

/// The row, as a database keeps it: texts survive a restart, and nothing else does.
struct Database {
    revision: u64,
    body: String,
}

impl Database {
    fn write(&mut self, read: u64, next: &Approval) -> bool {
        if read != self.revision {
            return false;
        }
        self.revision += 1;
        self.body = serde_json::to_string(next).unwrap();
        true
    }

    fn approval(&self) -> Approval {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What must be true, said without the gate.
#[derive(Debug, Default)]
struct Model {
    yes: Vec<&'static str>,
    gone_up: bool,
    decided: Option<&'static str>,
    spent: usize,
    decisions: usize,
}

impl Model {
    fn may(&self, who: &str) -> bool {
        MAY.contains(&who) || (self.gone_up && who == "kim")
    }

    /// Somebody's word was written down.
    fn said(&mut self, who: &'static str, yes: bool, count: usize) {
        assert!(self.decided.is_none() && self.may(who), "{who} decided in {self:?}");
        match yes {
            true => {
                assert!(!self.yes.contains(&who), "{who} counts once");
                self.yes.push(who);
                if self.yes.len() >= count {
                    self.end("approved");
                }
            }
            false => self.end("denied"),
        }
    }

    fn end(&mut self, how: &'static str) {
        assert!(self.decided.is_none(), "decided twice: {self:?}, then {how}");
        self.decided = Some(how);
        self.decisions += 1;
    }

    fn agrees(&self, approval: &Approval) -> bool {
        match &approval.state {
            ApprovalState::Waiting => self.decided.is_none(),
            ApprovalState::Approved { .. } => self.decided == Some("approved") && self.spent == 0,
            ApprovalState::Spent { .. } => self.decided == Some("approved") && self.spent == 1,
            ApprovalState::Denied { .. } => self.decided == Some("denied"),
            ApprovalState::Expired { .. } => self.decided == Some("expired"),
            ApprovalState::Void { .. }
            | ApprovalState::Edited { .. }
            | ApprovalState::ByHand { .. }
            | ApprovalState::Recorded { .. } => false,
        }
    }
}

/// The company and the card that everybody races about.
struct Scene {
    set: Directives,
    accounts: Accounts,
    call: Proposal,
    digest: String,
    card: Approval,
    count: usize,
}

fn outside() -> Outside {
    Outside { server: "s".to_owned(), tool_digest: "sha256:refund".to_owned(), credential: None, target_version: None }
}

impl Scene {
    fn new(count: usize) -> Self {
        let rule = json!({"kind": "approve", "action": "refund", "tools": ["billing.refund"], "count": count,
            "by": ["person:@dana", "team:sre"], "within": "PT2H", "otherwise": ["person:@kim"]});
        let (set, accounts, call) = (directives([company(rule)]), accounts(), refund(450));
        let facts = facts("refund");
        let Decision::Approve(needs) = judge(&call, &facts, &set, &nothing_before(), NOW).decision else {
            panic!("nobody is asked")
        };
        let around = Surroundings { directives: &set, accounts: &accounts, now: NOW };
        let digest = digest(&Bound { proposal: &call, task: facts.task, outside: &outside() });
        let card = Approval::open(ApprovalId(31), ActionId(5), digest.clone(), Parties::of(&call), needs, &around);
        Self { set, accounts, call, digest, card, count }
    }
}

/// One race from its seed to its end; how many clicks decided or counted, how it ended, and whether it was spent.
struct Race<'a> {
    scene: &'a Scene,
    dice: fastrand::Rng,
    database: Database,
    model: Model,
    now: Timestamp,
    actors: Vec<Actor>,
}

impl<'a> Race<'a> {
    fn new(scene: &'a Scene, seed: u64) -> Self {
        let mut dice = fastrand::Rng::with_seed(seed);
        let clicks = dice.usize(2..=8);
        let mut errands: Vec<Errand> =
            (0..clicks).map(|_| Errand::Says(PEOPLE[dice.usize(..PEOPLE.len())], dice.u8(..4) > 0)).collect();
        errands.extend([Errand::Tick, Errand::Start, Errand::Start]);
        let actors =
            errands.into_iter().map(|errand| Actor { errand, read: None, answered: 0, heard: String::new() }).collect();
        let database = Database { revision: 0, body: serde_json::to_string(&scene.card).unwrap() };
        Self { scene, dice, database, model: Model::default(), now: NOW, actors }
    }

    fn run(mut self) -> (Model, usize) {
        let mut restarts = 0;
        // Slack and the loops try again until they hear something; nothing here waits for anything else.
        while self.actors.iter().any(|actor| actor.answered == 0) {
            match self.dice.u8(..32) {
                0 => {
                    // The process dies: what was read is forgotten, what was written stays.
                    restarts += 1;
                    self.actors.iter_mut().for_each(|actor| actor.read = None);
                }
                1..=4 => self.now = self.now.plus(Span::minutes(self.dice.i64(1..90))),
                _ => {
                    let open: Vec<usize> = (0..self.actors.len()).filter(|at| self.actors[*at].answered == 0).collect();
                    let at = open[self.dice.usize(..open.len())];
                    self.step(at);
                }
            }
        }
        self.wait_for_the_end();
        for actor in &self.actors {
            assert!(actor.answered == 1 && !actor.heard.is_empty(), "{actor:?} heard nothing, or twice");
        }
        (self.model, restarts)
    }

    /// Reads, or decides about what was read before.
    fn step(&mut self, at: usize) {
        let Some((revision, body)) = self.actors[at].read.take() else {
            self.actors[at].read = Some((self.database.revision, self.database.body.clone()));
            return;
        };
        let approval: Approval = serde_json::from_str(&body).unwrap();
        let heard = match self.actors[at].errand.clone() {
            Errand::Says(who, yes) => self.says(who, yes, &approval, revision),
            Errand::Tick => self.tick(&approval, revision),
            Errand::Start => self.start(&approval, revision),
        };
        if self.database.revision > revision {
            let (approval, model) = (self.database.approval(), &self.model);
            assert!(model.agrees(&approval), "{model:?} {approval:?}");
        }
        if let Some(heard) = heard {
            self.actors[at].heard = heard;
            self.actors[at].answered += 1;
        }
    }

    /// `None`: somebody was faster, so that they look again.
    fn says(&mut self, who: &'static str, yes: bool, approval: &Approval, revision: u64) -> Option<String> {
        let around = Surroundings { directives: &self.scene.set, accounts: &self.scene.accounts, now: self.now };
        let choice = if yes { Choice::Approve } else { Choice::Deny { reason: "No.".to_owned() } };
        let click = Click { approval: approval.id, by: account(who), choice, typed: None, digest: None, under: None };
        let authorized = match authorize(approval, &click, &around) {
            Ok(authorized) => authorized,
            Err(refusal) => return Some(refusal.to_string()),
        };
        let (current, turns) = caught_up(approval, &around);
        let (next, _) = record(&current, authorized).expect("an authorised decision fits the state it was made for");
        if !self.database.write(revision, &next) {
            return None;
        }
        turns.iter().for_each(|turn| self.turned(turn));
        self.model.said(who, yes, self.scene.count);
        Some("It counts.".to_owned())
    }

    fn turned(&mut self, turn: &Turn) {
        match turn {
            Turn::Escalated { .. } => {
                assert!(!self.model.gone_up, "it goes up once");
                self.model.gone_up = true;
            }
            Turn::Expired { .. } => self.model.end("expired"),
            Turn::Reminded { .. } => {}
            Turn::WentOn { .. }
            | Turn::Voided { .. }
            | Turn::Spent { .. }
            | Turn::Recorded { .. }
            | Turn::Undone { .. } => {
                panic!("the clock does not do this: {turn:?}")
            }
        }
    }

    fn tick(&mut self, approval: &Approval, revision: u64) -> Option<String> {
        let around = Surroundings { directives: &self.scene.set, accounts: &self.scene.accounts, now: self.now };
        let (next, turns) = caught_up(approval, &around);
        if turns.is_empty() {
            // The loop looks again while there is something to wait for.
            return (!approval.is_waiting()).then(|| "Nothing is due.".to_owned());
        }
        if self.database.write(revision, &next) {
            turns.iter().for_each(|turn| self.turned(turn));
        }
        None
    }

    fn start(&mut self, approval: &Approval, revision: u64) -> Option<String> {
        if approval.is_waiting() {
            return None;
        }
        let row = ActionRow {
            id: ActionId(5),
            proposal: self.scene.call.clone(),
            facts: facts("refund"),
            digest: self.scene.digest.clone(),
            attempt: 1,
            approval: Some(approval.clone()),
            grants: Vec::new(),
        };
        let around = Surroundings { directives: &self.scene.set, accounts: &self.scene.accounts, now: self.now };
        if let Err(void) = release(&row, &outside(), &nothing_before(), &around) {
            return Some(void.to_string());
        }
        let next = approval.after(&Turn::Spent { by: ActionId(5), at: self.now }.into()).expect("it was approved");
        if !self.database.write(revision, &next) {
            return None;
        }
        self.model.spent += 1;
        Some("It started.".to_owned())
    }

    /// Whatever happened, the wait ends.
    fn wait_for_the_end(&mut self) {
        for _ in 0..3 {
            self.now = self.now.plus(Span::days(2));
            let (revision, approval) = (self.database.revision, self.database.approval());
            self.tick(&approval, revision);
        }
        let (approval, model) = (self.database.approval(), &self.model);
        assert!(model.agrees(&approval) && model.decisions == 1 && model.spent <= 1, "{model:?} {approval:?}");
    }
}

fn races(count: usize, seeds: std::ops::Range<u64>) {
    let scene = Scene::new(count);
    let full = std::env::var("WORKFORCE_PROOFS").is_ok_and(|wanted| wanted == "full");
    let seeds = if full { seeds.start..seeds.start + (seeds.end - seeds.start) * 20 } else { seeds };
    let (mut ends, mut spent, mut all_restarts, number) =
        (BTreeMap::<&str, usize>::new(), 0, 0, seeds.end - seeds.start);
    for seed in seeds {
        let (model, restarts) = Race::new(&scene, seed).run();
        *ends.entry(model.decided.unwrap_or_default()).or_default() += 1;
        spent += model.spent;
        all_restarts += restarts;
    }
    println!("{number} races about {count}: {ends:?}, {spent} spent, {all_restarts} restarts");
    assert!(["approved", "denied", "expired"].iter().all(|end| ends.contains_key(end)), "every end occurs: {ends:?}");
    assert_eq!(Some(&spent), ends.get("approved"), "what was approved was started once");
}

#[test]
fn races_where_one_person_decides() {
    races(1, 0..2_500);
}

#[test]
fn races_where_two_people_decide() {
    races(2, 1_000_000..1_002_500);
}
