"""The rows of any CSV as reports: which column means what, where a point lies in another city, and which rows cannot be sent."""

import csv
import hashlib
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from reporting.domain.categories import CODES
from reporting.domain.errors import Refused

Row = dict[str, str]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""West, south, east, north in WGS-84 degrees."""

GUESSES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "description": (
        ("title", "nature", "type", "complaint_type", "call_type", "type_raw", "code_description", "kind"),
        ("description", "text", "details", "notes", "narrative", "comments", "descriptor", "summary", "message"),
    ),
    "lat": (("lat", "latitude", "y"),),
    "lon": (("lon", "lng", "long", "longitude", "x"),),
    "accuracy_m": (("accuracy_m", "accuracy"),),
    "place": (("place", "address", "incident_address", "location", "station", "street", "block", "neighborhood"),),
    "category": (("category",),),
    "id": (("id", "report_id", "call_id", "incident_id", "unique_key", "service_request_id", "case_id", "number", "key"),),
}
"""Field -> groups of column names. Of each group the first that is there counts; several groups are joined."""

TEXTS: Final = ("description", "why_unusual", "place", "venue", "language", "moving_to", "observed_at", "still_there")
TEXTS_TOO: Final = ("happening_now", "item_size", "owner_looked_for", "owner_found", "receipt_code")
INNER: Final = ("hot.hidden", "hot.obvious", "hot.typical", "contact.name", "contact.email", "contact.phone")
LISTS: Final = ("behaviours", "already_told")
NUMBERS: Final = ("lat", "lon", "accuracy_m")
SPECIAL: Final = ("id", "device", "category", "about_staff", "expected_pictures")
FIELDS: Final = (*TEXTS, *TEXTS_TOO, *INNER, *LISTS, *NUMBERS, *SPECIAL)
"""What a column can be mapped to: a field of a report; its `id`; the `device` that files it."""

LONGEST_CELL: Final = 1_000_000
TRIMMED: Final = 0.01
"""The share of points at each edge that does not stretch the box of a file: stray points would squash all others."""


class BadRow(Exception):
    """A row that cannot be sent: the field and what is wrong with it, without its value."""

    def __init__(self, field_name: str, wrong: str) -> None:
        super().__init__(f"{field_name} {wrong}")
        self.field = field_name
        self.wrong = wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How rows become reports. `columns`: field -> the columns that fill it. `place` stands in where a row names none."""

    source: str
    columns: Mapping[str, tuple[str, ...]]
    category: str = "other"
    place: str = ""
    moved: Callable[[Point], Point] = field(default=lambda point: point)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One report ready to be sent: the number of its row (the first behind the header is 1), its key, headers and body."""

    row: int
    key: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


def read_rows(path: Path, limit: int | None = None) -> Iterator[Row]:
    """The rows one by one, by column. Refuses a file that is no CSV with a header."""
    csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            start = file.read(8192)
            file.seek(0)
            reader = csv.DictReader(file, delimiter=_separator(start), restval="")
            if not reader.fieldnames or not any(name.strip() for name in reader.fieldnames):
                raise Refused(f"{path.name} is empty; its first line must name the columns")
            for row in islice(reader, limit):
                yield {name: value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)}
    except csv.Error as error:
        raise Refused(f"{path.name} is not a readable CSV: {error}") from None
    except OSError as error:
        raise Refused(f"{path.name} cannot be read: {error.strerror}") from None


def _separator(start: str) -> str:
    """A comma, unless the header line has more of something else."""
    head = start.splitlines()[0] if start.strip() else ""
    return max(",;\t|", key=head.count)


def choose_columns(header: Sequence[str], mapped: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Field -> columns: what was mapped by hand, and a guess for the rest. Raises KeyError for a column that is not there."""
    known = {_plain(name): name for name in reversed(header)}
    chosen: dict[str, tuple[str, ...]] = {}
    for column, name in mapped:
        if column not in header and _plain(column) not in known:
            raise KeyError(column)
        chosen[name] = (*chosen.get(name, ()), column if column in header else known[_plain(column)])
    for name, groups in GUESSES.items():
        found = [next((known[each] for each in group if each in known), "") for group in groups]
        if name not in chosen and any(found):
            chosen[name] = tuple(column for column in found if column)
    return chosen


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def point_of(row: Row, columns: Mapping[str, tuple[str, ...]]) -> Point | None:
    """The row's position (lat, lon) in degrees; None where it has none. Raises BadRow for what is no position."""
    words = {name: _words(row, columns.get(name, ())) for name in ("lat", "lon")}
    if not any(words.values()):
        return None
    lat, lon = _number("lat", words["lat"], 90), _number("lon", words["lon"], 180)
    return None if lat == lon == 0 else (lat, lon)


def _number(name: str, words: str, most: float) -> float:
    try:
        value = float(words)
    except ValueError:
        raise BadRow(name, "is not a number" if words else "is missing") from None
    if not math.isfinite(value) or abs(value) > most:
        raise BadRow(name, f"is not between -{most:g} and {most:g}")
    return value


def bounds(points: Sequence[Point]) -> Box | None:
    """The box in which nearly all of the points (lat, lon) lie; None without any."""
    if not points:
        return None
    cut = int(len(points) * TRIMMED)
    lats, lons = sorted(lat for lat, _lon in points), sorted(lon for _lat, lon in points)
    return lons[cut], lats[cut], lons[-1 - cut], lats[-1 - cut]


def mover(source: Box, target: Box) -> Callable[[Point], Point]:
    """Maps points of one box linearly into another, so that one city's day plays in another; strays land on its edge."""

    def move(point: Point) -> Point:
        lat = _scaled(point[0], (source[1], source[3]), (target[1], target[3]))
        lon = _scaled(point[1], (source[0], source[2]), (target[0], target[2]))
        return lat, lon

    return move


def _scaled(value: float, source: Point, target: Point) -> float:
    width = source[1] - source[0]
    share = min(max((value - source[0]) / width, 0.0), 1.0) if width else 0.5
    return round(target[0] + share * (target[1] - target[0]), 6)


def outgoing(number: int, row: Row, plan: Plan, seen: Counter[str]) -> Outgoing:
    """The report of a row. Its key comes from the file and the row's id, so that a second replay files nothing twice.

    `seen` counts the ids so far: where a file uses one again, its second row is another report. Raises BadRow.
    """
    words = {name: _words(row, columns) for name, columns in plan.columns.items()}
    headers = {"Device-Key": _hashed("device", plan.source, words["device"])} if words.get("device") else {}
    own = words.get("id") or f"row {number}"
    seen.update([own])
    key = _hashed("row", plan.source, own if seen[own] == 1 else f"{own}\n{seen[own]}")
    return Outgoing(number, key, headers, _body(row, words, plan))


def _hashed(kind: str, source: str, words: str) -> str:
    return "replay-" + hashlib.sha256(f"{kind}\n{source}\n{words}".encode()).hexdigest()[:40]


def _words(row: Row, columns: Sequence[str]) -> str:
    """What the columns say, each thing once."""
    said = dict.fromkeys(row.get(column, "").strip() for column in columns)
    return ". ".join(words for words in said if words)


def _body(row: Row, words: Mapping[str, str], plan: Plan) -> dict[str, Any]:
    body: dict[str, Any] = {"category": words["category"] if words.get("category") in CODES else plan.category}
    for name in (*TEXTS, *TEXTS_TOO, *INNER):
        if words.get(name):
            _put(body, name, words[name])
    for name in LISTS:
        if words.get(name):
            body[name] = [part.strip() for part in words[name].split(";") if part.strip()]
    if words.get("about_staff"):
        body["about_staff"] = words["about_staff"].lower() in ("1", "true", "yes", "y")
    if words.get("expected_pictures"):
        body["expected_pictures"] = int(_number("expected_pictures", words["expected_pictures"], 3))
    point = point_of(row, plan.columns)
    if point is not None:
        body["location"] = _location(plan.moved(point), words)
    if not body.get("location") and not body.get("place") and not body.get("venue"):
        body["place"] = plan.place or _nowhere()
    return body


def _location(point: Point, words: Mapping[str, str]) -> dict[str, Any]:
    accuracy = {"accuracy_m": _number("accuracy_m", words["accuracy_m"], 1_000_000)} if words.get("accuracy_m") else {}
    return {"lat": point[0], "lon": point[1], **accuracy}


def _nowhere() -> str:
    raise BadRow("place", "is missing, and so is a position; --place names one for all")


def _put(body: dict[str, Any], name: str, value: str) -> None:
    outer, _, last = name.rpartition(".")
    (body.setdefault(outer, {}) if outer else body)[last] = value
