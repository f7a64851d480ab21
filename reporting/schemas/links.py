"""What an incident and a report say of others, on the wire: numbers, moves, links, marks of "not the same", looks."""

from marshmallow import Schema, fields, validate

from reporting.domain.checks import KINDS, RESULTS
from reporting.domain.facts import ANSWERS
from reporting.schemas.fields import Stamp

LINKS = ("REPLACING", "REPLACED", "SPLIT")
LINKED_BY = ("merged", "replaced", "split", "split_off")
MOVED_BY = ("merged", "split", "undone")


class NumberedSchema(Schema):
    """An incident by its number."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)


class ReferencedSchema(Schema):
    """A report by its reference."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)


class MovedSchema(Schema):
    """A person moved the report from another incident to this one."""

    kind = fields.String(required=True, validate=validate.OneOf(MOVED_BY), metadata={"description": "By which step."})
    actor = fields.String(required=True)
    at = Stamp(required=True)
    origin = fields.Nested(
        NumberedSchema, required=True, data_key="from", attribute="from", metadata={"description": "Where it was."}
    )


class HotAnswersSchema(Schema):
    """Hidden, obviously suspicious, typical: yes, no or unknown."""

    hidden = fields.String(required=True, validate=validate.OneOf(ANSWERS))
    obvious = fields.String(required=True, validate=validate.OneOf(ANSWERS))
    typical = fields.String(required=True, validate=validate.OneOf(ANSWERS))


class LinkSchema(Schema):
    """What a person made of two incidents, in the words of NENA EIDO."""

    link = fields.String(
        required=True,
        validate=validate.OneOf(LINKS),
        metadata={"description": "`REPLACING`: it was merged into this one; `REPLACED`: this one into it; `SPLIT`: taken out."},
    )
    kind = fields.String(
        required=True, validate=validate.OneOf(LINKED_BY), metadata={"description": "`split_off`: this one came out of it."}
    )
    incident = fields.Nested(NumberedSchema, required=True)
    at = Stamp(required=True)
    actor = fields.String(required=True)
    event_id = fields.UUID(required=True)


class NotSameMarkSchema(Schema):
    """Somebody said that these are not the same; kept until somebody takes it back."""

    incident = fields.Nested(
        NumberedSchema, required=True, allow_none=True, metadata={"description": "The other incident, or the one a report is on."}
    )
    report = fields.Nested(
        ReferencedSchema, required=True, allow_none=True, metadata={"description": "Set where a report is meant."}
    )
    at = Stamp(required=True)
    actor = fields.String(required=True)
    reason = fields.String(required=True)
    event_id = fields.UUID(required=True)


class LookSchema(Schema):
    """Somebody looked, or rang."""

    at = Stamp(required=True)
    actor = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(tuple(KINDS)), metadata={"description": "What was done."})
    result = fields.String(required=True, validate=validate.OneOf(tuple(RESULTS)), metadata={"description": "What came of it."})
    hot = fields.Nested(HotAnswersSchema, required=True, metadata={"description": "What was seen."})
    reference = fields.String(required=True, metadata={"description": "The other side's number for it."})
    text = fields.String(required=True, metadata={"description": "A few words."})
    event_id = fields.UUID(required=True)
