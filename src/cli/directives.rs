//! `workforce directives accept`: the agreement of whoever may run the program, at the first start and whenever an edited set
//! would be looser.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;

use super::replay::Place;
use crate::backtest::looser::Looser;
use crate::directives::changes::without_account;
use crate::flow::directory::read_directory;
use crate::flow::effect::{Agreed, agree, proposed};
use crate::store::Store;

/// The exit status when nothing was accepted.
const EXIT_NOT_ACCEPTED: u8 = 1;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print what the directives on disk grant that those in force do not, and agree to it
    Accept(AcceptArgs),
}

#[derive(Debug, clap::Args)]
struct AcceptArgs {
    /// The directory of the directives [default: as in the settings]
    #[arg(long, value_name = "DIR")]
    directives: Option<PathBuf>,
    /// The bot's database, sqlite:FILE or postgres://… [default: as in the settings]
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The settings [default: workforce.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Agree without being asked
    #[arg(long)]
    yes: bool,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Command::Accept(args) = args.command;
    let place = Place::of(args.config.as_deref(), args.directives.clone(), args.database.clone())?;
    super::block_on(accept(&place, args.yes))
}

async fn accept(place: &Place, yes: bool) -> anyhow::Result<ExitCode> {
    let texts = read_directory(&place.directives).map_err(|problems| broken(&problems, &place.directives))?;
    let store = Store::open(&place.database).await?;
    let now = store.clock().await?;
    let agreed = proposed(&store, &texts, now).await?.map_err(|problems| broken(&problems, &place.directives))?;
    let code = if agreed.instead_of.as_deref() == Some(agreed.set.digest.as_str()) {
        say("These directives are in force already; there is nothing to agree to.\n")?;
        ExitCode::SUCCESS
    } else {
        say(&told(&agreed))?;
        if yes || asked()? {
            agree(&store, &agreed, now).await?;
            say(&format!(
                "Accepted {}. A running bot takes it up within a second; else the next start does.\n",
                agreed.set.digest
            ))?;
            ExitCode::SUCCESS
        } else {
            say("Nothing was accepted; --yes agrees without being asked.\n")?;
            ExitCode::from(EXIT_NOT_ACCEPTED)
        }
    };
    store.close().await;
    Ok(code)
}

fn broken(problems: &[crate::directives::diagnostics::Problem], dir: &Path) -> anyhow::Error {
    anyhow::Error::msg(format!(
        "these directives do not hold, so nobody can agree to them\n\n{}",
        super::check::told(problems, dir)
    ))
}

/// What the set grants, by kind.
fn told(agreed: &Agreed) -> String {
    let mut out = match &agreed.instead_of {
        None => "No directives are in force yet. These grant:\n".to_owned(),
        Some(_) if agreed.grants.is_empty() => "Nothing becomes looser than what is in force.\n".to_owned(),
        Some(_) => "Looser than what is in force:\n".to_owned(),
    };
    for Looser { says, place, .. } in &agreed.grants {
        let place = place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
        out.push_str(&format!("  • {says}{place}\n"));
    }
    let bare = without_account(&agreed.set.roster);
    if !bare.is_empty() {
        let bare: Vec<String> = bare.iter().map(|handle| format!("@{handle}")).collect();
        out.push_str(&format!(
            "Nobody acts as {}: a handle alone wins no seat. Give their address or user id in company.md.\n",
            bare.join(", ")
        ));
    }
    out
}

/// Asks on a terminal; where there is none, nobody agreed.
fn asked() -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    say("Agree? [y/N] ")?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("the answer cannot be read")?;
    Ok(matches!(line.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("the output cannot be written")
}
