"""One readable log of many programs: every line with its time and the program that said it."""

import os
import re
import selectors
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import IO, TextIO

_LONGEST_LINE = 16_384
_READ_AT_ONCE = 65_536
# What could move the cursor, clear the screen or hide a line: colours of the programs and all control characters.
_UNSAFE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_COLOURS = ("36", "33", "35", "32", "34", "31")


def local_time() -> datetime:
    """Now, in the time zone of the machine: the log is read by the person in front of it."""
    return datetime.now().astimezone()


class ProgramLog:
    """Reads the output of programs and writes it to `stream`, line by line; coloured only on a terminal."""

    def __init__(self, stream: TextIO, names: Iterable[str], now: Callable[[], datetime] = local_time) -> None:
        """`names`: everybody who will speak; the column is as wide as the longest."""
        known = list(names)
        self._stream = stream
        self._now = now
        self._width = max((len(name) for name in known), default=0)
        self._colour = dict(zip(known, _COLOURS * len(known), strict=False)) if _wants_colour(stream) else {}
        self._selector = selectors.DefaultSelector()
        self._begun: dict[int, bytes] = {}

    def say(self, name: str, text: str) -> None:
        """Write one or more lines in the name of a program."""
        for line in text.splitlines():
            self._write(name, line)

    def follow(self, name: str, pipe: IO[bytes]) -> None:
        """Read this pipe from now on, until its last writer has closed it."""
        os.set_blocking(pipe.fileno(), False)
        self._selector.register(pipe, selectors.EVENT_READ, name)
        self._begun[pipe.fileno()] = b""

    def pump(self, seconds: float) -> None:
        """Wait up to `seconds` for output and write what has come."""
        for key, _ in self._selector.select(seconds):
            self._read(key)

    def close(self) -> None:
        """Write what is still in the pipes and let go of all of them, even where somebody could still write."""
        self.pump(0)
        for key in list(self._selector.get_map().values()):
            self._let_go(key)
        self._selector.close()

    def _read(self, key: selectors.SelectorKey) -> None:
        try:
            chunk = os.read(key.fd, _READ_AT_ONCE)
        except BlockingIOError:
            return
        *lines, rest = (self._begun[key.fd] + chunk).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            lines, rest = [*lines, rest], b""
        self._begun[key.fd] = rest
        for line in lines:
            self._write(key.data, line.decode(errors="replace"))
        if not chunk:
            self._let_go(key)

    def _let_go(self, key: selectors.SelectorKey) -> None:
        rest = self._begun.pop(key.fd, b"")
        if rest:
            self._write(key.data, rest.decode(errors="replace"))
        self._selector.unregister(key.fileobj)
        pipe: IO[bytes] = key.fileobj  # type: ignore[assignment]
        pipe.close()

    def _write(self, name: str, line: str) -> None:
        column = name.ljust(self._width)
        if name in self._colour:
            column = f"\x1b[{self._colour[name]}m{column}\x1b[0m"
        try:
            self._stream.write(f"{self._now():%H:%M:%S} {column} | {_UNSAFE.sub('', line.rstrip())}\n")
            self._stream.flush()
        except BrokenPipeError:  # nobody reads any more: the programs matter more than their log
            return


def _wants_colour(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR")
