//! Invoices and refunds.

use serde_json::{Value, json};
use sqlx::SqliteConnection;

const TABLES: &str = "
CREATE TABLE billing_invoices (
    invoice_id TEXT PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, customer TEXT NOT NULL,
    amount_cents INTEGER NOT NULL, currency TEXT NOT NULL, paid_on TEXT
) STRICT;
CREATE TABLE billing_refunds (
    id INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT NOT NULL, amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    currency TEXT NOT NULL, reason TEXT NOT NULL, idempotency_key TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO billing_invoices VALUES
    ('INV-1871', 'ORD-0871', 'acct-ana-shop', 12900, 'USD', '2026-05-04'),
    ('INV-2042', 'ORD-1042', 'acct-ana-shop', 45000, 'USD', '2026-11-09'),
    ('INV-2043', 'ORD-1043', 'acct-lumen', 8600, 'USD', '2026-11-17'),
    ('INV-2044', 'ORD-1044', 'acct-harbor', 3999, 'USD', NULL),
    ('INV-2050', 'ORD-1050', 'acct-northwind', 1480000, 'USD', '2026-11-02');
";

/// An invoice with what was paid back so far; days are ISO dates.
pub struct Invoice {
    pub invoice_id: String,
    pub order_id: String,
    pub customer: String,
    pub amount_cents: i64,
    pub currency: String,
    pub paid_on: Option<String>,
    pub refunded_cents: i64,
}

pub struct Refund {
    pub id: i64,
    pub order_id: String,
    pub amount_cents: i64,
    pub currency: String,
    pub reason: String,
}

type InvoiceRow = (String, String, String, i64, String, Option<String>, i64);
type RefundRow = (i64, String, i64, String, String);

pub async fn prepare(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(TABLES).execute(db).await?;
    Ok(())
}

pub async fn invoice_of_order(db: &mut SqliteConnection, order: &str) -> Result<Option<Invoice>, sqlx::Error> {
    let row: Option<InvoiceRow> = sqlx::query_as(
        "SELECT invoice_id, order_id, customer, amount_cents, currency, paid_on,
                (SELECT coalesce(sum(r.amount_cents), 0) FROM billing_refunds r WHERE r.order_id = i.order_id)
         FROM billing_invoices i WHERE order_id = $1 COLLATE NOCASE",
    )
    .bind(order)
    .fetch_optional(db)
    .await?;
    Ok(row.map(Invoice::from))
}

pub async fn invoice(db: &mut SqliteConnection, id: &str) -> Result<Option<Invoice>, sqlx::Error> {
    let row: Option<InvoiceRow> = sqlx::query_as(
        "SELECT invoice_id, order_id, customer, amount_cents, currency, paid_on,
                (SELECT coalesce(sum(r.amount_cents), 0) FROM billing_refunds r WHERE r.order_id = i.order_id)
         FROM billing_invoices i WHERE invoice_id = $1 COLLATE NOCASE",
    )
    .bind(id)
    .fetch_optional(db)
    .await?;
    Ok(row.map(Invoice::from))
}

pub async fn refunds_of_order(db: &mut SqliteConnection, order: &str) -> Result<Vec<Refund>, sqlx::Error> {
    let rows: Vec<RefundRow> = sqlx::query_as(
        "SELECT id, order_id, amount_cents, currency, reason FROM billing_refunds WHERE order_id = $1 COLLATE NOCASE
         ORDER BY id",
    )
    .bind(order)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Refund::from).collect())
}

pub async fn refund_by_key(db: &mut SqliteConnection, key: &str) -> Result<Option<Refund>, sqlx::Error> {
    let row: Option<RefundRow> = sqlx::query_as(
        "SELECT id, order_id, amount_cents, currency, reason FROM billing_refunds WHERE idempotency_key = $1",
    )
    .bind(key)
    .fetch_optional(db)
    .await?;
    Ok(row.map(Refund::from))
}

/// Returns the refund's number.
pub async fn add_refund(
    db: &mut SqliteConnection,
    invoice: &Invoice,
    amount_cents: i64,
    reason: &str,
    key: &str,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO billing_refunds (order_id, amount_cents, currency, reason, idempotency_key)
         VALUES ($1, $2, $3, $4, $5) RETURNING id",
    )
    .bind(&invoice.order_id)
    .bind(amount_cents)
    .bind(&invoice.currency)
    .bind(reason)
    .bind(key)
    .fetch_one(db)
    .await
}

impl Invoice {
    /// What was paid and not yet paid back; nothing while the invoice is unpaid.
    pub fn refundable_cents(&self) -> i64 {
        if self.paid_on.is_some() { self.amount_cents - self.refunded_cents } else { 0 }
    }

    pub fn to_json(&self) -> Value {
        json!({
            "invoice_id": self.invoice_id, "order_id": self.order_id, "customer": self.customer,
            "amount_cents": self.amount_cents, "currency": self.currency, "paid_on": self.paid_on,
            "refunded_cents": self.refunded_cents, "refundable_cents": self.refundable_cents(),
        })
    }
}

impl Refund {
    pub fn to_json(&self) -> Value {
        json!({
            "refund_id": format!("RF-{}", self.id), "order_id": self.order_id, "amount_cents": self.amount_cents,
            "currency": self.currency, "reason": self.reason,
        })
    }
}

impl From<InvoiceRow> for Invoice {
    fn from((invoice_id, order_id, customer, amount_cents, currency, paid_on, refunded_cents): InvoiceRow) -> Self {
        Self { invoice_id, order_id, customer, amount_cents, currency, paid_on, refunded_cents }
    }
}

impl From<RefundRow> for Refund {
    fn from((id, order_id, amount_cents, currency, reason): RefundRow) -> Self {
        Self { id, order_id, amount_cents, currency, reason }
    }
}
