//! `directives`: the set in force, as it is held in memory; the database only tells since when.

use std::collections::BTreeMap;

use super::super::FlowError;
use super::Told;
use super::seen::Viewer;
use crate::commands::directives::{DirectivesAnswer, FileLine, render};
use crate::directives::{IN_FORCE, store};

pub(super) async fn answer(viewer: &Viewer<'_>) -> Result<Told, FlowError> {
    if let Err(refusal) = viewer.only_members() {
        return Ok(Err(refusal));
    }
    let (directives, names) = (&viewer.moment.directives, viewer.names());
    let mut rules: BTreeMap<&str, u32> = directives.files.keys().map(|file| (file.as_str(), 0)).collect();
    for reading in &directives.readings {
        *rules.entry(reading.origin.file.as_str()).or_default() += 1;
    }
    let keeper = |file: &str| directives.keepers.get(file).or_else(|| directives.keepers.get(""));
    let files = rules.into_iter().map(|(file, rules)| FileLine {
        file: file.to_owned(),
        rules,
        keeper: keeper(file).map(|worker| names.worker(worker)),
    });
    let enforced = |kind: &str| IN_FORCE.contains(&kind);
    let not_in_force = directives.readings.iter().filter(|reading| !enforced(reading.rule.kind())).count();
    let warnings = directives.problems.iter();
    let answer = DirectivesAnswer {
        files: files.collect(),
        not_in_force: u32::try_from(not_in_force).unwrap_or(u32::MAX),
        warnings: warnings
            .map(|problem| (format!("{}:{}", problem.file, problem.line), problem.message.clone()))
            .collect(),
        broken_on_disk: viewer.app.has_told_problems(),
        since: store::loaded_at(&viewer.app.store, &directives.digest).await?,
        digest: directives.digest.clone(),
        as_of: viewer.moment.now,
    };
    Ok(Ok(render(&answer)))
}
