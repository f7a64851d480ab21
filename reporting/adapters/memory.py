"""The garbage collector of a process that has started: what is there stays, and what comes goes with its last reference."""

import gc
from typing import Final

YOUNG: Final = 20_000
"""New containers before the youngest are looked through. Python's own 700 is for small programs: a batch of fifty reports makes
many thousands, nearly all gone when it ends."""


def settle() -> None:
    """To be called once, when everything is loaded. Without it each full look goes through every module, map and word list
    that was ever loaded, for some tenths of a second in which nothing else is done."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
