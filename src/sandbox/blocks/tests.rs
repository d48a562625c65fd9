use serde_json::{Value, json};

use super::*;

fn errors(blocks: Value) -> Vec<String> {
    check(&blocks, Surface::Message, "/blocks")
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
}

#[test]
fn a_usual_card_passes() {
    let card = json!([
        { "type": "header", "text": { "type": "plain_text", "text": "Refund" } },
        section("*Refund $450.00?*"),
        { "type": "context", "elements": [{ "type": "mrkdwn", "text": "Rule" }] },
        { "type": "divider" },
        { "type": "actions", "block_id": "a", "elements": [
            { "type": "button", "action_id": "approve", "text": { "type": "plain_text", "text": "Approve" },
              "style": "primary", "value": "A-31",
              "confirm": { "title": { "type": "plain_text", "text": "Sure?" },
                           "text": { "type": "plain_text", "text": "Money moves." },
                           "confirm": { "type": "plain_text", "text": "Yes" },
                           "deny": { "type": "plain_text", "text": "No" } } },
            { "type": "static_select", "action_id": "who", "options": [
                { "text": { "type": "plain_text", "text": "Dana" }, "value": "dana" }] },
        ]},
        { "type": "table", "rows": [[{ "type": "raw_text", "text": "Finn" }]] },
    ]);
    assert_eq!(errors(card), Vec::<String>::new());
}

#[test]
fn what_slack_refuses_is_refused_with_its_place() {
    for (blocks, part) in [
        (json!([{ "type": "hologram" }]), "unsupported type: hologram [json-pointer:/blocks/0/type]"),
        (json!([section(&"x".repeat(3001))]), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        (json!([section("")]), "must be more than 0 characters"),
        (json!([{ "type": "section" }]), "missing required field: text or fields"),
        (json!([{ "type": "divider", "color": "red" }]), "invalid additional property: color"),
        (json!([{ "type": "header", "text": { "type": "mrkdwn", "text": "x" } }]), "no text object"),
        (json!([{ "type": "actions", "elements": [] }]), "no fewer than 1 items"),
        (json!([{ "type": "alert", "text": { "type": "plain_text", "text": "x" } }]), "modals only"),
        (
            json!([{ "type": "divider", "block_id": "b" }, { "type": "divider", "block_id": "b" }]),
            "`block_id` b already exists",
        ),
        (json!((0..51).map(|_| json!({ "type": "divider" })).collect::<Vec<_>>()), "no more than 50 items"),
        (json!({ "type": "divider" }), "must provide an array"),
    ] {
        let found = errors(blocks);
        assert!(found.iter().any(|e| e.contains(part)), "{part} is not in {found:?}");
    }
}

#[test]
fn button_limits_are_slacks() {
    let button = |text: usize, value: usize, id: usize| {
        json!([{ "type": "actions", "elements": [{
            "type": "button", "action_id": "i".repeat(id), "value": "v".repeat(value),
            "text": { "type": "plain_text", "text": "t".repeat(text) } }] }])
    };
    assert!(errors(button(75, 2000, 255)).is_empty());
    assert_eq!(errors(button(76, 2000, 255)).len(), 1);
    assert_eq!(errors(button(75, 2001, 255)).len(), 1);
    assert_eq!(errors(button(75, 2000, 256)).len(), 1);
}

#[test]
fn broadcasts_are_found_only_where_they_ring() {
    let mut texts = Vec::new();
    collect_mrkdwn(
        &json!([section("<!here>"), { "type": "header", "text": { "type": "plain_text", "text": "<!channel>" } }]),
        &mut texts,
    );
    assert_eq!(texts, ["<!here>"]);
}
