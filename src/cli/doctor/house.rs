//! What is on this machine: directives, database, tools, the listener for hooks.

use super::report::{Check, Report, State};
use crate::catalogue::{Hold, ToolsLock, held_back};
use crate::clock::Clock;
use crate::config::Config;
use crate::directives::Directives;
use crate::directives::diagnostics::Severity;
use crate::directives::files::read_set;
use crate::drivers::agents::AgentConfig;
use crate::flow::directory::read_directory;
use crate::flow::resume::OnlyProcess;
use crate::roster::{Driver, Position};
use crate::store::Store;
use crate::tools::{StdioHost, ToolHost as _};
use crate::webhooks::Server;

/// Vendors change their prices; after so many days somebody should look again.
const OLD_PRICES_DAYS: i64 = 90;

/// Whether the set can be put in force.
pub fn directives(report: &mut Report, config: &Config) -> Option<Directives> {
    let today = Clock::system().now().to_utc().date_naive();
    let read = read_directory(&config.directives).and_then(|files| read_set(&files, today));
    let check = format!("workforce check {} shows each line", config.directives.display());
    match read {
        Ok(set) => {
            let warnings = set.problems.iter().filter(|problem| problem.severity == Severity::Warning).count();
            let what = format!("{} rules in {} files", set.readings.len(), set.files.len());
            report.add(match warnings {
                0 => Check::fine("directives", what),
                n => Check::warns("directives", format!("{what}, {n} warnings"), check),
            });
            Some(set)
        }
        Err(problems) => {
            let first = problems.first().map(|p| format!("{}:{} {}", p.file, p.line, p.message)).unwrap_or_default();
            report.add(Check::fails("directives", format!("{} problems, the first: {first}", problems.len()), check));
            None
        }
    }
}

/// Whether prices are known, and how old they are.
pub fn prices(report: &mut Report, config: &Config, set: Option<&Directives>) {
    let prices = &config.prices;
    let budgets = set.is_some_and(|set| set.readings.iter().any(|reading| reading.rule.kind() == "budget"));
    let mend = "write the vendors' prices into [prices] of workforce.toml, with the day (docs/costs.md)";
    let today = Clock::system().now().to_utc().date_naive();
    let unpriced = crate::flow::spend::unpriced(config, &today.to_string());
    if !unpriced.is_empty() {
        let what = format!("no price for {}: what they cost is not known", unpriced.join(", "));
        return report.add(Check::warns("prices", what, mend));
    }
    if prices.models.is_empty() && prices.tools.is_empty() {
        return report.add(match budgets {
            false => Check::fine("prices", "none are configured: what tools do not tell is not metered"),
            true => Check::warns("prices", "there are budgets, and no prices: only what tools tell counts", mend),
        });
    }
    let what = format!("{} models and {} tools in {}", prices.models.len(), prices.tools.len(), prices.currency.0);
    match chrono::NaiveDate::parse_from_str(&prices.as_of, "%Y-%m-%d") {
        Ok(day) if (today - day).num_days() > OLD_PRICES_DAYS => {
            let days = (today - day).num_days();
            report.add(Check::warns("prices", format!("{what}, compared {days} days ago"), mend));
        }
        Ok(day) => report.add(Check::fine("prices", format!("{what}, as of {day}"))),
        Err(_) => report.add(Check::warns("prices", format!("{what}, of an unknown day"), mend)),
    }
}

/// Whether whoever is to fill a position is configured.
pub fn drivers(report: &mut Report, config: &Config, set: Option<&Directives>) {
    let Some(set) = set else { return };
    let known = &config.drivers;
    let lacks = |position: &Position| match position.driver {
        Driver::Model => match &position.model {
            Some(name) => (!known.models.contains_key(name)).then(|| format!("[models.{name}]")),
            None => {
                (known.models.len() != 1).then(|| "one [models.NAME], or `model: NAME` in its role file".to_owned())
            }
        },
        Driver::Http => {
            let there = matches!(known.agents.get(&position.id), Some(AgentConfig::Http(_)));
            (!there).then(|| format!("[agents.{}] with a url", position.id))
        }
        Driver::Command => {
            let there = matches!(known.agents.get(&position.id), Some(AgentConfig::Command(_)));
            (!there).then(|| format!("[agents.{}] with a command", position.id))
        }
        Driver::Playbook | Driver::Human => None,
    };
    let thinks = |position: &&Position| matches!(position.driver, Driver::Model | Driver::Http | Driver::Command);
    let thinking: Vec<&Position> = set.roster.positions.values().filter(thinks).collect();
    let missing: Vec<String> = thinking
        .iter()
        .filter_map(|position| lacks(position).map(|what| format!("{} needs {what}", position.id)))
        .collect();
    if !missing.is_empty() {
        let mend = "add it to workforce.toml (docs/agents.md); until then its work goes to the triage person";
        return report.add(Check::fails("agents", missing.join("; "), mend));
    }
    if !thinking.is_empty() {
        report.add(Check::fine(
            "agents",
            format!("{} positions have the model or the agent that they name", thinking.len()),
        ));
    }
}

/// Whether the database can be used, and whether somebody uses it.
pub async fn database(report: &mut Report, config: &Config) {
    let in_use = OnlyProcess::of(&config.database_url).is_err();
    match Store::open(&config.database_url).await {
        Ok(store) => {
            let engine = format!("{:?}", store.engine());
            store.close().await;
            let used = if in_use { "; a bot works with it now" } else { "" };
            report.add(Check::fine("database", format!("{engine} opens, its tables are up to date{used}")));
        }
        Err(error) => {
            let mend = "check DATABASE_URL, and that this account may write there (docs/operating.md)";
            report.add(Check::fails("database", error.to_string(), mend));
        }
    }
}

/// Whether every server answers, and offers what was accepted.
pub async fn tools(report: &mut Report, config: &Config, set: Option<&Directives>) {
    if config.tools.is_empty() {
        report
            .add(Check::fine("tools", "no tool server is configured: work goes to people, and agents look nothing up"));
        return;
    }
    let host = match StdioHost::new(config.tools.clone()) {
        Ok(host) => host,
        Err(error) => return report.add(Check::fails("tools", error.to_string(), "mend the entry in workforce.toml")),
    };
    let listings = host.list().await;
    host.shut_down().await;
    let text = set.and_then(|set| set.files.get("tools.lock").cloned());
    let text = text.or_else(|| std::fs::read_to_string(config.directives.join("tools.lock")).ok());
    let lock = text.and_then(|text| ToolsLock::parse(&text).ok()).unwrap_or_default();
    for listing in listings {
        let offered = match listing.tools {
            Ok(offered) => offered,
            Err(error) => {
                let mend = format!("start the command of {} by hand and see what it says", listing.server);
                report.add(Check::fails("tools", error.to_string(), mend));
                continue;
            }
        };
        let held = held_back(&lock, &offered);
        let changed = held.values().filter(|hold| **hold == Hold::Changed).count();
        let (server, all) = (listing.server, offered.len());
        report.add(match held.len() {
            0 => Check::fine("tools", format!("{server} offers {all} tools, all of them accepted")),
            n => Check::warns(
                "tools",
                format!("{server}: {n} of {all} tools are held back ({changed} changed since they were accepted)"),
                "look at them with `workforce tools diff`, accept them with `workforce tools lock`",
            ),
        });
    }
}

/// Whether the listener could start. Secrets and templates were read with the settings.
pub async fn webhooks(report: &mut Report, config: &Config) {
    let Some(webhooks) = &config.webhooks else {
        return report.add(Check::of("webhooks", State::Skipped, "off: workforce.toml has no [webhooks]"));
    };
    let what = format!("{} hooks at {}", webhooks.hooks.len(), webhooks.listen);
    let open = !webhooks.listen.ip().is_loopback();
    report.add(match Server::can_bind(webhooks.listen).await {
        Ok(()) if open => Check::warns(
            "webhooks",
            format!("{what}, reachable from other machines without encryption"),
            "listen on 127.0.0.1 and let a reverse proxy with TLS hand on /hooks/ only",
        ),
        Ok(()) => Check::fine("webhooks", what),
        Err(error) => Check::warns(
            "webhooks",
            format!("{what} cannot be listened at: {error}"),
            "if it is the running bot that listens there, all is well; else choose another `listen`",
        ),
    });
}
