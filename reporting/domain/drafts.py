"""Drafts of routing: rows with changes laid over them, what differs in the end, and what two hands have changed at once. Pure.

A change carries only the values that were changed. So a draft can be laid over other rows than those it was begun on: what
both sides changed is named, and the draft's value stands; all else comes from the rows in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Row = dict[str, Any]
"""The content of one row of routing as plain JSON values, by column."""
Rows = dict[str, Row]
"""Rows by key; a key stays the same through all versions of a row."""

Kind = Literal["change", "add", "remove", "reset", "rebase"]
KINDS: Final[tuple[Kind, ...]] = ("change", "add", "remove", "reset", "rebase")


@dataclass(frozen=True, slots=True)
class Change:
    """One change to the row of this key. `reset` takes back all changes to it so far; `rebase` is only a note."""

    kind: str
    key: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one row: `fields` are the names of the values that differ; none where it was added or removed."""

    key: str
    kind: Literal["added", "removed", "changed"]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clash:
    """What both sides changed: one value of a row (`field`), or a row that is gone (`field` empty)."""

    key: str
    field: str


def lay_over(base: Mapping[str, Row], changes: Sequence[Change]) -> Rows:
    """The rows as the draft has them. A change to a row that is not there is left out."""
    rows = {key: dict(row) for key, row in base.items()}
    for change in changes:
        if change.kind == "add":
            rows[change.key] = dict(change.fields)
        elif change.kind == "remove":
            rows.pop(change.key, None)
        elif change.kind == "change" and change.key in rows:
            rows[change.key] = {**rows[change.key], **change.fields}
        elif change.kind == "reset":
            _restore(rows, base, change.key)
    return rows


def _restore(rows: Rows, base: Mapping[str, Row], key: str) -> None:
    if key in base:
        rows[key] = dict(base[key])
    else:
        rows.pop(key, None)


def differences(before: Mapping[str, Row], after: Mapping[str, Row]) -> list[Difference]:
    """What differs, row by row, in the order of their keys."""
    found = []
    for key in sorted(before.keys() | after.keys()):
        if key not in before:
            found.append(Difference(key, "added"))
        elif key not in after:
            found.append(Difference(key, "removed"))
        elif before[key] != after[key]:
            found.append(Difference(key, "changed", changed_fields(before[key], after[key])))
    return found


def changed_fields(before: Row, after: Row) -> tuple[str, ...]:
    """Names of the values that differ."""
    return tuple(name for name in {**before, **after} if before.get(name) != after.get(name))


def clashes(old: Mapping[str, Row], new: Mapping[str, Row], changes: Sequence[Change]) -> list[Clash]:
    """What the draft changes and what has been changed in force since it was begun, too."""
    draft = lay_over(old, changes)
    found = []
    for mine in differences(old, draft):
        theirs = next((each for each in differences(old, new) if each.key == mine.key), None)
        if theirs is None:
            continue
        both = [name for name in mine.fields if name in theirs.fields and draft[mine.key][name] != new[mine.key][name]]
        found += [Clash(mine.key, name) for name in both]
        if (mine.kind == "changed") != (theirs.kind == "changed"):
            found.append(Clash(mine.key, ""))
    return found
