//! Why a standing grant, a list or a second thought is not to be had. Only the person who wanted it sees this.

use serde::{Deserialize, Serialize};

use super::named::{Who, any_of};
use crate::ids::{ApprovalId, GrantId, ListId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotNow {
    /// What a standing grant may not be; a whole sentence of ours.
    NoGrant {
        why: String,
    },
    NoSuchGrant {
        text: String,
    },
    /// Whoever gave it may end it, and whoever answers for the agent.
    NotYourGrant {
        id: GrantId,
        may: Vec<Who>,
    },
    /// Something joined the list after it was read.
    ListGrew {
        id: ListId,
    },
    /// Only those who said yes can take it back.
    NotYourWord {
        id: ApprovalId,
        may: Vec<Who>,
    },
    /// The action has started, or nothing was approved.
    TooLateToUndo {
        id: ApprovalId,
    },
    /// A card of high risk was approved faster than it can be read.
    ReadItFirst {
        id: ApprovalId,
    },
}

impl NotNow {
    pub fn sentence(&self) -> String {
        match self {
            Self::NoGrant { why } => format!("{why} Nothing was approved; Approve still approves this one."),
            Self::NoSuchGrant { text } => format!("There is no grant {text}. /workforce grants lists them."),
            Self::NotYourGrant { id, may } => format!("Only {} can revoke {id}. Nothing changed.", any_of(may)),
            Self::ListGrew { id } => {
                format!("{id} has grown since you read it. Nothing was approved; look at it again.")
            }
            Self::NotYourWord { id, may } => {
                format!("You did not approve {id}, so you cannot take it back: {} can. Nothing changed.", any_of(may))
            }
            Self::TooLateToUndo { id } => {
                format!("It is too late to undo {id}: it has started, or was not approved. Nothing changed.")
            }
            Self::ReadItFirst { id } => {
                format!("Read {id} first: it can do harm. Nothing was approved; press again when you have read it.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn each_says_what_did_not_happen() {
        let id = ApprovalId(31);
        let all = [
            NotNow::NoGrant { why: "Standing grants are switched off here.".into() },
            NotNow::NoSuchGrant { text: "G-9".into() },
            NotNow::NotYourGrant { id: GrantId(3), may: vec![dana()] },
            NotNow::ListGrew { id: ListId(5) },
            NotNow::NotYourWord { id, may: vec![dana()] },
            NotNow::TooLateToUndo { id },
            NotNow::ReadItFirst { id },
        ];
        let said: Vec<String> = all.iter().map(NotNow::sentence).collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        Standing grants are switched off here. Nothing was approved; Approve still approves this one.
        There is no grant G-9. /workforce grants lists them.
        Only Dana Ruiz can revoke G-3. Nothing changed.
        L-5 has grown since you read it. Nothing was approved; look at it again.
        You did not approve A-31, so you cannot take it back: Dana Ruiz can. Nothing changed.
        It is too late to undo A-31: it has started, or was not approved. Nothing changed.
        Read A-31 first: it can do harm. Nothing was approved; press again when you have read it.
        ");
    }
}
