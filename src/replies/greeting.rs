//! Small talk: a greeting gets help, thanks get a nod, a question about the bot gets an answer. None starts a task.

use super::card::{Card, Span};
use super::compose::{bold, code, text};

/// The reaction that answers thanks; a message would be one too many.
pub const NOD: &str = "slightly_smiling_face";

/// The reaction that says "seen", within a second of a mention.
pub const SEEN: &str = "eyes";

/// One thing that somebody could ask, from the examples of the role files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TryThis {
    /// "Where is order ORD-1042?"
    pub text: String,
    /// "Olga (Orders)".
    pub who: String,
}

/// "hi": what to write, with examples of this company.
pub fn hello(bot: &str, examples: &[TryThis]) -> Card {
    let card = Card::new("Hello. Mention me with what you need.").line([
        bold("Hello."),
        text(" Mention me with what you need, in your own words; I find who does it. Nothing was started."),
    ]);
    with_examples(card, bot, examples).note([code("/workforce help"), text(" lists everything else.")])
}

/// "what can you do?"
pub fn what_i_do(bot: &str, examples: &[TryThis]) -> Card {
    let card = Card::new("I hand work to the right person or agent.")
        .line([
            bold("I hand work to the right person or agent,"),
            text(" by rules that your company keeps in plain sentences. Each answer names the line that decided."),
        ])
        .line([
            text("What is risky waits for a human's click. Everything is in the ledger: "),
            code("/workforce why T-17"),
            text("."),
        ]);
    with_examples(card, bot, examples).line([
        code("/workforce help"),
        text(" lists what to ask, decide and steer; "),
        code("/workforce who-owns refunds"),
        text(" says who answers for what."),
    ])
}

/// Where a company writes its first directive: nobody answers for anything yet.
pub fn nothing_set_up(keeper: Option<&str>) -> Card {
    let who = keeper.unwrap_or("Whoever runs me");
    Card::sentence(format!(
        "No directives are in force yet, so I cannot hand this on. {who} adds them; nothing was started."
    ))
}

fn with_examples(mut card: Card, bot: &str, examples: &[TryThis]) -> Card {
    for example in examples {
        let spans: Vec<Span> = vec![
            text("• "),
            code(super::plain::visible_line(&format!("@{bot} {}", example.text))),
            text(format!(" → {}", example.who)),
        ];
        card = card.line(spans);
    }
    card
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> Vec<TryThis> {
        let one = |text: &str, who: &str| TryThis { text: text.into(), who: who.into() };
        vec![one("where is order ORD-1042?", "Olga (Orders)"), one("please refund ORD-1042, $40", "Finn (Finance)")]
    }

    #[test]
    fn small_talk_starts_nothing_and_shows_what_to_write() {
        insta::assert_snapshot!(hello("workforce", &examples()).to_plain(), @r"
        *Hello.* Mention me with what you need, in your own words; I find who does it. Nothing was started.
        • `@workforce where is order ORD-1042?` → Olga (Orders)
        • `@workforce please refund ORD-1042, $40` → Finn (Finance)
        · `/workforce help` lists everything else.
        ");
        insta::assert_snapshot!(what_i_do("workforce", &examples()).to_plain(), @r"
        *I hand work to the right person or agent,* by rules that your company keeps in plain sentences. Each answer names the line that decided.
        What is risky waits for a human's click. Everything is in the ledger: `/workforce why T-17`.
        • `@workforce where is order ORD-1042?` → Olga (Orders)
        • `@workforce please refund ORD-1042, $40` → Finn (Finance)
        `/workforce help` lists what to ask, decide and steer; `/workforce who-owns refunds` says who answers for what.
        ");
        insta::assert_snapshot!(nothing_set_up(Some("Kim Osei")).to_plain(), @"No directives are in force yet, so I cannot hand this on. Kim Osei adds them; nothing was started.");
    }
}
