//! `workforce tools`: what servers offer, how it differs from `tools.lock`, and accepting it.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;

use crate::catalogue::{Change, Hold, Setting, ToolDef, ToolsLock, accept, diff, held_back};
use crate::tools::{Listing, ServerConfig, ServerEntry, StdioHost, ToolHost as _};

/// The lock's name in the directory of the directives.
const LOCK_FILE: &str = "tools.lock";
/// The exit status when there is something that a human should look at.
const EXIT_DIFFERS: u8 = 1;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    /// The directory of the directives
    #[arg(long, value_name = "DIR", default_value = "directives", global = true)]
    directives: PathBuf,
    /// The file with the `[[tools]]` entries
    #[arg(long, value_name = "FILE", default_value = "workforce.toml", global = true)]
    config: PathBuf,
    /// Ask the demo's servers instead of those of the configuration
    #[cfg(feature = "sandbox")]
    #[arg(long, global = true)]
    demo: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List what the servers offer, with its class in the lock and whether it is held back
    List,
    /// Show how the servers' tools differ from the lock; exits 1 if they do
    Diff,
    /// Accept the servers' tools as they are now and write the lock
    Lock(LockArgs),
}

#[derive(Debug, clap::Args)]
struct LockArgs {
    /// Write without asking
    #[arg(long)]
    yes: bool,
    /// Decide something about a tool: server.tool:KEY=VALUE, KEY being class, idempotency_arg, probe or version_of
    #[arg(long, value_name = "SETTING")]
    set: Vec<Setting>,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let scratch = tempfile::tempdir().context("no directory for temporary files")?;
    let servers = servers(&args, scratch.path())?;
    anyhow::ensure!(
        !servers.is_empty(),
        "no tool server is configured; add a [[tools]] entry to {}",
        args.config.display()
    );
    run_with(args, servers)
}

/// The command with the servers given, for callers that have read the configuration already.
pub fn run_with(args: Args, servers: Vec<ServerConfig>) -> anyhow::Result<ExitCode> {
    let host = StdioHost::new(servers)?;
    let listings = super::block_on(async {
        let listings = host.list().await;
        host.shut_down().await;
        Ok(listings)
    })?;
    let path = args.directives.join(LOCK_FILE);
    let lock = read_lock(&path)?;
    let heard = Heard::new(&lock, listings);
    heard.silent.iter().for_each(|why| eprintln!("warning: {}; what the lock holds of it stays as it is", plain(why)));
    let status = match args.command {
        Command::List => {
            heard.print_tools(&lock);
            ExitCode::SUCCESS
        }
        Command::Diff => {
            heard.changes.iter().for_each(|change| println!("{change}"));
            if heard.changes.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_DIFFERS) }
        }
        Command::Lock(options) => write_lock(&path, &lock, &heard, &options)?,
    };
    // A server that did not answer is never passed over in silence, whatever else went well.
    Ok(if heard.silent.is_empty() { status } else { ExitCode::from(super::EXIT_BROKEN) })
}

/// What the servers that answered offer, and how it differs from their part of the lock.
struct Heard {
    live: Vec<ToolDef>,
    changes: Vec<Change>,
    /// Why the others did not answer.
    silent: Vec<String>,
}

impl Heard {
    fn new(lock: &ToolsLock, listings: Vec<Listing>) -> Self {
        let (mut live, mut silent, mut servers) = (Vec::new(), Vec::new(), Vec::new());
        for listing in listings {
            match listing.tools {
                Ok(tools) => {
                    live.extend(tools);
                    servers.push(listing.server);
                }
                Err(error) => silent.push(error.to_string()),
            }
        }
        let changes = diff(&lock.of_servers(servers.iter().map(String::as_str)), &live);
        Self { live, changes, silent }
    }

    fn print_tools(&self, lock: &ToolsLock) {
        let held = held_back(lock, &self.live);
        for def in &self.live {
            let class = lock.tools.get(&def.name).map_or_else(|| "-".to_owned(), |binding| binding.class.to_string());
            let state = match held.get(&def.name) {
                None => "",
                Some(Hold::NotAccepted) => "  held back: nobody accepted it yet",
                Some(Hold::Changed) => "  held back: it changed since it was accepted",
            };
            let name = def.name.to_string();
            println!("{name:28} {class:12} {}{state}", plain(def.title.as_deref().unwrap_or_default()));
        }
    }
}

fn write_lock(path: &Path, lock: &ToolsLock, heard: &Heard, options: &LockArgs) -> anyhow::Result<ExitCode> {
    let next = accept(lock, &heard.changes, &options.set)?;
    if next == *lock && path.exists() {
        println!("{} is up to date: {} tools.", path.display(), next.tools.len());
        return Ok(ExitCode::SUCCESS);
    }
    for change in &heard.changes {
        println!("{change}");
        if let Change::New(def) | Change::Changed { def, .. } = change {
            println!("         {}", plain(&def.description));
            let class = next.tools.get(&def.name).map(|binding| binding.class.to_string()).unwrap_or_default();
            println!("         class {class}, arguments {}", plain(&def.input_schema.to_string()));
        }
    }
    options.set.iter().for_each(|setting| println!("set      {}", plain(&setting.to_string())));
    if !options.yes && !confirmed()? {
        println!("Nothing was written. Look at the changes, then run it again with --yes.");
        return Ok(ExitCode::from(EXIT_DIFFERS));
    }
    replace_file(path, &next.to_text())?;
    println!("Wrote {}: {} tools.", path.display(), next.tools.len());
    Ok(ExitCode::SUCCESS)
}

/// Whether a human at a terminal types yes. Without a terminal nobody does.
fn confirmed() -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    print!("Accept these tools? Type yes: ");
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim() == "yes")
}

/// Whole or not at all: written beside the old file and moved over it.
fn replace_file(path: &Path, text: &str) -> anyhow::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot = || format!("{} cannot be written", path.display());
    std::fs::create_dir_all(directory).with_context(cannot)?;
    let mut file = tempfile::NamedTempFile::new_in(directory).with_context(cannot)?;
    file.write_all(text.as_bytes()).with_context(cannot)?;
    file.as_file().sync_all().with_context(cannot)?;
    readable_by_all(file.path()).with_context(cannot)?;
    file.persist(path).with_context(cannot)?;
    Ok(())
}

/// Temporary files are private; the lock belongs into version control with the other directives.
#[cfg(unix)]
fn readable_by_all(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// No lock yet is an empty one; a lock that cannot be read is an error.
fn read_lock(path: &Path) -> anyhow::Result<ToolsLock> {
    match std::fs::read_to_string(path) {
        Ok(text) => ToolsLock::parse(&text).with_context(|| format!("{} cannot be used", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(ToolsLock::default()),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// A server's words on one line, with nothing in them that a terminal or an eye could be led astray by.
fn plain(text: &str) -> String {
    let safe = |c: char| c == ' ' || c.is_alphanumeric() || c.is_ascii_punctuation() || "…–—’“”„°€£".contains(c);
    text.chars().map(|c| if safe(c) { c.to_string() } else { format!("<U+{:04X}>", u32::from(c)) }).collect()
}

fn servers(args: &Args, scratch: &Path) -> anyhow::Result<Vec<ServerConfig>> {
    let own_program = std::env::current_exe().context("the path of this program is not known")?;
    #[cfg(feature = "sandbox")]
    if args.demo {
        return Ok(super::demo_tools::servers(&own_program, &scratch.join("demo-tools.db")));
    }
    #[cfg(not(feature = "sandbox"))]
    let _only_for_the_demo = scratch;
    let file = &args.config;
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let section: ToolsSection = toml::from_str(&text).with_context(|| format!("{} is not valid", file.display()))?;
    let lookup = |name: &str| crate::config::environment(name);
    section.tools.iter().map(|entry| Ok(entry.resolve(&own_program, lookup)?)).collect()
}

/// The one part of `workforce.toml` that this command needs.
#[derive(Debug, serde::Deserialize)]
struct ToolsSection {
    #[serde(default)]
    tools: Vec<ServerEntry>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_cannot_steer_the_terminal() {
        assert_eq!(plain("Refund an order – “now”"), "Refund an order – “now”");
        assert_eq!(plain("a\u{1b}[2Jb\nc\u{200b}\u{202e}"), "a<U+001B>[2Jb<U+000A>c<U+200B><U+202E>");
    }
}
