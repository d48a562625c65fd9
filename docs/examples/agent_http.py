"""An agent over HTTP. It checks who asks, says 202, and answers by a signed POST of its own. Standard library only."""
import hashlib, hmac, json, os, sys, threading, time, urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = os.environ["AGENT_SECRET"].encode()
CALLBACK = os.environ["WORKFORCE_CALLBACK"]  # http://127.0.0.1:8788/agents/orders-agent


def sign(stamp, body):
    return "v1=" + hmac.new(SECRET, b"v1:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def answer(question):
    body = json.dumps({"run": question["run"], "question": question["question"], "text": "Your parcel is on its way."}).encode()
    stamp = str(int(os.environ.get("AGENT_TIME", time.time())))
    headers = {"X-Workforce-Timestamp": stamp, "X-Workforce-Signature": sign(stamp, body)}
    urllib.request.urlopen(urllib.request.Request(CALLBACK, body, headers))


class Agent(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = sign(self.headers["X-Workforce-Timestamp"], body)
        genuine = hmac.compare_digest(signed, self.headers["X-Workforce-Signature"])
        self.send_response(202 if genuine else 401)
        self.end_headers()
        if genuine:
            threading.Thread(target=answer, args=[json.loads(body)]).start()


server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Agent)
print(server.server_port, flush=True)
server.serve_forever()
