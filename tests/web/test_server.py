"""The web process as it really runs, on sockets: slow senders hold nothing, odd requests get an answer."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from reporting.cli.up import web_command
from reporting.config import Settings

pytestmark = pytest.mark.db

REPORT = {"description": "A suitcase stands alone under the stairs", "category": "unattended_item", "place": "Central station"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def port(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of one web process with two threads."""
    running = replace(settings, port=free_port(), web_processes=1, web_threads=2, data_dir=str(tmp_path_factory.mktemp("web")))
    environment = {**os.environ, **{name.upper(): str(value) for name, value in asdict(running).items()}}
    log = Path(running.data_dir) / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(web_command(running), env=environment, stdout=out, stderr=out)
    _wait_for(running.port, log)
    yield running.port
    process.terminate()
    assert process.wait(10) == 0
    assert "Traceback" not in log.read_text()


def _wait_for(port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def opened(port: int, sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(sent)
    return connection


def answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one answer."""
    stream = connection.makefile("rb")
    status = int(stream.readline().split()[1])
    if status == 100:
        stream.readline()
        status = int(stream.readline().split()[1])
    headers: dict[str, str] = {}
    for line in iter(stream.readline, b"\r\n"):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = f"{headers[name.lower()]}|{value.strip()}" if name.lower() in headers else value.strip()
    return status, headers, stream.read(int(headers.get("content-length", 0)))


def asked(port: int, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    with opened(port, sent) as connection:
        return answer(connection)


def filing(key: str, extra: str = "") -> bytes:
    body = json.dumps(REPORT).encode()
    head = f"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n{extra}"
    return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def head_of(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: x", *lines, "", "")).encode("latin-1")


HALF = head_of("POST", "/api/v1/reports", "Content-Type: application/json", "Content-Length: 1000") + b'{"descr'


def test_a_hundred_half_bodies_and_a_hundred_half_heads_stop_nobody(port: int, clean: None) -> None:
    with ExitStack() as held:
        slow = [held.enter_context(opened(port, HALF)) for _ in range(100)]
        for _ in range(100):
            held.enter_context(opened(port, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "))
        for number in range(20):
            assert asked(port, filing(f"among-the-slow-{number}"))[0] == 201
        status, headers, body = answer(slow[0])
        assert (status, json.loads(body)["status"], headers["connection"]) == (408, 408, "close")
        assert slow[0].recv(1) == b"", "and the connection ends"


def test_a_body_in_pieces_is_read_whole(port: int, clean: None) -> None:
    body = json.dumps(REPORT).encode()
    lines = ("Content-Type: application/json", "Idempotency-Key: pieces")
    with opened(port, head_of("POST", "/api/v1/reports", *lines, f"Content-Length: {len(body)}") + body[:9]) as connection:
        time.sleep(0.2)
        connection.sendall(body[9:])
        first = answer(connection)
    chunks = b"9\r\n" + body[:9] + b"\r\n%x\r\n" % len(body[9:]) + body[9:] + b"\r\n0\r\n\r\n"
    again = asked(port, head_of("POST", "/api/v1/reports", *lines, "Transfer-Encoding: chunked") + chunks)
    assert (first[0], again[0]) == (201, 200)
    assert first[2] == again[2], "the same body, so the same report"


def test_a_client_that_waits_to_be_asked_is_asked(port: int, clean: None) -> None:
    with opened(port, filing("expect", "Expect: 100-continue\r\n")) as connection:
        assert answer(connection)[0] == 201


def test_one_connection_serves_several_requests(port: int, clean: None) -> None:
    with opened(port, filing("first")) as connection:
        assert answer(connection)[0] == 201
        connection.sendall(filing("second"))
        assert answer(connection)[0] == 201


@pytest.mark.parametrize("length", [70_000, 200_000, 900_000])
@pytest.mark.parametrize(("path", "status"), [("/api/v1/reports", 413), ("/api/v1/nothing", 404), ("/api/v1/categories", 405)])
def test_a_body_too_long_is_refused_in_the_applications_words(port: int, path: str, status: int, length: int) -> None:
    sent = head_of("POST", path, "Content-Type: application/json", "Idempotency-Key: k", f"Content-Length: {length}")
    assert asked(port, sent + b" " * length)[0] == status


def test_a_body_far_too_long_is_not_even_read(port: int) -> None:
    sent = head_of("POST", "/api/v1/reports", "Content-Type: application/json", "Idempotency-Key: k", "Content-Length: 99999999")
    assert asked(port, sent)[0] == 413


def test_an_endless_body_ends(port: int) -> None:
    lines = ("Content-Type: application/json", "Idempotency-Key: k", "Transfer-Encoding: chunked")
    with opened(port, head_of("POST", "/api/v1/reports", *lines)) as connection:
        for _ in range(17):
            connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")
        assert answer(connection)[0] == 413


def test_no_body_and_no_length_is_an_answer_too(port: int) -> None:
    assert asked(port, head_of("POST", "/api/v1/reports", "Content-Type: application/json", "Idempotency-Key: k"))[0] == 400
    assert asked(port, b"GET /health/live HTTP/1.0\r\n\r\n")[0] == 200


def test_who_goes_away_in_the_middle_leaves_no_trace(port: int, clean: None) -> None:
    for _ in range(20):
        opened(port, HALF).close()
    assert asked(port, filing("after"))[0] == 201


def test_files_come_whole_in_parts_and_as_heads(port: int) -> None:
    path = "/static/maps/helsinki.pmtiles"
    whole = asked(port, head_of("GET", path))
    part = asked(port, head_of("GET", path, "Range: bytes=0-6"))
    assert (whole[0], len(whole[2])) == (200, int(whole[1]["content-length"]))
    assert (part[0], part[2]) == (206, whole[2][:7])
    with opened(port, head_of("HEAD", path)) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.sendall(head_of("GET", path, f"If-None-Match: {whole[1]['etag']}"))
        assert answer(connection)[0] == 304


def test_odd_paths_reach_the_application_as_their_bytes(port: int) -> None:
    assert asked(port, head_of("GET", "/api/v1/venues/%ff%C3%A4?q=\xff"))[0] in (400, 404, 422)
    assert asked(port, head_of("GET", "http://elsewhere.example/health/live"))[0] == 200
    assert asked(port, head_of("OPTIONS", "*"))[0] in (200, 400, 404)
