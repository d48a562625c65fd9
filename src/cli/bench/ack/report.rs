//! What was measured, for people and for programs, next to what is to be reached.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Row;
use super::intakes::Behind;
use crate::sandbox::{Drive, Latencies};

/// The inbox reaches this share of the floor with a group commit …
const LEAST_SHARE_OF_FLOOR: f64 = 0.5;
/// … an ordinary stream is acknowledged within this time, but for one in a hundred …
const MOST_P99_US: u64 = 100_000;
/// … and bot and sandbox together hold less than this.
const MOST_RESIDENT_MIB: f64 = 100.0;

/// Of each kind of finding this many are shown.
const FINDINGS_SHOWN: usize = 5;

pub(super) struct Report {
    pub engine: String,
    pub in_flight: u64,
    pub sockets: u64,
    pub rows: Vec<Row>,
}

/// Something to be reached.
struct Goal {
    what: String,
    measured: String,
    /// `None`: it could not be measured here.
    holds: Option<bool>,
}

impl Report {
    pub fn text(&self) -> String {
        let mut out = format!("{}\n\n", self.machine());
        out.push_str("| behind the sockets | driven by | acks/s | of floor | p50 ms | p90 ms | p99 ms | p99.9 ms | max ms | sent | acked | stored | RSS MiB |\n");
        out.push_str("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        for row in &self.rows {
            let ms = |share| format!("{:.2}", row.latencies.within_us(share) as f64 / 1e3);
            let cells = [
                name(row.behind).to_owned(),
                drive(row.drive),
                format!("{:.0}", median(&row.rates)),
                self.share_of_floor(row).map_or_else(|| "–".to_owned(), |share| format!("{share:.2}")),
                ms(0.5),
                ms(0.9),
                ms(0.99),
                ms(0.999),
                format!("{:.2}", row.latencies.longest_us() as f64 / 1e3),
                row.sent.to_string(),
                row.acked.to_string(),
                row.stored.map_or_else(|| "–".to_owned(), |stored| stored.to_string()),
                row.resident_mib.map_or_else(|| "unknown".to_owned(), |mib| format!("{mib:.0}")),
            ];
            // Writing to a string cannot fail.
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
        out.push('\n');
        for goal in self.goals() {
            let holds = goal.holds.map_or("not measured", |holds| if holds { "holds" } else { "MISSED" });
            let _ = writeln!(out, "{holds}: {} (measured: {})", goal.what, goal.measured);
        }
        for row in self.rows.iter().filter(|row| !row.findings.is_empty()) {
            let count = row.findings.len();
            let _ = writeln!(out, "\n{count} findings against “{}, {}”:", name(row.behind), drive(row.drive));
            row.findings.iter().take(FINDINGS_SHOWN).for_each(|finding| {
                let _ = writeln!(out, "  {finding}");
            });
        }
        out
    }

    pub fn json(&self) -> Value {
        json!({
            "machine": { "cores": cores(), "engine": self.engine, "profile": profile() },
            "in_flight": self.in_flight,
            "sockets": self.sockets,
            "rows": self.rows.iter().map(|row| self.row_json(row)).collect::<Vec<_>>(),
            "goals": self.goals().iter().map(|goal| json!({
                "what": goal.what, "measured": goal.measured, "holds": goal.holds,
            })).collect::<Vec<_>>(),
        })
    }

    fn row_json(&self, row: &Row) -> Value {
        json!({
            "behind": name(row.behind),
            "driven_by": drive(row.drive),
            "per_second": median(&row.rates),
            "per_second_by_round": row.rates,
            "share_of_floor": self.share_of_floor(row),
            "latency_us": latencies(&row.latencies),
            "sent": row.sent,
            "acked": row.acked,
            "stored": row.stored,
            "findings": row.findings,
            "resident_mib": row.resident_mib,
        })
    }

    fn machine(&self) -> String {
        format!(
            "{} cores, {}, {} build; {} envelopes in flight over {} sockets; sandbox and bot in one process",
            cores(),
            self.engine,
            profile(),
            self.in_flight,
            self.sockets
        )
    }

    fn row(&self, behind: Behind, paced: bool) -> Option<&Row> {
        self.rows.iter().find(|row| row.behind == behind && matches!(row.drive, Drive::Paced { .. }) == paced)
    }

    /// Against the floor with a group commit, round by round; of rows that are driven by acknowledgements only.
    fn share_of_floor(&self, row: &Row) -> Option<f64> {
        let floor = self.row(Behind::GroupCommit, false)?;
        match row.drive {
            Drive::Paced { .. } => None,
            Drive::Window { .. } if row.rates.len() == floor.rates.len() => {
                let shares: Vec<f64> = row.rates.iter().zip(&floor.rates).map(|(rate, floor)| rate / floor).collect();
                Some(median(&shares))
            }
            Drive::Window { .. } => Some(median(&row.rates) / median(&floor.rates)),
        }
    }

    fn goals(&self) -> Vec<Goal> {
        let share = self.row(Behind::Inbox, false).and_then(|row| self.share_of_floor(row));
        let p99 =
            self.row(Behind::Everything, true).filter(|row| row.acked > 0).map(|row| row.latencies.within_us(0.99));
        let resident = self
            .rows
            .iter()
            .filter_map(|row| row.resident_mib)
            .fold(None, |most: Option<f64>, mib| Some(most.map_or(mib, |most| most.max(mib))));
        vec![
            Goal {
                what: "the inbox reaches half of the floor with a group commit".to_owned(),
                measured: share.map_or_else(|| "nothing".to_owned(), |share| format!("{share:.2}")),
                holds: share.map(|share| share >= LEAST_SHARE_OF_FLOOR),
            },
            Goal {
                what: format!("p99 of at most 100 ms at {}/s, with all loops at work", super::PACED_PER_SECOND),
                measured: p99.map_or_else(|| "nothing".to_owned(), |us| format!("{:.1} ms", us as f64 / 1e3)),
                holds: p99.map(|us| us <= MOST_P99_US),
            },
            Goal {
                what: "less than 100 MiB resident, sandbox included".to_owned(),
                measured: resident.map_or_else(|| "unknown".to_owned(), |mib| format!("{mib:.0} MiB")),
                holds: resident.map(|mib| mib < MOST_RESIDENT_MIB),
            },
        ]
    }
}

fn latencies(of: &Latencies) -> Value {
    json!({
        "p50": of.within_us(0.5), "p90": of.within_us(0.9), "p99": of.within_us(0.99), "p999": of.within_us(0.999),
        "max": of.longest_us(),
    })
}

fn name(behind: Behind) -> &'static str {
    match behind {
        Behind::Nothing => "nothing",
        Behind::GroupCommit => "group commit only",
        Behind::Inbox => "inbox",
        Behind::Everything => "inbox and all loops",
    }
}

fn drive(drive: Drive) -> String {
    match drive {
        Drive::Window { in_flight } => format!("{in_flight} in flight"),
        Drive::Paced { per_second } => format!("{per_second}/s"),
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn profile() -> &'static str {
    if cfg!(debug_assertions) { "debug" } else { "release" }
}

/// The middle one, or the upper of the two in the middle; 0 of nothing.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}
