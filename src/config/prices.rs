//! `[prices]`: what vendors, tools and people cost, in units of one currency as their pages give it.

use serde::Deserialize;

use super::BadSettings;
use crate::budgets::{ModelPrice, PriceTable, ToolPrice};
use crate::money::{Currency, Money};

/// The section as it stands in `workforce.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    /// The day on which somebody last compared these with the vendors' pages.
    #[serde(default)]
    as_of: String,
    #[serde(default = "dollars")]
    currency: String,
    #[serde(default)]
    models: Vec<Model>,
    #[serde(default)]
    tools: Vec<Tool>,
    /// What an hour of people's work costs.
    person_hour: Option<f64>,
    /// The same for single positions or roles, by their ids.
    #[serde(default)]
    person_hours: std::collections::BTreeMap<String, f64>,
}

fn dollars() -> String {
    "USD".to_owned()
}

/// Per million tokens. What is left out costs what its neighbour does: what is read from a cache and written to it as input,
/// reasoning as output.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    vendor: String,
    model: String,
    #[serde(default)]
    from: String,
    input: f64,
    output: f64,
    cached: Option<f64>,
    cache_write: Option<f64>,
    reasoning: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    tool: String,
    per_call: f64,
}

impl Section {
    pub(super) fn resolve(self) -> Result<PriceTable, BadSettings> {
        for day in [&self.as_of].into_iter().chain(self.models.iter().map(|model| &model.from)) {
            if !day.is_empty() && chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").is_err() {
                return Err(BadSettings::Price(format!("“{day}” is no date; write 2026-11-17")));
            }
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(BadSettings::Price(format!("“{}” is no currency; write USD or EUR", self.currency)));
        }
        let models = self.models.iter().map(Model::resolve).collect::<Result<_, _>>()?;
        let tool = |tool: &Tool| {
            Ok(ToolPrice { tool: tool.tool.clone(), per_call: micros(&tool.tool, "per_call", tool.per_call)? })
        };
        Ok(PriceTable {
            as_of: self.as_of,
            currency: Currency::new(&self.currency),
            models,
            tools: self.tools.iter().map(tool).collect::<Result<_, BadSettings>>()?,
            person_hours: self
                .person_hours
                .iter()
                .map(|(name, price)| Ok((name.clone(), micros(name, "person_hours", *price)?)))
                .collect::<Result<_, BadSettings>>()?,
            person_hour: self.person_hour.map(|price| micros("people", "person_hour", price)).transpose()?,
        })
    }
}

impl Model {
    fn resolve(&self) -> Result<ModelPrice, BadSettings> {
        let price = |name, value| micros(&self.model, name, value);
        Ok(ModelPrice {
            vendor: self.vendor.clone(),
            model: self.model.clone(),
            from: self.from.clone(),
            input: price("input", self.input)?,
            cached: price("cached", self.cached.unwrap_or(self.input))?,
            cache_write: price("cache_write", self.cache_write.unwrap_or(self.input))?,
            output: price("output", self.output)?,
            reasoning: price("reasoning", self.reasoning.unwrap_or(self.output))?,
        })
    }
}

fn micros(of: &str, name: &str, price: f64) -> Result<i64, BadSettings> {
    let scaled = price * Money::MICROS_PER_UNIT as f64;
    if !price.is_finite() || price < 0.0 || scaled > 9e15 {
        return Err(BadSettings::Price(format!("{name} of {of} is {price}; write an amount such as 3.75")));
    }
    Ok(scaled.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<PriceTable, String> {
        let section: Section = toml::from_str(text).map_err(|error| error.to_string())?;
        section.resolve().map_err(|error| error.to_string())
    }

    #[test]
    fn prices_are_read_as_the_vendors_give_them() {
        let table = read(
            "as_of = '2026-11-17'\n[[models]]\nvendor = 'anthropic'\nmodel = 'claude-sonnet-*'\ninput = 3\ncached = 0.3\noutput = 15\n\
             [[tools]]\ntool = 'search.*'\nper_call = 0.005\n",
        )
        .unwrap();
        let model = &table.models[0];
        let classes = (model.input, model.cached, model.cache_write, model.output, model.reasoning);
        assert_eq!(classes, (3_000_000, 300_000, 3_000_000, 15_000_000, 15_000_000));
        assert_eq!((table.tools[0].per_call, table.currency.0.as_str()), (5_000, "USD"));
    }

    #[test]
    fn what_is_no_price_is_refused() {
        for bad in [
            "as_of = 'last week'",
            "currency = 'dollars'",
            "[[models]]\nvendor = 'a'\nmodel = 'm'\ninput = -1\noutput = 1",
            "[[models]]\nvendor = 'a'\nmodel = 'm'\ninput = 1",
            "[[models]]\nvendor = 'a'\nmodel = 'm'\ninput = 1\noutput = 1\nouptut = 2",
            "person_hour = inf",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
