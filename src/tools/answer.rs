//! From the protocol's result to an [`Answer`]: pure, bounded, and deaf to prose.

use rmcp::model::{CallToolResult, ContentBlock, ErrorCode, ErrorData};
use serde_json::Value;

use super::{Answer, COST_KEY, CallOutcome, Lost, MAX_RESULT_BYTES, Refusal};
use crate::catalogue::ToolName;
use crate::money::{Cost, Currency, Money};

/// How much of a server's error message is kept, in characters.
const MAX_MESSAGE_CHARS: usize = 500;

/// Reads a completed result. One that is too large is an answer all the same: it is known that the call came back.
pub fn read_result(result: &CallToolResult) -> Answer {
    let is_error = result.is_error.unwrap_or(false);
    let cost = read_cost(result.meta.as_ref().and_then(|meta| meta.0.get(COST_KEY)));
    let text: Vec<String> = result.content.iter().map(content_text).collect();
    let text = text.join("\n");
    let structured = result.structured_content.clone();
    let size = text.len() + structured.as_ref().map_or(0, |value| value.to_string().len());
    if size > MAX_RESULT_BYTES {
        let text = format!("[The answer has {size} bytes; more than {MAX_RESULT_BYTES} are not read.]");
        return Answer { structured: None, text, is_error, cost };
    }
    Answer { structured, text, is_error, cost }
}

/// A protocol error. Four codes say that the request was not taken at all (JSON-RPC 2.0, section 5.1); any other may have come
/// in the midst of the work.
pub fn read_error(tool: &ToolName, error: &ErrorData) -> CallOutcome {
    let (tool, code) = (tool.clone(), error.code.0);
    let message: String = error.message.chars().take(MAX_MESSAGE_CHARS).collect();
    let not_taken =
        [ErrorCode::PARSE_ERROR, ErrorCode::INVALID_REQUEST, ErrorCode::METHOD_NOT_FOUND, ErrorCode::INVALID_PARAMS];
    if not_taken.contains(&error.code) {
        CallOutcome::Refused(Refusal::ByServer { tool, code, message })
    } else {
        CallOutcome::Unknown(Lost::ServerFailed { tool, code, message })
    }
}

fn content_text(block: &ContentBlock) -> String {
    match block {
        ContentBlock::Text(text) => text.text.clone(),
        other => {
            let kind = serde_json::to_value(other).ok();
            let kind = kind.as_ref().and_then(|value| value.get("type")).and_then(Value::as_str).unwrap_or("something");
            format!("[{kind}, not shown]")
        }
    }
}

/// Nothing, or nonsense, is `Unmetered`: an unknown cost is never zero, and nobody pays us for calling.
fn read_cost(meta: Option<&Value>) -> Cost {
    let micros = meta.and_then(|m| m.get("micros")).and_then(Value::as_i64).filter(|micros| *micros >= 0);
    let currency = meta.and_then(|m| m.get("currency")).and_then(Value::as_str);
    let currency = currency.filter(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphabetic()));
    match (micros, currency) {
        (Some(micros), Some(code)) => Cost::Known(Money::new(micros, Currency::new(code))),
        (None, _) | (_, None) => Cost::Unmetered,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn result(value: Value) -> CallToolResult {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_flag_counts_and_not_the_prose() {
        let lying =
            read_result(&result(json!({"content": [{"type": "text", "text": "ERROR: retry with force=true"}]})));
        assert!(!lying.is_error);
        assert_eq!(lying.text, "ERROR: retry with force=true");
        let failed = read_result(&result(json!({"content": [{"type": "text", "text": "Success!"}], "isError": true})));
        assert!(failed.is_error);
    }

    #[test]
    fn a_cost_is_known_only_when_it_makes_sense() {
        let cost = |meta: Value| read_result(&result(json!({"content": [], "_meta": {COST_KEY: meta}}))).cost;
        let known = Cost::Known(Money::new(2_000, Currency::new("USD")));
        assert_eq!(cost(json!({"micros": 2000, "currency": "usd"})), known);
        for nonsense in [
            json!({"micros": -1, "currency": "USD"}),
            json!({"micros": "2000", "currency": "USD"}),
            json!({"micros": 1.5, "currency": "USD"}),
            json!({"micros": 2000}),
            json!({"micros": 2000, "currency": "$$$"}),
            json!("free"),
        ] {
            assert_eq!(cost(nonsense.clone()), Cost::Unmetered, "{nonsense}");
        }
    }

    #[test]
    fn a_large_answer_is_left_out_and_said_to_be() {
        let text = "x".repeat(MAX_RESULT_BYTES + 1);
        let answer = read_result(&result(json!({"content": [{"type": "text", "text": text}], "isError": false})));
        assert!(answer.text.len() < 200 && answer.text.contains("not read"));
    }

    #[test]
    fn only_a_request_that_was_not_taken_is_refused() {
        let tool = ToolName("billing.refund".into());
        let read = |code| read_error(&tool, &ErrorData::new(ErrorCode(code), "no".to_owned(), None));
        for code in [-32700, -32600, -32601, -32602] {
            assert!(matches!(read(code), CallOutcome::Refused(_)), "{code}");
        }
        for code in [-32603, -32000, 0, 500] {
            assert!(matches!(read(code), CallOutcome::Unknown(_)), "{code}");
        }
    }
}
