"""The one way out over HTTP: whoever calls somebody outside calls through here, whatever the address says of itself.

The addresses of web push come from strangers' browsers, so each call is guarded as if its address were meant to do harm. The
name is resolved once, every address it has must be a public one, the connection goes to that very address, and the server
must prove the name (TLS). Only https, only port 443, no address in numbers, no redirect, no proxy from the environment, and an
end to time and to what is read. A gateway of one's own network is let through only where a setting names its host and port.
Built on sockets and the standard library's reader of answers: a client that resolves, redirects or asks the environment by
itself would have to be tamed at each of these points.
"""

import contextlib
import http.client
import io
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from reporting.adapters.public_addresses import is_public

SECONDS: Final = 10.0
"""The end of a call, whatever the other side does."""
CONNECT_SECONDS: Final = 4.0
RESOLVE_SECONDS: Final = 4.0
ANSWER_BYTES: Final = 64 * 1024
LONGEST_URL: Final = 2048
HTTPS_PORT: Final = 443
METHODS: Final = frozenset(("GET", "POST", "PUT"))
_URL: Final = re.compile(r"(https?)://([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?(/[!-~]{0,2000})?")
_NOT_IN_PATH: Final = frozenset('#\\<>"{}|^`')
_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LAST_LABEL: Final = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
_OF_NOBODY: Final = frozenset(
    (
        "localhost",
        "local",
        "localdomain",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "private",
        "arpa",
        "test",
        "invalid",
        "onion",
    )
)
"""Last labels that no public name has."""
_HEADER: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_HEADER_VALUE: Final = re.compile(r"[ -~]{0,8192}")


class NotAllowed(Exception):
    """The call must never be made. Carries a word for why, never the address."""


class Unreachable(Exception):
    """Nothing came back, or not in time, or not as it should; another time it may. Carries a word for why."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    url: str = field(repr=False)
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers in lower case, and at most ANSWER_BYTES of the body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes, taken apart: scheme, name in lower case, port, path with query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def place(self) -> str:
        """Host and port, as the setting for inner hosts names them."""
        return f"{self.host}:{self.port}"


Resolve = Callable[[str, int], list[str]]
"""Every numeric address of a name; raises OSError where there is none."""
Connect = Callable[[str, int, float], socket.socket]
"""A connected socket to a numeric address within some seconds; raises OSError."""


def target_of(url: str) -> Target:
    """The address taken apart by one narrow pattern; raises NotAllowed for everything else a URL may look like."""
    match = _URL.fullmatch(url) if len(url) <= LONGEST_URL else None
    if match is None:
        raise NotAllowed("form")
    scheme, host, port, path = match[1], match[2].lower(), match[3], match[4] or "/"
    if _NOT_IN_PATH & set(path):
        raise NotAllowed("form")
    number = int(port) if port else (HTTPS_PORT if scheme == "https" else 80)
    return Target(scheme, host, number, path)


def require_public_name(target: Target) -> None:
    """Refuses what is not https to a public-looking name at its usual port; numbers are no name."""
    if target.scheme != "https":
        raise NotAllowed("scheme")
    if target.port != HTTPS_PORT:
        raise NotAllowed("port")
    labels = target.host.split(".")
    named = len(labels) > 1 and all(_LABEL.fullmatch(each) for each in labels) and _LAST_LABEL.fullmatch(labels[-1])
    if not named or labels[-1] in _OF_NOBODY:
        raise NotAllowed("name")


def resolve(host: str, port: int) -> list[str]:
    """By the system's resolver, which knows no end of time by itself: it is left behind after RESOLVE_SECONDS."""
    found: list[str] = []
    errors: list[OSError] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(row[4][0]) for row in rows))
        except OSError as error:
            errors.append(error)
        except UnicodeError:
            errors.append(OSError("name"))

    asking = threading.Thread(target=ask, name="resolver", daemon=True)
    asking.start()
    asking.join(RESOLVE_SECONDS)
    if errors or not found:
        raise errors[0] if errors else TimeoutError("resolver")
    return found


def connect(address: str, port: int, seconds: float) -> socket.socket:
    """To the numeric address itself: no name is looked up again."""
    return socket.create_connection((address, port), timeout=seconds)


class Outbound:
    """Makes guarded calls; safe from many threads."""

    def __init__(
        self, *, inside: frozenset[str] = frozenset(), ca_file: str = "", resolve: Resolve = resolve, connect: Connect = connect
    ) -> None:
        """`inside`: `host:port` of gateways that may stand in one's own network and may speak plain HTTP there.
        `ca_file`: certificates to trust instead of the system's."""
        self._inside = inside
        self._resolve = resolve
        self._connect = connect
        self._context = ssl.create_default_context(cafile=ca_file or None)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2

    def call(self, call: Call, seconds: float = SECONDS) -> Answer:
        """The answer, of whatever status; redirects are answers like others. Raises NotAllowed and Unreachable."""
        target = target_of(call.url)
        head = _head(call, target)
        inside = target.place in self._inside
        if not inside:
            require_public_name(target)
        until = time.monotonic() + seconds
        try:
            with contextlib.closing(self._open(target, self._addresses(target, inside), until)) as stream:
                stream.settimeout(_left(until))
                stream.sendall(head + call.body)
                return _read(stream, call.method, until)
        except http.client.HTTPException as error:
            raise Unreachable(type(error).__name__) from None
        except (OSError, ValueError) as error:
            raise Unreachable(type(error).__name__) from None

    def _addresses(self, target: Target, inside: bool) -> list[str]:
        """Resolved once; a name with any address that is not public is refused with all of them."""
        addresses = self._resolve(target.host.strip("[]"), target.port)
        if not inside and not all(is_public(each) for each in addresses):
            raise NotAllowed("address")
        return addresses

    def _open(self, target: Target, addresses: list[str], until: float) -> socket.socket:
        raw = self._reach(target, addresses, until)
        if target.scheme == "http":
            return raw
        try:
            raw.settimeout(_left(until))
            return self._context.wrap_socket(raw, server_hostname=target.host.strip("[]"))
        except BaseException:
            raw.close()
            raise

    def _reach(self, target: Target, addresses: list[str], until: float) -> socket.socket:
        """The first of at most two addresses that takes the connection."""
        last: OSError = OSError("no address")
        for address in addresses[:2]:
            try:
                return self._connect(address, target.port, min(CONNECT_SECONDS, _left(until)))
            except OSError as error:
                last = error
        raise last


def _head(call: Call, target: Target) -> bytes:
    """Our own words alone go into it; a value that would break the line is refused."""
    if call.method not in METHODS:
        raise NotAllowed("method")
    usual = target.port == (HTTPS_PORT if target.scheme == "https" else 80)
    headers = {
        "Host": target.host if usual else target.place,
        "User-Agent": "citizen-reporting",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "Content-Length": str(len(call.body)),
        **call.headers,
    }
    if not all(_HEADER.fullmatch(name) and _HEADER_VALUE.fullmatch(value) for name, value in headers.items()):
        raise NotAllowed("header")
    lines = [f"{call.method} {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _read(stream: socket.socket, method: str, until: float) -> Answer:
    response = http.client.HTTPResponse(_Ends(stream, until), method=method)  # type: ignore[arg-type]
    with contextlib.closing(response):
        response.begin()
        body = response.read(ANSWER_BYTES)
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


def _left(until: float) -> float:
    """Seconds until then; raises TimeoutError when it has passed."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Ends(io.RawIOBase):
    """A socket to read from whose patience counts for all reads together: who sends a byte now and then gains nothing."""

    def __init__(self, stream: socket.socket, until: float) -> None:
        self._stream = stream
        self._until = until

    def makefile(self, *_how: Any) -> io.BufferedReader:
        """What the reader of answers asks a socket for."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._stream.settimeout(_left(self._until))
        return self._stream.recv_into(buffer)
