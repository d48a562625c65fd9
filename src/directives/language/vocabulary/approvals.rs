//! Patterns of the approval that something needs.

use super::super::pattern_set::Form::{self, *};

/// The approval itself: whose, and how many.
pub const APPROVALS: &[(Form, &[&str])] = &[
    (
        OkayBy,
        &[
            "{to} 's <approval> (and|as well as|plus|together with) {to} 's <approval>",
            "<any>? <approval> (from|by|of) (any)? one of (the two|them|the two of them|the following|the two people) : {to}",
            "<any>? <approval> (from|by|of|with|given by|granted by) {to}",
            "<any>? <approval> of {to}",
            "that of {to}",
            "the <approval> of both {to}",
            "<any>? <approval> (in writing)? (from|by|of) (each|every one|all) of {to}",
            "the <approval> that {to} (must)? (give|grant)",
            "<approval> (given|granted|issued|signed) by {to}",
            "(a|the)? (written|explicit|formal|prior|express|documented)? <approval> (in writing)? (from|by|of) {to} (in writing)?",
            "(the|an|a)? (prior|written|explicit|express|formal|personal)? {to} 's (prior|written|explicit|express|formal|personal|prior written)? <approval>",
            "{to} <approval>",
            "(the|an|a)? {to} 's typed <approval>",
            "(a|the)? typed <approval> (from|by|of) {to}",
            "<any>? <approval> (from|by|of) {to} , typed",
            "<any>? <approval> (from|by|of) {to} (and|as well as|plus|together with) (one|another|that|those|a second one)? (from|by|of) {to}",
            "{to} 's",
            "{to} to (first)? <approve> (it|them|this|these|that)? (first)?",
            "(for)? {to} to (say yes|agree|approve|sign off|okay it|sign) (it|them|to it|to this|on it|on them)? (first)?",
            "to (first)? be (first)? <approved> (first)? by {to}",
            "to be (run|cleared|agreed|checked) (past|by|with) {to} (first)?",
            "to go (through|past|by) {to} (first)?",
            "(the)? {to} (first)?",
            "(a)? <approval> (that)? {to} (give|grant)",
        ],
    ),
    (
        OkayCount,
        &[
            "{num} (different|separate|independent)? (approval|sign off|signoff|signature|okay|ok|approver|approvals) (from|by|of|out of|among|in) {to}",
            "the (approval|sign off|signature|consent|ok|okay|agreement) of {num} {to}",
            "<any>? <approval> (of|from|by) {num} (person|people|human|manager|colleague|approver|of them|member) (:|,)? (namely|that be|i.e.|viz|specifically|being|:) {to}",
            "{num} <approval> (:|,)? (namely|that be|i.e.|viz|specifically|being|those of|from|:) {to}",
            "{num} (different|separate|independent)? (pair of eyes|set of eyes|signature|people) (from|of|in|out of) {to}",
            "{num} <approval> (:|,)? one (from|by|of) {to} (and|,) (one|another|the other) (from|by|of) {to}",
            "{to} to approve",
        ],
    ),
    (
        OkayHuman,
        &[
            "(a)? (human|manual) (approval|sign off|okay|ok|review|confirmation|decision)",
            "(approval|sign off|okay|ok|consent|confirmation) (from|by|of) (a|any) human",
        ],
    ),
    (
        OkayNone,
        &[
            "<any>? <approval>",
            "to be <approved> (first)?",
            "{num} (different|separate|independent)? (approval|sign off|signature|approver)",
            "(the|an)? owner approval",
        ],
    ),
];
