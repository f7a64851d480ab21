"""Notices on the wire: what a room or a venue's staff is told of an incident that is somebody else's."""

from marshmallow import Schema, fields

from reporting.schemas.fields import Stamp
from reporting.schemas.incidents import PlaceSchema
from reporting.schemas.room_notices import SentNoticeSchema, ToldNoticeSchema


class RoomNoticeSchema(Schema):
    """One notice. It names no incident that could be opened, and holds no word of a reporter."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    category = fields.String(required=True)
    priority = fields.Integer(required=True)
    location = fields.Nested(PlaceSchema, required=True, allow_none=True)
    held_by = fields.String(required=True)
    reason = fields.String(required=True)
    opened_at = Stamp(required=True)
    updated_at = Stamp(required=True)


class RoomNoticesSchema(Schema):
    """Notices that follow incidents, the most urgent first; and those that rooms write, the newest first."""

    items = fields.List(fields.Nested(RoomNoticeSchema), required=True)
    sent = fields.List(fields.Nested(SentNoticeSchema), required=True, metadata={"description": "What your room has written."})
    told = fields.List(fields.Nested(ToldNoticeSchema), required=True, metadata={"description": "What your venue is told."})
