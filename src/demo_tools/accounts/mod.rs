//! `accounts`: the company's own user accounts.

pub mod store;

use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::definition::Need::Required;
use super::definition::{is_integer, is_text, text};
use super::{Arguments, Definition, Failure, no_such_tool};
use crate::catalogue::Class;

pub fn tools() -> Vec<Definition> {
    let email = || text("The account's e-mail address.");
    vec![
        Definition::new(
            "get",
            Class::Read,
            "Look up an account",
            "Shows a user account of the company: name, department, and whether it is active.",
        )
        .takes(vec![("email", email(), Required)])
        .gives(&[
            ("email", is_text()),
            ("name", is_text()),
            ("department", is_text()),
            ("status", is_text()),
            ("password_resets", is_integer()),
        ]),
        Definition::new(
            "create",
            Class::Write,
            "Create an account",
            "Creates a user account for someone who joins the company.",
        )
        .takes(vec![
            ("email", email(), Required),
            ("name", text("The person's full name."), Required),
            ("department", text("Where the person works."), Required),
        ])
        .gives(&[("email", is_text()), ("status", is_text())]),
        Definition::new(
            "disable",
            Class::Destructive,
            "Disable an account",
            "Disables a user account of someone who leaves; nobody can sign in with it any more.",
        )
        .takes(vec![("email", email(), Required)])
        .gives(&[("email", is_text()), ("status", is_text())]),
        Definition::new(
            "reset_password",
            Class::Write,
            "Reset a password",
            "Resets the password of a user account and sends a link to choose a new one.",
        )
        .takes(vec![("email", email(), Required)])
        .gives(&[("email", is_text()), ("password_resets", is_integer())]),
    ]
}

pub async fn call(db: &mut SqliteConnection, tool: &str, args: &Arguments<'_>) -> Result<Value, Failure> {
    let email = args.text("email");
    match tool {
        "get" => Ok(account(db, email).await?.to_json()),
        "create" => {
            if !store::create(db, email, args.text("name"), args.text("department")).await? {
                return Err(Failure::Refused(format!("There is already an account {email}.")));
            }
            Ok(json!({"email": email, "status": "active"}))
        }
        "disable" => {
            let account = account(db, email).await?;
            store::disable(db, &account.email).await?;
            Ok(json!({"email": account.email, "status": "disabled"}))
        }
        "reset_password" => {
            let account = account(db, email).await?;
            if !account.is_active() {
                return Err(Failure::Refused(format!("The account {email} is disabled; its password stays as it is.")));
            }
            store::count_password_reset(db, &account.email).await?;
            Ok(json!({"email": account.email, "password_resets": account.password_resets + 1}))
        }
        other => Err(no_such_tool(other)),
    }
}

async fn account(db: &mut SqliteConnection, email: &str) -> Result<store::Account, Failure> {
    store::find(db, email).await?.ok_or_else(|| Failure::Refused(format!("There is no account {email}.")))
}
