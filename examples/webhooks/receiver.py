"""Receives a webhook and verifies it: python3 receiver.py SECRET [PORT]"""
import base64, hashlib, hmac, json, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

key = base64.b64decode(sys.argv[1].removeprefix("whsec_"))

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        id, at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        mac = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
        mine = "v1," + base64.b64encode(mac).decode()
        good = any(hmac.compare_digest(each, mine) for each in self.headers["webhook-signature"].split())
        fresh = abs(time.time() - int(at)) < 300
        if good and fresh:
            print(id, json.loads(body)["type"], flush=True)  # the same id again is the same event again
        self.send_response(204 if good and fresh else 401)
        self.end_headers()

HTTPServer(("localhost", int(sys.argv[2]) if len(sys.argv) > 2 else 9000), Receiver).serve_forever()
