-- A grant of Dana's that is used up, how she was asked about the refund, and a list.

INSERT INTO grants (id, team, user_id, worker, tool, body, state, uses, used, until_us, given_us, ended_us) VALUES
    (1, 'T0ACME', 'U0DANA', 'agent:finance-agent', 'billing.refund', '{"by":"dana","terms":{"worker":"agent:finance-agent","tool":"billing.refund","tool_digest":"sha256:aa","at_most":{"micros":500000000,"currency":"USD"},"only":{},"arguments":["amount_cents","idempotency_key","order_id","reason"],"uses":1,"until":1789027200000000,"from":1,"like":1}}', 'used_up', 1, 1, 1789027200000000, 1788940800000000, 1788940800000000);

INSERT INTO grant_uses (grant_id, n, approval, micros, at_us) VALUES
    (1, 1, 1, 450000000, 1788940800000000);

INSERT INTO prompt_lists (id, user_id, likeness, revision, opened_us) VALUES
    (1, 'U0OMAR', 'sha256:bb', 1, 1788940800000000);

INSERT INTO prompts (approval, user_id, likeness, way, list, due_us, counted, at_us, details_us) VALUES
    (1, 'U0DANA', 'sha256:bb', 'card', NULL, NULL, 1, 1788940800000000, 1788940860000000),
    (1, 'U0OMAR', 'sha256:bb', 'list', 1, NULL, 0, 1788940800000000, NULL);
