//! The accounts' table.

use serde_json::{Value, json};
use sqlx::SqliteConnection;

const TABLES: &str = "
CREATE TABLE accounts_accounts (
    email TEXT PRIMARY KEY COLLATE NOCASE, name TEXT NOT NULL, department TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'disabled')), password_resets INTEGER NOT NULL
) STRICT;
INSERT INTO accounts_accounts VALUES
    ('ana@acme.test', 'Ana Silva', 'Finance', 'active', 0), ('dana@acme.test', 'Dana Ruiz', 'Finance', 'active', 0),
    ('kim@acme.test', 'Kim Osei', 'Management', 'active', 0), ('noor@acme.test', 'Noor Haddad', 'IT', 'active', 1),
    ('eli@acme.test', 'Eli Brandt', 'Engineering', 'active', 0), ('sam@acme.test', 'Sam Weiss', 'Support', 'disabled', 2);
";

pub struct Account {
    pub email: String,
    name: String,
    department: String,
    status: String,
    pub password_resets: i64,
}

pub async fn prepare(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(TABLES).execute(db).await?;
    Ok(())
}

pub async fn find(db: &mut SqliteConnection, email: &str) -> Result<Option<Account>, sqlx::Error> {
    let row: Option<(String, String, String, String, i64)> = sqlx::query_as(
        "SELECT email, name, department, status, password_resets FROM accounts_accounts WHERE email = $1",
    )
    .bind(email)
    .fetch_optional(db)
    .await?;
    Ok(row.map(|(email, name, department, status, password_resets)| Account {
        email,
        name,
        department,
        status,
        password_resets,
    }))
}

/// Whether the account was made; not, if the address is taken.
pub async fn create(db: &mut SqliteConnection, email: &str, name: &str, department: &str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO accounts_accounts (email, name, department, status, password_resets)
         VALUES ($1, $2, $3, 'active', 0) ON CONFLICT DO NOTHING",
    )
    .bind(email)
    .bind(name)
    .bind(department)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn disable(db: &mut SqliteConnection, email: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE accounts_accounts SET status = 'disabled' WHERE email = $1").bind(email).execute(db).await?;
    Ok(())
}

pub async fn count_password_reset(db: &mut SqliteConnection, email: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE accounts_accounts SET password_resets = password_resets + 1 WHERE email = $1")
        .bind(email)
        .execute(db)
        .await?;
    Ok(())
}

impl Account {
    pub fn is_active(&self) -> bool {
        self.status == "active"
    }

    pub fn to_json(&self) -> Value {
        json!({
            "email": self.email, "name": self.name, "department": self.department, "status": self.status,
            "password_resets": self.password_resets,
        })
    }
}
