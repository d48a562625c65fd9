//! Work that starts by the clock: "Every weekday at 9 am Berlin time, remind owners …".

use super::Finding;
use super::build::Built;
use super::calendar::{day_number, days, days_old};
use super::clock_time::{clock, zone};
use super::grammar::Slot;
use super::pattern_set::Form;
use super::scan::Reader;
use super::token::Kind;
use super::values::{Val, error};
use super::vocabulary::recurrences::{
    CLOCKWORK, DAILY, FORTNIGHT, FORTNIGHTLY, OF_MONTHS, SCHEDULED_VERBS, WEEKLY_OR_MONTHLY,
};
use super::vocabulary::words::{DAYS, MONTHS, ORDINALS};
use super::workers::phrase_at;
use crate::directives::rule::{Rule, Schedule};
use crate::workers::WorkerRef;

/// A recurrence, found at some place in the sentence.
struct Recurrence {
    start: usize,
    end: usize,
    cron: String,
    timezone: Option<String>,
    faults: Vec<Finding>,
}

/// What the days are, before a time is known.
#[derive(Debug, Clone, PartialEq, Eq)]
enum When {
    /// Day of month, month, day of week, in cron's words.
    On(String, String, String),
    /// Whole cron by itself: "every 15 minutes".
    Cron(String),
    /// Not enough to know the day ("weekly"), or not to be said in cron ("fortnightly").
    Open(&'static str),
}

const TIMELESS: &str = "say at what time, as in “at 9:00”";

/// All readings as a schedule.
pub fn read(reader: &Reader<'_>) -> Vec<Built> {
    (0..reader.tokens.len())
        .filter_map(|i| recurrence(reader, i))
        .take(1)
        .filter_map(|found| built(reader, &found))
        .collect()
}

fn built(reader: &Reader<'_>, found: &Recurrence) -> Option<Built> {
    let rest: Vec<usize> = (0..found.start)
        .chain(found.end..reader.tokens.len())
        .filter(|i| !matches!(reader.low(*i), "," | ":" | ";" | "-"))
        .collect();
    if rest.len() < 2 {
        return None;
    }
    let mut faults = found.faults.clone();
    let (who, to) = workers(reader, &rest, &mut faults);
    let starts_free = rest.first().is_some_and(|i| {
        matches!(reader.low(*i), "we" | "i" | "you" | "there" | "our" | "customers" | "it" | "everyone" | "is" | "are")
    });
    let verb = |i: &usize| SCHEDULED_VERBS.contains(&reader.low(*i));
    let orders = orders_something(reader, &rest) || !found.faults.is_empty() && rest.iter().any(verb);
    if !orders {
        return None;
    }
    let timeless = faults.iter().any(|f| f.code == "schedule-time");
    if starts_free && who.is_empty() && to.is_empty() || timeless && who.is_empty() && to.is_empty() {
        return None;
    }
    // Conditions and gates are not the "do" of a schedule.
    if rest.iter().any(|i| matches!(reader.low(*i), "approval" | "approve" | "unless" | "never" | "forbidden")) {
        return None;
    }
    let words: Vec<&str> =
        rest.iter().filter(|i| !reader.is_filler(**i)).map(|i| reader.tokens[*i].text.as_str()).collect();
    // "run “remind about reviews”": what to do in quotation marks.
    let quoted = rest.iter().find_map(|&i| match &reader.tokens[i].kind {
        Kind::Quote(text) if i > 0 && reader.low(i - 1) == "run" => Some(text.clone()),
        _ => None,
    });
    let rule = Schedule {
        who,
        cron: found.cron.clone(),
        timezone: found.timezone.clone(),
        what: quoted.unwrap_or_else(|| words.join(" ").replace(" '", "'")),
        older_than_days: age(reader, &rest),
        to,
    };
    let penalty = if faults.is_empty() { 0 } else { 70 };
    Some(Built {
        rules: vec![Rule::Schedule(rule)],
        cost: 13 + penalty,
        faults,
        warnings: Vec::new(),
        form: Form::Schedule,
        subject: (0, 0),
        natural: None,
    })
}

/// Begins with whoever does it, or with a verb: "The office is cleaned every Friday at 18:00" only tells.
fn orders_something(reader: &Reader<'_>, rest: &[usize]) -> bool {
    let mut said = rest.iter().copied().filter(|i| !reader.is_filler(*i));
    let (Some(first), second) = (said.next(), said.next().unwrap_or(reader.tokens.len())) else { return false };
    let worker = reader.slot(Slot::To, first).iter().any(|one| one.cost < 60 && one.end > first);
    let low = reader.low(first);
    let told = matches!(
        reader.low(second),
        "is" | "are"
            | "was"
            | "were"
            | "has"
            | "have"
            | "gets"
            | "get"
            | "goes"
            | "go"
            | "will"
            | "can"
            | "must"
            | "should"
    );
    let verb = SCHEDULED_VERBS.contains(&low) || matches!(reader.tokens[first].kind, Kind::Quote(_));
    worker || verb && !told || !told && super::actions::is_tool_word(reader, first)
}

/// The worker who does it, and the one who hears of it.
fn workers(reader: &Reader<'_>, rest: &[usize], faults: &mut Vec<Finding>) -> (Vec<WorkerRef>, Vec<WorkerRef>) {
    let mut named: Vec<(usize, Vec<WorkerRef>)> = Vec::new();
    let mut skip_to = 0;
    for &i in rest {
        if i < skip_to {
            continue;
        }
        let best = reader.slot(Slot::To, i).iter().rev().find(|s| s.cost < 60).cloned();
        let Some(found) = best else { continue };
        let Val::Workers(workers) = &found.val else { continue };
        let generic = workers.refs == [WorkerRef::Human] && !matches!(reader.low(i), "a" | "triage" | "the" | "human");
        let possessive = reader.low(found.end) == "'s";
        let inside = i > 0 && matches!(reader.low(i.wrapping_sub(1)), "whose" | "of" | "about" | "regarding");
        if generic || possessive || inside {
            continue;
        }
        skip_to = found.end;
        if !named.iter().any(|(_, refs)| *refs == workers.refs) {
            named.push((i, workers.refs.clone()));
        }
    }
    let leads = |at: usize| {
        rest.first() == Some(&at)
            || rest.first().is_some_and(|first| {
                matches!(reader.low(*first), "have" | "let" | "ask") && at == first + 1 && named.len() > 1
            })
    };
    match named.as_slice() {
        [] => (Vec::new(), Vec::new()),
        [(_, only)] => (Vec::new(), only.clone()),
        // "Jun gets a report from Felix": whoever stands last does it.
        [(first, hearer), (last, doer)]
            if leads(*first)
                && rest.iter().any(|at| matches!(reader.low(*at), "gets" | "get" | "receives" | "receive"))
                && matches!(reader.low(last.wrapping_sub(1)), "from" | "by") =>
        {
            (doer.clone(), hearer.clone())
        }
        [(first, subject), (_, object)] if leads(*first) => (subject.clone(), object.clone()),
        [(at, _), ..] => {
            faults.push(error(
                "schedule-workers",
                reader.span(*at, at + 1),
                "this names several workers, and it is not clear who does what".to_owned(),
                "name the one who works first, and one who hears of it",
            ));
            (Vec::new(), named[0].1.clone())
        }
    }
}

/// "older than 90 days", "not reviewed for 90 days", "more than 7 days old".
fn age(reader: &Reader<'_>, rest: &[usize]) -> Option<u32> {
    rest.iter().find_map(|&i| {
        let at = [
            "older than", "for more than", "for over", "for at least", "for", "in over", "in more than", "more than",
            "over", "in the last", "within the last", "since", "longer than", "in",
        ]
        .iter()
        .filter_map(|lead| phrase_at(reader, i, lead))
        .max()?;
        days_old(reader, at).map(|(_, days)| days)
    })
}

fn recurrence(reader: &Reader<'_>, i: usize) -> Option<Recurrence> {
    if i > 0 && matches!(reader.low(i - 1), "by" | "until" | "within" | "for") {
        return None;
    }
    let first = day_part(reader, i);
    let mut faults = Vec::new();
    let (end, when, hours) = match first {
        Some((end, When::Cron(cron))) => {
            let (end, timezone) = zoned(reader, end, &mut faults);
            return Some(Recurrence { start: i, end, cron, timezone, faults });
        }
        Some((end, when)) => match time_part(reader, end, &mut faults) {
            Some((end, hours)) => (end, when, Some(hours)),
            None => (end, when, None),
        },
        None => {
            // "at 9 every Monday".
            let (end, hours) = time_part(reader, i, &mut faults)?;
            let (end, mid_zone) = zoned(reader, end, &mut faults);
            let (end, when) = day_part(reader, end)?;
            if let (Some(zone), When::On(dom, month, dow)) = (&mid_zone, &when) {
                let cron = cron(&hours, dom, month, dow, reader, i, end, &mut faults);
                return Some(Recurrence { start: i, end, cron, timezone: Some(zone.clone()), faults });
            }
            (end, when, Some(hours))
        }
    };
    let (end, timezone) = zoned(reader, end, &mut faults);
    let mut cron_text = String::new();
    match (&when, hours) {
        (When::On(dom, month, dow), Some(hours)) => {
            cron_text = cron(&hours, dom, month, dow, reader, i, end, &mut faults)
        }
        (When::On(..), None) => {
            faults.push(error(
                "schedule-time",
                reader.span(i, end),
                "this does not say at what time".to_owned(),
                TIMELESS,
            ));
        }
        (When::Open(help), hours) => {
            if hours.is_none() && !help.contains("start") && !help.contains("last") {
                faults.push(error("schedule-time", reader.span(i, end), "this does not say when".to_owned(), help));
            } else {
                faults.push(error("schedule", reader.span(i, end), "this does not say on which days".to_owned(), help));
            }
        }
        (When::Cron(_), _) => return None,
    }
    Some(Recurrence { start: i, end, cron: cron_text, timezone, faults })
}

fn zoned(reader: &Reader<'_>, end: usize, faults: &mut Vec<Finding>) -> (usize, Option<String>) {
    match zone(reader, end) {
        Some((end, zone, bad)) => {
            faults.extend(bad);
            (end, zone)
        }
        None => (end, None),
    }
}

#[expect(clippy::too_many_arguments, reason = "the fields of one expression, and where it stands")]
fn cron(
    hours: &[(u32, u32)],
    dom: &str,
    month: &str,
    dow: &str,
    reader: &Reader<'_>,
    from: usize,
    to: usize,
    faults: &mut Vec<Finding>,
) -> String {
    let minute = hours.first().map_or(0, |(_, minute)| *minute);
    if hours.iter().any(|(_, m)| *m != minute) {
        faults.push(error(
            "schedule",
            reader.span(from, to),
            "times with different minutes cannot be one schedule".to_owned(),
            "write one sentence for each time",
        ));
    }
    let list: Vec<String> = hours.iter().map(|(hour, _)| hour.to_string()).collect();
    format!("0 {minute} {} {dom} {month} {dow} *", list.join(","))
}

/// "at 9 am", "at 9:00 and 17:00", "9:00".
fn time_part(reader: &Reader<'_>, i: usize, faults: &mut Vec<Finding>) -> Option<(usize, Vec<(u32, u32)>)> {
    let mut at = i;
    if reader.tokens.get(at).is_some_and(|t| t.is_mark(',')) {
        at += 1;
    }
    let marked = reader.low(at) == "at";
    if marked {
        at += 1;
    }
    let colon = matches!(reader.tokens.get(at).map(|t| &t.kind), Some(super::token::Kind::Clock(..)));
    let half =
        clock(reader, at).is_some_and(|(end, ..)| matches!(reader.low(end - 1).replace('.', "").as_str(), "am" | "pm"));
    if !marked && !colon && !half {
        return None;
    }
    let mut times = Vec::new();
    let mut end = at;
    while let Some((next, hour, minute, bad)) = clock(reader, at) {
        faults.extend(bad);
        times.push((hour, minute));
        end = next;
        at = next + usize::from(reader.tokens.get(next).is_some_and(|t| t.is_mark(',')));
        at += usize::from(reader.low(at) == "and");
        at += usize::from(reader.low(at) == "at" && at > next);
        if at == next || clock(reader, at).is_none() {
            break;
        }
    }
    times.sort_unstable();
    (!times.is_empty()).then_some((end, times))
}

fn day_part(reader: &Reader<'_>, i: usize) -> Option<(usize, When)> {
    let at = |phrases: &[&str]| phrases.iter().find_map(|phrase| phrase_at(reader, i, phrase));
    // "every other Friday".
    let other = matches!(reader.low(i), "every" | "each") && matches!(reader.low(i + 1), "other" | "second" | "third");
    if other && DAYS.iter().any(|(_, names)| names.contains(&reader.low(i + 2))) {
        return Some((i + 3, When::Open(FORTNIGHT)));
    }
    if let Some(end) = at(FORTNIGHTLY) {
        return Some((end, When::Open(FORTNIGHT)));
    }
    if let Some(found) = CLOCKWORK.iter().find_map(|(phrase, cron)| Some((phrase_at(reader, i, phrase)?, *cron))) {
        return Some((found.0, When::Cron(found.1.to_owned())));
    }
    if let Some(end) = at(DAILY) {
        return Some((end, on("*", "*", "*")));
    }
    every_n(reader, i).or_else(|| of_month(reader, i)).or_else(|| of_week(reader, i)).or_else(|| weekly(reader, i))
}

fn on(dom: &str, month: &str, dow: &str) -> When {
    When::On(dom.to_owned(), month.to_owned(), dow.to_owned())
}

/// "every Monday", "weekly on Tuesday", "Fridays".
fn of_week(reader: &Reader<'_>, i: usize) -> Option<(usize, When)> {
    let lead = matches!(reader.low(i), "every" | "each" | "on");
    let weekly = matches!(reader.low(i), "weekly");
    let at = if weekly { i + 1 } else { i };
    let plural = reader.low(at).ends_with('s') && DAYS.iter().any(|(_, names)| names.contains(&reader.low(at)));
    let (end, names) = days(reader, at)?;
    if !(lead || weekly || plural || matches!(reader.low(at), "weekdays" | "monday" | "daily")) {
        return None;
    }
    let part = ["mornings", "morning", "evening", "afternoon"].iter().find_map(|w| phrase_at(reader, end, w));
    Some((part.unwrap_or(end), on("*", "*", &dow(&names))))
}

/// "once a week on Monday", "every month on the 5th"; alone they leave the day open.
fn weekly(reader: &Reader<'_>, i: usize) -> Option<(usize, When)> {
    let (phrase, end, help) = WEEKLY_OR_MONTHLY
        .iter()
        .find_map(|(phrase, help)| phrase_at(reader, i, phrase).map(|end| (*phrase, end, *help)))?;
    // A day of the month whose month is already said.
    if phrase.contains("month")
        && reader.low(end) == "on"
        && let Some((stop, day)) = day_number(reader, end + 1)
        && (1..=31).contains(&day)
    {
        return Some((stop, on(&day.to_string(), "*", "*")));
    }
    let after = end + usize::from(reader.low(end) == ",");
    day_part(reader, after).or(Some((end, When::Open(help))))
}

/// "every 15 minutes", "every 2 hours".
fn every_n(reader: &Reader<'_>, i: usize) -> Option<(usize, When)> {
    if !matches!(reader.low(i), "every" | "each") {
        return None;
    }
    let (end, seconds, _) = super::times::duration(reader, i + 1)?;
    if seconds % 86_400 == 0 {
        return None;
    }
    let minutes = seconds / 60;
    let cron = if seconds % 60 == 0 && minutes < 60 && 60 % minutes == 0 {
        format!("0 */{minutes} * * * * *")
    } else if minutes % 60 == 0 && 24 % (minutes / 60) == 0 {
        format!("0 0 */{} * * * *", minutes / 60)
    } else {
        return Some((end, When::Open("choose a time that divides the hour or the day, and a start")));
    };
    Some((end, When::Cron(cron)))
}

/// "the first Monday of each month", "the 1st of every month", "the first day of the quarter".
fn of_month(reader: &Reader<'_>, i: usize) -> Option<(usize, When)> {
    let mut at = i;
    while matches!(reader.low(at), "on" | "the" | "every" | "each" | "monthly" | "day" | "at") && at < i + 4 {
        at += 1;
    }
    if reader.low(at) == "last" {
        let help = "“the last …” cannot be said in a schedule; write the first one, or a day such as the 28th";
        return Some((of_months(reader, at + 2)?.0, When::Open(help)));
    }
    let (end, numbers) = day_numbers(reader, at)?;
    if let Some((day, _)) = DAYS.iter().find(|(_, names)| names.contains(&reader.low(end))) {
        return week_of_month(reader, end + 1, &numbers, day);
    }
    if reader.low(end) == "of" && MONTHS.iter().any(|(_, names)| names.contains(&reader.low(end + 1))) {
        let help = "a day of the year cannot be said in a schedule; write a day of each month";
        return Some((end + 2, When::Open(help)));
    }
    let end = if matches!(reader.low(end), "day" | "days" | "calendar") { end + 1 } else { end };
    let (stop, months) = of_months(reader, end)?;
    let ordinal = ORDINALS.iter().any(|(word, _)| *word == reader.low(at))
        || matches!(reader.low(at + 1), "st" | "nd" | "rd" | "th");
    if !ordinal && reader.low(at.wrapping_sub(1)) != "day" {
        return None;
    }
    if numbers.iter().any(|n| *n == 0 || *n > 31) {
        return Some((stop, When::Open("there is no such day in a month; write the 1st to the 31st, and a start")));
    }
    let list: Vec<String> = numbers.iter().map(u32::to_string).collect();
    Some((stop, on(&list.join(","), months, "*")))
}

fn of_months(reader: &Reader<'_>, at: usize) -> Option<(usize, &'static str)> {
    OF_MONTHS.iter().find_map(|(phrase, months)| phrase_at(reader, at, phrase).map(|end| (end, *months)))
}

/// "1st", "first and third", "5, 15 and 25".
fn day_numbers(reader: &Reader<'_>, at: usize) -> Option<(usize, Vec<u32>)> {
    let mut numbers = Vec::new();
    let mut end = at;
    while let Some((next, n)) = day_number(reader, end) {
        numbers.push(n);
        end = next;
        let joint = usize::from(reader.tokens.get(end).is_some_and(|t| t.is_mark(',')));
        let joint = end + joint + usize::from(reader.low(end + joint) == "and");
        let joint = joint + usize::from(reader.low(joint) == "the");
        if joint == end || day_number(reader, joint).is_none() {
            break;
        }
        end = joint;
    }
    (!numbers.is_empty()).then_some((end, numbers))
}

/// "the first and third Monday of each month": the weeks of a month are days 1 to 7, 8 to 14 and so on.
fn week_of_month(reader: &Reader<'_>, at: usize, numbers: &[u32], day: &str) -> Option<(usize, When)> {
    let (stop, months) = of_months(reader, at)?;
    if months != "*" {
        let help = "say the day of the month; a weekday of a quarter cannot be said in a schedule";
        return Some((stop, When::Open(help)));
    }
    let weeks: Option<Vec<String>> =
        numbers.iter().map(|n| (1..=4).contains(n).then(|| format!("{}-{}", (n - 1) * 7 + 1, n * 7))).collect();
    let help = "“the fifth …” is not in every month; write the first to the fourth, or a last resort such as the 28th";
    Some((stop, weeks.map_or(When::Open(help), |weeks| on(&weeks.join(","), "*", day))))
}

/// Days in cron's words: `Mon-Fri`, `Mon,Thu`, `*`.
pub fn dow(names: &[String]) -> String {
    let order: Vec<usize> = names.iter().filter_map(|n| DAYS.iter().position(|(d, _)| d == n)).collect();
    if order.len() == 7 {
        return "*".to_owned();
    }
    let run = order.len() >= 3 && order.windows(2).all(|w| w[1] == w[0] + 1);
    if run {
        return format!("{}-{}", names[0], names[names.len() - 1]);
    }
    names.join(",")
}
