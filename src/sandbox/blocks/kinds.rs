//! The kinds of block and element and their fields, one table each.

use serde_json::Value;

use super::Surface;
use super::fields::{Field, Rule, TextKind, check_object, may, must};

const ID: usize = 255;
const BLOCK_ID: Field = may("block_id", Rule::Text(ID));
const ACTION_ID: Field = may("action_id", Rule::Text(ID));
const CONFIRM: Field = may("confirm", Rule::Confirm);
const FOCUS: Field = may("focus_on_load", Rule::Bool);
const PLACEHOLDER: Field = may("placeholder", Rule::Object(TextKind::Plain, 150));
const MAX_SELECTED: Field = may("max_selected_items", Rule::Whole);

const ACTION_ELEMENTS: &[&str] = &[
    "button", "checkboxes", "datepicker", "datetimepicker", "timepicker", "overflow", "radio_buttons", "static_select",
    "external_select", "users_select", "conversations_select", "channels_select", "multi_static_select",
    "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select",
];

const ACCESSORIES: &[&str] = &[
    "button", "image", "checkboxes", "datepicker", "timepicker", "overflow", "radio_buttons", "static_select",
    "external_select", "users_select", "conversations_select", "channels_select", "multi_static_select",
    "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select",
];

const INPUTS: &[&str] = &[
    "plain_text_input", "number_input", "email_text_input", "url_text_input", "checkboxes", "datepicker",
    "datetimepicker", "timepicker", "radio_buttons", "static_select", "external_select", "users_select",
    "conversations_select", "channels_select", "multi_static_select", "multi_external_select", "multi_users_select",
    "multi_conversations_select", "multi_channels_select",
];

const fn plain(max: usize) -> Rule {
    Rule::Object(TextKind::Plain, max)
}

const fn either(max: usize) -> Rule {
    Rule::Object(TextKind::Either, max)
}

/// The fields of a kind of block.
fn block(kind: &str) -> Option<&'static [Field]> {
    Some(match kind {
        "section" => {
            const {
                &[
                    BLOCK_ID,
                    may("text", either(3000)),
                    may("fields", Rule::Fields),
                    may("accessory", Rule::Element(ACCESSORIES)),
                    may("expand", Rule::Bool),
                ]
            }
        }
        "actions" => const { &[BLOCK_ID, must("elements", Rule::Elements(ACTION_ELEMENTS, 25))] },
        "context" => const { &[BLOCK_ID, must("elements", Rule::Elements(&["image", "plain_text", "mrkdwn"], 10))] },
        "context_actions" => {
            const { &[BLOCK_ID, must("elements", Rule::Elements(&["feedback_buttons", "icon_button"], 5))] }
        }
        "divider" => const { &[BLOCK_ID] },
        "header" => const { &[BLOCK_ID, must("text", plain(150))] },
        "image" => {
            const {
                &[
                    BLOCK_ID,
                    must("image_url", Rule::Text(3000)),
                    must("alt_text", Rule::Text(2000)),
                    may("title", plain(2000)),
                ]
            }
        }
        "input" => {
            const {
                &[
                    BLOCK_ID,
                    must("label", plain(2000)),
                    must("element", Rule::Element(INPUTS)),
                    may("hint", plain(2000)),
                    may("optional", Rule::Bool),
                    may("dispatch_action", Rule::Bool),
                ]
            }
        }
        "rich_text" => const { &[BLOCK_ID, must("elements", Rule::RichText)] },
        "markdown" => const { &[BLOCK_ID, must("text", Rule::Text(12_000))] },
        "table" => const { &[BLOCK_ID, must("rows", Rule::Rows), may("column_settings", Rule::Any)] },
        "alert" => {
            const {
                &[
                    BLOCK_ID,
                    must("text", either(3000)),
                    may("level", Rule::OneOf(&["default", "info", "success", "warning", "error"])),
                ]
            }
        }
        _ => return None,
    })
}

/// The fields of a kind of element.
pub(super) fn element(kind: &str) -> Option<&'static [Field]> {
    buttons(kind)
        .or_else(|| menus(kind))
        .or_else(|| pickers(kind))
        .or_else(|| inputs(kind))
        .or_else(|| text_inputs(kind))
}

fn buttons(kind: &str) -> Option<&'static [Field]> {
    Some(match kind {
        "button" => {
            const {
                &[
                    ACTION_ID,
                    CONFIRM,
                    must("text", plain(75)),
                    may("value", Rule::Text(2000)),
                    may("url", Rule::Text(3000)),
                    may("style", Rule::OneOf(&["primary", "danger"])),
                    may("accessibility_label", Rule::Text(75)),
                ]
            }
        }
        "overflow" => const { &[ACTION_ID, CONFIRM, must("options", Rule::Options(5))] },
        "icon_button" => {
            const {
                &[
                    ACTION_ID,
                    CONFIRM,
                    must("icon", Rule::OneOf(&["trash"])),
                    must("text", plain(75)),
                    may("value", Rule::Text(2000)),
                    may("visible_to_user_ids", Rule::Strings(100)),
                    may("accessibility_label", Rule::Text(75)),
                ]
            }
        }
        "feedback_buttons" => {
            const {
                &[
                    ACTION_ID,
                    must("positive_button", Rule::FeedbackButton),
                    must("negative_button", Rule::FeedbackButton),
                ]
            }
        }
        "image" => const { &[must("image_url", Rule::Text(3000)), must("alt_text", Rule::Text(2000))] },
        // Texts stand directly among a context block's elements; their own check follows in `check_element`.
        "plain_text" | "mrkdwn" => const { &[] },
        _ => return None,
    })
}

fn menus(kind: &str) -> Option<&'static [Field]> {
    Some(match kind {
        "static_select" => {
            const {
                &[
                    ACTION_ID,
                    CONFIRM,
                    FOCUS,
                    PLACEHOLDER,
                    may("options", Rule::Options(100)),
                    may("option_groups", Rule::OptionGroups),
                    may("initial_option", Rule::Option),
                ]
            }
        }
        "multi_static_select" => {
            const {
                &[
                    ACTION_ID,
                    CONFIRM,
                    FOCUS,
                    PLACEHOLDER,
                    MAX_SELECTED,
                    may("options", Rule::Options(100)),
                    may("option_groups", Rule::OptionGroups),
                    may("initial_options", Rule::Options(100)),
                ]
            }
        }
        "external_select" => {
            const {
                &[
                    ACTION_ID,
                    CONFIRM,
                    FOCUS,
                    PLACEHOLDER,
                    may("min_query_length", Rule::Whole),
                    may("initial_option", Rule::Option),
                ]
            }
        }
        "multi_external_select" => {
            const {
                &[
                    ACTION_ID,
                    CONFIRM,
                    FOCUS,
                    PLACEHOLDER,
                    MAX_SELECTED,
                    may("min_query_length", Rule::Whole),
                    may("initial_options", Rule::Options(100)),
                ]
            }
        }
        _ => return None,
    })
}

fn pickers(kind: &str) -> Option<&'static [Field]> {
    Some(match kind {
        "users_select" => const { &[ACTION_ID, CONFIRM, FOCUS, PLACEHOLDER, may("initial_user", Rule::Text(ID))] },
        "multi_users_select" => {
            const { &[ACTION_ID, CONFIRM, FOCUS, PLACEHOLDER, MAX_SELECTED, may("initial_users", Rule::Strings(100))] }
        }
        "conversations_select" => {
            const {
                &[
                    ACTION_ID,
                    CONFIRM,
                    FOCUS,
                    PLACEHOLDER,
                    may("initial_conversation", Rule::Text(ID)),
                    may("default_to_current_conversation", Rule::Bool),
                    may("filter", Rule::Any),
                    may("response_url_enabled", Rule::Bool),
                ]
            }
        }
        "multi_conversations_select" => {
            const {
                &[
                    ACTION_ID,
                    CONFIRM,
                    FOCUS,
                    PLACEHOLDER,
                    MAX_SELECTED,
                    may("initial_conversations", Rule::Strings(100)),
                    may("default_to_current_conversation", Rule::Bool),
                    may("filter", Rule::Any),
                ]
            }
        }
        "channels_select" => {
            const {
                &[
                    ACTION_ID,
                    CONFIRM,
                    FOCUS,
                    PLACEHOLDER,
                    may("initial_channel", Rule::Text(ID)),
                    may("response_url_enabled", Rule::Bool),
                ]
            }
        }
        "multi_channels_select" => {
            const { &[ACTION_ID, CONFIRM, FOCUS, PLACEHOLDER, MAX_SELECTED, may("initial_channels", Rule::Strings(100))] }
        }
        _ => return None,
    })
}

fn inputs(kind: &str) -> Option<&'static [Field]> {
    Some(match kind {
        "checkboxes" => {
            const {
                &[
                    ACTION_ID,
                    CONFIRM,
                    FOCUS,
                    must("options", Rule::Options(10)),
                    may("initial_options", Rule::Options(10)),
                ]
            }
        }
        "radio_buttons" => {
            const { &[ACTION_ID, CONFIRM, FOCUS, must("options", Rule::Options(10)), may("initial_option", Rule::Option)] }
        }
        "datepicker" => const { &[ACTION_ID, CONFIRM, FOCUS, PLACEHOLDER, may("initial_date", Rule::Text(10))] },
        "timepicker" => {
            const {
                &[
                    ACTION_ID,
                    CONFIRM,
                    FOCUS,
                    PLACEHOLDER,
                    may("initial_time", Rule::Text(5)),
                    may("timezone", Rule::Text(64)),
                ]
            }
        }
        "datetimepicker" => const { &[ACTION_ID, CONFIRM, FOCUS, may("initial_date_time", Rule::Whole)] },
        _ => return None,
    })
}

fn text_inputs(kind: &str) -> Option<&'static [Field]> {
    Some(match kind {
        "plain_text_input" => {
            const {
                &[
                    ACTION_ID,
                    FOCUS,
                    PLACEHOLDER,
                    may("initial_value", Rule::Text(3000)),
                    may("multiline", Rule::Bool),
                    may("min_length", Rule::Whole),
                    may("max_length", Rule::Whole),
                    may("dispatch_action_config", Rule::Any),
                ]
            }
        }
        "number_input" => {
            const {
                &[
                    ACTION_ID,
                    FOCUS,
                    PLACEHOLDER,
                    must("is_decimal_allowed", Rule::Bool),
                    may("initial_value", Rule::Text(255)),
                    may("min_value", Rule::Text(255)),
                    may("max_value", Rule::Text(255)),
                    may("dispatch_action_config", Rule::Any),
                ]
            }
        }
        "email_text_input" | "url_text_input" => {
            const {
                &[
                    ACTION_ID,
                    FOCUS,
                    PLACEHOLDER,
                    may("initial_value", Rule::Text(3000)),
                    may("dispatch_action_config", Rule::Any),
                ]
            }
        }
        _ => return None,
    })
}

pub(super) fn check_block(value: &Value, surface: Surface, at: &str, errors: &mut Vec<String>) {
    let Some(object) = value.as_object() else {
        errors.push(format!("[ERROR] must provide an object [json-pointer:{at}]"));
        return;
    };
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
    let Some(spec) = block(kind) else {
        errors.push(format!("[ERROR] unsupported type: {kind} [json-pointer:{at}/type]"));
        return;
    };
    check_object(object, spec, surface, at, errors);
    if kind == "section" && !object.contains_key("text") && !object.contains_key("fields") {
        errors.push(format!("[ERROR] missing required field: text or fields [json-pointer:{at}]"));
    }
    if kind == "alert" && surface != Surface::Modal {
        errors.push(format!("[ERROR] unsupported type: alert (modals only) [json-pointer:{at}/type]"));
    }
    if matches!(kind, "markdown" | "table") && surface != Surface::Message {
        errors.push(format!("[ERROR] unsupported type: {kind} (messages only) [json-pointer:{at}/type]"));
    }
}

pub(super) fn check_element(value: &Value, kinds: &[&str], surface: Surface, at: &str, errors: &mut Vec<String>) {
    let kind = value["type"].as_str().unwrap_or_default();
    if !kinds.contains(&kind) {
        errors.push(format!("[ERROR] unsupported type: {kind} [json-pointer:{at}/type]"));
        return;
    }
    if matches!(kind, "plain_text" | "mrkdwn") {
        super::fields::check_text(value, 3000, TextKind::Either, at, errors);
        return;
    }
    if let (Some(object), Some(spec)) = (value.as_object(), element(kind)) {
        check_object(object, spec, surface, at, errors);
        let choice = object.contains_key("options") != object.contains_key("option_groups");
        if matches!(kind, "static_select" | "multi_static_select") && !choice {
            errors.push(format!("[ERROR] either options or option_groups [json-pointer:{at}]"));
        }
    }
}
