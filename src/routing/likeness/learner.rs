//! What messages teach: two linear learners over hashed features and meaning, added up into one weight for each feature and class.
//!
//! Multinomial logistic regression, learned with AdaGrad (Duchi et al. 2011) in a fixed order, and a margin between each class
//! and the others ([`Separator`]). The first is better with few messages, the second with many; both together are better still.

use super::features::{Rarity, Vector};
use super::margin::Separator;
use super::meaning::{Direction, width};

/// AdaGrad's step.
const STEP: f32 = 0.4;
/// Keeps the first steps finite.
const EPSILON: f32 = 1e-6;
/// How many message visits are worth their time: few messages are seen often, many a few times.
const VISITS: usize = 12_000;
const MIN_EPOCHS: usize = 4;
const MAX_EPOCHS: usize = 12;

/// How much each of the two counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Blend {
    pub odds: f32,
    pub margin: f32,
}

pub(super) struct Learner {
    rarity: Rarity,
    /// Row after row, one weight for each class; a row for each place of a feature, then one for each number of a direction.
    weights: Vec<Short>,
    bias: Vec<f32>,
}

/// The upper half of a number: eight bits of precision are enough for a weight among hundreds, and halve the memory.
#[derive(Debug, Clone, Copy)]
struct Short(u16);

impl Short {
    fn nearest(number: f32) -> Self {
        let bits = number.to_bits();
        Self((bits.wrapping_add(0x7fff + ((bits >> 16) & 1)) >> 16) as u16)
    }

    fn number(self) -> f32 {
        f32::from_bits(u32::from(self.0) << 16)
    }
}

/// Weights while they are learned.
struct Odds {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Learner {
    /// `texts` are raw features and meaning with their class.
    pub(super) fn of(texts: &[(usize, &Vector, &Direction)], classes: usize, blend: Blend) -> Self {
        let rarity = Rarity::of(texts.iter().map(|(_, raw, _)| *raw));
        let messages: Vec<Vector> = texts.iter().map(|(_, raw, meant)| joined(&rarity, raw, meant)).collect();
        let rows = rarity.places() + width();
        let mut odds = Odds::learn(texts, &messages, rows, classes);
        odds.weights.iter_mut().chain(&mut odds.bias).for_each(|weight| *weight *= blend.odds);
        let separator = Separator::of(messages, rows);
        for class in 0..classes {
            let (weights, constant) = separator.separate(|at| texts[at].0 == class);
            odds.bias[class] += blend.margin * constant;
            let column = odds.weights.iter_mut().skip(class).step_by(classes);
            column.zip(weights).for_each(|(sum, weight)| *sum += blend.margin * weight);
        }
        Self { rarity, weights: odds.weights.into_iter().map(Short::nearest).collect(), bias: odds.bias }
    }

    /// How much each class is to be preferred, up to a shared constant.
    pub(super) fn score(&self, raw: &Vector, meant: &Direction) -> Vec<f32> {
        let mut scores = self.bias.clone();
        for (row, value) in joined(&self.rarity, raw, meant) {
            let weights = &self.weights[row as usize * scores.len()..(row as usize + 1) * scores.len()];
            scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += value * weight.number());
        }
        scores
    }
}

/// Weighed words and, behind all their places, the direction.
fn joined(rarity: &Rarity, raw: &Vector, meant: &Direction) -> Vector {
    let mut message = rarity.weigh(raw);
    message.extend(meant.iter().zip(rarity.places() as u32..).map(|(number, place)| (place, *number)));
    message
}

impl Odds {
    fn learn(texts: &[(usize, &Vector, &Direction)], messages: &[Vector], rows: usize, classes: usize) -> Self {
        let mut odds = Self { weights: vec![0.0; rows * classes], bias: vec![0.0; classes] };
        let mut seen = vec![0.0_f32; odds.weights.len()];
        let mut seen_bias = vec![0.0_f32; classes];
        let epochs = (VISITS / messages.len().max(1)).clamp(MIN_EPOCHS, MAX_EPOCHS);
        for epoch in 0..epochs {
            for at in order(messages.len(), epoch) {
                let mut error = softmax(&odds.scores(&messages[at]));
                error[texts[at].0] -= 1.0;
                for (row, value) in &messages[at] {
                    let range = *row as usize * classes..(*row as usize + 1) * classes;
                    let pairs = odds.weights[range.clone()].iter_mut().zip(seen[range].iter_mut());
                    for ((weight, seen), error) in pairs.zip(&error) {
                        let slope = error * value;
                        *seen += slope * slope;
                        *weight -= STEP * slope / (seen.sqrt() + EPSILON);
                    }
                }
                for ((bias, seen), error) in odds.bias.iter_mut().zip(&mut seen_bias).zip(&error) {
                    *seen += error * error;
                    *bias -= 0.1 * STEP * error / (seen.sqrt() + EPSILON);
                }
            }
        }
        odds
    }

    fn scores(&self, message: &Vector) -> Vec<f32> {
        let mut scores = self.bias.clone();
        let classes = scores.len();
        for (row, value) in message {
            let weights = &self.weights[*row as usize * classes..(*row as usize + 1) * classes];
            scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += value * weight);
        }
        scores
    }
}

/// Every index once, scattered by a step that has no divisor in common with the number, another one each epoch.
pub(super) fn order(count: usize, epoch: usize) -> impl Iterator<Item = usize> {
    let divisor = |mut a: usize, mut b: usize| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let golden = (count as f64 * 0.618) as usize + epoch;
    let step = (golden.max(1)..).find(|step| divisor(*step, count.max(1)) == 1).unwrap_or(1);
    (0..count).map(move |at| (at * step + epoch) % count)
}

pub(super) fn softmax(scores: &[f32]) -> Vec<f32> {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised: Vec<f32> = scores.iter().map(|score| (score - top).exp()).collect();
    let sum: f32 = raised.iter().sum();
    raised.into_iter().map(|each| each / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_texts_no_class_is_preferred() {
        let learner = Learner::of(&[], 2, Blend { odds: 1.0, margin: 1.0 });
        assert_eq!(learner.score(&vec![(7, 1.0)], &vec![1.0; width()]), vec![0.0, 0.0]);
    }

    #[test]
    fn a_short_number_is_near_its_number() {
        for number in [0.0_f32, 1.0, -0.123_456, 12.345, 1e-5] {
            let short = Short::nearest(number).number();
            assert!((short - number).abs() <= number.abs() / 256.0, "{number} {short}");
        }
    }
}
