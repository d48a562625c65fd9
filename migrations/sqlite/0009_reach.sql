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
