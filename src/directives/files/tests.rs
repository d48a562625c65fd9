//! Whole sets, read from texts. What single sentences mean is tested beside the sentence reader.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::json;

use super::*;
use crate::directives::{PlaybookSource, SlotShape, StepAct};
use crate::roster::names::Named;

pub const COMPANY: &str = "\
# Acme

## Who is who

- Kim Osei (@kim, kim@acme.test), managing director
- Dana Ruiz (U0DANA1, @dana), head of finance, Europe; reports to Kim Osei
- Ana Silva, @ana, ana@acme.test, accountant, in Europe/Lisbon, reports to @dana

## The teams

- Finance team: @dana and Ana Silva
- Support (user group @helpers): @kim

## Channels

- #finance: money in and out
- `#it`

The triage person is Kim Osei (@kim).
Our time zone is Europe/Berlin.
Directives are kept by Dana Ruiz.
";

pub const ROLE: &str = "\
---
role: orders
owner: \"@dana\"
supervisor: Kim Osei
team: finance
review every: 3 months
positions:
  - id: orders-agent
    name: Olga (Orders)
    driver: playbook
    tools: [orders.*]
    since: 2026-03-02
---

# Orders

Where every parcel is.

## What it handles

- Parcels
- Deliveries

## Examples

- where is ORD-1042?
- “has it left?”

## Playbook: Where is my order

Take an order number like ORD-1042.

1. Look up the order with `orders.get`, id: `{{ order_number }}`.
2. If it is older than 90 days, hand over to @dana, because it is old.
3. If the item is gone, `order.item == \"gone\"`, answer: It is
   gone, {{ requester.name }}.
4. Answer: {{ order.id }} left on {{ order.shipped_on }}.
";

fn tools() -> String {
    let schema = json!({"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]});
    let output = json!({"type": "object", "properties": {"id": {}, "item": {}, "ordered_on": {}, "shipped_on": {}}});
    json!({"tools": {"orders.get": {"input_schema": schema, "output_schema": output, "class": "read", "digest": "x"}}})
        .to_string()
}

fn read(files: &[(&str, &str)]) -> (Directives, Vec<Problem>) {
    let mut map: BTreeMap<String, String> = files.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect();
    map.entry("tools.lock".to_owned()).or_insert_with(tools);
    read_all(&map, None, NaiveDate::from_ymd_opt(2026, 11, 20).unwrap())
}

/// Problems as `code file:line:column`.
pub fn told(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|p| format!("{} {}:{}:{}", p.code, p.file, p.line, p.column)).collect()
}

fn company_with(line: &str, replaced: &str) -> Vec<String> {
    assert!(COMPANY.contains(line), "{line}");
    told(&read(&[("company.md", &COMPANY.replace(line, replaced))]).1)
}

fn role_with(line: &str, replaced: &str) -> Vec<Problem> {
    assert!(ROLE.contains(line), "{line}");
    read(&[("company.md", COMPANY), ("roles/orders.md", &ROLE.replace(line, replaced))]).1
}

#[test]
fn the_company_is_read_from_lists_and_plain_sentences() {
    let (set, problems) = read(&[("company.md", COMPANY)]);
    assert_eq!(told(&problems), Vec::<String>::new());
    let roster = &set.roster;
    let dana = &roster.people["dana"];
    assert_eq!((dana.name.as_str(), dana.slack_id.as_deref()), ("Dana Ruiz", Some("U0DANA1")));
    assert_eq!(dana.title.as_deref(), Some("head of finance, Europe"));
    assert_eq!(dana.reports_to.as_deref(), Some("kim"));
    let ana = &roster.people["ana"];
    assert_eq!((ana.email.as_deref(), ana.timezone.as_deref()), (Some("ana@acme.test"), Some("Europe/Lisbon")));
    assert_eq!(roster.up_from("ana"), ["dana", "kim"]);
    assert_eq!(roster.teams["finance"].members, ["dana", "ana"]);
    assert_eq!(roster.teams["support"].user_group.as_deref(), Some("helpers"));
    assert_eq!(roster.teams["support"].name, "Support team");
    assert_eq!(roster.channels["finance"].about.as_deref(), Some("money in and out"));
    assert!(roster.channels.contains_key("it"));
    assert_eq!((roster.triage.as_deref(), roster.timezone.as_str()), (Some("kim"), "Europe/Berlin"));
    assert_eq!(set.keepers[""], WorkerRef::Person("dana".to_owned()));
    assert_eq!(set.keepers["company.md"], WorkerRef::Person("dana".to_owned()));
    assert_eq!(set.readings, [], "facts of the company are no rules");
}

#[test]
fn mistakes_in_the_company_are_told_with_their_place() {
    assert_eq!(company_with("reports to @dana", "reports to @dna"), ["unknown-person company.md:7:76"]);
    assert_eq!(
        company_with("(@kim, kim@acme.test)", "(@dana, kim@acme.test)"),
        [
            "duplicate-person company.md:6:3", "unknown-person company.md:12:34", "unknown-person company.md:19:1",
            "unknown-person company.md:21:1",
        ]
        .map(str::to_owned)
        .to_vec()
    );
    let looped = company_with("managing director", "managing director, reports to @ana");
    assert_eq!(looped, ["reporting-loop company.md:7:1"]);
    assert_eq!(company_with("Europe/Berlin", "Europe/Berlim"), ["unknown-timezone company.md:20:1"]);
    assert_eq!(company_with("- `#it`", "- the IT channel"), ["channel-form company.md:17:3"]);
    assert_eq!(company_with("The triage person is Kim Osei (@kim).\n", ""), ["no-triage company.md:1:1"]);
}

#[test]
fn a_role_file_yields_role_positions_and_texts_for_the_router() {
    let (set, problems) = read(&[("company.md", COMPANY), ("roles/orders.md", ROLE)]);
    assert_eq!(told(&problems), Vec::<String>::new());
    let role = &set.roster.roles["orders"];
    assert_eq!((role.title.as_str(), role.description.as_str()), ("Orders", "Where every parcel is."));
    assert_eq!((&role.owner, &role.supervisor), (&WorkerRef::Person("dana".into()), &WorkerRef::Person("kim".into())));
    assert_eq!((role.team.as_deref(), role.review_every_days), (Some("finance"), Some(90)));
    assert_eq!(role.handles, ["Parcels", "Deliveries"]);
    assert_eq!(role.examples, ["where is ORD-1042?", "has it left?"]);
    let position = &set.roster.positions["orders-agent"];
    assert_eq!(
        (position.line, position.short_name(), position.tools.as_slice()),
        (8, "Olga", &["orders.*".to_owned()][..])
    );
    for name in ["orders agent", "the orders agent", "Olga", "Olga (Orders)", "orders-agent"] {
        assert_eq!(set.roster.named(name), Named::One(WorkerRef::Agent("orders-agent".to_owned())), "{name}");
    }
}

#[test]
fn a_playbook_is_read_into_slots_and_steps() {
    let (set, _) = read(&[("company.md", COMPANY), ("roles/orders.md", ROLE)]);
    let [PlaybookSource { name, takes, steps, origin, .. }] = set.playbooks.as_slice() else { panic!("one playbook") };
    assert_eq!((name.as_str(), origin.line), ("Where is my order", 29));
    assert_eq!(takes[0].shape, SlotShape::Like("ORD-1042".to_owned()));
    assert_eq!(steps.iter().map(|step| step.line).collect::<Vec<_>>(), [33, 34, 35, 37]);
    let StepAct::If { expression, then } = &steps[1].act else { panic!("{:?}", steps[1]) };
    assert_eq!(expression, "order.ordered_on | age_in_days > 90");
    let why = "it is old".to_owned();
    assert_eq!(**then, StepAct::HandOver { to: WorkerRef::Person("dana".to_owned()), why });
    let StepAct::If { then, .. } = &steps[2].act else { panic!("{:?}", steps[2]) };
    assert_eq!(**then, StepAct::Answer { template: "It is gone, {{ requester.name }}.".to_owned() });
}

#[test]
fn mistakes_in_a_role_file_are_told_with_their_place_and_how_to_mend_them() {
    for (line, replaced, want, help) in [
        (
            "owner: \"@dana\"",
            "owned: \"@dana\"",
            vec!["no-owner roles/orders.md:1:1", "unknown-key roles/orders.md:3:1"],
            "owner",
        ),
        ("owner: \"@dana\"", "owner: \"@dan\"", vec!["unknown-person roles/orders.md:3:8"], "did you mean @dana?"),
        ("supervisor: Kim Osei\n", "", vec!["no-supervisor roles/orders.md:1:1"], "supervisor: "),
        ("team: finance", "team: finances", vec!["unknown-team roles/orders.md:5:7"], "did you mean finance?"),
        ("review every: 3 months", "review every: often", vec!["bad-cadence roles/orders.md:6:15"], "90 days"),
        ("driver: playbook", "driver: playbok", vec!["bad-driver roles/orders.md:10:13"], ""),
        ("since: 2026-03-02", "since: 2026-02-30", vec!["bad-date roles/orders.md:12:12"], "2026-03-02"),
        ("since: 2026-03-02", "sinse: 2026-03-02", vec!["unknown-key roles/orders.md:12:5"], "did you mean `since`?"),
        (
            "[orders.*]",
            "[order.*]",
            vec!["tool-not-permitted roles/orders.md:33:1", "unknown-tool roles/orders.md:11:13"],
            "",
        ),
        ("`orders.get`", "`orders.gett`", vec!["unknown-tool roles/orders.md:33:28"], "did you mean `orders.get`?"),
        (", id: `{{ order_number }}`", "", vec!["missing-argument roles/orders.md:33:28"], "add “id: `…`”"),
        ("{{ order_number }}", "{{ order_nr }}", vec!["unknown-value roles/orders.md:33:41"], "order_number"),
        (
            "2. If it is older than 90 days, hand",
            "2. Perhaps hand",
            vec!["playbook-step roles/orders.md:34:4"],
            "Answer: …",
        ),
        (
            "If it is older than 90 days",
            "If it looks odd",
            vec!["playbook-condition roles/orders.md:34:7"],
            "back-ticks",
        ),
        (
            "hand over to @dana",
            "hand over to @dina",
            vec!["unknown-worker roles/orders.md:34:46"],
            "did you mean @dana?",
        ),
        ("2. If it is older than 90 days, hand", "2. Hand", vec!["playbook-unreachable roles/orders.md:35:4"], ""),
    ] {
        let problems = role_with(line, replaced);
        let mut got = told(&problems);
        got.sort();
        assert_eq!(got, want, "{replaced}");
        let helps: Vec<&str> = problems.iter().filter_map(|p| p.help.as_deref()).collect();
        assert!(helps.iter().any(|text| text.contains(help)) || help.is_empty(), "{replaced}: {helps:?}");
    }
}

#[test]
fn what_hides_text_from_its_author_is_told() {
    for (text, want) in [
        ("# Rules\n\n```\ncode\n", vec!["unclosed-code rules.md:3:1"]),
        ("# Rules\n\n<!-- a comment\n\nRefunds wait.\n", vec!["unclosed-comment rules.md:3:1"]),
        ("# Rules\n\n    Refunds wait.\n", vec!["indented-text rules.md:3:5"]),
        ("# Rules\n\n<div>\nRefunds wait.\n</div>\n", vec!["html-text rules.md:3:1"]),
        ("---\nkept by: \"@kim\"\n", vec!["unclosed-front-matter rules.md:1:1"]),
        ("---\nkept: \"@kim\"\n---\n", vec!["unknown-key rules.md:2:1"]),
        ("---\nkept by: @kim\n---\n", vec!["front-matter rules.md:2:10"]),
        ("Ab\u{202e}c is fine.\n", vec!["hidden-character rules.md:1:3"]),
        ("> Refunds wait.\n\n| a | b |\n|---|---|\n| Refunds wait | x |\n\n~~Refunds wait.~~ <!-- hm -->\n", vec![]),
    ] {
        let (_, problems) = read(&[("company.md", COMPANY), ("rules.md", text)]);
        assert_eq!(told(&problems), want, "{text}");
    }
}

#[test]
fn sentences_keep_their_places_under_headings_lists_and_soft_breaks() {
    let text = "# Titel\n\n## Über uns\n\nErstens **gut**.  Zweitens\nüber zwei Zeilen. Drittens.\n\nDana may:\n\n- look things up\n  - quickly\n- ask. Done so.\n";
    let source = Source::new("x.md", text);
    let (page, problems) = Page::read(&source, 0);
    assert_eq!(problems, []);
    let got: Vec<(u32, u32, String, Option<String>)> = sentences_of(&page)
        .into_iter()
        .map(|p| {
            let (line, column) = source.place(p.sentence.offset(0));
            (line, column, p.sentence.text, p.lead)
        })
        .collect();
    let lead = || Some("Dana may:".to_owned());
    let want = [
        (5, 1, "Erstens gut.", None),
        (5, 19, "Zweitens über zwei Zeilen.", None),
        (6, 19, "Drittens.", None),
        (10, 3, "look things up", lead()),
        (11, 5, "quickly", None),
        (12, 3, "ask.", lead()),
        (12, 8, "Done so.", None),
    ];
    let want: Vec<_> =
        want.into_iter().map(|(line, column, text, lead)| (line, column, text.to_owned(), lead)).collect();
    assert_eq!(got, want);
    assert!(page.headings[0].is_title && !page.headings[1].is_title);
}

#[test]
fn people_are_pinned_and_never_to_two_accounts() {
    let (set, problems) = read(&[("company.md", COMPANY), ("people.lock", "{\"kim\": \"U0KIM\"}")]);
    assert_eq!(told(&problems), Vec::<String>::new());
    assert_eq!(set.roster.pinned, BTreeMap::from([("dana".into(), "U0DANA1".into()), ("kim".into(), "U0KIM".into())]));
    let (_, problems) = read(&[("company.md", COMPANY), ("people.lock", "{\"dana\": \"U0KIM\"}")]);
    assert_eq!(told(&problems), ["conflicting-account people.lock:1:3"]);
}

#[test]
fn the_digest_follows_every_file() {
    let digest = |files: &[(&str, &str)]| read(files).0.digest;
    let one = digest(&[("company.md", COMPANY)]);
    assert_eq!(one, digest(&[("company.md", COMPANY)]));
    assert_ne!(one, digest(&[("company.md", COMPANY), ("templates/a.j2", "x")]));
    assert!(read_set(&BTreeMap::new(), NaiveDate::default()).is_err());
}

#[test]
fn no_text_makes_the_reader_panic() {
    let odd = [
        "İ", "`", "{{", "(", "\u{202e}", "@", "#", ": ", "\n- ", "\n---\n", "“", "K", "\r\n", "1. ", "\0", "|", "<!--",
        "~~~\n",
    ];
    for (path, text) in [("company.md", COMPANY), ("roles/orders.md", ROLE)] {
        for (n, (at, _)) in text.char_indices().enumerate() {
            if n % 5 != 0 {
                continue;
            }
            let broken = format!("{}{}{}", &text[..at], odd[n / 5 % odd.len()], &text[at..]);
            let company = if path == "company.md" { broken.as_str() } else { COMPANY };
            let role = if path == "company.md" { ROLE } else { broken.as_str() };
            let (_, problems) = read(&[("company.md", company), ("roles/orders.md", role)]);
            assert!(problems.iter().all(|p| p.line >= 1 && p.column >= 1));
            let (_, _) = read(&[(path, &text[..at])]);
        }
    }
}
