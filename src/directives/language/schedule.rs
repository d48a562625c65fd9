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
use super::vocabulary::words::{DAYS, ORDINALS};
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
        let inside = i > 0 && matches!(reader.low(i.wrapping_sub(1)), "whose" | "of" | "about");
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
    let on = |dom: &str, month: &str, dow: &str| When::On(dom.to_owned(), month.to_owned(), dow.to_owned());
    for (phrase, when) in [
        ("fortnightly", When::Open("say when it starts; a schedule can hold days of the week or of the month")),
        ("every other week", When::Open("say when it starts; a schedule can hold days of the week or of the month")),
        ("every two weeks", When::Open("say when it starts; a schedule can hold days of the week or of the month")),
        ("every second week", When::Open("say when it starts; a schedule can hold days of the week or of the month")),
        ("every fortnight", When::Open("say when it starts; a schedule can hold days of the week or of the month")),
        ("biweekly", When::Open("say when it starts; a schedule can hold days of the week or of the month")),
        ("once a fortnight", When::Open("say when it starts; a schedule can hold days of the week or of the month")),
        ("hourly", When::Cron("0 0 * * * * *".to_owned())),
        ("every hour", When::Cron("0 0 * * * * *".to_owned())),
        ("each hour", When::Cron("0 0 * * * * *".to_owned())),
        ("once an hour", When::Cron("0 0 * * * * *".to_owned())),
        ("on the hour", When::Cron("0 0 * * * * *".to_owned())),
        ("every half hour", When::Cron("0 */30 * * * * *".to_owned())),
        ("every half an hour", When::Cron("0 */30 * * * * *".to_owned())),
        ("every minute", When::Cron("0 * * * * * *".to_owned())),
        ("every morning", on("*", "*", "*")),
        ("each morning", on("*", "*", "*")),
        ("every evening", on("*", "*", "*")),
        ("each evening", on("*", "*", "*")),
        ("every night", on("*", "*", "*")),
        ("every afternoon", on("*", "*", "*")),
        ("once a day", on("*", "*", "*")),
        ("twice a day", on("*", "*", "*")),
        ("every single day", on("*", "*", "*")),
        ("daily", on("*", "*", "*")),
        ("each day", on("*", "*", "*")),
        ("every day", on("*", "*", "*")),
        ("three times a day", on("*", "*", "*")),
    ] {
        if let Some(end) = phrase_at(reader, i, phrase) {
            return Some((end, when));
        }
    }
    if let Some(found) = every_n(reader, i) {
        return Some(found);
    }
    if let Some(found) = of_month(reader, i) {
        return Some(found);
    }
    let lead = matches!(reader.low(i), "every" | "each" | "on");
    let weekly = matches!(reader.low(i), "weekly");
    let at = if weekly { i + 1 } else { i };
    let plural = reader.low(at).ends_with('s') && DAYS.iter().any(|(_, names)| names.contains(&reader.low(at)));
    if let Some((end, names)) = days(reader, at)
        && (lead || weekly || plural || matches!(reader.low(at), "weekdays" | "monday" | "daily"))
    {
        let end = ["mornings", "morning", "evening", "afternoon"]
            .iter()
            .find_map(|w| phrase_at(reader, end, w))
            .unwrap_or(end);
        return Some((end, When::On("*".to_owned(), "*".to_owned(), dow(&names))));
    }
    for (phrase, help) in [
        ("weekly", "say on which day and at what time"),
        ("every week", "say on which day and at what time"),
        ("once a week", "say on which day and at what time"),
        ("monthly", "say on which day of the month and at what time"),
        ("every month", "say on which day of the month and at what time"),
        ("once a month", "say on which day of the month and at what time"),
    ] {
        if let Some(end) = phrase_at(reader, i, phrase) {
            // "every month on the 15th": a day of the month, its month already said.
            if phrase.contains("month")
                && let Some((stop, day)) = day_number(reader, end + usize::from(reader.low(end) == "on"))
                && (1..=31).contains(&day)
                && reader.low(end) == "on"
            {
                return Some((stop, When::On(day.to_string(), "*".to_owned(), "*".to_owned())));
            }
            // "once a week on Monday at 9", "every month on the 5th".
            if let Some(found) = day_part(reader, end + usize::from(reader.low(end) == ",")) {
                return Some(found);
            }
            return Some((end, When::Open(help)));
        }
    }
    None
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
    let of = |at: usize| -> Option<(usize, &'static str)> {
        for (phrase, months) in [
            ("of each month", "*"),
            ("of every month", "*"),
            ("of the month", "*"),
            ("of a month", "*"),
            ("each month", "*"),
            ("every month", "*"),
            ("in each month", "*"),
            ("in every month", "*"),
            ("a month", "*"),
            ("of each quarter", "Jan,Apr,Jul,Oct"),
            ("of every quarter", "Jan,Apr,Jul,Oct"),
            ("of the quarter", "Jan,Apr,Jul,Oct"),
            ("of a quarter", "Jan,Apr,Jul,Oct"),
        ] {
            if let Some(end) = phrase_at(reader, at, phrase) {
                return Some((end, months));
            }
        }
        None
    };
    if reader.low(at) == "last" {
        let end = of(at + 2)?.0;
        return Some((
            end,
            When::Open("“the last …” cannot be said in a schedule; write the first one, or a day such as the 28th"),
        ));
    }
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
    numbers.first()?;
    let ordinal = ORDINALS.iter().any(|(word, _)| *word == reader.low(at))
        || matches!(reader.low(at + 1), "st" | "nd" | "rd" | "th");
    if let Some(day) = DAYS.iter().find(|(_, names)| names.contains(&reader.low(end))) {
        let (stop, months) = of(end + 1)?;
        if months != "*" {
            return Some((
                stop,
                When::Open("say the day of the month; a weekday of a quarter cannot be said in a schedule"),
            ));
        }
        let weeks: Option<Vec<String>> =
            numbers.iter().map(|n| (1..=4).contains(n).then(|| format!("{}-{}", (n - 1) * 7 + 1, n * 7))).collect();
        return Some((
            stop,
            match weeks {
                Some(weeks) => When::On(weeks.join(","), "*".to_owned(), day.0.to_owned()),
                None => When::Open(
                    "“the fifth …” is not in every month; write the first to the fourth, or a last resort such as the 28th",
                ),
            },
        ));
    }
    let end = if matches!(reader.low(end), "day" | "days" | "calendar") { end + 1 } else { end };
    let (stop, months) = of(end)?;
    if !ordinal && reader.low(at.wrapping_sub(1)) != "day" {
        return None;
    }
    if numbers.iter().any(|n| *n == 0 || *n > 31) {
        return Some((stop, When::Open("there is no such day in a month; write the 1st to the 31st, and a start")));
    }
    let list: Vec<String> = numbers.iter().map(u32::to_string).collect();
    Some((stop, When::On(list.join(","), months.to_owned(), "*".to_owned())))
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
