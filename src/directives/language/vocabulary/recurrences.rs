//! Words for how often something happens by the clock.

/// Cannot be said in a schedule as it stands.
pub const FORTNIGHT: &str = "say when it starts; a schedule can hold days of the week or of the month";

pub const FORTNIGHTLY: &[&str] = &[
    "fortnightly", "every other week", "every two weeks", "every second week", "every fortnight", "biweekly",
    "once a fortnight",
];

/// With the whole cron expression.
pub const CLOCKWORK: &[(&str, &str)] = &[
    ("hourly", "0 0 * * * * *"),
    ("every hour", "0 0 * * * * *"),
    ("each hour", "0 0 * * * * *"),
    ("once an hour", "0 0 * * * * *"),
    ("on the hour", "0 0 * * * * *"),
    ("every half hour", "0 */30 * * * * *"),
    ("every half an hour", "0 */30 * * * * *"),
    ("every minute", "0 * * * * * *"),
];

/// Every day, at a time that is said beside.
pub const DAILY: &[&str] = &[
    "every morning", "each morning", "every evening", "each evening", "every night", "every afternoon", "once a day",
    "twice a day", "every single day", "daily", "each day", "every day", "three times a day",
];

/// With what else must be said.
pub const WEEKLY_OR_MONTHLY: &[(&str, &str)] = &[
    ("weekly", "say on which day and at what time"),
    ("every week", "say on which day and at what time"),
    ("once a week", "say on which day and at what time"),
    ("monthly", "say on which day of the month and at what time"),
    ("every month", "say on which day of the month and at what time"),
    ("once a month", "say on which day of the month and at what time"),
];

/// After a day: of which months, in cron's words.
pub const OF_MONTHS: &[(&str, &str)] = &[
    ("of each month", "*"),
    ("of every month", "*"),
    ("of the month", "*"),
    ("of a month", "*"),
    ("each month", "*"),
    ("every month", "*"),
    ("in each month", "*"),
    ("in every month", "*"),
    ("a month", "*"),
    ("of each quarter", "Jan,Apr,Jul,Oct"),
    ("of every quarter", "Jan,Apr,Jul,Oct"),
    ("of the quarter", "Jan,Apr,Jul,Oct"),
    ("of a quarter", "Jan,Apr,Jul,Oct"),
];

/// What somebody may be told to do by the clock.
pub const SCHEDULED_VERBS: &[&str] = &[
    "remind", "send", "post", "tell", "list", "check", "ask", "run", "start", "report", "look", "search", "generate",
    "prepare", "collect", "summarise", "summarize", "review", "write", "create", "publish", "share", "update", "give",
    "notify", "ping", "make", "show", "export", "compile", "draft", "email", "mail", "message", "clean", "close",
    "open", "verify", "test", "back", "restart", "sync", "refresh", "compute", "count", "archive", "pull", "get",
    "fetch", "read", "deliver", "forward", "submit", "produce", "pay", "invoice", "chase", "follow", "nudge", "warn",
    "alert", "have", "let", "do", "go", "rotate", "scan", "audit", "monitor", "reconcile", "import", "print", "file",
    "plan", "book", "assign", "see", "say", "find", "inform", "inspect", "walk", "call", "page", "provide", "put",
    "build", "load", "renew", "purge", "delete", "remove", "poll", "query", "propose", "suggest", "recap", "reassess",
    "evaluate", "look through", "go through", "write up", "hand", "bring", "upload", "download", "watch", "confirm",
    "recalculate", "calculate", "gather", "note",
];
