//! Files → a set of directives.

mod company;
mod front;
mod page;
mod people;
mod place;
mod prose;
mod split;
