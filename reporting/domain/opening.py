"""When a row of routing counts: weekdays and hours, public holidays, days of an event; read, judged and put into words. Pure.

Times are those of the row's own zone. A span belongs to the day on which it begins: what begins on Saturday at 20:00 and ends
at 06:00 is Saturday's, and on the night a clock is changed it lasts as long as the wall clock says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from reporting.domain.facts import AreaFacts, Days, Hours

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_SPANS: Final = 100
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_DAY_MINUTES: Final = 24 * 60


def counts(area: AreaFacts, holidays: Mapping[date, str], at: datetime) -> bool:
    """Whether the row counts at this moment (aware). `holidays` are its organisation's."""
    if not area.hours and not area.days and area.holidays == "as_usual":
        return True
    local = at.astimezone(_zone(area.timezone))
    begun = _begun(area.hours, local.date(), local.hour * 60 + local.minute)
    return any(_on(area, holidays, day) for day in begun)


def hours_line(area: AreaFacts, holidays: Mapping[date, str], at: datetime) -> str:
    """For people: when the row counts, and what time it was there."""
    return f"{in_words(area)}; it was {_moment(at.astimezone(_zone(area.timezone)), holidays)} there."


def _begun(hours: Sequence[Hours], today: date, minute: int) -> set[date]:
    """The days whose spans run at this minute of today: today itself, yesterday by a span past midnight."""
    if not hours:
        return {today}
    found = set()
    for span in hours:
        overnight = span.until <= span.start
        if span.weekday == today.weekday() and span.start <= minute and (overnight or minute < span.until):
            found.add(today)
        if overnight and (span.weekday + 1) % 7 == today.weekday() and minute < span.until:
            found.add(today - timedelta(days=1))
    return found


def _on(area: AreaFacts, holidays: Mapping[date, str], day: date) -> bool:
    if area.days and not any(each.first <= day <= each.last for each in area.days):
        return False
    return area.holidays == "as_usual" or (day in holidays) == (area.holidays == "only")


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _moment(local: datetime, holidays: Mapping[date, str]) -> str:
    day = local.date()
    holiday = f" ({holidays[day] or 'a public holiday'})" if day in holidays else ""
    return f"{WEEKDAYS[day.weekday()]} {local:%H:%M}{holiday}"


def in_words(area: AreaFacts) -> str:
    """When the row counts, for people: "Served Monday to Friday 08:00-17:00, not on public holidays"."""
    clock = _spans(area.hours) if area.hours else "round the clock"
    holiday = {"as_usual": "", "only": ", only on public holidays", "never": ", not on public holidays"}[area.holidays]
    days = f", only on {' and '.join(days_in_words(each) for each in area.days)}" if area.days else ""
    return f"Served {clock}{holiday}{days}"


def days_in_words(days: Days) -> str:
    """A day, or the first and the last."""
    first, last = (f"{each.day} {each:%B %Y}" for each in (days.first, days.last))
    return first if first == last else f"{first} to {last}"


@lru_cache(maxsize=1024)
def _spans(hours: tuple[Hours, ...]) -> str:
    by_time: dict[tuple[int, int], list[int]] = {}
    for span in sorted(set(hours), key=lambda each: (each.start, each.until, each.weekday)):
        by_time.setdefault((span.start, span.until), []).append(span.weekday)
    ordered = sorted(by_time.items(), key=lambda each: (each[1][0], each[0]))
    return ", ".join(f"{_weekdays(days)} {_clock(start)}–{_clock(until)}" for (start, until), days in ordered)


def _weekdays(days: Sequence[int]) -> str:
    if len(days) == len(WEEKDAYS):
        return "every day"
    runs = [[day for _, day in run] for _, run in groupby(enumerate(days), key=lambda each: each[1] - each[0])]
    return " and ".join(_run(run) for run in runs)


def _run(run: Sequence[int]) -> str:
    if len(run) == 1:
        return WEEKDAYS[run[0]]
    return f"{WEEKDAYS[run[0]]} {'to' if len(run) > 2 else 'and'} {WEEKDAYS[run[-1]]}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def read_hours(value: Any) -> tuple[Hours, ...]:
    """Hours from a list of {weekday 0-6, from "HH:MM", until "HH:MM"}; None is round the clock. Refuses with ValueError."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not 0 < len(value) <= MOST_SPANS:
        raise ValueError(f"hours must be a list of 1 to {MOST_SPANS} spans, or left out for round the clock")
    return tuple(_span(each) for each in value)


def _span(value: Any) -> Hours:
    if not isinstance(value, Mapping) or set(value) != {"weekday", "from", "until"}:
        raise ValueError('each span of hours needs "weekday", "from" and "until", and nothing else')
    weekday = value["weekday"]
    if isinstance(weekday, bool) or not isinstance(weekday, int) or not 0 <= weekday <= 6:
        raise ValueError(f"weekday {weekday!r} is not a number from 0 (Monday) to 6 (Sunday)")
    start, until = _minutes(value["from"]), _minutes(value["until"])
    if start == _DAY_MINUTES:
        raise ValueError('hours cannot begin at "24:00"; write "00:00" of the next day')
    return Hours(weekday, start, until)


def _minutes(value: Any) -> int:
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise ValueError(f'{value!r} is not a time of day; write "08:30", or "24:00" for the end of the day')
    return int(value[:2]) * 60 + int(value[3:])


def read_days(value: Any) -> tuple[Days, ...]:
    """Days from a list of {from, until} dates, both included; None is every day. Refuses with ValueError."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not 0 < len(value) <= MOST_SPANS:
        raise ValueError(f"days must be a list of 1 to {MOST_SPANS} ranges, or left out for every day")
    return tuple(_range(each) for each in value)


def _range(value: Any) -> Days:
    if not isinstance(value, Mapping) or set(value) != {"from", "until"}:
        raise ValueError('each range of days needs "from" and "until", and nothing else')
    first, last = _date(value["from"]), _date(value["until"])
    if last < first:
        raise ValueError(f"days end ({last}) before they begin ({first})")
    return Days(first, last)


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else _no_date(value)
    except ValueError:
        return _no_date(value)


def _no_date(value: Any) -> date:
    raise ValueError(f'{value!r} is not a date; write "2026-12-24"')


def read_zone(value: Any) -> str:
    """The name of a time zone; empty for the installation's. Refuses with ValueError what is not in the zone table."""
    if value in (None, ""):
        return ""
    try:
        return _zone(value).key
    except (KeyError, TypeError, ValueError, OSError):
        raise ValueError(f'{value!r} is no time zone; write one like "Europe/Helsinki"') from None
