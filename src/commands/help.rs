//! `help`: every command by group; `help COMMAND`: its usage, other names and examples. Both come from the specs.

use super::arguments::bare;
use super::asked::{Asked, Query};
use super::spec::{Group, InMention, Spec};
use crate::replies::card::Card;
use crate::replies::compose::{bold, code, text};

pub const SPEC: Spec = Spec {
    name: "help",
    aliases: &["commands", "usage"],
    group: Group::Ask,
    usage: "help [COMMAND]",
    about: "List the commands, or explain one",
    examples: &["help", "help approve"],
    read,
    mention: InMention::AloneOrCommand,
};

fn read(rest: &str) -> Asked {
    let topic = bare(rest.trim()).to_lowercase();
    Asked::Query(Query::Help { topic: (!topic.is_empty()).then_some(topic) })
}

/// `topic` is a command's name or alias; anything else gets the whole list and the nearest name.
pub fn render(topic: Option<&str>) -> Card {
    match topic {
        None => everything(),
        Some(topic) => match super::parse::spec_named(topic) {
            Some(spec) => one(spec),
            None => not_found(topic),
        },
    }
}

/// A form opens at a button or a slash command; a mention cannot open one.
pub fn only_as_command(words: &str) -> Card {
    let words = crate::replies::plain::shorten(crate::replies::plain::visible_line(words).trim(), 60);
    Card::sentence(format!("This opens a form, which a message cannot do. Type /workforce {words} instead."))
}

/// What is said to a text that is no command.
pub fn unclear(nearest: Option<&str>) -> Card {
    let spans = match nearest {
        Some(name) => vec![
            bold("I did not understand that; nothing was done."),
            text(" Did you mean "),
            code(format!("/workforce {name}")),
            text("?"),
        ],
        None => vec![
            bold("I did not understand that; nothing was done."),
            text(" Work is handed to me by mention; "),
            code("/workforce help"),
            text(" lists what I answer here."),
        ],
    };
    Card::new("I did not understand that; nothing was done.").line(spans)
}

/// What is said to a command whose arguments do not fit.
pub fn incomplete(command: &str, say: &str) -> Card {
    Card::new(say)
        .line([bold("Nothing was done."), text(format!(" {say}"))])
        .note([code(format!("/workforce help {command}")), text(" shows examples.")])
}

fn everything() -> Card {
    let mut card = Card::new("What you can ask, decide and steer").line([
        bold("Mention me with work."),
        text(" These work as "),
        code("/workforce …"),
        text(", in a thread as "),
        code("@workforce …"),
    ]);
    for group in Group::ALL {
        let mut specs = super::COMMANDS.iter().copied().filter(|spec| spec.group == group).peekable();
        if specs.peek().is_some() {
            card = card.line([bold(group.title())]);
        }
        for spec in specs {
            card = card.line([text("• "), code(usage(spec)), text(format!(" {}", spec.about))]);
        }
    }
    card.note([code("/workforce help COMMAND"), text(" shows other names and examples.")])
}

fn one(spec: &Spec) -> Card {
    let mut card = Card::new(format!("/workforce {}", spec.name))
        .line([bold(format!("/workforce {}", spec.usage).trim_end().to_owned())])
        .line([text(format!("{}.", spec.about))]);
    if !spec.aliases.is_empty() {
        card = card.line([text(format!("Also: {}", spec.aliases.join(", ")))]);
    }
    for example in spec.examples.iter().filter(|example| !example.is_empty()) {
        card = card.line([text("• "), code(format!("/workforce {example}"))]);
    }
    card
}

fn not_found(topic: &str) -> Card {
    let topic = crate::replies::plain::visible_line(topic);
    let nearest = super::parse::nearest(&topic).map(|name| format!(" Did you mean {name}?")).unwrap_or_default();
    let mut card = Card::new(format!("There is no command {topic}"))
        .line([bold(format!("There is no command “{topic}”.")), text(nearest)]);
    card.parts.extend(everything().parts);
    card
}

fn usage(spec: &Spec) -> String {
    if spec.usage.is_empty() { "/workforce".to_owned() } else { spec.usage.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_generated_from_the_commands() {
        insta::assert_snapshot!(render(None).to_plain(), @r"
        *Mention me with work.* These work as `/workforce …`, in a thread as `@workforce …`
        *Ask*
        • `/workforce` Show what waits for you, what you have, and what you asked for
        • `who-owns NAME | TOPIC` Say who does it, who answers for it, and what waits for whom
        • `status [T-17 | A-31]` Say how far a task or an approval is; alone, what is open
        • `why T-17` Tell who did what in a task, by which line, by whose word, and what it cost
        • `can NAME` Tell what a worker may do, what waits for whom, and what never runs, line by line
        • `workload [WHO | TEAM]` Count what you, your agents or your people have to do
        • `workflow [NAME]` List the workflows, or show one: its steps, who does them, what is under way
        • `costs [WHO] [PERIOD]` Tell what was measured and what money moved; this month, or the period that you name
        • `help [COMMAND]` List the commands, or explain one
        *Decide*
        • `approvals [health]` List what waits for your decision, and whom your requests wait for
        • `approve A-31` Approve what waits, as its button does
        • `edit A-31` Change what waits, and approve it as changed
        • `ask A-31 QUESTION` Ask the requester something before you decide; the time stands still meanwhile
        • `deny A-31 REASON` Refuse what waits; the requester reads the reason
        • `grant A-31 COUNT [up to AMOUNT] [until DAY]` Approve what waits, and beforehand so many more like it
        • `grants` List what was approved beforehand, by whom, and what is left of it
        • `revoke G-3` End a standing grant; the next action like it asks again
        • `undo A-31` Take your approval back before the action starts
        • `ask-again A-31` Ask the approvers once more after nobody decided
        • `accept T-19` Accept work that you were asked to do
        • `take T-18` Take a task yourself, or do by hand what waits as A-31
        • `hand-over T-19 to WHO` Give your work on; it stays yours until they accept
        • `done T-19 NOTE` Finish your work; the note goes to the thread
        *Steer*
        • `cancel T-17` End a request; what ran already stays done
        • `reassign T-17 to WHO` Give a task to another agent, role or person; the correction is kept
        • `start WORKFLOW [for WHAT]` Begin a workflow: its thread starts in this channel, with a plan that ticks off
        • `stop T-17 | WORKER | all` Stop a task, an agent or everything at once
        • `resume T-17 | WORKER | all` Show what was stopped, and let it go on
        *Administer*
        • `reviews` List whose review is due
        • `review NAME` Show an agent's reviews, and record one
        • `directives` List the files in force, who keeps them, and what is wrong with them
        • `explain TEXT` Say where a text would go, and by which line; nothing is started
        • `rule TEXT` Say how a sentence would be read as a rule, where it would stand, and what it would change; propose it
        • `take-in R-3` Take a proposed sentence into the directives that you keep
        • `take-effect D-4` Let edited directives take effect that would be looser
        • `failed` List what I gave up on, to try again or to drop
        · `/workforce help COMMAND` shows other names and examples.
        ");
        insta::assert_snapshot!(render(Some("deny")).to_plain(), @r"
        */workforce deny A-31 REASON*
        Refuse what waits; the requester reads the reason.
        Also: decline, reject
        • `/workforce deny A-31`
        • `/workforce deny A-31 because the amount is wrong`
        • `/workforce reject A-31: replace it instead`
        ");
        insta::assert_snapshot!(render(Some("aprove")).to_plain().lines().next().unwrap_or_default(), @"*There is no command “aprove”.* Did you mean approve?");
        for spec in super::super::COMMANDS {
            for name in spec.names() {
                let shown = render(Some(name)).to_plain();
                assert!(shown.contains(spec.about), "{name}: {shown}");
            }
        }
    }

    #[test]
    fn what_is_not_understood_does_nothing_and_says_so() {
        insta::assert_snapshot!(unclear(Some("approve")).to_plain(), @"*I did not understand that; nothing was done.* Did you mean `/workforce approve`?");
        insta::assert_snapshot!(unclear(None).to_plain(), @"*I did not understand that; nothing was done.* Work is handed to me by mention; `/workforce help` lists what I answer here.");
        insta::assert_snapshot!(incomplete("approve", "Write which one: approve A-31.").to_plain(), @r"
        *Nothing was done.* Write which one: approve A-31.
        · `/workforce help approve` shows examples.
        ");
    }
}
