-- Workflows under way: what each began with, and every piece of work that it gave to somebody.

CREATE TABLE workflow_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task INTEGER NOT NULL UNIQUE REFERENCES tasks (id),
    name TEXT NOT NULL,
    definition TEXT NOT NULL, -- the workflow as it was when it began
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled')),
    version INTEGER NOT NULL, -- raised at every look, so that two lookers cannot both decide
    due_us INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    ended_us INTEGER
) STRICT;
CREATE INDEX workflow_runs_due ON workflow_runs (due_us) WHERE ended_us IS NULL;

CREATE TABLE workflow_steps (
    run INTEGER NOT NULL REFERENCES workflow_runs (id),
    kind TEXT NOT NULL CHECK (kind IN ('step', 'recovery', 'undo')),
    n INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    task INTEGER NOT NULL UNIQUE REFERENCES tasks (id),
    state TEXT NOT NULL CHECK (state IN ('gated', 'given', 'done', 'failed', 'cancelled')),
    result TEXT, -- erasable
    why TEXT, -- erasable
    started_us INTEGER NOT NULL,
    ended_us INTEGER,
    PRIMARY KEY (run, kind, n, attempt)
) STRICT;
