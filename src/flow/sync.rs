//! What Slack says of accounts, channels and user groups, brought into the directory: at start, and when something changed.

use super::{App, FlowError};
use crate::inbox::{Account, ChannelKind};
use crate::roster::directory::{AccountFact, ChannelState, Directory, GroupFact};
use crate::roster::store;
use crate::slack::web::{ChannelInfo, WebError};

/// Reads everything from Slack, keeps it, and puts it in use.
pub async fn everything(app: &App) -> Result<(), FlowError> {
    let accounts = app.web.users(&app.ours.team).await.map_err(heard)?;
    let channels = app.web.channels().await.map_err(heard)?;
    let mut tx = app.store.begin().await?;
    for account in &accounts {
        store::put_account(&mut tx, &fact_of(account), app.now()).await?;
    }
    for channel in &channels {
        store::put_channel(&mut tx, &state_of(app, channel), app.now()).await?;
    }
    tx.commit().await?;
    groups(app).await
}

/// One channel, after something about it changed.
pub async fn channel(app: &App, id: &str) -> Result<(), FlowError> {
    let state = match app.web.channel_info(id).await {
        Ok(info) => state_of(app, &info),
        Err(error) if error.code() == Some("channel_not_found") => match app.directory().channel(id) {
            Some(known) => ChannelState { joined: false, ..known.clone() },
            None => return Ok(()),
        },
        Err(error) => return Err(heard(error)),
    };
    let mut tx = app.store.begin().await?;
    store::put_channel(&mut tx, &state, app.now()).await?;
    tx.commit().await?;
    reload(app).await
}

/// All user groups. A missing scope only means that groups mean nobody.
pub async fn groups(app: &App) -> Result<(), FlowError> {
    let groups = match app.web.groups().await {
        Ok(groups) => groups,
        Err(error) if error.code() == Some("missing_scope") => Vec::new(),
        Err(error) => return Err(heard(error)),
    };
    let mut known = Vec::new();
    for group in groups {
        let members =
            if group.disabled { Vec::new() } else { app.web.group_members(&group.id).await.map_err(heard)? };
        known.push(GroupFact { id: group.id, handle: group.handle, members });
    }
    let mut tx = app.store.begin().await?;
    for group in &known {
        store::put_group(&mut tx, group, app.now()).await?;
    }
    tx.commit().await?;
    reload(app).await
}

/// Puts what is stored in use, if a transaction that has just ended changed it. What was committed stays committed: where it
/// cannot be read again, the next one tries.
pub async fn reload_if_old(app: &App) {
    if app.directory_got_old()
        && let Err(error) = reload(app).await
    {
        app.reload_directory_soon();
        tracing::warn!(error = &error as &dyn std::error::Error, "the directory could not be read again");
    }
}

/// Puts what is stored in use.
pub async fn reload(app: &App) -> Result<(), FlowError> {
    let directory = Directory {
        accounts: store::accounts(&app.store).await?,
        channels: store::channels(&app.store).await?,
        groups: store::groups(&app.store).await?,
        reviews: store::last_reviews(&app.store).await?,
    };
    app.learn(directory);
    Ok(())
}

pub fn fact_of(account: &Account) -> AccountFact {
    AccountFact {
        user: account.user.clone(),
        handle: account.handle.clone(),
        real_name: account.real_name.clone(),
        email: account.email.clone(),
        timezone: account.timezone.clone(),
        is_bot: account.is_bot,
        is_guest: account.is_guest,
        deactivated: account.deactivated,
    }
}

fn state_of(app: &App, channel: &ChannelInfo) -> ChannelState {
    ChannelState {
        team: app.ours.team.clone(),
        id: channel.id.clone(),
        name: channel.name.clone(),
        private: channel.kind != ChannelKind::Public,
        archived: channel.archived,
        joined: channel.joined,
    }
}

fn heard(error: WebError) -> FlowError {
    FlowError::Broken(format!("Slack could not be asked: {error}"))
}
