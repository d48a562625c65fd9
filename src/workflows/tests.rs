//! Whatever the order in which steps end: nothing starts twice, nothing starts too early, and all of it ends the same.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::plan::{Standing, Start, Verdict, plan, standing};
use super::{Entry, EntryKind, EntryState};
use crate::clock::Timestamp;
use crate::directives::rule::Condition;
use crate::directives::workflow::{Recover, Then, Undo, Workflow, WorkflowStep};
use crate::ids::TaskId;
use crate::workers::WorkerRef;

fn step(n: u32, after: Vec<u32>) -> WorkflowStep {
    WorkflowStep {
        n,
        line: n,
        who: WorkerRef::Agent(format!("agent-{n}")),
        what: format!("do thing {n}"),
        after,
        parallel: false,
        approval: Vec::new(),
        count: 1,
        within: None,
        recover: None,
        undo: Vec::new(),
        wait: None,
        as_name: None,
        text: String::new(),
        paraphrase: String::new(),
    }
}

fn workflow(steps: Vec<WorkflowStep>) -> Workflow {
    Workflow {
        name: "test".to_owned(),
        file: "workflows/test.md".to_owned(),
        line: 1,
        text: String::new(),
        when: Condition::default(),
        clock: None,
        steps,
    }
}

/// A company that does what the planner says, and ends pieces of work in an order that `choices` decides.
struct Company {
    workflow: Workflow,
    journal: Vec<Entry>,
    now: i64,
    started: BTreeSet<Start>,
}

impl Company {
    fn of(workflow: Workflow) -> Self {
        Self { workflow, journal: Vec::new(), now: 1, started: BTreeSet::new() }
    }

    /// Starts what should start; whatever is started a second time or too early fails the test.
    fn start(&mut self) -> Verdict {
        loop {
            let plan = plan(&self.workflow, &self.journal, Timestamp(self.now));
            if plan.start.is_empty() {
                if let Some(at) = plan.wake_at.filter(|_| !self.journal.iter().any(Entry::is_open)) {
                    self.now = at.0;
                    continue;
                }
                return plan.verdict;
            }
            for start in plan.start {
                assert!(self.started.insert(start), "{start:?} starts twice");
                if start.kind == EntryKind::Step {
                    for before in &self.workflow.step(start.n).unwrap().after {
                        let before = self.workflow.step(*before).unwrap();
                        assert!(
                            standing(&self.workflow, before, &self.journal, Timestamp(self.now)).is_over(),
                            "{start:?} too early"
                        );
                    }
                }
                self.journal.push(Entry {
                    kind: start.kind,
                    n: start.n,
                    attempt: start.attempt,
                    task: TaskId(i64::try_from(self.journal.len()).unwrap()),
                    state: EntryState::Given,
                    result: None,
                    why: None,
                    started: Timestamp(self.now),
                    ended: None,
                });
            }
        }
    }

    /// Ends the open piece of work that `choice` picks.
    fn end(&mut self, choice: usize, fails: &dyn Fn(&Entry) -> bool) -> bool {
        let open: Vec<usize> = (0..self.journal.len()).filter(|at| self.journal[*at].is_open()).collect();
        let Some(at) = open.get(choice % open.len().max(1)) else { return false };
        self.now += 1;
        let failed = fails(&self.journal[*at]);
        let entry = &mut self.journal[*at];
        entry.state = if failed { EntryState::Failed } else { EntryState::Done };
        entry.why = failed.then(|| "No licence left.".to_owned());
        entry.ended = Some(Timestamp(self.now));
        true
    }

    fn run(mut self, choices: &[usize], fails: &dyn Fn(&Entry) -> bool) -> (Verdict, Self) {
        let mut choices = choices.iter().copied().chain(std::iter::repeat(0));
        loop {
            let verdict = self.start();
            if verdict != Verdict::Running || !self.end(choices.next().unwrap_or(0), fails) {
                return (verdict, self);
            }
        }
    }

    fn keys(&self) -> BTreeSet<(EntryKind, u32, u32)> {
        self.journal.iter().map(|entry| (entry.kind, entry.n, entry.attempt)).collect()
    }
}

/// Workflows whose steps wait for earlier ones.
fn workflows() -> impl Strategy<Value = Workflow> {
    prop::collection::vec(prop::collection::vec(any::<bool>(), 0..9), 1..9).prop_map(|rows| {
        let steps = rows.iter().enumerate().map(|(i, row)| {
            let after = (0..i).filter(|j| row.get(*j).copied().unwrap_or(false)).map(|j| u32::try_from(j + 1).unwrap());
            step(u32::try_from(i + 1).unwrap(), after.collect())
        });
        workflow(steps.collect())
    })
}

proptest! {
    #[test]
    fn every_order_of_endings_ends_the_same(workflow in workflows(), choices in prop::collection::vec(0_usize..9, 0..40)) {
        let (verdict, company) = Company::of(workflow.clone()).run(&choices, &|_| false);
        prop_assert_eq!(verdict, Verdict::Finished);
        let all: BTreeSet<_> = workflow.steps.iter().map(|step| (EntryKind::Step, step.n, 1)).collect();
        prop_assert_eq!(company.keys(), all);
    }

    #[test]
    fn a_failure_for_good_undoes_what_was_done_and_starts_nothing_new(
        workflow in workflows(), fails in 1_u32..9, choices in prop::collection::vec(0_usize..9, 0..40),
    ) {
        let mut workflow = workflow;
        for step in &mut workflow.steps {
            step.undo = vec![Undo { who: step.who.clone(), what: "undo it".to_owned(), on: None }];
        }
        let exists = workflow.step(fails).is_some();
        let (verdict, company) = Company::of(workflow).run(&choices, &|entry| entry.kind == EntryKind::Step && entry.n == fails);
        prop_assert_eq!(matches!(verdict, Verdict::Failed { .. }), exists);
        let done: BTreeSet<u32> = company.journal.iter().filter(|e| e.kind == EntryKind::Step && e.state == EntryState::Done).map(|e| e.n).collect();
        let undone: BTreeSet<u32> = company.journal.iter().filter(|e| e.kind == EntryKind::Undo).map(|e| e.n).collect();
        prop_assert_eq!(undone, if exists { done } else { BTreeSet::new() });
    }
}

fn recover(when: &str, ask: Option<&str>, then: Then, times: u32) -> Recover {
    let ask = ask.map(|id| WorkerRef::Agent(id.to_owned()));
    Recover { when: when.to_owned(), ask, what: Some("one".to_owned()), then, times, wait: None }
}

#[test]
fn a_recovery_asks_once_waits_and_tries_again() {
    let mut second = step(2, vec![1]);
    second.recover = Some(recover("no licence is left", Some("buyer"), Then::Retry, 1));
    let flow = workflow(vec![step(1, vec![]), second, step(3, vec![2])]);
    let (verdict, company) =
        Company::of(flow.clone()).run(&[], &|e| (e.kind, e.n, e.attempt) == (EntryKind::Step, 2, 1));
    assert_eq!(verdict, Verdict::Finished);
    let order: Vec<_> = company.journal.iter().map(|e| (e.kind, e.n, e.attempt)).collect();
    let (work, help) = (EntryKind::Step, EntryKind::Recovery);
    assert_eq!(order, [(work, 1, 1), (work, 2, 1), (help, 2, 1), (work, 2, 2), (work, 3, 1)]);
    // A second failure has no further recovery.
    let (verdict, _) = Company::of(flow.clone()).run(&[], &|e| e.kind == work && e.n == 2);
    assert!(matches!(verdict, Verdict::Failed { n: 2, .. }), "{verdict:?}");
    // Help that does not come is a failure for good.
    let (verdict, _) = Company::of(flow).run(&[], &|e| e.n == 2);
    assert!(matches!(verdict, Verdict::Failed { n: 2, .. }), "{verdict:?}");
}

#[test]
fn a_recovery_is_only_for_what_it_names() {
    let mut only = step(1, vec![]);
    only.recover = Some(recover("the printer is offline", Some("buyer"), Then::Retry, 1));
    let (verdict, company) = Company::of(workflow(vec![only])).run(&[], &|_| true);
    assert!(matches!(verdict, Verdict::Failed { n: 1, .. }));
    assert_eq!(company.journal.len(), 1);
}

#[test]
fn skipping_and_trying_again_go_on() {
    let mut skipped = step(1, vec![]);
    skipped.recover = Some(Recover { ask: None, ..recover("it fails", None, Then::Skip, 1) });
    let mut again = step(2, vec![1]);
    again.recover = Some(recover("it fails", None, Then::Retry, 3));
    let flow = workflow(vec![skipped, again]);
    let (verdict, company) = Company::of(flow).run(&[], &|e| e.n == 1 || e.attempt < 4);
    assert_eq!(verdict, Verdict::Finished);
    assert_eq!(company.journal.iter().filter(|e| e.n == 2).count(), 4);
}

#[test]
fn a_step_may_wait_for_its_time() {
    let mut later = step(2, vec![1]);
    later.wait = Some(crate::directives::rule::IsoDuration("P30D".to_owned()));
    let flow = workflow(vec![step(1, vec![]), later]);
    let mut company = Company::of(flow.clone());
    company.start();
    company.end(0, &|_| false);
    let at = Timestamp(company.now);
    let due = at.plus(crate::clock::Span::days(30));
    assert_eq!(standing(&flow, &flow.steps[1], &company.journal, at), Standing::Later(due));
    assert_eq!(plan(&flow, &company.journal, at).wake_at, Some(due));
    assert_eq!(plan(&flow, &company.journal, due).start, [Start { kind: EntryKind::Step, n: 2, attempt: 1 }]);
}

#[test]
fn a_workflow_is_started_by_its_words_or_its_name_and_by_no_question() {
    use super::trigger::fits;
    let mut flow = workflow(vec![step(1, vec![])]);
    flow.name = "onboarding".to_owned();
    flow.when = Condition { topics: vec!["join company".to_owned()], ..Condition::default() };
    let no = |_: &Condition| false;
    for text in [
        "Mia Chen joins the company on Monday", "please start the onboarding workflow", "run onboarding for Mia",
        "workflow onboarding start",
    ] {
        assert!(fits(&flow, text, no), "{text}");
    }
    for text in ["when did Ana join the company?", "what is onboarding", "please join the call", ""] {
        assert!(!fits(&flow, text, no), "{text}");
    }
    for text in [
        "start onboarding for Mia",
        "please start the onboarding for Mia",
        "kick off onboarding: Mia",
        "launch our onboarding process",
        "onboarding start for Mia",
        "Could you please start onboarding for Mia?",
    ] {
        assert!(fits(&flow, text, no), "{text}");
    }
    for text in [
        "When does the onboarding start for Mia?",
        "when does the onboarding start for Mia",
        "can you tell me when to start onboarding?",
        "start the week with a look at onboarding",
        "Mia waits for her onboarding, please run the numbers",
    ] {
        assert!(!fits(&flow, text, no), "{text}");
    }
    flow.name = "refund".to_owned();
    assert!(!fits(&flow, "please run the refund for ORD-1", no));
    assert!(fits(&flow, "please run the refund workflow for ORD-1", no));
    flow.when = Condition::default();
    assert!(!fits(&flow, "Mia joins the company", |_: &Condition| true), "nothing starts what has no trigger");
}

#[test]
fn a_gate_is_of_one_step_wherever_that_stands() {
    let flow = |name: &str, steps: Vec<WorkflowStep>| Workflow { name: name.to_owned(), ..workflow(steps) };
    let names = |flow: &Workflow| flow.steps.iter().map(|step| flow.gate_tool(step).0).collect::<Vec<_>>();
    let (one, two) = (step(1, vec![]), step(2, vec![1]));
    let was = names(&flow("sign-off", vec![one.clone(), two.clone()]));
    assert!(was[1].starts_with("workforce.start_step_of_sign_off_"), "{}", was[1]);
    assert_ne!(was[0], was[1]);
    assert_ne!(names(&flow("sign_off", vec![one.clone(), two.clone()])), was, "names that look alike are two");
    let inserted = WorkflowStep { n: 2, ..step(9, vec![1]) };
    let moved = WorkflowStep { n: 3, ..two.clone() };
    let now = names(&flow("sign-off", vec![one.clone(), inserted, moved]));
    assert_eq!([&now[0], &now[2]], [&was[0], &was[1]]);
    assert!(!was.contains(&now[1]), "the new second step is not the old one");
    let other = WorkflowStep { what: "do more".to_owned(), ..two.clone() };
    assert!(!was.contains(&names(&flow("sign-off", vec![one.clone(), other]))[1]));
    let again = WorkflowStep { n: 3, ..two.clone() };
    let alike = names(&flow("sign-off", vec![one, two, again]));
    assert_eq!(alike[1], was[1]);
    assert_ne!(alike[2], was[1], "two alike are two");
}

#[test]
fn the_longest_name_that_a_text_begins_with_is_called() {
    let named = |name: &str| Workflow { name: name.to_owned(), ..workflow(Vec::new()) };
    let all = [named("offboarding"), named("it"), named("it-offboarding")];
    let called =
        |text: &'static str| super::trigger::called(&all, text).map(|(found, rest)| (found.name.as_str(), rest));
    for (text, want) in [
        ("it-offboarding for Mia", Some(("it-offboarding", "for Mia"))),
        ("the IT Offboarding workflow: Mia", Some(("it-offboarding", "Mia"))),
        ("Offboarding", Some(("offboarding", ""))),
        ("it", Some(("it", ""))),
        ("items", None),
        ("it-offboardings", None),
        ("onboarding", None),
        ("", None),
    ] {
        assert_eq!(called(text), want, "{text}");
    }
}
