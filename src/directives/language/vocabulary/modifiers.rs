//! Patterns of what stands behind a word for work that comes in: "about …", "from …", "that nobody answers …".

use super::super::pattern_set::Form::{self, *};

/// After a word for work that comes in; the rest is shared with [`super::clauses::CLAUSES`], without their subjects.
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
