//! `crm`: customers, their contracts, offers and cancellations.

pub mod store;

use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::definition::Need::{Optional, Required};
use super::definition::{is_integer, is_text, is_text_or_null, text, whole_number};
use super::{Arguments, Definition, Failure, no_such_tool};
use crate::catalogue::Class;

pub fn tools() -> Vec<Definition> {
    let subscription = || text("The subscription's number, such as SUB-77.");
    vec![
        Definition::new(
            "get_customer",
            Class::Read,
            "Look up a customer",
            "Shows a customer by account id or name: plan, segment, and who looks after them.",
        )
        .takes(vec![
            ("id", text("The account's id, such as acct-northwind."), Optional),
            ("name", text("The customer's name, or a part of it."), Optional),
        ])
        .gives(&[
            ("id", is_text()),
            ("name", is_text()),
            ("plan", is_text()),
            ("segment", is_text()),
            ("owner", is_text()),
        ]),
        Definition::new(
            "get_contract",
            Class::Read,
            "Look up a contract",
            "Looks up a customer's contract: subscription, price, when it renews and how long the notice is.",
        )
        .takes(vec![("customer", text("The account's id, such as acct-northwind."), Required)])
        .gives(&[
            ("contract_id", is_text()),
            ("customer", is_text()),
            ("subscription_id", is_text()),
            ("status", is_text()),
            ("monthly_cents", is_integer()),
            ("currency", is_text()),
            ("renews_on", is_text()),
            ("notice_days", is_integer()),
            ("offer", is_text_or_null()),
        ]),
        Definition::new(
            "offer",
            Class::Write,
            "Make an offer",
            "Offers a customer a discount on a subscription for some months.",
        )
        .takes(vec![
            ("subscription_id", subscription(), Required),
            ("discount_percent", whole_number("The discount, in percent.", 1, 100), Required),
            ("months", whole_number("For how many months.", 1, 36), Required),
        ])
        .gives(&[("subscription_id", is_text()), ("offer", is_text())]),
        Definition::new(
            "cancel",
            Class::Destructive,
            "Cancel a subscription",
            "Cancels a customer's subscription at the end of the notice. It cannot be undone.",
        )
        .takes(vec![
            ("subscription_id", subscription(), Required),
            ("reason", text("Why the customer leaves."), Required),
        ])
        .gives(&[("subscription_id", is_text()), ("status", is_text())]),
    ]
}

pub async fn call(db: &mut SqliteConnection, tool: &str, args: &Arguments<'_>) -> Result<Value, Failure> {
    match tool {
        "get_customer" => {
            let mut found = match (args.maybe_text("id"), args.maybe_text("name")) {
                (Some(id), None) => store::customers_by_id(db, id).await?,
                (None, Some(name)) => store::customers_by_name(db, name).await?,
                (Some(_), Some(_)) | (None, None) => {
                    return Err(Failure::Refused("Give either id or name.".to_owned()));
                }
            };
            match (found.pop(), found.is_empty()) {
                (Some(customer), true) => Ok(customer.to_json()),
                (Some(_), false) => Err(Failure::Refused("More than one customer has that in the name.".to_owned())),
                (None, _) => Err(Failure::Refused("There is no such customer.".to_owned())),
            }
        }
        "get_contract" => {
            let customer = args.text("customer");
            let contract = store::contract(db, customer).await?;
            contract.map(|c| c.to_json()).ok_or_else(|| Failure::Refused(format!("{customer} has no contract.")))
        }
        "offer" => {
            let subscription = active(db, args).await?;
            let offer = format!("{} % off for {} months", args.integer("discount_percent"), args.integer("months"));
            store::set_offer(db, &subscription, &offer).await?;
            Ok(json!({"subscription_id": subscription, "offer": offer}))
        }
        "cancel" => {
            let subscription = active(db, args).await?;
            store::cancel(db, &subscription, args.text("reason")).await?;
            Ok(json!({"subscription_id": subscription, "status": "cancelled"}))
        }
        other => Err(no_such_tool(other)),
    }
}

/// The subscription's number as the table spells it, if the subscription runs.
async fn active(db: &mut SqliteConnection, args: &Arguments<'_>) -> Result<String, Failure> {
    let wanted = args.text("subscription_id");
    match store::subscription(db, wanted).await? {
        Some((id, status)) if status == "active" => Ok(id),
        Some((id, status)) => Err(Failure::Refused(format!("The subscription {id} is {status}."))),
        None => Err(Failure::Refused(format!("There is no subscription {wanted}."))),
    }
}
