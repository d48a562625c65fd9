//! What `explain` and `judge` are asked: lines of a batch, and the names and times in them.

use std::io::BufRead;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, TimeZone as _, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::clock::Timestamp;
use crate::directives::Directives;
use crate::roster::Roster;
use crate::roster::names::Named;
use crate::workers::WorkerRef;

/// The exit status when at least one line of a batch could not be answered.
const EXIT_BAD_LINE: u8 = 1;

/// Answers each line of `path` (`-` is standard input) that is not blank, in order, one line out for each. A line that cannot be
/// answered gets what `refused` makes of its `id` and the reason, and the exit status tells.
pub(super) fn batch<Question: DeserializeOwned>(
    path: &Path,
    out: &mut impl std::io::Write,
    answer: impl Fn(&Question) -> anyhow::Result<Value>,
    refused: impl Fn(Option<Value>, String) -> Value,
) -> anyhow::Result<ExitCode> {
    let input: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
        Box::new(std::io::BufReader::new(file))
    };
    let mut code = ExitCode::SUCCESS;
    for line in input.lines() {
        let line = line.with_context(|| format!("{} is no text", path.display()))?;
        if line.trim().is_empty() {
            continue;
        }
        let told = question(&line).and_then(|question| answer(&question)).unwrap_or_else(|error| {
            code = ExitCode::from(EXIT_BAD_LINE);
            let id = serde_json::from_str::<Value>(&line).ok().and_then(|line| line.get("id").cloned());
            refused(id, error.to_string())
        });
        writeln!(out, "{told}").context("the output cannot be written")?;
    }
    Ok(code)
}

/// A list whose items happen to fit the fields is no question.
fn question<Question: DeserializeOwned>(line: &str) -> anyhow::Result<Question> {
    if !line.trim_start().starts_with('{') {
        bail!("it is no JSON object");
    }
    Ok(serde_json::from_str(line)?)
}

/// The handle of the one person whom a handle, a name, an address or an account names, with or without a prefix.
pub(super) fn person_named(text: &str, roster: &Roster) -> Option<String> {
    let bare = text.trim().trim_start_matches("person:");
    let name = bare.trim_start_matches('@');
    let handle = name.to_lowercase();
    if roster.people.contains_key(&handle) {
        return Some(handle);
    }
    if let Named::One(WorkerRef::Person(handle)) = roster.named(name) {
        return Some(handle);
    }
    let same = |known: &Option<String>| known.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(bare));
    let mut bearers = roster.people.values().filter(|person| same(&person.email) || same(&person.slack_id));
    bearers.next().filter(|_| bearers.next().is_none()).map(|person| person.handle.clone())
}

/// A channel's name without its mark; nothing where nothing is said.
pub(super) fn channel_named(text: &str) -> Option<String> {
    let name = text.trim().trim_start_matches("channel:").trim_start_matches('#');
    (!name.is_empty()).then(|| name.to_owned())
}

pub(super) fn zone_of(set: &Directives) -> chrono_tz::Tz {
    set.roster.timezone.parse().unwrap_or(chrono_tz::Tz::UTC)
}

/// A time with its zone, or one at the company's place: `2026-11-20T10:00`, `2026-11-20 10:00:00`, or a day's noon. Of an hour
/// that comes twice the first is meant.
pub(super) fn instant(text: &str, zone: chrono_tz::Tz) -> anyhow::Result<Timestamp> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(Timestamp::from_utc(at.with_timezone(&Utc)));
    }
    let forms = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"];
    let local = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let noon = || text.parse::<NaiveDate>().ok().and_then(|day| day.and_hms_opt(12, 0, 0));
    let Some(local) = local.or_else(noon) else { bail!("“{text}” is no time; write it like 2026-11-20T10:00:00Z") };
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Ok(Timestamp::from_utc(at.with_timezone(&Utc))),
        LocalResult::None => {
            bail!("the clocks in {zone} skip {text}; write the time with its zone, like 2026-11-20T10:00:00Z")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_a_zone() {
        let berlin = "Europe/Berlin".parse().unwrap();
        let utc = instant("2026-11-20T09:00:00Z", berlin).unwrap();
        for same in ["2026-11-20T10:00", "2026-11-20 10:00:00", "2026-11-20T10:00:00+01:00"] {
            assert_eq!(instant(same, berlin).unwrap(), utc, "{same}");
        }
        assert!(instant("soon", berlin).is_err());
        let skipped = instant("2027-03-28T02:30", berlin).unwrap_err().to_string();
        assert!(skipped.contains("the clocks in Europe/Berlin skip"), "{skipped}");
    }
}
