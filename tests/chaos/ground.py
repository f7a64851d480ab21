"""What the chaos tests stand on: waiting for something to come true, free ports, a folder of one's own, signals."""

import os
import random
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def signal_to(pid: int, signum: int) -> None:
    """A signal to one of ours; one that has just ended needs none."""
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return


def eventually(what: str, true: Callable[[], bool], seconds: float, why: Callable[[], str] = str) -> float:
    """Waits until it is true; fails with `what` after so many seconds. Seconds it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not within {seconds:g} s: {what}\n{why()}"
        time.sleep(0.1)
    return time.monotonic() - began


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_ports(count: int) -> int:
    """The first of so many neighbouring ports that nobody listens on."""
    chance = random.SystemRandom()
    while True:
        first = chance.randrange(20_000, 32_000)
        if not any(listens(first + n) for n in range(count)):
            return first


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder the database's account can reach, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="reporting-chaos-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
