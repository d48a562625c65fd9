//! `workforce replay`: every recorded decision again, by the directives on disk or those of a revision; nothing is done.
//!
//! It asks the same router and gate as the running bot, with what was known then. Absent here: Slack, tools, writes.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use super::explain::{EXIT_BROKEN_SET, report};
use super::revision;
use crate::backtest::{Report, judge_again};
use crate::clock::{Clock, Span};
use crate::config::{Config, environment};
use crate::directives::diagnostics::Problem;
use crate::directives::{Directives, files};
use crate::flow::directory::read_directory;
use crate::flow::record::record_since;
use crate::store::Store;

/// The settings that are read when nobody names others; they may be absent.
const DEFAULT_CONFIG: &str = "workforce.toml";
/// So many decisions are replayed at most; more than that is years.
const MOST: i64 = 1_000_000;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// How far back: a number with h, d or w, as 12h, 30d or 8w
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = span)]
    since: Span,
    /// Judge by the directives of this git revision instead of those on disk
    #[arg(long, value_name = "REV")]
    against: Option<String>,
    /// The directory of the directives [default: as in the settings]
    #[arg(long, value_name = "DIR")]
    directives: Option<PathBuf>,
    /// The bot's database, sqlite:FILE or postgres://… [default: as in the settings]
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The settings [default: workforce.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Replays and tells; a broken set exits 2 and judges nothing.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let place = Place::of(args.config.as_deref(), args.directives.clone(), args.database.clone())?;
    let (set, by) = match the_set(&place.directives, args.against.as_deref())? {
        Ok(known) => known,
        Err(problems) => {
            report(&problems, &place.directives);
            return Ok(ExitCode::from(EXIT_BROKEN_SET));
        }
    };
    let found = super::block_on(replay(&place.database, args.since, &set))?;
    let text = match args.format {
        Format::Text => found.to_text(&by),
        Format::Json => format!("{}\n", found.to_json(&set.digest)),
    };
    std::io::stdout().write_all(text.as_bytes()).context("the output cannot be written")?;
    Ok(ExitCode::SUCCESS)
}

/// Where the directives and the database are.
pub(super) struct Place {
    pub directives: PathBuf,
    pub database: String,
}

impl Place {
    /// As the arguments say, else as the settings and the environment do.
    pub fn of(config: Option<&Path>, directives: Option<PathBuf>, database: Option<String>) -> anyhow::Result<Self> {
        let file = config.map_or_else(|| PathBuf::from(DEFAULT_CONFIG), Path::to_owned);
        let (known, _) = Config::load(&file, config.is_some(), &environment)?;
        Ok(Self {
            directives: directives.unwrap_or(known.directives),
            database: database.unwrap_or(known.database_url),
        })
    }

    /// Opens the database, which must be there: a mistyped name must not make a new one.
    pub async fn open(&self) -> anyhow::Result<Store> {
        let file = self.database.strip_prefix("sqlite:").map(|rest| rest.trim_start_matches("//"));
        if let Some(file) = file.map(|file| file.split('?').next().unwrap_or_default()) {
            anyhow::ensure!(
                Path::new(file).is_file(),
                "there is no database {file}; name it with --database sqlite:FILE"
            );
        }
        Ok(Store::open(&self.database).await?)
    }
}

type Known = Result<(Directives, String), Vec<Problem>>;

fn the_set(dir: &Path, against: Option<&str>) -> anyhow::Result<Known> {
    let today = Clock::system().now().to_utc().date_naive();
    let (texts, by): (Result<BTreeMap<String, String>, Vec<Problem>>, String) = match against {
        None => (read_directory(dir), "the directives on disk".to_owned()),
        Some(rev) => (Ok(revision::texts(dir, rev)?), format!("the directives of {rev}")),
    };
    Ok(texts.and_then(|texts| files::read_set(&texts, today)).map(|set| (set, by)))
}

async fn replay(database: &str, since: Span, set: &Directives) -> anyhow::Result<Report> {
    let place = Place { directives: PathBuf::new(), database: database.to_owned() };
    let store = place.open().await?;
    let now = store.clock().await?;
    let (decisions, material) = record_since(&store, now.minus(since), MOST, &[set]).await?;
    store.close().await;
    let recorded: Vec<_> = decisions.iter().map(|decision| Some(decision.outcome.clone())).collect();
    let again = judge_again(&decisions, &material, set);
    Ok(Report::of(&decisions, &recorded, &again))
}

/// `30d`, `12h`, `8w`.
fn span(text: &str) -> Result<Span, String> {
    let bad = || format!("“{text}” is no time; write 12h, 30d or 8w");
    let at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
    let (number, unit) = text.split_at(at);
    let number: i64 = number.parse().map_err(|_| bad())?;
    let hours = match unit {
        "h" => 1,
        "d" => 24,
        "w" => 24 * 7,
        _ => return Err(bad()),
    };
    // A hundred years: longer than that and the arithmetic of instants ends.
    if number > 876_000 / hours { Err(bad()) } else { Ok(Span::hours(number * hours)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_number_and_a_unit() {
        assert_eq!(
            (span("30d"), span("12h"), span("2w")),
            (Ok(Span::days(30)), Ok(Span::hours(12)), Ok(Span::days(14)))
        );
        for bad in ["", "30", "d", "-3d", "30 days", "999999999999d"] {
            assert!(span(bad).is_err(), "{bad}");
        }
    }
}
