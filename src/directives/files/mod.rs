//! Files → a set of directives.

mod company;
mod front;
mod page;
mod people;
mod place;
mod playbook;
mod prose;
mod role;
mod split;
mod steps;
mod takes;
mod words;
