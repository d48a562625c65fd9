//! Each act as a call of the handle.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::super::{Refused, Sandbox};
use super::acts::{Act, DirectoryAct, InteractionAct, MessageAct, ReadingAct, TroubleAct};

/// A value as JSON; everything here serialises, and what did not would read as null.
fn shown<T: Serialize>(value: T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

fn as_strs(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

impl Sandbox {
    /// Does one act at once. Waiting for idleness is the caller's business ([`Sandbox::wait_idle`]).
    pub fn perform(&self, act: Act) -> Result<Value, Refused> {
        match act {
            Act::Message(act) => self.perform_message(act),
            Act::Interaction(act) => self.perform_interaction(act),
            Act::Directory(act) => self.perform_directory(act),
            Act::Trouble(act) => {
                self.perform_trouble(act);
                Ok(Value::Null)
            }
            Act::Reading(act) => self.perform_reading(act),
        }
    }

    fn perform_message(&self, act: MessageAct) -> Result<Value, Refused> {
        use MessageAct as A;
        match act {
            A::Says { user, channel, text } => self.says(&user, &channel, &text).map(shown),
            A::SaysRaw { user, channel, text } => self.says_raw(&user, &channel, &text).map(shown),
            A::SaysInThread { user, channel, thread_ts, text } => {
                self.says_in_thread(&user, &channel, &thread_ts, &text).map(shown)
            }
            A::Dms { user, text } => self.dms(&user, &text).map(shown),
            A::DmsInThread { user, thread_ts, text } => self.dms_in_thread(&user, &thread_ts, &text).map(shown),
            A::DmChannel { user } => self.dm_channel(&user).map(shown),
            A::Edits { user, channel, ts, text } => self.edits(&user, &channel, &ts, &text).map(shown),
            A::Deletes { user, channel, ts } => self.deletes(&user, &channel, &ts).map(shown),
            A::Reacts { user, channel, ts, emoji } => self.reacts(&user, &channel, &ts, &emoji).map(shown),
            A::TakesBackReaction { user, channel, ts, emoji } => {
                self.takes_back_reaction(&user, &channel, &ts, &emoji).map(shown)
            }
        }
    }

    fn perform_interaction(&self, act: InteractionAct) -> Result<Value, Refused> {
        use InteractionAct as A;
        match act {
            A::Clicks { user, channel, ts, button } => self.clicks(&user, &channel, &ts, &button).map(shown),
            A::ClicksStale { user, channel, ts, button } => self.clicks_stale(&user, &channel, &ts, &button).map(shown),
            A::ClicksRaw { payload } => Ok(shown(self.clicks_raw(payload))),
            A::ClicksHome { user, button } => self.clicks_home(&user, &button).map(shown),
            A::ClicksInModal { user, element, option } => {
                self.clicks_in_modal(&user, &element, option.as_deref()).map(shown)
            }
            A::Chooses { user, channel, ts, menu, option } => {
                self.chooses(&user, &channel, &ts, &menu, &option).map(shown)
            }
            A::Submits { user, values } => {
                let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
                self.submits(&user, &values).map(shown)
            }
            A::Closes { user } => self.closes(&user).map(shown),
            A::AsksOptions { user, action_id, query } => self.asks_options(&user, &action_id, &query).map(shown),
            A::Slash { user, channel, command, text } => self.slash(&user, &channel, &command, &text).map(shown),
            A::Shortcut { user, callback_id } => self.shortcut(&user, &callback_id).map(shown),
            A::MessageShortcut { user, callback_id, channel, ts } => {
                self.message_shortcut(&user, &callback_id, &channel, &ts).map(shown)
            }
            A::OpensHome { user } => self.opens_home(&user).map(shown),
            A::OpensMessages { user } => self.opens_messages(&user).map(shown),
        }
    }

    fn perform_directory(&self, act: DirectoryAct) -> Result<Value, Refused> {
        use DirectoryAct as A;
        match act {
            A::Hires { user } => self.hires(user).map(shown),
            A::Deactivates { user } => self.deactivates(&user).map(shown),
            A::Reactivates { user } => self.reactivates(&user).map(shown),
            A::Joins { user, channel } => self.joins(&user, &channel).map(shown),
            A::Leaves { user, channel } => self.leaves(&user, &channel).map(shown),
            A::Archives { channel } => self.archives(&channel).map(shown),
            A::Unarchives { channel } => self.unarchives(&channel).map(shown),
            A::RenamesChannel { channel, name } => self.renames_channel(&channel, &name).map(shown),
            A::MakesGroup { handle, name, members } => self.makes_group(&handle, &name, &as_strs(&members)).map(shown),
            A::SetsGroup { handle, members } => self.sets_group(&handle, &as_strs(&members)).map(shown),
        }
    }

    fn perform_trouble(&self, act: TroubleAct) {
        use TroubleAct as A;
        match act {
            A::Advance { millis } => self.advance(Duration::from_millis(millis)),
            A::FailNext { method, times, fault } => self.fail_next(&method, times, fault),
            A::ReleaseAnswers => self.release_answers(),
            A::DuplicateEvents { on } => self.duplicate_events(on),
            A::DropAcks { count } => self.drop_acks(count),
            A::MentionFirst { on } => self.mention_first(on),
            A::HoldEvents => self.hold_events(),
            A::ReleaseEvents { order } => self.release_events(order),
            A::Disconnect { connection, reason } => self.disconnect(connection, &reason),
            A::DisconnectAll { reason } => self.disconnect_all(&reason),
            A::DisableSocketMode => self.disable_socket_mode(),
            A::EnableSocketMode => self.enable_socket_mode(),
            A::DropConnection { connection } => self.drop_connection(connection),
            A::DropConnections => self.drop_connections(),
            A::Uninstalls => self.uninstalls(),
            A::FreezeConnection { connection } => self.freeze_connection(connection),
            A::ThawConnection { connection } => self.thaw_connection(connection),
            A::Allow { kind, containing: None } => self.allow(kind),
            A::Allow { kind, containing: Some(text) } => self.allow_containing(kind, &text),
        }
    }

    fn perform_reading(&self, act: ReadingAct) -> Result<Value, Refused> {
        use ReadingAct as A;
        match act {
            A::ThreadText { channel, ts } => self.thread_text(&channel, &ts).map(shown),
            A::ChannelView { channel } => self.channel_view(&channel).map(shown),
            A::DmView { user } => self.dm_view(&user).map(shown),
            A::HomeView { user } => self.home_view(&user).map(shown),
            A::Modal { user } => self.modal(&user).map(shown),
            A::Ephemerals { user } => self.ephemerals(&user).map(shown),
            A::EphemeralTs { user } => self.ephemeral_ts(&user).map(shown),
            A::Notices { user } => self.notices(&user).map(shown),
            A::MessageJson { channel, ts } => self.message_json(&channel, &ts),
            A::MessagesJson { channel } => self.messages_json(&channel).map(shown),
            A::ViewJson { user, home } => self.view_json(&user, home).map(shown),
            A::Workspace => Ok(self.workspace_json()),
            A::Calls => Ok(shown(self.calls())),
            A::Envelopes => Ok(shown(self.envelopes())),
            A::Outcome { envelope_id } => Ok(shown(self.outcome(&envelope_id))),
            A::Connections => Ok(json!(self.connection_numbers())),
            A::InFlight => Ok(json!(self.in_flight())),
            A::Findings => Ok(shown(self.findings())),
        }
    }
}
