//! Cron expressions of this language back into words.

use super::vocabulary::words::DAYS;

const FULL: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// "Every weekday at 9:00", "On the first Monday of each month at 8:30".
pub fn words(cron: &str) -> String {
    let fields: Vec<&str> = cron.split(' ').collect();
    let [_, minute, hour, dom, month, dow, _] = fields.as_slice() else { return format!("By the clock ({cron})") };
    if let Some(step) = minute.strip_prefix("*/") {
        return format!("Every {step} minutes");
    }
    if *minute == "*" {
        return "Every minute".to_owned();
    }
    if let Some(step) = hour.strip_prefix("*/") {
        return format!("Every {step} hours");
    }
    if *hour == "*" {
        return "Every hour".to_owned();
    }
    let minute: u32 = minute.parse().unwrap_or(0);
    let times: Vec<String> = hour.split(',').map(|hour| format!("{hour}:{minute:02}")).collect();
    format!("{} at {}", days(dom, month, dow), join(&times))
}

fn days(dom: &str, month: &str, dow: &str) -> String {
    let of = if month == "*" { "of each month" } else { "of each quarter" };
    match (dom, dow) {
        ("*", "*") => "Every day".to_owned(),
        ("*", "Mon-Fri") => "Every weekday".to_owned(),
        ("*", _) => {
            let names = expand(dow);
            format!("Every {}", join(&names.iter().map(|d| (*d).to_owned()).collect::<Vec<_>>()))
        }
        (_, "*") => {
            let numbers: Vec<String> = dom.split(',').map(ordinal).collect();
            format!("On the {} {of}", join(&numbers))
        }
        (_, day) => {
            let weeks: Vec<String> = dom
                .split(',')
                .map(|range| match range {
                    "1-7" => "first",
                    "8-14" => "second",
                    "15-21" => "third",
                    _ => "fourth",
                })
                .map(str::to_owned)
                .collect();
            let names = expand(day);
            format!("On the {} {} {of}", join(&weeks), names.first().copied().unwrap_or("Monday"))
        }
    }
}

fn ordinal(day: &str) -> String {
    let suffix = match day {
        "1" | "21" | "31" => "st",
        "2" | "22" => "nd",
        "3" | "23" => "rd",
        _ => "th",
    };
    format!("{day}{suffix}")
}

fn expand(dow: &str) -> Vec<&'static str> {
    let at = |name: &str| DAYS.iter().position(|(short, _)| *short == name);
    let mut out = Vec::new();
    for part in dow.split(',') {
        match part.split_once('-') {
            Some((from, to)) => {
                if let (Some(from), Some(to)) = (at(from), at(to)) {
                    out.extend(&FULL[from..=to.max(from)]);
                }
            }
            None => out.extend(at(part).map(|n| FULL[n])),
        }
    }
    out
}

fn join(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}

/// "Monday to Friday", "Monday, Tuesday and Friday", "every day".
pub fn day_words(days: &[String]) -> String {
    let at: Vec<usize> = days.iter().filter_map(|day| DAYS.iter().position(|(short, _)| short == day)).collect();
    match at.as_slice() {
        [_, _, _, _, _, _, _] => "every day".to_owned(),
        [first, .., last] if at.len() > 2 && last - first == at.len() - 1 => {
            format!("{} to {}", FULL[*first], FULL[*last])
        }
        _ => join(&at.iter().map(|n| FULL[*n].to_owned()).collect::<Vec<_>>()),
    }
}
