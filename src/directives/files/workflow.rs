//! `workflows/NAME.md` → a workflow: its trigger, its steps, and what is wrong with them.

use super::File;
use super::page::{Block, BlockKind};
use super::split::Mapped;
use super::workflow_order::{Raw, settle_order};
use super::workflow_when::{Trigger, opens_a_trigger, read_trigger};
use crate::directives::diagnostics::Problem;
use crate::directives::language::steps::{Gate, Part, StepWords, is_approving, paraphrase_step, read_step};
use crate::directives::language::{Finding, Outcome, Scope, Sentence, Vocabulary, read};
use crate::directives::rule::Rule;
use crate::directives::workflow::{Recover, Undo, Workflow, WorkflowStep};
use crate::workers::WorkerRef;

/// A workflow with more steps than this is refused: nobody could follow it in a thread.
const MAX_STEPS: usize = 50;

/// Reads one file; `None` where it holds no step that can be read.
pub fn read_workflow(file: &File<'_>, voc: &Vocabulary<'_>, problems: &mut Vec<Problem>) -> Option<Workflow> {
    let mut reader = WorkflowReader { file, voc, problems, raws: Vec::new(), trigger: None };
    reader.blocks();
    reader.finish()
}

struct WorkflowReader<'a, 't> {
    file: &'a File<'t>,
    voc: &'a Vocabulary<'a>,
    problems: &'a mut Vec<Problem>,
    raws: Vec<Raw>,
    trigger: Option<Trigger>,
}

impl WorkflowReader<'_, '_> {
    fn blocks(&mut self) {
        let blocks = &self.file.page.blocks;
        let ordered = blocks
            .iter()
            .any(|block| matches!(block.kind, BlockKind::Item { number: Some(_), .. }) && !self.indented(block));
        let mut refused_item = false;
        for block in blocks {
            let step = match block.kind {
                BlockKind::Item { number, .. } => (number.is_some() || !ordered) && !self.indented(block),
                BlockKind::Paragraph => false,
            };
            if step {
                refused_item = !self.item(block);
            } else if self.indented(block) {
                if !refused_item {
                    self.more_of_item(&block.text);
                }
            } else if self.raws.is_empty() && !refused_item {
                self.before_the_list(&block.text);
            } else {
                self.after_the_list(&block.text);
            }
        }
        if self.trigger.is_none() {
            let heading = self.file.page.headings.iter().find(|heading| opens_a_trigger(&heading.text.text));
            if let Some(heading) = heading {
                self.trigger = read_trigger(&heading.text, &self.file.source, self.voc, self.problems);
            }
        }
    }

    /// Whether a block stands inside an item of the list.
    fn indented(&self, block: &Block) -> bool {
        let text = self.file.source.text;
        let start = text[..block.source.start].rfind('\n').map_or(0, |at| at + 1);
        text[start..]
            .chars()
            .take_while(|c| *c == ' ' || *c == '\t')
            .map(|c| if c == '\t' { 4 } else { 1 })
            .sum::<usize>()
            >= 2
    }

    fn before_the_list(&mut self, text: &Mapped) {
        for sentence in text.sentences() {
            if !opens_a_trigger(&sentence.text) {
                self.refuse_rule(&sentence);
            } else if self.trigger.is_some() {
                let what = "this workflow has a trigger already";
                let help = "join them in one sentence (“When … or …”), or write a workflow of its own";
                self.problems.push(self.file.source.error("two-triggers", sentence.whole(), what).with_help(help));
            } else {
                self.trigger = read_trigger(&sentence, &self.file.source, self.voc, self.problems);
            }
        }
    }

    /// A rule does not bind in the middle of a workflow; whoever wrote it there must hear of it.
    fn refuse_rule(&mut self, sentence: &Mapped) {
        let read = read(&Sentence { text: &sentence.text, scope: Scope::default() }, self.voc);
        let Outcome::Rules(rules) = read else { return };
        if rules.iter().all(|read| matches!(read.rule, Rule::Guidance(_))) {
            return;
        }
        let what = "this reads like a rule, but outside its steps a workflow's file holds none";
        let problem = self.file.source.warning("rule-in-workflow", sentence.whole(), what);
        self.problems.push(problem.with_help("move it to a file beside company.md"));
    }

    /// One item of the list; false where it could not be read.
    fn item(&mut self, block: &Block) -> bool {
        let BlockKind::Item { number, .. } = block.kind else { return false };
        let counted = u32::try_from(self.raws.len() + 1).unwrap_or(u32::MAX);
        let n = number.and_then(|n| u32::try_from(n).ok()).unwrap_or(counted);
        let mut sentences = block.text.sentences().into_iter();
        let Some(mut first) = sentences.next() else { return false };
        let mut words = read_step(&first.text, self.voc, None);
        // "Meanwhile." or "After step 1:" stands before the sentence that says who does what.
        while words.act.is_none()
            && !words.parts.is_empty()
            && words.findings.iter().all(|finding| finding.code == "no-worker")
        {
            let Some(next) = sentences.next() else { break };
            let more = read_step(&next.text, self.voc, None);
            words = StepWords { parts: words.parts.into_iter().chain(more.parts).collect(), ..more };
            first = next;
        }
        self.tell(&first, std::mem::take(&mut words.findings));
        let (line, _) = self.file.source.place(block.source.start);
        let Some(act) = words.act else {
            // Its number stays taken, so that the others are not blamed for it.
            self.raws.push(Raw::broken(n, line));
            return false;
        };
        let mut raw = Raw::new(n, line, act.who, act.what, block.text.text.clone(), block.text.whole());
        raw.parts = words.parts.into_iter().map(|part| (part, first.clone())).collect();
        self.raws.push(raw);
        for sentence in sentences {
            self.more_of_item_sentence(&sentence);
        }
        true
    }

    fn more_of_item(&mut self, text: &Mapped) {
        for sentence in text.sentences() {
            if let Some(raw) = self.raws.last_mut() {
                raw.text = format!("{} {}", raw.text, sentence.text);
            }
            self.more_of_item_sentence(&sentence);
        }
    }

    fn more_of_item_sentence(&mut self, sentence: &Mapped) {
        let Some(raw) = self.raws.last_mut() else { return };
        let Some(who) = raw.who.clone() else { return };
        let words = read_step(&sentence.text, self.voc, Some(&who));
        if let Some(note) = words.note {
            raw.what = format!("{}. {}", raw.what.trim_end_matches('.'), note.trim_end_matches('.'));
        }
        raw.parts.extend(words.parts.into_iter().map(|part| (part, sentence.clone())));
        self.tell(sentence, words.findings);
    }

    /// "Step 4 needs @kim's approval.", "If step 3 fails because …, ask …" below the list.
    fn after_the_list(&mut self, text: &Mapped) {
        for sentence in text.sentences() {
            let words = read_step(&sentence.text, self.voc, Some(&WorkerRef::Human));
            let mut unread = words.parts.is_empty();
            for part in words.parts {
                let of = match &part {
                    Part::Gate(gate) => gate.of,
                    Part::Recover(recover) => recover.of,
                    Part::Undo(undo) => undo.on,
                    Part::Parallel(_) | Part::After { .. } | Part::Last | Part::Wait(_) | Part::Name(_) => None,
                };
                match of.and_then(|n| self.raws.iter_mut().find(|raw| raw.n == n)) {
                    Some(raw) => raw.parts.push((part, sentence.clone())),
                    None if matches!(part, Part::Gate(_) | Part::Recover(_) | Part::Undo(_)) => {
                        let what = "this does not say which step it is about";
                        let help = "write it into the step, or name the step: “Step 2 needs @kim's approval.”";
                        self.problems
                            .push(self.file.source.error("unknown-step", sentence.whole(), what).with_help(help));
                    }
                    None => unread = true,
                }
            }
            if unread {
                self.tell(&sentence, words.findings);
                if opens_a_trigger(&sentence.text) && self.trigger.is_none() {
                    self.trigger = read_trigger(&sentence, &self.file.source, self.voc, self.problems);
                } else {
                    self.refuse_rule(&sentence);
                }
            }
        }
    }

    fn tell(&mut self, sentence: &Mapped, findings: Vec<Finding>) {
        for finding in findings {
            let range = sentence.range(finding.span);
            let problem = self.file.source.problem(finding.severity, finding.code, range, finding.message);
            self.problems.push(Problem { help: finding.help, suggestion: finding.suggestion, ..problem });
        }
    }

    fn finish(mut self) -> Option<Workflow> {
        let source = &self.file.source;
        let name = source.file.trim_start_matches("workflows/").trim_end_matches(".md").to_owned();
        if self.raws.is_empty() {
            let problem = source.error("no-steps", 0..0, "this workflow has no steps");
            self.problems
                .push(problem.with_help("write them as a numbered list: “1. The HR agent creates the accounts.”"));
            return None;
        }
        if self.raws.len() > MAX_STEPS {
            let what = format!("this workflow has more than {MAX_STEPS} steps");
            self.problems.push(
                source.error("too-many-steps", self.raws[MAX_STEPS].range.clone(), what).with_help("split it in two"),
            );
            return None;
        }
        self.gates_that_are_events();
        let mut steps = settle_order(&mut self.raws, source, self.problems);
        for step in &mut steps {
            if let Some(raw) = self.raws.iter().find(|raw| raw.n == step.n) {
                apply(step, raw, source, self.problems);
            }
        }
        duplicate_names(&steps, &self.raws, source, self.problems);
        for i in 0..steps.len() {
            let before = i.checked_sub(1).map(|before| steps[before].n);
            steps[i].paraphrase = paraphrase_step(&steps[i], before, self.voc);
        }
        let (line, _) = source.place(self.file.page.title().map_or(0, |title| title.text.offset(0)));
        let trigger = self.trigger.unwrap_or_else(|| {
            let problem = source.warning("no-trigger", 0..0, "nothing starts this workflow but its name");
            let help = format!("write a sentence such as “When someone joins the company:”, or start it with /workforce workflow {name} start");
            self.problems.push(problem.with_help(help));
            Trigger { line, ..Trigger::default() }
        });
        let Trigger { when, clock, text, line } = trigger;
        Some(Workflow { name, file: source.file.to_owned(), line, text, when, clock, steps })
    }

    /// "Once @kim has approved": an order where an earlier step is @kim's decision, else a gate.
    fn gates_that_are_events(&mut self) {
        for i in 0..self.raws.len() {
            let (before, rest) = self.raws.split_at_mut(i);
            for (part, _) in &mut rest[0].parts {
                let Part::Gate(Gate { by, event: true, span, .. }) = part else { continue };
                let decided = before
                    .iter()
                    .rev()
                    .find(|raw| raw.who.as_ref().is_some_and(|who| by.contains(who)) && is_approving(&raw.what));
                if let Some(decided) = decided {
                    let steps = vec![crate::directives::language::steps::StepRef::Number(decided.n)];
                    *part = Part::After { steps, span: span.clone(), soft: None };
                }
            }
        }
    }
}

/// Puts gates, recoveries, compensations and names into a step.
fn apply(step: &mut WorkflowStep, raw: &Raw, source: &super::place::Source<'_>, problems: &mut Vec<Problem>) {
    for (part, sentence) in &raw.parts {
        match part {
            Part::Gate(gate) => {
                let by = if gate.by.is_empty() { vec![WorkerRef::Owner] } else { gate.by.clone() };
                if !step.approval.is_empty() && step.approval != by {
                    let problem = source.error(
                        "two-gates",
                        sentence.range(gate.span.clone()),
                        "this step needs an approval already",
                    );
                    problems
                        .push(problem.with_help(
                            "name all approvers in one sentence: “needs approval from both @kim and @dana”",
                        ));
                }
                step.approval = by;
                step.count = gate.count.max(1);
                step.within = gate.within.clone();
            }
            Part::Recover(recover) => {
                if step.recover.is_some() {
                    let problem = source.error(
                        "two-recoveries",
                        sentence.range(recover.span.clone()),
                        "this step has a recovery already",
                    );
                    problems.push(problem.with_help("say in one sentence what happens when it fails"));
                }
                step.recover = Some(Recover {
                    when: recover.when.clone(),
                    ask: recover.ask.clone(),
                    what: recover.what.clone(),
                    then: recover.then,
                    times: recover.times,
                    wait: recover.wait.clone(),
                });
            }
            Part::Undo(undo) => {
                let who = undo.who.clone().unwrap_or_else(|| step.who.clone());
                step.undo.push(Undo { who, what: undo.what.clone(), on: undo.on });
            }
            Part::Name(name) => step.as_name = Some(name.clone()),
            Part::Wait(wait) => step.wait = Some(wait.clone()),
            Part::Parallel(_) | Part::After { .. } | Part::Last => {}
        }
    }
}

fn duplicate_names(
    steps: &[WorkflowStep],
    raws: &[Raw],
    source: &super::place::Source<'_>,
    problems: &mut Vec<Problem>,
) {
    for (i, step) in steps.iter().enumerate() {
        let Some(name) = &step.as_name else { continue };
        let Some(first) = steps[..i].iter().find(|other| other.as_name.as_ref() == Some(name)) else { continue };
        let range = raws.iter().find(|raw| raw.n == step.n).map_or(0..0, |raw| raw.range.clone());
        let problem =
            source.error("duplicate-name", range, format!("“{name}” is what step {} returns already", first.n));
        problems.push(problem.with_help("give it another name").with_related(source.file, first.line));
    }
}
