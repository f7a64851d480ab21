"""What the console's forms may send: one schema for each action, checked before any service is asked."""

from marshmallow import EXCLUDE, Schema, fields
from marshmallow.validate import Length, OneOf, Range

from reporting.domain.outcomes import OUTCOMES
from reporting.domain.priorities import PRIORITIES
from reporting.schemas.fields import PlainText


class VersionForm(Schema):
    """Every decision names the version that the person saw."""

    class Meta:
        unknown = EXCLUDE

    version = fields.Integer(required=True)


class NoteForm(Schema):
    """A note decides nothing: it needs no version and meets no conflict."""

    class Meta:
        unknown = EXCLUDE

    version = fields.Constant(None, load_default=None)
    text = PlainText(required=True, validate=Length(min=1, error="Write something first."))


class PriorityForm(VersionForm):
    """A priority that overrules the score; the reason may come later."""

    priority = fields.Integer(required=True, validate=OneOf(PRIORITIES, error="Choose a priority."))
    reason = PlainText(load_default="", limit=500)


class ReasonForm(VersionForm):
    """A step that needs its reason in words."""

    text = PlainText(required=True, validate=Length(min=1, error="Say why."))


class ShelveForm(ReasonForm):
    """For how many minutes it is shelved."""

    minutes = fields.Integer(required=True, validate=Range(1, 60, error="Choose for how long."))


class CloseForm(VersionForm):
    """How it ended, and a few words for the room."""

    outcome = fields.String(required=True, validate=OneOf(tuple(OUTCOMES), error="Choose how it ended."))
    text = PlainText(load_default="")
