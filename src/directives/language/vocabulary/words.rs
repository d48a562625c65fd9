//! Small closed classes of words.

/// Contractions and what they stand for. `'s` after a name stays apart: it may be a possessive.
pub const CONTRACTIONS: &[(&str, &[&str])] = &[
    ("don't", &["do", "not"]),
    ("dont", &["do", "not"]),
    ("doesn't", &["does", "not"]),
    ("didn't", &["did", "not"]),
    ("can't", &["can", "not"]),
    ("cannot", &["can", "not"]),
    ("won't", &["will", "not"]),
    ("mustn't", &["must", "not"]),
    ("shouldn't", &["should", "not"]),
    ("needn't", &["need", "not"]),
    ("mayn't", &["may", "not"]),
    ("couldn't", &["could", "not"]),
    ("wouldn't", &["would", "not"]),
    ("isn't", &["is", "not"]),
    ("aren't", &["are", "not"]),
    ("wasn't", &["was", "not"]),
    ("hasn't", &["has", "not"]),
    ("haven't", &["have", "not"]),
    ("it's", &["it", "is"]),
    ("that's", &["that", "is"]),
    ("there's", &["there", "is"]),
    ("who's", &["who", "is"]),
    ("they're", &["they", "are"]),
    ("we're", &["we", "are"]),
    ("you're", &["you", "are"]),
    ("i'm", &["i", "am"]),
    ("we've", &["we", "have"]),
    ("they've", &["they", "have"]),
    ("let's", &["let", "us"]),
    ("it'll", &["it", "will"]),
    ("he's", &["he", "is"]),
    ("she's", &["she", "is"]),
    ("he'll", &["he", "will"]),
    ("they'll", &["they", "will"]),
];

pub const CURRENCY_SIGNS: &[(char, &str)] =
    &[('$', "USD"), ('€', "EUR"), ('£', "GBP"), ('¥', "JPY"), ('₹', "INR"), ('₩', "KRW")];

/// Words for currencies, and how many hundredths of the currency one is.
pub const CURRENCY_WORDS: &[(&str, &str, i64)] = &[
    ("usd", "USD", 100),
    ("dollar", "USD", 100),
    ("dollars", "USD", 100),
    ("buck", "USD", 100),
    ("bucks", "USD", 100),
    ("cent", "USD", 1),
    ("cents", "USD", 1),
    ("eur", "EUR", 100),
    ("euro", "EUR", 100),
    ("euros", "EUR", 100),
    ("gbp", "GBP", 100),
    ("pound", "GBP", 100),
    ("pounds", "GBP", 100),
    ("quid", "GBP", 100),
    ("chf", "CHF", 100),
    ("franc", "CHF", 100),
    ("francs", "CHF", 100),
    ("jpy", "JPY", 100),
    ("yen", "JPY", 100),
    ("cad", "CAD", 100),
    ("aud", "AUD", 100),
    ("sek", "SEK", 100),
    ("nok", "NOK", 100),
    ("dkk", "DKK", 100),
    ("pln", "PLN", 100),
    ("inr", "INR", 100),
    ("rupee", "INR", 100),
    ("rupees", "INR", 100),
    ("cny", "CNY", 100),
    ("krw", "KRW", 100),
];

/// Currencies whose numbers use the point for thousands and the comma for decimals.
pub const COMMA_CURRENCIES: &[&str] = &["EUR", "SEK", "NOK", "DKK", "PLN"];

pub const NUMBER_WORDS: &[(&str, u32)] = &[
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("dozen", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

pub const ORDINALS: &[(&str, u32)] = &[
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("fifteenth", 15),
    ("twentieth", 20),
];

/// Words that change nothing; they may stand before any word of a pattern.
pub const FILLERS: &[&str] = &[
    "please", "always", "either", "also", "then", "just", "simply", "directly", "straight", "immediately", "kindly", "strictly",
    "automatically", "instead", "too", "therefore", "own", "actually", "definitely", "certainly", "every time", "at all",
    "in any case", "no matter what", "under any circumstances", "at any time", "right away", "straight away", "at once",
    "of course", "without exception", "without exceptions", "in all cases", "at all times", "from now on", "ever", "again",
    "first of all", "in turn", "however", "still", "as well", "by default", "themselves", "himself", "herself",
    "itself", "freely", "on its own", "on their own", "promptly", "hereby", "explicitly", "only ever",
];

/// Words and phrases that leave the limit of a rule open. A gate that holds one is refused.
pub const HEDGES: &[&str] = &[
    "usually", "normally", "generally", "typically", "mostly", "mainly", "often", "sometimes", "occasionally", "rarely",
    "maybe", "perhaps", "possibly", "probably", "preferably", "ideally", "hopefully", "roughly", "approximately", "around",
    "about", "circa", "approx", "nearly", "almost", "some", "several", "many", "most", "few", "a few", "a couple of",
    "a lot of", "lots of", "if possible", "where possible", "when possible", "whenever possible", "if appropriate",
    "where appropriate", "when appropriate", "as appropriate", "if necessary", "where necessary", "when necessary",
    "as necessary", "if needed", "when needed", "where needed", "as needed", "if in doubt", "if reasonable", "as a rule",
    "as a rule of thumb", "in principle", "in general", "by and large", "more or less", "or so", "kind of", "sort of",
    "if practical", "where practical", "if applicable", "where applicable", "unless inappropriate", "within reason",
    "if it makes sense", "when it makes sense", "where it makes sense", "as far as possible", "in most cases", "for the most part",
    "if required", "where required", "when required", "try to", "somewhat", "fairly", "quite", "rather", "pretty", "sort",
    "regularly", "periodically", "frequently", "from time to time", "now and then", "every now and then", "at some point", "soon",
    "quickly", "as soon as possible", "asap", "in a timely manner", "in good time", "eventually", "should probably", "might",
    "could", "would", "likely", "in some cases", "on occasion", "at times", "as a general rule", "broadly", "largely",
    "customarily", "ordinarily", "in normal circumstances", "under normal circumstances", "when feasible", "if feasible",
    "where feasible", "something like", "say", "reasonably", "timely", "as the case may be", "and so on", "etc", "or similar",
    "and the like", "or thereabouts", "give or take", "in the region of", "in the neighbourhood of", "if you like",
    "if you want", "if it seems right", "at your discretion", "at their discretion", "at its discretion", "tentatively",
    "for now", "more often than not", "within reasonable limits", "when sensible", "if sensible", "unless it feels wrong",
    "where reasonable", "when reasonable", "where sensible", "where suitable", "when suitable", "if suitable", "where it is reasonable", "if it is reasonable",
    "more big than normal", "bigger than normal", "larger than normal", "larger than usual", "bigger than usual", "higher than usual", "higher than normal", "more than usual",
    "more than normal", "above average", "unusually large", "unusually high", "unusually big", "too large", "too high", "too big", "too expensive", "very large", "very high", "very big",
    "unless really needed", "unless it is really needed", "unless necessary", "unless it is necessary", "unless absolutely necessary", "unless it is absolutely necessary", "if really needed",
    "unless appropriate", "unless needed", "unless it is needed", "if it is necessary", "if it is needed", "when it is necessary", "when it is appropriate", "if it is appropriate", "more or less always",
    "as much as possible", "where we can", "if you can", "when you can", "if we can", "if it can", "as a courtesy", "out of courtesy", "unless there is a good reason", "without good reason", "without a good reason",
];

/// Adjectives that sound like a limit and are none.
pub const VAGUE: &[&str] = &[
    "large", "larger", "small", "smaller", "big", "bigger", "huge", "substantial", "significant", "considerable", "major",
    "minor", "important", "senior", "junior", "experienced", "trusted", "suitable", "appropriate", "reasonable", "relevant",
    "proper", "sensitive", "unusual", "suspicious", "risky", "excessive", "complex", "complicated", "difficult", "tricky",
    "simple", "easy", "high", "higher", "low", "expensive", "cheap", "costly", "valuable", "serious", "critical", "dangerous",
    "routine", "ordinary", "normal", "usual", "typical", "standard", "special", "exceptional", "regular", "good", "bad", "nice",
    "key", "best", "strategic", "sizeable", "sizable", "hefty", "modest", "tiny", "certain", "various", "material", "right",
    "competent", "responsible", "qualified", "authorised", "authorized", "enough", "sufficient", "adequate", "necessary",
    "particular", "notable", "unreasonable", "odd", "strange", "weird", "problematic", "delicate", "vulnerable", "angry",
    "upset", "loyal", "longstanding", "old", "new", "long", "short", "older", "newer", "recent", "frequent", "late", "early", "trustworthy", "sensible", "capable", "dubious", "shady", "unclear", "rude", "difficult", "substantive", "questionable",
];

pub const DAYS: &[(&str, &[&str])] = &[
    ("Mon", &["monday", "mondays", "mon"]),
    ("Tue", &["tuesday", "tuesdays", "tue", "tues"]),
    ("Wed", &["wednesday", "wednesdays", "wed"]),
    ("Thu", &["thursday", "thursdays", "thu", "thur", "thurs"]),
    ("Fri", &["friday", "fridays", "fri"]),
    ("Sat", &["saturday", "saturdays", "sat"]),
    ("Sun", &["sunday", "sundays", "sun"]),
];

pub const MONTHS: &[(&str, &[&str])] = &[
    ("Jan", &["january", "jan"]),
    ("Feb", &["february", "feb"]),
    ("Mar", &["march", "mar"]),
    ("Apr", &["april", "apr"]),
    ("May", &["may"]),
    ("Jun", &["june", "jun"]),
    ("Jul", &["july", "jul"]),
    ("Aug", &["august", "aug"]),
    ("Sep", &["september", "sep", "sept"]),
    ("Oct", &["october", "oct"]),
    ("Nov", &["november", "nov"]),
    ("Dec", &["december", "dec"]),
];

/// Units of time in seconds; a month is 30 days, a quarter 91, a year 365.
pub const UNITS: &[(&[&str], i64)] = &[
    (&["second", "seconds", "sec", "secs", "s"], 1),
    (&["minute", "minutes", "min", "mins"], 60),
    (&["hour", "hours", "h", "hr", "hrs"], 3_600),
    (&["day", "days", "d"], 86_400),
    (&["week", "weeks", "wk", "wks"], 7 * 86_400),
    (&["fortnight", "fortnights"], 14 * 86_400),
    (&["month", "months"], 30 * 86_400),
    (&["quarter", "quarters"], 91 * 86_400),
    (&["year", "years"], 365 * 86_400),
];

/// Names by which people call a time zone, besides the last part of its IANA name.
pub const ZONES: &[(&str, &str)] = &[
    ("eastern", "America/New_York"),
    ("pacific", "America/Los_Angeles"),
    ("central european", "Europe/Berlin"),
    ("german", "Europe/Berlin"),
    ("uk", "Europe/London"),
    ("utc", "UTC"),
    ("gmt", "UTC"),
    ("cet", "Europe/Berlin"),
    ("new york", "America/New_York"),
    ("los angeles", "America/Los_Angeles"),
    ("san francisco", "America/Los_Angeles"),
    ("munich", "Europe/Berlin"),
    ("hamburg", "Europe/Berlin"),
    ("mumbai", "Asia/Kolkata"),
];
