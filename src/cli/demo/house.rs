//! What the demo's page shows beside the workspace: the company's directives, to be edited while they are in force, things to
//! try, and what the bot costs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use async_trait::async_trait;

use super::tries;
use crate::commands::costs::{coverage, measured, none_or};
use crate::directives::diagnostics::{Problem, Severity};
use crate::directives::files;
use crate::flow::directory::read_directory;
use crate::flow::{App, directives, effect, query};
use crate::replies::named::any_of;
use crate::sandbox::{Backstage, Checked, Read, Remark, Saved, Try};

/// The longest text that the editor sends; no file of directives may be longer.
const MAX_TEXT_BYTES: usize = 1 << 20;

pub(super) struct House {
    app: App,
    tries: Vec<Try>,
}

impl House {
    pub fn of(app: &App) -> Self {
        let tries = match app.directives() {
            Ok(set) => tries::fitting(&set.roster, &set.files),
            Err(_not_in_force_yet) => Vec::new(),
        };
        Self { app: app.clone(), tries }
    }

    fn texts(&self) -> Result<BTreeMap<String, String>, Vec<Problem>> {
        read_directory(&self.app.config.directives)
    }

    /// Where a file stands; only those that are there and that people write may be opened.
    fn place_of(&self, file: &str) -> Result<PathBuf, String> {
        let known = self.texts().is_ok_and(|texts| texts.contains_key(file) && is_written_by_people(file));
        if known { Ok(self.app.config.directives.join(file)) } else { Err(format!("There is no file {file} to edit.")) }
    }
}

fn is_written_by_people(file: &str) -> bool {
    file.ends_with(".md") && !file.starts_with("rehearsals/")
}

impl House {
    /// Who must click before what was saved counts.
    async fn waits(&self) -> String {
        match effect::waiting(&self.app).await {
            Ok(Some(view)) => format!(
                "Saved, but it would be looser, so it does not count yet: act as {} and press Take effect in the direct messages.",
                any_of(&view.may)
            ),
            Ok(None) | Err(_) => "Saved, but it does not count yet.".to_owned(),
        }
    }
}

#[async_trait]
impl Backstage for House {
    fn tries(&self) -> Vec<Try> {
        self.tries.clone()
    }

    async fn files(&self) -> Vec<String> {
        let texts = self.texts().unwrap_or_default();
        texts.into_keys().filter(|file| is_written_by_people(file)).collect()
    }

    async fn read(&self, file: &str) -> Result<String, String> {
        let place = self.place_of(file)?;
        std::fs::read_to_string(&place).map_err(|error| format!("{file} cannot be read: {error}"))
    }

    async fn check(&self, file: &str, text: &str) -> Checked {
        if text.len() > MAX_TEXT_BYTES {
            return too_long(file);
        }
        let mut texts = match self.texts() {
            Ok(texts) => texts,
            Err(problems) => return Checked { problems: remarks(&problems), readings: Vec::new() },
        };
        texts.insert(file.to_owned(), text.to_owned());
        let today = self.app.now().to_utc().date_naive();
        // Reading the whole set is work; it must not hold up the sockets.
        let read = tokio::task::spawn_blocking(move || files::read_all(&texts, None, today)).await;
        let Ok((set, problems)) = read else { return Checked::default() };
        let own = set.readings.into_iter().filter(|reading| reading.origin.file == file);
        let readings = own.map(|reading| Read { line: reading.origin.line, meaning: reading.paraphrase }).collect();
        Checked { problems: remarks(&problems), readings }
    }

    async fn save(&self, file: &str, text: &str) -> Result<Saved, String> {
        let place = self.place_of(file)?;
        if text.len() > MAX_TEXT_BYTES {
            return Err("This is longer than a file of directives may be; split it in two.".to_owned());
        }
        std::fs::write(&place, text).map_err(|error| format!("{file} cannot be written: {error}"))?;
        let loaded = directives::load(&self.app).await.map_err(|error| format!("Saved, but not looked at: {error}"))?;
        // The loop that watches the folder may have been faster; what counts is what is in force now.
        let in_force = self.app.directives().is_ok_and(|set| set.files.get(file).is_some_and(|now| now == text));
        let said = match loaded {
            directives::Loaded::Refused(problems) if !in_force => {
                let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
                let errors = crate::replies::wording::counted(i64::try_from(errors).unwrap_or(i64::MAX), "error");
                format!("Saved, but it does not count: {errors}. What was in force stays in force.")
            }
            directives::Loaded::Refused(_)
            | directives::Loaded::InForce(_)
            | directives::Loaded::Same
            | directives::Loaded::Waits(_)
            | directives::Loaded::NotAccepted => {
                if in_force {
                    "Saved, and in force.".to_owned()
                } else {
                    self.waits().await
                }
            }
        };
        Ok(Saved { in_force, said })
    }

    async fn costs(&self) -> Vec<(String, String)> {
        let Ok(costs) = query::costs_of_all(&self.app).await else {
            return vec![("Cost so far".to_owned(), "unknown".to_owned())];
        };
        let mut told = vec![("Cost so far".to_owned(), measured(&costs))];
        if costs.tasks > 0 {
            told.push(("Coverage".to_owned(), coverage(&costs)));
        }
        let moved = &costs.moved;
        if !(moved.automatic.is_empty() && moved.approved.is_empty()) {
            let sums = format!("{} by rule, {} approved", none_or(&moved.automatic), none_or(&moved.approved));
            told.push(("Moved".to_owned(), sums));
        }
        told
    }
}

fn remarks(problems: &[Problem]) -> Vec<Remark> {
    let told = |problem: &Problem| Remark {
        error: problem.severity == Severity::Error,
        file: problem.file.clone(),
        line: problem.line,
        column: problem.column,
        length: problem.length,
        message: problem.message.clone(),
        help: problem.help.clone(),
    };
    problems.iter().map(told).collect()
}

fn too_long(file: &str) -> Checked {
    let remark = Remark {
        error: true,
        file: file.to_owned(),
        line: 1,
        column: 1,
        length: 0,
        message: "this is longer than a file of directives may be".to_owned(),
        help: Some("split it in two".to_owned()),
    };
    Checked { problems: vec![remark], readings: Vec::new() }
}
