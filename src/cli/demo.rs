//! `workforce demo`: a look-alike Slack, the bot, its tools and the example company in one process, without keys or network.
//!
//! `--play` shows the rehearsals as conversations, one fresh company each; afterwards the company stays open until Ctrl-C.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;

use super::rehearse::{paint, tally, with_problems};
use crate::rehearsals::company::{Setting, Time, Weather};
use crate::rehearsals::transcript::{self, Paint};
use crate::rehearsals::{Company, Outcome, Play, Rehearsal, run};

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
            let outcomes = play(&company, &company.rehearsals()?, &program, &dir, args.fast).await?;
            summary(&outcomes, args.keep.as_ref().map(|_| dir.as_path()));
            if !outcomes.iter().all(Outcome::passed) {
                code = ExitCode::from(EXIT_DIFFERS);
            }
        }
        if !args.exit {
            stay_open(&company, &program, &dir).await?;
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

/// A company on this machine's clock, for whoever wants to try things by hand.
async fn stay_open(company: &Company, program: &Path, dir: &Path) -> anyhow::Result<()> {
    let dir = dir.join("open");
    std::fs::create_dir_all(&dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    let setting = Setting {
        program: program.to_owned(),
        dir,
        database_url: None,
        time: Time::Running,
        watched_channels: Vec::new(),
        weather: Weather::default(),
    };
    let stage = company.open(&setting).await?;
    let base = stage.sandbox.base_url();
    println!("\nThe company is open. Its Slack listens on {base}; whoever holds the control token plays everybody:\n");
    for act in [
        r##"{"do":"says","user":"ana","channel":"support","text":"@workforce where is order ORD-1042?"}"##,
        r##"{"do":"channel_view","channel":"support"}"##,
    ] {
        println!("  curl -s {base}/control/act -H 'Authorization: Bearer sandbox-control' -d '{act}'");
    }
    println!(
        "\nIts directives are in {}; change one and it counts at once. Ctrl-C ends it.",
        setting.dir.join(FOLDER).display()
    );
    super::serve::told_to_stop().await?;
    stage.close().await;
    Ok(())
}
