"""A server for the tool celsius@1: python3 celsius_server.py [PORT], 8077 without one."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Celsius(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        try:
            fahrenheit = json.loads(self.rfile.read(length))["fahrenheit"]
            self.answer(200, {"celsius": round((fahrenheit - 32) / 1.8, 2)})
        except (ValueError, KeyError, TypeError) as error:
            self.answer(422, {"error": f"want fahrenheit, a number: {error}"})

    def answer(self, status: int, body: dict) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8077
    ThreadingHTTPServer(("localhost", port), Celsius).serve_forever()
