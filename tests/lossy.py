"""A network as people have it underground: a proxy before the site that loses, cuts, or answers for the server."""

import http.client
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

WAYS = ("passes", "lost", "cut", "busy", "broken", "portal", "refusing portal", "half")
WEIGHTS = (58, 10, 12, 6, 4, 4, 3, 3)
"""What becomes of a hundred sendings. `cut` and `half` reach the server, and the phone never learns of it."""
REPORTS = "/api/v1/reports"


def lossy(seed: int) -> Callable[[], str]:
    """Chooses a way for each sending; the same seed gives the same bad day."""
    chance = random.Random(seed)
    return lambda: chance.choices(WAYS, WEIGHTS)[0]


@contextmanager
def proxy(site: str, choose: Callable[[], str]) -> Iterator[tuple[str, Counter[str]]]:
    """The proxy's address and what it has done so far. Everything but the filing of reports passes untouched."""
    target, done = urlsplit(site).netloc, Counter[str]()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(*self._forward(b""))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            way = choose() if self.path == REPORTS else "passes"
            done[way] += 1
            getattr(self, "_" + way.replace(" ", "_"))(body)

        def _passes(self, body: bytes) -> None:
            self._answer(*self._forward(body))

        def _lost(self, _body: bytes) -> None:
            self.close_connection = True

        def _cut(self, body: bytes) -> None:
            self._forward(body)
            self.close_connection = True

        def _busy(self, _body: bytes) -> None:
            self._answer(503, {"Content-Type": "application/problem+json", "Retry-After": "2"}, b'{"title": "busy"}')

        def _broken(self, _body: bytes) -> None:
            self._answer(500, {"Content-Type": "text/html"}, b"<h1>Internal error</h1>")

        def _portal(self, _body: bytes) -> None:
            self._answer(200, {"Content-Type": "text/html"}, b"<h1>Welcome to our Wi-Fi</h1>")

        def _refusing_portal(self, _body: bytes) -> None:
            self._answer(422, {"Content-Type": "application/json"}, b'{"errors": [{"message": "accept our terms"}]}')

        def _half(self, body: bytes) -> None:
            status, headers, answer = self._forward(body)
            self._answer(status, headers, answer, len(answer) // 2)

        def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            connection = http.client.HTTPConnection(target)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "host")}
            connection.request(self.command, self.path, body or None, {**headers, "Host": self.headers["Host"]})
            response = connection.getresponse()
            answer = response.read()
            connection.close()
            done["replays"] += response.headers.get("Idempotency-Replayed") == "true"
            return response.status, dict(response.headers), answer

        def _answer(self, status: int, headers: dict[str, str], body: bytes, cut_at: int | None = None) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in ("connection", "content-length", "server", "date"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:cut_at])
            self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            """Silent: the counter tells."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", done
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
