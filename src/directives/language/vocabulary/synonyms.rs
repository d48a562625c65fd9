//! Words by which people call what tools do.

/// Verbs that only look. They fit every tool of class `read`.
pub const READ_VERBS: &[&str] = &[
    "look", "get", "find", "search", "read", "view", "check", "fetch", "see", "list", "show", "retrieve", "query",
    "consult", "inspect", "review", "verify", "pull", "open", "examine", "lookup", "browse", "know", "access", "study",
    "scan", "display", "locate",
];

/// Words that belong to a read verb and say nothing more ("look *up*", "take a *look at*", "read *through*").
pub const READ_PARTICLES: &[&str] =
    &["up", "at", "into", "through", "over", "for", "take", "have", "into", "out", "about", "on", "in", "down"];

/// Verbs that carry no meaning of their own beside an action noun ("*issue* a refund").
pub const LIGHT_VERBS: &[&str] = &[
    "issue", "make", "do", "perform", "process", "give", "carry", "execute", "run", "handle", "trigger", "initiate",
    "put", "start", "pay", "use", "grant", "touch", "apply", "take", "offer", "begin", "attempt", "effect", "complete",
    "undertake", "conduct", "place", "hand", "launch", "call", "invoke", "submit", "authorise", "authorize",
];

/// Particles of light verbs ("carry *out*", "hand *out*").
pub const PARTICLES: &[&str] = &["out", "up", "off", "through", "over", "back", "down", "away", "in", "on"];

/// Nouns that name no target of their own.
pub const EMPTY_NOUNS: &[&str] = &[
    "tool", "tools", "action", "actions", "system", "one", "thing", "customer", "client", "user", "someone", "anyone",
    "anybody", "somebody", "people", "them", "it", "order", "person", "everything", "anything", "something", "request",
    "operation", "operations", "call", "calls", "record", "us", "everyone", "colleague", "account", "money",
    "requester", "kind", "sort", "type", "function", "functions", "features", "feature", "case", "time",
];

/// Words inside an action phrase that say nothing about which action.
pub const NOISE: &[&str] = &[
    "the", "a", "an", "any", "all", "every", "each", "our", "their", "its", "your", "his", "her", "this", "these",
    "those", "my", "such", "to", "of", "for", "on", "in", "from", "with", "into", "onto", "at", "and", "or", "either",
    "both", "as", "that", "via", "through", "please", "always", "again", "directly", "ever", "kind", "sort", "new",
    "existing", "other", "via", "using", "within", "'s", "also", "is", "are", "whatsoever", "single", "themselves",
    "itself", "related", "same", "it", "them",
];

/// Adjectives that change nothing when one only looks.
pub const READ_ADJECTIVES: &[&str] = &[
    "open", "current", "latest", "existing", "relevant", "recent", "past", "previous", "actual", "full", "whole",
    "status", "detail", "information", "info", "data", "history", "details", "state",
];

/// Groups of verbs that mean the same act.
pub const SAME_ACT: &[&[&str]] = &[
    &["reply", "answer", "respond", "write back"],
    &["refund", "reimburse", "repay", "pay back", "give back", "money back", "return money"],
    &["cancel", "terminate", "end", "discontinue", "call off", "annul"],
    &["revoke", "withdraw", "remove", "reclaim", "take away", "take back", "strip"],
    &["delete", "erase", "remove", "purge", "destroy", "wipe", "drop", "get rid of"],
    &["create", "open", "add", "set up", "make", "register", "raise", "file", "provision"],
    &["close", "resolve", "shut"],
    &["deploy", "release", "ship", "roll out", "rollout", "push", "go live", "publish"],
    &["change", "edit", "update", "modify", "alter", "adjust", "amend", "apply"],
    &["send", "mail", "post", "message"],
    &["stop", "halt", "shut down", "switch off", "turn off"],
    &["pause", "stop", "suspend", "halt"],
    &["grant", "give", "assign", "issue", "hand out", "allocate", "provision"],
    &["disable", "deactivate", "suspend", "lock", "block", "freeze", "deprovision"],
    &["enable", "activate", "unlock"],
    &["restart", "reboot", "bounce"],
    &["rollback", "roll back", "revert", "undo"],
    &["transfer", "move", "wire"],
    &["pay", "disburse", "settle"],
    &["buy", "purchase", "order", "procure"],
    &["hire", "recruit", "onboard"],
    &["credit", "goodwill"],
    &["charge", "bill", "debit"],
    &["export", "download", "extract"],
    &["merge", "combine", "join"],
    &["book", "schedule", "reserve"],
    &["invite", "add"],
    &["resume", "restart", "continue", "start again"],
    &["discount", "rebate"],
    &["ticket", "case"],
    &["customer", "client"],
    &["agent", "bot"],
    &["licence", "license", "seat"],
    &["subscription", "plan"],
    &["cost", "spend", "expense"],
];

/// What the bot itself can do: tools without a server.
pub const OWN_TOOLS: &[(&str, &str, bool)] = &[
    ("workforce.stop", "Stop an agent, halt any agents or all agents", false),
    ("workforce.resume", "Resume an agent, start stopped agents again", false),
    ("workforce.see_costs", "See the costs, see what agents cost and spend, the cost report, spending figures", true),
    (
        "workforce.see_workload",
        "See the workload, the load, the queue of agents and teams, how much work they have",
        true,
    ),
    ("workforce.see_status", "See the status of agents and tasks", true),
    (
        "workforce.see_approver_health",
        "See approver health, the health of approvals, how approvers approve, how people approve",
        true,
    ),
    ("workforce.see_ledger", "See the ledger, the audit log, the audit trail, the history of decisions", true),
    ("workforce.change_directives", "Change the directives, edit the rules", false),
    ("workforce.reassign", "Reassign tasks, reassign work to another agent", false),
    ("workforce.hire", "Hire an agent, add an agent", false),
    ("workforce.retire", "Retire an agent, fire an agent", false),
    ("workforce.export", "Export the ledger", false),
];
