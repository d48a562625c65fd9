//! Values of slots as templates see them.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, Value};

use crate::money::Money;

/// An amount: prints as people write it, and has `cents` (minor units), `units` and `currency`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount(pub Money);

impl Object for Amount {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "cents" => self.0.minor_units().map(Value::from),
            "units" => Some(Value::from(self.0.micros as f64 / 1e6)),
            "currency" => Some(Value::from(self.0.currency.0.as_str())),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["cents", "units", "currency"])
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
