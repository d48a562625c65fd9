//! What is read, and what must hold of it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use chrono::NaiveDate;
use rmcp::model::CallToolResult;
use secrecy::SecretString;
use serde_json::{Value, json};
use workforce::clock::{Span, Timestamp};
use workforce::commands::{Intent, Query, of_mention, parse as parse_command};
use workforce::directives::files::read_all;
use workforce::drivers::contract;
use workforce::drivers::model::anthropic::Messages;
use workforce::drivers::model::names::Names;
use workforce::drivers::model::openai::Completions;
use workforce::drivers::model::wire::{Answer, MOST_CALLS, Reader as Stream};
use workforce::drivers::sse::Events;
use workforce::inbox::Arrival;
use workforce::policy::Policies;
use workforce::replies::Verb;
use workforce::slack::envelope::{Ours, Reader, parse, refused};
use workforce::slack::json::{envelope_id_of_refused, read_strictly};
use workforce::tools::{MAX_RESULT_BYTES, read_result};
use workforce::webhooks::{Scheme, Templates, sign, verify};

const SECRET: &str = "a secret of the tests";
const NOW: Timestamp = Timestamp(1_795_168_800_000_000);

/// A short word for what came of it: its kind, without what it says.
fn kind(thing: &impl Debug) -> String {
    format!("{thing:?}").chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '(')).collect()
}

static READER: LazyLock<Reader> = LazyLock::new(|| {
    let of = |id: &str| Some(id.to_owned());
    Reader::new(Ours { team: "T1".to_owned(), user: "UBOT".to_owned(), bot: of("BBOT"), app: of("A1") })
});

/// Any frame is read or refused; what is stored of it comes back as it was and holds no bearer secret.
pub fn envelope(input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input);
    let Ok(value) = read_strictly(&text) else {
        assert!(!refused(&text, &READER).key.is_empty());
        return format!("refused {}", envelope_id_of_refused(&text).is_some());
    };
    let Some(parsed) = parse(&value, &READER) else { return "nothing to acknowledge".to_owned() };
    assert!(!parsed.envelope_id.is_empty() && !parsed.arrival.key.is_empty());
    let stored = serde_json::to_string(&parsed.arrival.trigger).unwrap();
    let back = Arrival { trigger: serde_json::from_str(&stored).unwrap(), ..parsed.arrival.clone() };
    assert_eq!(back, parsed.arrival);
    let again = parse(&value, &READER).unwrap();
    assert_eq!(again.arrival, parsed.arrival, "reading twice gives the same");
    format!("{} {} {}", kind(&parsed.kind), kind(&parsed.arrival.trigger), parsed.arrival.also.is_some())
}

/// A verb, a value and fields, a line each: they become what a command could say too, or nothing.
pub fn button(input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.split('\n');
    let (verb, target) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let fields: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let Ok(verb) = verb.parse::<Verb>() else { return "no verb".to_owned() };
    let (intent, query) = (Intent::of_button(verb, target, &fields), Query::of_button(verb, target));
    assert_eq!(intent, Intent::of_button(verb, target, &fields));
    if let Some(Intent::Approve { id } | Intent::Deny { id, .. } | Intent::TakeOver { id }) = &intent {
        assert_eq!(id.to_string().parse(), Ok(*id), "an id that can be said");
        assert!(target.contains(&id.0.to_string()), "{target} is another card than {id}");
    }
    format!("{verb:?} {} {}", intent.as_ref().map_or(String::new(), kind), query.as_ref().map_or(String::new(), kind))
}

pub fn command(input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input);
    let asked = parse_command(&text);
    assert_eq!(asked, parse_command(&text));
    format!("{} {}", kind(&asked), of_mention(&text).as_ref().map_or(String::new(), kind))
}

/// A scheme, headers, an empty line, a body. What is taken was signed by whoever knows the secret, at that time.
pub fn webhook(input: &[u8]) -> String {
    let at = input.windows(2).position(|two| two == b"\n\n");
    let (head, body) = at.map_or((input, &b""[..]), |at| (&input[..at], &input[at + 2..]));
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let scheme = match lines.next() {
        Some("slack") => Scheme::Slack,
        Some("stripe") => Scheme::Stripe,
        Some("github") => Scheme::Github,
        _ => Scheme::Workforce,
    };
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
    let secret = SecretString::from(SECRET);
    let taken = verify(scheme, &secret, &headers, body, NOW, Span::minutes(5));
    if let Ok(time) = &taken {
        let at = time.as_ref().map_or(NOW, |time| Timestamp(time.parse::<i64>().unwrap() * 1_000_000));
        assert!(at.since(NOW).0.unsigned_abs() <= 300_000_000);
        if time.as_ref().is_none_or(|time| *time == (at.0 / 1_000_000).to_string()) {
            let signature = sign(scheme, &secret, body, at).pop().unwrap().1;
            let hex = signature.rsplit('=').next().unwrap().to_lowercase();
            assert!(head.to_lowercase().contains(&hex), "taken without a signature: {head}");
        }
    }
    let templates = Templates::read("{{ issue.title }} {{ n }}", Some("{{ issue.number }}"), Some("{{ id }}")).unwrap();
    let rendered = serde_json::from_slice::<Value>(body).map(|json| templates.render(&json).is_ok());
    format!("{taken:?} {:?}", rendered.ok()).chars().filter(|c| !c.is_ascii_digit()).collect()
}

static COMPANY: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("directives");
    ["company.md", "tools.lock"]
        .into_iter()
        .map(|name| (name.to_owned(), std::fs::read_to_string(folder.join(name)).unwrap()))
        .collect()
});

/// A file beside the example's company: it is read whole, or every problem stands in one of its lines.
pub fn directive(input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input).into_owned();
    let name = if text.starts_with("---") { "roles/some.md" } else { "some.md" };
    let lines = text.lines().count().max(1);
    let mut files = COMPANY.clone();
    files.insert(name.to_owned(), text);
    let (set, problems) = read_all(&files, None, NaiveDate::from_ymd_opt(2026, 11, 20).unwrap());
    for reading in set.readings.iter().filter(|reading| reading.origin.file == name) {
        let line = usize::try_from(reading.origin.line).unwrap();
        assert!((1..=lines).contains(&line), "{:?}", reading.origin);
        assert!(!reading.paraphrase.is_empty());
    }
    let own = set.readings.iter().filter(|reading| reading.origin.file == name);
    let kinds: Vec<String> = own.map(|reading| kind(&reading.rule)).collect();
    let codes: Vec<String> = problems.iter().map(|problem| kind(&problem.severity)).collect();
    format!("{kinds:?} {codes:?}")
}

static INPUT: LazyLock<Value> = LazyLock::new(|| {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/policy-input.example.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
});

/// A policy: whatever it says, it objects, fails or has nothing to say.
pub fn policy(input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input);
    let (policies, flaws) = Policies::read([("policies/a.rego", text.as_ref())]);
    if !flaws.is_empty() {
        return format!("{} flaws", flaws.len().min(3));
    }
    format!("{:?}", policies.judge(&INPUT).iter().map(|finding| kind(&finding.says)).collect::<Vec<_>>())
}

static POLICIES: LazyLock<Policies> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/policy");
    let mut texts: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    texts.sort();
    let whole = texts.iter().map(|file| std::fs::read_to_string(file).unwrap_or_default());
    let (policies, _) = whole
        .map(|text| Policies::read([("policies/a.rego", text.as_str())]))
        .find(|(_, flaws)| flaws.is_empty())
        .expect("one policy of the corpus holds together");
    policies
});

/// A document: whatever it says, the policy answers.
pub fn policy_input(input: &[u8]) -> String {
    let Ok(value) = serde_json::from_slice::<Value>(input) else { return "no JSON".to_owned() };
    format!("{:?}", POLICIES.judge(&value).iter().map(|finding| kind(&finding.says)).collect::<Vec<_>>())
}

/// A tool's answer: bounded, with a cost that is known or unknown and never negative.
pub fn tool_result(input: &[u8]) -> String {
    let Ok(result) = serde_json::from_slice::<CallToolResult>(input) else { return "no result".to_owned() };
    let answer = read_result(&result);
    assert!(answer.text.len() <= MAX_RESULT_BYTES);
    assert_eq!(answer.is_error, result.is_error.unwrap_or(false), "the flag counts, and nothing else");
    format!("{} {} {} {}", answer.is_error, answer.structured.is_some(), kind(&answer.cost), answer.text.len().min(3))
}

/// A vendor's stream, cut in two ways: it says the same.
pub fn model(input: &[u8]) -> String {
    let (first, stream) = input.split_first().unwrap_or((&b'a', &[]));
    let read = |size: usize| {
        let answer = Answer::new("vendor", "a model");
        let mut reader: Box<dyn Stream> =
            if *first == b'o' { Box::new(Completions::new(answer)) } else { Box::new(Messages::new(answer)) };
        let (mut events, mut trouble) = (Events::default(), None);
        'stream: for chunk in stream.chunks(size) {
            for data in events.push(chunk).unwrap() {
                if let Err(why) = reader.event(&data) {
                    trouble = Some(why);
                    break 'stream;
                }
            }
        }
        let said = reader.answer().whole(&Names::default());
        assert!(reader.answer().calls.len() <= MOST_CALLS);
        (trouble, said, reader.answer().usage.clone())
    };
    let (whole, cut) = (read(stream.len().max(1)), read(7));
    assert_eq!(format!("{whole:?}"), format!("{cut:?}"));
    let calls = whole.1.as_ref().map(|said| (said.calls.len().min(3), kind(&said.end), said.text.is_empty()));
    format!("{} {:?} {calls:?}", char::from(*first), whole.0.as_ref().map(kind))
}

/// The line of a program or of an agent at an address.
pub fn agent(input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input);
    match contract::answer(&text, "desk") {
        Ok((said, usage)) => format!("{} {} {}", said.calls.len().min(3), said.text.is_empty(), kind(&usage.told)),
        Err(why) => {
            let told = contract::unreadable(&text, &why);
            assert!(json!(told.text).to_string().len() < 10_000 && told.calls.len() == 1);
            why.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
        }
    }
}
