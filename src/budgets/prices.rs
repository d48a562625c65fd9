//! What vendors and tools ask for: prices by vendor and model, each from a day on, and what a call comes to by them.

use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money};

/// Prices stand per so many tokens.
const PER_TOKENS: i128 = 1_000_000;

/// The tokens of one call, each in one class only: `input` is what was neither read from nor written to the vendor's cache,
/// `output` does not hold the reasoning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Tokens {
    pub input: u64,
    /// Read from the vendor's cache.
    pub cached: u64,
    /// Written to the vendor's cache.
    pub cache_write: u64,
    pub output: u64,
    pub reasoning: u64,
}

impl Tokens {
    pub fn plus(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            cached: self.cached.saturating_add(other.cached),
            cache_write: self.cache_write.saturating_add(other.cache_write),
            output: self.output.saturating_add(other.output),
            reasoning: self.reasoning.saturating_add(other.reasoning),
        }
    }
}

/// What a model costs from a day on, in millionths of the table's currency per million tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelPrice {
    pub vendor: String,
    /// As the vendor calls it; a `*` at the end stands for the dates that vendors append.
    pub model: String,
    /// ISO date; empty: always.
    pub from: String,
    pub input: i64,
    pub cached: i64,
    pub cache_write: i64,
    pub output: i64,
    pub reasoning: i64,
}

impl ModelPrice {
    fn covers(&self, vendor: &str, model: &str) -> bool {
        let named = match self.model.strip_suffix('*') {
            Some(start) => model.starts_with(start),
            None => model == self.model,
        };
        named && self.vendor == vendor
    }

    /// What these tokens cost, in millionths; a part of a millionth counts as a whole one.
    pub fn of(&self, tokens: &Tokens) -> i64 {
        let classes = [
            (tokens.input, self.input),
            (tokens.cached, self.cached),
            (tokens.cache_write, self.cache_write),
            (tokens.output, self.output),
            (tokens.reasoning, self.reasoning),
        ];
        let sum: i128 = classes.iter().map(|(tokens, price)| i128::from(*tokens) * i128::from(*price)).sum();
        i64::try_from((sum + PER_TOKENS - 1) / PER_TOKENS).unwrap_or(i64::MAX)
    }
}

/// What one call of a tool costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolPrice {
    /// A tool, or all of a server: `search.*`.
    pub tool: String,
    /// In millionths.
    pub per_call: i64,
}

/// What is known of prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceTable {
    /// The ISO date on which somebody last compared them with the vendors' pages; empty: nobody said.
    pub as_of: String,
    pub currency: Currency,
    pub models: Vec<ModelPrice>,
    pub tools: Vec<ToolPrice>,
    /// What an hour of people's work costs, where somebody says; in millionths.
    pub person_hour: Option<i64>,
    /// The same for whoever fills a position or a role, by its id.
    pub person_hours: Vec<(String, i64)>,
}

impl Default for PriceTable {
    fn default() -> Self {
        let currency = Currency::new("USD");
        Self {
            as_of: String::new(),
            currency,
            models: Vec::new(),
            tools: Vec::new(),
            person_hour: None,
            person_hours: Vec::new(),
        }
    }
}

/// What a call comes to, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Priced {
    Known(Money),
    /// The model has no price on that day; the highest that any class of any known model has is taken against budgets, and the
    /// cost stays unknown.
    AtMost(Money),
    /// No model has a price at all.
    Nothing,
}

impl PriceTable {
    /// What an hour of somebody costs who fills these positions and roles; the first that has a rate of its own counts.
    pub fn person_hour_of(&self, names: &[&str]) -> Option<i64> {
        let own = names.iter().find_map(|name| self.person_hours.iter().find(|(known, _)| known == name));
        own.map(|(_, rate)| *rate).or(self.person_hour)
    }

    /// The price in force for a model on a day (ISO date): of those that cover it, the one that began last; an exact name
    /// before one with a `*`.
    pub fn model(&self, vendor: &str, model: &str, day: &str) -> Option<&ModelPrice> {
        let begun = self.models.iter().filter(|price| price.covers(vendor, model) && price.from.as_str() <= day);
        begun.max_by_key(|price| (!price.model.ends_with('*'), price.from.clone(), price.model.len()))
    }

    /// What a call with these tokens costs.
    pub fn of_call(&self, vendor: &str, model: &str, day: &str, tokens: &Tokens) -> Priced {
        let money = |micros| Money::new(micros, self.currency.clone());
        if let Some(price) = self.model(vendor, model, day) {
            return Priced::Known(money(price.of(tokens)));
        }
        match self.highest(day) {
            Some(price) => Priced::AtMost(money(price.of(tokens))),
            None => Priced::Nothing,
        }
    }

    /// The highest price of each class among all models that have one on that day.
    fn highest(&self, day: &str) -> Option<ModelPrice> {
        let begun = self.models.iter().filter(|price| price.from.as_str() <= day);
        begun.cloned().reduce(|a, b| ModelPrice {
            vendor: String::new(),
            model: String::new(),
            from: String::new(),
            input: a.input.max(b.input),
            cached: a.cached.max(b.cached),
            cache_write: a.cache_write.max(b.cache_write),
            output: a.output.max(b.output),
            reasoning: a.reasoning.max(b.reasoning),
        })
    }

    /// What one call of a tool costs, where the table says so: the exact name before a whole server.
    pub fn tool(&self, tool: &str) -> Option<Money> {
        let covers = |price: &&ToolPrice| {
            price.tool == tool || price.tool.strip_suffix('*').is_some_and(|start| tool.starts_with(start))
        };
        let price = self.tools.iter().filter(covers).max_by_key(|price| price.tool.len())?;
        Some(Money::new(price.per_call, self.currency.clone()))
    }

    /// Those of these models (vendor, model) that have no price on that day.
    pub fn unpriced<'a>(&self, models: &[(&'a str, &'a str)], day: &str) -> Vec<(&'a str, &'a str)> {
        models.iter().filter(|(vendor, model)| self.model(vendor, model, day).is_none()).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(model: &str, from: &str, input: i64, output: i64) -> ModelPrice {
        let (vendor, model, from) = ("acme".to_owned(), model.to_owned(), from.to_owned());
        ModelPrice { vendor, model, from, input, cached: input / 10, cache_write: input, output, reasoning: output }
    }

    fn table() -> PriceTable {
        let models = vec![
            price("large*", "2026-01-01", 3_000_000, 15_000_000),
            price("large*", "2026-06-01", 2_000_000, 10_000_000),
            price("large-9", "2026-01-01", 5_000_000, 20_000_000),
        ];
        let tools = vec![
            ToolPrice { tool: "search.*".into(), per_call: 5_000 },
            ToolPrice { tool: "search.deep".into(), per_call: 50_000 },
        ];
        PriceTable { as_of: "2026-11-01".into(), models, tools, ..PriceTable::default() }
    }

    #[test]
    fn the_price_of_the_day_counts_and_an_exact_name_before_a_pattern() {
        let input = |model: &str, day: &str| table().model("acme", model, day).map(|price| price.input);
        assert_eq!(input("large-2026-01", "2026-05-31"), Some(3_000_000));
        assert_eq!(input("large-2026-01", "2026-06-01"), Some(2_000_000));
        assert_eq!(input("large-9", "2026-11-01"), Some(5_000_000));
        assert_eq!(input("large-9", "2025-12-31"), None);
        assert_eq!(input("small", "2026-11-01"), None);
        assert_eq!(table().unpriced(&[("acme", "large-1"), ("acme", "small")], "2026-11-01"), [("acme", "small")]);
    }

    #[test]
    fn every_token_has_its_price_and_nothing_is_rounded_away() {
        let tokens = Tokens { input: 1_000, cached: 500, cache_write: 10, output: 100, reasoning: 7 };
        let cost = table().of_call("acme", "large-1", "2026-11-01", &tokens);
        assert_eq!(cost, Priced::Known(Money::new(2_000 + 100 + 20 + 1_000 + 70, Currency::new("USD"))));
        let one = Tokens { cached: 1, ..Tokens::default() };
        assert_eq!(table().model("acme", "large-1", "2026-11-01").map(|price| price.of(&one)), Some(1));
    }

    #[test]
    fn an_unknown_model_is_taken_at_the_highest_price_and_stays_unknown() {
        let tokens = Tokens { input: 1_000_000, output: 1_000_000, ..Tokens::default() };
        let cost = table().of_call("other", "huge", "2026-11-01", &tokens);
        assert_eq!(cost, Priced::AtMost(Money::new(25_000_000, Currency::new("USD"))));
        assert_eq!(PriceTable::default().of_call("other", "huge", "2026-11-01", &tokens), Priced::Nothing);
    }

    #[test]
    fn tools_may_have_prices_too() {
        let cost = |tool: &str| table().tool(tool).map(|money| money.micros);
        assert_eq!(cost("search.web"), Some(5_000));
        assert_eq!(cost("search.deep"), Some(50_000));
        assert_eq!(cost("billing.refund"), None);
    }
}
