//! The directives as a git revision has them, by the program `git` itself; no shell is between.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;

use crate::flow::directory::is_of_a_set;
use crate::flow::git::git;

/// The texts of the folder at `rev`, as [`crate::flow::directory::read_directory`] would read them from disk.
pub(super) fn texts(dir: &Path, rev: &str) -> anyhow::Result<BTreeMap<String, String>> {
    anyhow::ensure!(!rev.starts_with('-'), "“{rev}” is no revision");
    let listed = git(dir, &["ls-tree", "-r", "-z", "--name-only", rev, "--", "."]).with_context(|| unknown(rev))?;
    let listed = String::from_utf8(listed).context("git names files that are no UTF-8")?;
    let mut texts = BTreeMap::new();
    for name in listed.split('\0').filter(|name| is_of_a_set(name)) {
        let text = git(dir, &["show", &format!("{rev}:./{name}")]).with_context(|| unknown(rev))?;
        let text = String::from_utf8(text).with_context(|| format!("{name} of {rev} is no UTF-8 text"))?;
        texts.insert(name.to_owned(), text);
    }
    anyhow::ensure!(!texts.is_empty(), "{rev} has no directives in {}", dir.display());
    Ok(texts)
}

fn unknown(rev: &str) -> String {
    format!("--against needs git, and a revision that it knows; {rev} cannot be read")
}
