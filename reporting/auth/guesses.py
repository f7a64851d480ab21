"""Slows down who guesses: wrong receipt codes and sign-ins are counted per network for a while, in this process alone.

A right receipt code is never refused or delayed, whoever else guesses from the same network: it is looked up first, and only
a wrong one is told to wait. With 75 random bits nobody guesses one; this keeps the guessing from costing us anything.
Sign-ins do wait, all of the network's, because looking at a password is what costs.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

from flask import Request

from reporting.auth.senders import client_address, network_of
from reporting.domain.errors import TooManyGuesses

FREE: Final = 20
"""Wrong codes a network may send within the window before it is told to wait: typing slips of a whole stadium's Wi-Fi."""
WINDOW_S: Final = 60.0
NETWORKS: Final = 10_000


class Guesses:
    """Wrong tries by network, the oldest forgotten first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def wrong(self, network: str) -> int:
        """Counts a wrong try; returns the seconds to wait before the next one, 0 while tries are free."""
        now = self._clock()
        with self._lock:
            since, count = self._seen.pop(network, (now, 0))
            if now - since > WINDOW_S:
                since, count = now, 0
            self._seen[network] = (since, count + 1)
            while len(self._seen) > NETWORKS:
                self._seen.popitem(last=False)
        return 0 if count < FREE else max(1, round(since + WINDOW_S - now))

    def wait(self, network: str) -> int:
        """The seconds until the next try, which is not counted by asking; 0 while tries are free."""
        now = self._clock()
        with self._lock:
            since, count = self._seen.get(network, (now, 0))
        return 0 if count < FREE or now - since > WINDOW_S else max(1, round(since + WINDOW_S - now))

    def forget(self) -> None:
        """Forgets every network."""
        with self._lock:
            self._seen.clear()


GUESSES: Final = Guesses()
SIGN_INS: Final = Guesses()


def count_wrong_code(request: Request) -> None:
    """Counts a code that opened nothing; raises TooManyGuesses when its network has used up its free tries."""
    seconds = GUESSES.wrong(network_of(client_address(request)) or "")
    if seconds:
        raise TooManyGuesses(seconds)
