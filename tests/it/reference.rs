//! The reference of every command is written from the program itself. `WRITE_REFERENCE=1 cargo test reference` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use workforce::commands::{COMMANDS, Group};

/// Compares a document with what the program says, or writes it.
fn holds(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var_os("WRITE_REFERENCE").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == made, "docs/{name} is not what the program says; write it anew with WRITE_REFERENCE=1\n{made}");
}

#[test]
fn every_slash_command_is_in_the_reference() {
    let mut text = String::from(
        "# Commands in Slack\n\nThe same words work after a mention, also in a thread, where Slack takes no slash commands. A bare `/workforce` shows\n\
         what waits for you and what you have. A typo gets the nearest command.\n\n<!-- Written by the program: WRITE_REFERENCE=1 cargo test reference -->\n",
    );
    for group in Group::ALL {
        let _ = write!(
            text,
            "\n## {}\n\n| write | to | also as | for example |\n| --- | --- | --- | --- |\n",
            group.title()
        );
        for spec in COMMANDS.iter().filter(|spec| spec.group == group) {
            let quoted = |words: &[&str]| {
                let words = words.iter().filter(|word| !word.is_empty());
                words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
            };
            let usage = format!("/workforce {}", spec.usage.replace('|', "\\|"));
            let usage = usage.trim_end();
            let examples = quoted(&spec.examples[..spec.examples.len().min(3)]);
            let _ = writeln!(text, "| `{usage}` | {} | {} | {examples} |", spec.about, quoted(spec.aliases));
        }
    }
    holds("commands.md", &text);
}

#[test]
fn every_sub_command_is_in_the_reference() {
    let mut text = String::from(
        "# The command line\n\n`workforce COMMAND --help` says the same. Exit status: 0 well, 1 something is wrong with what was looked at, 2 the command could\n\
         not do its work.\n\n<!-- Written by the program: WRITE_REFERENCE=1 cargo test reference -->\n",
    );
    let mut program = workforce::cli::command();
    program.build();
    for command in program.get_subcommands().filter(|command| command.get_name() != "help" && !command.is_hide_set()) {
        describe(&mut text, command, 2);
    }
    holds("cli.md", &text);
}

fn describe(text: &mut String, command: &clap::Command, level: usize) {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let _ = write!(text, "\n{} `{name}`\n\n{about}.\n", "#".repeat(level));
    let arguments: Vec<&clap::Arg> = command
        .get_arguments()
        .filter(|argument| !argument.is_hide_set() && !["help", "version"].contains(&argument.get_id().as_str()))
        .collect();
    if !arguments.is_empty() {
        text.push_str("\n| argument | meaning |\n| --- | --- |\n");
    }
    for argument in arguments {
        let values = argument.get_value_names().unwrap_or_default().iter().map(|name| name.to_string());
        let value =
            if argument.get_action().takes_values() { values.collect::<Vec<_>>().join(" ") } else { String::new() };
        let shown = match (argument.get_long(), value.as_str()) {
            (Some(long), "") => format!("--{long}"),
            (Some(long), value) => format!("--{long} {value}"),
            (None, value) => value.to_owned(),
        };
        let mut meaning = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let choices: Vec<String> =
            argument.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
        if !choices.is_empty() && argument.get_action().takes_values() {
            let joined = if meaning.is_empty() { "One of" } else { "; one of" };
            let _ = write!(meaning, "{joined} {}", choices.join(", "));
        }
        let defaults: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        if !defaults.is_empty() && !argument.is_hide_default_value_set() && argument.get_action().takes_values() {
            let _ = write!(meaning, " (default `{}`)", defaults.join(" "));
        }
        let _ = writeln!(text, "| `{shown}` | {} |", meaning.replace('|', "\\|"));
    }
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help" && !inner.is_hide_set()) {
        describe(text, inner, level + 1);
    }
}
