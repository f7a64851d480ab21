"""What the process that opens a picture may use, and how that is said to the kernel. Hard limits: it cannot raise them again."""

import resource
from typing import Final

MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""Of address space. 40 megapixels with transparency are 160 MB, and some steps need two of them beside the libraries."""
CPU_SECONDS: Final = 15
WALL_SECONDS: Final = 20.0
"""Kept by who started it. A picture of 40 megapixels takes two seconds on a slow core."""
OUTPUT_BYTES: Final = 24 * 1024 * 1024
OPEN_FILES: Final = 32

UNREADABLE: Final = 3
TOO_HEAVY: Final = 4
"""How the process ends where there can be no copies."""


def confine() -> None:
    """Limits this process for good: memory, processor, size of files, open files, no further process, no core dump."""
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_FSIZE: OUTPUT_BYTES,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
    for which, most in limits.items():
        resource.setrlimit(which, (most, most))
    # A second of difference tells the kernel's end for this (SIGXCPU) from somebody's `kill -9`.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
