//! `workforce explain`: where a message would go, and why.
//!
//! It asks the same router that serves Slack, with what the command line tells. Absent here: any rule of its own, Slack, and
//! the network.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::asked::{batch, channel_named, instant, person_named, zone_of};
use super::check::read_tools;
use crate::clock::{Clock, Timestamp};
use crate::directives::diagnostics::{Problem, Severity};
use crate::directives::rule::Source;
use crate::directives::{Directives, files};
use crate::flow::directory::read_directory;
use crate::routing::{Cause, Experience, Request, Router, Routing, Settled, route, urgency};
use crate::workers::WorkerRef;

/// The exit status when the directives cannot be used; nothing is answered then.
pub(super) const EXIT_BROKEN_SET: u8 = 2;
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The message
    #[arg(required_unless_present = "batch")]
    text: Option<String>,
    /// The channel that it is written in
    #[arg(long)]
    channel: Option<String>,
    /// Who writes it, as @who, or bot:NAME
    #[arg(long, value_name = "WHO")]
    from: Option<String>,
    /// How it came in: mention, message, form, email, calendar or webhook:NAME (default: mention)
    #[arg(long)]
    source: Option<String>,
    /// The time to decide by, as 2026-11-20T10:00:00Z; without a zone it is the company's (default: now)
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The directory of the directives
    #[arg(long, value_name = "DIR", default_value = "directives")]
    directives: PathBuf,
    /// Take the tools from this file instead of tools.lock: an object whose `tools` is a list as tools/list returns it
    #[arg(long, value_name = "FILE")]
    tools: Option<PathBuf>,
    /// Past messages and who they were for, as JSON Lines with `text` and `route`
    #[arg(long, value_name = "FILE")]
    experience: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Read messages as JSON Lines from this file (- is standard input); one line of JSON out for each
    #[arg(long, value_name = "FILE", conflicts_with_all = ["text", "channel", "from", "source"])]
    batch: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// One line of a batch; the options of one message have the same shape.
#[derive(Debug, Clone, Default, Deserialize)]
struct Question {
    #[serde(default)]
    id: Option<Value>,
    text: String,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    at: Option<String>,
}

/// Explains one message, or a batch of them. A broken set exits 2 and answers nothing.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let catalogue = args.tools.as_deref().map(read_tools).transpose()?;
    let clock = Clock::system().now();
    let today = args.at.as_deref().map_or(Ok(clock), |text| instant(text, chrono_tz::Tz::UTC))?;
    let set = read_directory(&args.directives)
        .and_then(|texts| files::read_set_with(&texts, catalogue, today.to_utc().date_naive()));
    let set = match set {
        Ok(set) => set,
        Err(problems) => {
            report(&problems, &args.directives);
            return Ok(ExitCode::from(EXIT_BROKEN_SET));
        }
    };
    let at = args.at.as_deref().map_or(Ok(clock), |text| instant(text, zone_of(&set)))?;
    let experience = args.experience.as_deref().map(read_experience).transpose()?.unwrap_or_default();
    let router = Router::build(&set, &experience);
    if router.unknown_lessons() > 0 {
        eprintln!("note: {} lines of the experience name nobody of this company", router.unknown_lessons());
    }
    let desk = Desk { set, router, at };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let code = if let Some(path) = &args.batch {
        desk.answer_batch(path, &mut out)?
    } else {
        let question = Question {
            id: None,
            text: args.text.unwrap_or_default(),
            channel: args.channel,
            from: args.from,
            source: args.source,
            at: None,
        };
        let text = match args.format {
            Format::Json => format!("{}\n", desk.answer(&question)?),
            Format::Text => desk.say(&question)?,
        };
        out.write_all(text.as_bytes()).context("the output cannot be written")?;
        ExitCode::SUCCESS
    };
    out.flush().context("the output cannot be written")?;
    Ok(code)
}

/// The past messages of an experience file, in order. Blank lines are passed over.
pub fn read_experience(path: &Path) -> anyhow::Result<Vec<Experience>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let lesson = |(at, line): (usize, &str)| {
        let place =
            || format!("{}:{}: a line is like {{\"text\": \"…\", \"route\": \"human\"}}", path.display(), at + 1);
        serde_json::from_str(line).with_context(place)
    };
    lines.map(lesson).collect()
}

/// What stays the same from message to message.
struct Desk {
    set: Directives,
    router: Router,
    at: Timestamp,
}

impl Desk {
    fn request(&self, question: &Question) -> anyhow::Result<Request> {
        let at = question.at.as_deref().map_or(Ok(self.at), |text| instant(text, zone_of(&self.set)))?;
        let source = question.source.clone().map(Source::try_from).transpose().map_err(anyhow::Error::msg)?;
        let from = question.from.as_deref().map(str::trim);
        let bot = from.and_then(|who| who.strip_prefix("bot:"));
        // Whom the roster does not know keeps the name that was said: a stranger, and not nobody.
        let bare = |who: &str| who.trim_start_matches("person:").trim_start_matches('@').to_owned();
        let person =
            from.filter(|_| bot.is_none()).map(|who| person_named(who, &self.set.roster).unwrap_or_else(|| bare(who)));
        Ok(Request {
            text: question.text.clone(),
            channel: question.channel.as_deref().and_then(channel_named),
            from: person.filter(|handle| !handle.is_empty()),
            from_bot: bot.map(str::to_owned),
            source: source.unwrap_or(Source::Mention),
            at,
        })
    }

    fn answer(&self, question: &Question) -> anyhow::Result<Value> {
        let request = self.request(question)?;
        let routing = route(&request, &self.set, &self.router, request.at);
        Ok(to_json(question.id.as_ref(), &routing))
    }

    fn answer_batch(&self, path: &Path, out: &mut impl std::io::Write) -> anyhow::Result<ExitCode> {
        let refused = |id: Option<Value>, error: String| {
            let mut told = json!({"error": format!("this line is no message: {error}")});
            if let Some(id) = id {
                told["id"] = id;
            }
            told
        };
        batch(path, out, |question| self.answer(question), refused)
    }

    fn say(&self, question: &Question) -> anyhow::Result<String> {
        let request = self.request(question)?;
        let routing = route(&request, &self.set, &self.router, request.at);
        let why_urgent = urgency(&request, &self.set, &self.router, request.at).map(|(_, cause)| cause);
        Ok(self.in_words(&routing, why_urgent.as_ref()))
    }

    fn in_words(&self, routing: &Routing, why_urgent: Option<&Cause>) -> String {
        let names: Vec<String> = routing.to.iter().map(|worker| self.name(worker)).collect();
        let how = match routing.settled {
            Settled::Rule => "by a rule".to_owned(),
            Settled::Escalation => "by an escalation".to_owned(),
            Settled::Likeness => format!("by likeness, confidence {:.2}", routing.confidence),
            Settled::Unsure if routing.because.is_empty() => {
                format!("no rule fits, and likeness is unsure ({:.2})", routing.confidence)
            }
            Settled::Unsure => "the rule names nobody who may take work now".to_owned(),
        };
        let mut out = format!("It would go to {}: {how}.\n", names.join(", "));
        routing.because.iter().for_each(|cause| out.push_str(&line("because", cause)));
        routing.instead_of.iter().for_each(|cause| out.push_str(&line("instead of", cause)));
        match why_urgent {
            Some(cause) => out.push_str(&line(&format!("priority {}", word(routing)), cause)),
            None => out.push_str(&format!("  priority {}\n", word(routing))),
        }
        if !routing.candidates.is_empty() {
            out.push_str("Closest by their descriptions:\n");
        }
        for candidate in &routing.candidates {
            out.push_str(&format!("  {:.2}  {}\n", candidate.score, self.name(&candidate.worker)));
        }
        out
    }

    fn name(&self, worker: &WorkerRef) -> String {
        let roster = &self.set.roster;
        let known = match worker {
            WorkerRef::Agent(id) => roster.positions.get(id).map(|position| position.name.as_str()),
            WorkerRef::Role(id) => roster.roles.get(id).map(|role| role.title.as_str()),
            WorkerRef::Team(id) => roster.teams.get(id).map(|team| team.name.as_str()),
            WorkerRef::Person(handle) => roster.people.get(handle).map(|person| person.name.as_str()),
            WorkerRef::Human => {
                roster.triage.as_deref().and_then(|handle| roster.people.get(handle)).map(|p| p.name.as_str())
            }
            WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager => None,
        };
        known.map_or_else(|| worker.to_string(), |name| format!("{name} ({worker})"))
    }
}

fn line(what: &str, cause: &Cause) -> String {
    format!("  {what}: {}:{}: {}\n", cause.file, cause.line, cause.text)
}

/// The contract's word for the priority.
fn word(routing: &Routing) -> String {
    json!(routing.priority).as_str().unwrap_or_default().to_owned()
}

/// The contract's form. Scores and confidence have four decimals.
fn to_json(id: Option<&Value>, routing: &Routing) -> Value {
    let rounded = |score: f64| (score * 1e4).round() / 1e4;
    let because: Vec<Value> =
        routing.because.iter().map(|cause| json!({"file": cause.file, "line": cause.line})).collect();
    let candidates: Vec<Value> = routing
        .candidates
        .iter()
        .map(|candidate| json!({"worker": candidate.worker, "score": rounded(candidate.score)}))
        .collect();
    let mut whole = serde_json::Map::new();
    if let Some(id) = id {
        whole.insert("id".to_owned(), id.clone());
    }
    whole.insert("to".to_owned(), json!(routing.to));
    whole.insert("priority".to_owned(), json!(routing.priority));
    whole.insert("confidence".to_owned(), json!(rounded(routing.confidence)));
    whole.insert("because".to_owned(), json!(because));
    whole.insert("candidates".to_owned(), json!(candidates));
    Value::Object(whole)
}

pub(super) fn report(problems: &[Problem], dir: &Path) {
    for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
        let path = dir.join(&problem.file);
        eprintln!("{}:{}:{}: {}", path.display(), problem.line, problem.column, problem.message);
        if let Some(suggestion) = &problem.suggestion {
            eprintln!("    this would be read: {suggestion}");
        }
    }
    eprintln!(
        "The directives have errors, so nothing is routed by them. `workforce check {}` says how to mend them.",
        dir.display()
    );
}
