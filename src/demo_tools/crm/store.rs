//! Customers and contracts; one contract has one subscription.

use serde_json::{Value, json};
use sqlx::SqliteConnection;

const TABLES: &str = "
CREATE TABLE crm_customers (
    id TEXT PRIMARY KEY COLLATE NOCASE, name TEXT NOT NULL, plan TEXT NOT NULL, segment TEXT NOT NULL, owner TEXT NOT NULL
) STRICT;
CREATE TABLE crm_contracts (
    contract_id TEXT PRIMARY KEY, customer TEXT NOT NULL COLLATE NOCASE UNIQUE REFERENCES crm_customers (id),
    subscription_id TEXT NOT NULL COLLATE NOCASE UNIQUE, status TEXT NOT NULL, monthly_cents INTEGER NOT NULL,
    renews_on TEXT NOT NULL, notice_days INTEGER NOT NULL, offer TEXT, cancelled_because TEXT
) STRICT;
INSERT INTO crm_customers VALUES
    ('acct-ana-shop', 'Bluebird Cafe', 'Standard', 'small business', '@ana'),
    ('acct-harbor', 'Harbor Clinic', 'Gold', 'health', '@ana'),
    ('acct-lumen', 'Lumen Books', 'Basic', 'small business', '@ana'),
    ('acct-northwind', 'Northwind Hotels', 'Platinum', 'enterprise', '@kim');
INSERT INTO crm_contracts VALUES
    ('CON-11', 'acct-ana-shop', 'SUB-41', 'active', 4900, '2027-03-01', 30, NULL, NULL),
    ('CON-12', 'acct-harbor', 'SUB-52', 'active', 19900, '2027-01-15', 60, NULL, NULL),
    ('CON-13', 'acct-lumen', 'SUB-63', 'cancelled', 1900, '2026-12-01', 30, NULL, 'closed the shop'),
    ('CON-14', 'acct-northwind', 'SUB-77', 'active', 240000, '2027-06-30', 90, NULL, NULL);
";

pub struct Customer {
    id: String,
    name: String,
    plan: String,
    segment: String,
    owner: String,
}

pub struct Contract {
    contract_id: String,
    customer: String,
    subscription_id: String,
    status: String,
    monthly_cents: i64,
    renews_on: String,
    notice_days: i64,
    offer: Option<String>,
}

type CustomerRow = (String, String, String, String, String);
type ContractRow = (String, String, String, String, i64, String, i64, Option<String>);

pub async fn prepare(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(TABLES).execute(db).await?;
    Ok(())
}

pub async fn customers_by_id(db: &mut SqliteConnection, id: &str) -> Result<Vec<Customer>, sqlx::Error> {
    let rows: Vec<CustomerRow> =
        sqlx::query_as("SELECT id, name, plan, segment, owner FROM crm_customers WHERE id = $1")
            .bind(id)
            .fetch_all(db)
            .await?;
    Ok(rows.into_iter().map(Customer::from).collect())
}

/// At most two: one is an answer, two are a question.
pub async fn customers_by_name(db: &mut SqliteConnection, name: &str) -> Result<Vec<Customer>, sqlx::Error> {
    let rows: Vec<CustomerRow> = sqlx::query_as(
        "SELECT id, name, plan, segment, owner FROM crm_customers WHERE instr(lower(name), lower($1)) > 0
         ORDER BY id LIMIT 2",
    )
    .bind(name)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Customer::from).collect())
}

pub async fn contract(db: &mut SqliteConnection, customer: &str) -> Result<Option<Contract>, sqlx::Error> {
    let row: Option<ContractRow> = sqlx::query_as(
        "SELECT contract_id, customer, subscription_id, status, monthly_cents, renews_on, notice_days, offer
         FROM crm_contracts WHERE customer = $1",
    )
    .bind(customer)
    .fetch_optional(db)
    .await?;
    Ok(row.map(Contract::from))
}

/// The subscription's number and status.
pub async fn subscription(db: &mut SqliteConnection, id: &str) -> Result<Option<(String, String)>, sqlx::Error> {
    sqlx::query_as("SELECT subscription_id, status FROM crm_contracts WHERE subscription_id = $1")
        .bind(id)
        .fetch_optional(db)
        .await
}

pub async fn set_offer(db: &mut SqliteConnection, subscription: &str, offer: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE crm_contracts SET offer = $2 WHERE subscription_id = $1")
        .bind(subscription)
        .bind(offer)
        .execute(db)
        .await?;
    Ok(())
}

pub async fn cancel(db: &mut SqliteConnection, subscription: &str, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE crm_contracts SET status = 'cancelled', cancelled_because = $2 WHERE subscription_id = $1")
        .bind(subscription)
        .bind(reason)
        .execute(db)
        .await?;
    Ok(())
}

impl Customer {
    pub fn to_json(&self) -> Value {
        json!({"id": self.id, "name": self.name, "plan": self.plan, "segment": self.segment, "owner": self.owner})
    }
}

impl Contract {
    pub fn to_json(&self) -> Value {
        json!({
            "contract_id": self.contract_id, "customer": self.customer, "subscription_id": self.subscription_id,
            "status": self.status, "monthly_cents": self.monthly_cents, "currency": "USD", "renews_on": self.renews_on,
            "notice_days": self.notice_days, "offer": self.offer,
        })
    }
}

impl From<CustomerRow> for Customer {
    fn from((id, name, plan, segment, owner): CustomerRow) -> Self {
        Self { id, name, plan, segment, owner }
    }
}

impl From<ContractRow> for Contract {
    fn from(row: ContractRow) -> Self {
        let (contract_id, customer, subscription_id, status, monthly_cents, renews_on, notice_days, offer) = row;
        Self { contract_id, customer, subscription_id, status, monthly_cents, renews_on, notice_days, offer }
    }
}
