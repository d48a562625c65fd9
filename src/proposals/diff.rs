//! One line more in a file: the new text, and the difference as a patch.

/// Lines around the new one in a patch.
const CONTEXT: usize = 3;

/// `text` with `line` behind its line `after` (counted from 1; 0 is the beginning).
pub fn inserted(text: &str, after: usize, line: &str) -> String {
    let mut out = String::with_capacity(text.len() + line.len() + 2);
    for (at, old) in text.split_inclusive('\n').enumerate() {
        if at == after {
            out.push_str(line);
            out.push('\n');
        }
        out.push_str(old);
    }
    if text.lines().count() <= after {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// The same as a unified diff that `patch -p1` and `git apply` take, from the folder of the directives.
pub fn patch(file: &str, text: &str, after: usize, line: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let after = after.min(lines.len());
    let first = after.saturating_sub(CONTEXT);
    let last = (after + CONTEXT).min(lines.len());
    let old = last - first;
    // An empty side begins at line 0.
    let start = if old == 0 { 0 } else { first + 1 };
    let mut out = format!("--- a/{file}\n+++ b/{file}\n@@ -{start},{old} +{},{} @@\n", first + 1, old + 1);
    let unended = !text.is_empty() && !text.ends_with('\n');
    for (at, old) in lines.iter().enumerate().take(last).skip(first) {
        let is_last = at + 1 == lines.len();
        if at == after {
            out.push_str(&format!("+{line}\n"));
        }
        if is_last && unended && after == lines.len() {
            out.push_str(&format!("-{old}\n\\ No newline at end of file\n+{old}\n"));
        } else {
            out.push_str(&format!(" {old}\n"));
            if is_last && unended {
                out.push_str("\\ No newline at end of file\n");
            }
        }
    }
    if after == lines.len() {
        out.push_str(&format!("+{line}\n"));
    }
    out
}
