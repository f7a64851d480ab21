"""Connections to PostgreSQL that never wait for ever and never make others wait for ever. Two frozen processes, one each:

A frozen *server* keeps none of its own time limits, and a unix socket has none of TCP's. So whoever has heard nothing for
PATIENCE_SECONDS knocks at the server's door with a fresh socket. If nobody opens, the connection counts as lost, like any
other lost connection. A statement that is merely slow is not disturbed, because the door opens. For a moment afterwards nobody
of this process tries again: those who queue behind the few that waited must not wait as long once more.

A frozen *client* is thrown out by `idle_in_transaction_session_timeout`, which frees the locks it holds; but not after a
pipeline, in which the driver sends many rows of one statement by default: behind the last row it sends a word that makes the
server stop that clock. So rows are sent one by one, which costs 4 microseconds more for each.
"""

import socket
import struct
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any, Final

import psycopg

PATIENCE_SECONDS: Final = 1.5
KNOCK_SECONDS: Final = 1.0
"""Together less than the three seconds after which a phone must have been told to come again."""
REMEMBERED_SECONDS: Final = 1.0
_KNOCK: Final = struct.pack("!ii", 8, 80877103)
"""The protocol's question whether encryption may be used: a server answers it with one byte before it knows who asks."""

_found_silent: Final[dict[tuple[str, str], float]] = {}
"""Host and port of a server -> when it was last found silent, in seconds of the monotonic clock."""


class RowByRowCursor(psycopg.Cursor[Any]):
    """A cursor that opens no pipeline."""

    def executemany(
        self, query: Any, params_seq: Iterable[Sequence[Any] | Mapping[str, Any]], *, returning: bool = False
    ) -> None:
        """The same statement for all rows; `rowcount` is their sum. Refuses `returning`, which nobody here uses."""
        if returning:
            raise psycopg.NotSupportedError("rows are sent one by one: use execute to have something returned")
        changed = 0
        for params in params_seq:
            self.execute(query, params, prepare=True)
            changed += max(self.rowcount, 0)
        self._rowcount = changed


class PatientConnection(psycopg.Connection[Any]):
    """A connection that notices when its server has fallen silent altogether."""

    def wait(self, gen: Generator[Any, Any, Any], *arguments: Any, **named: Any) -> Any:
        """Waits for an answer as long as the server is there; raises OperationalError, and is closed, when it is not."""
        return super().wait(self._listening(gen), *arguments, **named)

    def _listening(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Passes everything on in both directions. `ready` is nothing each time the driver waited a while in vain."""
        heard_at = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() - heard_at > PATIENCE_SECONDS:
                    self._require_server()
                    heard_at = time.monotonic()
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value

    def _require_server(self) -> None:
        if not opens(self.info.hostaddr or self.info.host, self.info.port):
            _found_silent[self.info.host, str(self.info.port)] = time.monotonic()
            self.close()
            raise psycopg.OperationalError("the server has fallen silent")


def opens(host: str, port: int) -> bool:
    """Whether the server there (a unix socket's folder or an address) says a word to a stranger within KNOCK_SECONDS."""
    at_a_socket = host.startswith("/")
    family = socket.AF_UNIX if at_a_socket else socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as door:
            door.settimeout(KNOCK_SECONDS)
            door.connect(f"{host}/.s.PGSQL.{port}" if at_a_socket else (host, port))
            door.sendall(_KNOCK)
            return bool(door.recv(1))
    except OSError:
        return False


def connect(_dialect: object, _record: object, arguments: Sequence[Any], named: dict[str, Any]) -> PatientConnection:
    """For SQLAlchemy's event `do_connect`: every connection of an engine is a patient one and opens no pipeline.

    Raises OperationalError at once where the server was found silent a moment ago.
    """
    server = str(named.get("host", "")), str(named.get("port", ""))
    if time.monotonic() - _found_silent.get(server, -REMEMBERED_SECONDS) < REMEMBERED_SECONDS:
        raise psycopg.OperationalError("the server was silent a moment ago")
    try:
        return PatientConnection.connect(*arguments, cursor_factory=RowByRowCursor, **named)
    except psycopg.errors.ConnectionTimeout:
        _found_silent[server] = time.monotonic()
        raise
