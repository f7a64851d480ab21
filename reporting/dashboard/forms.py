"""What the console's forms may send: one schema for each action, checked before any service is asked."""

import uuid
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load
from marshmallow.validate import Length, OneOf, Range, Regexp

from reporting.domain.outcomes import OUTCOMES
from reporting.domain.priorities import PRIORITIES
from reporting.schemas.fields import PlainText
from reporting.services.assigning import Receiver

UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


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


class EscalateForm(VersionForm):
    """One rung up, and why."""

    reason = PlainText(required=True, limit=500, validate=Length(min=1, error="Say why."))


class LookForm(VersionForm):
    """What trained staff is asked to look at, in the operator's own words."""

    words = PlainText(load_default="", limit=200, data_key="text")


class AssignForm(VersionForm):
    """A desk or a colleague, as `desk:ID` or `operator:ID`."""

    receiver = fields.String(required=True, validate=Regexp(f"(desk|operator):{UUID}\\Z", error="Choose a desk or a colleague."))
    reason = PlainText(load_default="", limit=500)

    @post_load
    def _receiver(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        kind, _, key = data.pop("receiver").partition(":")
        found = uuid.UUID(key)
        return {**data, "receiver": Receiver(desk_id=found) if kind == "desk" else Receiver(account_id=found)}
