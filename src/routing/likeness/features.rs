//! A text as weighted features: stems, pairs of stems, and pieces of words, hashed into a fixed number of buckets.
//!
//! Pieces of words forgive misspellings and compounds; stems carry the meaning. Everything is sums over sorted lists, so that
//! the same text gives the same numbers bit for bit. Absent here: any table that depends on the order of a hash map.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::meaning::{Direction, direction};

/// Buckets of the hashed features, a power of two.
const BUCKETS: usize = 1 << 18;
/// No request is read further than this; longer texts are mail threads whose end says little about who should have them.
const MAX_WORDS: usize = 400;

/// Weight of a piece of a word beside its stem's 1.
const PIECE: f32 = 0.3;
/// Weight of two stems in a row, learner only.
const PAIR: f32 = 0.7;
/// Weight of a stop word, learner only; the lexical scores drop them.
const STOP: f32 = 0.4;
/// Letters of the longest piece.
const LONGEST_PIECE: usize = 5;

/// Words that occur in every kind of request and tell nothing of its subject.
const STOP_WORDS: &[&str] = &[
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been",
    "before", "but", "by", "can", "could", "d", "did", "do", "does", "doing", "don", "for", "from", "get", "give",
    "go", "got", "had", "has", "have", "he", "hello", "help", "her", "here", "hey", "hi", "him", "his", "how", "i",
    "if", "in", "into", "is", "it", "its", "just", "know", "let", "like", "ll", "m", "make", "may", "me", "might",
    "my", "need", "no", "not", "now", "of", "on", "or", "our", "out", "please", "question", "re", "request", "s",
    "she", "should", "so", "some", "someone", "t", "tell", "thank", "thanks", "that", "the", "their", "them", "then",
    "there", "these", "they", "this", "those", "to", "up", "us", "ve", "want", "was", "we", "were", "what", "when",
    "where", "whether", "which", "who", "why", "will", "with", "would", "you", "your",
];

/// A feature's bucket, or its place among those that occur, and its weight; lists are sorted, each once.
pub(super) type Vector = Vec<(u32, f32)>;

/// What a text is made of, before any weighting by rarity.
pub(super) struct Features {
    /// For the comparisons with documents: stems and pieces of three letters and more, without stop words.
    pub lexical: Vector,
    /// For the learner: stop words, pairs of stems and pieces of two letters besides.
    pub learner: Vector,
    /// Buckets of the stems that are no stop words, sorted, each once.
    pub stems: Vec<u32>,
    pub words: usize,
    /// What the words mean together.
    pub direction: Direction,
}

/// Cuts texts up; keeps the stemmer, which is dear to make.
pub(super) struct Reader {
    stemmer: Stemmer,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { stemmer: Stemmer::create(Algorithm::English) }
    }

    pub(super) fn read(&self, text: &str) -> Features {
        let (mut lexical, mut learner, mut stems) = (Vec::new(), Vec::new(), Vec::new());
        let mut before: Option<Cow<'_, str>> = None;
        let words = words(text);
        for word in &words {
            let stop = is_stop_word(word);
            let stem = self.stemmer.stem(word);
            let bucket = hashed(b"w", stem.as_bytes(), b"");
            if !stop {
                lexical.push((bucket, 1.0));
                stems.push(bucket);
            }
            learner.push((bucket, if stop { STOP } else { 1.0 }));
            if let Some(before) = &before {
                learner.push((hashed(before.as_bytes(), b" ", stem.as_bytes()), PAIR));
            }
            pieces(word, |piece, letters| {
                let bucket = hashed(b"#", piece.as_bytes(), b"");
                if letters > 2 && !stop {
                    lexical.push((bucket, PIECE));
                }
                learner.push((bucket, if stop { PIECE * STOP } else { PIECE }));
            });
            before = Some(stem);
        }
        stems.sort_unstable();
        stems.dedup();
        let direction = direction(words.iter().map(|word| (word.as_str(), is_stop_word(word))));
        Features { lexical: merged(lexical), learner: merged(learner), stems, words: words.len(), direction }
    }
}

/// Lower case, without accents, runs of letters and digits.
fn words(text: &str) -> Vec<String> {
    let folded: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect::<String>().to_lowercase();
    let runs = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    runs.take(MAX_WORDS).map(str::to_owned).collect()
}

fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// Every run of two to five letters of `<word>`, with its number of letters.
fn pieces(word: &str, mut each: impl FnMut(&str, usize)) {
    let fenced = format!("<{word}>");
    let starts: Vec<usize> = fenced.char_indices().map(|(at, _)| at).chain([fenced.len()]).collect();
    for letters in 2..=LONGEST_PIECE.min(starts.len() - 1) {
        for window in starts.windows(letters + 1) {
            each(&fenced[window[0]..window[letters]], letters);
        }
    }
}

/// FNV-1a over three parts (Fowler, Noll, Vo), folded to the number of buckets.
fn hashed(first: &[u8], middle: &[u8], last: &[u8]) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in [first, b"\0", middle, last] {
        for byte in part {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    let folded = (hash ^ (hash >> 32)) as u32;
    folded & (BUCKETS as u32 - 1)
}

/// Sorted by bucket with equal ones added up; the sort is stable, so that the sums are formed in the text's order.
pub(super) fn merged(mut list: Vector) -> Vector {
    list.sort_by_key(|(bucket, _)| *bucket);
    let mut out: Vector = Vec::with_capacity(list.len());
    for (bucket, weight) in list {
        match out.last_mut() {
            Some(last) if last.0 == bucket => last.1 += weight,
            Some(_) | None => out.push((bucket, weight)),
        }
    }
    out
}

/// Length 1, unless it is empty.
fn unit(vector: &mut Vector) {
    let length = vector.iter().map(|(_, w)| w * w).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|(_, w)| *w /= length);
    }
}

/// How rare each feature is among a set of texts: ln((1 + texts) / (1 + texts with it)) + 1.
pub(super) struct Rarity {
    /// The buckets that occur, sorted; a feature's place is its place here.
    known: Vec<u32>,
    /// By place.
    counts: Vec<u32>,
    texts: u32,
}

impl Rarity {
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a Vector> + Clone) -> Self {
        let mut known: Vec<u32> = texts.clone().flatten().map(|(bucket, _)| *bucket).collect();
        known.sort_unstable();
        known.dedup();
        known.shrink_to_fit();
        let mut rarity = Self { counts: vec![0; known.len()], known, texts: 0 };
        for text in texts {
            rarity.texts += 1;
            for place in text.iter().filter_map(|(bucket, _)| rarity.known.binary_search(bucket).ok()) {
                rarity.counts[place] += 1;
            }
        }
        rarity
    }

    /// How many features have a place.
    pub(super) fn places(&self) -> usize {
        self.known.len()
    }

    /// Whether any text has it, and how rare it is.
    pub(super) fn of_bucket(&self, bucket: u32) -> (bool, f32) {
        let place = self.known.binary_search(&bucket).ok();
        (place.is_some(), self.rare(place.map_or(0, |place| self.counts[place])))
    }

    fn rare(&self, count: u32) -> f32 {
        ((1.0 + self.texts as f32) / (1.0 + count as f32)).ln() + 1.0
    }

    /// Places with damped counts times rarity, length 1; features that no text has are left out.
    pub(super) fn weigh(&self, raw: &Vector) -> Vector {
        let known = raw.iter().filter_map(|(bucket, weight)| Some((self.known.binary_search(bucket).ok()?, *weight)));
        let weighed = known.map(|(place, weight)| (place as u32, damped(weight) * self.rare(self.counts[place])));
        let mut vector: Vector = weighed.collect();
        unit(&mut vector);
        vector
    }
}

/// The tenth mention of a word adds less than the first.
fn damped(weight: f32) -> f32 {
    if weight > 1.0 { 1.0 + weight.ln() } else { weight }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_stop_words_can_be_searched() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn inflections_and_accents_make_no_other_feature() {
        let reader = Reader::new();
        assert_eq!(reader.read("Refunds").stems, reader.read("refunding").stems);
        assert_eq!(reader.read("café").lexical, reader.read("CAFE").lexical);
        assert_eq!(reader.read("the of and").lexical, Vec::new());
        assert_eq!(reader.read("").words, 0);
        assert_eq!(reader.read("日本語 …").words, 1);
    }
}
