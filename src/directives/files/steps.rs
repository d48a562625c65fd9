//! One numbered step of a playbook → what it does.

use std::collections::BTreeMap;
use std::ops::Range;

use minijinja::Environment;

use super::names::worker_named;
use super::page::Block;
use super::place::Source;
use super::split::Mapped;
use super::takes::name_of;
use super::words::condition_in_words;
use crate::catalogue::{Catalogue, Tool, ToolName};
use crate::directives::diagnostics::Problem;
use crate::directives::language::Vocabulary;
use crate::directives::{Slot, Step, StepAct, template};
use crate::roster::names::nearest;
use crate::workers::WorkerRef;

/// Names that every template may use besides slots and earlier results.
const ALWAYS_KNOWN: &[&str] =
    &["request", "requester", "today", "shared", "range", "namespace", "dict", "loop", "true", "false"];

/// The forms of a step, for help.
pub fn step_help() -> &'static str {
    "steps are “Look up the order with `orders.get`, id: `{{ order_number }}`.”, “If it is older than 90 days, hand over to \
     a human.”, “If `order.paid == 0`, answer: …”, “Ask: … Call it `reason`.”, “Ask @kim: …”, “Answer: …”, “Hand over to @kim.” and “Stop.”"
}

/// Reads the steps of one playbook in their order, and knows what is called what so far.
pub struct StepReader<'a, 't> {
    source: &'a Source<'t>,
    vocabulary: &'a Vocabulary<'a>,
    slots: &'a [Slot],
    /// Names that templates may use, with the tool whose result they are.
    known: BTreeMap<String, Option<ToolName>>,
    /// The latest result, which "it" means.
    latest: Option<String>,
    templates: Environment<'static>,
}

/// Where a part of the step stands, as a byte range of the step's text.
type Part = Range<usize>;

impl<'a, 't> StepReader<'a, 't> {
    pub fn new(source: &'a Source<'t>, vocabulary: &'a Vocabulary<'a>, slots: &'a [Slot]) -> Self {
        let known = slots.iter().map(|slot| (slot.name.clone(), None)).collect();
        let templates = template::for_people(vocabulary.today);
        Self { source, vocabulary, slots, known, latest: None, templates }
    }

    /// Reads one step; `None` after a problem was told.
    pub fn read(&mut self, text: &Mapped, problems: &mut Vec<Problem>) -> Option<StepAct> {
        self.act(text, 0..text.text.len(), problems)
    }

    /// A step behind one that always ends the playbook is never reached.
    pub fn unreachable(&self, steps: &[Step], blocks: &[&Block]) -> Option<Problem> {
        let ends = steps.iter().position(|step| match &step.act {
            StepAct::Answer { .. } | StepAct::HandOver { .. } | StepAct::Stop => true,
            StepAct::Call { .. } | StepAct::If { .. } | StepAct::Ask { .. } => false,
        })?;
        let behind = steps.get(ends + 1)?;
        let block = blocks.iter().find(|block| self.source.place(block.source.start).0 == behind.line)?;
        let what = format!("this step is never reached, because step {} always ends the playbook", steps[ends].number);
        Some(self.source.error("playbook-unreachable", block.source.clone(), what))
    }

    fn act(&mut self, text: &Mapped, part: Part, problems: &mut Vec<Problem>) -> Option<StepAct> {
        let raw = &text.text[part.clone()];
        if let Some(rest) = after_word(raw, &["if ", "when "]) {
            return self.condition(text, part.end - rest.len()..part.end, problems);
        }
        if let Some(rest) = after_word(raw, &["answer:", "reply:", "say:", "answer that", "answer “", "answer \""]) {
            let template = rest.trim().trim_end_matches('”').to_owned();
            self.check_template(text, part.end - rest.len()..part.end, &template, problems)?;
            return Some(StepAct::Answer { template });
        }
        if let Some(rest) = after_word(raw, &["ask:", "ask for ", "ask "]) {
            return self.ask(text, part.end - rest.len()..part.end, raw, problems);
        }
        if let Some(rest) = after_word(
            raw,
            &["hand it over to ", "hand this over to ", "hand over to ", "hand the request over to ", "give it to "],
        ) {
            return self.hand_over(text, part.end - rest.len()..part.end, problems);
        }
        if matches!(
            raw.trim_end_matches('.').to_lowercase().as_str(),
            "stop" | "end" | "end here" | "stop here" | "done"
        ) {
            return Some(StepAct::Stop);
        }
        if raw.contains('`') {
            return self.call(text, part, problems);
        }
        let problem =
            self.source.error("playbook-step", text.range(part), "this step is in none of the forms that can be run");
        problems.push(problem.with_help(step_help()));
        None
    }

    /// "If it is older than 90 days, hand over to a human": the condition ends at the first comma behind which a step begins.
    fn condition(&mut self, text: &Mapped, part: Part, problems: &mut Vec<Problem>) -> Option<StepAct> {
        let raw = &text.text[part.clone()];
        let cut = commas_outside_code(raw).find(|at| begins_a_step(raw[at + 1..].trim_start()));
        let Some(cut) = cut else {
            let problem =
                self.source.error("playbook-step", text.range(part), "this condition has no step behind its comma");
            problems.push(problem.with_help("write “If …, answer: …”, “If …, hand over to a human.” or “If …, stop.”"));
            return None;
        };
        let condition = part.start..part.start + cut;
        let behind = &raw[cut + 1..];
        let then = part.end - behind.trim_start().len()..part.end;
        let words = &text.text[condition.clone()];
        let expression = match code_spans(words).pop() {
            Some(span) => words[span].to_owned(),
            None => match condition_in_words(words, self.vocabulary, self.slots, &self.known, self.latest.as_deref()) {
                Ok(expression) => expression,
                Err(help) => {
                    let what = "these words do not say how to tell whether this holds";
                    problems.push(self.source.error("playbook-condition", text.range(condition), what).with_help(help));
                    return None;
                }
            },
        };
        self.check_expression(text, condition, &expression, problems)?;
        let then = Box::new(self.act(text, then, problems)?);
        Some(StepAct::If { expression, then })
    }

    fn ask(&mut self, text: &Mapped, part: Part, whole: &str, problems: &mut Vec<Problem>) -> Option<StepAct> {
        let raw = &text.text[part.clone()];
        let (question, name) = split_name(raw);
        let as_for = whole.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("ask for "));
        let (of, question) = match as_for {
            true => (WorkerRef::Requester, question),
            false => self.put_to(text, &part, question, problems)?,
        };
        let question = question.trim().trim_matches(['“', '”', '"']).to_owned();
        let (template, as_name) = if as_for {
            let (label, question) = match question.split_once(':') {
                Some((label, question)) => (label.trim().to_owned(), question.trim().to_owned()),
                None => (question.trim_end_matches('.').to_owned(), String::new()),
            };
            let label = without_article(&label).to_owned();
            let question = if question.is_empty() { format!("What is the {label}?") } else { question };
            (question, name.unwrap_or_else(|| name_of(&label)))
        } else {
            (question, name.unwrap_or_else(|| "answer".to_owned()))
        };
        self.check_template(text, part, &template, problems)?;
        self.known.insert(as_name.clone(), None);
        Some(StepAct::Ask { template, as_name, of })
    }

    /// "@kim: Is it still in stock?" is put to Kim; a question without a name before its colon is the requester's.
    fn put_to<'q>(
        &self,
        text: &Mapped,
        part: &Part,
        question: &'q str,
        problems: &mut Vec<Problem>,
    ) -> Option<(WorkerRef, &'q str)> {
        let Some((name, rest)) = question.split_once(':') else { return Some((WorkerRef::Requester, question)) };
        match worker_named(self.vocabulary.roster, name) {
            Ok(of) => Some((of, rest)),
            // A handle can only be meant as a name; other words before a colon belong to the question.
            Err((what, help)) if name.trim_start().starts_with('@') => {
                let range = part.start..part.start + name.len();
                problems.push(self.source.error("unknown-worker", text.range(range), what).with_help(help));
                None
            }
            Err(_) => Some((WorkerRef::Requester, question)),
        }
    }

    fn hand_over(&mut self, text: &Mapped, part: Part, problems: &mut Vec<Problem>) -> Option<StepAct> {
        let raw = text.text[part.clone()].trim_end_matches('.');
        let cut =
            [", because ", " because ", ", ", ": ", " – "].iter().find_map(|s| raw.find(s).map(|at| (at, s.len())));
        let (name, why) = match cut {
            Some((at, length)) => (&raw[..at], raw[at + length..].trim().to_owned()),
            None => (raw, String::new()),
        };
        match worker_named(self.vocabulary.roster, name) {
            Ok(to) => Some(StepAct::HandOver { to, why }),
            Err((what, help)) => {
                let range = part.start..part.start + name.len();
                problems.push(self.source.error("unknown-worker", text.range(range), what).with_help(help));
                None
            }
        }
    }

    fn call(&mut self, text: &Mapped, part: Part, problems: &mut Vec<Problem>) -> Option<StepAct> {
        let raw = &text.text[part.clone()];
        let at = |range: Range<usize>| part.start + range.start..part.start + range.end;
        let Some(span) = code_spans(raw).into_iter().find(|span| is_tool_name(&raw[span.clone()])) else {
            let problem = self.source.error(
                "playbook-step",
                text.range(part),
                "this step names no tool and has no other known form",
            );
            problems.push(problem.with_help(step_help()));
            return None;
        };
        let name = ToolName(raw[span.clone()].to_owned());
        let rest = part.start + span.end + 1..part.end;
        let (rest_text, named) = split_name(&text.text[rest.clone()]);
        let rest = rest.start..rest.start + rest_text.len();
        let as_name = named.unwrap_or_else(|| result_name(&raw[..span.start], &name));
        let arguments = self.arguments(text, rest, problems);
        // The result has its name even where the step is wrong, so that later steps are not blamed for it.
        self.known.insert(as_name.clone(), Some(name.clone()));
        self.latest = Some(as_name.clone());
        let Some(tool) = self.vocabulary.catalogue.get(&name) else {
            let what = format!("there is no tool `{name}`");
            let problem = self.source.error("unknown-tool", text.range(at(span)), what);
            problems.push(problem.with_help(tool_help_for(&name.0, self.vocabulary.catalogue)));
            return None;
        };
        let arguments = arguments?;
        self.check_arguments(text, at(span), tool, &arguments, problems)?;
        Some(StepAct::Call { tool: name, arguments, as_name })
    }

    /// ", id: `{{ order_number }}`, seats: `5`." → pairs. What is left over is an error.
    fn arguments(&self, text: &Mapped, part: Part, problems: &mut Vec<Problem>) -> Option<Vec<(String, String)>> {
        let mut out: Vec<(String, String)> = Vec::new();
        let mut at = part.start;
        while at < part.end {
            let rest = &text.text[at..part.end];
            let skipped = rest.len()
                - rest
                    .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '.'))
                    .trim_start_matches("and ")
                    .len();
            if skipped > 0 {
                at += skipped;
                continue;
            }
            let parsed = rest.split_once(':').and_then(|(name, value)| {
                let name = name.trim().trim_start_matches("with ").trim_matches('`');
                let gap = value.len() - value.trim_start().len();
                let value = value.trim_start();
                let closed = value.strip_prefix('`')?.find('`')?;
                let template = &value[1..=closed];
                let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
                is_name
                    .then(|| (name.to_owned(), template.to_owned(), rest.find(':').unwrap_or(0) + 1 + gap + closed + 2))
            });
            let Some((name, template, length)) = parsed else {
                let problem = self.source.error(
                    "playbook-step",
                    text.range(at..part.end),
                    "this part of the step cannot be read",
                );
                problems.push(
                    problem.with_help("arguments are written as “id: `{{ order_number }}`”, with commas between them"),
                );
                return None;
            };
            self.check_template(text, at..at + length, &template, problems)?;
            out.push((name, template));
            at += length;
        }
        Some(out)
    }

    /// The tool's schema knows which arguments it takes and needs; a key for idempotency is added at execution.
    fn check_arguments(
        &self,
        text: &Mapped,
        part: Part,
        tool: &Tool,
        given: &[(String, String)],
        problems: &mut Vec<Problem>,
    ) -> Option<()> {
        let before = problems.len();
        let Some(properties) = tool.binding.input_schema.get("properties").and_then(|p| p.as_object()) else {
            return Some(());
        };
        for (name, _) in given.iter().filter(|(name, _)| !properties.contains_key(name)) {
            let help = match nearest(name, properties.keys().map(String::as_str)) {
                Some(known) => format!("did you mean {known}?"),
                None => format!("it takes {}", properties.keys().cloned().collect::<Vec<_>>().join(", ")),
            };
            let what = format!("`{}` takes no argument “{name}”", tool.name);
            problems.push(self.source.error("unknown-argument", text.range(part.clone()), what).with_help(help));
        }
        let required = tool.binding.input_schema.get("required").and_then(|r| r.as_array());
        for name in required.into_iter().flatten().filter_map(|name| name.as_str()) {
            let by_execution = tool.binding.idempotency_arg.as_deref() == Some(name);
            if !by_execution && !given.iter().any(|(argument, _)| argument == name) {
                let what = format!("`{}` needs the argument “{name}”", tool.name);
                let help = format!("add “{name}: `…`”");
                problems.push(self.source.error("missing-argument", text.range(part.clone()), what).with_help(help));
            }
        }
        (problems.len() == before).then_some(())
    }

    fn check_template(&self, text: &Mapped, part: Part, template: &str, problems: &mut Vec<Problem>) -> Option<()> {
        let checked = self.templates.template_from_str(template).map(|t| t.undeclared_variables(false));
        self.check_names(text, part, checked, problems)
    }

    fn check_expression(&self, text: &Mapped, part: Part, expression: &str, problems: &mut Vec<Problem>) -> Option<()> {
        let checked = self.templates.compile_expression(expression).map(|e| e.undeclared_variables(false));
        self.check_names(text, part, checked, problems)
    }

    fn check_names(
        &self,
        text: &Mapped,
        part: Part,
        checked: Result<std::collections::HashSet<String>, minijinja::Error>,
        problems: &mut Vec<Problem>,
    ) -> Option<()> {
        let names = match checked {
            Ok(names) => names,
            Err(error) => {
                let detail = error.detail().unwrap_or("it is no template").to_owned();
                let what = format!("this template cannot be read: {detail}");
                problems.push(self.source.error("bad-template", text.range(part), what));
                return None;
            }
        };
        let mut unknown: Vec<&String> = names
            .iter()
            .filter(|name| !self.known.contains_key(*name) && !ALWAYS_KNOWN.contains(&name.as_str()))
            .collect();
        unknown.sort();
        for name in &unknown {
            let known: Vec<&str> = self.known.keys().map(String::as_str).collect();
            let help = match nearest(name, known.iter().copied()) {
                Some(other) => format!("did you mean {other}?"),
                None if known.is_empty() => "a “Take …” sentence and earlier steps give names to values".to_owned(),
                None => format!("known here: {}", known.join(", ")),
            };
            let what = format!("nothing is called “{name}” at this step");
            problems.push(self.source.error("unknown-value", text.range(part.clone()), what).with_help(help));
        }
        unknown.is_empty().then_some(())
    }
}

/// What to suggest instead of an unknown tool.
pub fn tool_help_for(name: &str, catalogue: &Catalogue) -> String {
    match nearest(name, catalogue.iter().map(|tool| tool.name.0.as_str())) {
        Some(known) => format!("did you mean `{known}`?"),
        None if catalogue.is_empty() => "there is no tools.lock yet; `workforce tools lock` writes it".to_owned(),
        None => "`workforce tools lock` takes new tools into tools.lock".to_owned(),
    }
}

fn after_word<'a>(raw: &'a str, heads: &[&str]) -> Option<&'a str> {
    heads
        .iter()
        .find_map(|head| raw.get(..head.len()).filter(|s| s.eq_ignore_ascii_case(head)).map(|_| &raw[head.len()..]))
}

fn begins_a_step(rest: &str) -> bool {
    let heads = ["answer", "reply:", "say:", "ask", "hand ", "give it to ", "stop", "end", "done"];
    after_word(rest, &heads).is_some()
        || (code_spans(rest).first().is_some_and(|s| is_tool_name(&rest[s.clone()])) && !rest.starts_with('`'))
}

fn commas_outside_code(raw: &str) -> impl Iterator<Item = usize> + '_ {
    let spans = code_spans(raw);
    raw.match_indices(',').map(|(at, _)| at).filter(move |at| !spans.iter().any(|span| span.contains(at)))
}

/// The byte ranges between pairs of back-ticks.
pub fn code_spans(raw: &str) -> Vec<Range<usize>> {
    let ticks: Vec<usize> = raw.match_indices('`').map(|(at, _)| at).collect();
    ticks.chunks_exact(2).map(|pair| pair[0] + 1..pair[1]).collect()
}

fn is_tool_name(code: &str) -> bool {
    code.contains('.')
        && code
            .split('.')
            .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))
        && !code.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Takes "and call it `ticket`" (or "as `ticket`") off the end.
fn split_name(raw: &str) -> (&str, Option<String>) {
    let body = raw.trim_end().trim_end_matches('.');
    let Some(span) = code_spans(body).pop().filter(|span| span.end + 1 == body.len()) else { return (raw, None) };
    let name = &body[span.clone()];
    let head = &body[..span.start - 1];
    let lower = head.to_lowercase();
    let marker = [", and call it ", " and call it ", ". call it ", "? call it ", ", call it ", " call it ", " as "];
    let Some(marker) = marker.iter().find(|marker| lower.ends_with(**marker)) else { return (raw, None) };
    // The question mark belongs to the question.
    let keep = usize::from(marker.starts_with(['?', '.']));
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.is_empty();
    if is_name { (&raw[..head.len() - marker.len() + keep], Some(name.to_owned())) } else { (raw, None) }
}

fn without_article(label: &str) -> &str {
    after_word(label, &["the ", "a ", "an ", "their ", "your "]).unwrap_or(label).trim()
}

/// "Look up the order with" → `order`: the words behind the last article, else the tool's own last word.
fn result_name(before: &str, tool: &ToolName) -> String {
    let words: Vec<&str> =
        before.split_whitespace().filter(|word| !matches!(*word, "with" | "using" | "by" | "`")).collect();
    let article =
        words.iter().rposition(|word| matches!(word.to_lowercase().as_str(), "the" | "a" | "an" | "their" | "its"));
    let named = article.map(|at| name_of(&words[at + 1..].join(" "))).filter(|name| !name.is_empty());
    named.unwrap_or_else(|| tool.local().rsplit('_').next().unwrap_or("result").to_owned())
}
