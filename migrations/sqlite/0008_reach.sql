-- Messages that grow at Slack: what each shows by now (never its words), and when it is ended if nothing more comes.

CREATE TABLE streams (
    slot TEXT PRIMARY KEY,
    shown TEXT NOT NULL,
    ends_us INTEGER NOT NULL
) STRICT;
CREATE INDEX streams_ends ON streams (ends_us);

-- Copies of tasks that positions in the shadow of others work on.
CREATE TABLE shadows (
    task INTEGER PRIMARY KEY REFERENCES tasks (id),
    original INTEGER NOT NULL REFERENCES tasks (id),
    position TEXT NOT NULL
) STRICT;
CREATE INDEX shadows_original ON shadows (original);

-- How long people say that their work took, with what that cost by the rate of the day.
CREATE TABLE efforts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task INTEGER NOT NULL REFERENCES tasks (id),
    by_user TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    cost_micros INTEGER,
    currency TEXT,
    at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX efforts_at ON efforts (at_us);

-- Results of people have no run.
CREATE TABLE results_of_all (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task INTEGER NOT NULL REFERENCES tasks (id),
    run INTEGER REFERENCES runs (id),
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
INSERT INTO results_of_all SELECT id, task, run, position, kind, version, text, digest, rating, by_user, reason, at_us, judged_us FROM results;
DROP TABLE results;
ALTER TABLE results_of_all RENAME TO results;
CREATE INDEX results_task ON results (task);
CREATE INDEX results_position ON results (position, at_us);
