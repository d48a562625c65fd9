//! The closed words of steps, one table a relation, and the forms of verbs and names.

use crate::directives::language::forms::stem;

/// May stand before the main clause and says no more than the list's order does.
pub const FRONT: &[&str] = &[
    "then", "next", "now", "first", "first of all", "to begin with", "to start with", "firstly", "secondly", "thirdly",
    "second", "third", "after that", "after this", "afterwards", "afterward", "thereafter", "subsequently",
    "following that", "following this", "as a next step", "the next step", "in the next step", "as a first step",
    "please", "also", "and", "so", "later", "later on", "from there", "with that done", "once that is done",
    "once this is done", "when that is done", "when this is done", "once it is done", "when it is done", "once done",
    "when done", "once that is finished", "once this is finished", "once that is complete", "that done", "this done",
    "as soon as that is done", "as soon as this is done", "and then", "in a first step", "in a second step",
    "in a third step", "at first", "initially", "at last", "finally", "lastly", "last", "last of all", "in the end",
    "at the end", "to finish", "to conclude", "as a last step", "as the last step", "once everything is done",
    "when everything is done", "when all is done", "once all is done", "once all of this is done",
    "when all of this is done", "when all that is done", "once all that is done", "as soon as everything is done",
    "after everything else", "after all of that", "after all of this", "after all that", "once all steps are done",
    "when all steps are done", "once all of that is done", "when all of that is done",
];

/// Of those, what says "after everything".
pub const LAST: &[&str] = &[
    "at last", "finally", "lastly", "last of all", "in the end", "at the end", "to finish", "to conclude",
    "as a last step", "as the last step", "once everything is done", "when everything is done", "when all is done",
    "once all is done", "once all of this is done", "when all of this is done", "when all that is done",
    "once all that is done", "as soon as everything is done", "after everything else", "after all of that",
    "after all of this", "after all that", "once all steps are done", "when all steps are done",
    "once all of that is done", "when all of that is done",
];

/// Joins a part to the words before it.
pub const JOINS: &[&str] = &[
    "and", "but", "then", "also", "however", "yet", "though", "which", "this", "that", "it", "this step", "the step",
    "he", "she", "they", "and it", "but it", "doing so", "doing this", "doing that", "to do so", "all this",
    "the whole thing",
];

/// At the same time as the step before, or as what follows.
pub const PARALLEL: &[&str] = &[
    "meanwhile", "in the meantime", "in the meanwhile", "at the same time", "at the very same time", "in parallel",
    "parallel", "parallel to this", "parallel to that", "parallel to it", "in parallel to this", "in parallel to that",
    "in parallel to it", "in parallel with this", "in parallel with that", "in parallel with it", "simultaneously",
    "concurrently", "side by side", "while that happens", "while this happens", "while that runs", "while this runs",
    "while it runs", "while that is going on", "while this is going on", "while that is happening",
    "while this is happening", "while that goes on", "while this goes on", "while they do that",
    "while they are at it", "while he does that", "while she does that", "while it does that", "during this time",
    "during that time", "all the while", "in tandem", "without waiting", "without waiting for it",
    "without waiting for that", "without waiting for this", "at the same moment", "together with that",
    "together with this", "together with it", "alongside that", "alongside this", "alongside it", "alongside",
    "in the same time", "synchronously", "as this happens", "as that happens", "beside that", "while waiting for that",
    "while waiting", "over the same time", "at once with that", "along with that", "along with this",
    "in the background", "while that is under way", "while this is under way", "while that is in progress",
    "while this is in progress",
];

/// After one of the above: with what.
pub const PARALLEL_WITH: &[&str] = &["as", "with", "to", "as for", "of", "alongside", "together with"];

/// Opens a parallel clause that names its step.
pub const WHILE: &[&str] = &[
    "while", "whilst", "during", "alongside", "together with", "parallel to", "in parallel with", "in parallel to",
    "at the same time as", "at the same time with", "simultaneously with", "concurrently with", "along with",
    "in tandem with", "as long as",
];

pub const AFTER: &[&str] = &[
    "right after", "directly after", "immediately after", "straight after", "only after", "just after", "after",
    "once", "only once", "as soon as", "when", "only when", "upon", "on completion of", "upon completion of",
    "after completion of", "after the completion of", "following", "now that", "not before", "having finished",
    "given that", "starting after", "starts after", "begins after", "to start after", "to begin after",
    "it starts after", "starting once", "depends on", "it depends on", "depending on", "waits for", "waiting for",
    "it waits for", "waits until", "wait for", "needs",
];

/// After these only the number of a step makes an order; anything else is no order.
pub const AFTER_STEPS_ONLY: &[&str] = &["upon", "depends on", "it depends on", "depending on", "needs", "given that"];

/// Tells that something has come about.
pub const STATES: &[&str] = &[
    "done", "finished", "complete", "completed", "over", "ready", "through", "closed", "successful", "succeeded",
    "ended", "passed", "finishes", "completes", "ends", "succeeds", "exist", "exists", "there", "available", "created",
    "set", "up", "place", "arrived", "arrives", "worked", "works", "settled", "booked", "sent", "signed",
    "provisioned", "back", "opened", "known", "approved", "delivered", "made", "finish", "end", "succeed", "gone",
    "live", "active", "assigned", "granted", "decided", "prepared", "written", "been", "confirmed", "ordered", "found",
    "checked", "answered", "agreed", "reported", "published",
];

pub const AUXILIARIES: &[&str] = &[
    "is", "are", "was", "were", "has", "have", "had", "been", "being", "gets", "get", "be", "both", "all", "fully",
    "successfully", "completely", "both", "it", "with", "in",
];

/// What an approval is called.
pub const APPROVALS: &[&str] = &[
    "approval", "approvals", "approve", "approves", "approved", "ok", "okay", "consent", "permission", "authorisation",
    "authorization", "blessing", "clearance", "nod", "signature", "sign", "signs", "signed", "signoff", "green",
    "agreement", "agree", "agrees", "agreed", "confirmation", "confirm", "confirms", "confirmed", "ahead", "yes",
    "okays", "endorsement", "word", "assent", "oks", "blesses", "authorises", "authorizes", "clears", "accepts",
    "acceptance", "light",
];

/// Of those, what speaks of nothing else.
pub const SURE_APPROVALS: &[&str] = &[
    "approval", "approvals", "approve", "approves", "approved", "consent", "permission", "authorisation",
    "authorization", "signoff", "clearance", "okay", "ok",
];

pub const NEEDS: &[&str] = &[
    "needs", "need", "requires", "require", "must have", "must get", "has to have", "has to get", "needs to have",
    "needs to get", "will need", "will require", "awaits", "waits for", "wait for", "waiting for", "pending",
    "subject to", "is subject to", "conditional on", "contingent on", "with", "only with", "but only with",
    "not without", "never without", "but not without", "requiring", "needing", "calls for", "gated by", "is gated by",
    "gated on", "depends on", "provided there is", "given", "under", "starts only with", "goes ahead only with",
    "happens only with", "may only start with", "only starts with", "upon", "on", "cannot start without",
    "can not start without", "must not start without", "does not start without", "do not start without",
    "not start without", "after", "only after", "after getting", "after obtaining", "once there is", "needs first",
    "want", "wants", "should have", "should get", "must wait for", "has to wait for", "takes", "approval :", "gate :",
    "may not start without", "do not begin without", "must not happen without", "does not happen without",
    "never happens without", "only on", "only upon", "is conditional on", "starts with", "having obtained",
    "having got", "no start without", "must carry", "must not run without",
];

/// Of those, the words that are only a gate when an approval is named behind them.
pub const WEAK_NEEDS: &[&str] =
    &["might need", "may need", "could need", "may require", "might require", "could require", "should need"];

pub const APPROVES: &[&str] = &[
    "approves", "approve", "approved", "signs off", "sign off", "signed off", "signs it off", "signed it off",
    "signs this off", "agrees", "agree", "agreed", "okays", "okay", "okayed", "confirms", "confirm", "confirmed",
    "says yes", "say yes", "said yes", "gives the go ahead", "gave the go ahead", "given the go ahead",
    "gives the green light", "given the green light", "authorises", "authorizes", "authorise", "authorize",
    "authorised", "authorized", "clears", "cleared", "oks", "gives approval", "given approval", "gives consent",
    "given consent", "gives permission", "given permission", "gives their ok", "given their ok", "gives the ok",
    "given the ok", "gives an ok", "gives their approval", "given their approval", "gives her approval",
    "gives his approval", "given her approval", "given his approval", "consents", "consented", "endorses", "endorsed",
    "accepts", "accepted", "waves it through", "waved it through", "gives the nod", "given the nod",
];

/// What may follow a word of approval without changing it.
pub const APPROVED_WHAT: &[&str] = &[
    "it", "this", "that", "them", "this step", "the step", "first", "beforehand", "before it starts", "before that",
    "before this", "on it", "to it", "on this", "to this", "in advance", "before it happens", "before it begins",
    "before anything happens", "up front", "the request", "before this step starts", "before the step starts",
    "before this starts", "before we start", "before it runs", "before it goes ahead",
];

pub const MODALS: &[&str] =
    &["must", "has to", "have to", "needs to", "need to", "should", "shall", "will", "is to", "are to", "will have to"];

/// Begins what looks like a gate.
pub const GATE_LIKE: &[&str] = &[
    "needs", "need", "requires", "require", "without", "unless", "until", "subject to", "pending", "must be approved",
    "has to be approved", "only with", "only if", "only after", "needs to be approved", "should be approved",
    "must first be approved",
];

pub const NAMES: &[&str] = &[
    "keep", "keeps", "keep", "save", "saves", "store", "stores", "share", "shares", "remember", "remembers", "note",
    "notes", "record", "records", "file", "files", "hand on", "hands on", "pass on", "passes on", "return", "returns",
    "refer to", "refers to", "publish", "publishes", "make available", "offer", "is kept", "is shared", "is saved",
    "is stored", "is known", "are kept", "are shared", "known", "available", "shared", "kept", "saved", "stored",
];

pub const CALLS: &[&str] =
    &["call", "calls", "name", "names", "label", "labels", "is called", "are called", "called", "is named"];

/// What a step's result is called.
pub const RESULTS: &[&str] = &[
    "it", "this", "that", "them", "these", "the result", "the results", "the answer", "the outcome", "what comes back",
    "what it returns", "the output", "what comes out", "the return value", "what they return", "result",
    "the results of this", "what comes of it", "the reply", "the data", "its result", "its answer", "their answer",
    "the decision", "the result of this step", "the details", "its output", "this result",
];

pub const IFS: &[&str] = &[
    "if", "should", "in case", "in the case that", "in the event that", "when", "where", "whenever",
    "on the chance that", "suppose", "and if", "but if", "in case that", "only if", "were", "as soon as",
];

/// Makes of "when …" a failure.
pub const FAILING: &[&str] = &[
    "fails", "fail", "failed", "failing", "failure", "no", "none", "not", "nothing", "missing", "unavailable",
    "declined", "refused", "rejected", "error", "errors", "problem", "problems", "lacks", "lacking", "wrong", "nobody",
    "out", "without", "short", "impossible", "unable", "stuck", "blocked", "refuses", "rejects", "declines", "breaks",
    "unsuccessful", "cannot", "runs", "too", "already", "denied", "trouble", "hitch",
];

pub const ASKS: &[&str] = &[
    "ask", "asks", "asking", "turn to", "turns to", "go to", "goes to", "contact", "contacts", "call on", "calls on",
    "request", "requests", "consult", "consults", "check with", "checks with", "reach out to", "reaches out to",
    "write to", "writes to", "get in touch with", "approach", "approaches", "ping", "pings", "apply to", "applies to",
    "tell", "tells", "instruct", "instructs", "has to ask", "must ask", "should ask", "can ask", "may ask", "will ask",
    "bring in", "brings in", "go back to", "goes back to", "send a request to", "sends a request to",
];

pub const GETS: &[&str] = &[
    "request", "requests", "get", "gets", "order", "orders", "obtain", "obtains", "fetch", "fetches", "demand",
    "demands", "secure", "secures", "buy", "buys", "procure", "procures", "ask for", "asks for", "must get",
    "has to get", "should get", "apply for", "applies for", "seek", "seeks", "borrow", "borrows", "collect",
    "collects", "one is requested", "one is ordered",
];

pub const FROM: &[&str] = &["from", "with", "via", "through", "at", "off", "of"];

pub const HANDS_OVER: &[&str] = &[
    "hand over to", "hands over to", "hand it over to", "hands it over to", "hand this over to", "hand it to",
    "hands it to", "hand this to", "pass it to", "passes it to", "pass this to", "pass it on to", "escalate to",
    "escalates to", "escalate it to", "escalates it to", "escalate this to", "give it to", "gives it to", "tell",
    "tells", "inform", "informs", "notify", "notifies", "alert", "alerts", "page", "pages", "bring in", "brings in",
    "involve", "involves", "leave it to", "leaves it to", "transfer it to", "raise it with", "raises it with",
    "let it go to", "it goes to", "goes to", "send it to", "sends it to", "warn", "warns", "loop in", "loops in",
    "call in", "calls in", "take it to", "takes it to", "report it to", "reports it to", "report to", "reports to",
];

pub const TAKES_OVER: &[&str] = &[
    "takes over", "take over", "takes it over", "takes it from there", "takes it", "decides", "decide",
    "decides what to do", "decides how to go on", "decides what happens", "decides how to proceed", "steps in",
    "is told", "is informed", "is notified", "is asked to take over", "handles it", "takes care of it", "looks at it",
    "is alerted", "is paged", "hears of it", "will decide", "must decide", "has to decide", "should decide",
    "looks into it",
];

pub const TRIES: &[&str] = &[
    "try", "tries", "retry", "retries", "resume", "resumes", "continue", "continues", "carry on", "carries on",
    "go on", "goes on", "repeat", "repeats", "start over", "starts over", "do it again", "does it again", "run again",
    "run it again", "runs it again", "pick up", "picks up", "trying", "retrying", "resuming", "continuing",
    "repeating", "have another go", "give it another try", "gives it another try", "has another go", "proceed",
    "proceeds", "go ahead", "goes ahead", "start again", "starts again", "move on", "finish", "finishes",
    "attempt it again", "attempts it again",
];

pub const TRIED: &[&str] = &[
    "again", "it again", "once more", "it once more", "it", "this", "this step", "the step", "from there",
    "where it left off", "there", "with it", "this again", "the step again", "this step again", "that again", "then",
    "one more time", "a second time", "anew", "with the step", "with this step", "as before", "after that",
    "afterwards", "where it stopped",
];

pub const WAITS: &[&str] = &[
    "wait", "waits", "waiting", "pause", "pauses", "sleep", "sleeps", "hold", "holds", "hold on", "await", "awaits",
    "wait for it", "waits for it", "stand by", "stands by",
];

pub const STOPS: &[&str] = &[
    "stop", "stops", "abort", "aborts", "give up", "gives up", "end the workflow", "stop the workflow",
    "stop everything", "the workflow stops", "the workflow ends", "everything stops", "stop here", "stop there",
    "cancel the workflow", "cancel everything", "the workflow is stopped", "we stop", "end here",
    "the whole workflow stops",
];

pub const SKIPS: &[&str] = &[
    "skip it", "skips it", "skip this step", "skip the step", "skip this", "skips this step", "go on without it",
    "goes on without it", "carry on without it", "carries on without it", "continue without it",
    "continues without it", "leave it out", "leaves it out", "ignore it", "ignores it", "go on anyway",
    "continue anyway", "carry on anyway", "carry on regardless", "this step is skipped", "it is skipped",
    "the step is skipped", "move on without it", "moves on without it", "go on without", "carry on without",
    "just go on", "drop it", "drops it",
];

pub const FOR_GOOD: &[&str] = &[
    "for good", "finally", "permanently", "altogether", "in the end", "a later step", "any later step",
    "a following step", "later step", "once and for all", "the rest fails", "the workflow fails",
    "this workflow fails", "the onboarding fails", "irrecoverably", "ultimately", "anything after this",
    "something after this", "anything later", "something later", "a step after this", "completely", "beyond repair",
    "later fails", "fails later", "is cancelled", "is abandoned", "falls through", "must be undone",
    "has to be undone", "needs to be undone", "is undone", "has to be rolled back", "must be rolled back",
    "is called off", "the whole thing fails", "is aborted",
];

pub const UNDOES: &[&str] = &[
    "undo :", "undo -", "undo ,", "to undo it", "to undo this", "to undo that", "to undo this step", "to undo",
    "undo by", "rollback :", "roll back :", "rollback by", "roll back by", "compensation :", "compensate :",
    "compensate by", "to compensate", "to reverse it", "to reverse this", "to roll it back", "to roll this back",
    "to take it back", "reverse :", "it is undone by", "is undone by", "undone by", "this is undone by",
    "the undo is :", "if undone :", "undo it by", "undo this by", "to clean up", "clean up :", "cleanup :",
];

/// A worker who is made to do it: "have the HR agent create …".
pub const MAKES: &[&str] = &[
    "ask", "have", "let", "get", "tell", "instruct", "request", "make", "we ask", "we have", "we let", "it asks",
    "the bot asks", "workforce asks", "direct", "task", "assign", "the workflow asks", "charge", "invite", "call on",
    "order", "remind", "prompt", "use", "trigger", "the system asks", "get hold of", "engage",
];

/// Between a worker and the verb.
pub const HELPERS: &[&str] = &[
    "must", "has to", "have to", "needs to", "need to", "should", "shall", "will", "can", "may", "is to", "are to",
    "then", "also", "now", "next", "please", "first", "to", "is asked to", "is told to", "is responsible for",
    "are responsible for", "is in charge of", "is tasked with", "takes care of", "gets to", "is supposed to",
    "finally", "afterwards", "subsequently", "itself", "themselves", "always", "are asked to", "will then",
    "then also", "will have to", "and", "who", "is expected to", "goes on to", "proceeds to", "helps to", "starts to",
    "begins to", "goes ahead and", "is going to", "'s job is to", "needs now to", "would", "ought to", "is obliged to",
    "shall then", "is called on to", "can now", "can then", "may now", "may then", "must then", "should then",
    "should also", "must also",
];

pub const NUMBERS: &[(&str, u32)] = &[
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
];

/// Words that name nothing.
const EMPTY: &[&str] = &[
    "the", "a", "an", "of", "to", "for", "and", "or", "in", "on", "at", "by", "with", "from", "into", "their", "his",
    "her", "its", "our", "your", "is", "are", "was", "were", "has", "have", "had", "been", "be", "it", "this", "that",
    "they", "he", "she", "all", "both", "new", "first", "as", "up", "out", "do", "done", "ready", "there", "exist",
    "exists", "complete", "completed", "finished", "place", "if", "when", "once", "then", "them", "him", "who",
    "which", "agent", "bot", "team", "step", "get", "gets", "make", "made", "created", "available", "set", "s", "'s",
    "no", "not", "person", "somebody", "someone", "also", "any", "every", "each", "one", "some", "will", "must",
    "should", "can", "may", "successfully", "finally", "everything", "what", "where", "how", "so", "us", "we", "you",
    "me", "end", "ends", "over", "through",
];

/// The stems of the words that name something.
pub fn stems_of(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(|word| word.trim_end_matches("'s"))
        .filter(|word| word.len() > 1 && !EMPTY.contains(word))
        .map(stem)
        .collect()
}

/// "creates" → "create": the form that follows "to".
pub fn base_of(verb: &str) -> String {
    match verb {
        "has" => return "have".to_owned(),
        "does" => return "do".to_owned(),
        "goes" => return "go".to_owned(),
        "is" | "are" | "am" => return "be".to_owned(),
        _ => {}
    }
    if let Some(stem) = verb.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for suffix in ["sses", "shes", "ches", "xes", "zzes", "oes"] {
        if verb.ends_with(suffix) {
            return verb[..verb.len() - 2].to_owned();
        }
    }
    match verb.strip_suffix('s') {
        Some(stem) if !verb.ends_with("ss") && stem.len() > 1 => stem.to_owned(),
        Some(_) | None => verb.to_owned(),
    }
}

/// "the laptop order" → `laptop_order`.
pub fn name_of(words: &str) -> String {
    words
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !matches!(*word, "the" | "a" | "an"))
        .collect::<Vec<_>>()
        .join("_")
}

/// Whether a step's work is to decide or to approve, so that "once @kim has approved" may speak of it.
pub fn is_approving(what: &str) -> bool {
    let first = what.split(' ').next().unwrap_or_default();
    APPROVES.contains(&first) || matches!(first, "decide" | "sign" | "review" | "check" | "release" | "give")
}
