"""The other end of the doorbell: waits for rings on a LISTEN connection that is allowed to break."""

import time
from collections.abc import Iterator

import psycopg


class Bell:
    """Without its connection a listener only looks a little later; it is made anew at the next wait."""

    def __init__(self, conninfo: str, channel: str) -> None:
        self._conninfo = conninfo
        self._channel = channel
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> bool:
        """Waits for a ring, at most so long; whether there was one."""
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=2)
                self._connection.execute(f"listen {self._channel}")
            for _ring in self._connection.notifies(timeout=seconds, stop_after=1):
                return True
        except psycopg.Error:
            self.close()
            time.sleep(seconds)
        return False

    def rings(self, seconds: float) -> Iterator[bool]:
        """Endlessly: whether it rang, at the latest after so many seconds."""
        while True:
            yield self.wait(seconds)

    def close(self) -> None:
        """Lets the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
