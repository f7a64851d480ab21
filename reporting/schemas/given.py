"""A download of what a reporter gave and was sent."""

from marshmallow import Schema, fields

from reporting.schemas.conversation import FollowUpSchema
from reporting.schemas.fields import Stamp
from reporting.schemas.incidents import PlaceSchema


class GivenReportSchema(Schema):
    """The report as it was filed."""

    reference = fields.String(required=True)
    received_at = Stamp(required=True)
    asked_for_at = Stamp(required=True, metadata={"description": "When this copy was made."})
    category = fields.String(required=True)
    description = fields.String(required=True)
    why_unusual = fields.String(required=True)
    language = fields.String(required=True, allow_none=True)
    location = fields.Nested(PlaceSchema, required=True, allow_none=True)
    place_code = fields.String(required=True, allow_none=True)
    moving_to = fields.String(required=True)
    observed_at = fields.String(required=True, allow_none=True, metadata={"description": "As the device said it."})
    answers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    behaviours = fields.List(fields.String(), required=True)
    already_told = fields.List(fields.String(), required=True)
    about_staff = fields.Boolean(required=True)
    contact_left = fields.Boolean(required=True, metadata={"description": "Whether a name or number was left; never which."})


class GivenSchema(Schema):
    """Everything: what was given, and what came of it."""

    report = fields.Nested(GivenReportSchema, required=True)
    since = fields.Nested(FollowUpSchema, required=True)
