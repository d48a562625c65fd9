//! Multinomial logistic regression over hashed features, learned with AdaGrad (Duchi et al. 2011) in a fixed order.

use super::features::{BUCKETS, Rarity, Vector};

/// AdaGrad's step.
const STEP: f32 = 0.4;
/// Keeps the first steps finite.
const EPSILON: f32 = 1e-6;
/// How many message visits are worth their time: few messages are seen often, many a few times.
const VISITS: usize = 12_000;
const MIN_EPOCHS: usize = 4;
const MAX_EPOCHS: usize = 12;

pub(super) struct Learner {
    rarity: Rarity,
    /// Bucket → row of weights + 1; 0 where no message has the feature.
    rows: Vec<u32>,
    /// Row after row, one weight for each class.
    weights: Vec<f32>,
    bias: Vec<f32>,
    classes: usize,
}

impl Learner {
    /// `texts` are raw features with their class and the weight of their lesson.
    pub(super) fn of(texts: &[(usize, &Vector, f32)], classes: usize) -> Self {
        let rarity = Rarity::of(texts.iter().map(|(_, raw, _)| *raw));
        let messages: Vec<Vector> = texts.iter().map(|(_, raw, _)| rarity.weigh(raw)).collect();
        let mut rows = vec![0_u32; BUCKETS];
        let mut used = 0;
        for (bucket, _) in messages.iter().flatten() {
            let row = &mut rows[*bucket as usize];
            if *row == 0 {
                used += 1;
                *row = used;
            }
        }
        let mut learner =
            Self { rarity, rows, weights: vec![0.0; used as usize * classes], bias: vec![0.0; classes], classes };
        learner.learn(texts, &messages);
        learner
    }

    fn learn(&mut self, texts: &[(usize, &Vector, f32)], messages: &[Vector]) {
        let mut seen = vec![0.0_f32; self.weights.len()];
        let mut seen_bias = vec![0.0_f32; self.classes];
        let epochs = (VISITS / messages.len().max(1)).clamp(MIN_EPOCHS, MAX_EPOCHS);
        for epoch in 0..epochs {
            for at in order(messages.len(), epoch) {
                let (class, _, weight) = texts[at];
                let mut error = softmax(&self.raw_scores(&messages[at]));
                error[class] -= 1.0;
                error.iter_mut().for_each(|e| *e *= weight);
                for (bucket, value) in &messages[at] {
                    let row = (self.rows[*bucket as usize] as usize - 1) * self.classes;
                    let range = row..row + self.classes;
                    let pairs = self.weights[range.clone()].iter_mut().zip(seen[range].iter_mut());
                    for ((weight, seen), error) in pairs.zip(&error) {
                        let slope = error * value;
                        *seen += slope * slope;
                        *weight -= STEP * slope / (seen.sqrt() + EPSILON);
                    }
                }
                for ((bias, seen), error) in self.bias.iter_mut().zip(&mut seen_bias).zip(&error) {
                    *seen += error * error;
                    *bias -= 0.1 * STEP * error / (seen.sqrt() + EPSILON);
                }
            }
        }
    }

    fn raw_scores(&self, message: &Vector) -> Vec<f32> {
        let mut scores = self.bias.clone();
        for (bucket, value) in message {
            let row = self.rows[*bucket as usize] as usize;
            if row > 0 {
                let weights = &self.weights[(row - 1) * self.classes..row * self.classes];
                scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += value * weight);
            }
        }
        scores
    }

    /// Log odds of each class, up to a shared constant.
    pub(super) fn score(&self, raw: &Vector) -> Vec<f32> {
        self.raw_scores(&self.rarity.weigh(raw))
    }
}

/// Every index once, scattered by a step that has no divisor in common with the number, another one each epoch.
fn order(count: usize, epoch: usize) -> impl Iterator<Item = usize> {
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
