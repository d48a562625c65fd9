//! The red suite: twenty attacks, each in ten variants or more, by an agent that is wholly in an attacker's hand. A scripted vendor
//! of models says and calls whatever the attack wants; sockets, tool servers and the look-alike Slack are real.
//!
//! What counts is what the tool servers executed, what stands in Slack, and the fact in the ledger that names the rule which
//! stopped it. Each attack ends with its control: the same way, taken by somebody who may, does lead somewhere.

mod approvals;
mod changes;
mod clicks;
pub mod house;
mod ledger;
mod limits;
mod links;
mod places;
mod private;
mod rights;
mod shown;
mod tokens;

use std::fmt::Write as _;

/// One attack, as it is listed.
pub struct Attack {
    /// `A1` to `A20`, as `docs/security.md` numbers them.
    pub id: &'static str,
    /// What is tried, in a few words.
    pub what: &'static str,
    /// The rule that must stop it.
    pub rule: &'static str,
    pub variants: Vec<&'static str>,
}

/// All of them, in order.
fn attacks() -> Vec<Attack> {
    vec![
        shown::lies(),
        shown::truncation(),
        shown::markup(),
        clicks::anybody(),
        places::other_surfaces(),
        places::foreign_buttons(),
        approvals::spent_twice(),
        changes::after_approval(),
        approvals::widened(),
        approvals::tired(),
        clicks::own_request(),
        links::exfiltration(),
        private::told_in_public(),
        rights::deputy(),
        rights::tools(),
        rights::open_doors(),
        tokens::stolen(),
        limits::endless(),
        ledger::tampering(),
        places::impersonation(),
    ]
}

/// The list as `docs/security.md` has it, between its two marks.
fn listed() -> String {
    let mut text = String::new();
    let attacks = attacks();
    for Attack { id, what, rule, variants } in &attacks {
        let line =
            format!("**{id}, {what}** ({}). Stopped by: {rule}. Tried: {}.", variants.len(), variants.join("; "));
        text.push_str(&folded(&line));
    }
    let sum: usize = attacks.iter().map(|attack| attack.variants.len()).sum();
    let _ = writeln!(text, "\nTogether {sum} variants.");
    text
}

/// A point of a list, in lines of at most 128 characters.
fn folded(point: &str) -> String {
    let (mut lines, mut line) = (String::new(), "-".to_owned());
    for word in point.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > 128 {
            lines.push_str(&line);
            lines.push('\n');
            line = " ".to_owned();
        }
        line.push(' ');
        line.push_str(word);
    }
    lines + &line + "\n"
}

#[test]
fn the_document_lists_what_is_tried() {
    let attacks = attacks();
    let ids: Vec<String> = attacks.iter().map(|attack| attack.id.to_owned()).collect();
    assert_eq!(ids, (1..=20).map(|n| format!("A{n}")).collect::<Vec<_>>());
    for attack in &attacks {
        assert!(attack.variants.len() >= 10, "{} has {} variants", attack.id, attack.variants.len());
    }
    let made = listed();
    println!("{made}");
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (begins, ends) = ("<!-- red suite -->\n", "<!-- end of the red suite -->");
    let (before, rest) = text.split_once(begins).expect("where the list begins");
    let (written, after) = rest.split_once(ends).expect("where the list ends");
    if std::env::var_os("WRITE_REFERENCE").is_some() {
        std::fs::write(&path, format!("{before}{begins}{made}{ends}{after}")).unwrap();
        return;
    }
    assert!(written == made, "docs/security.md lists other attacks; write it anew with WRITE_REFERENCE=1\n{made}");
}
