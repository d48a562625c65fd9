//! What agents outside are told and may say, as JSON: the same for programs (one line each way) and over HTTP (a body each way).
//! `docs/agent.schema.json` describes it for those who write agents.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalogue::strict::read_strictly;
use crate::money::{Cost, Currency, Money};
use crate::runs::brief::{Brief, Colleague, Turn};
use crate::runs::said::{Arguments, Call, End, Said, Usage};
use crate::runs::thinking::{UNREADABLE, own_words};

/// The version of the contract.
pub const VERSION: u32 = 1;
/// The longest answer that is read, in bytes.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// How much of an answer that cannot be read is kept, in characters.
const LONGEST_SHOWN: usize = 2_000;

/// One question.
#[derive(Debug, Serialize)]
struct Question<'a> {
    workforce: u32,
    run: i64,
    task: String,
    /// Which question of the run this is, from 1.
    question: usize,
    position: &'a str,
    instructions: &'a str,
    request: &'a str,
    tools: Vec<Offered<'a>>,
    colleagues: &'a [Colleague],
    askable: &'a [Colleague],
    turns: &'a [Turn],
}

#[derive(Debug, Serialize)]
struct Offered<'a> {
    name: &'a str,
    description: &'a str,
    input_schema: Value,
    /// `read`, `write`, `destructive`, or `own` for the words that everybody has.
    class: String,
}

/// One answer. Unknown members are errors, so that a mistyped one is not a missing one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    #[serde(default)]
    text: String,
    #[serde(default)]
    calls: Vec<Wanted>,
    #[serde(default)]
    usage: Option<Told>,
    /// Where the answer comes by itself, later: which question it answers.
    #[serde(default, rename = "run")]
    _run: Option<i64>,
    #[serde(default, rename = "question")]
    _question: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    arguments: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Told {
    model: Option<String>,
    input_tokens: Option<u64>,
    cached_tokens: Option<u64>,
    output_tokens: Option<u64>,
    reasoning_tokens: Option<u64>,
    cost: Option<Price>,
}

/// Millionths of a unit of a currency.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    micros: u64,
    currency: String,
}

/// The question as one line of JSON, without a line feed.
pub fn question(brief: &Brief) -> String {
    let words = own_words(&brief.peers);
    let own = words.iter().map(|word| Offered {
        name: word.name,
        description: word.description,
        input_schema: word.schema.clone(),
        class: "own".to_owned(),
    });
    let tools = brief.offers.iter().map(|offer| Offered {
        name: &offer.tool.0,
        description: &offer.description,
        input_schema: offer.schema.clone(),
        class: offer.class.to_string(),
    });
    let question = Question {
        workforce: VERSION,
        run: brief.run.0,
        task: brief.task.to_string(),
        question: brief.asked_before + 1,
        position: &brief.position,
        instructions: &brief.instructions,
        request: &brief.request,
        tools: own.chain(tools).collect(),
        colleagues: &brief.peers.colleagues,
        askable: &brief.peers.askable,
        turns: &brief.turns,
    };
    // Only texts, numbers and JSON go in, so it can always be written.
    serde_json::to_string(&question).unwrap_or_default()
}

/// The answer to a question, or what is wrong with it. More than one JSON value is no answer.
pub fn answer(text: &str, by: &str) -> Result<(Said, Usage), String> {
    let read = read_strictly(text.trim()).and_then(serde_json::from_value::<Answer>);
    let answer = read.map_err(|error| error.to_string())?;
    let told = answer.usage.unwrap_or_default();
    let price = told.cost.and_then(|price| Some((i64::try_from(price.micros).ok()?, price.currency)));
    let usage = Usage {
        model: told.model,
        input: told.input_tokens,
        cached: told.cached_tokens,
        output: told.output_tokens,
        reasoning: told.reasoning_tokens,
        told: price
            .map_or(Cost::Unmetered, |(micros, currency)| Cost::Known(Money::new(micros, Currency::new(&currency)))),
        ..Usage::unknown(by)
    };
    let calls =
        answer.calls.into_iter().map(|call| Call { name: call.name, arguments: Arguments::Read(call.arguments) });
    Ok((Said { text: answer.text, calls: calls.collect(), end: End::Finished }, usage))
}

/// An answer that is none, as something that the worker may mend once.
pub fn unreadable(text: &str, why: &str) -> Said {
    let shown: String = text.chars().take(LONGEST_SHOWN).collect();
    let call = Call { name: UNREADABLE.to_owned(), arguments: Arguments::Unreadable(format!("{why}: {shown}")) };
    Said { text: String::new(), calls: vec![call], end: End::Finished }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_strictly() {
        let (said, usage) = answer(
            r#"{"text": "hm", "calls": [{"name": "orders.get", "arguments": {"id": "A"}}],
                "usage": {"input_tokens": 7, "cost": {"micros": 1200, "currency": "usd"}}}"#,
            "desk",
        )
        .unwrap();
        assert_eq!((said.calls.len(), usage.input, usage.output), (1, Some(7), None));
        assert_eq!(usage.told, Cost::Known(Money::new(1200, Currency::new("USD"))));
        for bad in [
            "",
            "no",
            "{} {}",
            r#"{"txt": "a"}"#,
            r#"{"usage": {"input_tokens": -1}}"#,
            r#"{"calls": [{"name": "a"}]}"#,
            r#"{"calls": [{"name": "a", "arguments": {"cents": 1, "cents": 9}}]}"#,
            r#"{"usage": {"cost": {"micros": -5, "currency": "USD"}}}"#,
        ] {
            assert!(answer(bad, "desk").is_err(), "{bad}");
        }
    }
}
