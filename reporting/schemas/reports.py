"""A report on the wire: what a reporter may send, and what comes back."""

from dataclasses import replace
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from reporting.domain import behaviours, categories
from reporting.domain.facts import ANSWERS, Hot, Point
from reporting.domain.receipts import normalised
from reporting.domain.records import Contact, NewReport
from reporting.schemas.fields import DeviceTime, Flag, Number, PlainText, Several, Stamp, Whole, bare_of

SOURCES = ("gps", "pin", "address", "venue", "picture")
ITEM_SIZES = ("small", "large", "vehicle", "large_vehicle")
BEHAVIOUR_WORDS = {choice.value: choice.code for choice in behaviours.PLAIN_CHOICES}
LARGEST_ACCURACY_M = 1_000_000


class _Strict(Schema):
    class Meta:
        unknown = RAISE


def _answer() -> fields.String:
    return fields.String(validate=validate.OneOf(ANSWERS), load_default="unknown")


class LocationSchema(_Strict):
    """A point in WGS-84 degrees with the accuracy in metres that the phone claims."""

    lat = Number(-90, 90, required=True)
    lon = Number(-180, 180, required=True)
    accuracy_m = Number(0, LARGEST_ACCURACY_M, load_default=None, allow_none=True)
    source = fields.String(validate=validate.OneOf(SOURCES), load_default=None, allow_none=True)

    @post_load
    def _point(self, data: dict[str, Any], **_more: Any) -> Point:
        return Point(**data)


class HotSchema(_Strict):
    """The three questions about an item: hidden, obviously suspicious, typical."""

    hidden = _answer()
    obvious = _answer()
    typical = _answer()

    @post_load
    def _hot(self, data: dict[str, Any], **_more: Any) -> Hot:
        return Hot(**data)


class ContactSchema(_Strict):
    """How the reporter may be reached; all optional."""

    name = PlainText(limit=200, load_default=None, allow_none=True)
    email = PlainText(limit=254, load_default=None, allow_none=True)
    phone = PlainText(limit=40, load_default=None, allow_none=True)

    @post_load
    def _contact(self, data: dict[str, Any], **_more: Any) -> Contact | None:
        return Contact(**data) if any(data.values()) else None


def _said(name: str) -> dict[str, Any]:
    return {"required": [name], "properties": {name: {"type": "string", "pattern": r"\S"}}}


class NewReportSchema(_Strict):
    """What a reporter sends. Only `category` and one of `location`, `place`, `venue` are needed."""

    described: ClassVar = {
        "anyOf": [{"required": ["location"], "properties": {"location": {"type": "object"}}}, _said("place"), _said("venue")]
    }

    category = fields.String(required=True, validate=validate.OneOf(categories.CODES))
    description = PlainText(load_default="")
    why_unusual = PlainText(load_default="")
    language = PlainText(limit=35, load_default=None, allow_none=True)
    location = fields.Nested(LocationSchema, load_default=None, allow_none=True)
    reporter_location = fields.Nested(LocationSchema, load_default=None, allow_none=True)
    place = PlainText(limit=500, load_default="")
    venue = PlainText(limit=40, load_default=None, allow_none=True)
    moving_to = PlainText(limit=500, load_default="")
    observed_at = DeviceTime(load_default=None, allow_none=True)
    still_there = _answer()
    happening_now = _answer()
    hot = fields.Nested(HotSchema, load_default=Hot)
    item_size = fields.String(validate=validate.OneOf(ITEM_SIZES), load_default=None, allow_none=True)
    owner_looked_for = _answer()
    owner_found = _answer()
    behaviours = Several(
        fields.String(validate=validate.OneOf((*sorted(behaviours.CODES), *BEHAVIOUR_WORDS))), most=16, load_default=list
    )
    already_told = Several(PlainText(limit=40), most=10, load_default=list)
    about_staff = Flag(load_default=False)
    contact = fields.Nested(ContactSchema, load_default=None, allow_none=True)
    receipt_code = PlainText(limit=40, load_default=None, allow_none=True, metadata={"format": "receipt-code"})
    expected_pictures = Whole(0, 3, load_default=0)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _has_a_place(self, _data: dict[str, Any], sent: Any, **_more: Any) -> None:
        if isinstance(sent, dict) and not any(_is_said(sent.get(name)) for name in ("location", "place", "venue")):
            raise ValidationError("Say where: a location, a place in words, or a venue code.", "location")

    @validates_schema(skip_on_field_errors=False)
    def _receipt_is_whole(self, data: dict[str, Any], **_more: Any) -> None:
        code = data.get("receipt_code")
        if code is not None and normalised(code) is None:
            raise ValidationError("Must be 15 characters and their check character.", "receipt_code")

    @post_load
    def _report(self, data: dict[str, Any], **_more: Any) -> NewReport:
        sent, moment = data.pop("observed_at") or (None, None)
        codes = dict.fromkeys(BEHAVIOUR_WORDS.get(word, word) for word in data.pop("behaviours"))
        report = NewReport(**data, behaviours=tuple(code for code in codes if code), observed_at=moment, observed_at_sent=sent)
        return replace(
            report,
            already_told=tuple(report.already_told),
            receipt_code=normalised(report.receipt_code) if report.receipt_code else None,
            venue=(report.venue or "").upper() or None,
        )


def _is_said(value: Any) -> bool:
    return bool(bare_of(value) if isinstance(value, str) else value)


class NoticeSchema(Schema):
    """Something that was accepted and not used, such as a place code that is no longer in use."""

    field = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class ReportLinksSchema(Schema):
    """Where to go from here; each picture goes to `pictures`, a slash and its number."""

    self = fields.String(required=True)
    pictures = fields.String(required=True, allow_none=True)
    follow_up = fields.String(required=True)


class FiledReportSchema(Schema):
    """The answer to a filed report."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    receipt_code = fields.String(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(["received"]))
    received_at = Stamp(required=True)
    trust = fields.String(required=True, validate=validate.OneOf(["normal", "low"]))
    notices = fields.List(fields.Nested(NoticeSchema), required=True)
    links = fields.Nested(ReportLinksSchema, required=True)
