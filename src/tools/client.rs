//! Our side of the protocol, seen from a server: it offers nothing and grants nothing.
//!
//! Absent: sampling, elicitation, roots. Each is answered with “method not found”; nothing of what was asked is shown or opened.
#![expect(deprecated, reason = "roots are deprecated in the protocol; they are named here only to be refused")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rmcp::handler::client::ClientHandler;
use rmcp::model::{
    ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult, ErrorCode, ErrorData, Implementation,
    ListRootsResult,
};
use rmcp::service::{NotificationContext, RequestContext, RoleClient};

/// What answers a server's own requests and hears its notices.
#[derive(Debug)]
pub struct Client {
    /// Turns true when the server says that its list of tools changed.
    pub stale: Arc<AtomicBool>,
}

fn off(what: &str) -> ErrorData {
    ErrorData::new(ErrorCode::METHOD_NOT_FOUND, format!("{what} is off"), None)
}

/// `create_message` (sampling) keeps the library's own answer, which is “method not found” as well.
impl ClientHandler for Client {
    fn get_info(&self) -> ClientConfig {
        ClientConfig::new(ClientCapabilities::default(), Implementation::new("workforce", env!("CARGO_PKG_VERSION")))
    }

    async fn list_roots(&self, _context: RequestContext<RoleClient>) -> Result<ListRootsResult, ErrorData> {
        Err(off("listing roots"))
    }

    async fn create_elicitation(
        &self,
        _request: ElicitRequestParams,
        _context: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        Err(off("elicitation"))
    }

    async fn on_tool_list_changed(&self, _context: NotificationContext<RoleClient>) {
        self.stale.store(true, Ordering::Relaxed);
    }
}
