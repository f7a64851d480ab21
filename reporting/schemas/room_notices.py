"""Notices that rooms write, on the wire: what a room sends, what it sees of it, and what a venue reads."""

from typing import Any, ClassVar, Final

from marshmallow import RAISE, Schema, fields, post_load, validate

from reporting.domain.room_notices import KINDS, LEAST_MINUTES, MOST_MINUTES, MOST_VENUES, TEXT_LIMIT, NewRoomNotice
from reporting.schemas.fields import PlainText, Stamp, Whole

ABOUT: Final = {"required": ["incident"], "properties": {"incident": {"type": "string"}}}


def _some(name: str) -> dict[str, Any]:
    return {"required": [name], "properties": {name: {"type": "array", "minItems": 1}}}


class NewRoomNoticeSchema(Schema):
    """A notice to one venue, several, or those of an area."""

    class Meta:
        unknown = RAISE

    described: ClassVar = {
        "allOf": [
            {"anyOf": [_some("venues"), _some("areas")]},
            {"anyOf": [{"properties": {"kind": {"enum": [each for each in KINDS if each != "all_clear"]}}}, ABOUT]},
        ]
    }

    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)), metadata={"description": "What it is."})
    text = PlainText(required=True, filled=True, limit=TEXT_LIMIT, metadata={"description": "What the venues should know."})
    minutes = Whole(LEAST_MINUTES, MOST_MINUTES, load_default=240, metadata={"description": "For how long it stands."})
    venues = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=MOST_VENUES),
        metadata={"description": "Venues of your room, or in one of its areas."},
    )
    areas = fields.List(
        PlainText(limit=200, filled=True),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "Keys of your areas: every venue in them."},
    )
    incident = fields.UUID(load_default=None, allow_none=True, metadata={"description": "The incident it is about."})

    @post_load
    def _new(self, data: dict[str, Any], **_more: Any) -> NewRoomNotice:
        return NewRoomNotice(
            kind=data["kind"],
            text=data["text"],
            minutes=data["minutes"],
            venues=tuple(dict.fromkeys(str(each) for each in data["venues"])),
            areas=tuple(data["areas"]),
            incident_id=data["incident"],
        )


class WrittenSchema(Schema):
    """The notice that was sent."""

    id = fields.UUID(required=True)


class ReadingSchema(Schema):
    """Somebody of a venue who has read it."""

    name = fields.String(required=True)
    at = Stamp(required=True)


class ToldVenueSchema(Schema):
    """A venue that was told, and who there has read it."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    read = fields.List(fields.Nested(ReadingSchema), required=True)


class WrittenNoticeSchema(Schema):
    """What every reader sees of a notice."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)))
    state = fields.String(required=True, validate=validate.OneOf(("standing", "withdrawn", "expired")))
    text = fields.String(required=True)
    written_at = Stamp(required=True)
    expires_at = Stamp(required=True)


class SentNoticeSchema(WrittenNoticeSchema):
    """A notice as the room sees it that has sent it."""

    number = fields.String(required=True, allow_none=True)
    written_by = fields.String(required=True)
    venues = fields.List(fields.Nested(ToldVenueSchema), required=True)


class ToldNoticeSchema(WrittenNoticeSchema):
    """A notice as a venue reads it."""

    held_by = fields.String(required=True)
    read_at = Stamp(required=True, allow_none=True)
