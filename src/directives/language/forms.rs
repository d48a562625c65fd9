//! The forms that a base word takes: plural, third person, past, participle, gerund. Generated from the base, so that a
//! pattern's word matches exactly its own forms and nothing that merely looks alike.

use std::collections::HashMap;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

use super::vocabulary::irregular::{IRREGULAR, SINGULARS, SPELLINGS};

/// All forms of `base`, itself included.
pub fn forms_of(base: &str) -> Vec<String> {
    let mut forms = vec![base.to_owned()];
    if let Some((_, others)) = IRREGULAR.iter().find(|(word, _)| *word == base) {
        forms.extend(others.iter().map(|form| (*form).to_owned()));
        if matches!(base, "be" | "can" | "must" | "may" | "should" | "shall" | "will" | "human" | "person") {
            return forms;
        }
    }
    forms.push(third_person(base));
    if !IRREGULAR.iter().any(|(word, _)| *word == base) {
        forms.push(past(base));
    }
    forms.push(gerund(base));
    if doubles(base) {
        let last = &base[base.len() - 1..];
        forms.push(format!("{base}{last}ed"));
        forms.push(format!("{base}{last}ing"));
    }
    forms
}

/// Of what a participle may be a form: "sent" → "send", "routed" → "rout" and "route"; `None` for other words.
pub fn bases_of(word: &str) -> Option<Vec<String>> {
    if matches!(word, "been" | "had" | "done" | "left" | "read" | "met" | "need" | "found" | "gone" | "lost" | "made") {
        return None;
    }
    if let Some((base, _)) = IRREGULAR.iter().find(|(_, forms)| forms.contains(&word) && !word.ends_with("ing")) {
        return (word != *base && !matches!(*base, "be" | "have" | "do" | "can" | "may" | "will"))
            .then(|| vec![(*base).to_owned()]);
    }
    let stem = word.strip_suffix("ed").filter(|stem| stem.len() > 2 && !word.ends_with("eed"))?;
    let mut bases = vec![stem.to_owned(), format!("{stem}e")];
    if let Some(root) = stem.strip_suffix('i') {
        bases.push(format!("{root}y"));
    }
    let mut back = stem.chars().rev();
    if let (Some(last), Some(before)) = (back.next(), back.next())
        && last == before
    {
        bases.push(stem[..stem.len() - 1].to_owned());
    }
    Some(bases)
}

fn third_person(base: &str) -> String {
    if let Some(stem) = base.strip_suffix('y')
        && !ends_in_vowel(stem)
    {
        return format!("{stem}ies");
    }
    if base.ends_with(['s', 'x', 'z']) || base.ends_with("ch") || base.ends_with("sh") || base.ends_with('o') {
        return format!("{base}es");
    }
    format!("{base}s")
}

fn past(base: &str) -> String {
    match base.strip_suffix('y') {
        Some(stem) if !ends_in_vowel(stem) => format!("{stem}ied"),
        Some(_) | None if base.ends_with('e') => format!("{base}d"),
        Some(_) | None => format!("{base}ed"),
    }
}

/// "issuing", "cancelling".
pub fn doing(base: &str) -> String {
    if doubles(base) {
        return format!("{base}{}ing", &base[base.len() - 1..]);
    }
    gerund(base)
}

fn gerund(base: &str) -> String {
    match base.strip_suffix('e') {
        Some(stem) if !base.ends_with("ee") && !stem.is_empty() => format!("{stem}ing"),
        Some(_) | None => format!("{base}ing"),
    }
}

fn ends_in_vowel(text: &str) -> bool {
    text.ends_with(['a', 'e', 'i', 'o', 'u'])
}

/// "stop" → "stopped": one consonant after one vowel. Some that do not double are produced too, which harms nothing.
fn doubles(base: &str) -> bool {
    let mut back = base.chars().rev();
    let vowel = |c: char| "aeiou".contains(c);
    match (back.next(), back.next(), back.next()) {
        (Some(a), Some(b), Some(c)) => {
            a.is_ascii_alphabetic() && !vowel(a) && !"wxy".contains(a) && vowel(b) && !vowel(c)
        }
        _ => false,
    }
}

/// The singular of a noun, for topics: "invoices" → "invoice", "policies" → "policy".
pub fn singular(word: &str) -> String {
    if let Some((_, one)) = SINGULARS.iter().find(|(many, _)| *many == word) {
        return (*one).to_owned();
    }
    if word.len() <= 3 || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for suffix in ["sses", "shes", "ches", "xes", "zzes"] {
        if word.ends_with(suffix) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) => stem.to_owned(),
        None => word.to_owned(),
    }
}

/// The stem by which words of tools and of sentences are compared: British and American spelling, derived nouns and
/// irregular forms fall together.
pub fn stem(word: &str) -> String {
    let low = word.to_lowercase();
    let spelled = SPELLED.get(low.as_str()).copied().unwrap_or(low.as_str());
    let base = BASES.get(spelled).copied().unwrap_or(spelled);
    let stemmed = Stemmer::create(Algorithm::English).stem(base).into_owned();
    SPELLED.get(stemmed.as_str()).map_or(stemmed.clone(), |to| (*to).to_owned())
}

static SPELLED: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| SPELLINGS.iter().rev().map(|(from, to)| (*from, *to)).collect());

/// Irregular form → base; of two bases the first in the table.
static BASES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    IRREGULAR.iter().rev().flat_map(|(base, forms)| forms.iter().map(move |form| (*form, *base))).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_cover_what_people_write() {
        for (base, form) in [
            ("go", "goes"),
            ("send", "sent"),
            ("stop", "stopped"),
            ("apply", "applied"),
            ("approve", "approving"),
            ("handle", "handled"),
            ("cancel", "cancelled"),
            ("cancel", "canceled"),
            ("be", "are"),
            ("page", "paged"),
        ] {
            assert!(forms_of(base).iter().any(|f| f == form), "{base} → {form}: {:?}", forms_of(base));
        }
    }

    #[test]
    fn singular_and_stem() {
        assert_eq!(singular("policies"), "policy");
        assert_eq!(singular("licences"), "licence");
        assert_eq!(singular("status"), "status");
        assert_eq!(stem("licences"), stem("license"));
        assert_eq!(stem("cancelling"), stem("cancellation"));
        assert_eq!(stem("deletion"), stem("deleted"));
    }
}
