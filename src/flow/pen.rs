//! The only hand that writes into the directives' folder: a whole file or nothing, never outside the folder, and never over
//! something that nobody has seen.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::directory::is_of_a_set;

/// Why a file was not written; what stood there stands there still.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    #[error("{0} is no file of the directives")]
    NoSuchFile(String),
    #[error("{0} leads out of the folder of the directives, so nothing is written through it")]
    Outside(String),
    #[error("{0} changed meanwhile")]
    Changed(String),
    #[error("{file} cannot be written: {why}")]
    Failed { file: String, why: String },
}

/// Writes `text` where `seen` stands now (`None`: where nothing stands).
///
/// # Errors
/// Nothing was written.
pub fn write(root: &Path, file: &str, seen: Option<&str>, text: &str) -> Result<(), NotWritten> {
    let place = place(root, file)?;
    let failed = |error: std::io::Error| NotWritten::Failed { file: file.to_owned(), why: error.to_string() };
    let there = match std::fs::read_to_string(&place) {
        Ok(there) => Some(there),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    if there.as_deref() != seen {
        return Err(NotWritten::Changed(file.to_owned()));
    }
    let folder = place.parent().unwrap_or(root);
    let mut new = tempfile::Builder::new().prefix(".workforce-").tempfile_in(folder).map_err(failed)?;
    new.write_all(text.as_bytes()).map_err(failed)?;
    if let Ok(known) = std::fs::metadata(&place) {
        new.as_file().set_permissions(known.permissions()).map_err(failed)?;
    }
    new.as_file().sync_all().map_err(failed)?;
    new.persist(&place).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Where the file really is: below the folder, whatever links there are.
fn place(root: &Path, file: &str) -> Result<PathBuf, NotWritten> {
    if !is_of_a_set(file) || file.split('/').any(|part| part.is_empty() || part == "..") {
        return Err(NotWritten::NoSuchFile(file.to_owned()));
    }
    let no_folder = |error: std::io::Error| NotWritten::Failed { file: file.to_owned(), why: error.to_string() };
    let root = root.canonicalize().map_err(no_folder)?;
    let path = root.join(file);
    let real = match path.canonicalize() {
        Ok(real) => real,
        // A link to nowhere is no place for a new file.
        Err(_) if path.symlink_metadata().is_ok() => return Err(NotWritten::Outside(file.to_owned())),
        Err(_) => {
            let folder = path.parent().unwrap_or(&root).canonicalize().map_err(no_folder)?;
            folder.join(path.file_name().unwrap_or_default())
        }
    };
    if real.starts_with(&root) { Ok(real) } else { Err(NotWritten::Outside(file.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_where_nobody_changed_it() {
        let dir = tempfile::tempdir().unwrap();
        let read = |file: &str| std::fs::read_to_string(dir.path().join(file)).unwrap();
        assert_eq!(write(dir.path(), "approvals.md", None, "one"), Ok(()));
        assert_eq!(write(dir.path(), "approvals.md", Some("one"), "two"), Ok(()));
        assert_eq!(read("approvals.md"), "two");
        let changed = Err(NotWritten::Changed("approvals.md".to_owned()));
        assert_eq!(write(dir.path(), "approvals.md", Some("one"), "three"), changed);
        assert_eq!(write(dir.path(), "approvals.md", None, "three"), changed);
        assert_eq!(read("approvals.md"), "two");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn nothing_is_written_outside_the_folder() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let outside = other.path().join("outside.md");
        std::fs::write(&outside, "theirs").unwrap();
        std::os::unix::fs::symlink(&outside, dir.path().join("link.md")).unwrap();
        std::os::unix::fs::symlink(other.path(), dir.path().join("roles")).unwrap();
        std::os::unix::fs::symlink(other.path().join("nowhere.md"), dir.path().join("gone.md")).unwrap();
        for file in ["link.md", "roles/new.md", "gone.md"] {
            let outside = Err(NotWritten::Outside(file.to_owned()));
            assert_eq!(write(dir.path(), file, Some("theirs"), "ours"), outside, "{file}");
        }
        for file in ["../outside.md", "/etc/passwd", "notes.txt", "", "drafts/x.md", ".hidden.md"] {
            assert!(matches!(write(dir.path(), file, None, "ours"), Err(NotWritten::NoSuchFile(_))), "{file}");
        }
        assert_eq!(std::fs::read_to_string(&outside).unwrap(), "theirs");
        assert_eq!(std::fs::read_dir(other.path()).unwrap().count(), 1);
    }
}
