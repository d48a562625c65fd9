//! What words mean, as far as a table can tell: "reimburse" is near "refund", though they share no letters.
//!
//! The table (`words.bin`) gives about 27,000 English words and endings 160 numbers each; the meaning of a text is the sum over its
//! words. `docs/routing.md` says where the table comes from and how it is made again. Absent here: the order of words, languages
//! other than English, and whatever a company's own words mean; the other scores know those.

use std::sync::OnceLock;

/// See [`Table::of`] for its form.
static WORDS: &[u8] = include_bytes!("words.bin");

/// Weight of a word that occurs in every kind of request.
const STOP: f32 = 0.15;
/// How much more the nearest snippet counts than the others of its class.
const SHARPNESS: i32 = 8;

/// A text's direction: a vector of length 1, or of length 0 where no word is known.
pub(super) type Direction = Vec<f32>;

struct Table {
    /// Sorted; what continues a word begins with `##`.
    words: Vec<&'static str>,
    numbers: &'static [u8],
    width: usize,
}

impl Table {
    /// Three numbers of four bytes, the least significant first: how many words, how many numbers a word, how many bytes the
    /// words take; then the words, sorted by their bytes, with a line feed between them; then a signed byte for each number.
    fn of(file: &'static [u8]) -> Option<Self> {
        let (head, rest) = file.split_at_checked(12)?;
        let number = |at: usize| Some(u32::from_le_bytes(head.get(at..at + 4)?.try_into().ok()?) as usize);
        let (count, width, length) = (number(0)?, number(4)?, number(8)?);
        let (words, numbers) = rest.split_at_checked(length)?;
        let words: Vec<&str> = std::str::from_utf8(words).ok()?.split('\n').collect();
        (words.len() == count && numbers.len() == count * width).then_some(Self { words, numbers, width })
    }

    fn shipped() -> &'static Self {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| Self::of(WORDS).expect("the table was checked by a test when it was built in"))
    }

    fn find(&self, word: &str) -> Option<usize> {
        self.words.binary_search(&word).ok()
    }

    /// Adds a word, cut into the longest known parts from its beginning; what follows an unknown part adds nothing.
    fn add(&self, word: &str, weight: f32, sum: &mut [f32]) {
        let mut rest = word;
        let mut looked = String::with_capacity(word.len() + 2);
        while !rest.is_empty() {
            let ends = rest.char_indices().map(|(at, sign)| at + sign.len_utf8()).rev();
            let found = ends.into_iter().find_map(|end| {
                looked.clear();
                looked.push_str(if rest.len() == word.len() { "" } else { "##" });
                looked.push_str(&rest[..end]);
                Some((self.find(&looked)?, end))
            });
            let Some((at, end)) = found else { return };
            let row = &self.numbers[at * self.width..(at + 1) * self.width];
            sum.iter_mut().zip(row).for_each(|(sum, number)| *sum += weight * f32::from(number.cast_signed()));
            rest = &rest[end..];
        }
    }
}

/// How many numbers a direction has.
pub(super) fn width() -> usize {
    Table::shipped().width
}

/// Where a text points; `words` in lower case, each with whether it is a stop word.
pub(super) fn direction<'a>(words: impl Iterator<Item = (&'a str, bool)>) -> Direction {
    let table = Table::shipped();
    let mut sum = vec![0.0; table.width];
    for (word, stop) in words {
        table.add(word, if stop { STOP } else { 1.0 }, &mut sum);
    }
    unit(sum)
}

fn unit(mut vector: Direction) -> Direction {
    let length = dot(&vector, &vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|number| *number /= length);
    }
    vector
}

fn dot(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

/// The directions of all snippets.
pub(super) struct Meaning {
    /// One after another, each as wide as the table.
    snippets: Vec<f32>,
    /// Class of each snippet.
    owner: Vec<u32>,
    classes: usize,
}

/// How near a message is to each class, −1 to 1.
pub(super) struct MeaningScores {
    /// To the nearest snippets together.
    pub snippet: Vec<f32>,
    /// The greatest cosine with any one snippet, by class.
    pub closest: Vec<f32>,
}

impl Meaning {
    pub(super) fn of(texts: &[(usize, &Direction)], classes: usize) -> Self {
        Self {
            snippets: texts.iter().flat_map(|(_, direction)| direction.iter().copied()).collect(),
            owner: texts.iter().map(|(class, _)| *class as u32).collect(),
            classes,
        }
    }

    pub(super) fn score(&self, message: &Direction) -> MeaningScores {
        let mut snippet = vec![0.0_f32; self.classes];
        let mut closest = vec![0.0_f32; self.classes];
        for (owner, direction) in self.owner.iter().zip(self.snippets.chunks_exact(message.len().max(1))) {
            let cosine = dot(direction, message).max(0.0);
            snippet[*owner as usize] += cosine.powi(SHARPNESS);
            closest[*owner as usize] = closest[*owner as usize].max(cosine);
        }
        snippet.iter_mut().for_each(|sum| *sum = sum.powf(1.0 / SHARPNESS as f32));
        MeaningScores { snippet, closest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Direction {
        direction(text.split(' ').map(|word| (word, false)))
    }

    #[test]
    fn the_shipped_table_is_whole_and_sorted() {
        let table = Table::of(WORDS).unwrap();
        assert!(table.words.is_sorted() && table.words.len() > 20_000, "{}", table.words.len());
        assert!(Table::of(&WORDS[..WORDS.len() - 1]).is_none());
    }

    #[test]
    fn words_of_one_meaning_are_near() {
        let near = |a: &str, b: &str| dot(&of(a), &of(b));
        assert!(near("salary", "wages") > near("salary", "parcel") + 0.2);
        assert!(near("laptop", "computer") > near("laptop", "holiday") + 0.2);
    }

    #[test]
    fn what_no_word_is_known_of_points_nowhere() {
        assert!(of("日本語").iter().all(|number| *number == 0.0));
        assert!(direction(std::iter::empty()).iter().all(|number| *number == 0.0));
        let scores = Meaning::of(&[(0, &of("refund"))], 1).score(&of("日本語"));
        assert_eq!((scores.snippet, scores.closest), (vec![0.0], vec![0.0]));
    }
}
