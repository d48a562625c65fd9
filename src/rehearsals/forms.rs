//! The forms that a line of a rehearsal may have, for people who wrote another one.

/// What a step looks like.
pub const STEPS: &[&str] = &[
    "@who in #channel: TEXT", "@who in a direct message: TEXT", "@who replies: TEXT", "@who edits: TEXT",
    "@who clicks LABEL", "@who clicks LABEL with \"TEXT\"", "@who runs /workforce TEXT", "after 30 minutes",
    "edit FILE: \"OLD\" → \"NEW\"", "Expect: …",
];

/// What may stand after `Expect:`.
pub const EXPECTATIONS: &[&str] = &[
    "routed to WORKER", "routed to WORKER by FILE", "routed to WORKER by FILE \"SENTENCE\"", "waits for @who",
    "waits for nobody", "runs TOOL once", "runs TOOL twice", "runs TOOL 3 times", "runs TOOL never", "nothing runs",
    "refused \"TEXT\"", "says \"TEXT\"", "does not say \"TEXT\"", "asks \"TEXT\"", "escalates to @who", "expires",
];
