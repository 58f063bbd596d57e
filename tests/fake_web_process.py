"""A web process of a few lines: says where it listens, answers with its process id, ends when stdin does.

Its settings may make it fail to start.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        told = str(os.getpid()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


def main() -> None:
    settings = json.loads(sys.stdin.readline())
    if settings.get("fails"):
        sys.stdout.write(json.dumps({"error": settings["fails"]}) + "\n")
        raise SystemExit(1)
    if settings.get("dies"):
        raise SystemExit(3)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps({"port": server.server_port}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
