-- Standing grants, how approvers were asked, and the lists on which they were asked about several actions at once.

CREATE TABLE grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    team TEXT NOT NULL,
    user_id TEXT NOT NULL,
    worker TEXT NOT NULL,
    tool TEXT NOT NULL,
    body TEXT, -- erasable
    state TEXT NOT NULL CHECK (state IN ('active', 'used_up', 'over', 'revoked', 'void')),
    uses INTEGER NOT NULL,
    used INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    given_us INTEGER NOT NULL,
    ended_us INTEGER
) STRICT;
CREATE INDEX grants_active ON grants (worker, tool) WHERE state = 'active';
CREATE INDEX grants_until ON grants (until_us) WHERE state = 'active';

CREATE TABLE grant_uses (
    grant_id INTEGER NOT NULL REFERENCES grants (id),
    n INTEGER NOT NULL,
    approval INTEGER NOT NULL REFERENCES approvals (id),
    micros INTEGER,
    at_us INTEGER NOT NULL,
    PRIMARY KEY (grant_id, n),
    UNIQUE (approval, grant_id)
) STRICT;

CREATE TABLE prompt_lists (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL,
    likeness TEXT,
    revision INTEGER NOT NULL,
    opened_us INTEGER NOT NULL
) STRICT;

CREATE TABLE prompts (
    approval INTEGER NOT NULL REFERENCES approvals (id),
    user_id TEXT NOT NULL,
    likeness TEXT NOT NULL,
    way TEXT NOT NULL CHECK (way IN ('card', 'list', 'queued')),
    list INTEGER REFERENCES prompt_lists (id),
    due_us INTEGER,
    counted INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    details_us INTEGER,
    PRIMARY KEY (approval, user_id)
) STRICT;
CREATE INDEX prompts_of ON prompts (user_id, at_us);
CREATE INDEX prompts_likeness ON prompts (likeness, approval);
CREATE INDEX prompts_queued ON prompts (due_us) WHERE way = 'queued';
CREATE INDEX prompts_list ON prompts (list) WHERE list IS NOT NULL;
