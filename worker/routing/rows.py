"""A feature of GeoJSON as a routing row: its properties read, each mistake refused with one line that names the feature."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from shapely.geometry import mapping

from reporting.domain.categories import CATEGORIES, is_category
from reporting.domain.facts import HOLIDAY_RULES, LEVELS, PARTS
from reporting.domain.opening import read_days, read_hours, read_zone
from reporting.services.jurisdictions import NewArea
from worker.routing.shapes import Refused, Shape, is_text

MOST_RANK: Final = 1_000
LONGEST_NAME: Final = 200


def row_of(found: Shape) -> NewArea:
    """The row of a feature. Refuses (one line) a property that is not what it should be; further properties are let be."""
    values: dict[str, Any] = {}
    for name, read in _PROPERTIES.items():
        told = found.properties.get(name)
        if told is None or told == "":
            continue
        try:
            values[name] = read(told)
        except ValueError as problem:
            raise Refused(f"feature {found.id}: {problem}") from None
    if len(found.name) > LONGEST_NAME or len(found.id) > LONGEST_NAME:
        raise Refused(f"feature {found.id[:40]}: id and name may have {LONGEST_NAME} letters")
    geometry: dict[str, Any] = json.loads(json.dumps(mapping(found.geometry)))
    return NewArea(key=found.id, name=found.name, geometry=geometry, **values)


def note_on(found: Shape) -> str:
    """A line on what was let be though it looks like ours; empty where there is nothing to say. Files of borders often have a
    `level` of their own."""
    level = found.properties.get("level")
    if level in (None, "", *LEVELS):
        return ""
    return f"feature {found.id}: level {level!r} is none of {', '.join(LEVELS)}; the organisation's own is taken"


def _level(value: Any) -> str | None:
    return value if value in LEVELS else None


def _categories(value: Any) -> tuple[str, ...]:
    named = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(named, list | tuple) or not all(isinstance(each, str) and is_category(each) for each in named):
        known = ", ".join(category.code for category in CATEGORIES)
        raise ValueError(f"{value!r} names a category that is not known; there are {known}")
    return tuple(dict.fromkeys(named))


def _hours(value: Any) -> list[dict[str, Any]]:
    read_hours(_parsed(value))
    return list(_parsed(value))


def _days(value: Any) -> list[dict[str, str]]:
    read_days(_parsed(value))
    return list(_parsed(value))


def _parsed(value: Any) -> Any:
    """Some programs write a list as text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError(f"{value[:40]!r} is not a list in JSON") from None


def _one_of(name: str, known: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in known:
            raise ValueError(f"{name} {value!r} is not one of {', '.join(known)}")
        return str(value)

    return read


def _rank(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MOST_RANK:
        raise ValueError(f"rank {value!r} is not a whole number from -{MOST_RANK} to {MOST_RANK}")
    return value


def _enabled(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"enabled {value!r} is neither true nor false")
    return value


def _desk(value: Any) -> str:
    if not isinstance(value, str) or not is_text(value):
        raise ValueError(f"desk {value!r} is not a name")
    return value


_PROPERTIES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "level": _level,
    "categories": _categories,
    "hours": _hours,
    "timezone": read_zone,
    "holidays": _one_of("holidays", HOLIDAY_RULES),
    "days": _days,
    "part": _one_of("part", PARTS),
    "desk": _desk,
    "rank": _rank,
    "enabled": _enabled,
}
"""property -> how it is read; a ValueError says in words what is wrong with it."""
