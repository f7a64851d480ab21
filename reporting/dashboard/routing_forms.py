"""What the pages of routing may send: a row with its hours and days, a place to test. Read here into a row's own values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load
from marshmallow.validate import Length, OneOf, Range
from werkzeug.datastructures import MultiDict

from reporting.dashboard.panes import Typed
from reporting.domain.categories import CATEGORIES
from reporting.domain.facts import HOLIDAY_RULES, PARTS
from reporting.domain.opening import WEEKDAYS, read_hours
from reporting.schemas.fields import PlainText

CODES: Final = tuple(category.code for category in CATEGORIES)
MOST_DAYS: Final = 20
MOST_RANK: Final = 100
LABELS: Final = {f"hours_{day}": name for day, name in enumerate(WEEKDAYS)}
SAY_SPANS: Final = "Write hours like 08:00-16:00, more than one with commas, or leave it empty."
_SPAN: Final = re.compile(r"(\d{1,2})[:.]?(\d\d)?\s*[-–—]\s*(\d{1,2})[:.]?(\d\d)?")
_MANY: Final = ("categories", "days_from", "days_until")


class Spans(fields.String):
    """Hours of one day as people write them: `08:00-16:00, 22-6`. Becomes pairs of "HH:MM"."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more).strip()
        parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
        return [_pair(part) for part in parts]


def _pair(text: str) -> tuple[str, str]:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValidationError(SAY_SPANS)
    start, until = (f"{int(hour):02d}:{minute or '00'}" for hour, minute in (found.group(1, 2), found.group(3, 4)))
    try:
        read_hours([{"weekday": 0, "from": start, "until": until}])
    except ValueError:
        raise ValidationError(SAY_SPANS) from None
    return start, until


class TitleForm(Schema):
    """Beginning a draft: what it is for, in a few words or none."""

    class Meta:
        unknown = EXCLUDE

    title = PlainText(limit=80, load_default="")


class DraftForm(Schema):
    """Every step on a draft names the version that the person saw."""

    class Meta:
        unknown = EXCLUDE

    version = fields.Integer(required=True)


class ShapesForm(DraftForm):
    """Putting the areas of a looked-at file into the draft."""

    trial = fields.UUID(required=True)


class RowForm(DraftForm):
    """One row as its page sends it; `row` is what comes of it."""

    name = PlainText(required=True, limit=120, validate=Length(min=1, error="Give the row a name."))
    enabled = fields.Boolean(load_default=False)
    part = fields.String(required=True, validate=OneOf(PARTS))
    kinds = fields.String(load_default="some", validate=OneOf(("all", "some")))
    categories = fields.List(fields.String(validate=OneOf(CODES)), load_default=list)
    clock = fields.String(load_default="always", validate=OneOf(("always", "hours")))
    hours_0, hours_1, hours_2, hours_3, hours_4, hours_5, hours_6 = (Spans(load_default=list) for _ in range(7))
    holidays = fields.String(required=True, validate=OneOf(HOLIDAY_RULES))
    days_from = fields.List(fields.String(), load_default=list)
    days_until = fields.List(fields.String(), load_default=list)
    rank = fields.Integer(
        required=True, validate=Range(-MOST_RANK, MOST_RANK, error=f"The rank is a number from -{MOST_RANK} to {MOST_RANK}.")
    )
    desk_id = fields.String(load_default="")

    @post_load
    def as_row(self, given: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """The version, and the values of the row by its columns."""
        problems: dict[str, list[str]] = {}
        categories = _kinds(given, problems)
        hours = _hours(given, problems)
        days = _days(given, problems)
        if problems:
            raise ValidationError(problems)
        row = {name: given[name] for name in ("name", "enabled", "part", "holidays", "rank")}
        row |= {"categories": categories, "hours": hours, "days": days, "desk_id": given["desk_id"] or None}
        return {"version": given["version"], "fields": row}


def _kinds(given: dict[str, Any], problems: dict[str, list[str]]) -> list[str] | None:
    if given["kinds"] == "all":
        return None
    if not given["categories"]:
        problems["categories"] = ["Choose at least one kind, or every kind. To take nothing, switch the row off."]
    return [code for code in CODES if code in given["categories"]]


def _hours(given: dict[str, Any], problems: dict[str, list[str]]) -> list[dict[str, Any]] | None:
    if given["clock"] == "always":
        return None
    spans = [
        {"weekday": day, "from": start, "until": until} for day in range(len(WEEKDAYS)) for start, until in given[f"hours_{day}"]
    ]
    if not spans:
        problems["clock"] = ["Write hours for at least one day, or choose round the clock."]
    return spans


def _days(given: dict[str, Any], problems: dict[str, list[str]]) -> list[dict[str, str]] | None:
    found = []
    for first, last in zip(given["days_from"], given["days_until"], strict=False):
        if not first and not last:
            continue
        try:
            begin, end = date.fromisoformat(first or last), date.fromisoformat(last or first)
        except ValueError:
            problems["days"] = ["Write dates like 2026-12-24."]
            continue
        if end < begin:
            problems["days"] = ["Days end before they begin."]
        found.append({"from": begin.isoformat(), "until": end.isoformat()})
    if len(found) > MOST_DAYS:
        problems["days"] = [f"At most {MOST_DAYS} stretches of days."]
    return found or None


class PlaceForm(Schema):
    """A place, a kind and an hour to test."""

    class Meta:
        unknown = EXCLUDE

    place = PlainText(required=True, limit=200, validate=Length(min=1, error="Name a place, an address or coordinates."))
    category = fields.String(required=True, validate=OneOf(CODES, error="Choose a kind."))
    weekday = fields.Integer(required=True, validate=Range(0, 6, error="Choose a day."))
    time = fields.String(required=True)

    @post_load
    def as_question(self, given: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """The hour as minutes of the day."""
        if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", given["time"]):
            raise ValidationError({"time": ["Write a time of day like 22:30."]})
        hour, minute = given.pop("time").split(":")
        return {**given, "minutes": int(hour) * 60 + int(minute)}


def next_such_moment(now: datetime, zone: str, weekday: int, minutes: int) -> datetime:
    """The next moment that is this weekday (Monday 0) and this minute of the day by the clocks of the zone."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() + timedelta(days=(weekday - local.weekday()) % 7)
    moment = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=ZoneInfo(zone))
    return moment if moment >= local else moment + timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wrong(Typed):
    """A form that was refused, with the names of the fields that are not right."""

    fields: frozenset[str] = frozenset()


def wrong_fields(action: str, error: ValidationError, form: MultiDict[str, str]) -> Wrong:
    """What is wrong with a form, a line for each field."""
    found = error.normalized_messages()
    values = {name: value for name, value in form.items() if name not in ("csrf_token", "version")}
    lines = tuple(f"{LABELS[name]}: {said}" if name in LABELS else said for name in found for said in _said(found[name]))
    return Wrong(action, "Nothing is saved yet. Please look at this again.", 422, values, lines, frozenset(found))


def _said(messages: Any) -> list[str]:
    """Messages of a field as lines; those of a list's members come below their positions."""
    if isinstance(messages, dict):
        return [line for inner in messages.values() for line in _said(inner)]
    return [str(message) for message in messages]


def many(form: MultiDict[str, str]) -> dict[str, Any]:
    """A form as its schema reads it: what may come several times as lists."""
    return {name: form.getlist(name) if name in _MANY else form[name] for name in form}


def as_typed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as its page shows it for changing."""
    spans: dict[int, list[str]] = {}
    for span in row["hours"] or []:
        spans.setdefault(span["weekday"], []).append(f"{span['from']}–{span['until']}")
    return {
        **{name: row[name] for name in ("name", "enabled", "part", "holidays", "rank")},
        "kinds": "some" if row["categories"] else "all",
        "categories": row["categories"] or [],
        "clock": "hours" if row["hours"] else "always",
        **{f"hours_{day}": ", ".join(spans.get(day, [])) for day in range(len(WEEKDAYS))},
        "days_from": [each["from"] for each in row["days"] or []],
        "days_until": [each["until"] for each in row["days"] or []],
        "desk_id": row["desk_id"] or "",
    }
