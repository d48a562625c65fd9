//! Policies alone, without the rest of the house.

use serde_json::{Value, json};

use super::*;

fn read(text: &str) -> (Policies, Vec<Flaw>) {
    Policies::read([("policies/a.rego", text)])
}

fn good(text: &str) -> Policies {
    let (policies, flaws) = read(text);
    assert_eq!(flaws, [], "{text}");
    policies
}

fn told(text: &str, input: &Value) -> Vec<(u32, Objection)> {
    good(text).judge(input).into_iter().map(|finding| (finding.line, finding.says)).collect()
}

fn deny(reason: &str) -> Objection {
    Objection::Deny { reason: reason.to_owned() }
}

#[test]
fn each_answer_is_cited_with_the_line_that_gave_it() {
    let text = "package workforce.a

deny contains \"one\" if input.x > 1

deny contains \"two\" if {
	input.x > 2
}

ask contains {\"reason\": \"three\", \"by\": [\"role:cfo\", \"person:@dana\"], \"count\": 2, \"within\": \"PT4H\"} if input.x > 0
ask contains \"four\" if input.x > 0
";
    let ask = |reason: &str, by: Vec<WorkerRef>, count, within: Option<&str>| Objection::Ask {
        reason: reason.to_owned(),
        by,
        count,
        within: within.map(str::to_owned),
    };
    let by = vec!["role:cfo".parse().unwrap(), "person:@dana".parse().unwrap()];
    let (three, four) = ((9, ask("three", by, 2, Some("PT4H"))), (10, ask("four", Vec::new(), 1, None)));
    assert_eq!(told(text, &json!({"x": 0})), []);
    assert_eq!(told(text, &json!({"x": 1})), [four.clone(), three.clone()]);
    assert_eq!(told(text, &json!({"x": 3})), [(3, deny("one")), (5, deny("two")), four, three]);
}

#[test]
fn a_package_that_says_what_it_allows_denies_the_rest() {
    let text = "package workforce\n\ndefault allow := false\n\nallow if input.x == 1\n";
    assert_eq!(told(text, &json!({"x": 1})), []);
    assert_eq!(told(text, &json!({"x": 2})), [(3, deny("policies/a.rego does not allow this."))]);
    // Without a default it has no value, which is not leave either.
    let text = "package workforce\nallow if input.x == 1\n";
    assert_eq!(told(text, &json!({})), [(2, deny("policies/a.rego does not allow this."))]);
    let text = "package workforce\nallow := \"yes\"\n";
    assert_eq!(told(text, &json!({})).len(), 1);
}

/// Found by inputs changed at random: fourteen brackets kept the parser busy for eight seconds.
#[test]
fn brackets_in_brackets_are_not_read_for_ever() {
    for (open, close) in [("{", "}"), ("[", "]"), ("{\"a\": ", "}")] {
        let nested = |levels: usize| {
            format!(
                "package workforce\n\ndeny contains \"x\" if {{\n{}1{}\n}}\n",
                open.repeat(levels),
                close.repeat(levels)
            )
        };
        assert_eq!(read(&nested(8)).1, [], "{open}");
        let flaws = read(&nested(40)).1;
        assert_eq!((flaws[0].code, flaws[0].line), ("bad-policy", 4), "{open}");
        assert!(flaws[0].message.contains("more than 10 brackets"), "{flaws:?}");
    }
    let (_, flaws) = read("package workforce\n\n# {{{{{{{{{{{{{{{{\ndeny contains \"[[[[[[[[[[[[\" if true\n");
    assert_eq!(flaws, [], "neither comments nor texts are brackets");
}

#[test]
fn what_cannot_be_evaluated_is_a_finding() {
    let failed = |text: &str, input: &Value| match told(text, input).as_slice() {
        [(line, Objection::Failed { why })] => format!("{line}: {why}"),
        other => panic!("{text}: {other:?}"),
    };
    assert!(failed("package workforce\ndeny contains \"x\" if 1 / input.x > 0\n", &json!({"x": 0})).contains("zero"));
    assert!(
        failed("package workforce\ndeny contains \"x\" if startswith(input.x, \"a\")\n", &json!({"x": 4}))
            .starts_with("2:")
    );
    assert!(failed("package workforce\ndeny contains 7 if true\n", &json!({})).contains("not 7"));
    assert!(failed("package workforce\nask contains {\"by\": \"owner\"} if true\n", &json!({})).contains("reason"));
    assert!(
        failed("package workforce\nask contains {\"reason\": \"r\", \"for\": 1} if true\n", &json!({}))
            .contains("“for”")
    );
    assert!(
        failed("package workforce\nask contains {\"reason\": \"r\", \"by\": \"boss\"} if true\n", &json!({}))
            .contains("boss")
    );
    assert!(
        failed("package workforce\nask contains {\"reason\": \"r\", \"count\": 0} if true\n", &json!({}))
            .contains("count")
    );
    let many = format!(
        "package workforce\ndeny contains x if some x in {:?}\n",
        (0..60).map(|n| n.to_string()).collect::<Vec<_>>()
    );
    assert!(failed(&many, &json!({})).contains("more than"));
    let large = json!({"x": "x".repeat(MAX_INPUT_BYTES)});
    assert!(failed("package workforce\ndeny contains \"x\" if false\n", &large).contains("bytes"));
}

/// A loop over a product of lists would take minutes; a text that doubles with each step would fill the memory.
#[test]
fn an_evaluation_ends_in_time_and_with_it_its_memory() {
    let list: Vec<u32> = (0..400).collect();
    let slow = "package workforce\ndeny contains \"x\" if {\n\tsome a in input.l\n\tsome b in input.l\n\tsome c in input.l\n\ta + b + c < 0\n}\n";
    let found = told(slow, &json!({"l": list}));
    assert!(matches!(&found[..], [(_, Objection::Failed { why })] if why.contains("10 ms")), "{found:?}");

    let mut doubling = "package workforce\nv0 := input.l\n".to_owned();
    for n in 1..40 {
        doubling.push_str(&format!("v{n} := array.concat(v{0}, v{0})\n", n - 1));
    }
    doubling.push_str("deny contains \"x\" if count(v39) == 0\n");
    let found = told(&doubling, &json!({"l": list}));
    assert!(matches!(&found[..], [(_, Objection::Failed { why })] if why.contains("10 ms")), "{found:?}");
}

#[test]
fn numbers_of_any_size_end_in_time() {
    let text = "package workforce\ndeny contains \"x\" if to_number(input.n) < 0\n";
    for n in ["1e999999999", "-1e999999999", "1e-999999999", "9".repeat(100_000).as_str()] {
        let found = told(text, &json!({"n": n}));
        assert!(found.len() <= 1, "{found:?}");
    }
}

#[test]
fn a_file_with_an_error_says_where_and_how_to_mend_it() {
    let (_, flaws) = read("package workforce.a\n\ndeny contains \"x\" if {\n");
    assert_eq!((flaws[0].code, flaws[0].file.as_str(), flaws[0].is_warning), ("bad-policy", "policies/a.rego", false));
    assert!(flaws[0].line >= 3, "{flaws:?}");
    // What only the whole shows: a variable that nothing gives a value, rules that need each other.
    let (_, flaws) = read("package workforce.a\n\ndeny contains x if y > 1\n");
    assert_eq!(flaws.iter().map(|flaw| flaw.line).collect::<Vec<_>>(), [3], "{flaws:?}");
}

#[test]
fn functions_that_do_not_exist_or_multiply_are_refused_where_they_stand() {
    let flaw = |body: &str| {
        let (_, flaws) = read(&format!(
            "package workforce.a\n\n# replace(x, y, z)\ndeny contains \"replace(\" if {{\n\t{body}\n}}\n"
        ));
        flaws.into_iter().map(|flaw| (flaw.line, flaw.column, flaw.message, flaw.help)).collect::<Vec<_>>()
    };
    let of = |what: &str, help: &str| vec![(5, 2, what.to_owned(), help.to_owned())];
    assert_eq!(flaw("contians(input.x, \"a\")"), of("there is no function called contians", "did you mean contains?"));
    assert_eq!(flaw("time.now_ns() > 5"), of("time.now_ns is off in policies", "the time that counts is input.now.ns"));
    assert_eq!(flaw("count(input.x) > 5"), []);
    assert_eq!(flaw("replace(input.x, \"\", input.y) == \"\"")[0].2, "replace is off in policies");
    assert_eq!(flaw("sprintf(\"%5d of %s\", [1, 2]) == \"\""), []);
    assert_eq!(flaw("sprintf(input.x, [1]) == \"\"")[0].3, "write sprintf(\"…\", …)");
    assert_eq!(flaw("sprintf(\"%9999999d\", [1]) == \"\"").len(), 1);
    assert_eq!(flaw("concat(input.x, input.y) == \"\"").len(), 1);
    for off in ["numbers.range(1, 1000000000)", "rand.intn(\"a\", 5)", "http.send({})", "bits.lsh(1, 1000000000)"] {
        assert!(!flaw(&format!("{off} == 1")).is_empty(), "{off}");
    }
}

#[test]
fn a_rule_that_nobody_asks_for_is_an_error_and_a_library_is_none() {
    let (policies, flaws) = read("package refunds\n\ndeny contains \"x\" if true\n");
    assert_eq!(flaws[0].message, "nobody asks for “deny” in refunds");
    assert!(policies.is_empty());
    let library = ("policies/lib.rego", "package money\n\nlarge(x) if x > 5\n");
    let user = (
        "policies/use.rego",
        "package workforce\n\nimport data.money\n\ndeny contains \"x\" if money.large(input.x)\n",
    );
    let (policies, flaws) = Policies::read([library, user]);
    assert_eq!(flaws, []);
    assert_eq!(policies.judge(&json!({"x": 6})).len(), 1);
    assert_eq!(policies.judge(&json!({"x": 5})), []);
}

#[test]
fn tests_run_beside_and_are_never_asked_by_the_gate() {
    let rules = ("policies/a.rego", "package workforce.a\n\ndeny contains \"x\" if input.x == 1\n");
    let tests = (
        "policies/a_test.rego",
        "package workforce.a\n\ndeny contains \"y\" if true\n\ntest_one if count(deny) == 2 with input as {\"x\": 1}\n\ntest_two if 1 == 2\n\ntest_three if 1 / 0 == 1\n",
    );
    let (policies, flaws) = Policies::read([rules, tests]);
    assert_eq!(flaws, []);
    let trials: Vec<Trial> = policies.tests().iter().map(|test| policies.try_test(test)).collect();
    assert_eq!(trials[0].outcome, Outcome::Passed);
    assert_eq!(trials[1].outcome, Outcome::Failed);
    assert!(matches!(&trials[2].outcome, Outcome::Broken(why) if why.contains("zero")));
    assert_eq!((trials[0].name.as_str(), trials[0].line), ("data.workforce.a.test_one", 5));
}

#[test]
fn a_test_file_cannot_change_what_the_gate_decides() {
    let rules =
        ("policies/a.rego", "package workforce.a\n\ndeny contains \"x\" if small == false\n\ndefault small := false\n");
    let tests = ("policies/a_test.rego", "package workforce.a\n\nsmall := true\n");
    let (policies, flaws) = Policies::read([rules, tests]);
    assert_eq!(flaws, []);
    assert_eq!(policies.judge(&json!({})).len(), 1);
}
