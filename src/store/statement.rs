//! The statement table: every statement is a constant, portable or a pair, and is prepared on both engines in a test.

/// Which database speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// One statement with what a test can check of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stmt {
    pub name: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
    /// How many parameters, `$1` to `$n`.
    pub params: usize,
    /// The columns that it returns, in order.
    pub columns: &'static [&'static str],
}

impl Stmt {
    pub const fn on(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

/// Declares a room's statements and their list:
/// `statements! { STATEMENTS; PUT (2) -> [id] = { "INSERT … RETURNING id" } TAKE (1) -> [] = { sqlite "…" postgres "…" } }`
#[macro_export]
macro_rules! statements {
    (@pick $both:literal) => { ($both, $both) };
    (@pick sqlite $lite:literal postgres $pg:literal) => { ($lite, $pg) };
    ($list:ident; $( $name:ident ($params:literal) -> [$($column:ident),* $(,)?] = { $($sql:tt)+ } )+) => {
        $(
            const $name: $crate::store::Stmt = {
                let (sqlite, postgres) = $crate::statements!(@pick $($sql)+);
                $crate::store::Stmt {
                    name: stringify!($name), sqlite, postgres, params: $params, columns: &[$(stringify!($column)),*],
                }
            };
        )+
        /// Every statement of this room, so that a test can prepare each on both engines.
        pub const $list: &[$crate::store::Stmt] = &[$($name),+];
    };
}
