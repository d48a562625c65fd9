//! Whatever comes in from outside, changed at random: nothing panics, nothing takes long, and what a reader promises holds.
//!
//! Each target has a folder of inputs under `tests/fuzz`. They run as they are, then changed in a fixed order, the same at each
//! run. What came to something new joins the inputs that are changed further. For as long as one likes, with another order each
//! time and a limit of 100 ms an input:
//!
//! ```text
//! WORKFORCE_FUZZ=300 cargo test --release --all-features --test it fuzz
//! ```
//!
//! runs each target for 300 seconds. An input that fails is written to the target's folder; it belongs into the repository
//! together with the mend.

mod change;
mod targets;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use workforce::catalogue::canonical::digest_bytes;

/// The longest that one input may take where time counts: an optimised build that runs for long.
const LONGEST: Duration = Duration::from_millis(100);
/// So many inputs are kept for further changes.
const MOST_KEPT: usize = 4_000;

/// What reads the input; it tells what came of it, in short.
type Target = fn(&[u8]) -> String;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz").join(name)
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// Seconds for each target; `None`: the fixed number of inputs.
fn seconds() -> Option<u64> {
    std::env::var("WORKFORCE_FUZZ").ok().map(|wanted| wanted.parse().expect("WORKFORCE_FUZZ is a number of seconds"))
}

struct Run {
    name: &'static str,
    target: Target,
    timed: bool,
    slowest: Duration,
    tried: usize,
}

impl Run {
    fn one(&mut self, input: &[u8]) -> String {
        let began = Instant::now();
        let came_of_it = catch_unwind(AssertUnwindSafe(|| (self.target)(input)));
        let took = began.elapsed();
        (self.tried, self.slowest) = (self.tried + 1, self.slowest.max(took));
        let too_slow = self.timed && took > LONGEST;
        match came_of_it {
            Ok(came_of_it) if !too_slow => came_of_it,
            Ok(_) | Err(_) => {
                let digest = digest_bytes(input);
                let file = folder(self.name).join(format!("found-{}", &digest[7..19]));
                std::fs::write(&file, input).unwrap();
                panic!(
                    "{}: an input of {} bytes took {took:?} or panicked; it is in {}",
                    self.name,
                    input.len(),
                    file.display()
                )
            }
        }
    }
}

/// Runs a target over its corpus and over `changed` inputs made from it.
fn fuzz(name: &'static str, target: Target, changed: usize) {
    let long = seconds();
    let mut run =
        Run { name, target, timed: long.is_some() && !cfg!(debug_assertions), slowest: Duration::ZERO, tried: 0 };
    let mut kept = corpus(name);
    assert!(!kept.is_empty(), "{name} has no inputs");
    let mut known: HashSet<String> = kept.iter().map(|input| run.one(input)).collect();
    let seed = long.map_or(7, |_| fastrand::u64(..));
    let mut dice = fastrand::Rng::with_seed(seed);
    let began = Instant::now();
    let goes_on = |tried: usize| long.map_or(tried < changed, |seconds| began.elapsed().as_secs() < seconds);
    while goes_on(run.tried) {
        let input = change::changed(&mut dice, &kept);
        let came_of_it = run.one(&input);
        if known.insert(came_of_it) && kept.len() < MOST_KEPT {
            kept.push(input);
        }
    }
    println!(
        "{name}: {} inputs from seed {seed}, {} kinds of outcome, the slowest took {:?}",
        run.tried,
        known.len(),
        run.slowest
    );
}

#[test]
fn envelopes() {
    fuzz("envelope", targets::envelope, 4_000);
}

#[test]
fn button_values() {
    fuzz("button", targets::button, 6_000);
}

#[test]
fn commands() {
    fuzz("command", targets::command, 2_000);
}

#[test]
fn webhooks() {
    fuzz("webhook", targets::webhook, 3_000);
}

#[test]
fn directive_files() {
    fuzz("directive", targets::directive, 120);
}

#[test]
fn policies() {
    fuzz("policy", targets::policy, 250);
}

#[test]
fn policy_inputs() {
    fuzz("policy_input", targets::policy_input, 200);
}

#[test]
fn tool_results() {
    fuzz("tool_result", targets::tool_result, 4_000);
}

#[test]
fn model_answers() {
    fuzz("model", targets::model, 3_000);
}

#[test]
fn agent_answers() {
    fuzz("agent", targets::agent, 4_000);
}
