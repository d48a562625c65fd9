-- Messages that grow at Slack: what each shows by now (never its words), and when it is ended if nothing more comes.

CREATE TABLE streams (
    slot TEXT PRIMARY KEY,
    shown TEXT NOT NULL,
    ends_us BIGINT NOT NULL
);
CREATE INDEX streams_ends ON streams (ends_us);

-- Copies of tasks that positions in the shadow of others work on.
CREATE TABLE shadows (
    task BIGINT PRIMARY KEY REFERENCES tasks (id),
    original BIGINT NOT NULL REFERENCES tasks (id),
    position TEXT NOT NULL
);
CREATE INDEX shadows_original ON shadows (original);
