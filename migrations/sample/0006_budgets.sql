-- A budget of an agent in a week of which a fifth was added, with a call that was paid for and one that broke off.

INSERT INTO budget_windows (budget, from_us, until_us, currency, granted_micros, settled_micros, reserved_micros, open, uncounted, alerted) VALUES
    ('agent:finance-agent|week|USD', 1788732000000000, 1789336800000000, 'USD', 10000000, 2000, 500, 0, 1, 0);

INSERT INTO spending (call, kind, task, run, position, requester, model, state, windows, reserved_micros, cost_micros, currency, tokens, uncounted, fence, at_us, settled_us) VALUES
    ('action:2', 'tool', 1, 1, 'finance-agent', 'U0ANA', 'billing.refund', 'settled', '[["agent:finance-agent|week|USD",1788732000000000]]', 0, 2000, 'USD', NULL, 0, 3, 1788940800000000, 1788940800000000),
    ('run:1:1:1', 'model', 1, 1, 'finance-agent', 'U0ANA', 'acme/large-1', 'doubt', '[["agent:finance-agent|week|USD",1788732000000000]]', 500, NULL, 'USD', NULL, NULL, 1, 1788940800000000, NULL);
