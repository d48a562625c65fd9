//! The strict harness: everything the app did that Slack would refuse, ignore or punish, collected until
//! [`Sandbox::finish`](super::Sandbox::finish) asks. A test that expects one of them says so with `allow`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What kind of thing went wrong. Refusals that depend on the workspace's state (`not_in_channel`, `ratelimited`, …) are
/// not findings: an app has to live with them; they stand in the log of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A Web API method that the sandbox does not know.
    UnknownMethod,
    /// A payload that was refused because of its shape: blocks, views, metadata, arguments.
    RefusedPayload,
    /// An argument the method does not take, a body type it does not read, a token in the wrong place.
    UnexpectedCall,
    /// An envelope that was never acknowledged, though the app had the chance.
    UnackedEnvelope,
    /// An acknowledgement of an envelope that was not sent, or a second one of the same.
    UnknownAck,
    /// An acknowledgement after the three seconds.
    LateAck,
    /// An acknowledgement with a payload where Slack takes none, or a payload that Slack would refuse.
    BadAckPayload,
    /// A post whose `unfurl_links` or `unfurl_media` is not exactly `false`.
    UnfurlNotFalse,
    /// `as_user` and its like.
    DeprecatedParam,
    /// The bot posted `<!channel>`, `<!here>` or `<!everyone>`.
    BroadcastMention,
    /// A text over 40,000 characters, which Slack cuts without an error.
    TruncatedText,
    /// A frame on the socket that is no acknowledgement.
    UnreadableFrame,
}

#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    pub kind: FindingKind,
    pub detail: String,
}

#[derive(Debug, Default)]
pub(crate) struct Report {
    findings: Vec<Finding>,
    allowed: BTreeSet<FindingKind>,
    allowed_texts: Vec<(FindingKind, String)>,
}

impl Report {
    pub fn add(&mut self, kind: FindingKind, detail: impl Into<String>) {
        self.findings.push(Finding { kind, detail: detail.into() });
    }

    pub fn allow(&mut self, kind: FindingKind) {
        self.allowed.insert(kind);
    }

    pub fn allow_containing(&mut self, kind: FindingKind, text: &str) {
        self.allowed_texts.push((kind, text.to_owned()));
    }

    /// What is left after everything that the test allowed.
    pub fn remaining(&self) -> Vec<Finding> {
        self.findings.iter().filter(|finding| !self.is_allowed(finding)).cloned().collect()
    }

    pub fn is_allowed(&self, finding: &Finding) -> bool {
        self.allowed.contains(&finding.kind)
            || self.allowed_texts.iter().any(|(kind, text)| *kind == finding.kind && finding.detail.contains(text))
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.detail)
    }
}
