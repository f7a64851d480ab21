"""Field types that refuse what a table or a screen cannot bear, in words that help the person who reads them."""

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

TEXT_LIMIT: Final = 4000
"""Characters of free text in one field."""
_KEPT_CONTROLS: Final = frozenset("\n\r\t")
_UNSEEN: Final = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
"""Characters that show as nothing and that no regular expression counts as blank."""

_CONTROLS: Final = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
PLAIN: Final = f"^[^{_CONTROLS}]*$"
FILLED: Final = rf"^[^{_CONTROLS}]*[^\s\u200b-\u200f\u2060\ufeff{_CONTROLS}][^{_CONTROLS}]*$"
"""What PlainText takes, for the description of the API: no control characters; and something that is not blank."""


class PlainText(fields.String):
    """Text of at most `limit` characters without control characters, stripped of all that is not seen at both ends.

    `filled` refuses blank text."""

    def __init__(self, *, limit: int = TEXT_LIMIT, filled: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.limit, self.filled = limit, filled
        self.metadata = {"maxLength": limit, "pattern": FILLED if filled else PLAIN, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_more: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("Must be text.")
        if len(value) > self.limit:
            raise ValidationError(f"Must be at most {self.limit} characters; this has {len(value)}.")
        if not value.isprintable() and any(_is_control(character) for character in value):
            raise ValidationError("Must not contain control characters.")
        bare = bare_of(value)
        if self.filled and not bare:
            raise ValidationError("Must not be empty.")
        return bare


def bare_of(text: str) -> str:
    """Without what shows as nothing at either end; text of nothing else is empty."""
    start, end = 0, len(text)
    while start < end and _is_blank(text[start]):
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_blank(character: str) -> bool:
    return character.isspace() or character in _UNSEEN


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") and character not in _KEPT_CONTROLS


class Several(fields.List):
    """A list of at most `most`. One that is longer is refused whole: a sentence about each of thousands would cost us more than
    its sender."""

    def __init__(self, inner: fields.Field, *, most: int, **options: Any) -> None:
        super().__init__(inner, validate=validate.Length(max=most), **options)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.most:
            raise ValidationError(f"Longer than maximum length {self.most}.")
        return super()._deserialize(value, attr, data, **more)


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


class Whole(fields.Integer):
    """A whole number between two bounds; true is not one. With `from_text` it comes from an address, in digits."""

    def __init__(self, least: int, most: int, *, from_text: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most, self.from_text = least, most, from_text
        self.metadata = {**self.metadata, "minimum": least, "maximum": most}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_more: Any) -> int:
        if self.from_text and isinstance(value, str) and re.fullmatch("-?[0-9]{1,10}", value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("Must be a whole number.")
        if not self.least <= value <= self.most:
            raise ValidationError(f"Must be between {self.least} and {self.most}.")
        return value


class Flag(fields.Boolean):
    """True or false, and nothing that only resembles them."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_more: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Must be true or false.")
        return value


LONGEST_TIME: Final = 40
_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
SAY_TIME: Final = "Must be a date and time such as 2026-11-22T09:15:00+02:00."


class DeviceTime(fields.String):
    """What a device says the time is: kept as sent, and read as an aware UTC time where it has an offset and a sane year.

    A time that is written rightly and is on no calendar of ours (a leap second, the year 0) is kept and not used.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"format": "date-time", "maxLength": LONGEST_TIME, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_more: Any) -> Any:
        if not isinstance(value, str) or len(value) > LONGEST_TIME or any(_is_control(character) for character in value):
            raise ValidationError(SAY_TIME)
        try:
            return value, _in_utc(datetime.fromisoformat(value.upper()))
        except ValueError:
            if _RFC3339.fullmatch(value):
                return value, None
            raise ValidationError(SAY_TIME) from None


def _in_utc(moment: datetime) -> datetime | None:
    """None without an offset or at the edge of the calendar: such a time is kept and not used."""
    if moment.tzinfo is None:
        return None
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


class Moment(DeviceTime):
    """A time with its offset that a program names; what lies before our calendar counts as its beginning."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        sent, moment = super()._deserialize(value, attr, data, **more)
        if moment is None and not _RFC3339.fullmatch(sent):
            raise ValidationError("Must be a time with its offset, such as 2026-11-22T09:15:00Z.")
        return moment or _nearest(sent)


def _nearest(sent: str) -> datetime:
    """A leap second is the second before it; beyond the calendar is its edge; no such day is refused."""
    edge = (datetime.max if sent.startswith("9") else datetime.min).replace(tzinfo=UTC)
    if sent.startswith("0000"):
        return edge
    try:
        return _in_utc(datetime.fromisoformat(sent.upper().replace(":60", ":59", 1))) or edge
    except ValueError:
        raise ValidationError(SAY_TIME) from None


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
