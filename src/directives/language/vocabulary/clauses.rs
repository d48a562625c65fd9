//! Patterns of what stands beside a main clause: conditions, deadlines, consequences; and of conditions themselves.

use super::super::pattern_set::Form::{self, *};

pub const ADJUNCTS: &[(Form, &[&str])] = &[
    (
        If,
        &[
            "(if|when|whenever|where|wherever|in case|provided|provided that|as long as|so long as|once|as soon as|in the event that|in the event of|should|while|after|on|every time|each time|any time|anytime|the moment|on condition that|only if|only when|only while|but only if|but only when|given that|assuming|whenever) {cond}",
        ],
    ),
    (
        Unless,
        &[
            "(unless|except (when|if|where|in case|for when)|save when|other than when|but not (if|when|where)|excluding when|until|not (if|when)|only not (if|when)) {cond}",
            "(with the exception of|<except>) (those|ones|the ones|these|requests|messages|anything|work|cases|tickets|if it be|when it be)? (that be|which be|that|which)? {cond}",
        ],
    ),
    (
        UnlessSegment,
        &["(with the exception of|<except>|but not|unless it be) (for|to|from|with|those of|that of)? (the)? {seg}"],
    ),
    (UnlessMod, &["(unless|except|but not|not) (for|in|from|by|with|at)? {from}"]),
    (WhenMod, &["{mod}"]),
    (
        Mentioning,
        &[
            "(for|to|on|in|of|about|from)? (ticket|message|request|thread|email|anything|question|customer|case|chat)? (that|which|who) (mention|contain|say|use the word|include the word|talk of|speak of) {mentions}",
            "(for|to|on|in|of|about|from)? (ticket|message|request|thread|email|anything|question|customer|case|chat)? (mentioning|containing|saying) {mentions}",
            "(for|to|on|in|of|about|from)? (ticket|message|request|thread|email|anything|question|customer|case|chat)? (with|containing|mentioning) the (word|phrase|term) {mentions}",
        ],
    ),
    (
        Within,
        &[
            "within {dur}",
            "(in|within) (a)? (max|maximum|maximal|at max) (of)? {dur}",
            "(in|within) {dur} (maximum|max|at most|at the latest|at the most)",
            "to be (given|decided|granted|answered|obtained|made|taken) (with)? (within|in) {dur}",
            "(which|that) (be|be to be|must be|have to be|shall be|should be) (given|decided|granted|answered|obtained|made|taken) (within|in) {dur}",
            "(the|an|a)? (answer|decision|approval|reply) (must|should|be to|have to|shall)? (be given|come|be due|be made|be taken|arrive|due) (within|in) {dur}",
            "for which (they|he|she) (have|has) {dur}",
            "with {dur} to (decide|answer|approve|reply|respond)",
            "(he|she|they) (must|have to|should|shall) (do so|do it) within {dur}",
            "(deadline|time limit) (of|:|be)? {dur}",
            "at the latest {dur} (later|afterwards)",
            "in the space of {dur}",
            "inside {dur}",
            "inside of {dur}",
            "before {dur} (be up|have passed|be over)",
            "in (under|less than|at most|no more than)? {dur}",
            "(with)? (a deadline|the deadline|time limit|a time limit) of {dur}",
            "by {dur}",
            "{dur}",
            "(given|decided|granted|answered|obtained) within {dur}",
            "in no more than {dur}",
            "no later than {dur}",
            "(they|he|she|who) (have|has) {dur} (to (decide|answer|approve|reply|respond))?",
            "which must (come|be given) within {dur}",
            "(valid|open) for {dur}",
            "at the latest (after|in|within) {dur}",
            "and (must|should) (be given|come|answer|decide|be approved) within {dur}",
            "(they|he|she) must (decide|answer|approve|respond) within {dur}",
        ],
    ),
    (
        OtherwiseAsk,
        &[
            "(otherwise|or else|else|failing that|failing which|if not|or|after that|then|if there be no <answer>|if (nobody|no one) (answer|decide|respond|reply|react|do|have decided) (in time|by then|within that time|until then)?|after which|if (they|he|she) (do not|do not answer|do not decide|do not reply|be not available|be away|do not respond) (in time|by then)?|and if not|if that fail|if it be not (given|decided|granted) (in time|by then)?|thereafter|if time (run out|be up)|when time (run out|be up)|when the time be up|on (timeout|expiry)|if no (answer|decision|reply|response) (come|arrive|be given)? (in time|by then)?|if unanswered|if it time out|if the time be up|beyond that|past that|if (it|that) expire|after the deadline|without an answer) (it|they|the request|that|the decision|the approval|the matter|the right to decide)? <aux>? (<notify>|go to|be up to|fall to|be decided by|be for|be asked of|go up to|pass to|be passed to|be escalated to|be put to|be sent to|move to) {to} (to decide|decide|instead|for a decision|for approval|is asked|do|may|can|will)?",
            "(or|and)? (otherwise|or else|else|failing that|failing which|if not|after that|thereafter|then) (from|by|with)? {to} ('s)? (<answer>|approval|ok|okay|sign off)?",
            "(or|and)? (if (he|she|they|{to}) (be|be not) (away|out|absent|unavailable|available|there|reachable|on leave|on holiday|around)|in (his|her|their) absence) ,? (from|by|with|that of|then|ask|by)? {to} ('s)?",
            "(otherwise|or else|else|failing that|failing which|if not|after that|after which|if there be no <answer>|if (nobody|no one) (answer|decide|respond|reply|react) (in time|by then)?|thereafter|then) {to} (decide|be asked|take over|may decide|can decide|will decide|approve|step in|may approve|can approve|must decide|be next|be to decide|have to decide|decide instead)?",
            "(or|and)? if (there be)? (no|no one|nobody) (<answer>|answer|decide|respond|reply|react|approval)? (be given|be made|come|arrive|be received|be taken|be granted|be there)? (within|in|after) {dur} ,? (it|they|the request)? <aux>? (ask|that of|from|by|with|go to|be asked of|pass to|fall to|be passed to|be decided by|be up to|escalate to|be escalated to|be put to)? {to} (decide|be asked|may decide|take over)?",
            "(or|and)? if (he|she|they|{to}) (do not|have not|fail to) (answer|answered|decide|decided|respond|responded|reply|replied) (within|in|after) {dur} ,? (it|they|the request)? <aux>? (ask|that of|from|by|with|go to|be asked of|pass to|fall to|be passed to|be decided by|be up to)? {to} (decide|be asked|may decide|take over)?",
            "(with|and) {to} (as)? (the)? (fallback|backup|back up|escalation)",
        ],
    ),
    (
        OtherwiseDeny,
        &[
            "(otherwise|or else|else|failing that|failing which|if not|or|after that|after which|if there be no <answer>|if (nobody|no one) (answer|decide|respond|reply|react|approve) (in time|by then|within that time)?|then|on timeout|and if not) (it|they|the request|that|this|we|the refund|the action|the answer|the change)? <aux>? (be)? (deny|denied|refused|rejected|declined|cancelled|dropped|no|refuse|reject|decline|it|turned down|not run|not done|a no|forbidden|void|off|lapse|expire|do not happen|do not run|do nothing|count as (denied|refused|a no)|count as a no|not go ahead|not go through|not happen) (it)? ((after|within|in) {dur})?",
        ],
    ),
    (
        Typed,
        &[
            "(and|,)? (must|should|has to|needs to|have to)? (be|is|are)? confirm (it|this|that)? by typing (a word|the word|it|a phrase|a code|in)? ({mentions})?",
            "(and|with|,)? (a)? typed (confirmation|word|yes)",
            "(who|and|,)? (they|he|she|who|the approver)? (must|should|has to|have to)? (type) (a word|the word|it|a confirmation|to confirm|yes|it out) (to confirm)? ({mentions})?",
            "(and|,)? the approver (must|has to|should) type (a word|the word|it|a confirmation|to confirm) (to confirm)?",
            "(who|and|,)? (he|she|they|who|the approver)? (must|should|have to|shall|be to|need to) confirm (it|this|that|the action)? (by typing|in typing|with a typed (word|confirmation|answer)) (a word|the word|it|a phrase|a code|in)? ({mentions})?",
            "to be confirmed (by typing|in typing|with a typed (word|confirmation)) (a word|the word|it)? ({mentions})?",
            "confirmed (by typing|in typing) (a word|the word|it|it out)? ({mentions})?",
            "(and)? typing (be|must be) (required|needed) (to confirm)?",
            "by a typed (confirmation|word|yes)",
            "confirmed (with|by) a typed (word|confirmation)",
            "(in writing)? by typing (a word|the word|it|a confirmation) ({mentions})?",
            "(and|,)? (a word|the word) must be typed (to confirm)?",
            "(and)? typed out",
            "(and)? (must|has to|have to|should) be typed (out|in)? (to confirm)?",
        ],
    ),
    (
        NothingElse,
        &[
            "(and|but)? (nothing else|nothing more|no other tools|no other tool|no more|nothing besides|that be all|and that be it|nothing beyond that|no others)",
        ],
    ),
    (
        ThenPause,
        &[
            "(and|then|after that|after which|beyond that|above that|past that|over that|when|once|if)? (it|they|that|the <thing>|the budget)? (be)? (spent|reached|used up|exceeded|gone|exhausted)? (then)? (it|they|we)? <aux>? (be)? (pause|stop|halt|suspend|freeze|switch off|turn off|put on hold|shut down) (it|her|him|them|the agent|work|working|that agent|everything|the work|all work)? (until next (week|month|day|quarter)|after that|then|beyond that|above that|(when|once|if|as soon as) (it|that) be (spent|reached|used up|gone|exhausted|exceeded)|for the rest of the (day|week|month|quarter)|if it go over|when it run out|when reached|at the limit)?",
        ],
    ),
    (
        ThenAsk,
        &[
            "(and|then|after that|after this|after which|beyond which|beyond that|above that|past that|over that|when it be (spent|reached|used up|gone)|if it need more|for more|for anything more|for anything above|for anything beyond|anything above that|more than that)? (it|they|we|he|she)? <aux>? (ask|must ask|need to ask|needs approval|need approval|check with|ask for approval|require approval|ask before spending more|need a yes|need permission) ({to})? (first|for more|before spending more|for permission|for approval|after that|before going on|to go on|before it go on|beyond that|above that|(when|if|before) it (need|want|spend) more|once it be (spent|reached|used up|gone)|when it be (spent|reached|used up|gone))?",
        ],
    ),
    (
        ThenWarn,
        &[
            "(and|then|after that|beyond that|above that|past that|over that|when it be (spent|reached|used up|gone)|once it be (spent|reached|used up|gone))? (it|they|we)? <aux>? (just|only)? (warn|tell|notify|alert|send a warning|inform|a warning|be warned) ({to})? (after that|beyond that|above that|(when|once|if|as soon as) it be (reached|used up|spent|gone|exhausted|exceeded)|but go on|but carry on|but do not stop|at that point|then)?",
        ],
    ),
    (
        RemindTo,
        &[
            "(and)? (the|a|its|every)? reminder (<aux>?)? (go|be sent|be addressed|be given) to {to}",
            "(and)? (remind|tell|notify|ping|nudge|warn|alert|inform|with reminders to|with a reminder to|reminding|and remind) {to} (when it be (due|overdue)|about it|of it|in time|if it be (late|overdue)|when due)?",
            "(and)? {to} <aux>? (be|get) (reminded|notified|told|pinged|nudged|informed) (of it|about it|of this|when (it be)? due|in time)?",
        ],
    ),
    (
        UntilDate,
        &[
            "(the|its)? (first|next) {dur}",
            "until {date}",
            "till {date}",
            "(up to|through) (and including)? {date}",
            "until the end of {date}",
            "(for|during|in|over|throughout) (its|the|their|his|her|your)? (first|next|coming|initial)? {dur}",
            "(for|during|in|over) {dur} (after (it|they) (start|join|begin)|from (now|today|the start))",
        ],
    ),
    (
        Emphatic,
        &["first", "either way", "(with|under) no (exception|exceptions)", "regardless of (the|its) (reason|cause)"],
    ),
    (ByWho, &["(by|from|with|checked by|reviewed by|read by) {to}"]),
    (
        Undefined,
        &[
            "(if|when|whenever|unless|except|except if|except when|provided|provided that|where|as long as|only if|only when|so long as|until|in case|while|once|but not if|but only if|after) {free}",
            "(with|to|for|from|of|in|on|at|about|by|involving|concerning|that|which|who|whose) {free}",
        ],
    ),
];

/// Where each pattern holds what `it` is: the request, the action, the customer, or the worker.
pub const CLAUSES: &[(Form, &[&str])] = &[
    (
        Unanswered,
        &[
            "no (first)? (answer|reply|response|reaction|acknowledgement) (be given|have been given|have been received|have been sent|come|have come) (within|in|after|for) {dur} to {work}",
            "no (first)? (answer|reply|response|reaction|acknowledgement) (be given|have been given|have been received|have been sent|have come) (to {work})? (within|in|after|for) {dur}",
            "(nobody|no one|noone|no human|no agent|none of them|none) (have|be|have been)? (answer|reply|respond|react|take (it|the <thing>)|pick (it|the <thing>) up|pick up|accept (it|the <thing>)?|claim (it|the <thing>)|get back|step in|look at it|come back|be there|do anything|reply to (it|a <thing>|the <thing>|them)|answer (it|a <thing>|the <thing>|them)|respond to (it|a <thing>|the <thing>)|take it on|take it over|touch it|take the <thing> on) (to {work})? (in {channels})? (within|in|after|for|for more than|for over|inside|since|by) {dur}",
            "(there be|we have|there have been|it have) (no|no first|still no) (answer|reply|response|reaction|sign of life) (within|in|after|for|for more than|for over) {dur}",
            "no (answer|reply|response|reaction|acknowledgement) (come|arrive|be given|have come|be received|have arrived|follow|be there|be heard)? (in|within|after|for|for more than) {dur}",
            "no (answer|reply|response|reaction|acknowledgement) (in {channels}|to {work}) (in|within|after|for|for more than) {dur}",
            "(it|they|a <thing>|the <thing>|anything|something|an <thing>|{work}) (be|remain|stay|go|sit|lie|have been|be left|have gone|have been left|wait|sit there) (still)? (open and|open|waiting)? (unanswered|without (an|a)? (answer|reply|response|reaction)|not answered|with no (answer|reply|response)|unclaimed|unattended) (for|after|longer than|for more than|for over|for longer than|more than|past)? {dur}",
            "(it|they|a <thing>|the <thing>|{work}) (be|have)? not (be)? (answered|picked up|taken|accepted|claimed|replied to|responded to|acknowledged) (within|in|after|for|by) {dur}",
            "(it|they|a <thing>|the <thing>|anyone|somebody|someone|a customer|the requester|{work}) (wait|have waited|have been waiting|be waiting|have to wait|be kept waiting) (for)? (more than|longer than|over|for)? {dur} (for (an|a)? (answer|reply|response)|without (an|a)? (answer|reply|response))?",
            "{dur} (pass|go by|have passed|have gone by|go past|elapse) (without|with no) (an|a|any)? (answer|reply|response|reaction)",
            "{dur} (without|with no) (an|a|any)? (answer|reply|response|reaction)",
            "(an|a|the|{work})? (answer|reply|response) (take|be|be outstanding|be missing|be overdue) (longer than|more than|for|for more than|by) {dur}",
            "(it|a <thing>|the <thing>|{work}) (get|have|receive|see|have had|have received|have got|have seen) (no|still no) (answer|reply|response|reaction|attention) (within|in|for|after|for more than) {dur}",
            "{who} (do not|have not|be not|fail to|can not|have failed to) (answer|answered|reply|replied|respond|responded|reacted|react|pick up|picked up|picked it up|pick it up|accept|accepted|taken it|take it|replying|answering) (it|to it)? (within|in|after|for) {dur}",
            "{who} (stay|be|remain) silent (for|after) {dur}",
            "unanswered (for|after) {dur}",
            "not answered (within|in|after|for) {dur}",
            "(no|without) (answer|an answer|reply|a reply|response|a response) (within|in|after|for) {dur}",
            "(nobody|no one|noone) (have)? (answer|reply|respond|react) (to)? {work} (in {channels})? (within|in|after|for) {dur}",
            "{dur} of silence",
        ],
    ),
    (
        FailedTimes,
        &[
            "(it|they|{who}|a <thing>|the <thing>|something|a step|an agent|a tool|the tool|a task|the task|this|that|the same <thing>|a run|an action|an attempt) (have)? (fail|go wrong|crash|break|error|error out|err|be failing|hit an error) (at it|on it|at a task|on a task|with it|to (do|finish|complete|solve|resolve) (it|a <thing>|the <thing>|this))? {count} (in a row|running|in succession|consecutively|one after another)?",
            "(after|there be|there have been|there are|it have had|it have|following|with)? {num} (failed|unsuccessful|failing) (attempt|try|run|step|time) (in a row|running)?",
            "(after)? {num} (failure|error|attempt|try) (in a row|running)?",
            "{num} (attempt|try|run) (in a row)? (have)? (fail|failed|go wrong)",
            "(it|they|{who}|the agent) (have)? (try|tried|attempted) {count} (without success|in vain|and (fail|failed))",
        ],
    ),
    (
        FailedOnce,
        &[
            "(it|they|{who}|a <thing>|the <thing>|something|a step|an agent|a tool|the tool|a tool call) (have)? (fail|go wrong|crash)",
        ],
    ),
    (
        Unsure,
        &[
            "(it|they|{who}|you|he|she|we|the agent|an agent|any agent|the bot|one) (be|feel|seem|become) (ever)? (unsure|uncertain|in doubt|not sure|not certain|not confident|stumped|at a loss|lost|doubtful|insecure|out of (its|their) depth|undecided) (about it|what to do|how to (answer|proceed|go on)|about (the|an|its) (answer|request|task)|of (itself|it|the answer)|who (be responsible|should take it)|what be meant|what the <thing> mean|how to (answer|handle|reply))?",
            "(it|they|{who}|you|he|she|the agent|an agent) (do not|does not|not) (know|understand|feel sure|feel certain|be certain|know for sure) (what to do|the answer|how to (answer|proceed|go on|help|respond|reply|handle it)|it|what be meant|the <thing>|who to ask|enough|what the customer want|what to (answer|say|reply))?",
            "(in|when in|if in) doubt",
            "unsure",
            "uncertain",
            "not sure",
            "not certain",
            "in doubt",
            "doubtful",
            "(it|they|{who}|the agent|an agent) (have|be in) (doubt|doubts|low confidence|no idea) (about it|what to do|how to (answer|proceed))?",
            "(it|they|{who}|the agent|an agent|you) (can not|be unable to) (decide|answer|tell|say|work it out|figure it out|find an answer|be sure|judge)",
            "(its|their|the agent 's|the)? confidence be (too)? low",
            "(it|they|{who}|the agent|an agent) (lack|have no) (confidence|certainty)",
        ],
    ),
    (
        Stuck,
        &[
            "(it|they|{who}|a <thing>|the <thing>|an agent|anything|something|any <thing>|{work}) (be|get|remain|stay|sit|have been|hang|be left) (stuck|blocked|hanging|idle|at a standstill|stalled|jammed|without progress|in limbo) (with (it|a <thing>|the <thing>|the same <thing>)|on (it|a <thing>|the <thing>|the same <thing>|one <thing>))? (since|for|longer than|more than|for more than|over|for over|for longer than|after)? {dur}",
            "(there be|we see|there have been|it make|it have made|{who} make|{who} have made|a <thing> make|the <thing> make) no (progress|movement|headway) (for|in|within|after|for more than|over) {dur}",
            "(no|without) progress (be made)? (for|in|within|after|for more than) {dur}",
            "(nothing|it|a <thing>|the <thing>) (happen|do not move|has not moved|have not moved|do not progress|have not progressed|make no progress|stand still|moves) (for|in|within|after|for more than) {dur}",
            "stuck (for|more than|longer than) {dur}",
            "(it|they|a <thing>|the <thing>|{who}) (hang|stall|sit|linger|work|be working) (there)? (on (it|a <thing>|the <thing>|the same <thing>|one <thing>))? (since|for|more than|longer than|for more than) {dur}",
        ],
    ),
    (
        Amount,
        &[
            "(the|its|their|an|a)? (amount|sum|total|value|price|cost|figure|invoice|refund|order|purchase|payment|credit|discount|bill|order value|order total|request|refund amount|charge|expense|transaction) (be|come to|amount to|total|add up to|be worth|be for|lie|have a value of|cost)? {bound}",
            "(it|they|this|that|these|those) (be|come to|amount to|total|add up to|be worth|cost|be for|run to)? (worth|for|of)? {bound}",
            "(worth|for|of|in|with|totalling|totaling|costing|amounting to|valued at|at|to the value of|with a value of|with an amount of|in the amount of|with a total of|where the amount be|when the amount be|if the amount be|that be|that cost|which cost|which be|that total|that come to|that amount to|amounts|in amounts of|for amounts|for anything|for sums|anything|everything|all|amounts of|sums|for amounts of|in total|with amounts)? {bound} (in total|altogether|in value|in all|all told)?",
            "{bound} (be|have been) (involved|at stake|requested|paid|spent|charged|refunded|asked for)",
            "more be (involved|at stake) than {money}",
        ],
    ),
    (
        NotAmount,
        &[
            "(it|they|this|the amount|the sum|the total) be not {bound}",
            "(it|they|the amount|the sum|the total) do not (exceed|go over|pass) {money}",
            "that do not exceed {money}",
            "not (exceeding|over|above|more than) {money}",
        ],
    ),
    (
        Outside,
        &[
            "(it|the <thing>|that|they|this|a <thing>)? (be|come in|arrive|come|happen|be sent|be posted|get in|come up)? (outside|out of|outside of|not (in|within|during)|beyond) (of)? (the|our|its|their|normal|regular|usual|{who} 's)? (normal|regular|usual)? (working|office|business|opening|work|service|support|duty)? (hours|time|times)",
            "(it|the <thing>|they)? (be|come in|arrive)? (after|before) (the|our|its)? (working|office|business|opening|work) hours",
            "(it be|they come in|it come in|it arrive)? after hours",
            "out of hours",
            "(it be)? off hours",
            "(it|we|they|the office|the team|{who}) be (closed|off|off duty|off the clock|not working|not at work|out of office)",
            "nobody be (in|working|at work|on duty|in the office)",
        ],
    ),
    (
        Inside,
        &[
            "(it|the <thing>|that|they|this)? (be|come in|arrive|come|happen)? (inside|within|during|in|at) (the|our|its|their|normal|regular|usual)? (normal|regular|usual)? (working|office|business|opening|work|service) (hours|time)",
            "(we|they|the office|the team|{who}) be (open|on duty|at work|working)",
        ],
    ),
    (
        Urgency,
        &[
            "(it|they|the <thing>|that|this|a <thing>|{work}) be (marked|flagged|classed|treated|rated)? (as|of)? {prio}",
            "(the|its) priority be {prio}",
            "(of|with) {prio} priority",
            "(it|they|the <thing>) have {prio} priority",
            "(marked|flagged|tagged) (as)? {prio}",
            "(that|which) be {prio}",
            "of (the|a) {prio} (kind|sort)",
            "in {prio} cases",
            "{prio} (<thing>|cases|matters)",
            "{prio}",
        ],
    ),
    (
        TimesOver,
        &[
            "(it|they|this|that|{who}|someone|anyone|somebody|the same <thing>|a <thing>)? (happen|be done|occur|be requested|do (this|it|so|that)|ask|ask for it|ask for one|request it|be asked for|come up|be repeated)? {nbound} (time|=once)? {per}",
            "(for)? {nbound} (of them|of these|such requests|such <thing>) {per}",
            "(it be)? the {num} (one|time)? or (later|more) {per}",
        ],
    ),
    (
        About,
        &[
            "(it|they|this|that|the <thing>|a <thing>|someone|anyone|somebody|a customer|the customer|something|anything|people|a colleague|a message|customers|an email|a person|a user|a client|the request|{work})? (be|ask|write|talk|complain|want to know|have questions|have a question|have an issue|have a problem|need help|come|come in|have to do|speak|call|inquire|enquire)? (about|regarding|concerning|on the subject of|with regard to|relating to|related to|to do with|in connection with|with respect to|re|on the topic of|with reference to|touching on) {topics}",
            "(it|they|this|the <thing>|a <thing>|something|anything|{work}) (concern|touch|involve|relate to|have to do with|deal with|touch on|revolve around|cover|affect) {topics}",
            "(it|this|that) be (a|an) {topics} (question|request|issue|matter|problem|case|topic|one|thing|ticket)",
            "(someone|anyone|somebody|a customer|the customer|people|a colleague|an employee|customers|a user|a client|a person) (ask for|request|want|need|report|have|raise|want to discuss|come with|apply for|send|submit|ask about|need help with|need an answer about|complain about|have trouble with|require) {topics}",
            "(for|on|in|with) {topics} (question|request|issue|matter|problem|case|topic|thing|ticket|inquiry)",
            "the (topic|subject) be {topics}",
            "(for|of) type {topics}",
        ],
    ),
    (
        Mentions,
        &[
            "(it|they|this|that|the <thing>|a <thing>|someone|anyone|somebody|a customer|the customer|something|anything|people|the text|an email|a colleague|customers|a user|he|she|a client|any <thing>|{work})? (that|which|who|where)? (mention|contain|say|use the (word|phrase|term|words|phrases)|include the (word|phrase|term|words)|have the (word|words|phrase) (in it)?|contain the (word|phrase|term|words|phrases)|say the (word|words)|mention the (word|phrase|term|words)|talk of|speak of|name|bring up|drop the word|threaten|mention of|refer to|cite|bear the word|with the word|state|read|write|mention either|contain either) {mentions} (in it|anywhere|in the text|in the message|in the subject|appear in it)?",
            "(with|containing|including|mentioning|saying|that has|which has) the (word|words|phrase|term|phrases|terms) {mentions} (in it|in them|anywhere)?",
            "the (word|words|phrase|term|phrases|terms) {mentions} (appear|come up|occur|be used|be mentioned|fall|show up|be in it|turn up|be there|crop up|be said) (in (it|a <thing>|the <thing>|them|the text|any <thing>))?",
            "{mentions} (be mentioned|come up|be named|appear|be brought up|be said|get mentioned|be in the <thing>)",
            "(a|any)? mention of {mentions}",
            "(there be|we see) (a|any)? mention of {mentions}",
        ],
    ),
    (
        MentionsAll,
        &[
            "(it|they|the <thing>|a <thing>|something|anything|someone|{work})? (that|which)? (mention|contain|say) both {mentions}",
        ],
    ),
    (
        InChannel,
        &[
            "(it|they|the <thing>|a <thing>|that|this|something|anything|someone|{work})? (that|which)? (be|come|come in|arrive|be posted|be asked|be sent|be written|be raised|land|appear|post|ask|write|get posted|pop up|come up|be made|show up)? (posted|asked|sent|raised|written|arriving|coming|coming in|made|requested|ordered|asked for|reported|started|triggered|opened|proposed|that come|which come|that arrive)? (in|from|on|via|through|into|to|at|within|inside|over) {channels}",
            "{channels}",
            "(asked for|requested|ordered|made|that be asked for|that be requested) (in|from|on|via|through) {channels}",
        ],
    ),
    (
        FromWorker,
        &[
            "(it|they|the <thing>|a <thing>|that|this|something|anything|{work})? (that|which)? (be|come|come in|arrive|be sent|be asked|be raised|be requested|be made|be asked for|be written|be posted)? (sent|asked|raised|coming|requested|asked for|made|written|posted|submitted|filed|opened|reported|that come|which come|that be|given|ordered|started)? (from|by|of) {from} (himself|herself|themselves)?",
            "{from} (ask|write|request|want|ask for it|request it|ask us|send it|be asking|send|ask a question|post|raise it|be the requester|make the request|have asked|want it|need it|order it|have asked for it|have requested it|ask (us|you) to|need something|need help|want something|be the one asking|say so|ask (it|for something)|request (something|this|that))",
            "(the|a|an)? (requester|requestor|person asking|sender|author|one asking|asker|person who ask|person who asked) (be|come|work)? (from|in|with|on|for|at|part of|a member of|one of)? {from}",
            "(it|that|this) be {from} (who ask|asking|who asked|that ask)?",
            "for {from}",
            "asked by {from}",
            "(at|on) the request of {from}",
            "at {from} 's request",
            "(that|which) {from} (ask for|request|want|order|need|ask|have asked for|have requested)",
        ],
    ),
    (
        Segment,
        &[
            "(it|they|the <thing>|a <thing>|that|something|anything|{work})? (that|which)? (be|come|concern|involve|affect|come in|go)? (coming|that come|sent|raised|offered|made|given|issued|granted|paid|owed|addressed|promised|going|meant)? (from|to|for|of|by|with|about|regarding|concerning|involving|affecting|belonging to|made by|made to|on) {seg}",
            "(the|a|our)? (customer|client|account|user|buyer|order|requester|company|person) (be|belong to|come from) {seg}",
            "{seg} (ask|write|be concerned|be affected|be involved|request it|complain|be waiting|call|want it|ask for it|request one|contact us|get in touch)",
            "(it|they) (be|concern|involve|affect) {seg}",
        ],
    ),
    (
        Came,
        &[
            "(it|they|the <thing>|a <thing>|that|something|anything|{work})? (that|which)? (be|come|come in|arrive|be sent|be received|reach us|land|get)? (sent|received|coming|coming in|arriving|submitted|filed|that come in|made|asked for|requested|asked|ordered)? (by|via|through|over|as|from|in|with|on) (an|a|the|our)? {source}",
        ],
    ),
    (
        Acting,
        &[
            "(that|which)? {who} (want to|wish to|would like to|be about to|intend to|plan to|try to)? (give|make|issue|offer|do|grant|send|propose|initiate|start|perform|run|carry out|pay|process|handle)",
            "(made|issued|offered|proposed|initiated|started|performed|run|sent|processed) by {who}",
        ],
    ),
    (
        ActsAmount,
        &[
            "(the)? (amount|value|sum|total|size) of (a|an|the|any|all)? {act} (be|exceed|reach|come to)? {bound}",
            "(a|an|the|any)? {act} (together|in total|altogether|in sum)? (come together|go together|sum up|add up|together come|together be|come together to|be|cost|come to|amount to|total|be worth|be for|add up to|sum up to|run to|reach|go|climb|rise|get|sum to|reach a total of|run up to)? {bound}",
        ],
    ),
    (
        Acts,
        &[
            "(a|an|the|any)? {act} (be (made|needed|requested|due|asked for|wanted)|happen)",
            "(the same|one|a|any one|a single|the) (requester|customer|client|user|person|employee|account|buyer|agent) {act} {nbound} (time|=once)? {per}",
            "{who} (want to|wish to|need to|try to|be about to|have to|would like to|be going to|intend to|plan to)? {act}",
            "(the same|one|a|any one|a single|the) (requester|customer|client|user|person|employee|account|buyer|order|agent) (have|get|request|ask for|want|make|receive|order|submit|need|place|cause|see|be given|be granted|be paid) {act}",
        ],
    ),
];

/// After a word for work that comes in; the rest is shared with [`CLAUSES`], without their subjects.
pub const WORK_MODIFIERS: &[(Form, &[&str])] = &[
    (
        Unanswered,
        &[
            "(that|which) (nobody|no one|noone|no human|no agent) (have)? (answer|reply to|respond to|react to|take|pick up|touch|answered|picked up|taken) (within|in|after|for|for more than|since) {dur}",
            "(that|which)? (be|have been|remain|stay|go|sit|have gone)? (left)? (still)? (unanswered|without an answer|without a reply|without a response|not answered|unattended) (for|after|within|in|longer than|for more than|more than) {dur}",
            "(that|which) (wait|have waited|have been waiting) (for)? (more than|longer than|over)? {dur} (for (an|a)? (answer|reply|response)|without (an|a)? (answer|reply|response))?",
            "(that|which) (get|have|receive) no (answer|reply|response) (within|in|for|after) {dur}",
            "with no (answer|reply|response) (within|in|for|after) {dur}",
        ],
    ),
    (
        Stuck,
        &[
            "(that|which) (be|get|remain|have been)? (stuck|blocked|stalled) (for|longer than|more than|for more than) {dur}",
            "stuck (for|longer than|more than|for more than) {dur}",
        ],
    ),
    (FailedTimes, &["(that|which) (have)? fail (for)? {count} (in a row)?", "that fail {count}"]),
    (
        About,
        &[
            "(be|that be|which be|that ask|which ask|asking|have to do|have anything to do|(who|that)? (ask|write|call|come|complain|inquire|enquire|speak|have a question|have questions|have a problem|have problems|have trouble|have an issue|have issues|need help|need information|need advice|want to know|be asking|come to us|contact us|get in touch|turn to us)|with (a question|questions|a problem|problems|an issue|issues|trouble)|that have to do|having to do|that deal|dealing|to do|that come in|coming in)? (about|regarding|concerning|on|with|around|related to|relating to|to do with|in connection with|with regard to|with respect to|re|having to do with|on the subject of|over|into|for|to|of|as to|in relation to|pertaining to|connected with|that concern|which concern|that involve|which involve|that relate to|that touch|that touch on|involving|touching|touching on|dealing with|that be related to|linked to|that deal with|that affect|affecting|surrounding) {topics}",
            "(who|that) (want|need|request|report|ask for|look for|seek|apply for|raise|have lost|require) {topics}",
            "(wanting|needing|requesting|reporting|asking for|applying for|seeking) {topics}",
        ],
    ),
    (
        Mentions,
        &[
            "(that|which|who|where (someone|the customer|the text|a customer|somebody))? (mention|mentioning|contain|containing|say|saying|including|include|talk of|speak of|naming|name|refer to|referring to|that mention|with a mention of|with mention of|threaten|threatening|citing|cite|bring up|talking of|speaking of|bearing) (the (word|words|phrase|term|phrases|terms))? {mentions} (in it|in them|anywhere|in the (text|message|subject))?",
            "(with|containing|using|that use|that have|which have|that contain|having|that include|including) (the)? (word|words|phrase|term|phrases|terms) {mentions} (in it|in them|anywhere|in the (text|message|subject))?",
            "(about|regarding|concerning|on|re) {mentions}",
            "with {mentions} in (it|them|the text|the message|the subject)",
            "(in which|where|in whose text) {mentions} (be mentioned|come up|be named|appear|be brought up|be said|be talked about|be spoken of|occur)",
        ],
    ),
    (MentionsAll, &["(that|which)? (mention|mentioning|contain|containing|say|saying) both {mentions}"]),
    (
        InChannel,
        &[
            "(that|which)? (be|come|come in|arrive|be posted|be asked|be sent|land|appear|get posted|show up)? (posted|asked|sent|raised|written|arriving|coming|coming in|made|that come|which come|that arrive|landing|appearing)? (in|from|on|via|through|into|to|at|within|inside) {channels}",
        ],
    ),
    (
        FromWorker,
        &[
            "(that|which)? (be|come|come in|arrive)? (sent|asked|raised|coming|coming in|requested|asked for|made|written|posted|submitted|filed|opened|reported|started|given)? (from|by|of) {from}",
            "{from} (send|raise|make|ask|post|write|submit|file|open|report|have)",
        ],
    ),
    (
        Segment,
        &[
            "(that|which)? (be|come|come in|arrive)? (sent|asked|raised|coming|coming in|made)? (from|by|of|for|about|to|concerning|involving|with|affecting|on behalf of|regarding) {seg}",
            "{seg} (send|raise|make|ask|write|have)",
        ],
    ),
    (
        Came,
        &[
            "(that|which)? (be|come|come in|arrive|be sent|be received|reach us)? (sent|received|coming|coming in|arriving|submitted|filed|made)? (by|via|through|over|as|from|with) (an|a|the|our)? {source}",
        ],
    ),
    (
        Urgency,
        &[
            "(that|which) be (marked|flagged)? (as)? {prio}",
            "(with|of) (a)? {prio} priority",
            "(marked|flagged|tagged) (as)? {prio}",
        ],
    ),
    (
        Outside,
        &[
            "(that|which)? (come|come in|arrive|be sent|be posted|coming|arriving|received|sent)? (in)? (outside|out of|outside of) (the|our|its|normal|regular|usual)? (normal|regular)? (working|office|business|opening|work|service)? hours",
            "(that|which)? (come|come in|arrive|coming|arriving)? after hours",
            "out of hours",
        ],
    ),
    (
        Inside,
        &[
            "(that|which)? (come|come in|arrive|coming|arriving)? (in)? (inside|within|during|in) (the|our|its|normal|regular|usual)? (normal|regular)? (working|office|business|opening|work) hours",
        ],
    ),
    (
        Amount,
        &[
            "(that|which)? (be|cost|total|come to|amount to)? (worth|for|of|over|costing|totalling|totaling|in)? {bound}",
        ],
    ),
];
