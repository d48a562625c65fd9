-- A refund's answer that was used, a guard that fell, and a promise that was missed.

INSERT INTO results (id, task, run, position, kind, version, text, digest, rating, by_user, reason, at_us, judged_us) VALUES
    (1, 1, 1, 'finance-agent', 'answer', 1, 'Refunded $450.00 to Bluebird Cafe for order ORD-1042 (Espresso grinder).', 'sha256:3dc54ded490c980bbda68e901c591bd3b9edac8b8651f97899dae41de5095334', 'used', 'U0ANA', NULL, 1788940800000000, 1788940860000000);

INSERT INTO guards (guard, position, consequence, origin, value, fallen_us, counts_from_us) VALUES
    ('finance-agent|acceptance|below|80000000|30', 'finance-agent', 'notify', '{"file":"approvals.md","line":30,"column":1,"text":"When fewer than 80% of the finance agent''s proposals are accepted over a month, tell Dana."}', 60000000, 1788940800000000, 0);

INSERT INTO promises (task, what, due_us, origin, at_us, missed_us) VALUES
    (1, 'respond', 1788941700000000, '{"file":"routing.md","line":30,"column":1,"text":"Billing questions get a first answer in 15 minutes."}', 1788940800000000, NULL);

INSERT INTO questions (run, task, asked_us, remind_us, due_us) VALUES
    (1, 1, 1788940800000000, NULL, 1789027200000000);
