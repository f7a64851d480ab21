"""Celery's filesystem transport with one repair: a message appears under its name only when it is written to the end.

The original opens the file under its final name and then writes; a worker that looks in between reads an empty message
and stops with an error. Here the message is written under a name nobody looks for and then renamed, which is atomic.
"""

import json
import os
import uuid
from time import monotonic
from typing import Any

from kombu.transport import filesystem


class Channel(filesystem.Channel):
    """Writes messages whole or not at all."""

    def _put(self, queue: str, payload: dict[str, Any], **_more: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000):015d}_{uuid.uuid4()}.{queue}.msg"
        final = os.path.join(self.data_folder_out, name)
        with open(final + ".part", "wb") as file:
            file.write(json.dumps(payload).encode())
        os.rename(final + ".part", final)


class Transport(filesystem.Transport):
    """The transport that uses it."""

    Channel = Channel
