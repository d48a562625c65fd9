//! Labelled sets of messages: how often the router is right, how often it dares, and whether it knows what is nobody's.
//!
//! A set is a folder with `agents.json` (a list of `worker`, `description`, `handles`), `train.jsonl` and `test.jsonl` (lines
//! with `text`, `route`, and `intent` in the training part; `route` is `human` for what no agent should get).

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::company::{add_role, set};
use crate::clock::Timestamp;
use crate::directives::Directives;
use crate::directives::rule::Source;
use crate::roster::Roster;
use crate::routing::{Experience, Request, Router, route};
use crate::workers::WorkerRef;

/// What the router has to learn from, least first.
const LESSONS: &[Lessons] = &[
    Lessons::None,
    Lessons::AnAgent(20),
    Lessons::AnIntent(5),
    Lessons::Corrections(500),
    Lessons::Corrections(3_000),
];

#[derive(Debug, Clone, Copy)]
enum Lessons {
    /// Descriptions only.
    None,
    /// So many examples in each agent's role file.
    AnAgent(usize),
    /// So many examples of each intent in the role files.
    AnIntent(usize),
    /// An experience file of so many messages.
    Corrections(usize),
}

#[derive(Debug, Deserialize)]
struct Agent {
    worker: String,
    description: String,
    handles: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Message {
    text: String,
    route: String,
    #[serde(default)]
    intent: String,
}

/// One set, read.
pub(super) struct Set {
    name: String,
    agents: Vec<Agent>,
    train: Vec<Message>,
    test: Vec<Message>,
}

/// Counts over the test messages of one set.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    messages: usize,
    /// Messages that are somebody's, and those whose closest candidate is right.
    owned: usize,
    closest_right: usize,
    /// Messages that were routed without a human, and rightly.
    routed: usize,
    routed_right: usize,
    strangers: usize,
    strangers_held: usize,
}

impl Set {
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let agents = folder.join("agents.json");
        let text = std::fs::read_to_string(&agents).with_context(|| format!("{} cannot be read", agents.display()))?;
        Ok(Self {
            name: folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            agents: serde_json::from_str(&text).with_context(|| format!("{} holds no agents", agents.display()))?,
            train: lines(&folder.join("train.jsonl"))?,
            test: lines(&folder.join("test.jsonl"))?,
        })
    }

    /// A table's rows in Markdown, one for each amount of lessons.
    pub(super) fn rows(&self) -> impl Iterator<Item = String> {
        LESSONS.iter().map(|lessons| {
            let (count, counts) = self.score(*lessons);
            let percent = |part: usize, whole: usize| match whole {
                0 => "–".to_owned(),
                whole => format!("{:.1}", 100.0 * part as f64 / whole as f64),
            };
            format!(
                "| {} | {} | {} | {} | {} | {} |",
                self.name,
                lessons.in_words(count),
                percent(counts.closest_right, counts.owned),
                percent(counts.routed_right, counts.routed),
                percent(counts.routed, counts.messages),
                percent(counts.strangers_held, counts.strangers),
            )
        })
    }

    fn score(&self, lessons: Lessons) -> (usize, Counts) {
        let taken = self.taken(lessons);
        let examples = |agent: &Agent| match lessons {
            Lessons::None | Lessons::Corrections(_) => Vec::new(),
            Lessons::AnAgent(_) | Lessons::AnIntent(_) => {
                taken.iter().filter(|message| message.route == agent.worker).map(|m| m.text.clone()).collect()
            }
        };
        let experience: Vec<Experience> = match lessons {
            Lessons::None | Lessons::AnAgent(_) | Lessons::AnIntent(_) => Vec::new(),
            Lessons::Corrections(_) => taken
                .iter()
                .map(|m| Experience { text: m.text.clone(), route: format!("{}-agent", bare(&m.route)) })
                .collect(),
        };
        let mut roster = Roster { timezone: "UTC".to_owned(), ..Roster::default() };
        for agent in &self.agents {
            add_role(&mut roster, bare(&agent.worker), &agent.description, agent.handles.clone(), examples(agent));
        }
        let company = set(format!("sha256:{}", self.name), Vec::new(), roster);
        let router = Router::build(&company, &experience);
        let mut counts = Counts::default();
        self.test.iter().for_each(|message| counts.add(message, &company, &router));
        (taken.len(), counts)
    }

    /// The training messages that are learned from: as many as wanted, in an order of chance that is always the same.
    fn taken(&self, lessons: Lessons) -> Vec<&Message> {
        let mut shuffled: Vec<(u64, &Message)> =
            self.train.iter().enumerate().map(|(at, m)| (mixed(at as u64), m)).collect();
        shuffled.sort_by_key(|(chance, _)| *chance);
        let shuffled = shuffled.into_iter().map(|(_, message)| message);
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut up_to = |key, most: usize| {
            let times = seen.entry(key).or_default();
            *times += 1;
            *times <= most
        };
        match lessons {
            Lessons::None => Vec::new(),
            Lessons::AnAgent(most) => shuffled.filter(|message| up_to(message.route.as_str(), most)).collect(),
            Lessons::AnIntent(most) => shuffled.filter(|message| up_to(message.intent.as_str(), most)).collect(),
            Lessons::Corrections(most) => shuffled.take(most).collect(),
        }
    }
}

impl Lessons {
    fn in_words(self, count: usize) -> String {
        match self {
            Self::None => "descriptions only".to_owned(),
            Self::AnAgent(most) => format!("{most} examples an agent"),
            Self::AnIntent(most) => format!("{most} examples an intent"),
            Self::Corrections(_) => format!("{count} corrections"),
        }
    }
}

impl Counts {
    fn add(&mut self, message: &Message, company: &Directives, router: &Router) {
        let request = Request {
            text: message.text.clone(),
            channel: None,
            from: None,
            from_bot: None,
            source: Source::Mention,
            at: Timestamp::ZERO,
        };
        let routing = route(&request, company, router, Timestamp::ZERO);
        let wanted = WorkerRef::Agent(format!("{}-agent", bare(&message.route)));
        let routed = routing.to != [WorkerRef::Human];
        let right = message.route != "human" && routing.to == [wanted.clone()];
        self.messages += 1;
        self.routed += usize::from(routed);
        self.routed_right += usize::from(right);
        if message.route == "human" {
            self.strangers += 1;
            self.strangers_held += usize::from(!routed);
        } else {
            self.owned += 1;
            self.closest_right += usize::from(routing.candidates.first().is_some_and(|first| first.worker == wanted));
        }
    }
}

/// A number that tells nothing of the index it came from (SplitMix64 by Steele, Lea and Flood).
fn mixed(index: u64) -> u64 {
    let sum = index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let once = (sum ^ (sum >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let twice = (once ^ (once >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    twice ^ (twice >> 31)
}

fn bare(worker: &str) -> &str {
    worker.trim_start_matches("agent:")
}

fn lines<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let numbered = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    numbered
        .map(|(at, line)| {
            serde_json::from_str(line).with_context(|| format!("{}:{} is no message", path.display(), at + 1))
        })
        .collect()
}
