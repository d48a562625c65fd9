//! Experience → outcomes: how sure the router would have been of each past message, had it not known it, and whether rightly.
//!
//! The lessons are cut into parts; each part is judged by a model of the others. A log holds hardly any message that is
//! nobody's, so that alone it would make the router too sure. Therefore some messages are also judged by a model that has
//! never heard of the role that they belong to: whatever it says is wrong, as it would be of work that nobody has.

use super::likeness::{ClassText, Lesson, MAX_OUTCOMES, MIN_OUTCOMES, Model, Outcome};

/// Into how many parts the lessons, and for the strangers the classes, are cut.
const PARTS: usize = 5;
/// For so many outcomes of the log one of a stranger is added.
const OUTCOMES_PER_STRANGER: usize = 9;

/// In the order of the lessons, of the latest only; none while there are too few.
pub(super) fn outcomes(classes: &[ClassText], lessons: &[Lesson<'_>]) -> Vec<Outcome> {
    if lessons.len() < MIN_OUTCOMES || classes.is_empty() {
        return Vec::new();
    }
    let latest = lessons.len().saturating_sub(MAX_OUTCOMES);
    let mut found: Vec<(usize, Outcome)> = Vec::new();
    for part in 0..PARTS {
        let learnt = |at: usize, class: usize| at % PARTS != part && class < classes.len();
        let others: Vec<Lesson<'_>> = lessons
            .iter()
            .enumerate()
            .filter(|(at, (_, class))| learnt(*at, *class))
            .map(|(_, lesson)| *lesson)
            .collect();
        let model = Model::of(classes, &others);
        for (at, (text, class)) in lessons.iter().enumerate().skip(latest).filter(|(at, _)| at % PARTS == part) {
            let scored = model.score(text);
            found.push((at, Outcome { signs: scored.signs, right: scored.best == *class }));
        }
        found.extend(strangers(classes, lessons, &others, part, latest));
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Messages of every fifth class, judged by a model of the other classes.
fn strangers(
    classes: &[ClassText],
    lessons: &[Lesson<'_>],
    others: &[Lesson<'_>],
    part: usize,
    latest: usize,
) -> Vec<(usize, Outcome)> {
    let stays: Vec<usize> = (0..classes.len()).filter(|class| class % PARTS != part).collect();
    if stays.len() < 2 {
        return Vec::new();
    }
    let kept: Vec<ClassText> = stays.iter().map(|class| classes[*class].clone()).collect();
    let renamed = |class: usize| stays.binary_search(&class).ok();
    let known: Vec<Lesson<'_>> =
        others.iter().filter_map(|(text, class)| renamed(*class).map(|class| (*text, class))).collect();
    let model = Model::of(&kept, &known);
    let strange: Vec<(usize, &str)> = lessons
        .iter()
        .enumerate()
        .skip(latest)
        .filter(|(_, (_, class))| *class < classes.len() && renamed(*class).is_none())
        .map(|(at, (text, _))| (at, *text))
        .collect();
    let wanted = ((lessons.len() - latest) / PARTS / OUTCOMES_PER_STRANGER).max(1);
    let every = (strange.len() / wanted).max(1);
    let judged = strange.into_iter().step_by(every).take(wanted);
    judged.map(|(at, text)| (at, Outcome { signs: model.score(text).signs, right: false })).collect()
}
