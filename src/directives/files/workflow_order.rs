//! In which order steps run: numbers, words and "meanwhile" → the steps that each one waits for.

use std::collections::BTreeSet;
use std::ops::Range;

use super::place::Source;
use super::split::Mapped;
use crate::directives::diagnostics::Problem;
use crate::directives::language::steps::{Part, StepRef, stems_of};
use crate::directives::workflow::WorkflowStep;
use crate::workers::WorkerRef;

/// A step as its item says it.
#[derive(Debug, Clone)]
pub struct Raw {
    pub n: u32,
    pub line: u32,
    /// `None`: the item could not be read.
    pub who: Option<WorkerRef>,
    pub what: String,
    pub text: String,
    pub range: Range<usize>,
    /// Each with the sentence that it stands in.
    pub parts: Vec<(Part, Mapped)>,
}

impl Raw {
    pub fn new(n: u32, line: u32, who: WorkerRef, what: String, text: String, range: Range<usize>) -> Self {
        Self { n, line, who: Some(who), what, text, range, parts: Vec::new() }
    }

    pub fn broken(n: u32, line: u32) -> Self {
        Self { n, line, who: None, what: String::new(), text: String::new(), range: 0..0, parts: Vec::new() }
    }

    fn name(&self) -> Option<&str> {
        self.parts.iter().find_map(|(part, _)| if let Part::Name(name) = part { Some(name.as_str()) } else { None })
    }
}

/// The steps in their order, with what each waits for; what cannot be settled is told.
pub fn settle_order(raws: &mut [Raw], source: &Source<'_>, problems: &mut Vec<Problem>) -> Vec<WorkflowStep> {
    let mut settled: Vec<(u32, BTreeSet<u32>, bool)> = Vec::new();
    for i in 0..raws.len() {
        let one = settle_one(raws, i, &settled, source, problems);
        settled.push((raws[i].n, one.0, one.1));
    }
    refuse_loops(raws, &settled, source, problems);
    let steps = raws.iter().zip(settled).filter_map(|(raw, (n, after, parallel))| {
        Some(WorkflowStep {
            n,
            line: raw.line,
            who: raw.who.clone()?,
            what: raw.what.clone(),
            after: after.into_iter().collect(),
            parallel,
            approval: Vec::new(),
            count: 1,
            within: None,
            recover: None,
            undo: Vec::new(),
            wait: None,
            as_name: None,
            text: raw.text.clone(),
            paraphrase: String::new(),
        })
    });
    steps.collect()
}

/// What step `i` waits for, and whether it starts with another.
fn settle_one(
    raws: &mut [Raw],
    i: usize,
    settled: &[(u32, BTreeSet<u32>, bool)],
    source: &Source<'_>,
    problems: &mut Vec<Problem>,
) -> (BTreeSet<u32>, bool) {
    let (mut after, mut with, mut said) = (BTreeSet::new(), BTreeSet::new(), false);
    let (mut parallel, mut soft_words) = (false, Vec::new());
    let mut told = |raws: &[Raw], i: usize, steps: &[StepRef], soft: bool, sentence: &Mapped, span: &Range<usize>| {
        let mut found = Vec::new();
        for step in steps {
            match resolve(raws, i, step, soft) {
                Ok(numbers) => found.extend(numbers),
                Err((code, what, help)) => {
                    problems.push(source.error(code, sentence.range(span.clone()), what).with_help(help))
                }
            }
        }
        found
    };
    for (part, sentence) in raws[i].parts.clone() {
        match &part {
            Part::Parallel(steps) if steps.is_empty() => {
                parallel = true;
                with.extend(i.checked_sub(1).map(|before| raws[before].n));
            }
            Part::Parallel(steps) => {
                parallel = true;
                let span = 0..sentence.text.len();
                with.extend(told(raws, i, steps, false, &sentence, &span));
            }
            Part::After { steps, span, soft } => {
                let found = told(raws, i, steps, soft.is_some(), &sentence, span);
                match soft {
                    Some(words) if found.is_empty() => soft_words.push(words.clone()),
                    Some(_) | None => {
                        said |= !found.is_empty();
                        after.extend(found);
                    }
                }
            }
            Part::Last | Part::Wait(_) | Part::Gate(_) | Part::Recover(_) | Part::Undo(_) | Part::Name(_) => {}
        }
    }
    for words in soft_words {
        raws[i].what = format!("{} {words}", raws[i].what);
    }
    if parallel {
        for partner in &with {
            after.extend(
                settled
                    .iter()
                    .find(|(n, _, _)| n == partner)
                    .into_iter()
                    .flat_map(|(_, after, _)| after.iter().copied()),
            );
        }
        after.retain(|n| !with.contains(n) && *n != raws[i].n);
    } else if !said {
        after.extend(leaves(settled));
    }
    (after, parallel && i > 0)
}

/// The steps so far that none of them waits for: what a step without a word of its own follows.
fn leaves(settled: &[(u32, BTreeSet<u32>, bool)]) -> Vec<u32> {
    settled.iter().map(|(n, _, _)| *n).filter(|n| !settled.iter().any(|(_, after, _)| after.contains(n))).collect()
}

/// What is wrong: code, message, help.
type Wrong = (&'static str, String, String);

/// The numbers of the steps that are meant.
fn resolve(raws: &[Raw], i: usize, step: &StepRef, soft: bool) -> Result<Vec<u32>, Wrong> {
    let numbers = |range: Range<usize>| raws[range].iter().map(|raw| raw.n).collect::<Vec<u32>>();
    let help = "name the step by its number: “after step 2”";
    let none_before = || {
        Err((
            "unknown-step",
            "no step comes before this one".to_owned(),
            "leave it out, or move the step down".to_owned(),
        ))
    };
    match step {
        StepRef::Number(n) if *n == raws[i].n => {
            Err(("loop", "a step cannot wait for itself".to_owned(), "name the step that comes before it".to_owned()))
        }
        StepRef::Number(n) if raws.iter().any(|raw| raw.n == *n) => Ok(vec![*n]),
        StepRef::Number(n) => {
            let known: Vec<String> = raws.iter().map(|raw| raw.n.to_string()).collect();
            Err(("unknown-step", format!("there is no step {n}"), format!("the steps are {}", known.join(", "))))
        }
        StepRef::Previous | StepRef::All if i == 0 => none_before(),
        StepRef::Previous => Ok(vec![raws[i - 1].n]),
        StepRef::Two if i < 2 => none_before(),
        StepRef::Two => Ok(numbers(i - 2..i)),
        StepRef::All => Ok(numbers(0..i)),
        StepRef::Words { stems, who, words } => match by_words(raws, i, stems, who.as_ref()) {
            Meant::Steps(steps) => Ok(steps),
            Meant::Several(steps) => {
                let names: Vec<String> = steps.iter().map(|n| format!("step {n}")).collect();
                Err(("ambiguous-step", format!("“{words}” may be {}", names.join(" or ")), help.to_owned()))
            }
            Meant::Nothing if soft => Ok(Vec::new()),
            Meant::Nothing => {
                Err(("unknown-step", format!("no step brings about “{words}”"), format!("{help}, or use its words")))
            }
        },
    }
}

enum Meant {
    Steps(Vec<u32>),
    Several(Vec<u32>),
    Nothing,
}

/// The step that is spoken of: by the name of what it returns, by its words, by its worker. Earlier steps before later ones.
fn by_words(raws: &[Raw], i: usize, stems: &[String], who: Option<&WorkerRef>) -> Meant {
    let same = |raw: &Raw| who.is_some() && raw.who.as_ref() == who;
    if stems.is_empty() {
        let theirs: Vec<u32> = raws[..i].iter().filter(|raw| same(raw)).map(|raw| raw.n).collect();
        return if theirs.is_empty() { Meant::Nothing } else { Meant::Steps(theirs) };
    }
    let score = |raw: &Raw| {
        let name = raw.name().map(stems_of).unwrap_or_default();
        let work = stems_of(&raw.what);
        let named = name.iter().filter(|stem| stems.contains(stem)).count() * 3;
        let shared = stems.iter().filter(|stem| work.contains(stem)).count() * 2;
        match (named + shared, same(raw)) {
            (0, _) => 0,
            (score, true) => score + 3,
            (score, false) if who.is_some() => score.saturating_sub(1),
            (score, false) => score,
        }
    };
    for range in [0..i, i + 1..raws.len()] {
        let scored: Vec<(usize, u32)> = raws[range.clone()].iter().map(|raw| (score(raw), raw.n)).collect();
        let best = scored.iter().map(|(score, _)| *score).max().unwrap_or(0);
        if best > 0 {
            let steps: Vec<u32> = scored.iter().filter(|(score, _)| *score == best).map(|(_, n)| *n).collect();
            return if steps.len() == 1 { Meant::Steps(steps) } else { Meant::Several(steps) };
        }
    }
    let theirs: Vec<u32> = raws[..i].iter().filter(|raw| same(raw)).map(|raw| raw.n).collect();
    if theirs.len() == 1 { Meant::Steps(theirs) } else { Meant::Nothing }
}

/// Steps that wait for each other never start.
fn refuse_loops(
    raws: &[Raw],
    settled: &[(u32, BTreeSet<u32>, bool)],
    source: &Source<'_>,
    problems: &mut Vec<Problem>,
) {
    let mut done: BTreeSet<u32> = BTreeSet::new();
    loop {
        let next =
            settled.iter().find(|(n, after, _)| !done.contains(n) && after.iter().all(|before| done.contains(before)));
        match next {
            Some((n, _, _)) => done.insert(*n),
            None => break,
        };
    }
    let left: Vec<String> =
        settled.iter().filter(|(n, _, _)| !done.contains(n)).map(|(n, _, _)| n.to_string()).collect();
    if let Some(first) = raws.iter().find(|raw| !done.contains(&raw.n)) {
        let told = problems.iter().any(|problem| problem.code == "loop" && problem.file == source.file);
        if !told {
            let what = format!("steps {} wait for each other, so none of them starts", left.join(", "));
            problems.push(
                source.error("loop", first.range.clone(), what).with_help("let one of them start without the others"),
            );
        }
    }
}
