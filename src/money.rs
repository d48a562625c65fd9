//! Money in millionths of a currency unit, and costs that may be unknown. An unknown cost is never zero.

mod reading;

use std::fmt;

use serde::{Deserialize, Serialize};

/// An ISO 4217 code in capitals, such as `USD`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Currency(pub String);

impl Currency {
    pub fn new(code: &str) -> Self {
        Self(code.to_ascii_uppercase())
    }

    /// How many minor units (cents) one unit has: 2 for most, 0 for yen and the like (ISO 4217).
    pub fn minor_digits(&self) -> u32 {
        match self.0.as_str() {
            "JPY" | "KRW" | "VND" | "CLP" | "ISK" => 0,
            "BHD" | "KWD" | "OMR" | "JOD" | "TND" => 3,
            _ => 2,
        }
    }

    fn symbol(&self) -> Option<&'static str> {
        match self.0.as_str() {
            "USD" => Some("$"),
            "EUR" => Some("€"),
            "GBP" => Some("£"),
            "JPY" => Some("¥"),
            _ => None,
        }
    }
}

/// An amount: millionths of one unit of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    pub micros: i64,
    pub currency: Currency,
}

impl Money {
    pub const MICROS_PER_UNIT: i64 = 1_000_000;

    pub fn new(micros: i64, currency: Currency) -> Self {
        Self { micros, currency }
    }
}

/// As people write it: `$450.00`, `€1,234.50`, `1,200.00 CHF`; with more digits only where there is less than a cent.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.minor_digits();
        let below_minor = self.micros % 10_i64.pow(6 - digits) != 0;
        let digits = if below_minor { 4.max(digits) } else { digits };
        let step = 10_i64.pow(6 - digits);
        let rounded = (self.micros.unsigned_abs() + step.unsigned_abs() / 2) / step.unsigned_abs();
        let scale = 10_u64.pow(digits);
        let (units, rest) = (rounded / scale, rounded % scale);
        let sign = if self.micros < 0 { "-" } else { "" };
        let mut number = grouped(units);
        if digits > 0 {
            number.push_str(&format!(".{rest:0width$}", width = digits as usize));
        }
        match self.currency.symbol() {
            Some(symbol) => write!(f, "{sign}{symbol}{number}"),
            None => write!(f, "{sign}{number} {}", self.currency.0),
        }
    }
}

fn grouped(units: u64) -> String {
    let digits = units.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// What a step cost. `Unmetered` means that nobody told, which is not the same as nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cost {
    Known(Money),
    Unmetered,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_as_people_write_it() {
        let usd = |micros| Money::new(micros, Currency::new("usd")).to_string();
        assert_eq!(usd(450_000_000), "$450.00");
        assert_eq!(usd(1_234_567_890_000), "$1,234,567.89");
        assert_eq!(usd(-40_000_000), "-$40.00");
        assert_eq!(usd(1_200), "$0.0012");
        assert_eq!(Money::new(12_340_000_000, Currency::new("CHF")).to_string(), "12,340.00 CHF");
        assert_eq!(Money::new(500_000_000, Currency::new("JPY")).to_string(), "¥500");
    }
}
