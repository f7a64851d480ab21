"""Celery's filesystem transport with one repair: a file appears under its name only when it is written to the end.

The original opens a file under its final name and then writes. A worker that looks in between reads an empty message and
stops with an error; and a process killed in between leaves an empty table of bindings, over which every worker stops at every
start from then on. Here files are written under a name nobody looks for and then renamed, which is atomic.
"""

import fcntl
import json
import os
import uuid
from time import monotonic
from typing import Any

from kombu.transport import filesystem


class Channel(filesystem.Channel):
    """Writes messages and tables of bindings whole or not at all."""

    def _put(self, queue: str, payload: dict[str, Any], **_more: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000):015d}_{uuid.uuid4()}.{queue}.msg"
        write_whole(os.path.join(self.data_folder_out, name), payload)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with open(self.control_folder / "binding.lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            table = self.get_table(exchange)
            if bound not in table:
                write_whole(str(self._exchange_file(exchange)), [bound, *table])  # type: ignore[no-untyped-call]

    def get_table(self, exchange: str) -> list[Any]:
        """The bindings of an exchange. A table that cannot be read, as after a power cut, counts as empty: binding refills it."""
        try:
            return list(super().get_table(exchange))  # type: ignore[no-untyped-call]
        except ValueError:
            return []


def write_whole(path: str, content: Any) -> None:
    """The content as JSON under this name, from one moment to the next."""
    part = f"{path}.{uuid.uuid4()}.part"
    with open(part, "wb") as file:
        file.write(json.dumps(content).encode())
    os.rename(part, path)


class Transport(filesystem.Transport):
    """The transport that uses it."""

    Channel = Channel
