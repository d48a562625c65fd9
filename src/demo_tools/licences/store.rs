//! Products, seats and who sits on them.

use serde_json::{Value, json};
use sqlx::SqliteConnection;

const TABLES: &str = "
CREATE TABLE licences_products (
    name TEXT PRIMARY KEY COLLATE NOCASE, vendor TEXT NOT NULL, seats INTEGER NOT NULL, seat_cents INTEGER NOT NULL
) STRICT;
CREATE TABLE licences_seats (
    product TEXT NOT NULL COLLATE NOCASE REFERENCES licences_products (name), user TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (product, user)
) STRICT;
INSERT INTO licences_products VALUES
    ('sketchpad', 'Sketchpad Inc', 3, 4500), ('codehost', 'Codehost Ltd', 10, 2100), ('mailroom', 'Mailroom GmbH', 25, 600);
INSERT INTO licences_seats VALUES
    ('sketchpad', 'ana@acme.test'), ('sketchpad', 'eli@acme.test'), ('sketchpad', 'noor@acme.test'),
    ('codehost', 'eli@acme.test'), ('codehost', 'noor@acme.test'), ('mailroom', 'ana@acme.test');
";

pub struct Product {
    pub name: String,
    vendor: String,
    pub seats: i64,
    /// What one more seat costs.
    pub seat_cents: i64,
    taken: i64,
}

pub async fn prepare(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(TABLES).execute(db).await?;
    Ok(())
}

/// All products, or the one of that name.
pub async fn products(db: &mut SqliteConnection, name: Option<&str>) -> Result<Vec<Product>, sqlx::Error> {
    let rows: Vec<(String, String, i64, i64, i64)> = sqlx::query_as(
        "SELECT name, vendor, seats, seat_cents, (SELECT count(*) FROM licences_seats s WHERE s.product = p.name)
         FROM licences_products p WHERE $1 IS NULL OR name = $1 COLLATE NOCASE ORDER BY name",
    )
    .bind(name)
    .fetch_all(db)
    .await?;
    let product = |(name, vendor, seats, seat_cents, taken)| Product { name, vendor, seats, seat_cents, taken };
    Ok(rows.into_iter().map(product).collect())
}

pub async fn users(db: &mut SqliteConnection, product: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT user FROM licences_seats WHERE product = $1 ORDER BY user")
        .bind(product)
        .fetch_all(db)
        .await
}

/// Whether the user got a seat; not, if one was there already.
pub async fn assign(db: &mut SqliteConnection, product: &str, user: &str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("INSERT INTO licences_seats (product, user) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(product)
        .bind(user)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether there was a seat to take away.
pub async fn revoke(db: &mut SqliteConnection, product: &str, user: &str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("DELETE FROM licences_seats WHERE product = $1 AND user = $2")
        .bind(product)
        .bind(user)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn add_seats(db: &mut SqliteConnection, product: &str, seats: i64) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE licences_products SET seats = seats + $2 WHERE name = $1")
        .bind(product)
        .bind(seats)
        .execute(db)
        .await?;
    Ok(())
}

impl Product {
    pub fn free(&self) -> i64 {
        self.seats - self.taken
    }

    pub fn to_json(&self, users: &[String]) -> Value {
        json!({
            "product": self.name, "vendor": self.vendor, "seats": self.seats, "free_seats": self.free(),
            "seat_cents": self.seat_cents, "currency": "USD", "users": users,
        })
    }
}
