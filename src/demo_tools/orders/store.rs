//! The orders' table.

use serde_json::{Value, json};
use sqlx::SqliteConnection;

const TABLES: &str = "
CREATE TABLE orders_orders (
    id TEXT PRIMARY KEY, customer TEXT NOT NULL, customer_name TEXT NOT NULL, item TEXT NOT NULL,
    amount_cents INTEGER NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL, ordered_on TEXT NOT NULL,
    shipped_on TEXT, delivered_on TEXT, carrier TEXT
) STRICT;
INSERT INTO orders_orders VALUES
    ('ORD-0871', 'acct-ana-shop', 'Bluebird Cafe', 'Milk steamer', 12900, 'USD', 'delivered',
     '2026-05-04', '2026-05-06', '2026-05-09', 'Fleet Parcel'),
    ('ORD-1042', 'acct-ana-shop', 'Bluebird Cafe', 'Espresso grinder', 45000, 'USD', 'delivered',
     '2026-11-09', '2026-11-12', '2026-11-16', 'Fleet Parcel'),
    ('ORD-1043', 'acct-lumen', 'Lumen Books', 'Reading lamps, set of four', 8600, 'USD', 'packed',
     '2026-11-17', NULL, NULL, NULL),
    ('ORD-1044', 'acct-harbor', 'Harbor Clinic', 'Kettle', 3999, 'USD', 'shipped',
     '2026-11-15', '2026-11-18', NULL, 'Harbour Post'),
    ('ORD-1050', 'acct-northwind', 'Northwind Hotels', 'Minibar refrigerators, twelve', 1480000, 'USD', 'delivered',
     '2026-11-02', '2026-11-06', '2026-11-10', 'Fleet Freight');
";

/// One order. Days are written as ISO dates.
pub struct Order {
    id: String,
    customer: String,
    customer_name: String,
    item: String,
    amount_cents: i64,
    currency: String,
    status: String,
    ordered_on: String,
    shipped_on: Option<String>,
    delivered_on: Option<String>,
    carrier: Option<String>,
}

type Row =
    (String, String, String, String, i64, String, String, String, Option<String>, Option<String>, Option<String>);

pub async fn prepare(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(TABLES).execute(db).await?;
    Ok(())
}

pub async fn find(db: &mut SqliteConnection, id: &str) -> Result<Option<Order>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, customer, customer_name, item, amount_cents, currency, status, ordered_on, shipped_on, delivered_on,
                carrier
         FROM orders_orders WHERE id = $1 COLLATE NOCASE",
    )
    .bind(id)
    .fetch_optional(db)
    .await?;
    Ok(row.map(Order::from))
}

pub async fn of_customer(db: &mut SqliteConnection, customer: &str) -> Result<Vec<Order>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, customer, customer_name, item, amount_cents, currency, status, ordered_on, shipped_on, delivered_on,
                carrier
         FROM orders_orders WHERE customer = $1 OR instr(lower(customer_name), lower($1)) > 0
         ORDER BY ordered_on DESC, id LIMIT 50",
    )
    .bind(customer)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Order::from).collect())
}

impl Order {
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id, "customer": self.customer, "customer_name": self.customer_name, "item": self.item,
            "amount_cents": self.amount_cents, "currency": self.currency, "status": self.status,
            "ordered_on": self.ordered_on, "shipped_on": self.shipped_on, "delivered_on": self.delivered_on,
            "carrier": self.carrier,
        })
    }
}

impl From<Row> for Order {
    fn from(row: Row) -> Self {
        let (
            id,
            customer,
            customer_name,
            item,
            amount_cents,
            currency,
            status,
            ordered_on,
            shipped_on,
            delivered_on,
            carrier,
        ) = row;
        Self {
            id,
            customer,
            customer_name,
            item,
            amount_cents,
            currency,
            status,
            ordered_on,
            shipped_on,
            delivered_on,
            carrier,
        }
    }
}
