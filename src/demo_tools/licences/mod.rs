//! `licences`: seats of software, who has one, and buying more.

pub mod store;

use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::definition::Need::{Optional, Required};
use super::definition::{is_integer, is_list, is_text, text, whole_number};
use super::{Arguments, Definition, Failure, no_such_tool};
use crate::catalogue::Class;

pub fn tools() -> Vec<Definition> {
    let product = || text("The software, such as sketchpad.");
    let user = || text("Who gets or has the seat, as an e-mail address.");
    vec![
        Definition::new(
            "list",
            Class::Read,
            "List licences",
            "Shows the software that the company has licences for: seats, seats that are free, price, and who has one.",
        )
        .takes(vec![("product", product(), Optional)])
        .gives(&[("products", is_list())]),
        Definition::new(
            "assign",
            Class::Write,
            "Assign a licence",
            "Assigns a free licence of some software to a user.",
        )
        .takes(vec![("product", product(), Required), ("user", user(), Required)])
        .gives(&[("product", is_text()), ("user", is_text()), ("free_seats", is_integer())]),
        Definition::new(
            "revoke",
            Class::Destructive,
            "Revoke a licence",
            "Revokes a user's licence of some software; the user loses it at once.",
        )
        .takes(vec![("product", product(), Required), ("user", user(), Required)])
        .gives(&[("product", is_text()), ("user", is_text()), ("free_seats", is_integer())]),
        Definition::new(
            "order",
            Class::Write,
            "Buy more licences",
            "Buys more seats of some software from its vendor. The amount must be the number of seats times the price.",
        )
        .takes(vec![
            ("product", product(), Required),
            ("seats", whole_number("How many seats to buy.", 1, 1000), Required),
            ("amount_cents", whole_number("What they cost together, in cents of USD.", 1, 100_000_000), Required),
        ])
        .gives(&[
            ("product", is_text()),
            ("seats", is_integer()),
            ("amount_cents", is_integer()),
            ("free_seats", is_integer()),
        ]),
    ]
}

pub async fn call(db: &mut SqliteConnection, tool: &str, args: &Arguments<'_>) -> Result<Value, Failure> {
    match tool {
        "list" => {
            let mut shown = Vec::new();
            for product in store::products(db, args.maybe_text("product")).await? {
                let users = store::users(db, &product.name).await?;
                shown.push(product.to_json(&users));
            }
            Ok(json!({"products": shown}))
        }
        "assign" => {
            let (product, user) = (product(db, args).await?, args.text("user"));
            if product.free() <= 0 {
                let name = &product.name;
                return Err(Failure::Refused(format!(
                    "No licence left for {name}; all {} seats are taken.",
                    product.seats
                )));
            }
            if !store::assign(db, &product.name, user).await? {
                return Err(Failure::Refused(format!("{user} already has a licence for {}.", product.name)));
            }
            Ok(json!({"product": product.name, "user": user, "free_seats": product.free() - 1}))
        }
        "revoke" => {
            let (product, user) = (product(db, args).await?, args.text("user"));
            if !store::revoke(db, &product.name, user).await? {
                return Err(Failure::Refused(format!("{user} has no licence for {}.", product.name)));
            }
            Ok(json!({"product": product.name, "user": user, "free_seats": product.free() + 1}))
        }
        "order" => order(db, args).await,
        other => Err(no_such_tool(other)),
    }
}

async fn order(db: &mut SqliteConnection, args: &Arguments<'_>) -> Result<Value, Failure> {
    let product = product(db, args).await?;
    let (seats, amount) = (args.integer("seats"), args.integer("amount_cents"));
    let price = seats * product.seat_cents;
    if amount != price {
        let why = format!("{seats} seats of {} cost {price} cents, not {amount}; nothing was bought.", product.name);
        return Err(Failure::Refused(why));
    }
    store::add_seats(db, &product.name, seats).await?;
    let free = product.free() + seats;
    Ok(json!({"product": product.name, "seats": seats, "amount_cents": amount, "free_seats": free}))
}

async fn product(db: &mut SqliteConnection, args: &Arguments<'_>) -> Result<store::Product, Failure> {
    let name = args.text("product");
    let found = store::products(db, Some(name)).await?.into_iter().next();
    found.ok_or_else(|| Failure::Refused(format!("The company has no software called {name}.")))
}
