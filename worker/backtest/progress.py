"""Progress of long work: a bar in a terminal, nothing in a pipe or a log."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

import click

Item = TypeVar("Item")
_TOO_SHORT = 200


def shown(items: Sequence[Item], label: str) -> Iterator[Item]:
    """The items one by one, with a bar on stderr while a person watches."""
    if len(items) < _TOO_SHORT or not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, label=label, file=sys.stderr, update_min_steps=max(1, len(items) // 200)) as bar:
        yield from bar
