"""What the console's forms may send: one schema for each action, checked before any service is asked."""

import uuid
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validates_schema
from marshmallow.validate import Length, OneOf, Range, Regexp

from reporting.domain.categories import CODES
from reporting.domain.facts import Point
from reporting.domain.outcomes import OUTCOMES
from reporting.domain.priorities import PRIORITIES
from reporting.schemas.fields import PlainText
from reporting.services.assigning import Receiver
from reporting.services.correcting import Correction

UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class VersionForm(Schema):
    """Every decision names the version that the person saw."""

    class Meta:
        unknown = EXCLUDE

    version = fields.Integer(required=True)


class NoteForm(Schema):
    """A note decides nothing: it needs no version and meets no conflict."""

    class Meta:
        unknown = EXCLUDE

    version = fields.Constant(None, load_default=None)
    text = PlainText(required=True, validate=Length(min=1, error="Write something first."))


class PriorityForm(VersionForm):
    """A priority that overrules the score; the reason may come later."""

    priority = fields.Integer(required=True, validate=OneOf(PRIORITIES, error="Choose a priority."))
    reason = PlainText(load_default="", limit=500)


class ReasonForm(VersionForm):
    """A step that needs its reason in words."""

    text = PlainText(required=True, validate=Length(min=1, error="Say why."))


class ShelveForm(ReasonForm):
    """For how many minutes it is shelved."""

    minutes = fields.Integer(required=True, validate=Range(1, 60, error="Choose for how long."))


class CorrectForm(VersionForm):
    """What kind of thing it is, and where, told right; an empty field leaves it as it is."""

    category = fields.String(load_default=None, validate=OneOf(CODES, error="Choose what it is."))
    lat = fields.Float(load_default=None, validate=Range(-90, 90, error="The latitude is between -90 and 90."))
    lon = fields.Float(load_default=None, validate=Range(-180, 180, error="The longitude is between -180 and 180."))
    place = PlainText(load_default=None, limit=200)
    text = PlainText(load_default="", limit=500)

    @pre_load
    def _without_what_is_empty(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value != "" or name == "text"}

    @validates_schema
    def _whole_point(self, data: dict[str, Any], **_more: Any) -> None:
        if (data.get("lat") is None) != (data.get("lon") is None):
            raise ValidationError("A position needs latitude and longitude.", "lat")

    @post_load
    def _correction(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        lat, lon = data["lat"], data["lon"]
        point = Point(lat, lon, None, "pin") if lat is not None and lon is not None else None
        correction = Correction(category=data["category"], point=point, place=data["place"], reason=data["text"])
        return {"version": data["version"], "correction": correction}


class CloseForm(VersionForm):
    """How it ended, and a few words for the room."""

    outcome = fields.String(required=True, validate=OneOf(tuple(OUTCOMES), error="Choose how it ended."))
    text = PlainText(load_default="")


class EscalateForm(VersionForm):
    """One rung up, and why."""

    reason = PlainText(required=True, limit=500, validate=Length(min=1, error="Say why."))


class LookForm(VersionForm):
    """What trained staff is asked to look at, in the operator's own words."""

    words = PlainText(load_default="", limit=200, data_key="text")


class AssignForm(VersionForm):
    """A desk or a colleague, as `desk:ID` or `operator:ID`."""

    receiver = fields.String(required=True, validate=Regexp(f"(desk|operator):{UUID}\\Z", error="Choose a desk or a colleague."))
    reason = PlainText(load_default="", limit=500)

    @post_load
    def _receiver(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        kind, _, key = data.pop("receiver").partition(":")
        found = uuid.UUID(key)
        return {**data, "receiver": Receiver(desk_id=found) if kind == "desk" else Receiver(account_id=found)}
