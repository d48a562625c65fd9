//! Tickets and their messages.

use serde_json::{Value, json};
use sqlx::SqliteConnection;

/// The number before the first ticket that is opened here; the seeded ones are below it.
const FIRST_NEW_TICKET: i64 = 400;

const TABLES: &str = "
CREATE TABLE helpdesk_tickets (
    id TEXT PRIMARY KEY, customer TEXT NOT NULL, order_id TEXT, subject TEXT NOT NULL, status TEXT NOT NULL,
    opened_on TEXT NOT NULL
) STRICT;
CREATE TABLE helpdesk_messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, ticket_id TEXT NOT NULL REFERENCES helpdesk_tickets (id),
    author TEXT NOT NULL, text TEXT NOT NULL
) STRICT;
INSERT INTO helpdesk_tickets VALUES
    ('TCK-290', 'acct-lumen', NULL, 'How do I change our address?', 'answered', '2026-10-30'),
    ('TCK-301', 'acct-ana-shop', 'ORD-1042', 'Grinder arrived broken', 'open', '2026-11-17'),
    ('TCK-302', 'acct-lumen', 'ORD-1043', 'When will our lamps ship?', 'open', '2026-11-18'),
    ('TCK-303', 'acct-northwind', 'ORD-1050', 'Two refrigerators hum', 'open', '2026-11-19');
INSERT INTO helpdesk_messages (ticket_id, author, text) VALUES
    ('TCK-290', 'acct-lumen', 'We moved. Where can we change the delivery address?'),
    ('TCK-290', 'support', 'Under Account, then Addresses.'),
    ('TCK-301', 'acct-ana-shop', 'The hopper is cracked and the motor does not start.'),
    ('TCK-302', 'acct-lumen', 'We open the reading room on Friday. Will the lamps be here?'),
    ('TCK-303', 'acct-northwind', 'Two of the twelve are too loud for guest rooms.');
";

pub struct Ticket {
    pub id: String,
    customer: String,
    order_id: Option<String>,
    subject: String,
    status: String,
    opened_on: String,
}

type Row = (String, String, Option<String>, String, String, String);

pub async fn prepare(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(TABLES).execute(db).await?;
    Ok(())
}

pub async fn find(db: &mut SqliteConnection, id: &str) -> Result<Option<Ticket>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, customer, order_id, subject, status, opened_on FROM helpdesk_tickets WHERE id = $1 COLLATE NOCASE",
    )
    .bind(id)
    .fetch_optional(db)
    .await?;
    Ok(row.map(Ticket::from))
}

/// Tickets that nobody has answered, oldest first.
pub async fn open_tickets(db: &mut SqliteConnection, query: &str) -> Result<Vec<Ticket>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, customer, order_id, subject, status, opened_on FROM helpdesk_tickets
         WHERE status = 'open'
           AND (customer = $1 OR order_id = $1 COLLATE NOCASE OR instr(lower(subject), lower($1)) > 0)
         ORDER BY opened_on, id LIMIT 20",
    )
    .bind(query)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Ticket::from).collect())
}

/// Author and text, oldest first.
pub async fn messages(db: &mut SqliteConnection, ticket: &str) -> Result<Vec<(String, String)>, sqlx::Error> {
    sqlx::query_as("SELECT author, text FROM helpdesk_messages WHERE ticket_id = $1 ORDER BY seq LIMIT 100")
        .bind(ticket)
        .fetch_all(db)
        .await
}

pub async fn add_message(db: &mut SqliteConnection, ticket: &str, author: &str, text: &str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO helpdesk_messages (ticket_id, author, text) VALUES ($1, $2, $3)")
        .bind(ticket)
        .bind(author)
        .bind(text)
        .execute(db)
        .await?;
    Ok(())
}

pub async fn set_status(db: &mut SqliteConnection, ticket: &str, status: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE helpdesk_tickets SET status = $2 WHERE id = $1").bind(ticket).bind(status).execute(db).await?;
    Ok(())
}

/// Returns the new ticket's number. `opened_on` is an ISO date.
pub async fn add_ticket(
    db: &mut SqliteConnection,
    customer: &str,
    order: Option<&str>,
    subject: &str,
    opened_on: &str,
) -> Result<String, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO helpdesk_tickets (id, customer, order_id, subject, status, opened_on)
         SELECT 'TCK-' || (1 + max($1, coalesce(max(CAST(substr(id, 5) AS INTEGER)), 0))), $2, $3, $4, 'open', $5
         FROM helpdesk_tickets RETURNING id",
    )
    .bind(FIRST_NEW_TICKET)
    .bind(customer)
    .bind(order)
    .bind(subject)
    .bind(opened_on)
    .fetch_one(db)
    .await
}

impl Ticket {
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id, "customer": self.customer, "order_id": self.order_id, "subject": self.subject,
            "status": self.status, "opened_on": self.opened_on,
        })
    }
}

impl From<Row> for Ticket {
    fn from((id, customer, order_id, subject, status, opened_on): Row) -> Self {
        Self { id, customer, order_id, subject, status, opened_on }
    }
}
