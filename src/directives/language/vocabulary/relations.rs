//! The words of each relation, one place per relation. A phrase is written in the notation of [`super::super::grammar`].

pub const RELATIONS: &[(&str, &[&str])] = &[
    // Force ------------------------------------------------------------------------------------------------------
    ("aux", &["must to", "must", "should", "shall", "will", "need to", "have to", "be to", "ought to", "be supposed to", "be expected to", "have got to"]),
    (
        "may",
        &[
            "may", "can", "be allowed to", "be permitted to", "be entitled to", "be authorised|authorized to", "have permission to", "have the right to", "be free to",
            "have leave to", "be able to", "get to", "be cleared to", "be empowered to",
        ],
    ),
    (
        "maynot",
        &[
            "may not", "can not", "must not", "should not", "shall not", "will not", "do not", "be not allowed to", "be not permitted to",
            "be not to", "must never", "may never", "can never", "should never", "shall never", "will never", "be never to", "be never allowed to",
            "be never permitted to", "have no right to", "have no business", "be forbidden to", "be forbidden from", "be prohibited from", "be banned from", "be barred from",
            "be not authorised|authorized to", "be not entitled to", "never", "be not supposed to", "have no permission to", "be under no circumstances to", "be under no circumstances allowed to",
            "may under no circumstances", "must under no circumstances", "have to =keep (=its|=their) hands off", "be blocked from", "be stopped from", "be kept from", "be never supposed to",
        ],
    ),
    ("nobody", &["nobody", "no one", "noone", "no agent", "no bot", "no person", "none of (us|them|the agents)", "not a single agent", "no worker"]),
    ("except", &["except for", "except", "but", "other than", "apart from", "aside from", "besides", "save for", "bar", "excluding", "with the exception of"]),
    // Who takes which work ---------------------------------------------------------------------------------------
    (
        "goes_to",
        &[
            "<aux>? go (straight|over|out|through)? to", "<aux>? land (with|on|at|in)", "<aux>? be handled by", "<aux>? be dealt with by", "<aux>? be taken care of by",
            "<aux>? belong (to|with|in)", "<aux>? end up (with|at|in)", "<aux>? be sent (over|on)? to", "<aux>? be routed to", "<aux>? be directed to", "<aux>? be forwarded to",
            "<aux>? be passed (on|over|along)? to", "<aux>? be assigned to", "<aux>? be given to", "<aux>? be handed (over|off)? to", "<aux>? be (meant|something|one|work|a job|a matter|a task)? for",
            "<aux>? come to", "<aux>? fall (to|under|on)", "<aux>? be (the|a)? (job|responsibility|task|business|concern|remit|domain) of", "<aux>? be looked after by", "<aux>? be owned by",
            "<aux>? be answered by", "<aux>? be processed by", "<aux>? be managed by", "<aux>? be covered by", "<aux>? be taken (on|over)? by", "<aux>? be seen to by",
            "<aux>? be referred to", "<aux>? be delivered to", "<aux>? be picked up by", "<aux>? be with", "<aux>? be sorted out by", "<aux>? be worked on by", "<aux>? be fielded by", "<aux>? be done by",
            "<aux>? get (sent|routed|directed|forwarded|passed|assigned|given|handed) (on|over|off)? to", "<aux>? get handled by", "<aux>? reach", "<aux>? be addressed by", "<aux>? be addressed to", "<aux>? be resolved by", "<aux>? be left to", "<aux>? sit with", "<aux>? rest with", "<aux>? be for",
            "<aux>? find (its|their) way to", "<aux>? head to", "<aux>? be up to", "<aux>? be entrusted to", "<aux>? be attended to by", "<aux>? be redirected to", "<aux>? be under",
            "<aux>? be triaged by", "<aux>? be transferred to", "<aux>? be dispatched to", "<aux>? be treated by", "<aux>? be allocated to", "<aux>? be served by", "<aux>? be moved to", "<aux>? be brought to",
        ],
    ),
    (
        "handles",
        &[
            "<aux>? handle", "<aux>? deal with", "<aux>? take care of", "<aux>? take (on|over|in|up)?", "<aux>? look after", "be responsible for", "be in charge of", "<aux>? answer (to)?", "own",
            "<aux>? cover", "<aux>? manage", "<aux>? process", "<aux>? respond to", "<aux>? reply to", "be the (one|contact|person|place|agent|right one|right person|address|owner) (for|to ask about)", "<aux>? see to", "<aux>? field",
            "<aux>? attend to", "<aux>? get", "<aux>? receive", "<aux>? work on", "<aux>? sort out", "<aux>? pick up", "<aux>? do", "<aux>? address", "<aux>? resolve", "<aux>? be responsible for",
            "<aux>? be in charge of", "be on", "be accountable for", "<aux>? care for", "<aux>? solve", "have responsibility for", "be there for", "<aux>? triage", "be dealing with", "be handling", "be assigned", "be our (contact|person|address) for",
            "<aux>? tackle", "<aux>? help with", "be the go to for", "be the go to (person|agent) for", "run", "<aux>? be the (one|contact|person) for",
        ],
    ),
    ("send", &["send", "route", "direct", "forward", "pass (on|over|along)?", "give", "assign", "hand (over|off)?", "refer", "deliver", "point", "move", "transfer", "steer", "redirect", "take", "bring", "push", "let", "dispatch", "allocate", "turn over", "relay", "delegate"]),
    ("it", &["it", "them", "this", "that", "these", "those", "such (requests|messages|cases|tickets|questions|work|issues|things|a request|a message)", "the (request|message|ticket|case|question|task|work|thread|conversation|issue|matter|customer|email|requester)", "(this|these|those) (request|message|ticket|case|question|task|work|thread)"]),
    ("answer", &["answer", "reply", "response", "decision", "word", "reaction"]),
    ("job", &["job", "responsibility", "task", "business", "concern", "department", "remit", "domain", "territory", "area", "turf", "work", "duty", "patch", "field", "baby"]),
    // When a human is brought in ------------------------------------------------------------------------------------
    (
        "escalated_to",
        &[
            "<aux>? (be|get) escalated (up|straight|on)? to", "<aux>? go up to", "<aux>? be raised (with|to)", "<aux>? be flagged (up)? (to|for|with)", "<aux>? be brought to the attention of",
            "<aux>? be brought (up)? (to|before)", "<aux>? be reported to", "<aux>? be bumped (up)? to", "<aux>? escalate to", "<aux>? be elevated to", "<aux>? be kicked up to", "<aux>? need", "<aux>? require", "<aux>? involve",
            "<aux>? be notified to", "<aux>? be shown to", "<aux>? be seen by", "<aux>? be looked at by", "<aux>? be taken over by", "<aux>? be stepped up to", "<aux>? be pushed up to",
        ],
    ),
    (
        "notify",
        &[
            "tell", "notify", "alert", "page", "ping", "inform", "call (in|on|for|up)?", "involve", "wake (up)?", "warn", "contact", "message", "summon", "loop in", "bring in", "pull in", "get", "escalate (it|this|them|that|the <thing>|these|those)? (up|straight)? to",
            "escalate (it|this|them|that|the <thing>)? (up)? to", "hand (it|this|them|that|the <thing>)? (over|off|on|up) to", "hand (it|this|them|that|the <thing>) to", "pass (it|this|them|that|the <thing>)? (on|over|up|along)? to", "ask", "bring (it|this) to (the attention of)?", "turn to", "raise (it|this|them|the <thing>) (with|to)", "report (it|this|them)? to",
            "flag (it|this|them)? (to|for|with|up to)", "defer to", "transfer (it|this|them|the <thing>)? to", "give (it|this|them|the <thing>) (over|up|on)? to", "remind", "nudge", "check with", "get hold of", "reach out to", "buzz", "ring", "phone", "text", "rouse", "fetch", "consult", "bump (it|this)? (up)? to", "switch to", "leave (it|this) to", "forward (it|this|them|the <thing>)? to", "escalate", "hand over to", "route (it|this|them|the <thing>)? to", "send (it|this|them|the <thing>)? (on|over|up)? to", "move (it|this)? (on|up)? to", "send for", "put (it|this|them|the <thing>) in front of",
        ],
    ),
    ("thing", &["request", "message", "ticket", "case", "question", "task", "work", "thread", "conversation", "issue", "matter", "job", "problem", "chat", "customer", "incident"]),
    (
        "notified",
        &[
            "told", "notified", "alerted", "paged", "pinged", "informed", "called (in)?", "involved", "woken (up)?", "warned", "contacted", "messaged", "looped in", "brought in", "pulled in", "asked", "reminded", "summoned", "consulted", "rung", "phoned",
        ],
    ),
    (
        "takes_over",
        &[
            "take (it|this|them|the <thing>)? over", "take over", "step in", "get involved", "hear (about|of) it", "get (a call|a ping|a page|paged|called|told|pinged|notified|alerted|looped in|brought in|the <thing>|it)", "take (it|the <thing>|over the <thing>)", "jump in", "come in", "be next", "get to know", "must know", "look at it", "look into it", "deal with it", "handle it", "have to know", "decide", "receive it", "pick (it|the <thing>) up", "pick up", "have a look", "be up", "see it", "be up next", "be on",
        ],
    ),
    // Approval --------------------------------------------------------------------------------------------------------
    ("need", &["need", "require", "take", "call for", "wait for", "demand", "be subject to", "want", "have to wait for", "must wait for", "should wait for", "must have", "have to have", "must get", "should get", "should have", "go through only with", "require first", "depend on", "need to have", "need to get", "need to wait for", "must receive", "have to get", "shall have", "shall require", "will need", "will require", "go ahead only with", "happen only with", "run only with", "be possible only with", "be allowed only with", "be only allowed with", "may only happen with", "may only go ahead with", "be only possible with", "only happen with", "only run with", "only go ahead with", "must be backed by", "be on hold until there is", "should be subject to", "must go to {to} for", "go to {to} for", "must not happen without", "may not happen without", "do not happen without", "can not happen without", "must not run without", "do not run without", "do not go out without", "do not go through without", "can not go through without", "never happen without", "never run without", "never go out without", "never go through without", "be impossible without", "be not allowed without", "be not possible without", "be not permitted without", "be forbidden without", "may only be made with", "may only be done with", "must not be made without", "can not be made without", "must not be done without", "may not be made without", "may not be done without", "be only made with", "be only done with", "be done only with", "be made only with", "must not proceed without", "can not proceed without", "may not proceed without", "do not proceed without", "may proceed only with", "proceed only with", "should not happen without", "shall not be made without", "may be made only with", "may be done only with", "may happen only with", "can only happen with", "can only be made with", "can only be done with", "must be done with", "only with", "not without", "hold for", "be held for", "be held until there is", "should go to {to} for", "have to go to {to} for", "stop for", "pause for", "must be sent to {to} for"]),
    (
        "approval",
        &[
            "approval", "sign off", "signoff", "ok", "okay", "consent", "permission", "authorisation", "authorization", "go ahead", "blessing", "green light", "say so", "clearance", "signature", "=yes", "agreement", "confirmation", "word", "thumbs up", "nod", "endorsement", "authority", "all clear", "acceptance", "go", "assent", "seal of approval", "stamp",
            "prior approval", "explicit approval", "written approval", "manual approval", "prior consent", "prior written consent", "written consent", "prior authorisation", "prior authorization", "prior written approval", "express approval", "explicit permission", "explicit consent", "formal approval", "personal approval",
        ],
    ),
    ("approve", &["approve (of)?", "sign off (on)?", "sign (off)?", "=ok", "okay", "authorise", "authorize", "clear", "agree (to|on|with)?", "give the (go ahead|green light|nod|all clear|ok|okay) (to|for)?", "green light", "greenlight", "confirm", "consent (to)?", "give (approval|permission|consent|clearance|authorisation) (for|to)?", "give (their|her|his|its) (approval|ok|okay|consent|permission|blessing) (for|to)?", "say yes (to)?", "accept", "endorse", "permit", "decide (on|about)?", "release", "have (the|a) final say (on|over|about|in)", "vet", "bless", "give (it)? the ok", "validate", "nod through", "rubber stamp"]),
    ("approved", &["approved", "signed off (on)?", "signed", "okayed", "oked", "authorised", "authorized", "cleared", "agreed (to|on|with)?", "green lit", "greenlit", "confirmed", "consented to", "accepted", "endorsed", "permitted", "decided (on|about)?", "released", "green lighted", "vetted", "given the (go ahead|green light|nod|all clear|ok|okay)", "given the (go ahead|green light|nod|ok|okay)", "blessed", "countersigned", "validated", "waved through", "allowed", "ok 'd", "okay 'd"]),
    (
        "freely",
        &[
            "without <any>? <approval>", "without (anyone|anybody|someone|a human|a person|us) 's <approval>", "without (asking|waiting|checking|confirming) (anyone|anybody|first|us|a human|for <any>? <approval>|for anyone|with anyone|around)?", "on (its|their|his|her) own", "by (itself|themselves)", "unasked", "without (further|more) ado", "without a human", "without a second pair of eyes", "without (an|a)? (approver|approvals)", "without needing <any>? <approval>", "without being asked", "without having to (ask|wait)", "without (first)? (asking|getting|needing) (for)? <any>? <approval>", "without supervision", "with no <approval>", "with no (questions asked|approval needed|approval required)", "no questions asked", "without anyone (approving|signing off|having to approve|agreeing)", "without (the need for|need of) <approval>", "autonomously", "without a human in the loop", "independently", "no approval needed", "no approval required", "unattended", "without (any)? (human)? (involvement|intervention|review)", "with no need for <approval>", "without (asking)? (permission|a manager|a supervisor)", "without (prior|manual|explicit|human|further) approval", "without approval from (anyone|anybody|a human)", "without anyone 's <approval>", "without a sign off", "no <approval> be (needed|required|necessary)", "<approval> be not (needed|required|necessary)", "there be no need for <approval>", "(nobody|no one) (need|have) to (approve|ask|agree|be asked)", "and no <approval> be (needed|required|necessary)", "and do not need <any>? <approval>", "it do not need <any>? <approval>", "it need no <approval>", "without anybody (approving|signing off|agreeing)", "without waiting for <any>? <approval>",
        ],
    ),
    ("any", &["any", "an", "a", "any prior", "any further", "prior", "the", "further", "human", "any human", "manual", "anyone 's", "anybody 's", "explicit", "separate", "special", "additional"]),
    ("run", &["run", "go through", "go ahead", "be fine", "be ok", "be okay", "be allowed", "be done", "be made", "happen", "proceed", "be executed", "be carried out", "may run", "may go ahead", "can run", "can go ahead", "may go through", "can go through", "may happen", "can happen", "can proceed", "may proceed", "may be done", "can be done", "may be made", "can be made", "be permitted", "be possible", "be issued", "be processed", "may be issued", "can be issued", "may be processed", "can be processed", "be handled", "just happen", "should run", "should go through", "be good to go", "are free to run", "be paid", "be paid out", "be sent", "be given"]),
    ("needs_no", &["need no", "require no", "do not need (any|an|a)?", "do not require (any|an|a)?", "need not wait for (any|an|a)?", "go without", "do not have to wait for (any|an|a)?", "must not wait for (any|an|a)?", "need not have (any|an|a)?", "take no", "do without", "get by without", "will not need (any|an|a)?", "do not call for (any|an|a)?", "should not need (any|an|a)?", "be exempt from", "do not wait for (any|an|a)?", "be excluded from"]),
    ("before", &["before", "prior to", "before (you|we|it|they|one|anyone|to|an agent|the agent|any agent)", "ahead of", "prior to any", "before any"]),
    ("must_not_be", &["must not", "may not", "can not", "shall not", "should not", "must never", "may never", "should never", "shall never", "can never", "will never", "will not", "be never to", "be not to"]),
    ("must_be", &["may", "can", "must", "should", "shall", "will", "have to", "need to", "be to"]),
    // Bans --------------------------------------------------------------------------------------------------------------
    (
        "banned",
        &[
            "<aux>? be (strictly|absolutely|completely)? forbidden", "<aux>? be prohibited", "<aux>? be banned", "be not allowed", "be not permitted", "be never allowed", "be never permitted", "be off limits", "be out of bounds", "be taboo", "be a no go", "be verboten", "must not happen", "may not happen", "must never happen", "never happen", "do not happen", "be never to happen", "be not to happen", "be out of the question", "be blocked",
            "be disallowed", "be not on", "must never run", "never run", "must not run", "may never happen", "can not happen", "should never happen", "should not happen", "shall not happen", "will not happen", "be not an option", "be never ok", "be never okay", "be not ok", "be not okay", "be unacceptable", "be never acceptable", "be not acceptable", "are not to be made", "must not be (made|done|performed|issued|carried out|given|executed|attempted|processed|run)", "must never be (made|done|performed|issued|carried out|given|executed|attempted|processed|run)", "may not be (made|done|performed|issued|carried out|given|executed|processed|run)", "can not be (made|done|performed|issued|carried out|given|executed|processed|run)", "should never be (made|done|performed|issued|carried out|given|executed|processed|run)", "may never be (made|done|performed|issued|carried out|given|executed|processed|run)", "be never (made|done|performed|issued|carried out|given|executed|attempted|processed|run)", "should not be (made|done|performed|issued|carried out|given|executed|attempted|processed|run)", "shall not be (made|done|performed|issued|carried out|given|executed|attempted|processed|run)", "be not (made|done|performed|issued|carried out|given|executed|attempted|processed|run)", "be not possible", "be impossible", "must be (refused|rejected|blocked|denied|declined|stopped|turned down)", "<aux>? be (refused|rejected|denied|declined|turned down|stopped)", "be ruled out", "be not available",
        ],
    ),
    ("refuse", &["refuse", "reject", "block", "deny", "decline", "forbid", "prohibit", "ban", "disallow", "prevent", "stop", "turn down", "rule out"]),
    ("keep_from", &["keep", "stop", "prevent", "ban", "bar", "block", "prohibit"]),
    ("reserved", &["be reserved (for|to)", "be (strictly|exclusively|solely|only) for", "be for {who} only", "be (exclusive|restricted|limited|confined) to", "be only (for|available to|open to|allowed for|permitted for|done by|used by|made by|issued by|carried out by|performed by|handled by|to be done by|to be used by)", "be left to", "belong to {who} alone", "may only be (done|used|made|issued|performed|carried out|run|executed) by", "can only be (done|used|made|issued|performed|carried out|run|executed) by", "must only be (done|used|made|issued|performed|carried out|run|executed) by", "may be (done|used|made|issued|performed|carried out|run|executed) only by", "be done (only|exclusively|solely) by", "be used (only|exclusively|solely) by", "be (only|exclusively|solely) (done|used|made|performed) by", "be a matter for {who} only", "be off limits (for|to) everyone (but|except)", "be off limits (for|to) (everybody|all|anyone) (but|except)", "be forbidden (for|to) everyone (but|except)", "be (allowed|permitted) only for", "be the exclusive (right|job|preserve) of", "be the preserve of", "can be (done|used|made|issued|performed|carried out|run|executed) only by", "must be (done|made|performed|carried out) only by"]),
    // Priorities, service levels --------------------------------------------------------------------------------------------
    ("rank", &["<aux>? be", "<aux>? be with", "<aux>? be treated as", "<aux>? count as", "<aux>? be considered (as)?", "<aux>? be marked (as)?", "<aux>? be handled as", "<aux>? get", "<aux>? have", "<aux>? take", "<aux>? be given", "<aux>? be regarded as", "<aux>? be seen as", "<aux>? rank as", "<aux>? be flagged (as)?", "<aux>? be set to", "<aux>? be classed as", "<aux>? be classified as", "<aux>? be tagged (as)?", "<aux>? receive", "<aux>? be rated (as)?", "<aux>? qualify as", "<aux>? be deemed", "<aux>? be a", "<aux>? be of", "<aux>? carry", "<aux>? become", "<aux>? come with", "<aux>? be prioritised as", "<aux>? be prioritized as", "<aux>? be ranked (as)?", "<aux>? be filed as", "<aux>? be raised to", "<aux>? be bumped to"]),
    (
        "respond",
        &[
            "get (a|an|the|their|its)? (first|initial)? (answer|reply|response|reaction|acknowledgement)", "be answered", "be responded to", "be replied to", "get answered", "be acknowledged", "hear back", "have (a|an|the|their|its)? (first|initial)? (answer|reply|response|reaction)", "receive (a|an|the|their|its)? (first|initial)? (answer|reply|response|acknowledgement)", "be picked up", "be looked at", "see a (first)? (reply|response|answer)", "be reacted to", "need (a|an)? (first|initial)? (answer|reply|response|reaction)", "deserve (a|an)? (first|initial)? (answer|reply|response)", "be first answered", "must see a (first)? (reply|response|answer)", "be taken up",
        ],
    ),
    ("resolve", &["be solved", "be resolved", "be closed", "be done", "be fixed", "be finished", "be completed", "be settled", "get solved", "get resolved", "get fixed", "be sorted (out)?", "be dealt with", "be cleared up", "be wrapped up", "get closed", "be concluded", "have (a|the) (solution|resolution|fix)", "get (a|the) (solution|resolution|fix)", "need (a|the)? (solution|resolution|fix)", "be handled", "get done", "be off the table"]),
    ("answer_verb", &["answer", "reply to", "respond to", "acknowledge", "react to", "get back to", "pick up", "give a first answer to", "give a first reply to"]),
    ("solve_verb", &["solve", "resolve", "close", "finish", "fix", "settle", "complete", "sort out", "deal with", "wrap up", "clear"]),
];
