"""Processes as the kernel sees them: whose they are, what they are called, how much time and memory they have used."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

TICKS: Final = os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> Iterator[int]:
    """Every process below this one."""
    try:
        tasks = [(task / "children").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:  # it ended while we looked
        return
    for child in (int(word) for line in tasks for word in line.split()):
        yield child
        yield from descendants(child)


def titled(beginning: str) -> list[int]:
    """Processes whose command line begins so; a database's servers carry their cluster's name there."""
    return [
        int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit() and command(each.name).startswith(beginning)
    ]


def command(pid: int) -> str:
    """The command line, empty for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def seconds(pids: Iterable[int]) -> float:
    """Processor time these processes have used so far, in user and kernel mode."""
    return sum(_ticks(pid) for pid in pids) / TICKS


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def megabytes(pid: int, *, shared_once: bool = False) -> float:
    """Resident memory; with `shared_once` each page that several processes share counts as its share of one."""
    file, field = ("smaps_rollup", "Pss:") if shared_once else ("status", "VmRSS:")
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(field)), 0.0)
