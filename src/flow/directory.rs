//! The directives' folder → the texts of its files. Reading only; what the texts mean is decided in `directives`.
//!
//! Absent here: following a link out of the folder, files of unbounded size, and any file that is none of the known kinds.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::directives::diagnostics::{Problem, Severity};

/// No file of directives is larger; a larger one is not read.
const MAX_FILE_BYTES: u64 = 1 << 20;
/// No set has more files.
const MAX_FILES: usize = 2_000;
/// The folders whose files count, and how those files end; the empty name is the folder itself.
const KNOWN: &[(&str, &str)] = &[
    ("", ".md"),
    ("roles", ".md"),
    ("workflows", ".md"),
    ("rehearsals", ".md"),
    ("policies", ".rego"),
    ("templates", ".j2"),
];
/// Files that programs write, beside the others.
const LOCKS: &[&str] = &["tools.lock", "people.lock"];

/// Reads all files that may be part of a set, by path relative to `dir`, with forward slashes.
///
/// # Errors
/// A problem for each file that cannot be read whole and safely; none of the set is used then.
pub fn read_directory(dir: &Path) -> Result<BTreeMap<String, String>, Vec<Problem>> {
    let mut files = BTreeMap::new();
    let mut problems = Vec::new();
    let root = match dir.canonicalize() {
        Ok(root) if root.is_dir() => root,
        Ok(_) => return Err(vec![problem("", "no-directory", format!("{} is no folder", dir.display()))]),
        Err(error) => {
            let what = format!("the folder {} cannot be read: {error}", dir.display());
            return Err(vec![problem("", "no-directory", what)]);
        }
    };
    for (folder, ending) in KNOWN {
        let wanted = |name: &str| name.ends_with(ending) || (folder.is_empty() && LOCKS.contains(&name));
        for (name, path) in entries(&root.join(folder), folder, &mut problems) {
            if !wanted(&name) || name.starts_with('.') {
                continue;
            }
            let relative = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            match read_file(&root, &path) {
                Ok(text) => {
                    files.insert(relative, text);
                }
                Err(what) => problems.push(problem(&relative, "unreadable", what)),
            }
        }
    }
    if files.len() > MAX_FILES {
        problems.push(problem("", "too-many-files", format!("more than {MAX_FILES} files of directives")));
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

/// One file of the folder, under the same bounds; nothing where it cannot be read whole and safely.
pub fn read_one(dir: &Path, file: &str) -> Option<String> {
    let root = dir.canonicalize().ok()?;
    read_file(&root, &root.join(file)).ok()
}

/// Whether a path, relative to the folder and with forward slashes, is that of a file that may be part of a set.
pub fn is_of_a_set(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let known = KNOWN.iter().any(|(known, ending)| *known == folder && name.ends_with(ending));
    !name.starts_with('.') && (known || (folder.is_empty() && LOCKS.contains(&name)))
}

/// The entries of one folder; a folder that is not there has none.
fn entries(path: &Path, folder: &str, problems: &mut Vec<Problem>) -> Vec<(String, PathBuf)> {
    let listing = match std::fs::read_dir(path) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            problems.push(problem(folder, "unreadable", format!("this folder cannot be read: {error}")));
            return Vec::new();
        }
    };
    let mut out = Vec::new();
    for entry in listing.take(MAX_FILES + 1) {
        match entry {
            Ok(entry) => match entry.file_name().into_string() {
                Ok(name) => out.push((name, entry.path())),
                Err(name) => {
                    let what = format!("the name {} is no UTF-8", name.to_string_lossy());
                    problems.push(problem(folder, "unreadable", what));
                }
            },
            Err(error) => problems.push(problem(folder, "unreadable", format!("this folder cannot be read: {error}"))),
        }
    }
    out.sort();
    out
}

fn read_file(root: &Path, path: &Path) -> Result<String, String> {
    let real = path.canonicalize().map_err(|error| format!("this file cannot be read: {error}"))?;
    if !real.starts_with(root) {
        return Err("this link leads out of the folder, so it is not followed".to_owned());
    }
    // Before it is opened: to open a pipe that nobody writes to would take for ever.
    if !std::fs::metadata(&real).is_ok_and(|meta| meta.is_file()) {
        return Err("this is no file".to_owned());
    }
    let file = std::fs::File::open(&real).map_err(|error| format!("this file cannot be read: {error}"))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("this file cannot be read: {error}"))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_FILE_BYTES {
        return Err("this file is larger than 1 MiB".to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "this file is no UTF-8 text".to_owned())
}

fn problem(file: &str, code: &str, message: String) -> Problem {
    Problem {
        severity: Severity::Error,
        code: code.to_owned(),
        file: file.to_owned(),
        line: 1,
        column: 1,
        message,
        help: None,
        length: 0,
        related: None,
        suggestion: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_files_are_read_and_others_are_left() {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["roles", "templates", "drafts"] {
            std::fs::create_dir(dir.path().join(folder)).unwrap();
        }
        for file in
            ["company.md", "tools.lock", "notes.txt", "roles/it.md", "templates/a.j2", "drafts/x.md", ".hidden.md"]
        {
            std::fs::write(dir.path().join(file), "text").unwrap();
        }
        let files = read_directory(dir.path()).unwrap();
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(names, ["company.md", "roles/it.md", "templates/a.j2", "tools.lock"]);
    }

    #[test]
    fn what_cannot_be_read_whole_and_safely_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let outside = tempfile::NamedTempFile::new().unwrap();
        std::os::unix::fs::symlink(outside.path(), dir.path().join("link.md")).unwrap();
        std::fs::write(dir.path().join("bytes.md"), [0xff, 0xfe]).unwrap();
        std::fs::write(dir.path().join("large.md"), vec![b'a'; 1_048_577]).unwrap();
        let problems = read_directory(dir.path()).unwrap_err();
        let told: Vec<(&str, bool)> =
            problems.iter().map(|p| (p.file.as_str(), p.severity == Severity::Error)).collect();
        assert_eq!(told, [("bytes.md", true), ("large.md", true), ("link.md", true)]);
        assert_eq!(read_one(dir.path(), "link.md"), None);
        assert_eq!(read_directory(&dir.path().join("nowhere")).unwrap_err()[0].code, "no-directory");
    }
}
