//! The program `git`, where the directives' folder is a checkout. No shell is between; nobody is asked for a password; without
//! git the bot works just the same.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// What became of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// The commit's short name.
    As(String),
    /// The folder is no checkout, so that there is nothing to commit to.
    NoCheckout,
    /// Why git did not, in its own words.
    Failed(String),
}

/// Runs git in `dir`.
///
/// # Errors
/// What git said, or that it cannot be run.
pub fn git(dir: &Path, args: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(dir)
        .args(args)
        .env("GIT_TERMINAL_PROMPT", "0")
        .output()
        .map_err(|error| format!("git cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(said.lines().next().unwrap_or("git failed").trim().to_owned())
}

fn is_checkout(dir: &Path) -> bool {
    git(dir, &["rev-parse", "--is-inside-work-tree"]).is_ok_and(|said| said.starts_with(b"true"))
}

/// Commits one file of the folder, and nothing else. The author is a person, the committer this program.
pub fn commit(dir: &Path, file: &str, author: (&str, &str), message: &str) -> Committed {
    if !is_checkout(dir) {
        return Committed::NoCheckout;
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
        Err(why) => Committed::Failed(why),
    }
}

/// The addresses of those who wrote these files last; nothing of a file that is changed and not committed, and nothing where
/// there is no git.
pub fn last_authors(dir: &Path, files: &[String]) -> BTreeSet<String> {
    if !is_checkout(dir) {
        return BTreeSet::new();
    }
    let author = |file: &String| {
        let changed = git(dir, &["status", "--porcelain", "--", file]).ok()?;
        let email = git(dir, &["log", "-1", "--format=%ae", "--", file]).ok()?;
        let email = String::from_utf8_lossy(&email).trim().to_lowercase();
        (changed.is_empty() && !email.is_empty()).then_some(email)
    };
    files.iter().filter_map(author).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_is_committed_in_a_persons_name_and_the_rest_is_left() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.md"), "a").unwrap();
        let author = ("Dana <Ruiz>\n", "dana@acme.test");
        if git(dir.path(), &["init", "--quiet"]).is_err() {
            return;
        }
        assert!(matches!(commit(dir.path(), "a.md", author, "A line"), Committed::As(_)));
        std::fs::write(dir.path().join("b.md"), "b").unwrap();
        std::fs::write(dir.path().join("a.md"), "a, again").unwrap();
        assert_eq!(last_authors(dir.path(), &["a.md".to_owned()]), BTreeSet::new(), "changed since");
        assert!(matches!(commit(dir.path(), "a.md", author, "Another"), Committed::As(_)));
        let told = git(dir.path(), &["log", "--format=%an <%ae> %cn: %s"]).unwrap();
        let told = String::from_utf8(told).unwrap();
        assert_eq!(told.lines().next(), Some("Dana Ruiz <dana@acme.test> workforce: Another"));
        assert_eq!(git(dir.path(), &["status", "--porcelain"]).unwrap(), b"?? b.md\n");
        let authors = last_authors(dir.path(), &["a.md".to_owned(), "b.md".to_owned()]);
        assert_eq!(authors, BTreeSet::from(["dana@acme.test".to_owned()]));
        assert!(matches!(commit(dir.path(), "a.md", author, "Nothing new"), Committed::Failed(_)));
    }

    #[test]
    fn where_there_is_no_checkout_there_is_nothing_to_commit_to() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.md"), "a").unwrap();
        assert_eq!(commit(dir.path(), "a.md", ("Dana", ""), "A line"), Committed::NoCheckout);
        assert_eq!(last_authors(dir.path(), &["a.md".to_owned()]), BTreeSet::new());
    }
}
