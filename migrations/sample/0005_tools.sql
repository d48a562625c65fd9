-- A tool that changed its words and waits for its keeper, and one that was kept off.

INSERT INTO tool_offers (tool, digest, definition, state, told, decided_by, changed_us) VALUES
    ('billing.refund', 'sha256:0c1d', '{"name": "billing.refund", "description": "Refunds an order, or a part of it.", "inputSchema": {"type": "object"}}', 'shown', 'U0KIM', NULL, 1788940800000000),
    ('billing.wire', 'sha256:7e02', '{"name": "billing.wire", "description": "Sends money anywhere.", "inputSchema": {"type": "object"}}', 'off', 'U0KIM', '{"team": "T0ACME", "user": "U0KIM"}', 1788940800000000);
