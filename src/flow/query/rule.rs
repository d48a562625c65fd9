//! `rule TEXT`: the reading of a sentence, its place, and what it would have changed. Nothing is stored.

use std::sync::Arc;

use super::super::record::backtest;
use super::super::{App, FlowError};
use super::Told;
use super::seen::Viewer;
use crate::backtest::Report;
use crate::backtest::looser::{Looser, looser};
use crate::catalogue::canonical::digest_bytes;
use crate::commands::rule::{RuleAnswer, RuleSpot, render};
use crate::directives::diagnostics::Severity;
use crate::directives::{Directives, changes, files};
use crate::proposals::{Placed, Spot, patch, place};

/// So many decisions are replayed while somebody waits for the answer.
pub const REPLAYED_AT_ONCE: i64 = 1_000;

pub(super) async fn answer(viewer: &Viewer<'_>, text: &str) -> Result<Told, FlowError> {
    if let Err(refusal) = viewer.only_members() {
        return Ok(Err(refusal));
    }
    let directives = viewer.moment.directives.clone();
    let placed = placed(viewer.app, text, &directives).await?;
    let mut answer =
        RuleAnswer { sentence: placed.sentence, reading: placed.reading, problems: placed.problems, spot: None };
    let Some(spot) = placed.spot else { return Ok(Ok(render(&answer))) };
    match with_line(viewer.app, &directives, &spot, REPLAYED_AT_ONCE).await? {
        Err(problem) => answer.problems.push(problem),
        Ok(tried) => {
            let keepers = changes::keepers(&directives, &spot.file);
            answer.spot = Some(RuleSpot {
                line: u32::try_from(spot.after + 1).unwrap_or(u32::MAX),
                diff: tried.diff,
                keepers: keepers.iter().map(|handle| viewer.names().person(handle)).collect(),
                effect: tried.report.phrase(),
                decisions: tried.report.decisions(),
                looser: tried.looser.into_iter().map(|way| (way.says, way.place)).collect(),
                file: spot.file,
            });
        }
    }
    Ok(Ok(render(&answer)))
}

/// Reading files is work; it must not hold up the sockets.
pub(in crate::flow) async fn placed(app: &App, text: &str, set: &Arc<Directives>) -> Result<Placed, FlowError> {
    let (text, set, today) = (text.to_owned(), set.clone(), app.now().to_utc().date_naive());
    let read = tokio::task::spawn_blocking(move || place(&text, &set, today)).await;
    read.map_err(|_| FlowError::Broken("a sentence could not be read; the panic is in the log".to_owned()))
}

/// A set with one line more, compared with the one in force.
pub(in crate::flow) struct Tried {
    pub set: Arc<Directives>,
    pub report: Report,
    pub looser: Vec<Looser>,
    pub diff: String,
    /// SHA-256 of the file without the line.
    pub seen: String,
}

/// Tries the set with the line; the first error where it does not hold.
pub(in crate::flow) async fn with_line(
    app: &App,
    was: &Arc<Directives>,
    spot: &Spot,
    replayed: i64,
) -> Result<Result<Tried, (String, Option<String>)>, FlowError> {
    let mut texts = was.files.clone();
    let old = texts.insert(spot.file.clone(), spot.text.clone()).unwrap_or_default();
    let today = app.now().to_utc().date_naive();
    let read = tokio::task::spawn_blocking(move || files::read_set(&texts, today)).await;
    let read = read.map_err(|_| FlowError::Broken("a set could not be read; the panic is in the log".to_owned()))?;
    let set = match read {
        Ok(set) => Arc::new(set),
        Err(problems) => {
            let error = problems.into_iter().find(|problem| problem.severity == Severity::Error);
            let told =
                error.map(|problem| (format!("{}:{}: {}", problem.file, problem.line, problem.message), problem.help));
            return Ok(Err(told.unwrap_or_else(|| ("the set with it does not hold".to_owned(), None))));
        }
    };
    let report = backtest(app, was.clone(), set.clone(), replayed).await?;
    let looser = looser(was, &set);
    let diff = patch(&spot.file, &old, spot.after, &spot.line);
    Ok(Ok(Tried { set, report, looser, diff, seen: digest_bytes(old.as_bytes()) }))
}
