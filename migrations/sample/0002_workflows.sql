-- A workflow that ended: its one step was the refund of the sample before.

INSERT INTO workflow_runs (id, task, name, definition, state, version, due_us, created_us, ended_us) VALUES
    (1, 1, 'refund', '{"name":"refund","file":"workflows/refund.md","line":3,"text":"When a request mentions a refund:","when":{"mentions":["refund"]},"steps":[{"n":1,"line":5,"who":"agent:finance-agent","do":"make the refund","after":[],"parallel":false,"text":"The finance agent makes the refund.","paraphrase":"Finn (finance-agent): make the refund."}]}', 'done', 2, 1788940800000000, 1788940800000000, 1788940800000000);

INSERT INTO workflow_steps (run, kind, n, attempt, task, state, result, why, started_us, ended_us) VALUES
    (1, 'step', 1, 1, 1, 'done', '{"text":"Refunded $450.00."}', NULL, 1788940800000000, 1788940800000000);
