//! `orders`: what was bought, and where it is. Reads only.

pub mod store;

use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::definition::Need::Required;
use super::definition::{is_integer, is_list, is_text, is_text_or_null, text};
use super::{Arguments, Definition, Failure, no_such_tool};
use crate::catalogue::Class;

pub fn tools() -> Vec<Definition> {
    vec![
        Definition::new(
            "get",
            Class::Read,
            "Look up an order",
            "Looks up one order by its number: what was bought, for how much, and where the parcel is.",
        )
        .takes(vec![("id", text("The order's number, such as ORD-1042."), Required)])
        .gives(&[
            ("id", is_text()),
            ("customer", is_text()),
            ("customer_name", is_text()),
            ("item", is_text()),
            ("amount_cents", is_integer()),
            ("currency", is_text()),
            ("status", is_text()),
            ("ordered_on", is_text()),
            ("shipped_on", is_text_or_null()),
            ("delivered_on", is_text_or_null()),
            ("carrier", is_text_or_null()),
        ]),
        Definition::new(
            "search",
            Class::Read,
            "List what a customer bought",
            "Lists everything that a customer has bought, newest first, by account id or by a part of the name.",
        )
        .takes(vec![("customer", text("The account's id, or a part of its name."), Required)])
        .gives(&[("orders", is_list())]),
    ]
}

pub async fn call(db: &mut SqliteConnection, tool: &str, args: &Arguments<'_>) -> Result<Value, Failure> {
    match tool {
        "get" => {
            let id = args.text("id");
            let order = store::find(db, id).await?;
            order.map(|order| order.to_json()).ok_or_else(|| Failure::Refused(format!("There is no order {id}.")))
        }
        "search" => {
            let found = store::of_customer(db, args.text("customer")).await?;
            Ok(json!({"orders": found.iter().map(store::Order::to_json).collect::<Vec<_>>()}))
        }
        other => Err(no_such_tool(other)),
    }
}
