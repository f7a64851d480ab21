"""What the forms of the desks' page may send, and what the services get of it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, Schema, fields
from marshmallow.validate import Length, Regexp

from reporting.domain.errors import Problem, Refused
from reporting.schemas.fields import PlainText
from reporting.services.roster import NewNumber, NewShift

LOCAL = "%Y-%m-%dT%H:%M"


class ShiftForm(Schema):
    """One shift: the times are the room's own."""

    class Meta:
        unknown = EXCLUDE

    person = PlainText(required=True, limit=254, validate=Length(min=1, error="Choose a person."))
    desk = PlainText(required=True, limit=200, validate=Length(min=1, error="Choose a desk."))
    starts_at = fields.NaiveDateTime(required=True, format=LOCAL, error_messages={"invalid": "Say when it begins."})
    until = fields.NaiveDateTime(required=True, format=LOCAL, error_messages={"invalid": "Say when it ends."})
    skills = fields.List(fields.String(), load_default=list)
    languages = fields.String(
        load_default="", validate=Regexp(r"^[a-zA-Z]{0,3}([ ,]+[a-zA-Z]{2,3})*[ ,]*$", error="Write languages as: fi sv en")
    )


class NumbersForm(Schema):
    """The list of numbers as lines: name; role; number; and, if wanted, how they are told as well."""

    class Meta:
        unknown = EXCLUDE

    numbers = PlainText(load_default="")


def shift_in(given: dict[str, Any], zone: str) -> NewShift:
    """The shift, with its times in the room's zone."""
    return NewShift(
        person=given["person"],
        desk=given["desk"],
        starts_at=_local(given["starts_at"], zone),
        until=_local(given["until"], zone),
        skills=tuple(given["skills"]),
        languages=tuple(given["languages"].replace(",", " ").lower().split()),
    )


def _local(moment: datetime, zone: str) -> datetime:
    return moment.replace(tzinfo=ZoneInfo(zone))


def numbers_in(text: str) -> list[NewNumber]:
    """One entry for each line that is not blank: `name; role; number`, or `name; number`. A fourth part says how they are told
    as well: a mail address, `sms`, or both."""
    found = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        parts = [part.strip() for part in line.split(";")]
        name, role, number, told = parts[0], "", "", ""
        if len(parts) == 2:
            number = parts[1]
        elif len(parts) in (3, 4):
            role, number, told = parts[1], parts[2], (parts[3:] or [""])[0]
        ways = told.split()
        mails = [each for each in ways if "@" in each]
        if not number or len(mails) > 1 or any(each not in mails and each.lower() != "sms" for each in ways):
            sentence = f"Write name; role; number, then a mail address or sms: {line[:60]}"
            raise Refused("A line is not right.", (Problem("numbers", "invalid", sentence),))
        found.append(NewNumber(name, role, number, (mails or [""])[0], len(ways) > len(mails)))
    return found
