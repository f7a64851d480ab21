"""The words of the routing pages: rows, what differs in them, holes, trials and switches as sentences."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from shapely.geometry import Point

from reporting.dashboard.words import CATEGORY, exact
from reporting.domain.drafts import Difference, Row
from reporting.domain.facts import AreaFacts
from reporting.domain.opening import WEEKDAYS, days_in_words, in_words, read_days, read_hours

FIELD: Final = {
    "name": "name",
    "level": "level",
    "categories": "kinds",
    "geometry": "shape",
    "hours": "hours",
    "timezone": "time zone",
    "holidays": "holidays",
    "days": "days",
    "part": "part",
    "desk_id": "desk",
    "rank": "rank",
    "enabled": "in use",
}
PART: Final = {"responsible": "Responsible", "informed": "Informed only"}
HOLIDAYS: Final = {
    "as_usual": "Like any other day",
    "only": "Only on public holidays",
    "never": "Not on public holidays",
}
STATE: Final = {"draft": "Draft", "published": "In force", "superseded": "Was in force", "discarded": "Put away"}
RULE: Final = {"duty_desk": "falls to the duty desk", "nobody": "waits, because nobody may take it"}
DONE: Final = {"added": "new", "removed": "left out", "changed": "changed"}


def kinds(row: Row) -> str:
    """Which kinds a row takes: `Every kind`, or their names."""
    if not row["categories"]:
        return "Every kind"
    missing = [code for code in CATEGORY if code not in row["categories"]]
    if len(missing) == 1:
        return f"Every kind but {CATEGORY[missing[0]].lower()}"
    return ", ".join(CATEGORY[code] for code in row["categories"])


def when(row: Row) -> str:
    """When a row counts: `Monday to Friday 08:00–17:00, not on public holidays`."""
    words = in_words(
        AreaFacts(
            id="",
            organisation_id="",
            organisation_slug="",
            organisation_name="",
            level=row["level"],
            name=row["name"],
            geometry=Point(),
            hours=read_hours(row["hours"] or None),
            days=read_days(row["days"] or None),
            holidays=row["holidays"],
        )
    ).removeprefix("Served ")
    return words[:1].upper() + words[1:]


def value(row: Row, name: str, desks: Mapping[str, str]) -> str:
    """One value of a row in words."""
    known = {
        "categories": lambda: kinds(row),
        "hours": lambda: when({**row, "days": None, "holidays": "as_usual"}),
        "days": lambda: " and ".join(days_in_words(each) for each in read_days(row["days"] or None)) or "every day",
        "holidays": HOLIDAYS[row["holidays"]].lower,
        "part": PART[row["part"]].lower,
        "desk_id": lambda: desks.get(row["desk_id"] or "", "the default desk"),
        "enabled": lambda: "yes" if row["enabled"] else "no",
        "geometry": lambda: "another outline",
    }
    return known[name]() if name in known else str(row[name])


def difference(found: Difference | None, before: Row | None, row: Row, desks: Mapping[str, str]) -> list[str]:
    """What differs in a row, a line for each value: `hours: round the clock → every day 06:00–22:00`."""
    if found is None:
        return []
    if found.kind != "changed" or before is None:
        return ["This row is new." if found.kind == "added" else "This row is left out."]
    lines = []
    for name in found.fields:
        if name == "geometry":
            lines.append("shape: another outline")
        else:
            lines.append(f"{FIELD[name]}: {value(before, name, desks)} → {value(row, name, desks)}")
    return lines


def hole(found: Mapping[str, Any]) -> str:
    """A hole as a sentence: `Between 22:00 and 06:00 nobody takes “Suspicious behaviour” in Kamppi`."""
    what, where = f"“{CATEGORY.get(found['category'], found['category'])}”", found["name"]
    if found["why"] == "hours" and found["from_day"] is not None:
        span = f"{WEEKDAYS[found['from_day']]} {found['start']} to {WEEKDAYS[found['until_day']]} {found['until']}"
        return f"From {span} nobody takes {what} in {where}"
    if found["why"] == "hours":
        return f"Between {found['start']} and {found['until']} nobody takes {what} in {where}"
    return {
        "kind": f"Nobody takes {what} in {where}",
        "off": f"Nobody takes {what} in {where}, because that row is off",
        "days": f"On the days without service nobody takes {what} in {where}",
    }.get(found["why"], f"Nobody may take {what} in {where}")


def many(own: int, others: int | None, noun: str = "incident") -> str:
    """A count of incidents, with those of other rooms apart: `14 incidents`, `14 incidents and a few of other rooms`."""
    words = [] if own == 0 and others != 0 else [plural(own, noun)]
    if others is None:
        words.append("a few of other rooms")
    elif others:
        words.append(f"{others} of other rooms" if words else f"{plural(others, noun)} of other rooms")
    return " and ".join(words)


def plural(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def headline(answer: Mapping[str, Any]) -> str:
    """What a draft would have done, in one or two sentences."""
    before, _after = answer["ours"]
    leaving, coming = answer["leaving"], answer["coming"]
    desks = sum(each["count"] for each in answer["desks"])
    moved = [f"{many(**leaving)} would have gone to another room"] if any_of(leaving) else []
    moved += [f"{many(**coming)} would have come to you"] if any_of(coming) else []
    moved += [f"{plural(desks, 'incident')} would have gone to another desk of yours"] if desks else []
    verb = "is" if before == 1 else "are"
    first = f"{plural(before, 'incident')} of the last 30 days {verb} yours by the rows in force."
    if not moved:
        return f"{first} With this draft nothing would have gone elsewhere."
    return f"{first} With this draft {'; '.join(moved)}."


def any_of(found: Mapping[str, Any]) -> bool:
    """Whether a count of own and others' incidents is more than nothing; a few are kept as None."""
    return found["own"] > 0 or found["others"] != 0


def answers_in_time(found: Mapping[str, Any]) -> list[str]:
    """What can honestly be said of answers in time: what this room did, and nothing about what others would have done."""
    kept, leaving = found["kept"], found["leaving"]
    lines = []
    if kept[1]:
        lines.append(
            f"Of the {plural(kept[1], 'incident')} with a clock that would have stayed, you acknowledged {kept[0]} in time."
        )
    if leaving[1]:
        lines.append(
            f"Of the {plural(leaving[1], 'incident')} with a clock that would have left, you acknowledged {leaving[0]} in time."
            " How soon the other room would have done so cannot be known."
        )
    return lines


def change(kind: str, name: str, given: Mapping[str, Any]) -> str:
    """One change of a draft's history as a sentence."""
    if kind == "rebase":
        return "Took in what had changed in force."
    if kind == "change":
        values = ", ".join(FIELD[each] for each in given if each in FIELD)
        return f"{name}: changed {values}."
    return {
        "add": f"{name}: added.",
        "remove": f"{name}: left out.",
        "reset": f"{name}: took the changes back.",
    }.get(kind, kind)


def switched(changed: Sequence[Mapping[str, Any]]) -> str:
    """What a switch changed: `City centre (hours), Harbour (new)`."""
    parts = []
    for each in changed:
        fields = ", ".join(FIELD.get(name, name) for name in each["fields"])
        parts.append(f"{each['name']} ({fields or DONE[each['kind']]})")
    return ", ".join(parts)


def at(moment: datetime | str | None, zone: str) -> str:
    """A time to the minute."""
    return exact(moment, zone)[:-3]
