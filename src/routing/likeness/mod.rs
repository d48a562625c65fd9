//! How like a message is to what each class of work is described as, and how sure one can be of the best.
//!
//! Three scores are added up: comparison with the whole description by letters, with its single sentences by meaning, and what
//! two learners took from both. Their weights move with the number of labelled messages, from descriptions alone to thousands
//! of corrections. Everything is fixed in order and seed: the same descriptions and lessons give the same numbers bit for bit.
//! Absent here: who the classes are, what is done with an answer, and any state that outlives a build.

mod confidence;
mod features;
mod learner;
mod lexical;
mod margin;
mod meaning;

pub(super) use confidence::{Calibration, MAX_OUTCOMES, MIN_OUTCOMES, Outcome, Signs};

use confidence::Seen;
use features::{Features, Reader, Vector};
use learner::{Blend, Learner, softmax};
use lexical::Lexical;
use meaning::{Direction, Meaning};

/// What is known of one class before anybody corrected anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ClassText {
    /// Sentences of the description, what it handles, names of its work.
    pub snippets: Vec<String>,
    /// Messages that belong to it.
    pub examples: Vec<String>,
}

/// A message and the class that it turned out to belong to.
pub(super) type Lesson<'a> = (&'a str, usize);

/// Weights of the document, of the nearest sentences by meaning, and of the two learners: odds and margin.
const SCORES: usize = 4;

/// [`SCORES`] at so many labelled messages a class, fitted to the likelihood of the right classes (`docs/routing.md`).
const WEIGHTS: [(f32, [f32; SCORES]); 4] = [
    (0.0, [0.670, 8.028, 0.000, 2.112]),
    (20.0, [0.000, 4.647, 0.325, 1.744]),
    (75.0, [4.865, 5.304, 0.325, 1.037]),
    (300.0, [3.429, 2.831, 0.382, 1.424]),
];

/// How far nearness by meaning usually spreads over the classes.
const MEANING_SPREAD: f32 = 0.12;

/// One fitted set of scores.
pub(super) struct Model {
    reader: Reader,
    lexical: Lexical,
    learner: Learner,
    meaning: Meaning,
    weights: [f32; SCORES],
    /// Labelled messages a class.
    labelled: f32,
}

/// The scores of one message.
pub(super) struct Scored {
    /// The class with the greatest share.
    pub best: usize,
    /// By class; sums to 1.
    pub shares: Vec<f32>,
    pub signs: Signs,
}

impl Model {
    pub(super) fn of(classes: &[ClassText], lessons: &[Lesson<'_>]) -> Self {
        let reader = Reader::new();
        let written = classes.iter().enumerate().flat_map(|(class, text)| {
            text.snippets.iter().chain(&text.examples).map(move |snippet| (snippet.as_str(), class))
        });
        let texts = written.chain(lessons.iter().copied());
        let read: Vec<(usize, Features)> = texts.map(|(text, class)| (class, reader.read(text))).collect();
        let lexical: Vec<(usize, &Vector)> = read.iter().map(|(class, f)| (*class, &f.lexical)).collect();
        let meaning: Vec<(usize, &Direction)> = read.iter().map(|(class, f)| (*class, &f.direction)).collect();
        let learner: Vec<(usize, &Vector, &Direction)> =
            read.iter().map(|(class, f)| (*class, &f.learner, &f.direction)).collect();
        let labelled = classes.iter().map(|class| class.examples.len()).sum::<usize>() + lessons.len();
        let labelled = labelled as f32 / classes.len().max(1) as f32;
        let weights = weights(labelled);
        Self {
            lexical: Lexical::of(&lexical, classes.len()),
            learner: Learner::of(&learner, classes.len(), Blend { odds: weights[2], margin: weights[3] }),
            meaning: Meaning::of(&meaning, classes.len()),
            weights,
            labelled,
            reader,
        }
    }

    /// Labelled messages a class.
    pub(super) fn labelled(&self) -> f32 {
        self.labelled
    }

    pub(super) fn score(&self, text: &str) -> Scored {
        let features = self.reader.read(text);
        let lexical = self.lexical.score(&features.lexical, &features.stems);
        let learned = self.learner.score(&features.learner, &features.direction);
        let meant = self.meaning.score(&features.direction);
        let [document, snippet, ..] = self.weights;
        let written = lexical.document.iter().zip(&meant.snippet).map(|(a, b)| document * a + snippet * b);
        let sums: Vec<f32> = written.zip(&learned).map(|(written, learned)| written + learned).collect();
        let shares = softmax(&sums);
        let best = best_of(&shares);
        let by_meaning: Vec<f32> = meant.snippet.iter().map(|nearness| nearness / MEANING_SPREAD).collect();
        let signs = Signs::of(&Seen {
            share: at(&shares, best),
            share_by_learner: at(&softmax(&learned), best),
            closest: at(&lexical.closest, best),
            known_part: lexical.known_part,
            known_stems: lexical.known_stems,
            words: features.words,
            labelled: self.labelled,
            share_by_meaning: at(&softmax(&by_meaning), best),
            meant_closest: at(&meant.closest, best),
        });
        Scored { best, shares, signs }
    }
}

/// The first of the greatest.
fn best_of(shares: &[f32]) -> usize {
    (1..shares.len()).fold(0, |best, at| if shares[at] > shares[best] { at } else { best })
}

fn at(scores: &[f32], class: usize) -> f32 {
    scores.get(class).copied().unwrap_or(0.0)
}

/// Between the rows of the table, straight in ln(1 + n).
fn weights(n: f32) -> [f32; SCORES] {
    let at = (1.0 + n).ln();
    let above = WEIGHTS.iter().position(|(rows_n, _)| n <= *rows_n).unwrap_or(WEIGHTS.len() - 1);
    let (low, high) = (&WEIGHTS[above.saturating_sub(1)], &WEIGHTS[above]);
    let (from, to) = ((1.0 + low.0).ln(), (1.0 + high.0).ln());
    let part = if to > from { ((at - from) / (to - from)).clamp(0.0, 1.0) } else { 1.0 };
    std::array::from_fn(|score| low.1[score] + part * (high.1[score] - low.1[score]))
}
