//! The page on which somebody tries the workspace: people as whom one acts, channels, threads, cards, forms, the Home tab,
//! and what the [`Backstage`] brings.
//!
//! The server draws the whole page from the sandbox's state; a small script asks for it again after every change and takes
//! over what differs. There is no second copy of the state in the browser, and no build step. Absent: files, search,
//! read marks that survive the browser.

mod backstage;
mod blocks;
mod draw;
mod emoji;
mod guard;
mod model;
mod mrkdwn;
mod names;
pub(super) mod routes;
mod timeline;

use std::sync::Arc;

use uuid::Uuid;

pub use backstage::{Backstage, Checked, Read, Remark, Saved, Try, TryLine};

use super::Sandbox;

/// The open page.
pub(super) struct Page {
    pub token: String,
    pub backstage: Arc<dyn Backstage>,
}

impl Sandbox {
    /// Opens the page and gives its address; whoever has the address plays everybody. A page that is open already stays
    /// as it is.
    pub fn open_page(&self, backstage: Arc<dyn Backstage>) -> String {
        let page = self.inner.page.get_or_init(|| Page { token: fresh_token(), backstage });
        format!("{}/page/{}/", self.base_url(), page.token)
    }
}

/// Two numbers of the system's random source, with the time between them.
fn fresh_token() -> String {
    format!("{}{}", Uuid::now_v7().simple(), Uuid::now_v7().simple())
}
