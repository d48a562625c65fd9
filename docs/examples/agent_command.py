"""An agent as a program: one line of JSON in, one line of JSON out. Python's standard library is enough."""
import json
import re
import sys


def outcome(question, name):
    """What the last call of this name gave, or None."""
    found = None
    calls = {}
    for turn in question["turns"]:
        for call in turn.get("worker", {}).get("calls", []):
            calls[call["id"]] = call["name"]
        for result in turn.get("outcomes", []):
            if calls.get(result["id"]) == name:
                found = result
    return found


def answer(question):
    order = re.search(r"ORD-\d+", question["request"])
    if not order:
        return {"calls": [{"name": "cannot_do", "arguments": {"why": "no order number was given"}}]}
    looked_up = outcome(question, "orders.get")
    if looked_up is None:
        return {"calls": [{"name": "orders.get", "arguments": {"id": order.group()}}]}
    if looked_up["failed"]:
        return {"text": f"I could not look up {order.group()}: {looked_up['text']}"}
    found = json.loads(looked_up["text"])
    return {"text": f"{found['id']} ({found['item']}) is {found['status']}.", "usage": {"cost": {"micros": 1500, "currency": "USD"}}}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
    break
