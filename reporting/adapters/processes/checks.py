"""What must be true before anything is started: a free port, room on the disk. One clear line where it is not."""

import errno
import os
import shutil
import socket
import time
from pathlib import Path

_MEGABYTE = 1024 * 1024


class CannotStart(RuntimeError):
    """Nothing was started; the text is one line for the person at the terminal."""


def require_free_port(host: str, port: int, patience_seconds: float = 0.0) -> None:
    """Promise that `host:port` can be listened on now.

    Waits up to `patience_seconds` for a predecessor that is just ending. Refuses with `CannotStart`.
    """
    deadline = time.monotonic() + patience_seconds
    while (refusal := _try_to_listen(host, port)) is not None:
        if refusal.errno != errno.EADDRINUSE or time.monotonic() >= deadline:
            raise CannotStart(_port_words(host, port, refusal))
        time.sleep(0.1)


def _try_to_listen(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            # Connections of a predecessor that are still winding down (TIME_WAIT) do not count.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(1)
    except OSError as refusal:
        return refusal
    return None


def _port_words(host: str, port: int, refusal: OSError) -> str:
    words = {
        errno.EADDRINUSE: f"port {port} on {host} is in use by another program: stop it or choose another port",
        errno.EACCES: f"this user may not open port {port} on {host}: choose a port above 1023",
        errno.EADDRNOTAVAIL: f"{host} is not an address of this machine",
    }
    reason = refusal.strerror or str(refusal)
    return words.get(refusal.errno or 0, f"port {port} on {host} cannot be opened: {reason}")


def require_free_space(path: Path, needed_bytes: int) -> None:
    """Promise that the disk under `path` (which need not exist yet) has `needed_bytes` left. Refuses with `CannotStart`."""
    place = path.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < needed_bytes:
        raise CannotStart(f"the disk of {path} is full: {free // _MEGABYTE} MB free, {-(-needed_bytes // _MEGABYTE)} MB needed")


def require_writable(folder: Path) -> None:
    """Promise that `folder` exists (it is made where it does not) and can be written. Refuses with `CannotStart`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as refusal:
        raise CannotStart(f"cannot make the folder {folder}: {refusal.strerror}") from refusal
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotStart(f"cannot write in the folder {folder}: permission denied")
