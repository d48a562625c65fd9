//! Faults that a test or a drill asks for: `billing.refund:crash_after`, or `billing.refund:crash_after:1` for once only.

use std::str::FromStr;

use crate::catalogue::ToolName;

/// What goes wrong, with which tool, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub tool: ToolName,
    pub mode: Mode,
    /// How many calls it hits, counted over restarts of the server; without it, every call.
    pub times: Option<u32>,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The call happens; the answer is never sent, the server lives on.
    LoseAnswer,
    /// The call happens; the process ends before it answers.
    CrashAfter,
    /// The process ends before the call happens.
    CrashBefore,
    /// Nothing happens; the tool answers with an error.
    Error,
    /// Nothing happens and nothing is answered.
    Hang,
    /// The call happens; lines that are no protocol stand before the answer.
    Noise,
    /// The call happens; the answer is larger than any client should take.
    Flood,
}

/// The text is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is no fault; write server.tool:MODE or server.tool:MODE:TIMES, with the mode lose_answer, crash_after, \
     crash_before, error, hang, noise or flood"
)]
pub struct FaultError(pub String);

impl Fault {
    /// Reads a list parted by commas; an empty text is an empty list.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, FaultError> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::parse).collect()
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let bad = || FaultError(text.to_owned());
        let mut parts = text.split(':');
        let tool = ToolName(parts.next().unwrap_or_default().to_owned());
        let mode = match parts.next() {
            Some("lose_answer") => Mode::LoseAnswer,
            Some("crash_after") => Mode::CrashAfter,
            Some("crash_before") => Mode::CrashBefore,
            Some("error") => Mode::Error,
            Some("hang") => Mode::Hang,
            Some("noise") => Mode::Noise,
            Some("flood") => Mode::Flood,
            Some(_) | None => return Err(bad()),
        };
        let times = parts.next().map(|n| n.parse().map_err(|_| bad())).transpose()?;
        if tool.local().is_empty() || parts.next().is_some() {
            return Err(bad());
        }
        Ok(Self { tool, mode, times })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_or_refused() {
        let list = Fault::parse_list("billing.refund:crash_after:1, orders.get:hang").unwrap();
        assert_eq!(list[0], Fault { tool: ToolName("billing.refund".into()), mode: Mode::CrashAfter, times: Some(1) });
        assert_eq!((list[1].mode, list[1].times), (Mode::Hang, None));
        assert_eq!(Fault::parse_list("").unwrap(), []);
        for bad in ["refund:hang", "billing.refund", "billing.refund:burn", "a.b:hang:x", "a.b:hang:1:2"] {
            assert!(Fault::parse_list(bad).is_err(), "{bad}");
        }
    }
}
