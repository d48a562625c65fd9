//! Around every question to a driver: what it may cost is set aside before, what it did cost is settled after.
//!
//! [`before_call`] runs in the transaction that leases the run, before anything is sent; [`after_call`] in the one that
//! journals what was heard. A question whose answer was lost to a crash has had the first and not the second: its reservation
//! stands as a doubt.

use serde_json::json;

use super::super::assign::note;
use super::super::facts::Moment;
use super::super::{App, FlowError};
use super::{Call, Permission, day, reserve, settle};
use crate::budgets::prices::Priced;
use crate::budgets::store::{self as budgets, Spent};
use crate::budgets::{Kind, Tokens};
use crate::clock::Timestamp;
use crate::drivers::config::{ModelConfig, Vendor};
use crate::ledger::FactKind;
use crate::money::{Cost, Money};
use crate::runs::brief::Brief;
use crate::runs::said::Usage;
use crate::runs::{DriverKind, Run};
use crate::store::Tx;
use crate::tasks::Task;

/// Whether a driver may be asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayAsk {
    Yes,
    /// No money is left; the run is put off until then, and the thread and the owner know.
    Later(Timestamp),
}

/// Called before a question is sent, once for each claim of a run.
pub async fn before_call(app: &App, tx: &mut Tx, run: &Run, task: &Task, brief: &Brief) -> Result<MayAsk, FlowError> {
    let moment = Moment::of(app)?;
    // An earlier claim's question was lost on the way; what it may have cost stays set aside.
    budgets::leave_in_doubt(tx, run.id, run.fence).await?;
    let config = config_of(app, run);
    let model = match config {
        Some(config) => format!("{}/{}", word(config.vendor), config.model),
        None => run.plan.clone(),
    };
    let most = config.and_then(|config| most_of(app, &moment, run, config, brief));
    let key = key_of(run);
    let call = Call {
        key,
        kind: Kind::Model,
        task,
        run: run.id,
        position: &run.position,
        model: &model,
        most,
        fence: run.fence,
    };
    Ok(match reserve(tx, &moment, &call).await? {
        Permission::Go => MayAsk::Yes,
        Permission::Wait(until) => MayAsk::Later(until),
    })
}

/// Called once something is known of a question's cost: heard, failed, or cancelled on the way. `heard` is false where no
/// answer can be used; its tokens count all the same.
pub async fn after_call(
    app: &App,
    tx: &mut Tx,
    run: &Run,
    task: &Task,
    usage: &Usage,
    heard: bool,
) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    let spent = spent_on(app, &moment, run, usage, heard);
    let payload = json!({ "run": run.id, "position": run.position, "usage": usage, "heard": heard });
    note(tx, task, FactKind::DriverAsked, payload, moment.now).await?;
    // A question that broke off may be told of when the next one is under way already: each cost goes to its own. An agent
    // outside answers under a later claim than the one that asked it; that claim asked nothing.
    let own = key_of(run);
    let key = match budgets::call(tx, &own).await? {
        Some(_) => own,
        None => budgets::asked_last(tx, run.id).await?.unwrap_or(own),
    };
    settle(tx, &moment, task, &key, &spent).await
}

/// One claim asks one question, so the fence tells them apart.
fn key_of(run: &Run) -> String {
    format!("run:{}:{}", run.id, run.fence)
}

fn config_of<'a>(app: &'a App, run: &Run) -> Option<&'a ModelConfig> {
    (run.driver == DriverKind::Model).then(|| app.config.drivers.models.get(&run.plan)).flatten()
}

/// The vendor's name in the price table.
pub(in crate::flow) fn word(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Anthropic => "anthropic",
        Vendor::Openai => "openai",
    }
}

/// The most that an answer can cost: no token is shorter than a byte, and no answer longer than its limit. The fallback's price
/// counts where it is higher.
fn most_of(app: &App, moment: &Moment, run: &Run, config: &ModelConfig, brief: &Brief) -> Option<Money> {
    let bytes = serde_json::to_string(brief).map_or(0, |text| text.len());
    let input = u64::try_from(bytes).unwrap_or(u64::MAX);
    let of = |name: &str, config: &ModelConfig| {
        let most = Tokens { cache_write: input, output: u64::from(config.max_output_tokens), ..Tokens::default() };
        match priced(app, moment, name, config, None, &most) {
            Priced::Known(money) | Priced::AtMost(money) => Some(money),
            Priced::Nothing => None,
        }
    };
    let fallback = config.fallback.as_ref().and_then(|name| Some((name, app.config.drivers.models.get(name)?)));
    let second = fallback.and_then(|(name, config)| of(name, config));
    of(&run.plan, config).into_iter().chain(second).max_by_key(|money| money.micros)
}

/// By the name that the company gave a model first, so that a contract of one's own counts before the vendor's list.
fn priced(app: &App, moment: &Moment, name: &str, config: &ModelConfig, told: Option<&str>, tokens: &Tokens) -> Priced {
    let (table, day) = (&app.config.prices, day(moment));
    let mut last = Priced::Nothing;
    for vendor in [name, word(config.vendor)] {
        for model in told.into_iter().chain([config.model.as_str()]) {
            last = table.of_call(vendor, model, &day, tokens);
            if let Priced::Known(_) = last {
                return last;
            }
        }
    }
    last
}

fn spent_on(app: &App, moment: &Moment, run: &Run, usage: &Usage, heard: bool) -> Spent {
    let tokens = tokens_of(usage);
    if let Cost::Known(money) = &usage.told {
        return Spent { cost: usage.told.clone(), charged: Some(money.clone()), tokens, nothing: false };
    }
    let models = &app.config.drivers.models;
    let asked = models.get_key_value(&usage.by).or_else(|| models.get_key_value(&run.plan));
    let price = match (asked, &tokens) {
        (Some((name, config)), Some(tokens)) => priced(app, moment, name, config, usage.model.as_deref(), tokens),
        (None, _) | (_, None) => Priced::Nothing,
    };
    let nothing = !heard && tokens.is_some_and(|tokens| tokens == Tokens::default());
    match price {
        Priced::Known(money) => Spent { cost: Cost::Known(money.clone()), charged: Some(money), tokens, nothing },
        Priced::AtMost(money) => Spent { cost: Cost::Unmetered, charged: Some(money), tokens, nothing },
        Priced::Nothing => Spent { cost: Cost::Unmetered, charged: None, tokens, nothing },
    }
}

/// The tokens in classes that do not overlap; `None` where nobody told how many were read or written.
fn tokens_of(usage: &Usage) -> Option<Tokens> {
    let (input, output) = (usage.input?, usage.output?);
    let reasoning = usage.reasoning.unwrap_or(0);
    Some(Tokens {
        input,
        cached: usage.cached.unwrap_or(0),
        cache_write: usage.cache_written.unwrap_or(0),
        output: output.saturating_sub(reasoning),
        reasoning,
    })
}

/// Models that are configured and have no price today: "anthropic/claude-…", as the table would name them.
pub fn unpriced(config: &crate::config::Config, day: &str) -> Vec<String> {
    let has_price = |name: &str, model: &ModelConfig| {
        [name, word(model.vendor)].iter().any(|vendor| config.prices.model(vendor, &model.model, day).is_some())
    };
    let without = config.drivers.models.iter().filter(|(name, model)| !has_price(name, model));
    without.map(|(_, model)| format!("{}/{}", word(model.vendor), model.model)).collect()
}
