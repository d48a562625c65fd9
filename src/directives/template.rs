//! The templates of playbooks and messages: minijinja with a limit on work and the filters that people need.
//!
//! Absent here: loading, including, or anything else by which a template could reach beyond the values it is given.

use chrono::{Datelike, NaiveDate};
use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use crate::money::{Currency, Money};

/// Instructions that one template or expression may take; a loop over a long list ends in an error, not in a hang.
const FUEL: u64 = 50_000;

/// Shown where a value is there but empty: an unknown figure is never shown as nothing.
pub const UNKNOWN: &str = "unknown";

/// For values that people read: dates as people write them, empty values as "unknown".
pub fn for_people(today: NaiveDate) -> Environment<'static> {
    let mut environment = bare(today);
    environment.set_formatter(move |out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value| {
        let text = match (value.kind(), value.as_str()) {
            (ValueKind::Undefined, _) => return Err(undefined()),
            (ValueKind::None, _) => UNKNOWN.to_owned(),
            (_, Some(text)) => spoken_date(text, today).unwrap_or_else(|| text.to_owned()),
            (_, None) => value.to_string(),
        };
        out.write_str(&text).map_err(Error::from)
    });
    environment
}

/// For values that tools receive: as they are; an empty value is an error.
pub fn for_tools(today: NaiveDate) -> Environment<'static> {
    let mut environment = bare(today);
    environment.set_formatter(|out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value| match value.kind() {
        ValueKind::Undefined | ValueKind::None => Err(undefined()),
        _ => out.write_str(&value.to_string()).map_err(Error::from),
    });
    environment
}

/// A prompt for a model or an agent: values as they are, those that are not there as nothing.
///
/// # Errors
/// The template cannot be read, asks for something of a value that is not there, or takes too much work.
pub fn prompt(template: &str, values: serde_json::Value) -> Result<String, Error> {
    prompts().render_str(template, minijinja::value::Serde(values))
}

/// Whether a prompt can be read at all.
///
/// # Errors
/// Where and why it cannot.
pub fn check_prompt(template: &str) -> Result<(), Error> {
    prompts().template_from_str(template).map(|_| ())
}

fn prompts() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment
}

fn undefined() -> Error {
    Error::new(ErrorKind::UndefinedError, "the value is not there")
}

fn bare(today: NaiveDate) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.add_filter("date", move |value: &str| spoken_date(value, today).unwrap_or_else(|| value.to_owned()));
    environment.add_filter("age_in_days", move |value: &str| {
        let date = iso_date(value).ok_or_else(|| {
            Error::new(ErrorKind::InvalidOperation, format!("“{value}” is no date such as 2026-11-09"))
        })?;
        Ok::<i64, Error>((today - date).num_days())
    });
    environment.add_filter("money", |cents: i64, currency: Option<String>| {
        let currency = Currency::new(currency.as_deref().unwrap_or("USD"));
        let step = 10_i64.pow(6 - currency.minor_digits());
        let micros = cents
            .checked_mul(step)
            .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "an amount that is too large"))?;
        Ok::<String, Error>(Money::new(micros, currency).to_string())
    });
    environment
}

/// `2026-11-09`, or an instant that begins with it.
fn iso_date(text: &str) -> Option<NaiveDate> {
    let day = text.get(..10)?;
    let rest = &text[10..];
    (rest.is_empty() || rest.starts_with(['T', ' '])).then(|| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()).flatten()
}

/// "9 November", with the year where it is not this one. `None` for what is no ISO date.
fn spoken_date(text: &str, today: NaiveDate) -> Option<String> {
    let date = iso_date(text)?;
    let form = if date.year() == today.year() { "%-d %B" } else { "%-d %B %Y" };
    Some(date.format(form).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    fn say(template: &str) -> Result<String, Error> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let order =
            serde_json::json!({"on": "2026-11-09", "was": "2025-01-02T10:00:00Z", "cents": 45_000, "gone": null});
        for_people(today).render_str(template, context! { order => minijinja::value::Serde(order) })
    }

    #[test]
    fn people_read_dates_and_amounts_as_they_write_them() {
        assert_eq!(say("{{ order.on }}, {{ order.was }}").unwrap(), "9 November, 2 January 2025");
        assert_eq!(say("{{ order.cents|money }} {{ order.cents|money('EUR') }}").unwrap(), "$450.00 €450.00");
        assert_eq!(say("{{ order.gone }} {{ order.on|age_in_days }}").unwrap(), "unknown 11");
    }

    #[test]
    fn what_is_not_there_and_what_never_ends_are_errors() {
        assert!(say("{{ order.nothing }}").is_err());
        assert!(say("{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}").is_err());
    }
}
