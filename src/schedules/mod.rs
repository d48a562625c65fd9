//! What starts by the clock: the schedules of the directives, and the two that every company has.
//!
//! [`decide`] says what is due between two instants; nothing here fires anything. Each schedule has a mark in the database,
//! the last instant that was fired, so that what was missed while nobody ran fires once, and one replica fires it.

pub mod decide;
pub mod store;
#[cfg(test)]
mod tests;

use chrono_tz::Tz;

use crate::catalogue::canonical::digest_bytes;
use crate::directives::rule::{Rule, Schedule};
use crate::directives::workflow::Workflow;
use crate::directives::{Directives, Reading};
use crate::workers::WorkerRef;
use decide::Timing;

/// The key of the daily look at reviews, where no sentence says when to look.
pub const REVIEWS: &str = "daily:reviews";
/// The key of the daily erasing of texts that were kept long enough.
pub const ERASING: &str = "daily:erase";
/// The key of the weekly word to approvers about how they approve.
pub const APPROVER_HEALTH: &str = "weekly:approver-health";
/// The built-in tool whose permission turns that on.
const SEE_APPROVER_HEALTH: &str = "workforce.see_approver_health";
/// When approvers hear of it, at the company's place.
const EVERY_MONDAY: &str = "0 0 9 * * Mon *";
/// When the daily look happens, at the company's place.
const EVERY_MORNING: &str = "0 0 9 * * * *";
/// When texts are erased, at the company's place.
const EVERY_NIGHT: &str = "0 0 3 * * * *";

/// Something that starts by the clock.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Stays the same while its sentence does, wherever that stands.
    pub key: String,
    pub timing: Timing,
    pub work: Work<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work<'a> {
    /// Whoever answers for an agent hears that its review is due.
    Reviews(Option<&'a Reading>),
    /// Somebody is reminded of something.
    Remind {
        reading: &'a Reading,
        schedule: &'a Schedule,
    },
    /// Work, as if somebody had asked for it.
    Do {
        reading: &'a Reading,
        schedule: &'a Schedule,
    },
    /// A workflow whose trigger is a time.
    Start {
        workflow: &'a Workflow,
        clock: &'a Schedule,
    },
    EraseTexts,
    /// Approvers hear how they approved, where a sentence turned that on.
    ApproverHealth,
}

impl Work<'_> {
    /// Whether somebody is only told; then it waits for their working hours.
    pub fn is_reminder(&self) -> bool {
        match self {
            Self::Reviews(_) | Self::Remind { .. } => true,
            Self::Do { .. } | Self::Start { .. } | Self::EraseTexts | Self::ApproverHealth => false,
        }
    }
}

/// Everything that starts by the clock under these directives.
pub fn entries(directives: &Directives) -> Vec<Entry<'_>> {
    let company = directives.roster.timezone_of(None);
    let mut found: Vec<Entry<'_>> =
        schedules(directives).filter_map(|(reading, rule)| of(reading, rule, company)).collect();
    found.extend(directives.workflows.iter().filter_map(|workflow| starting(workflow, company)));
    let looks = found.iter().any(|entry| matches!(entry.work, Work::Reviews(_)));
    if !looks && asks_for_reviews(directives) {
        found.extend(daily(REVIEWS, EVERY_MORNING, company, Work::Reviews(None)));
    }
    if directives.permit_named(SEE_APPROVER_HEALTH).is_some() {
        found.extend(daily(APPROVER_HEALTH, EVERY_MONDAY, company, Work::ApproverHealth));
    }
    found.extend(daily(ERASING, EVERY_NIGHT, company, Work::EraseTexts));
    found
}

fn of<'a>(reading: &'a Reading, schedule: &'a Schedule, company: Tz) -> Option<Entry<'a>> {
    let zone = zone_of(schedule, company);
    let work = match (is_reminder(schedule), is_about_reviews(schedule)) {
        (true, true) => Work::Reviews(Some(reading)),
        (true, false) => Work::Remind { reading, schedule },
        (false, _) => Work::Do { reading, schedule },
    };
    let words = format!("{}\n{}\n{}", schedule.cron, zone.name(), reading.origin.text);
    Some(Entry { key: key_of(&words), timing: Timing::of(&schedule.cron, zone)?, work })
}

/// A workflow by the clock. It stays the same entry while its name and its time do, however its steps change.
fn starting(workflow: &Workflow, company: Tz) -> Option<Entry<'_>> {
    let clock = workflow.clock.as_ref()?;
    let zone = zone_of(clock, company);
    let words = format!("workflow\n{}\n{}\n{}", workflow.name, clock.cron, zone.name());
    Some(Entry { key: key_of(&words), timing: Timing::of(&clock.cron, zone)?, work: Work::Start { workflow, clock } })
}

fn zone_of(schedule: &Schedule, company: Tz) -> Tz {
    schedule.timezone.as_deref().and_then(|name| name.parse().ok()).unwrap_or(company)
}

fn key_of(words: &str) -> String {
    let digest = digest_bytes(words.as_bytes());
    let short: String = digest.trim_start_matches("sha256:").chars().take(16).collect();
    format!("say:{short}")
}

fn daily<'a>(key: &str, cron: &str, zone: Tz, work: Work<'a>) -> Option<Entry<'a>> {
    Some(Entry { key: key.to_owned(), timing: Timing::of(cron, zone)?, work })
}

fn schedules(directives: &Directives) -> impl Iterator<Item = (&Reading, &Schedule)> {
    directives.each(|rule| if let Rule::Schedule(schedule) = rule { Some(schedule) } else { None })
}

fn asks_for_reviews(directives: &Directives) -> bool {
    directives.readings.iter().any(|reading| matches!(reading.rule, Rule::Review(_)))
        || directives.roster.roles.values().any(|role| role.review_every_days.is_some())
}

fn is_reminder(schedule: &Schedule) -> bool {
    schedule.what.trim_start().to_lowercase().starts_with("remind")
}

/// "… whose agent has not been reviewed for 90 days", "… of reviews that are due"; "remind Amara to read the reviews" is not.
fn is_about_reviews(schedule: &Schedule) -> bool {
    let what = schedule.what.to_lowercase();
    let is_due = ["reviewed", "review is due", "review due", "reviews due", "reviews are due", "due for review"];
    is_due.iter().any(|words| what.contains(words)) || (schedule.older_than_days.is_some() && what.contains("review"))
}

/// Of what somebody is reminded: the sentence's own words after "remind NAME to", "about", "of" or "that".
pub fn subject_of(reading: &Reading) -> String {
    let sentence = reading.origin.text.trim().trim_end_matches('.');
    let start = sentence.to_ascii_lowercase().find("remind").unwrap_or(0);
    let said = &sentence[start..];
    let words = [" to ", " about ", " that ", " of "];
    let after = words.iter().filter_map(|word| said.find(word).map(|at| at + word.len())).min();
    after.map_or(said, |at| said[at..].trim()).to_owned()
}

/// Who does it: the workers named as such, else whom the sentence names at all, channels apart.
pub fn workers_of(schedule: &Schedule) -> Vec<WorkerRef> {
    let named = if schedule.who.is_empty() { &schedule.to } else { &schedule.who };
    named.iter().filter(|worker| !matches!(worker, WorkerRef::Channel(_))).cloned().collect()
}

/// Who hears of it, where somebody else does it.
pub fn hearers_of(schedule: &Schedule) -> Vec<WorkerRef> {
    if schedule.who.is_empty() { Vec::new() } else { schedule.to.clone() }
}
