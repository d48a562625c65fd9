//! A margin between one class and all others: squared hinge loss, by dual coordinate descent (Hsieh et al. 2008), in a fixed order.

use super::features::Vector;
use super::learner::order;

/// What a message on the wrong side costs, against the length of the weights.
const COST: f32 = 1.0;
/// Rounds over the messages; the weights hardly move any more by then.
const ROUNDS: usize = 12;
/// Messages well on their side rest, but for one round in so many.
const REST: usize = 4;

/// Messages as lists of rows of weights, ready to be told apart.
pub(super) struct Separator {
    messages: Vec<Vector>,
    /// Squared length of each, the constant included.
    lengths: Vec<f32>,
    rows: usize,
}

impl Separator {
    /// No message names a row from `rows` on.
    pub(super) fn of(messages: Vec<Vector>, rows: usize) -> Self {
        let lengths = messages.iter().map(|m| 1.0 + m.iter().map(|(_, value)| value * value).sum::<f32>()).collect();
        Self { messages, lengths, rows }
    }

    /// Weight of each row and the constant, so that messages which are `inside` score 1 and more, the others −1 and less.
    pub(super) fn separate(&self, inside: impl Fn(usize) -> bool) -> (Vec<f32>, f32) {
        let (mut weights, mut constant) = (vec![0.0_f32; self.rows], 0.0_f32);
        let mut pull = vec![0.0_f32; self.messages.len()];
        let mut rests = vec![false; self.messages.len()];
        let slack = 1.0 / (2.0 * COST);
        for round in 0..ROUNDS {
            for at in order(self.messages.len(), round) {
                if rests[at] && round % REST != 0 {
                    continue;
                }
                let message = &self.messages[at];
                let side = if inside(at) { 1.0 } else { -1.0 };
                let score = constant + message.iter().map(|(row, value)| weights[*row as usize] * value).sum::<f32>();
                let slope = side * score - 1.0 + slack * pull[at];
                let moved = (pull[at] - slope / (self.lengths[at] + slack)).max(0.0);
                let step = side * (moved - pull[at]);
                rests[at] = moved == 0.0 && pull[at] == 0.0;
                if step != 0.0 {
                    pull[at] = moved;
                    constant += step;
                    message.iter().for_each(|(row, value)| weights[*row as usize] += step * value);
                }
            }
        }
        (weights, constant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_told_apart_is_and_the_same_way_each_time() {
        let messages: Vec<Vector> =
            vec![vec![(0, 1.0)], vec![(0, 0.9), (2, 0.1)], vec![(1, 1.0)], vec![(1, 0.9), (2, 0.1)]];
        let separator = Separator::of(messages, 3);
        let (weights, constant) = separator.separate(|at| at < 2);
        assert!(weights[0] + constant > 0.5 && weights[1] + constant < -0.5, "{weights:?} {constant}");
        assert_eq!(separator.separate(|at| at < 2), (weights, constant));
    }
}
