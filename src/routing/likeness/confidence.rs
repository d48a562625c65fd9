//! How sure the best class is: eight signs, weighed by a logistic regression, and when that is sure enough. What a sign is
//! worth, and how sure is enough, moves with the number of labelled messages a class.
//!
//! The weights and the threshold that are shipped were fitted to the validation parts of two public sets (`docs/routing.md`).
//! Once a company has outcomes of its own they are fitted again, held near the shipped ones while outcomes are few.

/// Below this a human decides where nothing was ever labelled.
const FIRST_THRESHOLD: f64 = 0.93;
/// How much lower the threshold is for each step of ln(1 + labelled messages a class): the more is known, the more of what is
/// above it is nearly certain, and the lower the least certain may be for the same precision of all together.
const THRESHOLD_FALL: f64 = 0.03;
/// No threshold is lower, however good the outcomes look.
const MIN_THRESHOLD: f64 = 0.7;
/// No threshold is higher; above it nothing would be routed and nothing could be learned.
const MAX_THRESHOLD: f64 = 0.98;
/// What part of the messages that are routed alone should be routed right.
const WANTED_PRECISION: f64 = 0.96;
/// With fewer outcomes the shipped calibration stays.
pub(in crate::routing) const MIN_OUTCOMES: usize = 50;
/// Only the latest outcomes count: companies change.
pub(in crate::routing) const MAX_OUTCOMES: usize = 400;
/// The shipped weights resist change as if they had been learned from so many messages here.
const PRIOR_MESSAGES: f64 = 20_000.0;
/// Newton's method is done well before.
const FIT_STEPS: usize = 25;

/// ln(1 + n) of about a thousand labelled messages a class.
const MUCH_LABELLED: f64 = 7.0;

const PLAIN_SIGNS: usize = 8;
/// Each plain sign also times what was labelled, and that itself.
const SIGNS: usize = 2 * PLAIN_SIGNS + 1;
/// The signs and the constant.
const TERMS: usize = SIGNS + 1;

/// Shipped weights, in the order of [`Signs`], the constant last.
const DEFAULT_WEIGHTS: [f64; TERMS] = [
    1.140, -0.620, -0.129, 0.443, -0.267, -0.063, 3.473, -0.679, -4.424, -0.596, 0.969, 0.556, -0.230, 0.406, 0.184,
    3.697, 0.690, -2.391,
];
/// How much one message of the shipped data told about each weight: the diagonal of the mean Hessian at the optimum.
const PRIOR_PRECISION: [f64; TERMS] = [
    0.4028, 0.0202, 0.0349, 0.1234, 0.4479, 0.1639, 0.0277, 0.1221, 0.0216, 0.1185, 0.0053, 0.0114, 0.0372, 0.1073,
    0.0474, 0.0076, 0.0304, 0.0902,
];

/// What was seen of one message and its best class.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub share: f32,
    pub share_by_learner: f32,
    pub closest: f32,
    pub known_part: f32,
    pub known_stems: usize,
    pub words: usize,
    pub labelled: f32,
    pub share_by_meaning: f32,
    pub meant_closest: f32,
}

/// What tells a safe answer from a guess.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::routing) struct Signs(pub [f64; SIGNS]);

impl Signs {
    pub(super) fn of(seen: &Seen) -> Self {
        let plain = [
            log_odds(seen.share),
            f64::from(seen.closest),
            f64::from(seen.known_part),
            (1.0 + seen.known_stems as f64).ln(),
            (1.0 + seen.words as f64).ln(),
            log_odds(seen.share_by_learner),
            f64::from(seen.meant_closest),
            log_odds(seen.share_by_meaning),
        ];
        let learned = labelled_part(seen.labelled);
        Self(std::array::from_fn(|at| match at.checked_sub(PLAIN_SIGNS) {
            None => plain[at],
            Some(0) => learned,
            Some(after) => learned * plain[after - 1],
        }))
    }

    fn terms(&self) -> [f64; TERMS] {
        std::array::from_fn(|at| self.0.get(at).copied().unwrap_or(1.0))
    }
}

fn labelled_part(labelled: f32) -> f64 {
    (1.0 + f64::from(labelled)).ln() / MUCH_LABELLED
}

fn log_odds(share: f32) -> f64 {
    let share = f64::from(share).clamp(1e-6, 1.0 - 1e-6);
    (share / (1.0 - share)).ln()
}

/// What became of a message: its signs then, and whether the best class was the right one.
#[derive(Debug, Clone, Copy)]
pub(in crate::routing) struct Outcome {
    pub signs: Signs,
    pub right: bool,
}

/// Signs → confidence, and how much of it is enough.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::routing) struct Calibration {
    weights: [f64; TERMS],
    threshold: f64,
}

impl Calibration {
    /// The shipped one, for so many labelled messages a class.
    pub(in crate::routing) fn shipped(labelled: f32) -> Self {
        let threshold = FIRST_THRESHOLD - THRESHOLD_FALL * labelled_part(labelled) * MUCH_LABELLED;
        Self { weights: DEFAULT_WEIGHTS, threshold: threshold.clamp(MIN_THRESHOLD, MAX_THRESHOLD) }
    }

    /// From outcomes, the latest last; the shipped one while they are few.
    pub(in crate::routing) fn of(outcomes: &[Outcome], labelled: f32) -> Self {
        let mut fitted = Self::shipped(labelled);
        if outcomes.len() >= MIN_OUTCOMES {
            let latest = &outcomes[outcomes.len().saturating_sub(MAX_OUTCOMES)..];
            fitted.weights = fit(latest);
            fitted.threshold = fitted.lowest_safe_threshold(latest);
        }
        fitted
    }

    /// How likely the best class is right, 0 to 1.
    pub(in crate::routing) fn confidence(&self, signs: &Signs) -> f64 {
        sigmoid(dot(&self.weights, &signs.terms()))
    }

    pub(in crate::routing) fn is_enough(&self, confidence: f64) -> bool {
        confidence >= self.threshold
    }

    /// The lowest threshold above which messages like the recent ones are right as often as wanted, on average.
    fn lowest_safe_threshold(&self, recent: &[Outcome]) -> f64 {
        let mut sure: Vec<f64> = recent.iter().map(|outcome| self.confidence(&outcome.signs)).collect();
        sure.sort_by(|a, b| b.total_cmp(a));
        let (mut sum, mut lowest) = (0.0, MAX_THRESHOLD);
        for (at, confidence) in sure.iter().enumerate() {
            sum += confidence;
            if sum / (at + 1) as f64 >= WANTED_PRECISION {
                lowest = *confidence;
            }
        }
        lowest.clamp(MIN_THRESHOLD, MAX_THRESHOLD)
    }
}

/// Logistic regression by Newton's method, held near the shipped weights.
fn fit(outcomes: &[Outcome]) -> [f64; TERMS] {
    let mut weights = DEFAULT_WEIGHTS;
    for _ in 0..FIT_STEPS {
        let mut slope = [0.0; TERMS];
        let mut bend = [[0.0; TERMS]; TERMS];
        for at in 0..TERMS {
            let hold = PRIOR_MESSAGES * PRIOR_PRECISION[at];
            slope[at] = hold * (weights[at] - DEFAULT_WEIGHTS[at]);
            bend[at][at] = hold;
        }
        for outcome in outcomes {
            let terms = outcome.signs.terms();
            let expected = sigmoid(dot(&weights, &terms));
            let error = expected - if outcome.right { 1.0 } else { 0.0 };
            for row in 0..TERMS {
                slope[row] += error * terms[row];
                for column in 0..TERMS {
                    bend[row][column] += expected * (1.0 - expected) * terms[row] * terms[column];
                }
            }
        }
        let step = solve(bend, slope);
        weights.iter_mut().zip(step).for_each(|(weight, step)| *weight -= step);
    }
    weights
}

/// Gauss-Jordan elimination; the matrix is positive definite, so that no pivot is zero.
fn solve(mut matrix: [[f64; TERMS]; TERMS], mut right: [f64; TERMS]) -> [f64; TERMS] {
    for pivot in 0..TERMS {
        let by = matrix[pivot][pivot];
        matrix[pivot].iter_mut().for_each(|value| *value /= by);
        right[pivot] /= by;
        let (lead, base) = (matrix[pivot], right[pivot]);
        for row in (0..TERMS).filter(|row| *row != pivot) {
            let times = matrix[row][pivot];
            matrix[row].iter_mut().zip(lead).for_each(|(value, lead)| *value -= times * lead);
            right[row] -= times * base;
        }
    }
    right
}

fn dot(left: &[f64; TERMS], right: &[f64; TERMS]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(share: f32, right: bool) -> Outcome {
        let seen = Seen {
            share,
            share_by_learner: share,
            closest: share / 2.0,
            known_part: share,
            known_stems: 3,
            words: 6,
            labelled: 5.0,
            share_by_meaning: share,
            meant_closest: share / 2.0,
        };
        Outcome { signs: Signs::of(&seen), right }
    }

    #[test]
    fn few_outcomes_change_nothing_and_many_do() {
        let all_right: Vec<Outcome> = (0..MIN_OUTCOMES).map(|at| outcome(0.5 + at as f32 / 200.0, true)).collect();
        assert_eq!(Calibration::of(&all_right[1..], 5.0), Calibration::shipped(5.0));
        let signs = outcome(0.7, true).signs;
        let fitted = Calibration::of(&all_right, 5.0);
        assert!(fitted.confidence(&signs) > Calibration::shipped(5.0).confidence(&signs));
        assert_eq!(Calibration::of(&all_right, 5.0), fitted, "the same outcomes give the same calibration");
        let all_wrong: Vec<Outcome> = all_right.iter().map(|each| Outcome { right: false, ..*each }).collect();
        assert!(Calibration::of(&all_wrong, 5.0).confidence(&signs) < Calibration::shipped(5.0).confidence(&signs));
    }

    #[test]
    fn the_more_was_labelled_the_lower_is_the_shipped_threshold() {
        let thresholds = [0.0, 20.0, 300.0, 1e9].map(|labelled| Calibration::shipped(labelled).threshold);
        assert!(thresholds.is_sorted_by(|a, b| a > b), "{thresholds:?}");
        assert_eq!((thresholds[0], thresholds[3]), (FIRST_THRESHOLD, MIN_THRESHOLD));
    }

    #[test]
    fn the_threshold_stays_within_its_bounds() {
        for right in [true, false] {
            let outcomes: Vec<Outcome> = (0..200).map(|at| outcome(at as f32 / 200.0, right)).collect();
            let threshold = Calibration::of(&outcomes, 5.0).threshold;
            assert!((MIN_THRESHOLD..=MAX_THRESHOLD).contains(&threshold), "{threshold}");
        }
    }
}
