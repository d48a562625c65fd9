//! Sections on stage, one after the other or two at once, and what came of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use futures_util::StreamExt as _;
use serde::Serialize;

use super::company::{Setting, Time, Weather};
use super::expect::Scene;
use super::known;
use super::stage::{NotDone, Stage};
use super::{Act, CannotRehearse, Company, Entry, Rehearsal, Section, What};

/// Sections that play at once.
const AT_ONCE: usize = 2;

/// What came of one section.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub file: String,
    pub title: String,
    pub line: u32,
    pub beats: Vec<Beat>,
    pub failures: Vec<Failure>,
    /// People's names by handle.
    pub names: BTreeMap<String, String>,
}

impl Outcome {
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// One step of a section, played.
#[derive(Debug, Clone)]
pub enum Beat {
    Acted {
        act: Act,
        entries: Vec<Entry>,
    },
    /// An expectation that held, as written.
    Held {
        text: String,
    },
    Failed(Failure),
}

/// Something was otherwise than written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    pub line: u32,
    /// The step as written.
    pub text: String,
    /// What was found instead, line by line.
    pub found: Vec<String>,
}

/// A section that is being played, step by step.
pub struct Play {
    stage: Stage,
    section: Section,
    file: String,
    /// The next step.
    at: usize,
    since: Vec<Entry>,
    actor: Option<String>,
    before: Option<(crate::tasks::Task, usize)>,
    beats: Vec<Beat>,
    failures: Vec<Failure>,
}

impl Play {
    /// Opens the company for a section.
    pub async fn begin(
        company: &Company,
        file: &str,
        section: &Section,
        setting: &Setting,
    ) -> Result<Self, CannotRehearse> {
        let stage = company.open(setting).await?;
        stage.rest().await?;
        Ok(Self {
            stage,
            section: section.clone(),
            file: file.to_owned(),
            at: 0,
            since: Vec::new(),
            actor: None,
            before: None,
            beats: Vec::new(),
            failures: Vec::new(),
        })
    }

    /// The workspace that it plays in.
    pub fn sandbox(&self) -> &crate::sandbox::Sandbox {
        &self.stage.sandbox
    }

    pub fn names(&self) -> BTreeMap<String, String> {
        self.stage.names()
    }

    /// Plays the next step; `None` after the last, or after one that could not be done.
    pub async fn next(&mut self) -> Result<Option<Beat>, CannotRehearse> {
        let Some(step) = self.section.steps.get(self.at).cloned() else { return Ok(None) };
        self.at += 1;
        let beat = match step.what {
            What::Act(act) => {
                self.before = match known::last_task(self.stage.app()).await? {
                    Some(task) => {
                        let facts = known::count_facts(self.stage.app(), Some(&task)).await?;
                        Some((task, facts))
                    }
                    None => None,
                };
                self.actor = actor(&act).map(str::to_owned);
                match self.stage.act(&act).await {
                    Ok(entries) => {
                        self.since.clone_from(&entries);
                        Beat::Acted { act, entries }
                    }
                    Err(NotDone::Impossible(why)) => {
                        self.at = self.section.steps.len();
                        Beat::Failed(Failure { line: step.line, text: step.text, found: vec![why] })
                    }
                    Err(NotDone::Broken(broken)) => return Err(broken),
                }
            }
            What::Expect(expected) => {
                let scene = Scene {
                    stage: &self.stage,
                    since: &self.since,
                    actor: self.actor.as_deref(),
                    before: self.before.clone(),
                };
                match scene.judge(&expected).await? {
                    Ok(()) => Beat::Held { text: step.text },
                    Err(found) => Beat::Failed(Failure { line: step.line, text: step.text, found }),
                }
            }
        };
        if let Beat::Failed(failure) = &beat {
            self.failures.push(failure.clone());
        }
        self.beats.push(beat.clone());
        Ok(Some(beat))
    }

    /// Closes the company; what it left behind fails the section too.
    pub async fn end(mut self) -> Result<Outcome, CannotRehearse> {
        let mut left = known::left_behind(self.stage.app()).await?;
        left.extend(self.stage.sandbox.finish().err().unwrap_or_default());
        let names = self.stage.names();
        self.stage.close().await;
        if !left.is_empty() {
            let text = "at the end nothing is left undone, and Slack has nothing to object".to_owned();
            let failure = Failure { line: self.section.line, text, found: left };
            self.beats.push(Beat::Failed(failure.clone()));
            self.failures.push(failure);
        }
        Ok(Outcome {
            file: self.file,
            title: self.section.title,
            line: self.section.line,
            beats: self.beats,
            failures: self.failures,
            names,
        })
    }
}

fn actor(act: &Act) -> Option<&str> {
    match act {
        Act::Says { who, .. }
        | Act::Writes { who, .. }
        | Act::Replies { who, .. }
        | Act::Edits { who, .. }
        | Act::Clicks { who, .. }
        | Act::Runs { who, .. } => Some(who),
        Act::After(_) | Act::Edit { .. } => None,
    }
}

/// Plays sections two at once, each in a folder of its own below `dir`. Outcomes come, and are told to `each`, in the order
/// of the sections.
pub async fn rehearse(
    company: &Company,
    rehearsals: &[Rehearsal],
    program: &Path,
    dir: &Path,
    mut each: impl FnMut(&Outcome),
) -> Result<Vec<Outcome>, CannotRehearse> {
    let sections = rehearsals.iter().flat_map(|one| one.sections.iter().map(move |section| (&one.file, section)));
    let plays = sections.map(|(file, section)| {
        let (company, file, section) = (company.clone(), file.clone(), section.clone());
        let setting = setting(program, dir, &file, &section);
        // A task of its own: reading directives keeps a thread busy, and the other section has one too.
        async { tokio::spawn(play(company, file, section, setting?)).await.unwrap_or(Err(CannotRehearse::Panicked)) }
    });
    let mut playing = futures_util::stream::iter(plays).buffered(AT_ONCE);
    let mut outcomes = Vec::new();
    while let Some(outcome) = playing.next().await {
        let outcome = outcome?;
        each(&outcome);
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

async fn play(company: Company, file: String, section: Section, setting: Setting) -> Result<Outcome, CannotRehearse> {
    let mut play = Play::begin(&company, &file, &section, &setting).await?;
    while play.next().await?.is_some() {}
    play.end().await
}

/// A folder for one section, made.
pub fn setting(program: &Path, dir: &Path, file: &str, section: &Section) -> Result<Setting, CannotRehearse> {
    let stem = Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let dir: PathBuf = dir.join(format!("{stem}-{}", section.line));
    std::fs::create_dir_all(&dir).map_err(|source| CannotRehearse::File { what: dir.display().to_string(), source })?;
    Ok(Setting {
        program: program.to_owned(),
        dir,
        database_url: None,
        time: Time::Standing,
        watched_channels: Vec::new(),
        port: 0,
        weather: Weather::default(),
    })
}
