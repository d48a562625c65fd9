-- Times are microseconds since 1970 (UTC). Columns named in comments as erasable may be set to NULL; nothing else of a
-- ledger row may ever change. Text columns that hold JSON hold types of ours, never Slack's.

CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    also TEXT UNIQUE,
    conversation TEXT,
    body TEXT, -- erasable
    body_digest TEXT NOT NULL,
    received_us INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'done', 'dead')),
    not_before_us INTEGER NOT NULL,
    lease_until_us INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    done_us INTEGER
) STRICT;
CREATE INDEX inbox_new ON inbox (id) WHERE state = 'new';
CREATE INDEX inbox_conversation ON inbox (conversation, id) WHERE state = 'new';

CREATE TABLE tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL,
    team TEXT NOT NULL,
    channel TEXT NOT NULL,
    channel_kind TEXT NOT NULL,
    root_ts TEXT NOT NULL,
    message_ts TEXT NOT NULL,
    source TEXT NOT NULL,
    requester TEXT NOT NULL,
    text TEXT, -- erasable
    text_digest TEXT NOT NULL,
    above TEXT, -- erasable
    edited TEXT, -- erasable
    state TEXT NOT NULL CHECK (state IN ('open', 'unsure', 'assigned', 'done', 'failed', 'cancelled')),
    priority TEXT NOT NULL,
    directives_digest TEXT NOT NULL,
    routing TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    answered_us INTEGER,
    ended_us INTEGER
) STRICT;
CREATE INDEX tasks_conversation ON tasks (conversation, id);
CREATE INDEX tasks_open ON tasks (id) WHERE ended_us IS NULL;
CREATE INDEX tasks_message ON tasks (channel, message_ts);

CREATE TABLE assignments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task INTEGER NOT NULL REFERENCES tasks (id),
    worker TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('offered', 'held', 'done', 'released')),
    because TEXT NOT NULL,
    since_us INTEGER NOT NULL,
    accepted_us INTEGER,
    until_us INTEGER,
    level INTEGER NOT NULL,
    due_us INTEGER
) STRICT;
CREATE UNIQUE INDEX assignments_current ON assignments (task) WHERE until_us IS NULL;
CREATE INDEX assignments_due ON assignments (due_us) WHERE until_us IS NULL AND due_us IS NOT NULL;
CREATE INDEX assignments_worker ON assignments (worker) WHERE until_us IS NULL;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task INTEGER NOT NULL REFERENCES tasks (id),
    position TEXT NOT NULL,
    driver TEXT NOT NULL,
    plan TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'waiting', 'done', 'failed', 'cancelled')),
    waiting TEXT,
    actor_chain TEXT NOT NULL,
    directives_digest TEXT NOT NULL,
    not_before_us INTEGER NOT NULL,
    lease_until_us INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    ended_us INTEGER
) STRICT;
CREATE INDEX runs_ready ON runs (id) WHERE state = 'ready';
CREATE INDEX runs_task ON runs (task);

CREATE TABLE steps (
    run INTEGER NOT NULL REFERENCES runs (id),
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    result TEXT, -- erasable
    fence INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (run, seq)
) STRICT;

CREATE TABLE actions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL REFERENCES runs (id),
    task INTEGER NOT NULL REFERENCES tasks (id),
    seq INTEGER NOT NULL,
    tool TEXT NOT NULL,
    proposal TEXT, -- erasable
    digest TEXT NOT NULL,
    as_name TEXT NOT NULL,
    says TEXT, -- erasable
    actor_chain TEXT NOT NULL,
    team TEXT NOT NULL,
    position TEXT NOT NULL,
    requester TEXT NOT NULL,
    autonomy TEXT NOT NULL,
    state TEXT NOT NULL,
    stage TEXT, -- erasable
    because TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    lease_until_us INTEGER NOT NULL,
    not_before_us INTEGER NOT NULL,
    cost_micros INTEGER,
    cost_currency TEXT,
    planned_us INTEGER NOT NULL,
    started_us INTEGER,
    ended_us INTEGER,
    UNIQUE (run, seq)
) STRICT;
CREATE INDEX actions_state ON actions (state, id);
CREATE INDEX actions_task ON actions (task);
-- Sums of costs are read from here alone: proposals and results are long.
CREATE INDEX actions_costs ON actions (started_us, position, requester, task, cost_currency, cost_micros);

CREATE TABLE approvals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    action INTEGER NOT NULL UNIQUE REFERENCES actions (id),
    task INTEGER NOT NULL REFERENCES tasks (id),
    state TEXT NOT NULL,
    revision INTEGER NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    shown TEXT NOT NULL,
    opened_us INTEGER NOT NULL,
    due_us INTEGER NOT NULL,
    decided_us INTEGER,
    spent_us INTEGER
) STRICT;
CREATE INDEX approvals_waiting ON approvals (due_us) WHERE decided_us IS NULL;

CREATE TABLE approval_votes (
    approval INTEGER NOT NULL REFERENCES approvals (id),
    user_id TEXT NOT NULL,
    handle TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('approve', 'deny')),
    reason TEXT, -- erasable
    at_us INTEGER NOT NULL,
    PRIMARY KEY (approval, user_id)
) STRICT;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slot TEXT NOT NULL,
    lane TEXT NOT NULL,
    conversation TEXT,
    body TEXT, -- erasable
    body_digest TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'superseded', 'parked')),
    attempts INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    lease_until_us INTEGER NOT NULL,
    not_before_us INTEGER NOT NULL,
    last_error TEXT,
    queued_us INTEGER NOT NULL,
    sent_us INTEGER
) STRICT;
CREATE INDEX outbox_open ON outbox (lane, id) WHERE state IN ('pending', 'sending');
CREATE INDEX outbox_slot ON outbox (slot, id) WHERE state IN ('pending', 'sending');

CREATE TABLE posts (
    slot TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    ts TEXT NOT NULL,
    thread_ts TEXT,
    outbox INTEGER NOT NULL,
    at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX posts_place ON posts (channel, ts);

CREATE TABLE ledger_heads (
    chain TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;

CREATE TABLE ledger (
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    kind TEXT NOT NULL,
    task INTEGER,
    payload TEXT, -- erasable
    payload_digest TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (chain, seq)
) STRICT;
CREATE INDEX ledger_task ON ledger (task, at_us);

CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
WHEN NEW.payload IS NOT NULL OR NEW.chain <> OLD.chain OR NEW.seq <> OLD.seq OR NEW.at_us <> OLD.at_us
    OR NEW.kind <> OLD.kind OR NEW.task IS NOT OLD.task OR NEW.payload_digest <> OLD.payload_digest
    OR NEW.previous <> OLD.previous OR NEW.hash <> OLD.hash
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE accounts (
    team TEXT NOT NULL,
    user_id TEXT NOT NULL,
    handle TEXT NOT NULL,
    body TEXT NOT NULL,
    updated_us INTEGER NOT NULL,
    PRIMARY KEY (team, user_id)
) STRICT;
CREATE INDEX accounts_handle ON accounts (handle);

CREATE TABLE channels (
    team TEXT NOT NULL,
    channel TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    updated_us INTEGER NOT NULL,
    PRIMARY KEY (team, channel)
) STRICT;

CREATE TABLE user_groups (
    user_group TEXT PRIMARY KEY,
    handle TEXT NOT NULL,
    members TEXT NOT NULL,
    updated_us INTEGER NOT NULL
) STRICT;

CREATE TABLE directive_sets (
    digest TEXT PRIMARY KEY,
    files TEXT NOT NULL,
    loaded_us INTEGER NOT NULL
) STRICT;

CREATE TABLE stops (
    what TEXT PRIMARY KEY,
    by_user TEXT NOT NULL,
    at_us INTEGER NOT NULL
) STRICT;

CREATE TABLE reviews (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    position TEXT NOT NULL,
    by_user TEXT NOT NULL,
    notes TEXT, -- erasable
    at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX reviews_position ON reviews (position, at_us);

CREATE TABLE schedule_marks (
    schedule TEXT PRIMARY KEY,
    seen_us INTEGER NOT NULL
) STRICT;

CREATE TABLE corrections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task INTEGER NOT NULL REFERENCES tasks (id),
    text TEXT, -- erasable
    route TEXT NOT NULL,
    by_user TEXT NOT NULL,
    at_us INTEGER NOT NULL
) STRICT;
