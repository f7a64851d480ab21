"""Stands in for a decoder that wants too much of something."""

import os
import sys
import time
from typing import Any

from worker.media import child, limits


def greedy(_file: Any) -> Any:
    """Takes what the variable GREED names, without end."""
    if os.environ["GREED"] == "memory":
        return [bytearray(limits.MEMORY_BYTES // 2) for _ in range(3)]
    if os.environ["GREED"] == "time":
        time.sleep(60)
    while True:
        pass


if __name__ == "__main__":
    limits.CPU_SECONDS = 1  # type: ignore[misc]
    sys.exit(child.main(greedy, int(sys.argv[2]), int(sys.argv[3])))
