"""A small process that outlives a killed supervisor just long enough to end everything it had started.

It reads `guard GROUP SIGNAL` and `release GROUP` from its standard input. The end of the input means that the
supervisor is gone: whatever group is still guarded is asked to end by its signal and killed 5 s later. It stands alone
(no import of ours) and is run by file name, so that it starts in a few milliseconds.
"""

import os
import signal
import sys
import time

_GRACE_SECONDS = 5.0
_PAUSE_SECONDS = 0.05


def main() -> None:
    """Follow the supervisor's words until it is gone, then end what is left."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        word, group, *rest = line.split()
        if word == "guard":
            groups[int(group)] = int(rest[0])
        else:
            groups.pop(int(group), None)
    end(groups)


def end(groups: dict[int, int]) -> None:
    """Ask every group to end by its own signal; kill what is left after the grace."""
    alive = [group for group, signum in groups.items() if sent(group, signum)]
    deadline = time.monotonic() + _GRACE_SECONDS
    while alive and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)
        alive = [group for group in alive if sent(group, 0)]
    for group in alive:
        sent(group, signal.SIGKILL)


def sent(group: int, signum: int) -> bool:
    """Send a signal to a group; False when the group is gone. Signal 0 only asks."""
    try:
        os.killpg(group, signum)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    main()
