//! Idioms that say in many words what the grammar knows in few.

/// Where an idiom has to stand to mean that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Near {
    Anywhere,
    /// At the start of the sentence or of a clause.
    Start,
    /// Before an approval: "absent Dana's approval", but not "in Dana's absence".
    Approval,
    /// After a length of time: "4 hours after the request".
    Time,
}

/// The idiom, its plain words, and where it has to stand.
pub const TURNS: &[(&str, &str, Near)] = &[
    ("save where", "unless", Near::Anywhere),
    ("save if", "unless", Near::Anywhere),
    ("save that where", "unless", Near::Anywhere),
    ("save as", "except as", Near::Anywhere),
    ("except as", "unless", Near::Anywhere),
    ("unless and until", "unless", Near::Anywhere),
    ("until and unless", "unless", Near::Anywhere),
    ("if and only if", "only if", Near::Anywhere),
    ("only if and when", "only if", Near::Anywhere),
    ("provided always that", "provided that", Near::Anywhere),
    ("on the condition that", "provided that", Near::Anywhere),
    ("on condition that", "provided that", Near::Anywhere),
    ("subject to the condition that", "provided that", Near::Anywhere),
    ("conditional upon", "subject to", Near::Anywhere),
    ("contingent upon", "subject to", Near::Anywhere),
    ("dependent upon", "subject to", Near::Anywhere),
    ("contingent on", "subject to", Near::Anywhere),
    ("save with", "without", Near::Approval),
    ("save upon", "without", Near::Approval),
    ("except with", "without", Near::Approval),
    ("except upon", "without", Near::Approval),
    ("except on", "without", Near::Approval),
    ("except against", "without", Near::Approval),
    ("other than with", "without", Near::Approval),
    ("otherwise than with", "without", Near::Approval),
    ("but with", "without", Near::Approval),
    ("absent", "without", Near::Approval),
    ("failing", "without", Near::Approval),
    ("lacking", "without", Near::Approval),
    ("in the absence of", "without", Near::Approval),
    ("without first having", "without", Near::Approval),
    ("without having first obtained", "without", Near::Approval),
    ("without first having obtained", "without", Near::Approval),
    ("without having received", "without", Near::Approval),
    ("without having obtained", "without", Near::Approval),
    ("should have been", "must be", Near::Anywhere),
    ("must have been", "must be", Near::Anywhere),
    ("must already have been", "must be", Near::Anywhere),
    ("shall have been", "must be", Near::Anywhere),
    ("has to have been", "must be", Near::Anywhere),
    ("have to have been", "must be", Near::Anywhere),
    ("needs to have been", "must be", Near::Anywhere),
    ("need to have been", "must be", Near::Anywhere),
    ("no later than", "within", Near::Anywhere),
    ("not later than", "within", Near::Anywhere),
    ("after the request", "", Near::Time),
    ("after the request is made", "", Near::Time),
    ("after being asked", "", Near::Time),
    ("after it was asked for", "", Near::Time),
    ("after it was requested", "", Near::Time),
    ("after submission", "", Near::Time),
    ("after receipt", "", Near::Time),
    ("after receipt of the request", "", Near::Time),
    ("of the request", "", Near::Time),
    ("of being asked", "", Near::Time),
    ("of receipt", "", Near::Time),
    ("of receiving the request", "", Near::Time),
    ("from receipt of the request", "", Near::Time),
    ("from the request", "", Near::Time),
    ("for the avoidance of doubt", "", Near::Start),
    ("notwithstanding the foregoing", "", Near::Start),
    ("notwithstanding the above", "", Near::Start),
    ("without prejudice to the foregoing", "", Near::Start),
    ("as a matter of policy", "", Near::Start),
    ("it is understood that", "", Near::Start),
    ("it is agreed that", "", Near::Start),
    ("it being understood that", "", Near::Start),
    ("at most", "no more than", Near::Start),
    ("a maximum of", "no more than", Near::Start),
    ("the maximum is", "no more than", Near::Start),
    ("joint approval of", "approval of both", Near::Anywhere),
    ("joint approval from", "approval of both", Near::Anywhere),
    ("joint consent of", "approval of both", Near::Anywhere),
    ("joint written approval of", "approval of both", Near::Anywhere),
    ("dual approval from", "two approvals from", Near::Anywhere),
    ("dual approval by", "two approvals from", Near::Anywhere),
    ("dual approval of", "two approvals from", Near::Anywhere),
    ("double approval from", "two approvals from", Near::Anywhere),
    ("dual sign off from", "two approvals from", Near::Anywhere),
    ("dual sign off by", "two approvals from", Near::Anywhere),
    ("dual authorisation from", "two approvals from", Near::Anywhere),
    ("dual authorisation by", "two approvals from", Near::Anywhere),
];

/// Acts that say no more than that something is done: "the issuance of refunds" is refunds.
pub const LIGHT_NOUNS: &[&str] = &[
    "issuance", "issuing", "making", "execution", "performance", "processing", "effecting", "carrying out", "issue",
];

/// After "unless": somebody's approval, in one word.
pub const APPROVED: &[&str] = &[
    "approved", "authorised", "authorized", "countersigned", "cleared", "okayed", "agreed", "sanctioned", "confirmed",
    "endorsed", "signed off", "signed off on", "consented to", "agreed to", "approved of", "given the go ahead",
    "green lit", "co signed", "cosigned", "counter signed", "ratified",
];

/// Between "unless" and that.
pub const BEFORE_APPROVED: &[&str] = &[
    "first", "previously", "expressly", "explicitly", "specifically", "already", "duly", "formally", "personally",
    "it is", "it has been", "they are", "they have been", "this is", "this has been", "these are", "the same is",
    "the same has been", "so", "it was", "in writing",
];

/// Words for an approval, for [`Near::Approval`].
pub const APPROVALS: &[&str] = &[
    "approval", "approvals", "consent", "authorisation", "authorization", "permission", "sign-off", "ok", "okay",
    "clearance", "agreement", "blessing", "signature", "go-ahead", "countersignature",
];
