"""Pictures through the real web process, and on through the real relay and worker-media: little memory, nothing half kept."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import Engine

from reporting.cli.ground import environment_of
from reporting.cli.up import web_command
from reporting.config import Settings
from reporting.domain.pictures import MOST_BYTES
from tests.cast import Cast, a_report, new_key
from tests.pictures import broken_png, files, jpeg, large_jpeg, of_phone, of_piece, rows
from tests.web.test_server import free_port

pytestmark = pytest.mark.db

MEGABYTE = 1024 * 1024
MOST_GROWTH = 40 * MEGABYTE


@dataclass
class House:
    """One web process, and the folder its pictures lie in."""

    settings: Settings
    process: subprocess.Popen[bytes]

    @property
    def folder(self) -> Path:
        return self.settings.picture_folder

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Status and JSON (or bytes) of one answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.settings.port, timeout=60)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            data = answer.read()
            kind = answer.headers.get_content_type()
            return answer.status, json.loads(data) if kind.endswith("json") else data
        finally:
            connection.close()

    def filed(self) -> dict[str, Any]:
        body = json.dumps(a_report()).encode()
        status, report = self.ask("POST", "/api/v1/reports", body, {"Content-Type": "application/json", **new_key()})
        assert status == 201
        return report  # type: ignore[no-any-return]

    def send(self, report: dict[str, Any], data: Any, n: int = 1, **headers: str) -> tuple[int, Any]:
        path = f"/api/v1/reports/{report['id']}/pictures/{n}"
        return self.ask("PUT", path, data, {"Receipt-Code": report["receipt_code"], **headers})

    def memory(self) -> int:
        """Bytes that the process and those below it hold."""
        main = psutil.Process(self.process.pid)
        return sum(each.memory_info().rss for each in (main, *main.children(recursive=True)))


@pytest.fixture(scope="module")
def house(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The web process with two threads."""
    data = tmp_path_factory.mktemp("uploads")
    running = replace(settings, port=free_port(), web_processes=1, web_threads=2, data_dir=str(data), pictures_keep_free_mb=0)
    log = (data / "log").open("wb")
    process = subprocess.Popen(web_command(running), env=environment_of(running), stdout=log, stderr=log)
    until(lambda: answers(running.port))
    yield House(running, process)
    process.terminate()
    assert process.wait(10) == 0
    log.close()
    assert "Traceback" not in (data / "log").read_text()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.1)


def test_a_picture_of_25_megabytes_needs_little_memory(house: House, cast: Cast, owner: Engine) -> None:
    report, data = house.filed(), large_jpeg(MOST_BYTES)
    assert house.send(report, jpeg(), n=3)[0] == 201
    before = house.memory()
    peak = [before]
    sender = subprocess.Popen(
        [sys.executable, "-c", SENDER, str(house.settings.port), report["id"], report["receipt_code"]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert sender.stdin is not None and sender.stdout is not None
    sender.stdin.write(data)
    sender.stdin.close()
    while sender.poll() is None:
        peak.append(house.memory())
        time.sleep(0.01)
    assert sender.stdout.read() == b"201"
    sender.stdout.close()
    assert max(*peak, house.memory()) - before < MOST_GROWTH
    assert rows(owner, "select size_bytes from picture where n = 1") == [(MOST_BYTES,)]


SENDER = """
import http.client, sys
data = sys.stdin.buffer.read()
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=60)
connection.request("PUT", f"/api/v1/reports/{sys.argv[2]}/pictures/1", data, {"Receipt-Code": sys.argv[3]})
print(connection.getresponse().status, end="")
"""


def test_a_body_in_pieces_of_unknown_length_is_taken_and_cut_at_the_limit(house: House, cast: Cast, owner: Engine) -> None:
    report = house.filed()
    data = of_phone()
    assert house.send(report, iter([data[:100], data[100:]]))[0] == 201
    pieces = (bytes(MEGABYTE) for _ in range(26))
    with suppress(BrokenPipeError, ConnectionResetError):  # the answer may come before all of it was sent
        assert house.send(report, pieces, n=2)[0] == 413
    assert rows(owner, "select n from picture") == [(1,)]


def test_without_a_right_to_it_no_byte_of_the_body_is_read(house: House, cast: Cast) -> None:
    report = house.filed()
    for change, status in (({"receipt_code": "0000-0000-0000-0000"}, 404), ({"id": "nothing"}, 404)):
        told = {**report, **change}
        head = f"PUT /api/v1/reports/{told['id']}/pictures/1 HTTP/1.1\r\nHost: x\r\nReceipt-Code: {told['receipt_code']}\r\n"
        with socket.create_connection(("127.0.0.1", house.settings.port), timeout=20) as connection:
            connection.sendall(f"{head}Content-Length: {20 * MEGABYTE}\r\n\r\n".encode())
            assert int(connection.recv(64).split()[1]) == status
    too_long = f"PUT /api/v1/reports/{report['id']}/pictures/1 HTTP/1.1\r\nHost: x\r\nReceipt-Code: {report['receipt_code']}\r\n"
    with socket.create_connection(("127.0.0.1", house.settings.port), timeout=20) as connection:
        connection.sendall(f"{too_long}Content-Length: {MOST_BYTES + 1}\r\n\r\n".encode())
        assert int(connection.recv(64).split()[1]) == 413


def test_an_upload_that_breaks_leaves_nothing_and_is_sent_again(house: House, cast: Cast, owner: Engine) -> None:
    report, data = house.filed(), large_jpeg(2 * MEGABYTE)
    before = files(house.folder)
    head = f"PUT /api/v1/reports/{report['id']}/pictures/1 HTTP/1.1\r\nHost: x\r\nReceipt-Code: {report['receipt_code']}\r\n"
    with socket.create_connection(("127.0.0.1", house.settings.port), timeout=20) as connection:
        connection.sendall(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data[: 3 * len(data) // 4])
    time.sleep(0.5)
    assert files(house.folder) == before and rows(owner, "select 1 from picture") == []
    assert house.send(report, data)[0] == 201
    assert house.send(report, data)[0] == 200


def piece_head(report: dict[str, Any], data: bytes, begins: int, length: int, last: bool = False) -> bytes:
    """The head of a request with a piece of a picture, for a line that may break behind it."""
    path = f"/api/v1/reports/{report['id']}/pictures/1/upload"
    told = {"Host": "x", "Receipt-Code": report["receipt_code"], **of_piece(data, begins, last=last)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"PATCH {path} HTTP/1.1\r\n{lines}Content-Length: {length}\r\n\r\n".encode()


def send_piece(house: House, report: dict[str, Any], data: bytes, span: tuple[int, int]) -> int:
    path, last = f"/api/v1/reports/{report['id']}/pictures/1/upload", span[1] == len(data)
    told = {"Receipt-Code": report["receipt_code"], **of_piece(data, span[0], last=last)}
    return house.ask("PATCH", path, data[slice(*span)], told)[0]


def offset(house: House, report: dict[str, Any]) -> int:
    path = f"/api/v1/reports/{report['id']}/pictures/1/upload"
    status, told = house.ask("GET", path, headers={"Receipt-Code": report["receipt_code"]})
    assert status == 200
    return int(told["offset"])


def test_a_piece_that_breaks_leaves_the_pieces_before_it(house: House, cast: Cast, owner: Engine) -> None:
    report, data, size = house.filed(), large_jpeg(300_000), 65_536
    assert send_piece(house, report, data, (0, size)) == 204
    for sent in (0, 1, size // 2, size - 1):
        with socket.create_connection(("127.0.0.1", house.settings.port), timeout=20) as connection:
            connection.sendall(piece_head(report, data, size, size) + data[size : size + sent])
    time.sleep(0.5)
    assert offset(house, report) == size and len(rows(owner, "select 1 from picture_piece")) == 1
    assert send_piece(house, report, data, (size, 2 * size)) == 204
    assert send_piece(house, report, data, (2 * size, len(data))) == 201
    assert rows(owner, "select size_bytes from picture") == [(len(data),)]
    assert rows(owner, "select 1 from picture_piece") == []


def test_a_piece_in_the_wrong_place_is_refused_before_a_byte_of_it(house: House, cast: Cast, owner: Engine) -> None:
    report, data = house.filed(), large_jpeg(300_000)
    for begins, length, status in ((65_536, 20 * MEGABYTE, 409), (0, MOST_BYTES + 1, 413), (0, 100, 400)):
        with socket.create_connection(("127.0.0.1", house.settings.port), timeout=20) as connection:
            connection.sendall(piece_head(report, data, begins, length))
            assert int(connection.recv(64).split()[1]) == status


def test_pieces_of_25_megabytes_need_little_memory(house: House, cast: Cast, owner: Engine) -> None:
    report, data = house.filed(), large_jpeg(MOST_BYTES)
    assert house.send(report, jpeg(), n=3)[0] == 201
    before = house.memory()
    peak = [before]
    for begins in range(0, MOST_BYTES, MEGABYTE):
        ends = min(begins + MEGABYTE, MOST_BYTES)
        assert send_piece(house, report, data, (begins, ends)) == (201 if ends == MOST_BYTES else 204)
        peak.append(house.memory())
    assert max(peak) - before < MOST_GROWTH
    assert rows(owner, "select size_bytes from picture where n = 1") == [(MOST_BYTES,)]


def test_slow_senders_of_pictures_hold_no_thread(house: House, cast: Cast) -> None:
    report = house.filed()
    head = f"PUT /api/v1/reports/{report['id']}/pictures/1 HTTP/1.1\r\nHost: x\r\nReceipt-Code: {report['receipt_code']}\r\n"
    slow = []
    for _ in range(20):
        connection = socket.create_connection(("127.0.0.1", house.settings.port), timeout=20)
        connection.sendall(f"{head}Content-Length: {MEGABYTE}\r\n\r\n".encode() + bytes(1000))
        slow.append(connection)
    assert house.filed()["status"] == "received"
    for connection in slow:
        connection.close()


def test_the_whole_way_through_the_real_relay_and_worker(house: House, cast: Cast, owner: Engine) -> None:
    """Web, relay, files for a broker, Celery's worker-media, and the copies an operator sees."""
    environment = {**environment_of(house.settings), "REPORTING_TEST": "1"}
    environment.pop("REDIS_URL", None)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment, "cwd": os.getcwd()}
    running = [subprocess.Popen([sys.executable, "-m", "reporting", name], **quiet) for name in ("relay", "worker-media")]  # type: ignore[call-overload]
    try:
        report = house.filed()
        for n, data in ((1, of_phone(6)), (2, broken_png()), (3, large_jpeg(3 * MEGABYTE))):
            assert house.send(report, data, n)[0] == 201, n
        states = "select n, state from picture order by n"
        until(lambda: all(state != "waiting" for _n, state in rows(owner, states)), 120)
        assert rows(owner, states) == [(1, "ready"), (2, "refused"), (3, "ready")]
        until(lambda: not rows(owner, "select 1 from outbox where job = 'sanitise'"), 60)
        until(lambda: rows(owner, "select incident_id from report where incident_id is not null") != [], 60)
        signed = cast.headers("aino")
        status, told = house.ask("GET", f"/api/v1/reports/{report['id']}", headers=signed)
        assert status == 200 and [each["state"] for each in told["pictures"]] == ["ready", "refused", "ready"]
        status, copy = house.ask("GET", told["pictures"][0]["url"], headers=signed)
        assert status == 200 and copy.startswith(b"\xff\xd8") and b"quokka" not in copy and b"Exif" not in copy
        assert told["pictures"][0]["height"] > told["pictures"][0]["width"], "it was held upright"
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)
