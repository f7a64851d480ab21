"""First looks on the wire: asking for one, and how it stands."""

from marshmallow import Schema, fields, validate

from reporting.schemas.fields import PlainText, Stamp
from reporting.schemas.incidents import StepSchema

STATES = ("open", "answered", "withdrawn", "unanswered")


class AskLookSchema(StepSchema):
    """A request to trained staff on duty."""

    text = PlainText(limit=200, load_default="", metadata={"description": "What to look at and where, in your own words."})


class AskedLookSchema(Schema):
    """A look that was asked for. It names nobody of the staff."""

    id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    venue = fields.String(required=True)
    turn = fields.Integer(required=True, metadata={"description": "The how many-th person is asked."})
    asked_at = Stamp(required=True)
    due_at = Stamp(required=True, allow_none=True)
    ended_at = Stamp(required=True, allow_none=True)


class FirstLookSchema(Schema):
    """Whether a look can be asked for now, and how the newest one stands."""

    offered = fields.Boolean(required=True)
    reason = fields.String(required=True, metadata={"description": "Why it is not offered; empty where it is."})
    people = fields.Integer(required=True, metadata={"description": "Trained people on duty there or near."})
    asked = fields.Nested(AskedLookSchema, required=True, allow_none=True)
