//! Whether one set of directives is looser than another, by their rules alone.
