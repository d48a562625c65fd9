//! How sure the best class is: seven signs, weighed by a logistic regression.
use super::lexical::LexicalScores;

pub(in crate::routing) const SIGNS: usize = 16;

/// What tells a safe answer from a guess.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::routing) struct Signs(pub [f64; SIGNS]);

impl Signs {
    pub(super) fn of(sums: &[f32], shares: &[f32], lexical: &LexicalScores, words: usize, parts:&[Vec<f32>;4], n:f32) -> Self {
        let (mut top, mut second) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
        for sum in sums { if *sum > top { second = top; top = *sum; } else if *sum > second { second = *sum; } }
        let share = f64::from(shares.iter().copied().fold(0.0, f32::max)).clamp(1e-6, 1.0 - 1e-6);
        Self([
            (share / (1.0 - share)).ln(),
            f64::from(top - second.max(top - 50.0)),
            f64::from(top),
            f64::from(lexical.best_snippet),
            f64::from(lexical.best_document),
            f64::from(lexical.known),
            (1.0 + words as f64).ln(),
            { let best = arg(sums); parts.iter().filter(|p| arg(p)==best).count() as f64 },
            { let s = super::softmax(&parts[3].iter().map(|x| x*super::LEARNER_SCALE).collect::<Vec<_>>()); let p=f64::from(s[arg(sums)]).clamp(1e-6,1.0-1e-6); (p/(1.0-p)).ln() },
            f64::from(lexical.snip_of[arg(sums)]),
            f64::from(lexical.document[arg(sums)]),
            f64::from(lexical.known_idf),
            f64::from(lexical.known_n),
            f64::from((1.0+n).ln()),
            { let b=arg(sums); f64::from(lexical.snip_of[b]) - f64::from(lexical.snip_of.iter().enumerate().filter(|(i,_)|*i!=b).map(|(_,x)|*x).fold(0.0,f32::max)) },
            { let b=arg(sums); f64::from(lexical.document[b]) - f64::from(lexical.document.iter().enumerate().filter(|(i,_)|*i!=b).map(|(_,x)|*x).fold(0.0,f32::max)) },
        ])
    }
}
pub(in crate::routing) struct Calibration { pub weights: [f64; SIGNS], pub bias: f64 }
pub(in crate::routing) struct Outcome;

fn arg(v:&[f32])->usize{let mut b=0;for i in 1..v.len(){if v[i]>v[b]{b=i}}b}
