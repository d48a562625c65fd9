//! What Slack says: whose tokens they are, what they may do, who and what is there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::mention;
use super::report::{Check, Report, State};
use crate::cli::manifest;
use crate::clock::Clock;
use crate::config::Config;
use crate::directives::Directives;
use crate::flow::sync::fact_of;
use crate::roster::directory::Directory;
use crate::slack::SlackConfig;
use crate::slack::socket::try_to_open;
use crate::slack::web::{ChannelInfo, Seen, Web, WebError};

/// Clocks may differ by this much; the date that Slack tells is in whole seconds.
const CLOCK_MAY_DIFFER_SECONDS: i64 = 10;

/// Asks Slack everything that it tells without anything being changed.
pub async fn examine(
    report: &mut Report,
    config: &Config,
    connection: SlackConfig,
    set: Option<&Directives>,
    clock: Clock,
    mention: Option<(&str, Duration)>,
) {
    let web = match Web::new(&connection) {
        Ok(web) => Arc::new(web),
        Err(error) => {
            return report.add(Check::fails("bot token", error.to_string(), "mend [slack] in workforce.toml"));
        }
    };
    let hears = socket_mode(report, &connection).await;
    let seen = match web.look().await {
        Ok(seen) => seen,
        Err(error) => {
            report.add(Check::fails("bot token", error.to_string(), error.sentence()));
            for check in ["scopes", "channels", "people", "clock", "mention"] {
                report.add(Check::of(check, State::Skipped, "needs a bot token that works"));
            }
            return;
        }
    };
    report.add(Check::fine("bot token", format!("@{} in {}", seen.who.handle, seen.who.team_name)));
    scopes(report, config, &connection, set, &seen);
    clocks(report, &clock, &seen);
    channels(report, config, set, &web).await;
    people(report, set, &web, &seen).await;
    match mention {
        None => report.add(Check::of(
            "mention",
            State::Skipped,
            "Slack tells nobody which events are subscribed to; --mention CHANNEL waits for a mention and sees",
        )),
        Some(_) if !hears => report.add(Check::of("mention", State::Skipped, "needs Socket Mode")),
        Some((channel, wait)) => mention::wait_for(report, connection, &web, &seen, channel, wait).await,
    }
}

async fn socket_mode(report: &mut Report, connection: &SlackConfig) -> bool {
    match try_to_open(connection).await {
        Ok(()) => {
            report.add(Check::fine("Socket Mode", "on, and the app-level token opens sockets"));
            true
        }
        Err((why, mend)) => {
            report.add(Check::fails("Socket Mode", why, mend));
            false
        }
    }
}

/// The scopes that are granted, against those that what is in use needs.
fn scopes(report: &mut Report, config: &Config, connection: &SlackConfig, set: Option<&Directives>, seen: &Seen) {
    let asked = manifest::scopes();
    let granted: BTreeSet<&str> = seen.scopes.iter().map(String::as_str).collect();
    if granted.is_empty() {
        return report.add(Check::of("scopes", State::Skipped, "Slack did not tell which scopes are granted"));
    }
    let again = "add it under OAuth & Permissions, or update the app from manifest.yml; then install the app again";
    let mut fine = true;
    for scope in asked.required.iter().filter(|scope| !granted.contains(scope.as_str())) {
        fine = false;
        let without = manifest::buys(scope);
        report.add(Check::fails("scopes", format!("{scope} is missing: without it, {without}"), again));
    }
    for scope in asked.optional.iter().filter(|scope| !granted.contains(scope.as_str())) {
        let needed = is_in_use(scope, config, connection, set);
        let what = format!("{scope} is not granted: without it, {}", manifest::buys(scope));
        fine &= needed.is_none();
        report.add(match needed {
            Some(by) => Check::fails("scopes", format!("{what} ({by})"), again),
            None => Check::of("scopes", State::Fine, format!("{what}; nothing in use needs it")),
        });
    }
    let known: BTreeSet<&str> = asked.required.iter().chain(&asked.optional).map(String::as_str).collect();
    let idle: Vec<&str> = granted.difference(&known).copied().collect();
    if !idle.is_empty() {
        let what = format!("granted and never used: {}", idle.join(", "));
        report.add(Check::warns("scopes", what, "take them away: what is not granted cannot be misused"));
    }
    if fine {
        report.add(Check::fine("scopes", "every scope that is needed is granted"));
    }
}

/// What in this installation needs an optional scope.
fn is_in_use(scope: &str, config: &Config, connection: &SlackConfig, set: Option<&Directives>) -> Option<&'static str> {
    let groups = || set.is_some_and(|set| set.roster.teams.values().any(|team| team.user_group.is_some()));
    let _nothing_of_the_settings_needs_one = config;
    match scope {
        "chat:write.customize" if connection.may_customize => {
            Some("`customize` is true in [slack]; set it to false to go without")
        }
        "usergroups:read" if groups() => Some("company.md names a user group as a team"),
        _ => None,
    }
}

fn clocks(report: &mut Report, clock: &Clock, seen: &Seen) {
    let Some(theirs) = seen.at else {
        return report.add(Check::of("clock", State::Skipped, "Slack did not tell the time"));
    };
    let away = clock.now().since(theirs).as_seconds();
    report.add(match away.abs() <= CLOCK_MAY_DIFFER_SECONDS {
        true => Check::fine("clock", "agrees with Slack's"),
        false => Check::fails(
            "clock",
            format!(
                "this machine's clock is {} s {} Slack's",
                away.abs(),
                if away > 0 { "ahead of" } else { "behind" }
            ),
            "let the system keep time (for example with chrony or systemd-timesyncd)",
        ),
    });
}

/// The channels that directives or settings name, each with who names it.
fn named_channels(config: &Config, set: Option<&Directives>) -> BTreeMap<String, &'static str> {
    let mut named: BTreeMap<String, &'static str> = BTreeMap::new();
    let directives = set.into_iter().flat_map(|set| set.named_channels());
    let hooks = config.webhooks.iter().flat_map(|webhooks| webhooks.hooks.iter().map(|hook| hook.channel.clone()));
    let sources = directives.map(|name| (name, "the directives name it"));
    let sources = sources.chain(config.watched_channels.iter().map(|name| (name.clone(), "[slack] watches it")));
    for (name, why) in sources.chain(hooks.map(|name| (name, "a hook speaks there"))) {
        named.entry(name.trim_start_matches('#').to_owned()).or_insert(why);
    }
    named
}

async fn channels(report: &mut Report, config: &Config, set: Option<&Directives>, web: &Web) {
    let there: BTreeMap<String, ChannelInfo> = match web.channels().await {
        Ok(found) => found.into_iter().map(|channel| (channel.name.clone(), channel)).collect(),
        Err(error) => return report.add(refused("channels", &error)),
    };
    let named = named_channels(config, set);
    let mut fine = 0;
    for (name, why) in &named {
        match there.get(name) {
            Some(channel) if channel.joined => fine += 1,
            Some(_) => report.add(Check::fails(
                "channels",
                format!("I am not in #{name}, and {why}"),
                format!("write /invite @workforce in #{name}"),
            )),
            None => report.add(Check::fails(
                "channels",
                format!("there is no #{name} that I can see, and {why}"),
                format!(
                    "create it or correct its name; if it is private or archived, invite me or bring it back: #{name}"
                ),
            )),
        }
    }
    if fine == named.len() {
        report.add(Check::fine("channels", format!("I am in all {fine} that are named")));
    }
}

/// Whoever the directives name must have an account, or nobody can ask them.
async fn people(report: &mut Report, set: Option<&Directives>, web: &Web, seen: &Seen) {
    let Some(set) = set else { return report.add(Check::of("people", State::Skipped, "needs the directives")) };
    if !seen.scopes.is_empty() && !seen.scopes.iter().any(|scope| scope == "users:read.email") {
        return report.add(Check::of("people", State::Skipped, "needs the scope users:read.email"));
    }
    let accounts = match web.users(&seen.who.team).await {
        Ok(accounts) => accounts.iter().map(fact_of).collect(),
        Err(error) => return report.add(refused("people", &error)),
    };
    let directory = Directory { accounts, ..Directory::default() };
    let mut fine = 0;
    for person in set.roster.people.values() {
        match directory.account_of(&set.roster, &person.handle) {
            Some(account) if !account.deactivated => fine += 1,
            Some(_) => report.add(Check::warns(
                "people",
                format!("{}'s account is deactivated: they are asked nothing and decide nothing", person.name),
                "take them out of company.md, or say who covers for them",
            )),
            None => report.add(Check::fails(
                "people",
                format!("no account is known for {} (@{})", person.name, person.handle),
                "write their Slack address or user id beside their handle in company.md",
            )),
        }
    }
    if fine == set.roster.people.len() {
        report.add(Check::fine("people", format!("all {fine} have an account")));
    }
}

fn refused(check: &'static str, error: &WebError) -> Check {
    Check::fails(check, error.to_string(), error.sentence())
}
