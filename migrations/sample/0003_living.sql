-- The same refund as the record of decisions has it, a set that was in force before, and a sentence that somebody proposed.

INSERT INTO decisions (id, kind, task, action, conversation, directives_digest, facts, outcome, at_us) VALUES
    (1, 'route', 1, NULL, 'T0ACME:C0SUPPORT:1788940800.000000', 'sha256:d5a8a3ebc3c2eabba03fe8d1ff25f65c92ede425abed282b87e999f0a1fe3add', '{"of":"route","text":"please refund ORD-1042, $450, it arrived broken","channel":"support","asker":{"account":{"team":"T0ACME","user":"U0ANA"},"email":"ana@acme.test"},"from_bot":null,"source":"mention","lessons":0}', '{"of":"route","to":["agent:finance-agent"],"priority":"normal","confidence":1.0,"because":[{"file":"routing.md","line":7,"text":"Billing questions go to the finance agent."}],"candidates":[],"settled":"rule"}', 1788940800000000),
    (2, 'action', 1, 2, 'T0ACME:C0SUPPORT:1788940800.000000', 'sha256:d5a8a3ebc3c2eabba03fe8d1ff25f65c92ede425abed282b87e999f0a1fe3add', NULL, '{"of":"action","verdict":"approve","needs":[],"because":[{"origin":{"file":"approvals.md","line":8,"column":1,"text":"Refunds above $200 need approval from a finance manager, within 4 hours, otherwise ask @kim."},"says":"Refunds need approval."}]}', 1788940800000000);

INSERT INTO directive_changes (id, digest, instead_of, state, body, found_us, decided_by, decided_us) VALUES
    (2, 'sha256:d5a8a3ebc3c2eabba03fe8d1ff25f65c92ede425abed282b87e999f0a1fe3add', '', 'past', '{}', 1788940800000000, NULL, 1788940800000000);

INSERT INTO rule_proposals (id, state, sentence, by_team, by_user, body, proposed_us, decided_by, decided_us) VALUES
    (1, 'new', 'Refunds above $100 need approval from a finance manager.', 'T0ACME', 'U0ANA', '{}', 1788940800000000, NULL, NULL);
