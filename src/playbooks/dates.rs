//! Dates as people write them in a request: "9 November", "Nov 9, 2026", "2026-11-09", "tomorrow", "Monday".
//!
//! `03/04/2027` is no date here: nobody can tell which of the two is the month.

use chrono::{Datelike, Days, NaiveDate, Weekday};

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// All dates in a text, in its order. A day without a year is the next such day from `today` on.
pub fn find_dates(text: &str, today: NaiveDate) -> Vec<NaiveDate> {
    let words: Vec<String> =
        text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match date_at(&words[at..], today) {
            Some((date, length)) => {
                out.push(date);
                at += length;
            }
            None => at += 1,
        }
    }
    out
}

fn date_at(words: &[String], today: NaiveDate) -> Option<(NaiveDate, usize)> {
    let first = words.first()?.as_str();
    if let Ok(date) = NaiveDate::parse_from_str(first, "%Y-%m-%d") {
        return Some((date, 1));
    }
    match first {
        "today" => return Some((today, 1)),
        "tomorrow" => return today.checked_add_days(Days::new(1)).map(|date| (date, 1)),
        _ => {}
    }
    if let Some(index) = DAYS.iter().position(|day| *day == first) {
        return next_weekday(index, today).map(|date| (date, 1));
    }
    let second = words.get(1)?.as_str();
    if let (Some(day), Some(month)) = (day(first), month(second)) {
        return with_year(day, month, words.get(2), today);
    }
    // "the 9th of November"
    if let (Some(day), "of", Some(month)) = (day(first), second, words.get(2).and_then(|word| month(word))) {
        return with_year(day, month, words.get(3), today).map(|(date, length)| (date, length + 1));
    }
    if let (Some(month), Some(day)) = (month(first), day(second)) {
        return with_year(day, month, words.get(2), today);
    }
    None
}

fn with_year(day: u32, month: u32, year: Option<&String>, today: NaiveDate) -> Option<(NaiveDate, usize)> {
    let year = year.filter(|year| year.len() == 4).and_then(|year| year.parse::<i32>().ok());
    match year {
        Some(year) => NaiveDate::from_ymd_opt(year, month, day).map(|date| (date, 3)),
        None => {
            let this_year = NaiveDate::from_ymd_opt(today.year(), month, day).filter(|date| *date >= today);
            this_year.or_else(|| NaiveDate::from_ymd_opt(today.year() + 1, month, day)).map(|date| (date, 2))
        }
    }
}

fn day(word: &str) -> Option<u32> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn month(word: &str) -> Option<u32> {
    let index = MONTHS.iter().position(|month| word.starts_with(month))?;
    let full = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ];
    let fits = full[index].starts_with(word) || word == "sept";
    fits.then(|| u32::try_from(index + 1).ok()).flatten()
}

fn next_weekday(index: usize, today: NaiveDate) -> Option<NaiveDate> {
    let wanted = Weekday::try_from(u8::try_from(index).ok()?).ok()?;
    (0..7).filter_map(|n| today.checked_add_days(Days::new(n))).find(|date| date.weekday() == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found_and_never_guessed() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let found = |text: &str| -> Vec<String> { find_dates(text, today).iter().map(ToString::to_string).collect() };
        assert_eq!(found("from 9 November to Dec 1st, 2026"), ["2027-11-09", "2026-12-01"]);
        assert_eq!(found("the 3rd of January 2028, or tomorrow"), ["2028-01-03", "2026-11-21"]);
        assert_eq!(found("on Monday (2026-11-30)"), ["2026-11-23", "2026-11-30"]);
        assert_eq!(found("03/04/2027, 31 February, may I?"), Vec::<String>::new());
    }
}
