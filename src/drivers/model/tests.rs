use serde_json::json;

use super::*;
use crate::catalogue::{Class, ToolName};
use crate::ids::{RunId, TaskId};
use crate::runs::brief::{Colleague, Offer, Outcome, Peers, Told, Turn};
use crate::runs::said::{Arguments, End, Said};

fn brief() -> Brief {
    let schema = json!({ "type": "object", "properties": { "id": { "type": "string" } }, "required": ["id"] });
    let call = |id: &str, name: &str| Told { id: id.into(), name: name.into(), arguments: json!({ "id": "ORD-7" }) };
    Brief {
        run: RunId(1),
        task: TaskId(1),
        asked_before: 1,
        position: "orders-agent".into(),
        instructions: "You are Olga.".into(),
        request: "Ana asks: where is it?".into(),
        offers: vec![Offer {
            tool: ToolName("orders.get".into()),
            description: "Looks up".into(),
            schema,
            class: Class::Read,
        }],
        peers: Peers {
            colleagues: vec![Colleague { worker: "human".into(), about: "Kim".into() }],
            askable: Vec::new(),
        },
        turns: vec![
            Turn::Worker { text: String::new(), calls: vec![call("s1c1", "orders.get"), call("s1c2", "gone.tool")] },
            Turn::Outcomes(vec![
                Outcome { id: "s1c1".into(), text: "{}".into(), failed: false },
                Outcome { id: "s1c2".into(), text: "no".into(), failed: true },
            ]),
        ],
    }
}

fn read(reader: &mut dyn Reader, events: &[Value]) -> Option<Said> {
    for event in events {
        reader.event(&event.to_string()).unwrap();
    }
    reader.answer().whole(&Names::of(&brief()))
}

#[test]
fn anthropic_is_told_the_whole_conversation_and_what_it_may_cache() {
    let brief = brief();
    let request = anthropic::request(&brief, &Names::of(&brief), "m-1", 100);
    assert_eq!(request["system"][0]["cache_control"]["type"], "ephemeral");
    let names: Vec<&str> = request["tools"].as_array().unwrap().iter().filter_map(|t| t["name"].as_str()).collect();
    assert_eq!(names, ["ask", "cannot_do", "hand_over", "orders__get"]);
    let messages = request["messages"].as_array().unwrap();
    let roles: Vec<&str> = messages.iter().filter_map(|m| m["role"].as_str()).collect();
    assert_eq!(roles, ["user", "assistant", "user"]);
    assert_eq!(messages[1]["content"][1]["name"], "gone__tool", "what is not offered any more keeps its place");
    assert_eq!(messages[2]["content"][1]["is_error"], true);
    assert_eq!(messages[2]["content"][1]["cache_control"]["type"], "ephemeral");
}

#[test]
fn anthropic_streams_words_calls_and_its_bill() {
    let mut reader = anthropic::Messages::new(Answer::new("main", "m"));
    let said = read(
        &mut reader,
        &[
            json!({"type": "message_start", "message": {"model": "m-1-2026", "usage": {"input_tokens": 7,
                   "cache_read_input_tokens": 90, "cache_creation_input_tokens": 3, "output_tokens": 1}}}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "I look."}}),
            json!({"type": "ping"}),
            json!({"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "x", "name": "orders__get", "input": {}}}),
            json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{\"id\":"}}),
            json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "\"A\"}"}}),
            json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 31}}),
            json!({"type": "message_stop"}),
        ],
    )
    .unwrap();
    assert_eq!((said.text.as_str(), said.calls[0].name.as_str(), said.end), ("I look.", "orders.get", End::Finished));
    assert_eq!(said.calls[0].arguments, Arguments::Read(json!({"id": "A"})));
    let usage = &reader.answer().usage;
    assert_eq!((usage.input, usage.cached, usage.cache_written, usage.output), (Some(7), Some(90), Some(3), Some(31)));
    assert_eq!(usage.model.as_deref(), Some("m-1-2026"));
}

#[test]
fn openai_streams_words_calls_and_its_bill() {
    let mut reader = openai::Completions::new(Answer::new("own", "m"));
    let chunk = |delta: Value, finish: Value| json!({"choices": [{"delta": delta, "finish_reason": finish}]});
    let call = |part: &str| json!({"tool_calls": [{"index": 0, "function": {"arguments": part}}]});
    let mut begins = call("{\"id\":");
    begins["tool_calls"][0]["function"]["name"] = json!("orders__get");
    let events = [
        chunk(json!({"content": "I look."}), Value::Null),
        chunk(begins, Value::Null),
        chunk(call("\"A\"}"), Value::Null),
        chunk(json!({}), json!("tool_calls")),
        json!({"choices": [], "usage": {"prompt_tokens": 100, "prompt_tokens_details": {"cached_tokens": 90},
               "completion_tokens": 31, "completion_tokens_details": {"reasoning_tokens": 20}}}),
    ];
    let said = read(&mut reader, &events).unwrap();
    reader.event("[DONE]").unwrap();
    assert_eq!((said.calls[0].name.as_str(), said.end), ("orders.get", End::Finished));
    assert_eq!(said.calls[0].arguments, Arguments::Read(json!({"id": "A"})));
    let usage = &reader.answer().usage;
    assert_eq!((usage.input, usage.cached, usage.output, usage.reasoning), (Some(10), Some(90), Some(31), Some(20)));
}

#[test]
fn what_is_odd_stays_odd_and_is_not_mended() {
    let start =
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "name": "nope"}});
    let part = |text: &str| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": text}});
    let end = |reason: &str| json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": -4}});
    let mut reader = anthropic::Messages::new(Answer::new("main", "m"));
    assert_eq!(read(&mut reader, &[start.clone(), part("{\"a\":1}{\"a\":2}")]), None, "half an answer is none");
    let said = read(&mut reader, &[end("max_tokens")]).unwrap();
    assert_eq!((said.calls[0].name.as_str(), said.end), ("nope", End::CutOff));
    assert!(matches!(said.calls[0].arguments, Arguments::Unreadable(_)), "two objects are not one");
    assert_eq!(reader.answer().usage.output, None, "a negative count is unknown");
    let broken = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    assert_eq!(reader.event(&broken.to_string()), Err(Trouble::Vendor("Overloaded".into())));
    assert_eq!(reader.event("{"), Err(Trouble::NotJson));
}

#[test]
fn names_that_look_alike_stay_apart() {
    let mut brief = brief();
    for tool in ["a.b_c", "a.b.c", "a.b__c", "ask", "ä.ö"] {
        brief.offers.push(Offer { tool: ToolName(tool.into()), ..brief.offers[0].clone() });
    }
    let names = Names::of(&brief);
    let mut seen: Vec<&str> = names.tools().iter().map(|tool| tool.name.as_str()).collect();
    for tool in ["a.b_c", "a.b.c", "a.b__c", "ä.ö"] {
        assert_eq!(names.ours(&names.wire(tool)), tool);
    }
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), count);
}
