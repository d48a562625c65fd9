//! One text frame, sorted: hello, disconnect, an envelope, or nothing that we know.

use serde_json::Value;

use super::super::envelope::{self, Parsed, Reader};
use super::super::json::{Look, envelope_id_of_refused, read_strictly};
use crate::inbox::Arrival;

/// Why Slack asks us to let go of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Farewell {
    /// About ten seconds before the cut (`warning`), or due for renewal (`refresh_requested`, and what may come).
    Refresh,
    /// Ten are registered already.
    TooMany,
    /// Socket Mode was switched off.
    LinkDisabled,
}

#[derive(Debug)]
pub(super) enum Frame {
    Hello {
        /// How many connections of our app Slack counts.
        counted: Option<u64>,
        app: Option<String>,
    },
    Disconnect(Farewell),
    Envelope(Box<Parsed>),
    /// Too large, too deep, broken, or with a key twice; acknowledged where the envelope's id can be told.
    Refused {
        envelope_id: Option<String>,
        arrival: Box<Arrival>,
    },
    /// Valid JSON without an envelope id, of a type that this version does not know.
    Ignored,
}

pub(super) fn sort(text: &str, limit_bytes: usize, reader: &Reader) -> Frame {
    if text.len() > limit_bytes {
        return Frame::Refused {
            envelope_id: envelope_id_of_refused(text),
            arrival: Box::new(envelope::refused(text, reader)),
        };
    }
    let Ok(value) = read_strictly(text) else {
        return Frame::Refused {
            envelope_id: envelope_id_of_refused(text),
            arrival: Box::new(envelope::refused(text, reader)),
        };
    };
    match value.text("type") {
        Some("hello") => Frame::Hello {
            counted: value.at("num_connections").as_u64(),
            app: value.at("connection_info").text("app_id").map(str::to_owned),
        },
        Some("disconnect") => Frame::Disconnect(farewell(&value)),
        Some(_) | None => match envelope::parse(&value, reader) {
            Some(parsed) => Frame::Envelope(Box::new(parsed)),
            None => Frame::Ignored,
        },
    }
}

fn farewell(value: &Value) -> Farewell {
    match value.text("reason") {
        Some("link_disabled") => Farewell::LinkDisabled,
        Some("too_many_websockets") => Farewell::TooMany,
        Some(_) | None => Farewell::Refresh,
    }
}
