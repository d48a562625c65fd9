-- What each decision was made from, so that another set of directives can be asked the same again.
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('route', 'action')),
    task INTEGER NOT NULL REFERENCES tasks (id),
    action INTEGER REFERENCES actions (id),
    conversation TEXT NOT NULL,
    directives_digest TEXT NOT NULL,
    facts TEXT, -- erasable
    outcome TEXT NOT NULL,
    at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX decisions_at ON decisions (at_us, id);
CREATE INDEX decisions_task ON decisions (task);
CREATE INDEX decisions_action ON decisions (action) WHERE action IS NOT NULL;

-- From when on an action counts in running totals: since it was allowed.
ALTER TABLE actions ADD COLUMN counts_from_us INTEGER;
UPDATE actions SET counts_from_us = planned_us WHERE state IN ('allowed', 'started', 'done', 'unknown');
CREATE INDEX actions_counts ON actions (counts_from_us, id) WHERE counts_from_us IS NOT NULL;

-- One set of directives instead of another: who agreed to it, and which one is in force.
CREATE TABLE directive_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL REFERENCES directive_sets (digest),
    instead_of TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'declined', 'accepted', 'in_force', 'past')),
    body TEXT NOT NULL,
    found_us INTEGER NOT NULL,
    decided_by TEXT,
    decided_us INTEGER
) STRICT;
CREATE INDEX directive_changes_pair ON directive_changes (digest, instead_of, id);
CREATE UNIQUE INDEX directive_changes_in_force ON directive_changes (state) WHERE state = 'in_force';
INSERT INTO directive_changes (digest, instead_of, state, body, found_us, decided_us)
    SELECT digest, '', 'in_force', '{}', loaded_us, loaded_us FROM directive_sets ORDER BY loaded_us DESC, digest LIMIT 1;

-- A sentence that somebody wants to stand in the directives.
CREATE TABLE rule_proposals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL CHECK (state IN ('new', 'waiting', 'taking', 'taken', 'declined', 'refused')),
    sentence TEXT NOT NULL,
    by_team TEXT NOT NULL,
    by_user TEXT NOT NULL,
    body TEXT NOT NULL,
    proposed_us INTEGER NOT NULL,
    decided_by TEXT,
    decided_us INTEGER
) STRICT;
CREATE INDEX rule_proposals_open ON rule_proposals (id) WHERE state IN ('new', 'taking');
