//! "Take an order number like ORD-1042, and an amount of money." → the slots of a playbook.

use super::names::list_items;
use super::place::Source;
use super::split::Mapped;
use crate::directives::diagnostics::Problem;
use crate::directives::{Slot, SlotShape};

const FORMS: &str = "take “an order number like ORD-1042”, “an amount of money”, “an e-mail address”, “a person”, “a date”, \
                     “a number of seats”, “a product (one of A, B)”, “a text in quotes” or “the whole request as the report”";

/// Reads the slots of one sentence, in its order.
pub fn read_takes(source: &Source<'_>, sentence: &Mapped, problems: &mut Vec<Problem>) -> Vec<Slot> {
    let text = &sentence.text;
    // Only ASCII letters change, so that places in the one are places in the other.
    let lower = text.to_ascii_lowercase();
    let begin = ["take ", "takes ", "needs "].iter().find_map(|verb| lower.find(verb).map(|at| at + verb.len()));
    let begin = begin.unwrap_or(0);
    let end = text.trim_end().trim_end_matches(['.', ':']).len().max(begin);
    let mut out: Vec<Slot> = Vec::new();
    for range in outside_brackets(text, begin..end) {
        let piece = &text[range.clone()];
        match read_slot(piece) {
            Some(slot) if out.iter().any(|other| other.name == slot.name) => {
                let what = format!("“{}” is taken twice", slot.label);
                problems.push(source.error("playbook-take", sentence.range(range), what));
            }
            Some(slot) => out.push(slot),
            None => {
                let what = format!("“{piece}” is nothing that a playbook can take from a request");
                problems.push(source.error("playbook-take", sentence.range(range), what).with_help(FORMS));
            }
        }
    }
    out
}

/// List items, where commas inside brackets do not count: "a product (one of A, B), and a date".
fn outside_brackets(text: &str, range: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let mut joined: Vec<std::ops::Range<usize>> = Vec::new();
    for item in list_items(text, range.clone()) {
        let open = joined.last().is_some_and(|last| {
            let so_far = &text[last.clone()];
            so_far.matches('(').count() > so_far.matches(')').count()
        });
        match joined.last_mut() {
            Some(last) if open => last.end = item.end,
            Some(_) | None => joined.push(item),
        }
    }
    joined
}

fn read_slot(piece: &str) -> Option<Slot> {
    let piece = ["an ", "a ", "the ", "their "]
        .iter()
        .find_map(|article| {
            piece.get(..article.len()).filter(|s| s.eq_ignore_ascii_case(article)).map(|_| &piece[article.len()..])
        })
        .unwrap_or(piece)
        .trim();
    let lower = piece.to_lowercase();
    if let Some(label) = ["whole request as ", "request as ", "whole text as ", "text of the request as "]
        .iter()
        .find_map(|head| lower.strip_prefix(head))
    {
        let label = label.trim_start_matches("the ").trim_start_matches("a ").trim();
        return Some(slot(label, SlotShape::Text));
    }
    if let Some((label, options)) = split_options(piece) {
        return Some(slot(label, SlotShape::OneOf(options)));
    }
    for like in [" like ", " such as ", ", e.g. ", " as in "] {
        if let Some((label, example)) = piece.split_once(like) {
            let example = example.trim().trim_matches(['`', '"', '“', '”']).to_owned();
            return example.chars().any(|c| c.is_ascii_digit()).then(|| slot(label, SlotShape::Like(example)));
        }
    }
    if let Some(label) = lower.strip_suffix(" in quotes").or_else(|| lower.strip_suffix(" in quotation marks")) {
        return Some(slot(label, SlotShape::Quoted));
    }
    if let Some(label) = lower.strip_suffix(" of money").or(lower.contains("amount").then_some(lower.as_str())) {
        return Some(slot(label, SlotShape::Money));
    }
    let last = lower.split_whitespace().next_back()?;
    Some(match last {
        "address" | "e-mail" | "email" | "mail" => slot(&lower, SlotShape::Email),
        "date" | "day" => slot(&lower, SlotShape::Date),
        "person" | "colleague" | "handle" => slot(&lower, SlotShape::Person),
        "number" => slot(&lower, SlotShape::Number),
        _ if lower.starts_with("number of ") => {
            // As "an amount of money" is `amount`, "a number of seats" is `number`.
            Slot { name: "number".to_owned(), label: lower, shape: SlotShape::Number }
        }
        _ => return None,
    })
}

/// "product (one of Figma, GitHub, Notion)" or "product: one of Figma, GitHub or Notion".
fn split_options(piece: &str) -> Option<(&str, Vec<String>)> {
    let (label, options) =
        [" (one of ", ": one of ", ", one of ", " (either "].iter().find_map(|s| piece.split_once(s))?;
    let options = options.trim_end_matches(')').replace(" or ", ", ");
    let options: Vec<String> = options
        .split(',')
        .map(|option| option.trim().trim_matches(['`', '"', '“', '”']).to_owned())
        .filter(|option| !option.is_empty())
        .collect();
    (options.len() > 1).then_some((label, options))
}

fn slot(label: &str, shape: SlotShape) -> Slot {
    let label = label.trim().to_lowercase();
    Slot { name: name_of(&label), label, shape }
}

/// The name by which expressions call something: "e-mail address" → `email_address`.
pub fn name_of(label: &str) -> String {
    label
        .to_lowercase()
        .replace("e-mail", "email")
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_read_by_their_form() {
        let text = "Take an order number like ORD-1042, a product (one of Figma, GitHub or Notion), an amount of money, \
                    an e-mail address, a number of seats, a text in quotes and the whole request as the report.";
        let mut sentence = Mapped::default();
        sentence.push(text, 0, true);
        let mut problems = Vec::new();
        let slots = read_takes(&Source::new("x.md", text), &sentence, &mut problems);
        assert_eq!(problems, []);
        let got: Vec<(&str, &SlotShape)> = slots.iter().map(|slot| (slot.name.as_str(), &slot.shape)).collect();
        let products = ["Figma", "GitHub", "Notion"].map(str::to_owned).to_vec();
        assert_eq!(
            got,
            [
                ("order_number", &SlotShape::Like("ORD-1042".to_owned())),
                ("product", &SlotShape::OneOf(products)),
                ("amount", &SlotShape::Money),
                ("email_address", &SlotShape::Email),
                ("number", &SlotShape::Number),
                ("text", &SlotShape::Quoted),
                ("report", &SlotShape::Text),
            ]
        );
    }

    #[test]
    fn what_cannot_be_taken_is_an_error_that_lists_the_forms() {
        let text = "Take their mood.";
        let mut sentence = Mapped::default();
        sentence.push(text, 0, true);
        let mut problems = Vec::new();
        assert!(read_takes(&Source::new("x.md", text), &sentence, &mut problems).is_empty());
        assert_eq!((problems[0].column, problems[0].code.as_str()), (6, "playbook-take"));
        assert!(problems[0].help.as_ref().is_some_and(|help| help.contains("amount of money")));
    }
}
