-- Pots of budgets within their windows, and every call that spends. What a call may cost at most is reserved before it is made.

CREATE TABLE budget_windows (
    budget TEXT NOT NULL,
    from_us BIGINT NOT NULL,
    until_us BIGINT,
    currency TEXT NOT NULL,
    granted_micros BIGINT NOT NULL,
    settled_micros BIGINT NOT NULL,
    reserved_micros BIGINT NOT NULL,
    open BIGINT NOT NULL,
    uncounted BIGINT NOT NULL,
    alerted BIGINT NOT NULL,
    PRIMARY KEY (budget, from_us)
);

CREATE TABLE spending (
    call TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('model', 'tool')),
    task BIGINT NOT NULL REFERENCES tasks (id),
    run BIGINT NOT NULL REFERENCES runs (id),
    position TEXT NOT NULL,
    requester TEXT NOT NULL,
    model TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'settled', 'doubt')),
    windows TEXT NOT NULL,
    reserved_micros BIGINT NOT NULL,
    cost_micros BIGINT,
    currency TEXT,
    tokens TEXT,
    uncounted BIGINT,
    fence BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    settled_us BIGINT
);
CREATE INDEX spending_run ON spending (run) WHERE state = 'reserved';
CREATE INDEX spending_at ON spending (at_us, kind, position);
