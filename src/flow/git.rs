//! The program `git`, where the directives' folder is a checkout. No shell is between; nobody is asked for a password; without
//! git the bot works just the same.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long one command may take. A hook that waits for somebody, or a file system that went away, would hold the bot for ever.
const LIMIT: Duration = Duration::from_secs(20);
/// How long git may take to tidy up once it was asked to end; then it is killed.
const LEAVE_LIMIT: Duration = Duration::from_secs(2);

/// What became of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// The commit's short name.
    As(String),
    /// The folder is no checkout, so that there is nothing to commit to.
    NoCheckout,
    /// Why git did not, in its own words or ours.
    Failed(String),
}

/// Why a command of git came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("git cannot be run: {0}")]
    NotRun(#[source] std::io::Error),
    #[error(
        "git {command} was ended after {} seconds; run it by hand in {} and see what it waits for",
        after.as_secs(),
        folder.display()
    )]
    TooLong { command: String, folder: PathBuf, after: Duration },
    /// In git's own words.
    #[error("{0}")]
    Said(String),
}

/// Runs git in `dir`.
///
/// # Errors
/// What git said, that it cannot be run, or that it was ended because it took longer than 20 seconds.
pub fn git(dir: &Path, args: &[&str]) -> Result<Vec<u8>, GitError> {
    within(LIMIT, dir, args)
}

/// Runs git and ends it, with whatever it started, once `limit` is over.
fn within(limit: Duration, dir: &Path, args: &[&str]) -> Result<Vec<u8>, GitError> {
    let mut command = Command::new("git");
    command.arg("-C").arg(dir).args(args).env("GIT_TERMINAL_PROMPT", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let child = command.spawn().map_err(GitError::NotRun)?;
    let id = child.id();
    let (tell, told) = mpsc::channel();
    // Nobody listens any more once git was killed and its group still holds the pipes.
    std::thread::spawn(move || drop(tell.send(child.wait_with_output())));
    let Ok(output) = told.recv_timeout(limit) else {
        // Asked to end, git takes its locks away; a hook that does not listen is killed.
        for signal in [Signal::Term, Signal::Kill] {
            end_group(id, signal);
            if told.recv_timeout(LEAVE_LIMIT).is_ok() {
                break;
            }
        }
        let named = args.iter().find(|arg| !arg.starts_with('-') && !arg.contains('='));
        let command = named.copied().unwrap_or_default().to_owned();
        return Err(GitError::TooLong { command, folder: dir.to_owned(), after: limit });
    };
    let output = output.map_err(GitError::NotRun)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(GitError::Said(said.lines().next().unwrap_or("git failed").trim().to_owned()))
}

#[derive(Clone, Copy)]
enum Signal {
    Term,
    Kill,
}

#[cfg(unix)]
fn end_group(id: u32, signal: Signal) {
    let signal = match signal {
        Signal::Term => rustix::process::Signal::TERM,
        Signal::Kill => rustix::process::Signal::KILL,
    };
    if let Some(group) = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw) {
        let _gone_already = rustix::process::kill_process_group(group, signal);
    }
}

/// Elsewhere there are no groups; git is left, and nobody waits for it.
#[cfg(not(unix))]
fn end_group(_id: u32, _signal: Signal) {}

/// Whether the folder is one; not where there is no git.
///
/// # Errors
/// Git took too long, so that nobody knows.
fn is_checkout(dir: &Path) -> Result<bool, GitError> {
    match git(dir, &["rev-parse", "--is-inside-work-tree"]) {
        Ok(said) => Ok(said.starts_with(b"true")),
        Err(GitError::NotRun(_) | GitError::Said(_)) => Ok(false),
        Err(late @ GitError::TooLong { .. }) => Err(late),
    }
}

/// Commits one file of the folder, and nothing else. The author is a person, the committer this program.
pub fn commit(dir: &Path, file: &str, author: (&str, &str), message: &str) -> Committed {
    match is_checkout(dir) {
        Ok(true) => {}
        Ok(false) => return Committed::NoCheckout,
        Err(late) => return Committed::Failed(late.to_string()),
    }
    let plain = |text: &str| text.chars().filter(|c| !matches!(c, '<' | '>') && !c.is_control()).collect::<String>();
    let author = format!("--author={} <{}>", plain(author.0), plain(author.1));
    let commit = [
        "-c", "user.name=workforce", "-c", "user.email=workforce@localhost", "-c", "commit.gpgsign=false", "commit",
        "--quiet", "--only", &author, "-m", message, "--", file,
    ];
    let done = git(dir, &["add", "--", file])
        .and_then(|_| git(dir, &commit))
        .and_then(|_| git(dir, &["rev-parse", "--short", "HEAD"]));
    match done {
        Ok(name) => Committed::As(String::from_utf8_lossy(&name).trim().to_owned()),
        Err(why) => Committed::Failed(why.to_string()),
    }
}

/// The addresses of those who wrote these files last; nothing of a file that is changed and not committed, and nothing where
/// there is no git.
///
/// # Errors
/// Git took too long: who made an edit is not known, and nobody may take it for nobody's.
pub fn last_authors(dir: &Path, files: &[String]) -> Result<BTreeSet<String>, GitError> {
    let mut authors = BTreeSet::new();
    if !is_checkout(dir)? {
        return Ok(authors);
    }
    for file in files {
        let changed = known(git(dir, &["status", "--porcelain", "--", file]))?;
        let email = known(git(dir, &["log", "-1", "--format=%ae", "--", file]))?;
        let email = String::from_utf8_lossy(&email.unwrap_or_default()).trim().to_lowercase();
        if changed.is_some_and(|changed| changed.is_empty()) && !email.is_empty() {
            authors.insert(email);
        }
    }
    Ok(authors)
}

/// What git said, or nothing where it said no.
fn known(said: Result<Vec<u8>, GitError>) -> Result<Option<Vec<u8>>, GitError> {
    match said {
        Ok(said) => Ok(Some(said)),
        Err(GitError::NotRun(_) | GitError::Said(_)) => Ok(None),
        Err(late @ GitError::TooLong { .. }) => Err(late),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_is_committed_in_a_persons_name_and_the_rest_is_left() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.md"), "a").unwrap();
        let author = ("Dana <Ruiz>\n", "dana@acme.test");
        if !begun(dir.path()) {
            return;
        }
        assert!(matches!(commit(dir.path(), "a.md", author, "A line"), Committed::As(_)));
        std::fs::write(dir.path().join("b.md"), "b").unwrap();
        std::fs::write(dir.path().join("a.md"), "a, again").unwrap();
        assert_eq!(last_authors(dir.path(), &["a.md".to_owned()]).unwrap(), BTreeSet::new(), "changed since");
        assert!(matches!(commit(dir.path(), "a.md", author, "Another"), Committed::As(_)));
        let told = git(dir.path(), &["log", "--format=%an <%ae> %cn: %s"]).unwrap();
        let told = String::from_utf8(told).unwrap();
        assert_eq!(told.lines().next(), Some("Dana Ruiz <dana@acme.test> workforce: Another"));
        assert_eq!(git(dir.path(), &["status", "--porcelain"]).unwrap(), b"?? b.md\n");
        let authors = last_authors(dir.path(), &["a.md".to_owned(), "b.md".to_owned()]).unwrap();
        assert_eq!(authors, BTreeSet::from(["dana@acme.test".to_owned()]));
        assert!(matches!(commit(dir.path(), "a.md", author, "Nothing new"), Committed::Failed(_)));
    }

    #[test]
    fn where_there_is_no_checkout_there_is_nothing_to_commit_to() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.md"), "a").unwrap();
        assert_eq!(commit(dir.path(), "a.md", ("Dana", ""), "A line"), Committed::NoCheckout);
        assert_eq!(last_authors(dir.path(), &["a.md".to_owned()]).unwrap(), BTreeSet::new());
    }

    #[cfg(unix)]
    #[test]
    fn what_waits_for_ever_is_ended_with_what_it_started_and_leaves_no_lock() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path();
        if !begun(folder) {
            return;
        }
        std::fs::write(folder.join("a.md"), "a").unwrap();
        git(folder, &["add", "a.md"]).unwrap();
        let hook = folder.join(".git/hooks/pre-commit");
        std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
        std::fs::write(&hook, "#!/bin/sh\necho $$ > .git/hook-pid\nexec sleep 3600\n").unwrap();
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
        let author = ["-c", "user.name=Dana", "-c", "user.email=dana@acme.test"];
        let commit: Vec<&str> = author.into_iter().chain(["commit", "-q", "-m", "A line"]).collect();
        let late = within(Duration::from_secs(2), folder, &commit).unwrap_err().to_string();
        assert!(late.starts_with("git commit was ended after 2 seconds; run it by hand in "), "{late}");
        let hook = std::fs::read_to_string(folder.join(".git/hook-pid")).unwrap();
        // It lets go of its pipes a moment before it is gone.
        let asked = std::time::Instant::now();
        while runs(hook.trim()) {
            assert!(asked.elapsed() < Duration::from_secs(10), "its hook goes with it");
        }
        assert!(!folder.join(".git/index.lock").exists(), "asked to end, it took its lock away");
    }

    fn runs(pid: &str) -> bool {
        let state = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().unwrap();
        let state = String::from_utf8_lossy(&state.stdout).trim().to_owned();
        !state.is_empty() && !state.starts_with('Z')
    }

    /// An empty checkout, or nothing on a machine without git; CI must have one.
    fn begun(dir: &Path) -> bool {
        let begun = git(dir, &["init", "--quiet"]).is_ok();
        assert!(begun || std::env::var_os("CI").is_none(), "CI tries what git keeps; install the package git");
        begun
    }
}
