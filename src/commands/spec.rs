//! What a command is: its names, its help, and how its arguments are read. Help is generated from these.

use super::asked::Asked;

/// One command; each has its own file with one of these.
#[derive(Debug)]
pub struct Spec {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub group: Group,
    /// "approve A-31"
    pub usage: &'static str,
    /// One line, verb first.
    pub about: &'static str,
    /// Whole texts that [`super::parse()`] reads as this command; a test reads each.
    pub examples: &'static [&'static str],
    /// Reads what stands after the name.
    pub read: fn(&str) -> Asked,
    /// When the same words are a command in a mention, where most texts are work.
    pub mention: InMention,
}

/// Groups of the help, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Ask,
    Decide,
    Steer,
    Administer,
}

impl Group {
    pub const ALL: [Self; 4] = [Self::Ask, Self::Decide, Self::Steer, Self::Administer];

    pub fn title(self) -> &'static str {
        match self {
            Self::Ask => "Ask",
            Self::Decide => "Decide",
            Self::Steer => "Steer",
            Self::Administer => "Administer",
        }
    }
}

/// What must follow the name before a mention counts as this command. "Cancel my subscription" is work; "cancel T-17" is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InMention {
    /// A task's or an approval's id, then anything.
    WithId,
    /// Nothing, or just an id.
    AloneOrId,
    /// Nothing, or the name of a command.
    AloneOrCommand,
    /// An id, `all`, or up to two words that name a worker; the roster must know them, else it is work.
    Worker,
    /// Nothing, or what [`Self::Worker`] takes.
    AloneOrWorker,
    /// Anything, as long as the command's own name was used and no alias.
    ByFullName,
}

impl Spec {
    /// Name and aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}
