"""Desks, who sits there and whom work is given to, on the wire."""

from typing import ClassVar

from marshmallow import RAISE, Schema, fields

from reporting.schemas.fields import Flag, PlainText
from reporting.schemas.incidents import StepSchema


class PresenceSchema(Schema):
    """A sign of life of an open page."""

    class Meta:
        unknown = RAISE

    page = fields.UUID(required=True)
    desk = fields.UUID(load_default=None, allow_none=True)
    idle = Flag(load_default=False)


class LeaveSchema(Schema):
    """A page that closes."""

    class Meta:
        unknown = RAISE

    page = fields.UUID(required=True)


class SittingSchema(Schema):
    """Somebody whose console shows life."""

    name = fields.String(required=True)
    you = fields.Boolean(required=True)
    idle = fields.Boolean(required=True)


class DeskSchema(Schema):
    """A desk of the room and who is there."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    people = fields.List(fields.Nested(SittingSchema), required=True)


class UnansweredSchema(Schema):
    """An incident whose ladder has ended and which nobody has acknowledged."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    summary = fields.String(required=True)


class NumberSchema(Schema):
    """Somebody to call."""

    name = fields.String(required=True)
    role = fields.String(required=True)
    number = fields.String(required=True)


class DesksSchema(Schema):
    """A room at this moment."""

    desks = fields.List(fields.Nested(DeskSchema), required=True)
    supervisors = fields.List(fields.Nested(SittingSchema), required=True)
    unanswered = fields.List(fields.Nested(UnansweredSchema), required=True)
    call = fields.List(fields.Nested(NumberSchema), required=True)


class EscalateSchema(StepSchema):
    """One rung up, because a person asks for it."""

    reason = PlainText(limit=500, filled=True, required=True)


class GiveBackSchema(StepSchema):
    """The room that was shown an incident cannot help."""

    text = PlainText(limit=500, filled=True, required=True)


class AssignSchema(StepSchema):
    """To a desk or to an operator of the own room, one of the two."""

    described: ClassVar = {"oneOf": [{"required": ["desk"]}, {"required": ["operator"]}]}

    desk = fields.UUID()
    operator = fields.UUID()
    reason = PlainText(limit=500, load_default="")
