//! Two comparisons of a message by its letters with what is written about each class: with all of it as one document, and with
//! each snippet; and how much of the message occurs there at all.

use super::features::{Rarity, Vector, merged};

/// Lists by a feature's place: the entries of place p are `entries[starts[p]..starts[p + 1]]`.
struct ByPlace {
    starts: Vec<u32>,
    entries: Vec<(u32, f32)>,
}

impl ByPlace {
    /// From rows of features; `entries` hold the row's number, ascending, and its weight.
    fn of(rows: &[Vector], places: usize) -> Self {
        let mut starts = vec![0_u32; places + 1];
        rows.iter().flatten().for_each(|(place, _)| starts[*place as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0.0); rows.iter().map(Vec::len).sum()];
        for (row, features) in rows.iter().enumerate() {
            for (place, weight) in features {
                let at = &mut next[*place as usize];
                entries[*at as usize] = (row as u32, *weight);
                *at += 1;
            }
        }
        Self { starts, entries }
    }

    fn at(&self, place: u32) -> &[(u32, f32)] {
        let place = place as usize;
        &self.entries[self.starts[place] as usize..self.starts[place + 1] as usize]
    }

    /// Cosine of every row with a vector of length 1, where the rows have length 1 too.
    fn products(&self, vector: &Vector, rows: usize) -> Vec<f32> {
        let mut sums = vec![0.0_f32; rows];
        for (place, weight) in vector {
            for (row, other) in self.at(*place) {
                sums[*row as usize] += weight * other;
            }
        }
        sums
    }
}

/// The snippets of all classes, ready for comparison.
pub(super) struct Lexical {
    rarity: Rarity,
    documents: ByPlace,
    snippets: ByPlace,
    /// Class of each snippet.
    owner: Vec<u32>,
    classes: usize,
}

/// The scores of each class, and how much of the message is known at all.
pub(super) struct LexicalScores {
    pub document: Vec<f32>,
    /// The greatest cosine with any one snippet, by class.
    pub closest: Vec<f32>,
    /// Which part of the message's stems occurs in any snippet, the rare ones counting more, 0 to 1.
    pub known_part: f32,
    /// How many of its stems do.
    pub known_stems: usize,
}

impl Lexical {
    /// `texts` are raw features with their class.
    pub(super) fn of(texts: &[(usize, &Vector)], classes: usize) -> Self {
        let rarity = Rarity::of(texts.iter().map(|(_, raw)| *raw));
        let rows: Vec<Vector> = texts.iter().map(|(_, raw)| rarity.weigh(raw)).collect();
        let joined = |class: usize| -> Vector {
            merged(texts.iter().filter(|(of, _)| *of == class).flat_map(|(_, raw)| raw.iter().copied()).collect())
        };
        let documents: Vec<Vector> = (0..classes).map(|class| rarity.weigh(&joined(class))).collect();
        Self {
            documents: ByPlace::of(&documents, rarity.places()),
            snippets: ByPlace::of(&rows, rarity.places()),
            owner: texts.iter().map(|(class, _)| *class as u32).collect(),
            rarity,
            classes,
        }
    }

    pub(super) fn score(&self, raw: &Vector, stems: &[u32]) -> LexicalScores {
        let message = self.rarity.weigh(raw);
        let document = self.documents.products(&message, self.classes);
        let cosines = self.snippets.products(&message, self.owner.len());
        let mut closest = vec![0.0_f32; self.classes];
        for (owner, cosine) in self.owner.iter().zip(&cosines) {
            closest[*owner as usize] = closest[*owner as usize].max(*cosine);
        }
        let (mut known, mut all, mut known_stems) = (0.0_f32, 0.0_f32, 0);
        for stem in stems {
            let (occurs, rare) = self.rarity.of_bucket(*stem);
            all += rare;
            if occurs {
                known += rare;
                known_stems += 1;
            }
        }
        let known_part = if all > 0.0 { known / all } else { 0.0 };
        LexicalScores { document, closest, known_part, known_stems }
    }
}
