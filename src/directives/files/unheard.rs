//! Lines that hold less than whoever wrote them may believe: a segment that nothing can look up, and a role's exception from
//! what the company asks. Each is a warning, because the set still does what it says.

use super::dead::{covers, warning};
use crate::catalogue::Catalogue;
use crate::directives::Reading;
use crate::directives::condition::Condition;
use crate::directives::diagnostics::Problem;
use crate::directives::matching::words::{Words, same_term};
use crate::directives::rule::Rule;

/// Words for whom a record is about, whatever a company calls its segments.
const RECORDS: &str = "customer account client tenant segment tier";

/// Looks for them among all readings.
pub fn check(read: &[Reading], catalogue: &Catalogue, problems: &mut Vec<Problem>) {
    for reading in read {
        problems.extend(segments_without_a_tool(reading, read, catalogue));
        problems.extend(freed_in_vain(reading, read));
    }
}

/// A gate about a segment counts as met, and an exception as not met, as long as no tool can tell who belongs to it.
fn segments_without_a_tool<'a>(
    reading: &'a Reading,
    read: &'a [Reading],
    catalogue: &'a Catalogue,
) -> impl Iterator<Item = Problem> + 'a {
    let named = reading.rule.gate().map(|gate| segments_of(gate.when)).unwrap_or_default();
    named.into_iter().filter(|segment| !can_be_looked_up(segment, read, catalogue)).map(|segment| {
        let message =
            format!("no tool can look up who is “{segment}”, so a gate counts as met and an exception as not");
        let help = "add a tool that tells it, such as one that gets the customer's record, or drop the condition";
        warning(reading, "segment-unknown", message, help, None)
    })
}

fn segments_of(when: &Condition) -> Vec<&str> {
    let parts = when.all.iter().chain(when.unless.as_deref()).flat_map(segments_of);
    when.segments.iter().map(String::as_str).chain(parts).collect()
}

/// Whether a tool speaks of customers or accounts at all, or of a word of the segment's meaning.
fn can_be_looked_up(segment: &str, read: &[Reading], catalogue: &Catalogue) -> bool {
    let defines =
        read.iter().filter_map(|reading| if let Rule::Define(rule) = &reading.rule { Some(rule) } else { None });
    let meanings = defines.filter(|define| same_term(&define.term, segment)).map(|define| define.means.join(" "));
    let wanted = Words::of(&format!("{RECORDS} {segment} {}", meanings.collect::<Vec<_>>().join(" ")));
    // Short words ("on", "the") stand in every description.
    let telling: Vec<&String> = wanted.stems().iter().filter(|stem| stem.chars().count() > 3).collect();
    catalogue.iter().any(|tool| {
        let binding = &tool.binding;
        let output = binding.output_schema.as_ref().map(ToString::to_string).unwrap_or_default();
        let title = binding.title.as_deref().unwrap_or_default();
        let said = Words::of(&format!("{} {title} {} {output}", tool.name, binding.description));
        telling.iter().any(|stem| said.stems().contains(stem))
    })
}

/// A role file tightens what the company says and never loosens it: under an approval that holds always, its exception frees
/// nothing.
fn freed_in_vain(reading: &Reading, read: &[Reading]) -> Option<Problem> {
    let Rule::Allow(freed) = &reading.rule else { return None };
    reading.role.as_ref()?;
    let asks = |other: &&Reading| {
        let Rule::Approve(asked) = &other.rule else { return false };
        let always = other.role.is_none() && asked.who.is_empty() && asked.when.is_empty();
        always && freed.tools.iter().all(|tool| asked.tools.iter().any(|pattern| covers(pattern, tool)))
    };
    let other = read.iter().find(asks)?;
    Some(warning(
        reading,
        "loosened-in-role",
        format!(
            "this frees nothing: {}:{} asks for approval, and a role file may tighten what the company says, never loosen it",
            other.origin.file, other.origin.line
        ),
        "write the exception into a file beside company.md",
        Some(other),
    ))
}
