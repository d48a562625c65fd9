//! A small company for tests and the demo: six people, a few channels, one user group. Its ids never change.

use super::config::{ChannelSpec, GroupSpec, SandboxConfig, UserSpec};

/// The people of Acme: id, handle, name, zone.
const PEOPLE: [(&str, &str, &str); 6] = [
    ("dana", "Dana Ruiz", "Europe/Madrid"),
    ("ana", "Ana Silva", "Europe/Lisbon"),
    ("kim", "Kim Osei", "Europe/Berlin"),
    ("noor", "Noor Haddad", "Europe/Berlin"),
    ("lee", "Lee Park", "America/New_York"),
    ("priya", "Priya Nair", "Asia/Kolkata"),
];

const CHANNELS: [&str; 8] = ["general", "support", "finance", "engineering", "hr", "it", "procurement", "legal"];

/// Acme with everybody and the bot in every public channel, one private channel `#managers` with the bot, and one,
/// `#board`, without it.
pub fn acme() -> SandboxConfig {
    let everybody: Vec<String> = PEOPLE.iter().map(|(handle, ..)| (*handle).to_owned()).collect();
    let mut channels: Vec<ChannelSpec> = CHANNELS
        .iter()
        .map(|&name| ChannelSpec {
            name: name.to_owned(),
            members: everybody.clone(),
            bot: true,
            ..ChannelSpec::default()
        })
        .collect();
    let managers = vec!["dana".to_owned(), "kim".to_owned()];
    channels.push(ChannelSpec {
        name: "managers".to_owned(),
        private: true,
        members: managers.clone(),
        bot: true,
        ..ChannelSpec::default()
    });
    channels.push(ChannelSpec {
        name: "board".to_owned(),
        private: true,
        members: managers.clone(),
        ..ChannelSpec::default()
    });
    SandboxConfig {
        users: PEOPLE
            .iter()
            .map(|&(handle, real_name, tz)| UserSpec {
                handle: handle.to_owned(),
                real_name: real_name.to_owned(),
                email: Some(format!("{handle}@acme.example")),
                tz: tz.to_owned(),
                ..UserSpec::default()
            })
            .collect(),
        channels,
        groups: vec![GroupSpec {
            handle: "finance-managers".to_owned(),
            name: "Finance managers".to_owned(),
            members: managers,
            ..GroupSpec::default()
        }],
        ..SandboxConfig::default()
    }
}
