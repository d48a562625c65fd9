//! Three comparisons of a message with what is written about each class: with all of it as one document, with each snippet,
//! and by complement naive Bayes (Rennie et al. 2003), which asks how unlike all *other* classes a message is.

use super::features::{BUCKETS, Rarity, Vector, merged, unit};

/// What complement naive Bayes adds to every count.
const SMOOTHING: f32 = 0.3;

/// Lists by bucket: the entries of bucket b are `entries[starts[b]..starts[b + 1]]`.
struct ByBucket {
    starts: Vec<u32>,
    entries: Vec<(u32, f32)>,
}

impl ByBucket {
    /// From rows of features; `entries` hold the row's number, ascending, and its weight.
    fn of(rows: &[Vector]) -> Self {
        let mut starts = vec![0_u32; BUCKETS + 1];
        rows.iter().flatten().for_each(|(bucket, _)| starts[*bucket as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0.0); rows.iter().map(Vec::len).sum()];
        for (row, features) in rows.iter().enumerate() {
            for (bucket, weight) in features {
                let at = &mut next[*bucket as usize];
                entries[*at as usize] = (row as u32, *weight);
                *at += 1;
            }
        }
        Self { starts, entries }
    }

    fn at(&self, bucket: u32) -> &[(u32, f32)] {
        let bucket = bucket as usize;
        &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }

    /// Cosine of every row with a vector of length 1, where the rows have length 1 too.
    fn products(&self, vector: &Vector, rows: usize) -> Vec<f32> {
        let mut sums = vec![0.0_f32; rows];
        for (bucket, weight) in vector {
            for (row, other) in self.at(*bucket) {
                sums[*row as usize] += weight * other;
            }
        }
        sums
    }
}

/// The snippets of all classes, ready for comparison.
pub(super) struct Lexical {
    rarity: Rarity,
    documents: ByBucket,
    snippets: ByBucket,
    /// Class of each snippet.
    owner: Vec<u32>,
    /// Log weights by class, without the part that all classes share.
    complements: ByBucket,
    /// Log of the total weight of all other classes' features, by class.
    totals: Vec<f32>,
    classes: usize,
}

/// The scores of each class, and the best cosines.
pub(super) struct LexicalScores {
    pub document: Vec<f32>,
    pub snippet: Vec<f32>,
    pub bayes: Vec<f32>,
    pub best_document: f32,
    pub best_snippet: f32,
    pub snip_of: Vec<f32>, pub known_idf: f32, pub known_n: f32,
    /// Which part of the message's stems occurs in any snippet, 0 to 1.
    pub known: f32,
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
        let (complements, totals) = complements(texts, &rows, classes);
        Self {
            documents: ByBucket::of(&documents),
            snippets: ByBucket::of(&rows),
            owner: texts.iter().map(|(class, _)| *class as u32).collect(),
            rarity,
            complements,
            totals,
            classes,
        }
    }

    pub(super) fn score(&self, raw: &Vector, stems: &[u32]) -> LexicalScores {
        let message = self.rarity.weigh(raw);
        let document = self.documents.products(&message, self.classes);
        let cosines = self.snippets.products(&message, self.owner.len());
        let mut snippet = vec![0.0_f32; self.classes];
        for (owner, cosine) in self.owner.iter().zip(&cosines) {
            snippet[*owner as usize] += cosine * cosine * cosine;
        }
        snippet.iter_mut().for_each(|sum| *sum = sum.cbrt());
        let mut snip_of=vec![0.0f32;self.classes]; for (o,c) in self.owner.iter().zip(&cosines){ let x=&mut snip_of[*o as usize]; if *c>*x {*x=*c} }
 let (mut a,mut b)=(0.0f32,0.0f32); for s in stems { let r=self.rarity.rare(*s); b+=r; if self.rarity.knows(*s){a+=r} }
        let length: f32 = message.iter().map(|(_, weight)| weight).sum();
        let mut bayes = self.complements.products(&message, self.classes);
        for (score, total) in bayes.iter_mut().zip(&self.totals) {
            *score = (length * total - *score) / length.max(1.0);
        }
        let known = stems.iter().filter(|stem| self.rarity.knows(**stem)).count() as f32;
        LexicalScores {
            best_document: greatest(&document),
            best_snippet: greatest(&cosines),
            snip_of, known_idf: if b>0.0{a/b}else{0.0}, known_n: (1.0+known).ln(),
            known: known / (stems.len().max(1) as f32),
            document,
            snippet,
            bayes,
        }
    }
}

fn greatest(list: &[f32]) -> f32 {
    list.iter().copied().fold(0.0, f32::max)
}

/// For each feature and class with it: how much less likely the feature is elsewhere than anywhere; and each class's total.
fn complements(texts: &[(usize, &Vector)], rows: &[Vector], classes: usize) -> (ByBucket, Vec<f32>) {
    let of_class = |class: usize| -> Vector {
        let mine = texts.iter().zip(rows).filter(|((of, _), _)| *of == class);
        merged(mine.flat_map(|(_, row)| row.iter().copied()).collect())
    };
    let counts: Vec<Vector> = (0..classes).map(of_class).collect();
    let mut all = vec![0.0_f32; BUCKETS];
    counts.iter().flatten().for_each(|(bucket, weight)| all[*bucket as usize] += weight);
    let used = all.iter().filter(|weight| **weight > 0.0).count() as f32;
    let sum: f32 = all.iter().sum();
    let weight = |(bucket, count): &(u32, f32)| {
        let everywhere = all[*bucket as usize];
        let elsewhere = (everywhere - count).max(0.0);
        (*bucket, ((SMOOTHING + elsewhere) / (SMOOTHING + everywhere)).ln())
    };
    let logs: Vec<Vector> = counts.iter().map(|class| class.iter().map(weight).collect()).collect();
    let total = |class: &Vector| (SMOOTHING * used + sum - class.iter().map(|(_, count)| count).sum::<f32>()).max(1e-6).ln();
    let totals = counts.iter().map(total).collect();
    (ByBucket::of(&logs), totals)
}

/// The same vector with length 1.
#[cfg(test)]
pub(super) fn of_length_one(mut vector: Vector) -> Vector {
    unit(&mut vector);
    vector
}
