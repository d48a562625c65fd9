-- A message that grows: one step is done, and one sentence was said.

INSERT INTO streams (slot, shown, ends_us) VALUES
    ('task:1:held:1', '{"begun":1788940800000000,"steps":[[1,"done"]],"words":8,"digest":"sha256:0a1ca1ae2f4a6fd0d9b7ba20d4f7b8fb7a5ddb1a5d3f3f5a3b0c1f0c7f3a4b1e"}', 1788940820000000);

-- A task, and the copy of it that a shadow worked on.
INSERT INTO tasks (id, conversation, team, channel, channel_kind, root_ts, message_ts, source, requester, text, text_digest, above, edited, state, priority, directives_digest, routing, created_us, answered_us, ended_us)
    SELECT 900, 'shadow:1:orders-shadow', team, channel, channel_kind, root_ts, '', 'shadow', requester, text, text_digest, above, NULL, 'done', priority, directives_digest, routing, created_us, NULL, ended_us FROM tasks WHERE id = 1;
INSERT INTO shadows (task, original, position) VALUES
    (900, 1, 'orders-shadow');

-- Half an hour of Dana's, at $45 an hour.
INSERT INTO efforts (task, by_user, minutes, cost_micros, currency, at_us) VALUES
    (1, 'U0DANA', 30, 22500000, 'USD', 1788940860000000);
