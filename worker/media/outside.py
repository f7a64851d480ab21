"""Opens a picture at arm's length: in a process of its own, waited for so long and no longer. What comes back is believed only
as far as it can be checked: our own kind of file, of our own size, with nothing but a picture in it."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from reporting.adapters.processes.kernel import signal_group
from reporting.domain.picture_headers import require_bare
from reporting.domain.pictures import VARIANTS, Kind, NoPicture, Variant
from reporting.services.sanitising import Cleaned
from worker.media.limits import OUTPUT_BYTES, TOO_HEAVY, WALL_SECONDS

KEPT: Final = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV")
"""What the process sees of the environment: no address of the database, no key."""
CHILD: Final = "worker.media.child"
CHILDREN: Final[dict[Kind, str]] = {"heic": "worker.media.heic"}
LONGEST_LINE: Final = 512


class CannotOpen(Exception):
    """The picture cannot be shown; the text is a key of `domain.pictures.REASONS`."""


class Interrupted(Exception):
    """Somebody else ended the process: nothing is known about the picture, so it is tried again."""


def clean(data: bytes, kind: Kind, seconds: float = WALL_SECONDS) -> Cleaned:
    """Our own copies of the picture. Raises CannotOpen for what cannot be decoded within its limits, Interrupted where the
    process was killed by others, OSError where none could be started."""
    with _memory("picture") as source, _memory("copies") as target:
        with os.fdopen(source, "wb", closefd=False) as file:
            file.write(data)
        os.lseek(source, 0, os.SEEK_SET)
        code = _run(kind, source, target, seconds)
        if code == -signal.SIGKILL:
            raise Interrupted
        if code != 0:
            raise CannotOpen("too_heavy" if code is None or code == TOO_HEAVY or code < 0 else "unreadable")
        os.lseek(target, 0, os.SEEK_SET)
        return _read(os.read(target, OUTPUT_BYTES + 1))


def _run(kind: Kind, source: int, target: int, seconds: float) -> int | None:
    """The exit code, negative for a signal; None where it took too long and was ended."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", CHILDREN.get(kind, CHILD), kind, str(source), str(target)],
        env={name: os.environ[name] for name in KEPT if name in os.environ},
        pass_fds=(source, target),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            signal_group(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _memory(name: str) -> Iterator[int]:
    """A file in memory, by its descriptor."""
    handle = os.memfd_create(name)
    try:
        yield handle
    finally:
        os.close(handle)


def _read(told: bytes) -> Cleaned:
    """The copies, each checked; raises CannotOpen for anything else."""
    line, _found, rest = told.partition(b"\n")
    try:
        head = json.loads(line[:LONGEST_LINE])
        lengths = [int(length) for length in head["lengths"]]
        place = head["taken_at"]
        taken_at = (float(place[0]), float(place[1])) if place else None
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        raise CannotOpen("unreadable") from None
    if len(lengths) != len(VARIANTS) or min(lengths) < 1 or sum(lengths) != len(rest):
        raise CannotOpen("unreadable")
    copies: dict[Variant, bytes] = {}
    sizes: list[tuple[int, int]] = []
    for (variant, longest), length in zip(VARIANTS.items(), lengths, strict=True):
        copies[variant], rest = rest[:length], rest[length:]
        sizes.append(_size_of(copies[variant], longest))
    return Cleaned(copies, *sizes[0], taken_at)


def _size_of(copy: bytes, longest: int) -> tuple[int, int]:
    try:
        return require_bare(copy, longest, io.BytesIO)
    except NoPicture:
        raise CannotOpen("unreadable") from None
