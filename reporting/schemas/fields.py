"""Field types that refuse what a table or a screen cannot bear, in words that help the person who reads them."""

import math
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from marshmallow import ValidationError, fields

TEXT_LIMIT: Final = 4000
"""Characters of free text in one field."""
_KEPT_CONTROLS: Final = frozenset("\n\r\t")


class PlainText(fields.String):
    """Text of at most `limit` characters without control characters; stripped at both ends."""

    def __init__(self, *, limit: int = TEXT_LIMIT, **options: Any) -> None:
        super().__init__(**options)
        self.limit = limit
        self.metadata = {"maxLength": limit, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_more: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("Must be text.")
        if len(value) > self.limit:
            raise ValidationError(f"Must be at most {self.limit} characters; this has {len(value)}.")
        if not value.isprintable() and any(_is_control(character) for character in value):
            raise ValidationError("Must not contain control characters.")
        return value.strip()


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") and character not in _KEPT_CONTROLS


class Number(fields.Float):
    """A finite number between two bounds; true, text and NaN are not numbers."""

    def __init__(self, least: float, most: float, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most = least, most
        self.metadata = {"minimum": least, "maximum": most, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_more: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
            raise ValidationError("Must be a number.")
        if not self.least <= value <= self.most:
            raise ValidationError(f"Must be between {self.least:g} and {self.most:g}.")
        return float(value)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


class DeviceTime(fields.String):
    """What a device says the time is: kept as sent, and read as an aware UTC time where it has an offset and a sane year."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"format": "date-time", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_more: Any) -> Any:
        if not isinstance(value, str) or len(value) > 40 or any(_is_control(character) for character in value):
            raise ValidationError("Must be a date and time such as 2026-11-22T09:15:00+02:00.")
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise ValidationError("Must be a date and time such as 2026-11-22T09:15:00+02:00.") from None
        return value, _in_utc(moment)


def _in_utc(moment: datetime) -> datetime | None:
    """None without an offset or at the edge of the calendar: such a time is kept and not used."""
    if moment.tzinfo is None:
        return None
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


class Stamp(fields.String):
    """A time on the way out, as RFC 3339 text in UTC; the queries have made it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"format": "date-time", **self.metadata}


class Day(fields.String):
    """A date on the way out, as RFC 3339 text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"format": "date", **self.metadata}
