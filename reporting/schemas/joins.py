"""What belongs together and what does not, on the wire: merging, taking out, "not the same", looking, reopening, undoing."""

from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from reporting.domain.checks import KINDS, RESULTS, Check
from reporting.domain.facts import ANSWERS, Hot
from reporting.schemas.fields import PlainText, Whole
from reporting.schemas.incidents import BIGGEST_VERSION, SteppedSchema, StepSchema
from reporting.schemas.links import NumberedSchema

MOST_REPORTS = 200


class MergeSchema(StepSchema):
    """The incident that becomes part of this one."""

    other = fields.UUID(required=True, metadata={"description": "The incident that is merged into this one."})
    other_version = Whole(
        0, BIGGEST_VERSION, load_default=None, allow_none=True, metadata={"description": "The other incident's version you saw."}
    )
    reason = PlainText(limit=500, load_default="", metadata={"description": "Why, for colleagues."})


class NotSameSchema(StepSchema):
    """What is not the same as this incident: another incident, or a report that is on another one. Exactly one of the two."""

    described: ClassVar = {"oneOf": [{"required": ["other"]}, {"required": ["report"]}]}

    other = fields.UUID(metadata={"description": "Another incident."})
    report = fields.UUID(metadata={"description": "A report of another incident."})
    reason = PlainText(limit=500, load_default="", metadata={"description": "Why, for colleagues."})

    @validates_schema
    def _one(self, data: dict[str, Any], **_more: Any) -> None:
        if (data.get("other") is None) == (data.get("report") is None):
            raise ValidationError("Name either another incident or a report.", "other")


class SplitSchema(StepSchema):
    """Reports that are about something else."""

    reports = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(1, MOST_REPORTS, error=f"Name 1 to {MOST_REPORTS} reports."),
        metadata={"description": "Reports of this incident; at least one other must stay."},
    )
    into = fields.String(
        validate=validate.OneOf(("new", "own")),
        load_default="new",
        metadata={"description": "`new`: a new incident; `own`: back to the one a merge brought them from, else a new one."},
    )
    reason = PlainText(limit=500, load_default="", metadata={"description": "Why, for colleagues."})


class SeenSchema(Schema):
    """The three answers of whoever looked; what is left out was not seen."""

    class Meta:
        unknown = RAISE

    hidden = fields.String(load_default="unknown", validate=validate.OneOf(ANSWERS))
    obvious = fields.String(load_default="unknown", validate=validate.OneOf(ANSWERS))
    typical = fields.String(load_default="unknown", validate=validate.OneOf(ANSWERS))

    @post_load
    def _hot(self, data: dict[str, Any], **_more: Any) -> Hot:
        return Hot(**data)


class CheckSchema(StepSchema):
    """A look, and what came of it."""

    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)), metadata={"description": "What was done."})
    result = fields.String(
        load_default="asked",
        validate=validate.OneOf(tuple(RESULTS)),
        metadata={"description": "What came of it. `harmless` and `worrying` say that somebody has seen it."},
    )
    hot = fields.Nested(
        SeenSchema, load_default=Hot, metadata={"description": "What whoever looked answers, question by question."}
    )
    reference = PlainText(limit=80, load_default="", metadata={"description": "The other side's number for it."})
    text = PlainText(load_default="", metadata={"description": "A few words for colleagues."})

    @post_load
    def _check(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        version = data.pop("version")
        return {"version": version, "done": Check(**data)}


class JoinedStepSchema(SteppedSchema):
    """What a step on two incidents answers."""

    other = fields.Nested(NumberedSchema, required=True, allow_none=True, metadata={"description": "The other incident."})
