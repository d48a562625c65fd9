//! What only the person who clicked or typed sees when the bot does not do it. Each says why and what to do instead.

use serde::{Deserialize, Serialize};

use super::card::Card;
use super::compose::{clock, text};
use super::named::{Cited, Who, all_of, any_of};
use super::not_now::NotNow;
use super::wording::article;
use crate::clock::Timestamp;
use crate::ids::{ApprovalId, TaskId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The requester clicked *Approve*.
    OwnRequest {
        may: Vec<Who>,
    },
    /// `what` is how the rule calls them: "finance manager"; `None` where it names people.
    NotApprover {
        what: Option<String>,
        may: Vec<Who>,
    },
    /// This person has approved already, and others must too.
    AlreadyApproved {
        missing: u32,
        may: Vec<Who>,
    },
    /// Somebody was faster.
    AlreadyDecided {
        id: ApprovalId,
        by: Vec<Who>,
        word: Decided,
        at: Timestamp,
    },
    Expired {
        id: ApprovalId,
        at: Timestamp,
    },
    /// The card is void or replaced.
    NoLongerOpen {
        id: ApprovalId,
        instead: Option<ApprovalId>,
    },
    /// A standing grant, a list or a second thought that is not to be had.
    NotNow(NotNow),
    /// It is too long for a card, and was not read to its end.
    ReadFirst {
        id: ApprovalId,
    },
    /// They may decide, but not in this way; `why` is a whole sentence of ours.
    NotLikeThis {
        id: ApprovalId,
        why: String,
    },
    /// The task is not theirs to cancel, hand on or finish.
    NotYours {
        task: TaskId,
        may: Vec<Who>,
    },
    /// The task ended before the click.
    TaskEnded {
        task: TaskId,
    },
    /// Somebody else took it first.
    AlreadyTaken {
        task: TaskId,
        by: Who,
        at: Timestamp,
    },
    /// Nobody but the named may stop this worker, by this line if a line says so.
    MayNotStop {
        what: String,
        may: Vec<Who>,
        rule: Option<Cited>,
    },
    /// `what` completes "you may not": "add to this budget".
    NotTheirs {
        what: String,
        may: Vec<Who>,
    },
    /// What a query tells is for others.
    MayNotSee {
        what: String,
        may: Vec<Who>,
    },
    /// It is theirs to see, but everybody would read it here. `command` is what to type to see it alone.
    NotAloud {
        command: String,
    },
    /// A guest, or an account of another workspace.
    Outsider,
    /// An account that no person of the company file has.
    Stranger {
        keeper: Who,
    },
    /// Edited directives, or a proposed sentence, that others agree to.
    NotAgreeing {
        what: String,
        may: Vec<Who>,
    },
    /// A change or a proposal that was decided, or that the files have overtaken.
    Overtaken {
        what: String,
    },
    NoSuchTask {
        text: String,
    },
    NoSuchApproval {
        text: String,
    },
    NoSuchWorker {
        text: String,
        nearest: Option<String>,
    },
    NoSuchWorkflow {
        text: String,
        nearest: Option<String>,
    },
    /// Two bear this name.
    Ambiguous {
        text: String,
        are: Vec<String>,
    },
    /// A button of an older version, or a forged one.
    OldButton,
    /// Something of ours failed. The chain of errors is in the log under this key.
    Broken {
        key: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decided {
    Approved,
    Denied,
    Changed,
    TookOver,
}

/// The refusal as a message that only one person sees.
pub fn card(refusal: &Refusal) -> Card {
    match refusal {
        Refusal::AlreadyDecided { id, by, word, at } => {
            let word = match word {
                Decided::Approved => "approved",
                Decided::Denied => "denied",
                Decided::Changed => "changed",
                Decided::TookOver => "took over",
            };
            late(format!("{} {word} {id} at ", all_of(by)), *at, ". Your click changed nothing.")
        }
        Refusal::Expired { id, at } => {
            late(format!("{id} expired at "), *at, "; nothing ran. Press Ask again on its card to open it anew.")
        }
        Refusal::AlreadyTaken { task, by, at } => {
            late(format!("{} took {task} at ", by.name), *at, ". You need to do nothing.")
        }
        Refusal::MayNotStop { rule: Some(rule), .. } => Card::sentence(sentence(refusal)).line(rule.quoted()),
        Refusal::OwnRequest { .. }
        | Refusal::NotApprover { .. }
        | Refusal::AlreadyApproved { .. }
        | Refusal::NoLongerOpen { .. }
        | Refusal::ReadFirst { .. }
        | Refusal::NotLikeThis { .. }
        | Refusal::NotNow(_)
        | Refusal::NotYours { .. }
        | Refusal::TaskEnded { .. }
        | Refusal::MayNotStop { .. }
        | Refusal::NotTheirs { .. }
        | Refusal::MayNotSee { .. }
        | Refusal::NotAloud { .. }
        | Refusal::Outsider
        | Refusal::Stranger { .. }
        | Refusal::NotAgreeing { .. }
        | Refusal::Overtaken { .. }
        | Refusal::NoSuchTask { .. }
        | Refusal::NoSuchApproval { .. }
        | Refusal::NoSuchWorker { .. }
        | Refusal::NoSuchWorkflow { .. }
        | Refusal::Ambiguous { .. }
        | Refusal::OldButton
        | Refusal::Broken { .. } => Card::sentence(sentence(refusal)),
    }
}

/// The refusal in plain words; where a time is part of it, only [`card`] tells it, in the reader's zone.
pub fn sentence(refusal: &Refusal) -> String {
    match refusal {
        Refusal::OwnRequest { may } => {
            format!("You asked for this yourself, so somebody else must decide: {}.", any_of(may))
        }
        Refusal::NotApprover { what: Some(what), may } => {
            format!("Only {} can approve this: {}. Nothing changed.", article(what), names(may))
        }
        Refusal::NotApprover { what: None, may } => format!("Only {} can approve this. Nothing changed.", any_of(may)),
        Refusal::AlreadyApproved { missing, may } => {
            format!("You have approved this already. {missing} more must: {}.", any_of(may))
        }
        Refusal::AlreadyDecided { id, by, .. } => {
            format!("{} decided {id} already. Your click changed nothing.", all_of(by))
        }
        Refusal::Expired { id, .. } => format!("{id} expired; nothing ran."),
        Refusal::NoLongerOpen { id, instead } => no_longer_open(*id, *instead),
        Refusal::NotNow(not_now) => not_now.sentence(),
        Refusal::ReadFirst { id } => format!("Read {id} to its end first: /workforce approve {id} opens it."),
        Refusal::NotLikeThis { id, why } => format!("{why} Nothing changed about {id}."),
        Refusal::NotYours { task, may } => {
            format!("{task} is not yours to change: {} can. Nothing changed.", any_of(may))
        }
        Refusal::TaskEnded { task } => {
            format!("{task} has ended. Your click changed nothing; ask anew to start again.")
        }
        Refusal::AlreadyTaken { task, by, .. } => format!("{} took {task} already. You need to do nothing.", by.name),
        Refusal::MayNotStop { what, may, .. } => {
            format!("You may not stop or resume {what}: {} can. Nothing changed.", any_of(may))
        }
        Refusal::NotTheirs { what, may } => format!("You may not {what}: {} can. Nothing changed.", any_of(may)),
        Refusal::MayNotSee { what, may } => format!("{what} is not for you to see. Ask {}.", any_of(may)),
        Refusal::NotAloud { command } => {
            format!("This is not for everybody here. /workforce {command} shows it to you alone.")
        }
        Refusal::Outsider => {
            "Only members of this workspace can use this; guests and other companies cannot. Nothing changed."
                .to_owned()
        }
        Refusal::Stranger { keeper } => format!(
            "I do not know your account: no person in company.md has it. {} keeps that file. Nothing changed.",
            keeper.name
        ),
        Refusal::NotAgreeing { what, may } => {
            format!("{what} is for others to decide: {}. Nothing changed.", names(may))
        }
        Refusal::Overtaken { what } => {
            format!("{what} is no longer open: it was decided, or the files changed since. Nothing changed now.")
        }
        Refusal::NoSuchTask { text } => format!("There is no task {text}. /workforce status lists yours."),
        Refusal::NoSuchApproval { text } => {
            format!("There is no approval {text}. /workforce approvals lists what waits.")
        }
        Refusal::NoSuchWorkflow { text, nearest } => no_such_workflow(text, nearest.as_deref()),
        Refusal::NoSuchWorker { text, nearest } => no_such_worker(text, nearest.as_deref()),
        Refusal::Ambiguous { text, are } => format!("“{text}” can be {}. Write which one.", are.join(" or ")),
        Refusal::OldButton => {
            "This button is no longer in use. Nothing changed; /workforce shows what waits for you.".to_owned()
        }
        Refusal::Broken { key } => {
            format!(
                "Something broke here, not with you; nothing changed. Try again; if it stays, tell an operator “{key}”."
            )
        }
    }
}

fn no_longer_open(id: ApprovalId, instead: Option<ApprovalId>) -> String {
    match instead {
        Some(other) => format!("{id} was replaced by {other}. Decide there; your click changed nothing."),
        None => format!("{id} is no longer open: its request was cancelled or changed. Nothing happened now."),
    }
}

fn no_such_worker(text: &str, nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("Nobody here is called “{text}”. Did you mean {nearest}?"),
        None => format!("Nobody here is called “{text}”. /workforce who-owns NAME finds people, agents and topics."),
    }
}

fn names(may: &[Who]) -> String {
    match may {
        [] => "nobody at the moment".to_owned(),
        [..] => may.iter().map(|who| who.name.as_str()).collect::<Vec<_>>().join(", "),
    }
}

fn late(before: String, at: Timestamp, after: &str) -> Card {
    Card::new(format!("{}{after}", before.trim_end_matches(" at "))).line([text(before), clock(at), text(after)])
}

fn no_such_workflow(text: &str, nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("There is no workflow “{text}”. Did you mean {nearest}?"),
        None => format!("There is no workflow “{text}”. /workforce workflow lists them."),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn a_refusal_says_why_and_who_instead() {
        let may = || vec![dana(), omar()];
        let all = [
            Refusal::OwnRequest { may: may() },
            Refusal::NotApprover { what: Some("finance manager".into()), may: may() },
            Refusal::NotApprover { what: None, may: may() },
            Refusal::NotApprover { what: Some("finance manager".into()), may: vec![] },
            Refusal::AlreadyApproved { missing: 1, may: vec![omar()] },
            Refusal::AlreadyDecided { id: ApprovalId(31), by: vec![dana()], word: Decided::Approved, at: at(10, 3) },
            Refusal::AlreadyDecided { id: ApprovalId(31), by: vec![dana()], word: Decided::Denied, at: at(10, 3) },
            Refusal::Expired { id: ApprovalId(31), at: at(14, 2) },
            Refusal::NoLongerOpen { id: ApprovalId(31), instead: Some(ApprovalId(32)) },
            Refusal::NoLongerOpen { id: ApprovalId(31), instead: None },
            Refusal::NotYours { task: TaskId(17), may: vec![ana(), dana()] },
            Refusal::TaskEnded { task: TaskId(17) },
            Refusal::AlreadyTaken { task: TaskId(18), by: kim(), at: at(10, 3) },
            Refusal::MayNotStop {
                what: "Finn (Finance)".into(),
                may: vec![dana(), kim()],
                rule: Some(cited("Kim and Noor may stop any agent.", "approvals.md", 32)),
            },
            Refusal::MayNotSee { what: "Dana's workload".into(), may: vec![kim()] },
            Refusal::NotAloud { command: "workload".into() },
            Refusal::Outsider,
            Refusal::Stranger { keeper: kim() },
            Refusal::NotAgreeing { what: "D-4".into(), may: vec![kim()] },
            Refusal::Overtaken { what: "R-3".into() },
            Refusal::NoSuchTask { text: "T-99".into() },
            Refusal::NoSuchApproval { text: "A-99".into() },
            Refusal::NoSuchWorker { text: "fin".into(), nearest: Some("Finn (Finance)".into()) },
            Refusal::NoSuchWorker { text: "zorro".into(), nearest: None },
            Refusal::Ambiguous { text: "dana".into(), are: vec!["Dana Ruiz".into(), "Dana Cole".into()] },
            Refusal::OldButton,
            Refusal::Broken { key: "click:T1:9".into() },
        ];
        let said: Vec<String> = all.iter().map(|refusal| card(refusal).to_plain()).collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        You asked for this yourself, so somebody else must decide: Dana Ruiz or Omar Haddad.
        Only a finance manager can approve this: Dana Ruiz, Omar Haddad. Nothing changed.
        Only Dana Ruiz or Omar Haddad can approve this. Nothing changed.
        Only a finance manager can approve this: nobody at the moment. Nothing changed.
        You have approved this already. 1 more must: Omar Haddad.
        Dana Ruiz approved A-31 at 10:03. Your click changed nothing.
        Dana Ruiz denied A-31 at 10:03. Your click changed nothing.
        A-31 expired at 14:02; nothing ran. Press Ask again on its card to open it anew.
        A-31 was replaced by A-32. Decide there; your click changed nothing.
        A-31 is no longer open: its request was cancelled or changed. Nothing happened now.
        T-17 is not yours to change: Ana Silva or Dana Ruiz can. Nothing changed.
        T-17 has ended. Your click changed nothing; ask anew to start again.
        Kim Osei took T-18 at 10:03. You need to do nothing.
        You may not stop or resume Finn (Finance): Dana Ruiz or Kim Osei can. Nothing changed.
        “Kim and Noor may stop any agent.” `approvals.md:32`
        Dana's workload is not for you to see. Ask Kim Osei.
        This is not for everybody here. /workforce workload shows it to you alone.
        Only members of this workspace can use this; guests and other companies cannot. Nothing changed.
        I do not know your account: no person in company.md has it. Kim Osei keeps that file. Nothing changed.
        D-4 is for others to decide: Kim Osei. Nothing changed.
        R-3 is no longer open: it was decided, or the files changed since. Nothing changed now.
        There is no task T-99. /workforce status lists yours.
        There is no approval A-99. /workforce approvals lists what waits.
        Nobody here is called “fin”. Did you mean Finn (Finance)?
        Nobody here is called “zorro”. /workforce who-owns NAME finds people, agents and topics.
        “dana” can be Dana Ruiz or Dana Cole. Write which one.
        This button is no longer in use. Nothing changed; /workforce shows what waits for you.
        Something broke here, not with you; nothing changed. Try again; if it stays, tell an operator “click:T1:9”.
        ");
    }
}
