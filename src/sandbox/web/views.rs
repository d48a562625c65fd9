//! `views.*`.

use serde_json::{Value, json};

use super::args::{ApiError, Args};
use crate::sandbox::state::State;
use crate::sandbox::views::{check_view, too_large};

fn view(args: &Args) -> Result<Value, ApiError> {
    let view = args.json("view")?.ok_or_else(|| ApiError::missing("view"))?;
    if too_large(&view) { Err(ApiError::malformed("view_too_large", Vec::new())) } else { Ok(view) }
}

fn refused(errors: Vec<String>) -> ApiError {
    match errors.first().map(String::as_str) {
        Some("push_limit_reached") => ApiError::state("push_limit_reached"),
        Some("no modal is open" | "the view is closed") => ApiError::state("not_found"),
        _ => ApiError::malformed("invalid_arguments", errors),
    }
}

pub(super) fn open(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let view = view(args)?;
    let errors = check_view(&view, "modal");
    if !errors.is_empty() {
        return Err(ApiError::malformed("invalid_arguments", errors));
    }
    let trigger = state.use_trigger(args.required("trigger_id")?)?;
    let made = state.open_modal(&trigger.user, &view).map_err(refused)?;
    Ok(json!({ "view": made }))
}

pub(super) fn push(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let view = view(args)?;
    let errors = check_view(&view, "modal");
    if !errors.is_empty() {
        return Err(ApiError::malformed("invalid_arguments", errors));
    }
    let trigger = state.use_trigger(args.required("trigger_id")?)?;
    if !trigger.from_modal {
        return Err(ApiError::malformed(
            "invalid_arguments",
            vec!["[ERROR] views.push needs a trigger that came out of a modal".to_owned()],
        ));
    }
    let made = state.push_modal(&trigger.user, &view).map_err(refused)?;
    Ok(json!({ "view": made }))
}

pub(super) fn update(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let view = view(args)?;
    let (field, wanted) = match (args.text("view_id")?, args.text("external_id")?) {
        (Some(id), None) => ("id", id.to_owned()),
        (None, Some(id)) => ("external_id", id.to_owned()),
        _ => return Err(ApiError::missing("view_id or external_id, one of them")),
    };
    let (user, found) = state
        .modals
        .iter()
        .find_map(|(user, stack)| stack.iter().find(|v| v[field] == wanted).map(|v| (user.clone(), v.clone())))
        .ok_or_else(|| ApiError::state("not_found"))?;
    check_hash(args, &found)?;
    let id = found["id"].as_str().unwrap_or_default().to_owned();
    let made = state.replace_modal(&user, &id, &view).map_err(refused)?;
    Ok(json!({ "view": made }))
}

pub(super) fn publish(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let view = view(args)?;
    let user = args.required("user_id")?.to_owned();
    if !state.app.home_tab {
        return Err(ApiError::state("not_enabled"));
    }
    if !state.users.contains_key(&user) {
        return Err(ApiError::state("user_not_found"));
    }
    let errors = check_view(&view, "home");
    if !errors.is_empty() {
        return Err(ApiError::malformed("invalid_arguments", errors));
    }
    if let Some(old) = state.homes.get(&user) {
        check_hash(args, old)?;
    }
    Ok(json!({ "view": state.publish_home(&user, &view) }))
}

fn check_hash(args: &Args, standing: &Value) -> Result<(), ApiError> {
    match args.text("hash")? {
        Some(hash) if standing["hash"] != hash => Err(ApiError::state("hash_conflict")),
        _ => Ok(()),
    }
}
