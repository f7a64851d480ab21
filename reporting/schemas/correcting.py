"""Corrections of an incident on the wire."""

from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validate, validates_schema

from reporting.domain.categories import CODES
from reporting.schemas.fields import Number, PlainText
from reporting.schemas.incidents import StepSchema


class CorrectSchema(StepSchema):
    """What is right instead; what is left out stays as it is. A position has both its numbers."""

    described: ClassVar = {
        "anyOf": [
            {"required": ["lat", "lon"], "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}}},
            {"properties": {"lat": {"type": "null"}, "lon": {"type": "null"}}},
        ]
    }

    category = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(CODES))
    lat = Number(-90, 90, load_default=None, allow_none=True)
    lon = Number(-180, 180, load_default=None, allow_none=True)
    place = PlainText(limit=200, load_default=None, allow_none=True)
    text = PlainText(limit=500, load_default="", metadata={"description": "Why, for this room."})

    @validates_schema
    def _whole_point(self, data: dict[str, Any], **_more: Any) -> None:
        for name, other in (("lat", "lon"), ("lon", "lat")):
            if data.get(name) is None and data.get(other) is not None:
                raise ValidationError("Needed beside the other one.", name)
