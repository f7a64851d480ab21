"""Pictures on the wire: what their sender is told, and what operators are."""

from marshmallow import Schema, fields, validate

from reporting.domain.pictures import NUMBERS, REASONS

STATES = ("waiting", "ready", "refused")


class TakenPictureSchema(Schema):
    """A picture as its sender is told of it."""

    n = fields.Integer(required=True, validate=validate.OneOf(NUMBERS))
    state = fields.String(required=True, validate=validate.OneOf(STATES))


class UploadSchema(Schema):
    """How much of a picture has come."""

    n = fields.Integer(required=True, validate=validate.OneOf(NUMBERS))
    offset = fields.Integer(required=True, validate=validate.Range(min=0))
    complete = fields.Boolean(required=True)
    state = fields.String(required=True, allow_none=True, validate=validate.OneOf(STATES))


class TakenAtSchema(Schema):
    """Where a file says that it was taken. Offered, and used by nothing."""

    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class PictureSchema(Schema):
    """A picture of a report."""

    n = fields.Integer(required=True, validate=validate.OneOf(NUMBERS))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    reason = fields.String(required=True, allow_none=True, validate=validate.OneOf(tuple(REASONS)))
    url = fields.String(required=True, allow_none=True)
    thumbnail_url = fields.String(required=True, allow_none=True)
    blurred_url = fields.String(required=True, allow_none=True)
    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
    taken_at = fields.Nested(TakenAtSchema, required=True, allow_none=True)
