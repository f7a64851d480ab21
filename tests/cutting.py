"""A line that breaks in the middle of a picture: a proxy before the site that counts what is sent of pictures, and cuts it."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

BLOCK = 4096


@dataclass
class Line:
    """`sent`: bytes of pictures that went over it, again or not. `cut_at`: it breaks once when so many have gone. `dark`: nothing
    of pictures goes through. `way` says for each piece what becomes of it."""

    sent: int = 0
    cut_at: int | None = None
    dark: bool = False
    cuts: int = 0
    way: Callable[[], str] = lambda: "passes"
    asked: list[str] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def carries(self, count: int) -> bool:
        """Whether these bytes go through."""
        with self.lock:
            self.sent += count
            if self.cut_at is not None and self.sent >= self.cut_at:
                self.cut_at = None
                self.cuts += 1
                return False
            return True


@contextmanager
def cutting(site: str) -> Iterator[tuple[str, Line]]:
    """The proxy's address, and the line to break."""
    target, line = urlsplit(site).netloc, Line()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            picture = "/pictures/" in self.path and self.path.startswith("/api/")
            line.asked += [self.command] if picture else []
            line.pieces += [int(self.headers["Content-Length"])] if picture and self.command == "PATCH" else []
            if picture and line.dark:
                self.close_connection = True
                return
            body = self._body(picture)
            if body is None:
                self.close_connection = True
                return
            way = line.way() if picture and self.command == "PATCH" else "passes"
            line.cuts += way != "passes"
            getattr(self, f"_{way}")(body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _any

        def _body(self, picture: bool) -> bytes | None:
            body, left = b"", int(self.headers.get("Content-Length") or 0)
            while left:
                block = self.rfile.read(min(BLOCK, left))
                body, left = body + block, left - len(block)
                if picture and not line.carries(len(block)):
                    return None
            return body

        def _passes(self, body: bytes) -> None:
            self._answer(*self._forward(body))

        def _lost(self, _body: bytes) -> None:
            self.close_connection = True

        def _unheard(self, body: bytes) -> None:
            self._forward(body)
            self.close_connection = True

        def _busy(self, _body: bytes) -> None:
            self._answer(503, {"Content-Type": "application/problem+json"}, b'{"title": "busy"}')

        def _portal(self, _body: bytes) -> None:
            self._answer(200, {"Content-Type": "text/html"}, b"<h1>Welcome to our Wi-Fi</h1>")

        def _refusing_portal(self, _body: bytes) -> None:
            self._answer(422, {"Content-Type": "text/html"}, b"<h1>Accept our terms</h1>")

        def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            connection = http.client.HTTPConnection(target)
            left_out = ("connection", "host", "content-length")
            headers = {name: value for name, value in self.headers.items() if name.lower() not in left_out}
            length = {"Content-Length": str(len(body))} if "Content-Length" in self.headers else {}
            connection.request(self.command, self.path, body or None, {**headers, **length, "Host": self.headers["Host"]})
            response = connection.getresponse()
            answer = response.read()
            connection.close()
            return response.status, dict(response.headers), answer

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in ("connection", "content-length", "server", "date"):
                    self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            """Silent: the line tells."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", line
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
