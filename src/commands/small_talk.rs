//! A mention that is no work: a greeting, thanks, a question about the bot. None starts a task.
//!
//! A mention without a word is none of these: `replies::asking::empty_mention` answers it.

use super::arguments::bare;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallTalk {
    Greeting,
    Thanks,
    AboutUs,
}

/// Strict: the whole text must be small talk. "Hi, where is ORD-1042?" is work.
pub fn small_talk(text: &str) -> Option<SmallTalk> {
    let words: Vec<String> = text.split_whitespace().map(plain).filter(|word| !word.is_empty()).collect();
    let said = words.join(" ");
    if said.is_empty() {
        // Only emoji or punctuation: a smile is a greeting, nothing to hand on.
        let smile = !text.trim().is_empty() && !text.chars().any(char::is_alphanumeric);
        return smile.then_some(SmallTalk::Greeting);
    }
    if ABOUT.contains(&said.as_str()) {
        return Some(SmallTalk::AboutUs);
    }
    let all =
        |list: &[&str]| words.iter().all(|word| list.contains(&word.as_str()) || FILLERS.contains(&word.as_str()));
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if any(THANKS) && all(THANKS) {
        Some(SmallTalk::Thanks)
    } else if any(HELLO) && all(HELLO) {
        Some(SmallTalk::Greeting)
    } else {
        None
    }
}

const HELLO: &[&str] = &[
    "hi", "hello", "hey", "hiya", "howdy", "yo", "hola", "hallo", "moin", "servus", "bonjour", "ciao", "morning",
    "afternoon", "evening", "greetings", "ping", "test",
];

const THANKS: &[&str] = &[
    "thanks", "thank", "thx", "ty", "cheers", "danke", "merci", "gracias", "grazie", "perfect", "great", "awesome",
    "nice", "cool", "brilliant", "super", "lovely", "wonderful", "excellent",
];

/// Words that change nothing in either.
const FILLERS: &[&str] = &[
    "you", "there", "all", "team", "everyone", "good", "day", "so", "very", "much", "a", "lot", "many", "again", "for",
    "that", "this", "the", "help", "job", "work", "well", "done", "and", "to", "workforce", "bot", "how", "are", "is",
    "it", "going",
];

const ABOUT: &[&str] = &[
    "what can you do", "what can you do for me", "what do you do", "who are you", "what are you", "how do you work",
    "how does this work", "what is this", "what is workforce", "are you a bot", "are you an ai", "how can you help",
    "how can you help me", "what can i ask you", "what can i ask", "can you help me", "can you help",
];

fn plain(word: &str) -> String {
    bare(word).trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_talk_is_told_from_work() {
        for (text, kind) in [
            ("hi", SmallTalk::Greeting),
            ("Good morning, team!", SmallTalk::Greeting),
            ("hey there 👋", SmallTalk::Greeting),
            ("👋", SmallTalk::Greeting),
            ("hello, how are you?", SmallTalk::Greeting),
            ("thanks!", SmallTalk::Thanks),
            ("Thank you so much for that!!", SmallTalk::Thanks),
            ("great, thx", SmallTalk::Thanks),
            ("what can you do?", SmallTalk::AboutUs),
            ("Who are you", SmallTalk::AboutUs),
        ] {
            assert_eq!(small_talk(text), Some(kind), "{text}");
        }
        for work in [
            "",
            "  ",
            "hi, where is ORD-1042?",
            "thanks, and please refund ORD-1043 too",
            "my cat is on the roof",
            "great customer wants a discount",
            "help",
            "what can you do about the broken printer",
            "nice to have: a new laptop",
            "the team work for the day",
        ] {
            assert_eq!(small_talk(work), None, "{work}");
        }
    }
}
