"""CSV in, CSV out: columns named when they are missing, times without offset read as UTC, further columns ignored."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

LONGEST_FIELD = 10_000_000
TRUE = frozenset(("1", "true", "yes", "y", "t"))

Row = dict[str, str]


class Refused(ValueError):
    """An input that cannot be used; the message is one line for the person at the terminal."""


def read_table(path: Path, required: Sequence[str]) -> list[Row]:
    """The rows of a UTF-8 CSV with a header. Refuses a file that is unreadable, or that lacks a required column."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            csv.field_size_limit(LONGEST_FIELD)
            reader = csv.DictReader(file)
            _require(path, reader.fieldnames, required)
            return [_texts(row) for row in reader]
    except UnicodeDecodeError:
        raise Refused(f"{path.name}: not UTF-8 text") from None
    except csv.Error as error:
        raise Refused(f"{path.name}: not a readable CSV ({error})") from None
    except OSError as error:
        raise Refused(f"{path.name}: {error.strerror or 'cannot be read'}") from None


def _require(path: Path, found: Iterable[str] | None, required: Sequence[str]) -> None:
    names = list(found or ())
    missing = [name for name in required if name not in names]
    if not names:
        raise Refused(f"{path.name}: empty; a header with {', '.join(required)} is expected")
    if missing:
        word = "column" if len(missing) == 1 else "columns"
        raise Refused(f"{path.name}: missing {word} {', '.join(missing)}")


def _texts(row: dict[str | None, str | list[str] | None]) -> Row:
    return {name: value if isinstance(value, str) else "" for name, value in row.items() if name is not None}


@contextmanager
def written(path: Path, header: Sequence[str]) -> Iterator[list[Sequence[object]]]:
    """A table to fill; it is written as a whole at the end, so that a refusal leaves no half file behind."""
    rows: list[Sequence[object]] = []
    yield rows
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            _write(file, header, rows)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror or 'cannot be written'}") from None


def _write(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def read_time(text: str, where: str) -> datetime:
    """An ISO 8601 time; without an offset it is UTC. Refuses anything else, naming the row."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused(f"{where}: {text!r} is not an ISO 8601 time") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def read_number(text: str, where: str) -> float | None:
    """A finite number, None where the cell is empty. Refuses anything else, naming the row."""
    if not text.strip():
        return None
    try:
        found = float(text)
    except ValueError:
        raise Refused(f"{where}: {text!r} is not a number") from None
    if not math.isfinite(found):
        raise Refused(f"{where}: {text!r} is not a finite number")
    return found


def read_position(row: Row, where: str) -> tuple[float, float] | None:
    """Latitude and longitude in WGS-84 degrees, None where a cell is empty. Refuses what is outside the globe."""
    lat, lon = read_number(row.get("lat", ""), f"{where}, lat"), read_number(row.get("lon", ""), f"{where}, lon")
    if lat is None or lon is None:
        return None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise Refused(f"{where}: {lat}, {lon} is no position in WGS-84 degrees")
    return lat, lon


def is_true(text: str) -> bool:
    """Whether a cell says yes."""
    return text.strip().lower() in TRUE
