-- What servers offer and nobody accepted yet: for each tool the newest definition that its keeper was shown.

CREATE TABLE tool_offers (
    tool TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    definition TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('shown', 'accepted', 'taken', 'off', 'void')),
    told TEXT NOT NULL,
    decided_by TEXT,
    changed_us INTEGER NOT NULL
) STRICT;
