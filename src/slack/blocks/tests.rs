use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::clock::Timestamp;
use crate::replies::{Button, ButtonStyle, Confirm, Field, FieldKind, Form, Part, Span, TimeStyle, Verb};

const DRESS: Dress = Dress { may_customize: true };

fn card(parts: Vec<Part>) -> Card {
    Card { notification: "Refund $450.00?".into(), parts, identity: None }
}

fn text(text: &str) -> Span {
    Span::Text(text.into())
}

fn button(label: &str) -> Button {
    Button {
        label: label.into(),
        verb: Verb::Approve,
        target: "A-31".into(),
        style: ButtonStyle::Primary,
        confirm: Some(Confirm { title: "Sure?".into(), text: "x".repeat(400), yes: "Yes".into() }),
        spoken: None,
    }
}

#[test]
fn raw_text_can_neither_ping_nor_link() {
    let line = vec![text("<!channel> <@U1> <https://evil|bank> & `x`"), Span::Bold("<!here>".into())];
    let rendered = render(&card(vec![Part::Line(line)]), &DRESS);
    assert_eq!(
        rendered[0].blocks()[0]["text"]["text"],
        "&lt;!channel&gt; &lt;@U1&gt; &lt;https://evil|bank&gt; &amp; `x`*&lt;!here&gt;*"
    );
    assert_eq!(rendered[0].blocks()[0]["text"]["verbatim"], true);
    let words = Part::Words { label: vec![Span::Person("U1".into()), text(" wrote:")], text: "<!channel> *x*".into() };
    let rendered = render(&card(vec![words]), &DRESS);
    assert_eq!(rendered[0].blocks()[0]["elements"][0]["text"], "<@U1> wrote:");
    assert_eq!(rendered[0].blocks()[1]["text"]["type"], "plain_text");
    assert_eq!(rendered[0].blocks()[1]["text"]["text"], "<!channel> *x*");
}

#[test]
fn ids_that_are_none_stay_text() {
    let spans = vec![
        Span::Person("U1> <!channel".into()),
        Span::Channel("general".into()),
        Span::Emoji("a:b".into()),
        Span::Link { label: "x".into(), url: "javascript:alert(1)".into() },
        Span::Link { label: "a|b>".into(), url: "https://acme.slack.com/archives/C1/p1?a=<b>|c&d".into() },
        Span::Code("a`b".into()),
    ];
    let packed = mrkdwn::pack(&spans, 3_000);
    assert_eq!(
        packed,
        ["U1&gt; &lt;!channelgenerala:bx<https://acme.slack.com/archives/C1/p1?a=%3Cb%3E%7Cc&amp;d|a b&gt;>`a'b`"]
    );
}

#[test]
fn times_are_shown_in_the_readers_zone() {
    let at = Timestamp(1_763_632_920_000_000);
    let packed = mrkdwn::pack(&[Span::Time(at, TimeStyle::DayAndClock)], 3_000);
    assert_eq!(packed, ["<!date^1763632920^{date_short} {time}|20 Nov 10:02 UTC>"]);
}

#[test]
fn long_cards_become_several_messages_and_lose_nothing() {
    let long: String = (0..9_000).map(|n| format!("w{n} ")).collect();
    let parts = vec![Part::Words { label: vec![], text: long.clone() }, Part::Buttons(vec![button("Approve")])];
    let messages = render(&card(parts), &DRESS);
    assert!(messages.len() > 3);
    let told: String = messages
        .iter()
        .flat_map(|message| message.blocks().iter())
        .filter_map(|block| block["text"]["text"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(told, long);
    assert_eq!(messages[1].text(), format!("Refund $450.00? (2 of {})", messages.len()));
    let last = messages.last().unwrap().blocks().last().unwrap();
    assert_eq!(last["type"], "actions", "buttons come last");
}

#[test]
fn many_buttons_share_rows_and_no_id() {
    let parts = vec![Part::Buttons((0..60).map(|_| button(&"Approve ".repeat(20))).collect())];
    let rendered = render(&card(parts), &DRESS);
    let mut ids = std::collections::BTreeSet::new();
    for block in rendered[0].blocks() {
        let elements = block["elements"].as_array().unwrap();
        assert!(elements.len() <= 25);
        for element in elements {
            assert!(ids.insert(element["action_id"].as_str().unwrap().to_owned()));
            let label = element["text"]["text"].as_str().unwrap();
            assert!(units(label) <= 75 && label.ends_with('…'));
            assert!(units(element["confirm"]["text"]["text"].as_str().unwrap()) <= 300);
        }
    }
    assert_eq!(ids.len(), 60);
    assert!(ids.contains("approve:59"));
}

#[test]
fn an_agent_has_a_name_only_where_it_may() {
    let mut card = card(vec![]);
    card.identity = Some(Identity { name: "Finn\n(Finance)".into(), icon: Some(":moneybag:".into()) });
    let rendered = render(&card, &DRESS);
    assert_eq!(rendered[0].username.as_deref(), Some("Finn (Finance)"));
    assert_eq!(rendered[0].icon_emoji.as_deref(), Some(":moneybag:"));
    let rendered = render(&card, &Dress { may_customize: false });
    assert_eq!((rendered[0].username.clone(), rendered[0].icon_emoji.clone()), (None, None));
}

#[test]
fn tables_fit_or_become_lines() {
    let table = |rows: usize| Part::Table {
        columns: vec!["Who".into(), "Cost".into()],
        rows: (0..rows).map(|n| vec![vec![Span::Person("U1".into())], vec![text(&format!("${n}"))]]).collect(),
    };
    let rendered = render(&card(vec![table(3), table(3)]), &DRESS);
    assert_eq!(rendered.len(), 2, "one table per message");
    let rows = rendered[0].blocks()[0]["rows"].as_array().unwrap();
    assert_eq!((rows.len(), rows[1][1]["text"].as_str()), (4, Some("$0")));
    assert_eq!(rows[1][0]["elements"][0]["elements"][0]["user_id"], "U1");
    let rendered = render(&card(vec![table(100)]), &DRESS);
    assert_eq!(rendered[0].blocks()[1]["text"]["text"], "<@U1> · $0");
    assert_eq!(rendered.iter().map(|message| message.blocks().len()).sum::<usize>(), 101);
    let form = Form { intro: vec![table(3)], ..form(vec![]) };
    assert_eq!(view(&form)["blocks"][0]["type"], "section", "a modal has no tables");
}

fn form(fields: Vec<Field>) -> Form {
    Form {
        verb: Verb::DenyForm,
        subject: "A-31".into(),
        title: "A title that is far too long for a window".into(),
        submit: Some("Deny".into()),
        intro: vec![],
        fields,
    }
}

#[test]
fn forms_keep_to_slacks_limits() {
    let choice = |count: usize| (0..count).map(|n| (format!("v{n}"), "label ".repeat(30))).collect();
    let field =
        |id: &str, kind| Field { id: id.into(), label: "Why".into(), kind, hint: Some("…".into()), optional: true };
    let view = view(&form(vec![
        field("own", FieldKind::Text { multiline: true, max: 100_000 }),
        field("few", FieldKind::Choice(choice(2))),
        field("many", FieldKind::Choice(choice(250))),
        field("none", FieldKind::Choice(vec![])),
        field("who", FieldKind::Person),
    ]));
    assert!(units(view["title"]["text"].as_str().unwrap()) <= 24);
    assert_eq!((view["callback_id"].as_str(), view["private_metadata"].as_str()), (Some("deny_form"), Some("A-31")));
    let blocks = view["blocks"].as_array().unwrap();
    assert_eq!(blocks[0]["element"]["max_length"], 3_000);
    assert_eq!(blocks[1]["element"]["initial_option"]["value"], "v0");
    assert_eq!(blocks[2]["element"]["option_groups"].as_array().unwrap().len(), 3);
    assert_eq!(blocks[3]["type"], "section");
    assert!(blocks.iter().all(|block| block["block_id"].is_string()));
}

#[test]
fn a_page_that_is_too_long_says_so() {
    let page =
        Form::page(Verb::Details, "A-31", "Details", vec![Part::Words { label: vec![], text: "x ".repeat(100_000) }]);
    let view = view(&page);
    let blocks = view["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 100 && view.to_string().len() <= 250_000);
    assert_eq!(blocks.last().unwrap()["text"]["text"], "_The rest is too long for this window._");
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,40}",
        "\\PC{0,30}",
        Just("<!channel> <@U1> <!subteam^S1> & <https://a|b>".to_owned()),
        Just("&lt;!here&gt; <".to_owned()),
        "[<>&!@ \n`*]{0,200}",
        Just("<😀&".repeat(2_500)),
        Just("\u{0}\u{7}\t\n".to_owned()),
    ]
}

fn any_span() -> impl Strategy<Value = Span> {
    prop_oneof![
        any_text().prop_map(Span::Text),
        any_text().prop_map(Span::Bold),
        any_text().prop_map(Span::Italic),
        any_text().prop_map(Span::Code),
        any_text().prop_map(Span::Person),
        any_text().prop_map(Span::Channel),
        any_text().prop_map(Span::Emoji),
        any::<i64>().prop_map(|at| Span::Time(Timestamp(at), TimeStyle::Clock)),
        (any_text(), any_text()).prop_map(|(label, url)| Span::Link { label, url: format!("https://x.example/{url}") }),
    ]
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    prop::collection::vec(any_span(), 0..6)
}

fn any_part() -> impl Strategy<Value = Part> {
    prop_oneof![
        spans().prop_map(Part::Line),
        spans().prop_map(Part::Note),
        (spans(), any_text()).prop_map(|(label, text)| Part::Words { label, text }),
        prop::collection::vec((any_text(), spans()), 0..14).prop_map(Part::Fields),
        (prop::collection::vec(any_text(), 0..4), prop::collection::vec(prop::collection::vec(spans(), 0..4), 0..5))
            .prop_map(|(columns, rows)| Part::Table { columns, rows }),
        prop::collection::vec(any_text(), 0..30)
            .prop_map(|labels| { Part::Buttons(labels.iter().map(|label| button(label)).collect()) }),
        Just(Part::Divider),
    ]
}

/// Every text of every mrkdwn object, and the sizes of everything else.
fn check(node: &Value, mrkdwn: &mut Vec<String>) {
    match node {
        Value::Object(map) => {
            if node["type"] == "mrkdwn" {
                mrkdwn.push(node["text"].as_str().unwrap().to_owned());
                assert_eq!(node["verbatim"], true);
            }
            if let Some(text) = node["text"].as_str() {
                assert!(units(text) <= 8_000 && !text.is_empty(), "{node}");
            }
            match node["type"].as_str() {
                Some("section") => {
                    assert!(units(node["text"]["text"].as_str().unwrap_or_default()) <= 3_000);
                    let fields = node["fields"].as_array().cloned().unwrap_or_default();
                    assert!(fields.len() <= 10);
                    assert!(fields.iter().all(|field| units(field["text"].as_str().unwrap()) <= 2_000));
                    assert!(node["text"].is_object() || !fields.is_empty());
                }
                Some("actions") => assert!((1..=25).contains(&node["elements"].as_array().unwrap().len())),
                Some("context") => assert_eq!(node["elements"].as_array().unwrap().len(), 1),
                Some("button") => assert!(units(node["text"]["text"].as_str().unwrap()) <= 75),
                Some(_) | None => {}
            }
            map.values().for_each(|inner| check(inner, mrkdwn));
        }
        Value::Array(items) => items.iter().for_each(|inner| check(inner, mrkdwn)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn any_card_is_within_limits_and_pings_nobody(parts in prop::collection::vec(any_part(), 0..12), notification in any_text()) {
        let card = Card { notification, parts, identity: None };
        for message in render(&card, &DRESS) {
            prop_assert!(message.blocks().len() <= 50);
            prop_assert!(units(message.text()) <= 3_000 && !message.text().is_empty());
            prop_assert!(!message.text().contains('<'));
            let mut ids = std::collections::BTreeSet::new();
            let mut texts = Vec::new();
            for block in message.blocks() {
                prop_assert!(ids.insert(block["block_id"].as_str().unwrap().to_owned()));
                check(block, &mut texts);
            }
            for text in texts {
                // Whatever stands in angle brackets was written by us: a date, a valid id, a link to where it says.
                for bracket in text.split('<').skip(1) {
                    let ours = bracket.starts_with("!date^") || bracket.starts_with("https://x.example/");
                    let id = bracket.strip_prefix(['@', '#']).and_then(|rest| rest.split('>').next());
                    prop_assert!(ours || id.is_some_and(mrkdwn::is_id), "{}", text);
                }
            }
        }
    }
}

#[test]
fn inputs_begin_with_what_stands_there() {
    let field = |id: &str, kind| Field { id: id.into(), label: id.into(), kind, hint: None, optional: true };
    let form = Form {
        submit: Some("Send".into()),
        fields: vec![
            field("text", FieldKind::Filled { multiline: false, max: 40, text: "ORD-1042".into() }),
            field("empty", FieldKind::Filled { multiline: true, max: 9_000, text: String::new() }),
            field("whole", FieldKind::Number { whole: true, value: Some("45000".into()) }),
            field("date", FieldKind::Date { value: Some("2026-11-20".into()) }),
            field("none", FieldKind::Date { value: None }),
        ],
        ..Form::page(Verb::EditForm, "A-31", "Edit A-31", vec![])
    };
    let view = view(&form);
    let inputs: Vec<&Value> = view["blocks"].as_array().unwrap().iter().map(|block| &block["element"]).collect();
    assert_eq!(inputs[0]["initial_value"], "ORD-1042");
    assert_eq!((&inputs[1]["initial_value"], &inputs[1]["max_length"]), (&Value::Null, &json!(3_000)));
    assert_eq!((&inputs[2]["initial_value"], &inputs[2]["is_decimal_allowed"]), (&json!("45000"), &json!(false)));
    assert_eq!((&inputs[3]["type"], &inputs[3]["initial_date"]), (&json!("datepicker"), &json!("2026-11-20")));
    assert_eq!(inputs[4]["initial_date"], Value::Null);
}
