"""Which requests bring pictures, and how their bodies are taken in: not before the application would have them, never as a
whole in memory, and only so many at a time."""

import asyncio
import errno
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reporting.adapters.spool import Spool
from reporting.domain.pictures import MOST_BYTES

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

FORM_BYTES: Final = 64 * 1024
"""What a form may have around a picture."""
ROUTES: Final[dict[str, tuple[re.Pattern[bytes], int]]] = {
    "PUT": (re.compile(rb"/api/v1/reports/[^/]{1,64}/pictures/[^/]{1,16}/?"), MOST_BYTES),
    "PATCH": (re.compile(rb"/api/v1/reports/[^/]{1,64}/pictures/[^/]{1,16}/upload/?"), MOST_BYTES),
    "POST": (re.compile(rb"/follow-up/pictures/?"), MOST_BYTES + FORM_BYTES),
}
"""Method -> the paths that bring pictures, and how many bytes their bodies may have."""
BLOCK: Final = 256 * 1024
FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT))


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Seconds for a whole picture, and how many may be on their way in at once; half as many of forms, whose right to it stands
    in the body itself. Who brings nothing has `patience` seconds, and each `least` bytes earn one more: a weak phone brings more
    than that, and whoever only holds a place does not."""

    seconds: float = 120.0
    at_once: int = 32
    patience: float = 15.0
    least: int = 2 * 1024


class DiskTrouble(Exception):
    """The body could not be kept; `full` where there was no room."""

    def __init__(self, full: bool) -> None:
        super().__init__("full" if full else "away")
        self.full = full


def most_bytes(scope: MutableMapping[str, Any]) -> int:
    """How many bytes the request's body may have as a picture; 0 for every other request."""
    pattern, most = ROUTES.get(scope["method"], (None, 0))
    return most if pattern is not None and pattern.fullmatch(scope["raw_path"]) else 0


class Uploads:
    """Takes in bodies for one web process."""

    def __init__(self, folder: Path, limits: UploadLimits) -> None:
        self._folder = folder
        self.limits = limits
        self._inside = self._forms = 0

    def is_full(self, form: bool) -> bool:
        """Whether as many are on their way in as may be."""
        return self._inside >= self.limits.at_once or (form and self._forms >= self.limits.at_once // 2)

    async def read(self, receive: Receive, most: int, form: bool = False) -> Spool:
        """The whole body, or as much of it as shows that it is too long. The caller closes it.

        Raises TimeoutError, also for who brings next to nothing, ConnectionError where the sender goes away, DiskTrouble.
        """
        spool = Spool(self._folder)
        self._inside += 1
        self._forms += form
        try:
            async with asyncio.timeout(self.limits.patience) as limit:
                await self._fill(spool, self._earning(receive, limit), most)
        except OSError as error:
            spool.close()
            if isinstance(error, ConnectionError | TimeoutError):
                raise
            raise DiskTrouble(error.errno in FULL) from error
        except BaseException:
            spool.close()
            raise
        finally:
            self._inside -= 1
            self._forms -= form
        return spool

    def _earning(self, receive: Receive, limit: asyncio.Timeout) -> Receive:
        """The same, but what comes puts off the end, up to the seconds of a whole picture."""
        begun, came = asyncio.get_running_loop().time(), 0

        async def received() -> MutableMapping[str, Any]:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if not limit.expired():
                limit.reschedule(begun + min(self.limits.seconds, self.limits.patience + came / self.limits.least))
            return message

        return received

    async def _fill(self, spool: Spool, receive: Receive, most: int) -> None:
        """Blocks go to the disk in a thread of their own: the loop serves others meanwhile."""
        kept = bytearray()
        more = True
        while more and spool.length + len(kept) <= most:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError
            kept += message.get("body", b"")
            more = bool(message.get("more_body"))
            if len(kept) >= BLOCK:
                await asyncio.to_thread(spool.write, bytes(kept))
                kept.clear()
        spool.write(bytes(kept))
