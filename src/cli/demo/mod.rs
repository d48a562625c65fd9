//! `workforce demo`: a look-alike Slack, the bot, its tools and the example company in one process, without keys or network.
//!
//! It opens a page on which one acts as anybody. `--play` shows the rehearsals as conversations first, one fresh company each;
//! afterwards the company stays open until Ctrl-C.

mod house;
mod tries;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use house::House;

use super::rehearse::{paint, tally, with_problems};
use crate::rehearsals::company::{Setting, Time, Weather};
use crate::rehearsals::transcript::{self, Paint};
use crate::rehearsals::{CannotRehearse, Company, Outcome, Play, Rehearsal, run};
use crate::sandbox::SandboxError;

/// The exit status when the company does something else than its rehearsals say.
const EXIT_DIFFERS: u8 = 1;
/// The folder that is played when it is there; else the example that is part of the program.
const FOLDER: &str = "directives";
/// Reading speed: this long for each character that was printed …
const PER_CHARACTER: Duration = Duration::from_millis(12);
/// … but not longer than this for one step.
const LONGEST_PAUSE: Duration = Duration::from_secs(6);

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Play the rehearsals as conversations and compare what happens with what they say
    #[arg(long)]
    play: bool,
    /// Play without pauses
    #[arg(long, requires = "play")]
    fast: bool,
    /// Leave after playing; otherwise the company stays open until Ctrl-C
    #[arg(long, requires = "play")]
    exit: bool,
    /// Where the page is served on 127.0.0.1; 0 lets the system choose
    #[arg(long, value_name = "PORT", default_value_t = 8765)]
    port: u16,
    /// Print the page's address, and do not open it in a browser
    #[arg(long)]
    no_open: bool,
    /// Keep databases and the private copies of the directives in this folder
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// Plays, then serves; exits 1 when something differs.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let company = company()?;
    let program = std::env::current_exe().context("this program cannot be found, so its tool servers cannot start")?;
    let temporary = tempfile::tempdir().context("there is no place for the demo's databases")?;
    let dir = args.keep.clone().unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    let dir = dir.canonicalize().with_context(|| format!("{} cannot be found", dir.display()))?;
    super::block_on(async {
        let mut code = ExitCode::SUCCESS;
        if args.play {
            let outcomes = Box::pin(play(&company, &company.rehearsals()?, &program, &dir, args.fast)).await?;
            summary(&outcomes, args.keep.as_ref().map(|_| dir.as_path()));
            if !outcomes.iter().all(Outcome::passed) {
                code = ExitCode::from(EXIT_DIFFERS);
            }
        }
        if !args.exit {
            Box::pin(stay_open(&company, &program, &dir, &args)).await?;
        }
        Ok(code)
    })
}

fn company() -> anyhow::Result<Company> {
    let folder = Path::new(FOLDER);
    if folder.join("company.md").is_file() {
        return Company::of_folder(folder).map_err(|error| with_problems(error, folder));
    }
    Ok(Company::example()?)
}

async fn play(
    company: &Company,
    rehearsals: &[Rehearsal],
    program: &Path,
    dir: &Path,
    fast: bool,
) -> anyhow::Result<Vec<Outcome>> {
    let paint = paint();
    if fast {
        let tell = |outcome: &Outcome| print!("{}", transcript::section(outcome, paint));
        return Ok(run::rehearse(company, rehearsals, program, dir, tell).await?);
    }
    let mut outcomes = Vec::new();
    for (file, section) in rehearsals.iter().flat_map(|one| one.sections.iter().map(move |s| (&one.file, s))) {
        show(&transcript::heading(&section.title, file, section.line, paint)).await;
        let setting = run::setting(program, dir, file, section)?;
        let mut play = Play::begin(company, file, section, &setting).await?;
        let names = play.names();
        while let Some(beat) = play.next().await? {
            show(&transcript::beat(&beat, &names, paint)).await;
        }
        outcomes.push(play.end().await?);
    }
    Ok(outcomes)
}

/// Prints, and waits as long as reading takes.
async fn show(text: &str) {
    print!("{text}");
    // A terminal that is gone hears nothing; the demo goes on all the same.
    let _gone = std::io::stdout().flush();
    let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    tokio::time::sleep(PER_CHARACTER.saturating_mul(characters).min(LONGEST_PAUSE)).await;
}

fn summary(outcomes: &[Outcome], kept: Option<&Path>) {
    println!("\n{}", "━".repeat(60));
    for outcome in outcomes.iter().filter(|outcome| !outcome.passed()) {
        println!("{}", transcript::differences(outcome, Paint { colour: paint().colour }));
    }
    println!("{}", tally(outcomes));
    if let Some(dir) = kept {
        println!("Databases and directives are kept in {}.", dir.display());
    }
}

/// A company on this machine's clock, with a page on which one acts as anybody.
async fn stay_open(company: &Company, program: &Path, dir: &Path, args: &Args) -> anyhow::Result<()> {
    let dir = dir.join("open");
    std::fs::create_dir_all(&dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    let time = Time::Running;
    let setting = Setting {
        program: program.to_owned(),
        dir,
        database_url: None,
        time,
        watched_channels: Vec::new(),
        port: args.port,
        weather: Weather::default(),
    };
    let stage = company.open(&setting).await.map_err(|error| match error {
        CannotRehearse::Sandbox(SandboxError::Listen { port, .. }) => {
            anyhow::Error::from(error).context(format!("port {port} is taken; try another one with --port"))
        }
        other => other.into(),
    })?;
    let address = stage.sandbox.open_page(Arc::new(House::of(stage.app())));
    println!("\nThe company is open. Act as anybody in it at\n\n  {address}\n");
    println!("Whoever knows this address plays everybody; it is served to this machine only.");
    println!("Its directives are in {}; change one and it counts at once.", setting.dir.join(FOLDER).display());
    println!("Ctrl-C ends it.");
    // A terminal that is gone reads nothing; the demo goes on all the same.
    let _gone = std::io::stdout().flush();
    if !args.no_open {
        open_in_browser(&address);
    }
    super::serve::told_to_stop().await?;
    stage.close().await;
    Ok(())
}

/// Asks the system to show an address. Where there is no browser the printed address does.
fn open_in_browser(address: &str) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else {
        Command::new("xdg-open")
    };
    let _no_browser = command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}
