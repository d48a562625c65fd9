//! Compiling and evaluating. Every evaluation works on a copy of the compiled set, so that none leaves a trace for the next.

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use regorus::utils::limits::{ExecutionTimerConfig, LimitError};
use regorus::{Engine, Value as RegoValue};
use serde_json::Value;

use super::findings::{answers, objection, too_many};
use super::source::{ALLOW, ASK, DENY, PolicyFile, characters, is_test};
use super::{Finding, Flaw, MAX_ANSWERS, MAX_INPUT_BYTES, Objection, ROOT_PACKAGE, TIME_LIMIT, TRIES, words};

/// The policies of one set, compiled. Without any, nothing is objected to.
#[derive(Clone, Default)]
pub struct Policies {
    /// What the gate asks: without the files of tests, which could change what the others say.
    decisive: Option<Arc<Compiled>>,
    /// With them.
    pub(super) whole: Option<Arc<Compiled>>,
    /// What is asked for in one evaluation, and in which order.
    asked: Vec<Asked>,
    query: String,
}

/// Files that were compiled together.
pub(super) struct Compiled {
    /// In the order of the engine's modules.
    pub files: Vec<PolicyFile>,
    engine: Engine,
}

/// One rule of one package, whichever files say something about it.
#[derive(Debug, Clone)]
struct Asked {
    package: String,
    name: &'static str,
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Broken {
    OutOfTime,
    Failed { place: Option<(String, u32)>, what: String },
}

impl Policies {
    /// Compiles all files, by path relative to the directives' folder. The policies are only good where no flaw is an error.
    pub fn read<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> (Self, Vec<Flaw>) {
        let files: Vec<(&str, &str)> = files.into_iter().collect();
        if files.is_empty() {
            return (Self::default(), Vec::new());
        }
        let mut flaws = Vec::new();
        let mut whole = Compiled::parse(&files, &mut flaws);
        let defined = whole.defined();
        for (file, text) in &files {
            flaws.extend(words::forbidden_calls(file, text, &defined));
        }
        flaws.extend(whole.files.iter().flat_map(useless));
        let decisive: Vec<(&str, &str)> = files.iter().filter(|(file, _)| !is_test(file)).copied().collect();
        // What is wrong with these was said above.
        let mut decisive = Compiled::parse(&decisive, &mut Vec::new());
        if !flaws.iter().any(|flaw| !flaw.is_warning) {
            // Analysis finds what no single file shows: variables without a value, rules that need each other.
            let analysed = whole.analyse().and_then(|()| decisive.analyse());
            flaws.extend(analysed.err().map(|error| flaw_of(files[0], &error)));
        }
        let asked = asked(&decisive.files);
        // A list that is empty where the rule has no value: one rule without a value must not leave all without one.
        let values: Vec<String> =
            asked.iter().map(|each| format!("[v | v := {}.{}]", each.package, each.name)).collect();
        let query = format!("[{}]", values.join(", "));
        (Self { decisive: Some(Arc::new(decisive)), whole: Some(Arc::new(whole)), asked, query }, flaws)
    }

    /// Whether no rule decides anything.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// What the rules object to. Pure but for the time that it may take; a rule that fails objects.
    pub fn judge(&self, input: &Value) -> Vec<Finding> {
        if self.is_empty() {
            return Vec::new();
        }
        let text = input.to_string();
        if text.len() > MAX_INPUT_BYTES {
            let why = format!("what it would have to look at has {} bytes; {MAX_INPUT_BYTES} are read", text.len());
            return vec![self.failed(None, why)];
        }
        let Some(compiled) = &self.decisive else { return Vec::new() };
        let asked = compiled.evaluate(&text, |engine| engine.eval_query(self.query.clone(), false));
        let values = match asked.map(|results| results.result.into_iter().next()) {
            Ok(Some(row)) => row.expressions.into_iter().next().and_then(|e| serde_json::to_value(e.value).ok()),
            Ok(None) => None,
            Err(Broken::OutOfTime) => {
                return vec![self.failed(None, format!("it took longer than {} ms", TIME_LIMIT.as_millis()))];
            }
            Err(Broken::Failed { place, what }) => return vec![self.failed(place, what)],
        };
        let Some(Value::Array(values)) = values.filter(|v| v.as_array().is_some_and(|a| a.len() == self.asked.len()))
        else {
            return vec![self.failed(None, "it gave no answer".to_owned())];
        };
        let found =
            self.asked.iter().zip(&values).flat_map(|(asked, value)| self.findings(compiled, asked, value, &text));
        found.collect()
    }

    fn findings(&self, compiled: &Compiled, asked: &Asked, value: &Value, input: &str) -> Vec<Finding> {
        let value = value.get(0).unwrap_or(&Value::Null);
        let at = |(file, line): (String, u32), says| Finding { file, line, says };
        if asked.name == ALLOW {
            if *value == Value::Bool(true) {
                return Vec::new();
            }
            let place = self.first_line(asked);
            let reason = format!("{} does not allow this.", place.0);
            return vec![at(place, Objection::Deny { reason })];
        }
        let answers = answers(value);
        if answers.len() > MAX_ANSWERS {
            return vec![at(self.first_line(asked), too_many(asked.name))];
        }
        let by_line = if answers.is_empty() { Vec::new() } else { compiled.lines(asked, input) };
        let place = |answer: &Value| {
            let own = by_line.iter().find(|(_, given)| given.contains(answer)).map(|(place, _)| place.clone());
            own.unwrap_or_else(|| self.first_line(asked))
        };
        answers
            .iter()
            .map(|answer| (place(answer), answer))
            .map(|(p, a)| at(p.clone(), objection(asked.name, &p.0, a)))
            .collect()
    }

    fn first_line(&self, asked: &Asked) -> (String, u32) {
        let files = self.decisive.iter().flat_map(|compiled| &compiled.files);
        let mut own = files.filter(|file| file.package == asked.package);
        let first = own.find_map(|file| Some((file.file.clone(), file.asked(asked.name).next()?.1.line)));
        first.unwrap_or_else(|| (asked.package.clone(), 1))
    }

    /// A failure of the whole stands at the file that it names, else at the first that decides.
    fn failed(&self, place: Option<(String, u32)>, why: String) -> Finding {
        let (file, line) = place.or_else(|| self.asked.first().map(|asked| self.first_line(asked))).unwrap_or_default();
        Finding { file, line: line.max(1), says: Objection::Failed { why } }
    }
}

impl Compiled {
    fn parse(files: &[(&str, &str)], flaws: &mut Vec<Flaw>) -> Self {
        let mut engine = Engine::new();
        engine.set_strict_builtin_errors(true);
        for (file, text) in files {
            if let Some(flaw) = words::too_deep(file, text) {
                flaws.push(flaw);
                continue;
            }
            if let Err(error) = guarded(|| engine.add_policy((*file).to_owned(), (*text).to_owned())) {
                flaws.push(flaw_of((file, text), &error));
            }
        }
        let files = engine.get_modules().iter().map(|module| PolicyFile::of(module)).collect();
        Self { files, engine }
    }

    /// Makes the engine ready, so that its copies are.
    fn analyse(&mut self) -> anyhow::Result<()> {
        guarded(|| self.engine.eval_query("true".to_owned(), false)).map(|_| ())
    }

    /// The names that the files define, without their packages.
    fn defined(&self) -> BTreeSet<String> {
        self.files.iter().flat_map(|file| &file.heads).map(|head| head.name.clone()).collect()
    }

    /// What each head of a rule answers by itself: so an answer is cited with the line that gave it.
    fn lines(&self, asked: &Asked, input: &str) -> Vec<((String, u32), Vec<Value>)> {
        let mut all = Vec::new();
        for (module_at, file) in self.files.iter().enumerate().filter(|(_, file)| file.package == asked.package) {
            for (rule_at, head) in file.asked(asked.name).filter(|(_, head)| !head.is_default) {
                let alone = self.evaluate(input, |engine| {
                    let module = engine.get_modules()[module_at].clone();
                    let rule = module.policy[rule_at].clone();
                    engine.eval_rule_in_module(&module, &rule, false)
                });
                let value = alone.ok().and_then(|data| serde_json::to_value(data).ok());
                let path = format!("{}.{}", asked.package.trim_start_matches("data."), asked.name).replace('.', "/");
                let given = value.as_ref().and_then(|data| data.pointer(&format!("/{path}"))).map(answers);
                all.push(((file.file.clone(), head.line), given.unwrap_or_default()));
            }
        }
        all
    }

    /// Runs `work` on a copy that holds `input`, within the time limit.
    pub(super) fn evaluate<T>(
        &self,
        input: &str,
        work: impl Fn(&mut Engine) -> anyhow::Result<T>,
    ) -> Result<T, Broken> {
        let broken = |error: &anyhow::Error| {
            let (place, what) = place_of(error);
            Broken::Failed { place: place.map(|(file, line, _)| (file, line)), what }
        };
        let input = guarded(|| RegoValue::from_json_str(input)).map_err(|error| broken(&error))?;
        for _try in 0..TRIES {
            let mut engine = self.engine.clone();
            let check_interval = NonZeroU32::new(16).unwrap_or(NonZeroU32::MIN);
            engine.set_execution_timer_config(ExecutionTimerConfig { limit: TIME_LIMIT, check_interval });
            engine.set_input(input.clone());
            match guarded(|| work(&mut engine)) {
                Ok(value) => return Ok(value),
                Err(error) if is_out_of_time(&error) => {}
                Err(error) => return Err(broken(&error)),
            }
        }
        Err(Broken::OutOfTime)
    }
}

impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policies").field("asked", &self.asked).finish_non_exhaustive()
    }
}

/// A panic of the interpreter is an error like any other: it must not take anybody's work down.
fn guarded<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(anyhow::anyhow!("the engine failed inside")))
}

fn is_out_of_time(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<LimitError>(), Some(LimitError::TimeLimitExceeded { .. }))
}

/// The rules that the gate asks for, each once.
fn asked(files: &[PolicyFile]) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    for file in files.iter().filter(|file| file.decides()) {
        for name in [DENY, ASK, ALLOW] {
            let known = asked.iter().any(|other| other.package == file.package && other.name == name);
            if !known && file.asked(name).next().is_some() {
                asked.push(Asked { package: file.package.clone(), name });
            }
        }
    }
    asked
}

/// Rules that somebody may believe in and nobody asks for.
fn useless(file: &PolicyFile) -> Vec<Flaw> {
    if is_test(&file.file) || file.decides() {
        return Vec::new();
    }
    let believed = file.heads.iter().filter(|head| [DENY, ASK, ALLOW].contains(&head.name.as_str()));
    let flaw = |head: &super::source::Head| Flaw {
        code: "policy-package",
        file: file.file.clone(),
        line: head.line,
        column: head.column,
        length: u32::try_from(head.name.chars().count()).unwrap_or(u32::MAX),
        message: format!("nobody asks for “{}” in {}", head.name, file.package.trim_start_matches("data.")),
        help: format!("write “package {ROOT_PACKAGE}.NAME” at the top of the file"),
        is_warning: false,
    };
    believed.map(flaw).collect()
}

/// An error as a flaw of the file that it names, which is nearly always the one that was read.
fn flaw_of((file, text): (&str, &str), error: &anyhow::Error) -> Flaw {
    let (place, message) = place_of(error);
    let (named, line, column) = place.unwrap_or_else(|| (file.to_owned(), 1, 1));
    let at = usize::try_from(line).unwrap_or(1).saturating_sub(1);
    let own = if named == file { text.lines().nth(at) } else { None };
    let column = own.map_or(column, |line| characters(line, column));
    let help = "look at the marked place, then run `workforce policy test`".to_owned();
    Flaw { code: "bad-policy", file: named, line, column, length: 1, message, help, is_warning: false }
}

/// The engine's errors carry their place in their text: `--> FILE:LINE:COLUMN` above, `error: WHAT` below.
fn place_of(error: &anyhow::Error) -> (Option<(String, u32, u32)>, String) {
    let text = format!("{error:#}");
    let place = text.lines().find_map(|line| {
        let mut parts = line.trim().strip_prefix("--> ")?.rsplitn(3, ':');
        let (column, line) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some((parts.next()?.to_owned(), line, column))
    });
    let what = text.lines().find_map(|line| line.trim().strip_prefix("error: "));
    let what = what.map_or_else(|| text.lines().last().unwrap_or_default().trim().to_owned(), str::to_owned);
    (place, what)
}
