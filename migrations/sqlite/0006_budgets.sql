-- Pots of budgets within their windows, and every call that spends. What a call may cost at most is reserved before it is made.

CREATE TABLE budget_windows (
    budget TEXT NOT NULL,
    from_us INTEGER NOT NULL,
    until_us INTEGER,
    currency TEXT NOT NULL,
    granted_micros INTEGER NOT NULL,
    settled_micros INTEGER NOT NULL,
    reserved_micros INTEGER NOT NULL,
    open INTEGER NOT NULL,
    uncounted INTEGER NOT NULL,
    alerted INTEGER NOT NULL,
    PRIMARY KEY (budget, from_us)
) STRICT;

CREATE TABLE spending (
    call TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('model', 'tool')),
    task INTEGER NOT NULL REFERENCES tasks (id),
    run INTEGER NOT NULL REFERENCES runs (id),
    position TEXT NOT NULL,
    requester TEXT NOT NULL,
    model TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'settled', 'doubt')),
    windows TEXT NOT NULL,
    reserved_micros INTEGER NOT NULL,
    cost_micros INTEGER,
    currency TEXT,
    tokens TEXT,
    uncounted INTEGER,
    fence INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    settled_us INTEGER
) STRICT;
CREATE INDEX spending_run ON spending (run) WHERE state = 'reserved';
CREATE INDEX spending_at ON spending (at_us, kind, position);
