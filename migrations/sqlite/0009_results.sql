-- What agents' work was worth to those who asked, the guards that look at it, and what was promised about time. Texts are erasable.

CREATE TABLE results (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task INTEGER NOT NULL REFERENCES tasks (id),
    run INTEGER NOT NULL REFERENCES runs (id),
    position TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('answer', 'check', 'proposal')),
    version INTEGER NOT NULL,
    text TEXT, -- erasable
    digest TEXT NOT NULL,
    rating TEXT CHECK (rating IN ('used', 'refined', 'wrong')),
    by_user TEXT,
    reason TEXT, -- erasable
    at_us INTEGER NOT NULL,
    judged_us INTEGER
) STRICT;
CREATE INDEX results_task ON results (task);
CREATE INDEX results_position ON results (position, at_us);

CREATE TABLE guards (
    guard TEXT PRIMARY KEY,
    position TEXT NOT NULL,
    consequence TEXT NOT NULL,
    origin TEXT NOT NULL,
    value INTEGER NOT NULL,
    fallen_us INTEGER,
    counts_from_us INTEGER NOT NULL
) STRICT;
CREATE INDEX guards_position ON guards (position) WHERE fallen_us IS NOT NULL;

CREATE TABLE promises (
    task INTEGER NOT NULL REFERENCES tasks (id),
    what TEXT NOT NULL CHECK (what IN ('respond', 'resolve')),
    due_us INTEGER NOT NULL,
    origin TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    missed_us INTEGER,
    PRIMARY KEY (task, what)
) STRICT;
CREATE INDEX promises_due ON promises (due_us) WHERE missed_us IS NULL;
CREATE INDEX spending_task ON spending (task);

-- Questions that runs wait with: when to remind whoever was asked, and when the task is given back.
CREATE TABLE questions (
    run INTEGER PRIMARY KEY REFERENCES runs (id),
    task INTEGER NOT NULL REFERENCES tasks (id),
    asked_us INTEGER NOT NULL,
    remind_us INTEGER,
    due_us INTEGER NOT NULL
) STRICT;
CREATE INDEX questions_due ON questions (due_us);
