//! How long something took, as people write it: "25 min", "1 h 30", "1:30", "half an hour", "two hours".

/// The longest that one piece of work is taken to have lasted, in minutes: a week of full days.
const MOST: u32 = 7 * 24 * 60;

/// Whole minutes; `None` for what is no length of time, nothing at all, or more than a week.
pub fn minutes(text: &str) -> Option<u32> {
    let text = text.trim().trim_end_matches('.').to_lowercase();
    let found = match text.as_str() {
        "half an hour" => 30.0,
        "a quarter of an hour" | "quarter of an hour" => 15.0,
        "an hour and a half" => 90.0,
        text => clock(text).or_else(|| parts(text))?,
    };
    let whole = found.round();
    // Between 1 and the most, so that it fits.
    (whole >= 1.0 && whole <= f64::from(MOST)).then_some(whole as u32)
}

/// `1:30`.
fn clock(text: &str) -> Option<f64> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60).then(|| f64::from(hours) * 60.0 + f64::from(minutes))
}

/// Numbers with their units; a bare number is minutes, and so is one after hours.
fn parts(text: &str) -> Option<f64> {
    let mut words = Vec::new();
    for word in text.split_whitespace().filter(|word| *word != "and") {
        words.extend(
            word.chars()
                .collect::<Vec<_>>()
                .chunk_by(|a, b| a.is_alphabetic() == b.is_alphabetic())
                .map(|run| run.iter().collect::<String>()),
        );
    }
    let (mut sum, mut left) = (0.0, None);
    for word in &words {
        match (word.as_str(), left.take()) {
            ("h" | "hr" | "hrs" | "hour" | "hours", Some(n)) => sum += n * 60.0,
            ("m" | "min" | "mins" | "minute" | "minutes", Some(n)) => sum += n,
            ("d" | "day" | "days", Some(n)) => sum += n * 8.0 * 60.0,
            (number, None) => left = Some(number_of(number)?),
            (_, Some(_)) => return None,
        }
    }
    Some(sum + left.unwrap_or(0.0))
}

fn number_of(word: &str) -> Option<f64> {
    const WORDS: [&str; 11] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    if matches!(word, "a" | "an") {
        return Some(1.0);
    }
    let named = WORDS.iter().position(|known| *known == word).and_then(|n| u32::try_from(n).ok());
    named.map(f64::from).or_else(|| word.replace(',', ".").parse().ok()).filter(|n: &f64| n.is_finite() && *n >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::minutes;

    #[test]
    fn people_write_lengths_in_many_ways() {
        for (text, expected) in [
            ("25", Some(25)),
            ("25 min", Some(25)),
            ("25min.", Some(25)),
            ("1 h", Some(60)),
            ("1h30", Some(90)),
            ("1 h 30 min", Some(90)),
            ("1 hour and 30 minutes", Some(90)),
            ("1:05", Some(65)),
            ("2.5 hours", Some(150)),
            ("1,5 h", Some(90)),
            ("half an hour", Some(30)),
            ("an hour", Some(60)),
            ("two days", Some(960)),
            ("", None),
            ("0", None),
            ("soon", None),
            ("5 apples", None),
            ("1:75", None),
            ("-5", None),
            ("9999 hours", None),
            ("nan", None),
        ] {
            assert_eq!(minutes(text), expected, "{text:?}");
        }
    }
}
