//! `helpdesk`: tickets and the replies to them.

pub mod store;

use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::definition::Need::{Optional, Required};
use super::definition::{is_list, is_text, is_text_or_null, text};
use super::{Arguments, Definition, Failure, no_such_tool};
use crate::catalogue::Class;
use crate::clock::Clock;

pub fn tools() -> Vec<Definition> {
    vec![
        Definition::new(
            "search",
            Class::Read,
            "Search open tickets",
            "Looks up the open tickets in the help desk, by customer, order number or words in the subject.",
        )
        .takes(vec![("query", text("A customer's account id, an order number, or words."), Required)])
        .gives(&[("tickets", is_list())]),
        Definition::new(
            "get_ticket",
            Class::Read,
            "Read a ticket",
            "Shows one ticket of the help desk with everything that was written in it.",
        )
        .takes(vec![("id", text("The ticket's number, such as TCK-301."), Required)])
        .gives(&[
            ("id", is_text()),
            ("customer", is_text()),
            ("order_id", is_text_or_null()),
            ("subject", is_text()),
            ("status", is_text()),
            ("opened_on", is_text()),
            ("messages", is_list()),
        ]),
        Definition::new(
            "reply",
            Class::Write,
            "Reply to a ticket",
            "Sends a reply to the customer who wrote a ticket.",
        )
        .takes(vec![
            ("ticket_id", text("The ticket's number, such as TCK-301."), Required),
            ("text", text("What the customer will read."), Required),
        ])
        .gives(&[("ticket_id", is_text()), ("status", is_text())]),
        Definition::new(
            "create_ticket",
            Class::Write,
            "Create a ticket",
            "Opens a new ticket in the help desk for a customer.",
        )
        .takes(vec![
            ("customer", text("The customer's account id."), Required),
            ("subject", text("What it is about, in one line."), Required),
            ("text", text("What the customer needs."), Required),
            ("order_id", text("The order that it is about."), Optional),
        ])
        .gives(&[("id", is_text()), ("status", is_text())]),
    ]
}

pub async fn call(db: &mut SqliteConnection, tool: &str, args: &Arguments<'_>) -> Result<Value, Failure> {
    match tool {
        "search" => {
            let found = store::open_tickets(db, args.text("query")).await?;
            Ok(json!({"tickets": found.iter().map(store::Ticket::to_json).collect::<Vec<_>>()}))
        }
        "get_ticket" => {
            let ticket = ticket(db, args.text("id")).await?;
            let messages = store::messages(db, &ticket.id).await?;
            let mut shown = ticket.to_json();
            shown["messages"] =
                messages.into_iter().map(|(author, text)| json!({"author": author, "text": text})).collect();
            Ok(shown)
        }
        "reply" => {
            let ticket = ticket(db, args.text("ticket_id")).await?;
            store::add_message(db, &ticket.id, "support", args.text("text")).await?;
            store::set_status(db, &ticket.id, "answered").await?;
            Ok(json!({"ticket_id": ticket.id, "status": "answered"}))
        }
        "create_ticket" => {
            let customer = args.text("customer");
            let today = Clock::system().now().to_utc().date_naive().to_string();
            let (order, subject) = (args.maybe_text("order_id"), args.text("subject"));
            let id = store::add_ticket(db, customer, order, subject, &today).await?;
            store::add_message(db, &id, customer, args.text("text")).await?;
            Ok(json!({"id": id, "status": "open"}))
        }
        other => Err(no_such_tool(other)),
    }
}

async fn ticket(db: &mut SqliteConnection, id: &str) -> Result<store::Ticket, Failure> {
    store::find(db, id).await?.ok_or_else(|| Failure::Refused(format!("There is no ticket {id}.")))
}
