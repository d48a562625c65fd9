//! From words to tools: an action phrase's words against what each tool is known by.

use super::index::ToolWords;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::forms::stem;
use super::scan::Reader;
use super::vocabulary::synonyms::{
    EMPTY_NOUNS, LIGHT_VERBS, NOISE, PARTICLES, READ_ADJECTIVES, READ_PARTICLES, READ_VERBS, SAME_ACT,
};

/// What a phrase binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// The tool, or all tools of a server, and how far-fetched that is.
    Tool(String, u32),
    /// Several tools fit equally.
    Several(Vec<String>),
    /// The act is a tool's, but these words are nowhere known.
    Unknown(String, Vec<usize>),
    /// No tool does this.
    None,
}

const TERM: i32 = 9;
const LOCAL: i32 = 6;
const ACT: i32 = 5;
const SERVER: i32 = 4;
const TITLE: i32 = 4;
const DESCRIPTION: i32 = 2;
const FAR: i32 = 1;

/// The groups of [`SAME_ACT`], in stems: each act is the stems of its words.
struct Acts {
    groups: Vec<Vec<Vec<String>>>,
    /// First stem → groups and places in them.
    by_first: HashMap<String, Vec<(usize, usize)>>,
    reads: Vec<String>,
    light: Vec<String>,
}

static ACTS: LazyLock<Acts> = LazyLock::new(|| {
    let stems = |phrase: &str| phrase.split(' ').map(stem).collect::<Vec<_>>();
    let groups: Vec<Vec<Vec<String>>> =
        SAME_ACT.iter().map(|group| group.iter().map(|act| stems(act)).collect()).collect();
    let mut by_first: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
    for (g, group) in groups.iter().enumerate() {
        for (a, act) in group.iter().enumerate() {
            by_first.entry(act[0].clone()).or_default().push((g, a));
        }
    }
    Acts {
        groups,
        by_first,
        reads: READ_VERBS.iter().map(|verb| stem(verb)).collect(),
        light: LIGHT_VERBS.iter().map(|verb| stem(verb)).collect(),
    }
});

struct Content<'a> {
    at: usize,
    stem: &'a str,
    optional: bool,
    /// With the next word, and with the one before: "refund policy" may be known as "refundpolicy".
    pairs: [String; 2],
    /// Stems of other words for the act that stands here.
    acts: Vec<&'static str>,
}

impl Content<'_> {
    fn is(&self, word: &str) -> bool {
        self.stem == word || self.pairs.iter().any(|pair| pair == word)
    }
}

/// What the words at these places bind. `reading`: the phrase only looks something up.
pub fn bind(reader: &Reader<'_>, words: &[usize], reading: bool) -> Bound {
    if let Some(known) = reader.bound(words, reading) {
        return known;
    }
    let bound = bind_anew(reader, words, reading);
    reader.remember_bound(words, reading, &bound);
    bound
}

fn bind_anew(reader: &Reader<'_>, words: &[usize], reading: bool) -> Bound {
    let (content, reads) = content(reader, words, reading);
    let light_only =
        content.iter().all(|word| word.optional) && content.first().is_some_and(|word| is_light(reader, word.at));
    if content.is_empty() || light_only && !content.iter().any(|word| is_own(reader, word.stem)) {
        return Bound::None;
    }
    // What the company calls by a term of its own means that, also where a server's name stands in it ("a new account").
    let is_named = |term: &Vec<String>| {
        term.len() > 1
            && term.iter().all(|stem| words.iter().any(|at| reader.stem(*at) == stem))
            && content.iter().all(|word| term.iter().any(|stem| stem == word.stem) || is_light(reader, word.at))
    };
    let named: Vec<&ToolWords> = reader.index.tools.iter().filter(|tool| tool.terms.iter().any(is_named)).collect();
    if let [only] = named.as_slice() {
        return Bound::Tool(only.name.clone(), 0);
    }
    if let Some((server, using)) = server(reader, words)
        && (using || !reading)
    {
        return server;
    }
    let mut full: Vec<(i32, &ToolWords)> = Vec::new();
    let mut partial: Option<(usize, &ToolWords, Vec<usize>)> = None;
    // "Don't make customers repeat themselves" makes nothing that a look-up could find.
    let makes = !reads
        && content.first().is_some_and(|word| {
            word.optional && is_light(reader, word.at) && !matches!(word.stem, "use" | "touch" | "handl" | "call")
        });
    for tool in &reader.index.tools {
        if reads && !tool.reads || makes && tool.reads {
            continue;
        }
        let (score, key, missing) = measure(tool, &content, reads);
        if missing.is_empty() && (key || (reads && score > 0)) {
            full.push((score, tool));
        } else if key
            && !reads
            && !tool.reads
            && !lacks_particle(tool, &content)
            && partial.as_ref().is_none_or(|(fewest, _, _)| missing.len() < *fewest)
        {
            partial = Some((missing.len(), tool, missing));
        }
    }
    full.sort_by_key(|(score, tool)| (std::cmp::Reverse(*score), tool.name.clone()));
    match full.as_slice() {
        [] => match partial {
            Some((_, tool, missing)) => Bound::Unknown(tool.name.clone(), missing),
            None => Bound::None,
        },
        [(best, first), rest @ ..] => {
            let mut rivals: Vec<String> =
                rest.iter().filter(|(score, _)| *score >= *best - 1).map(|(_, tool)| tool.name.clone()).collect();
            if rivals.is_empty() {
                return Bound::Tool(first.name.clone(), u32::from(*best < ACT));
            }
            rivals.insert(0, first.name.clone());
            Bound::Several(rivals)
        }
    }
}

/// The words that matter, and whether the phrase starts with a verb that only looks.
fn content<'r>(reader: &'r Reader<'_>, words: &[usize], reading: bool) -> (Vec<Content<'r>>, bool) {
    let meaningful: Vec<usize> = words.iter().copied().filter(|at| !NOISE.contains(&reader.low(*at))).collect();
    let first = meaningful.first().copied();
    let verb = first.filter(|at| looks(reader, *at));
    // "open a ticket" creates one; "open" only looks where the phrase must look.
    let reads = reading
        || verb.is_some_and(|at| {
            !matches!(
                reader.low(at),
                "open"
                    | "opens"
                    | "opening"
                    | "opened"
                    | "get"
                    | "gets"
                    | "getting"
                    | "access"
                    | "accesses"
                    | "accessing"
                    | "accessed"
                    | "pull"
                    | "pulls"
                    | "pulled"
                    | "review"
                    | "reviews"
                    | "reviewed"
            )
        });
    let list: Vec<(usize, bool)> = meaningful
        .iter()
        .enumerate()
        .map(|(order, at)| {
            let low = reader.low(*at);
            let light = order == 0 && is_light(reader, *at);
            let particle = order > 0 && order < 3 && PARTICLES.contains(&low);
            let look = reads
                && (order == 0 && looks(reader, *at)
                    || READ_PARTICLES.contains(&low) && order < 4
                    || READ_ADJECTIVES.contains(&low)
                    || looks(reader, *at) && order < 3);
            let optional = light
                || particle
                || look
                || EMPTY_NOUNS.contains(&low)
                || meaningful.len() > 1 && order > 0 && EMPTY_NOUNS.contains(&low.trim_end_matches('s'));
            (*at, optional)
        })
        .collect();
    (contents(reader, &list), reads)
}

fn contents<'r>(reader: &'r Reader<'_>, list: &[(usize, bool)]) -> Vec<Content<'r>> {
    let stem_of = |order: usize| list.get(order).map_or("", |(at, _)| reader.stem(*at));
    let joined = |a: &str, b: &str| if a.is_empty() || b.is_empty() { String::new() } else { format!("{a}{b}") };
    let others = |order: usize| {
        let starts = ACTS.by_first.get(stem_of(order)).map_or(&[][..], Vec::as_slice);
        let stands = move |(group, place): &&(usize, usize)| {
            ACTS.groups[*group][*place].iter().enumerate().all(|(n, part)| stem_of(order + n) == part)
        };
        starts.iter().filter(stands).flat_map(|(group, _)| &ACTS.groups[*group]).filter_map(|act| {
            match act.as_slice() {
                [one] => Some(one.as_str()),
                _ => None,
            }
        })
    };
    list.iter()
        .enumerate()
        .map(|(order, (at, optional))| Content {
            at: *at,
            stem: reader.stem(*at),
            optional: *optional,
            pairs: [
                joined(stem_of(order), stem_of(order + 1)),
                order.checked_sub(1).map_or(String::new(), |before| joined(stem_of(before), stem_of(order))),
            ],
            acts: others(order).collect(),
        })
        .collect()
}

fn looks(reader: &Reader<'_>, at: usize) -> bool {
    ACTS.reads.iter().any(|verb| verb == reader.stem(at))
}

pub fn is_light(reader: &Reader<'_>, at: usize) -> bool {
    ACTS.light.iter().any(|verb| verb == reader.stem(at))
}

/// (score, whether the act itself is covered, required words that are not).
fn measure(tool: &ToolWords, content: &[Content<'_>], reads: bool) -> (i32, bool, Vec<usize>) {
    let (mut score, mut key, mut missing) = (0, false, Vec::new());
    let mut used: Vec<&str> = Vec::new();
    let mut term = false;
    for (order, word) in content.iter().enumerate() {
        let (level, covers, local) = known_by(tool, content, order);
        score += level;
        key |= covers;
        used.extend(local);
        term |= level == TERM;
        if level == 0 && !word.optional {
            missing.push(word.at);
        }
    }
    let spare = tool.local.iter().filter(|local| !(used.contains(&local.as_str()) || reads && is_read(local)));
    // A bare verb leaves open which object is meant.
    let bare = content.len() == 1 && !tool.reads;
    if !term && !bare {
        score -= 2 * i32::try_from(spare.count()).unwrap_or(9);
    }
    if tool.reads && !reads {
        score -= 3;
    }
    (score, key, missing)
}

/// "write to customers" is not "write off": a verb's particle belongs to it.
fn lacks_particle(tool: &ToolWords, content: &[Content<'_>]) -> bool {
    let particle = tool.local.get(1).filter(|word| PARTICLES.contains(&word.as_str()));
    particle.is_some_and(|particle| {
        !content.iter().any(|word| word.is(particle) || word.pairs.iter().any(|p| p.ends_with(particle.as_str())))
    }) && !tool.terms.iter().any(|term| term.iter().all(|stem| content.iter().any(|word| word.is(stem))))
}

/// How well a tool is known by one word: (its share of the score, whether it covers the act, the part of the name it is).
fn known_by<'t>(tool: &'t ToolWords, content: &[Content<'_>], order: usize) -> (i32, bool, Option<&'t str>) {
    let word = &content[order];
    let has = |list: &[String], stem: &str| list.iter().any(|known| known == stem);
    let light = word.optional && order == 0;
    let in_term = tool
        .terms
        .iter()
        .any(|term| has(term, word.stem) && term.iter().all(|stem| content.iter().any(|c| c.stem == stem)));
    if in_term {
        return (TERM, true, None);
    }
    if let Some(local) = tool.local.iter().find(|local| word.is(local)) {
        return (LOCAL, !word.optional || is_act(local), Some(local));
    }
    if let Some(local) = tool.local.iter().find(|local| word.acts.contains(&local.as_str())) {
        return (ACT, !light || content.len() == 1, Some(local));
    }
    if tool.server.iter().any(|part| word.is(part)) {
        return (SERVER, false, None);
    }
    if has(&tool.title, word.stem) {
        return (TITLE, order == 0 && !light, None);
    }
    if has(&tool.description, word.stem) {
        let first = tool.description.first().is_some_and(|first| first == word.stem);
        return (DESCRIPTION, content.len() > 1 && !light && first, None);
    }
    let far = word.acts.iter().any(|act| has(&tool.description, act) || has(&tool.title, act));
    (if far { FAR } else { 0 }, false, None)
}

/// Whether a tool is known by this very word.
fn is_own(reader: &Reader<'_>, stem: &str) -> bool {
    reader.index.tools.iter().any(|tool| tool.local.iter().any(|word| word == stem))
}

fn is_read(stem: &str) -> bool {
    ACTS.reads.iter().any(|verb| verb == stem)
}

fn is_act(stem: &str) -> bool {
    !is_read(stem)
}

/// "the help desk", "all billing tools", "anything in the CRM": a server's name for all its tools.
fn server(reader: &Reader<'_>, words: &[usize]) -> Option<(Bound, bool)> {
    let mut using = false;
    let mut rest: Vec<&str> = Vec::new();
    for at in words {
        let low = reader.low(*at);
        let tool_noun = matches!(
            low,
            "tool"
                | "tools"
                | "action"
                | "actions"
                | "system"
                | "systems"
                | "everything"
                | "anything"
                | "operations"
                | "functions"
                | "nothing"
                | "server"
        );
        let verb = matches!(
            low,
            "use"
                | "using"
                | "access"
                | "accessing"
                | "work"
                | "working"
                | "do"
                | "touch"
                | "used"
                | "uses"
                | "touching"
                | "operate"
        );
        using |= tool_noun || verb;
        if !tool_noun && !verb && !NOISE.contains(&low) {
            rest.push(reader.stem(*at));
        }
    }
    let joined: String = rest.concat();
    let (_, server) = reader.index.servers.iter().find(|(stems, _)| {
        !rest.is_empty() && (stems.iter().map(String::as_str).eq(rest.iter().copied()) || stems.concat() == joined)
    })?;
    let local = reader.index.tools.iter().any(|tool| {
        tool.terms.iter().any(|term| term.iter().map(String::as_str).eq(rest.iter().copied()))
            || tool.local.iter().map(String::as_str).eq(rest.iter().copied())
    });
    (using || !local).then(|| (Bound::Tool(format!("{server}.*"), if using { 0 } else { 3 }), using))
}
