"""The supervisor's parts: order, back-off, one readable log, ports and disks."""

import io
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import pytest

from reporting.adapters.processes.log import ProgramLog
from reporting.adapters.processes.program import start_levels
from reporting.adapters.supervisor import (
    BackOff,
    CannotStart,
    Program,
    Supervisor,
    require_free_port,
    require_free_space,
    require_writable,
)


def program(name: str, *depends: str) -> Program:
    return Program(name, ("/bin/true",), {}, depends=depends)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def noon() -> datetime:
    return datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)


# Order ----------------------------------------------------------------------------------------------------------------


def test_programs_start_after_what_they_depend_on() -> None:
    levels = start_levels([program("web", "database", "queue"), program("queue"), program("database"), program("probe", "web")])
    assert [[each.name for each in level] for level in levels] == [["queue", "database"], ["web"], ["probe"]]


@pytest.mark.parametrize(
    "programs",
    [
        [program("a", "b"), program("b", "a")],
        [program("a", "nobody")],
        [program("a"), program("a")],
    ],
    ids=["circle", "unknown", "double"],
)
def test_an_order_that_cannot_be_is_refused_before_anything_starts(programs: list[Program]) -> None:
    with pytest.raises(ValueError, match=r"wait for each other|same name"):
        Supervisor(programs, io.StringIO())


# Back-off -------------------------------------------------------------------------------------------------------------


def test_the_pause_doubles_up_to_ten_seconds() -> None:
    back_off = BackOff()
    assert [back_off.after(0.0) for _ in range(8)] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]


def test_half_a_minute_of_life_forgives_everything() -> None:
    back_off = BackOff()
    for _ in range(6):
        back_off.after(1.0)
    assert [back_off.after(30.0), back_off.after(29.9), back_off.after(31.0)] == [0.2, 0.4, 0.2]


# The log --------------------------------------------------------------------------------------------------------------


def test_lines_carry_time_and_an_aligned_name() -> None:
    stream = io.StringIO()
    log = ProgramLog(stream, ["web", "database"], noon)
    log.say("web", "one\ntwo")
    log.say("database", "three")
    log.close()
    assert stream.getvalue() == "12:00:00 web      | one\n12:00:00 web      | two\n12:00:00 database | three\n"


def followed(written: bytes, stream: TextIO) -> ProgramLog:
    mine, theirs = socket.socketpair()
    log = ProgramLog(stream, ["web"], noon)
    log.follow("web", io.FileIO(mine.detach()))
    theirs.sendall(written)
    theirs.close()
    log.pump(1.0)
    return log


def test_output_is_written_line_by_line_and_the_last_one_even_unfinished() -> None:
    stream = io.StringIO()
    followed(b"one\r\ntw\xc3\xb6\nrest", stream).close()
    assert stream.getvalue() == "12:00:00 web | one\n12:00:00 web | twö\n12:00:00 web | rest\n"


def test_no_program_can_steer_the_terminal() -> None:
    stream = io.StringIO()
    followed(b"\x1b[31mred\x1b[0m \x1b]0;title\x07 \x00\x9b\xff\n", stream).close()
    assert stream.getvalue() == "12:00:00 web | red ]0;title \ufffd\ufffd\n"


def test_colour_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    followed(b"hello\n", terminal).close()
    assert terminal.getvalue() == "12:00:00 \x1b[36mweb\x1b[0m | hello\n"
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    followed(b"hello\n", plain).close()
    assert plain.getvalue() == "12:00:00 web | hello\n"


def test_an_endless_line_is_cut() -> None:
    stream = io.StringIO()
    log = followed(b"x" * 50_000, stream)
    for _ in range(5):
        log.pump(0.1)
    log.close()
    lines = stream.getvalue().splitlines()
    assert sum(len(line.partition("| ")[2]) for line in lines) == 50_000
    assert max(map(len, lines)) <= 65_536 + 16_384 + 20


# Ports and disks ------------------------------------------------------------------------------------------------------


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def test_a_taken_port_is_named_in_one_line(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    with pytest.raises(CannotStart) as caught:
        require_free_port("127.0.0.1", port)
    assert str(caught.value) == f"port {port} on 127.0.0.1 is in use by another program: stop it or choose another port"


def test_a_port_that_becomes_free_in_time_is_taken(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    threading.Timer(0.3, taken.close).start()
    began = time.monotonic()
    require_free_port("127.0.0.1", port, patience_seconds=5)
    assert 0.2 < time.monotonic() - began < 3


def test_a_foreign_address_is_refused_at_once() -> None:
    with pytest.raises(CannotStart, match=r"^192\.0\.2\.1 is not an address of this machine$"):
        require_free_port("192.0.2.1", 8000, patience_seconds=5)


def test_a_full_disk_is_named_in_one_line(tmp_path: Path) -> None:
    require_free_space(tmp_path / "not" / "there" / "yet", 1)
    with pytest.raises(CannotStart, match=r"^the disk of /.* is full: \d+ MB free, 953674316407 MB needed$"):
        require_free_space(tmp_path, 10**18)


def test_a_folder_is_made_or_refused(tmp_path: Path) -> None:
    require_writable(tmp_path / "new" / "folder")
    assert (tmp_path / "new" / "folder").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStart, match=r"^cannot make the folder .*: Not a directory$"):
        require_writable(tmp_path / "file" / "folder")
