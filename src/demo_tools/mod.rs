//! Small tool servers for the demo and the tests, spoken to through the real protocol: MCP over standard input and output.
//!
//! `workforce demo-tools billing --db FILE` is one server. All of them keep their state in one SQLite file, seeded with the
//! same data each time, so that afterwards a test can count what really happened (`effects`). Every writing tool honours an
//! idempotency key. Prices and faults are for the demo and the tests too; nothing else in the house knows this module.

mod accounts;
mod billing;
mod crm;
mod definition;
mod fault;
mod helpdesk;
mod licences;
mod orders;
mod server;
mod store;

use sqlx::SqliteConnection;

pub use definition::{Arguments, Definition};
pub use fault::{Fault, FaultError, Mode};
pub use server::{ServeError, serve};
pub use store::{EffectRow, Store, effects};

/// Where the state is kept when nobody says otherwise, in the working directory.
pub const DEFAULT_DATABASE: &str = "demo-tools.db";
/// The environment variable that names another file.
pub const DATABASE_VARIABLE: &str = "WORKFORCE_DEMO_DB";
/// The environment variable that holds faults, as [`Fault`] reads them, parted by commas.
pub const FAULT_VARIABLE: &str = "WORKFORCE_DEMO_FAULT";

/// The servers that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Name {
    Orders,
    Billing,
    Helpdesk,
    Licences,
    Accounts,
    Crm,
}

/// Why a tool did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The tool says no; the text is for whoever asked. Nothing happened.
    #[error("{0}")]
    Refused(String),
    #[error("the tool server's database failed")]
    Database(#[from] sqlx::Error),
}

impl Name {
    pub const ALL: [Self; 6] = [Self::Orders, Self::Billing, Self::Helpdesk, Self::Licences, Self::Accounts, Self::Crm];

    /// The name as it stands before the dot of a qualified tool name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Billing => "billing",
            Self::Helpdesk => "helpdesk",
            Self::Licences => "licences",
            Self::Accounts => "accounts",
            Self::Crm => "crm",
        }
    }

    /// What the server offers, in a fixed order.
    pub fn tools(self) -> Vec<Definition> {
        match self {
            Self::Orders => orders::tools(),
            Self::Billing => billing::tools(),
            Self::Helpdesk => helpdesk::tools(),
            Self::Licences => licences::tools(),
            Self::Accounts => accounts::tools(),
            Self::Crm => crm::tools(),
        }
    }

    /// Performs one call whose arguments fit the tool's schema. The caller holds the transaction.
    async fn perform(
        self,
        db: &mut SqliteConnection,
        tool: &str,
        args: &Arguments<'_>,
    ) -> Result<serde_json::Value, Failure> {
        match self {
            Self::Orders => orders::call(db, tool, args).await,
            Self::Billing => billing::call(db, tool, args).await,
            Self::Helpdesk => helpdesk::call(db, tool, args).await,
            Self::Licences => licences::call(db, tool, args).await,
            Self::Accounts => accounts::call(db, tool, args).await,
            Self::Crm => crm::call(db, tool, args).await,
        }
    }

    /// Makes the server's tables and fills them, once per file. The caller holds the transaction.
    async fn prepare(self, db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        match self {
            Self::Orders => orders::store::prepare(db).await,
            Self::Billing => billing::store::prepare(db).await,
            Self::Helpdesk => helpdesk::store::prepare(db).await,
            Self::Licences => licences::store::prepare(db).await,
            Self::Accounts => accounts::store::prepare(db).await,
            Self::Crm => crm::store::prepare(db).await,
        }
    }
}

/// What a server answers to a tool that it does not have; the protocol layer refuses those first.
fn no_such_tool(tool: &str) -> Failure {
    Failure::Refused(format!("There is no tool called {tool} here."))
}
