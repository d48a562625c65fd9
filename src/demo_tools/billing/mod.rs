//! `billing`: invoices and refunds. Never pays back more than was paid.

pub mod store;

use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::definition::Need::{Optional, Required};
use super::definition::{is_boolean, is_integer, is_list, is_text, is_text_or_null, text, whole_number};
use super::{Arguments, Definition, Failure, no_such_tool};
use crate::catalogue::Class;

/// The largest refund that the schema takes, in cents.
const MAX_REFUND_CENTS: i64 = 100_000_000;

pub fn tools() -> Vec<Definition> {
    vec![
        Definition::new(
            "refund",
            Class::Write,
            "Refund an order",
            "Issues a refund: pays back a part or all of what a customer paid for an order.",
        )
        .takes(vec![
            ("order_id", text("The order's number, such as ORD-1042."), Required),
            ("amount_cents", whole_number("How much to pay back, in cents of USD.", 1, MAX_REFUND_CENTS), Required),
            ("reason", text("Why, in the words of whoever asked."), Required),
        ])
        .gives(&[
            ("refund_id", is_text()),
            ("order_id", is_text()),
            ("amount_cents", is_integer()),
            ("currency", is_text()),
            ("remaining_cents", is_integer()),
        ]),
        Definition::new(
            "get_invoice",
            Class::Read,
            "Get an invoice",
            "Shows an invoice by its own number or by the order's: what was charged, when it was paid, what was paid back.",
        )
        .takes(vec![
            ("order_id", text("The order's number, such as ORD-1042."), Optional),
            ("invoice_id", text("The invoice's number, such as INV-2042."), Optional),
        ])
        .gives(&[
            ("invoice_id", is_text()),
            ("order_id", is_text()),
            ("customer", is_text()),
            ("amount_cents", is_integer()),
            ("currency", is_text()),
            ("paid_on", is_text_or_null()),
            ("refunded_cents", is_integer()),
            ("refundable_cents", is_integer()),
        ]),
        Definition::new(
            "list_refunds",
            Class::Read,
            "List what was paid back",
            "Lists the money that was already paid back for an order.",
        )
        .takes(vec![("order_id", text("The order's number, such as ORD-1042."), Required)])
        .gives(&[("refunds", is_list()), ("total_cents", is_integer())]),
        Definition::new(
            "find_refund",
            Class::Read,
            "Tell whether money was paid back",
            "Tells, by the idempotency key of a call, whether it happened.",
        )
        .takes(vec![("idempotency_key", text("The key that the call carried."), Required)])
        .gives(&[("happened", is_boolean()), ("refund", json!({"type": ["object", "null"]}))]),
    ]
}

pub async fn call(db: &mut SqliteConnection, tool: &str, args: &Arguments<'_>) -> Result<Value, Failure> {
    match tool {
        "refund" => refund(db, args).await,
        "get_invoice" => {
            let invoice = match (args.maybe_text("order_id"), args.maybe_text("invoice_id")) {
                (Some(order), None) => store::invoice_of_order(db, order).await?,
                (None, Some(invoice)) => store::invoice(db, invoice).await?,
                (Some(_), Some(_)) | (None, None) => {
                    return Err(Failure::Refused("Give either order_id or invoice_id.".to_owned()));
                }
            };
            invoice.map(|i| i.to_json()).ok_or_else(|| Failure::Refused("There is no such invoice.".to_owned()))
        }
        "list_refunds" => {
            let refunds = store::refunds_of_order(db, args.text("order_id")).await?;
            let total: i64 = refunds.iter().map(|r| r.amount_cents).sum();
            Ok(json!({"refunds": refunds.iter().map(store::Refund::to_json).collect::<Vec<_>>(), "total_cents": total}))
        }
        "find_refund" => {
            let refund = store::refund_by_key(db, args.text("idempotency_key")).await?;
            Ok(json!({"happened": refund.is_some(), "refund": refund.map(|r| r.to_json())}))
        }
        other => Err(no_such_tool(other)),
    }
}

async fn refund(db: &mut SqliteConnection, args: &Arguments<'_>) -> Result<Value, Failure> {
    let (order, amount) = (args.text("order_id"), args.integer("amount_cents"));
    let Some(invoice) = store::invoice_of_order(db, order).await? else {
        return Err(Failure::Refused(format!("There is no invoice for the order {order}; nothing was refunded.")));
    };
    let left = invoice.refundable_cents();
    if amount > left {
        let why = format!("Of {order} at most {left} cents can still be refunded, not {amount}; nothing was refunded.");
        return Err(Failure::Refused(why));
    }
    let reason = args.text("reason");
    let id = store::add_refund(db, &invoice, amount, reason, args.text("idempotency_key")).await?;
    Ok(json!({
        "refund_id": format!("RF-{id}"), "order_id": invoice.order_id, "amount_cents": amount,
        "currency": invoice.currency, "remaining_cents": left - amount,
    }))
}
