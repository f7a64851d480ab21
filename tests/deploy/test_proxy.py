"""The proxy with its real configuration, before two servers that say what reached them."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.guards.tree import ROOT

pytestmark = pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not installed")

CONFIGURATION = ROOT / "deploy/proxy/Caddyfile"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def backend(name: str) -> Iterator[int]:
    """A server that answers with its name and the headers it got; on the live address it speaks once and stays open."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            said = json.dumps({"name": name, "path": self.path, "headers": dict(self.headers)}).encode()
            live = self.path == "/api/v1/live"
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream" if live else "text/html")
            if not live:
                self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said + b"\n\n" if live else said)
            self.wfile.flush()
            if live:
                over.wait(10)
                self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            """Says nothing."""

    over = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a running proxy."""
    home = tmp_path_factory.mktemp("caddy")
    port = free_port()
    with backend("web") as web, backend("stream") as stream:
        environment = {
            **os.environ, "SITE_ADDRESS": f"http://127.0.0.1:{port}", "STREAM": f"127.0.0.1:{stream}", "WEB_HOST": "127.0.0.1",
            "WEB_PORT": str(web), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home), "HOME": str(home),
        }  # fmt: skip
        running = subprocess.Popen(
            ["caddy", "run", "--adapter", "caddyfile", "--config", str(_quiet(home))], env=environment, stderr=subprocess.DEVNULL
        )
        _wait_for(port)
        yield port
        running.terminate()
        running.wait(10)


def _quiet(home: Path) -> Path:
    """The same configuration without the administrator's door, which has a fixed port."""
    copy = home / "Caddyfile"
    copy.write_text(CONFIGURATION.read_text().replace("\tservers {", "\tadmin off\n\tservers {", 1))
    return copy


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the proxy did not start")


def ask(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one GET."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


@pytest.mark.parametrize("path", ["/", "/control/", "/api/v1/incidents", "/health/live", "/api/v1/live-or-not"])
def test_everything_goes_to_the_web_processes(proxy: int, path: str) -> None:
    assert json.loads(ask(proxy, path)[2])["name"] == "web"


def test_live_events_go_to_the_stream_and_pass_at_once(proxy: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy, timeout=5)
    connection.request("GET", "/api/v1/live", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    assert answer.headers.get("Content-Encoding") is None
    assert json.loads(answer.readline())["name"] == "stream"  # the server still holds the connection open
    connection.close()


def test_the_clients_address_is_the_one_the_proxy_saw(proxy: int) -> None:
    claims = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9"}
    claims |= {"X_Forwarded_For": "203.0.113.9", "X_Forwarded-For": "203.0.113.9", "X_Real_IP": "203.0.113.9"}
    got = json.loads(ask(proxy, "/", claims)[2])["headers"]
    assert got["X-Forwarded-For"] == "127.0.0.1"
    assert "203.0.113.9" not in str(got)


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/metrics/x", "/METRICS", "//metrics", "/%6detrics", "/x/../metrics"])
def test_figures_stay_inside(proxy: int, path: str) -> None:
    assert ask(proxy, path)[0] == 404


def test_only_what_is_the_same_for_everybody_is_compressed(proxy: int) -> None:
    pages = ask(proxy, "/control/?q=" + "a" * 4000, {"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in pages[1]
    assert ask(proxy, "/static/x.css?q=" + "a" * 4000, {"Accept-Encoding": "gzip"})[1]["Content-Encoding"] == "gzip"
