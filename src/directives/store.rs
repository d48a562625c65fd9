//! Every set that was ever in force, by digest, so that a decision can be explained with the lines as they were then.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::store::{Store, StoreError, Tx, json};
use crate::{args, statements};

statements! { STATEMENTS;
    KEEP (3) -> [] = { "INSERT INTO directive_sets (digest, files, loaded_us) VALUES ($1, $2, $3) ON CONFLICT (digest) DO UPDATE SET loaded_us = excluded.loaded_us" }
    FILES (1) -> [files] = { "SELECT files FROM directive_sets WHERE digest = $1" }
    LOADED (1) -> [loaded_us] = { "SELECT loaded_us FROM directive_sets WHERE digest = $1" }
}

/// Keeps the texts of a set that comes into force.
pub async fn keep_set(
    tx: &mut Tx,
    digest: &str,
    files: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.run(&KEEP, args![digest, json(files), now]).await.map(|_| ())
}

/// The texts of a set, by path.
pub async fn files_of(store: &Store, digest: &str) -> Result<Option<BTreeMap<String, String>>, StoreError> {
    store.row(&FILES, args![digest]).await?.map(|row| row.json("files")).transpose()
}

/// When a set last came into force.
pub async fn loaded_at(store: &Store, digest: &str) -> Result<Option<Timestamp>, StoreError> {
    store.row(&LOADED, args![digest]).await?.map(|row| row.time("loaded_us")).transpose()
}
