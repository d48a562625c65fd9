//! `workforce judge`: whether a tool call would run, wait for whom, or be refused, and by which line.
//!
//! It asks the same gate that serves Slack, with what the command line tells: no history, no look-ups, no accounts. Absent
//! here: any rule of its own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::asked::{batch, channel_named, instant, person_named, zone_of};
use super::check::read_tools;
use crate::catalogue::ToolName;
use crate::clock::{Clock, Timestamp};
use crate::directives::diagnostics::{Problem, Severity};
use crate::directives::matching::conditions::{NoMeasures, Request, Scope, Sender, holds};
use crate::directives::matching::words::{Terms, Words};
use crate::directives::rule::{Priority, Rule, Source};
use crate::directives::{Directives, files};
use crate::flow::directory::read_directory;
use crate::gate::{
    Accounts, Approvers, Decision, History, Holds, Parties, Proposal, Requester, Surroundings, TaskFacts, approvers,
    fewest_deciders, judge, telling,
};
use crate::ids::TaskId;
use crate::workers::{ActorChain, WorkerRef};

/// The exit status when the directives cannot be used; nothing is answered then.
const EXIT_BROKEN_SET: u8 = 2;
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Who would act: a position's id, or person:@handle
    #[arg(long, required_unless_present = "batch")]
    worker: Option<String>,
    /// The tool, as server.tool
    #[arg(long, required_unless_present = "batch")]
    tool: Option<String>,
    /// The tool's arguments, a JSON object
    #[arg(long = "args", value_name = "JSON", default_value = "{}")]
    arguments: String,
    /// Who asked, as @who
    #[arg(long)]
    requester: Option<String>,
    /// The request in words
    #[arg(long)]
    text: Option<String>,
    #[arg(long)]
    channel: Option<String>,
    /// How the request came in: mention, message, form, email, calendar or webhook:NAME
    #[arg(long)]
    source: Option<String>,
    /// The time to judge by, as 2026-11-20T10:00:00Z; without a zone it is the company's (default: now)
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The directory of the directives
    #[arg(long, value_name = "DIR", default_value = "directives")]
    directives: PathBuf,
    /// Take the tools from this file instead of tools.lock: an object whose `tools` is a list as tools/list returns it
    #[arg(long, value_name = "FILE")]
    tools: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Read questions as JSON Lines from this file (- is standard input); one line of JSON out for each
    #[arg(long, value_name = "FILE", conflicts_with_all = ["worker", "tool", "arguments", "requester", "text", "channel", "source"])]
    batch: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// One line of a batch; the options of one call have the same shape.
#[derive(Debug, Clone, Default, Deserialize)]
struct Question {
    #[serde(default)]
    id: Option<Value>,
    worker: String,
    tool: String,
    #[serde(default)]
    args: Option<Value>,
    #[serde(default)]
    requester: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    at: Option<String>,
}

/// What the gate says to one question.
#[derive(Debug)]
struct Answer {
    id: Option<Value>,
    verdict: &'static str,
    approve_by: Vec<String>,
    count: u32,
    because: Vec<(String, u32)>,
    says: Vec<String>,
    reason: Option<String>,
    climbed: Vec<String>,
    warnings: Vec<String>,
}

/// Answers one question, or a batch of them. A broken set exits 2 and answers nothing.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let catalogue = args.tools.as_deref().map(read_tools).transpose()?;
    let clock = Clock::system().now();
    let today = match args.at.as_deref() {
        None => clock,
        Some(text) => instant(text, chrono_tz::Tz::UTC)?,
    };
    let set = read_directory(&args.directives)
        .and_then(|texts| files::read_set_with(&texts, catalogue, today.to_utc().date_naive()));
    let set = match set {
        Ok(set) => set,
        Err(problems) => {
            report(&problems, &args.directives);
            return Ok(ExitCode::from(EXIT_BROKEN_SET));
        }
    };
    let default_at = args.at.as_deref().map_or(Ok(clock), |text| instant(text, zone_of(&set)))?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let code = match &args.batch {
        Some(path) => answer_batch(path, &set, default_at, &mut out)?,
        None => {
            let answer = answer(&single(&args)?, &set, default_at)?;
            let text = match args.format {
                Format::Json => format!("{}\n", answer.to_json()),
                Format::Text => answer.to_text(),
            };
            out.write_all(text.as_bytes())?;
            ExitCode::SUCCESS
        }
    };
    out.flush().context("the output cannot be written")?;
    Ok(code)
}

fn single(args: &Args) -> anyhow::Result<Question> {
    let arguments = serde_json::from_str(&args.arguments).context("--args is no JSON; write an object such as '{}'")?;
    Ok(Question {
        id: None,
        worker: args.worker.clone().unwrap_or_default(),
        tool: args.tool.clone().unwrap_or_default(),
        args: Some(arguments),
        requester: args.requester.clone(),
        text: args.text.clone(),
        channel: args.channel.clone(),
        source: args.source.clone(),
        at: None,
    })
}

fn answer_batch(
    path: &Path,
    set: &Directives,
    at: Timestamp,
    out: &mut impl std::io::Write,
) -> anyhow::Result<ExitCode> {
    let refused = |id, error| Answer::refused(id, format!("This line is no question: {error}")).to_json();
    batch(path, out, |question| Ok(answer(question, set, at)?.to_json()), refused)
}

/// Asks the gate.
fn answer(question: &Question, set: &Directives, default_at: Timestamp) -> anyhow::Result<Answer> {
    let now = question.at.as_deref().map_or(Ok(default_at), |text| instant(text, zone_of(set)))?;
    let proposal = Proposal {
        tool: ToolName(question.tool.clone()),
        arguments: question.args.clone().unwrap_or_else(|| json!({})),
        actor: ActorChain(Vec::new()),
        worker: worker_named(&question.worker, set),
        requester: question.requester.as_deref().map(|text| requester_named(text, set)),
        live_digest: None,
    };
    let source = question.source.clone().map(Source::try_from).transpose().map_err(anyhow::Error::msg)?;
    let mut facts = TaskFacts {
        text: question.text.clone(),
        topics: question.text.as_ref().map(|_| Vec::new()),
        channel: question.channel.as_deref().and_then(channel_named),
        source,
        ..TaskFacts::unknown(TaskId(0))
    };
    facts.priority = priority(&facts, &proposal, set, now);
    let verdict = judge(&proposal, &facts, set, &History::Known(Vec::new()), now);
    let mut told = Answer {
        id: question.id.clone(),
        verdict: verdict.decision.word(),
        approve_by: Vec::new(),
        count: 0,
        because: Vec::new(),
        says: verdict.because.iter().map(|because| because.says.clone()).collect(),
        reason: None,
        climbed: Vec::new(),
        warnings: verdict.warnings,
    };
    for origin in verdict.because.into_iter().filter_map(|because| because.origin) {
        let place = (origin.file, origin.line);
        if !told.because.contains(&place) {
            told.because.push(place);
        }
    }
    match verdict.decision {
        Decision::Run => {}
        Decision::Deny(denial) => told.reason = Some(denial.reason),
        Decision::Approve(needs) => {
            let parties = Parties::of(&proposal);
            let around = Surroundings { directives: set, accounts: &Accounts::Offline, now };
            let found: Vec<Approvers> = needs.iter().map(|need| approvers(need, false, &parties, &around)).collect();
            let counted: Vec<(u32, &[String])> =
                needs.iter().zip(&found).map(|(need, who)| (need.count, who.people.as_slice())).collect();
            told.count = fewest_deciders(&counted);
            let adds = telling(&counted);
            for handle in found.iter().zip(adds).filter(|(_, adds)| *adds).flat_map(|(who, _)| &who.people) {
                let person = WorkerRef::Person(handle.clone()).to_string();
                if !told.approve_by.contains(&person) {
                    told.approve_by.push(person);
                }
            }
            told.climbed = found.into_iter().filter_map(|who| who.climbed).map(|climbed| climbed.why).collect();
        }
    }
    Ok(told)
}

/// What the `prioritise` sentences make of the request: the highest that surely fits, unless a higher one may fit too.
fn priority(facts: &TaskFacts, proposal: &Proposal, set: &Directives, now: Timestamp) -> Option<Priority> {
    let terms = Terms::of(set);
    let words = facts.text.as_deref().map(Words::of);
    let request = Request {
        words: words.as_ref(),
        topics: facts.topics.as_deref(),
        channel: facts.channel.as_deref(),
        source: facts.source.as_ref(),
        from: proposal
            .requester
            .as_ref()
            .map_or(Sender::Untold, |who| who.handle.as_deref().map_or(Sender::Stranger, Sender::Person)),
        priority: None,
        unanswered_for: None,
        failed_times: None,
        unsure: None,
        stuck_for: None,
        now,
    };
    let scope = Scope { roster: &set.roster, terms: &terms, worker: Some(&proposal.worker) };
    let (mut sure, mut possible) = (Priority::Normal, Priority::Normal);
    for (_, rule) in set.each(|rule| if let Rule::Prioritise(rule) = rule { Some(rule) } else { None }) {
        match holds(&rule.when, &request, &scope, &NoMeasures) {
            Holds::Met => sure = sure.max(rule.priority),
            Holds::Unknown => possible = possible.max(rule.priority),
            Holds::NotMet => {}
        }
    }
    (possible <= sure).then_some(sure)
}

/// Workers may be written bare: a position's id, a handle, or a role that one position fills.
fn worker_named(text: &str, set: &Directives) -> WorkerRef {
    let text = text.trim();
    let bare = match text.parse::<WorkerRef>() {
        Ok(WorkerRef::Role(id)) => id,
        Ok(worker) => return worker,
        Err(_) => text.to_owned(),
    };
    let roster = &set.roster;
    let handle = bare.trim_start_matches('@');
    let seats = roster.roles.get(&bare).map_or(&[][..], |role| role.positions.as_slice());
    if roster.positions.contains_key(&bare) {
        WorkerRef::Agent(bare)
    } else if let [only] = seats {
        WorkerRef::Agent(only.clone())
    } else if bare.starts_with('@') || roster.people.contains_key(handle) {
        WorkerRef::Person(handle.to_owned())
    } else {
        let named = roster.positions.values().find(|position| position.name.eq_ignore_ascii_case(&bare));
        WorkerRef::Agent(named.map_or(bare, |position| position.id.clone()))
    }
}

/// A person by any name that they bear. Somebody whom the roster does not know is a stranger, not nobody.
fn requester_named(text: &str, set: &Directives) -> Requester {
    Requester { handle: person_named(text, &set.roster), account: None }
}

fn report(problems: &[Problem], dir: &Path) {
    for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
        let path = dir.join(&problem.file);
        eprintln!("{}:{}:{}: {}", path.display(), problem.line, problem.column, problem.message);
    }
    eprintln!(
        "The directives have errors, so nothing is judged by them. `workforce check {}` says how to mend them.",
        dir.display()
    );
}

impl Answer {
    fn refused(id: Option<Value>, reason: String) -> Self {
        Self {
            id,
            verdict: "deny",
            approve_by: Vec::new(),
            count: 0,
            because: Vec::new(),
            says: Vec::new(),
            reason: Some(reason),
            climbed: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The contract's form, in one line.
    fn to_json(&self) -> Value {
        let mut whole = serde_json::Map::new();
        if let Some(id) = &self.id {
            whole.insert("id".to_owned(), id.clone());
        }
        whole.insert("verdict".to_owned(), json!(self.verdict));
        if self.verdict == "approve" {
            whole.insert("approve_by".to_owned(), json!(self.approve_by));
            whole.insert("count".to_owned(), json!(self.count));
        }
        let because: Vec<Value> = self.because.iter().map(|(file, line)| json!({"file": file, "line": line})).collect();
        whole.insert("because".to_owned(), json!(because));
        if let Some(reason) = &self.reason {
            whole.insert("reason".to_owned(), json!(reason));
        }
        Value::Object(whole)
    }

    fn to_text(&self) -> String {
        let people: Vec<&str> = self.approve_by.iter().map(|person| person.trim_start_matches("person:")).collect();
        let mut out = match (self.verdict, people.as_slice()) {
            ("run", _) => "It would run.\n".to_owned(),
            ("approve", []) => "It would wait, and nobody can decide about it now.\n".to_owned(),
            ("approve", people) if self.count > 1 => {
                format!("It would wait for {} of {}.\n", self.count, people.join(", "))
            }
            ("approve", people) => format!("It would wait for {}.\n", people.join(" or ")),
            _ => "It would be refused.\n".to_owned(),
        };
        let lines = self.reason.iter().chain(&self.climbed);
        lines.for_each(|line| out.push_str(&format!("  {line}\n")));
        for says in &self.says {
            out.push_str(&format!("  because: {says}\n"));
        }
        for (file, line) in &self.because {
            out.push_str(&format!("  {file}:{line}\n"));
        }
        for warning in &self.warnings {
            out.push_str(&format!("  note: {warning}\n"));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::tests::{Said, company, directives};

    fn ask(said: Vec<Said>, question: Value) -> Value {
        let question: Question = serde_json::from_value(question).unwrap();
        let at = instant("2026-11-20T10:00:00Z", chrono_tz::Tz::UTC).unwrap();
        answer(&question, &directives(said), at).unwrap().to_json()
    }

    fn gate() -> Vec<Said> {
        let rule = json!({"kind": "approve", "action": "refund", "tools": ["billing.refund"], "by": ["role:finance-manager"],
            "count": 1, "when": {"amount": {"over": 200, "currency": "USD"}}});
        let allow = json!({"kind": "allow", "action": "refund", "tools": ["billing.refund"]});
        vec![company(rule), company(allow)]
    }

    #[test]
    fn answers_have_the_contracts_form() {
        let call = |cents: i64, worker: &str, requester: &str| {
            json!({"id": "g01", "worker": worker, "tool": "billing.refund", "requester": requester,
                "args": {"order_id": "ORD-1042", "amount_cents": cents}})
        };
        for worker in ["finance-agent", "agent:finance-agent", "finance-operations"] {
            let expected = json!({"id": "g01", "verdict": "approve", "approve_by": ["person:@dana", "person:@bo"], "count": 1,
                "because": [{"file": "rules.md", "line": 1}]});
            assert_eq!(ask(gate(), call(45_000, worker, "@ana")), expected, "{worker}");
        }
        let own = ask(gate(), call(45_000, "finance-agent", "person:@dana"));
        assert_eq!(own["approve_by"], json!(["person:@bo"]));
        let small = json!({"id": "g01", "verdict": "run", "because": [{"file": "rules.md", "line": 2}]});
        assert_eq!(ask(gate(), call(20_000, "finance-agent", "@ana")), small);
        let denied = ask(gate(), call(20_000, "deploy-agent", "@ana"));
        assert_eq!(denied["verdict"], "deny");
        assert_eq!(denied["because"], json!([{"file": "roles/sre.md", "line": 5}]));
        let owner = ask(vec![], call(100, "finance-agent", "@ana"));
        assert_eq!((&owner["verdict"], &owner["approve_by"]), (&json!("approve"), &json!(["person:@dana"])));
        assert_eq!(owner["because"], json!([{"file": "roles/finance-operations.md", "line": 5}]));
    }

    #[test]
    fn a_line_that_is_no_question_is_refused_and_the_rest_is_answered() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let good = json!({"id": 2, "worker": "finance-agent", "tool": "orders.get"});
        write!(file, "{{\"id\": 1}}\n\n{good}\nnonsense\n[\"x\", \"finance-agent\", \"orders.get\", {{}}]\n").unwrap();
        let mut out = Vec::new();
        answer_batch(file.path(), &directives([]), Timestamp(0), &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        let verdicts: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let words: Vec<&Value> = verdicts.iter().map(|line| &line["verdict"]).collect();
        assert_eq!(words, ["deny", "run", "deny", "deny"]);
        assert_eq!(verdicts[0]["id"], 1);
    }

    #[test]
    fn whoever_asks_is_found_by_any_name_and_is_no_approver() {
        for name in ["@dana", "@Dana", "Dana", "person:@dana", "DANA"] {
            let call = json!({"worker": "finance-agent", "tool": "billing.refund", "requester": name,
                "args": {"order_id": "ORD-1042", "amount_cents": 45_000}});
            assert_eq!(ask(gate(), call)["approve_by"], json!(["person:@bo"]), "{name}");
        }
    }

    #[test]
    fn somebody_whose_word_would_not_be_enough_is_not_listed() {
        let by = |who: &[&str], when: Value| json!({"kind": "approve", "action": "refund", "tools": ["billing.refund"], "by": who, "count": 1, "when": when});
        let dear = json!({"amount": {"over": 200, "currency": "USD"}});
        let said = vec![
            company(by(&["role:finance-manager"], json!({}))),
            Said(Some("finance-operations"), by(&["person:@bo"], dear)),
        ];
        let call = json!({"worker": "finance-agent", "tool": "billing.refund", "requester": "@ana",
            "args": {"order_id": "ORD-1042", "amount_cents": 45_000}});
        let told = ask(said, call);
        assert_eq!((&told["approve_by"], &told["count"]), (&json!(["person:@bo"]), &json!(1)), "{told}");
        assert_eq!(told["because"].as_array().map(Vec::len), Some(2), "both lines ask");
    }
}
