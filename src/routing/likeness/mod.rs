//! How like a message is to what each class of work is described as, and how sure one can be of the best.
//!
//! Six scores are added up: comparison with the whole description and with its single snippets, by letters and by meaning,
//! complement naive Bayes, and a learner. Their weights move with the number of labelled messages, from descriptions alone to thousands of corrections.
//! Everything is fixed in order and seed: the same descriptions and lessons give the same numbers bit for bit. Absent here:
//! who the classes are, what is done with an answer, and any state that outlives a build.

mod confidence;
mod features;
mod learner;
mod lexical;
mod meaning;

pub(super) use confidence::{Calibration, MAX_OUTCOMES, MIN_OUTCOMES, Outcome, Signs};

use confidence::Seen;
use features::{Features, Reader, Vector};
use learner::{Learner, softmax};
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

const SCORES: usize = 6;

/// Weights of document, snippet, Bayes, learner, and of document and snippet by meaning, at so many labelled messages a class.
const WEIGHTS: [(f32, [f32; SCORES]); 4] = [
    (0.0, [0.42, 0.45, 0.24, 0.65, 0.5, 1.2]),
    (20.0, [0.49, 0.30, 0.44, 1.7, 0.38, 0.9]),
    (75.0, [0.68, 0.26, 0.36, 2.1, 0.3, 0.73]),
    (900.0, [0.42, 0.28, 0.37, 4.5, 0.25, 0.61]),
];

/// A sentence of a description teaches the learner as much as a message does.
const SNIPPET_LESSON: f32 = 1.0;
/// How far the scores of one message spread over classes, for each of them, so that one weight means one thing.
const DOCUMENT_SCALE: f32 = 0.08;
const SNIPPET_SCALE: f32 = 0.12;
const BAYES_SCALE: f32 = 0.12;
const LEARNER_SCALE: f32 = 1.5;
const MEANING_SCALE: f32 = 0.12;

/// One fitted set of scores.
pub(super) struct Model {
    reader: Reader,
    lexical: Lexical,
    learner: Learner,
    meaning: Meaning,
    weights: [f32; SCORES],
    /// Labelled messages a class.
    labelled: f32,
    classes: usize,
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
            let snippets = text.snippets.iter().map(move |snippet| (class, snippet.as_str(), SNIPPET_LESSON));
            snippets.chain(text.examples.iter().map(move |example| (class, example.as_str(), 1.0)))
        });
        let texts = written.chain(lessons.iter().map(|(text, class)| (*class, *text, 1.0)));
        let read: Vec<(usize, Features, f32)> =
            texts.map(|(class, text, weight)| (class, reader.read(text), weight)).collect();
        let lexical: Vec<(usize, &Vector)> = read.iter().map(|(class, f, _)| (*class, &f.lexical)).collect();
        let learner: Vec<(usize, &Vector, f32)> = read.iter().map(|(class, f, w)| (*class, &f.learner, *w)).collect();
        let meaning: Vec<(usize, &Direction)> = read.iter().map(|(class, f, _)| (*class, &f.direction)).collect();
        let labelled = classes.iter().map(|class| class.examples.len()).sum::<usize>() + lessons.len();
        let labelled = labelled as f32 / classes.len().max(1) as f32;
        Self {
            lexical: Lexical::of(&lexical, classes.len()),
            learner: Learner::of(&learner, classes.len()),
            meaning: Meaning::of(&meaning, classes.len()),
            weights: weights(labelled),
            labelled,
            classes: classes.len(),
            reader,
        }
    }

    pub(super) fn score(&self, text: &str) -> Scored {
        let features = self.reader.read(text);
        let lexical = self.lexical.score(&features.lexical, &features.stems);
        let learned = self.learner.score(&features.learner);
        let meant = self.meaning.score(&features.direction);
        let meant_snippet = scaled(&meant.snippet, MEANING_SCALE);
        let parts = [
            scaled(&lexical.document, DOCUMENT_SCALE),
            scaled(&lexical.snippet, SNIPPET_SCALE),
            scaled(&lexical.bayes, BAYES_SCALE),
            scaled(&learned, LEARNER_SCALE),
            scaled(&meant.document, MEANING_SCALE),
            meant_snippet.clone(),
        ];
        let mut sums = vec![0.0_f32; self.classes];
        for (weight, part) in self.weights.iter().zip(&parts) {
            sums.iter_mut().zip(part).for_each(|(sum, score)| *sum += weight * score);
        }
        let shares = softmax(&sums);
        let best = best_of(&shares);
        let signs = Signs::of(&Seen {
            share: share_of(&shares, best),
            share_by_learner: share_of(&softmax(&learned), best),
            closest: lexical.closest.get(best).copied().unwrap_or(0.0),
            document: lexical.document.get(best).copied().unwrap_or(0.0),
            known_part: lexical.known_part,
            known_stems: lexical.known_stems,
            words: features.words,
            labelled: self.labelled,
            share_by_meaning: share_of(&softmax(&meant_snippet), best),
            meant_closest: meant.closest.get(best).copied().unwrap_or(0.0),
            meant_document: meant.document.get(best).copied().unwrap_or(0.0),
        });
        Scored { best, shares, signs }
    }
}

/// The first of the greatest.
fn best_of(shares: &[f32]) -> usize {
    (1..shares.len()).fold(0, |best, at| if shares[at] > shares[best] { at } else { best })
}

fn share_of(shares: &[f32], at: usize) -> f32 {
    shares.get(at).copied().unwrap_or(0.0)
}

/// Centred over the classes and in units of a usual spread.
fn scaled(scores: &[f32], scale: f32) -> Vec<f32> {
    let mean = scores.iter().sum::<f32>() / scores.len().max(1) as f32;
    scores.iter().map(|score| (score - mean) / scale).collect()
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
