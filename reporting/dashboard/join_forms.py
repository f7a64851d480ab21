"""What the console's forms about joins may send: each becomes what its service takes."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load
from marshmallow.validate import Length, OneOf

from reporting.dashboard.forms import VersionForm
from reporting.domain.checks import KINDS, RESULTS, Check
from reporting.domain.facts import ANSWERS, Hot
from reporting.schemas.fields import PlainText
from reporting.services.merging import Other
from reporting.services.splitting import Taking


class OtherForm(VersionForm):
    """Another incident: it is the same, or it is not."""

    other = fields.UUID(required=True)
    other_version = fields.Integer(load_default=None, allow_none=True)
    reason = PlainText(load_default="", limit=500)

    @post_load
    def _other(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        named = Other(data["other"], data["other_version"], data["reason"])
        return {"version": data["version"], "other": named}


class SplitForm(VersionForm):
    """Reports to take out."""

    reports = fields.List(fields.UUID(), required=True, validate=Length(1, 200, error="Choose at least one report."))
    into = fields.String(load_default="new", validate=OneOf(("new", "own")))
    reason = PlainText(load_default="", limit=500)

    @post_load
    def _taking(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {"version": data["version"], "taking": Taking(tuple(dict.fromkeys(data["reports"])), data["into"], data["reason"])}


class CheckForm(VersionForm):
    """A look, and what came of it."""

    kind = fields.String(required=True, validate=OneOf(tuple(KINDS), error="Choose what was done."))
    result = fields.String(required=True, validate=OneOf(tuple(RESULTS), error="Choose what came of it."))
    hidden = fields.String(load_default="unknown", validate=OneOf(ANSWERS))
    obvious = fields.String(load_default="unknown", validate=OneOf(ANSWERS))
    typical = fields.String(load_default="unknown", validate=OneOf(ANSWERS))
    reference = PlainText(load_default="", limit=80)
    text = PlainText(load_default="")

    @post_load
    def _check(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        hot = Hot(data["hidden"], data["obvious"], data["typical"])
        done = Check(data["kind"], data["result"], hot, data["reference"], data["text"])
        return {"version": data["version"], "done": done}


class ClosedQuery(Schema):
    """Which closed incidents: words, and the page."""

    class Meta:
        unknown = EXCLUDE

    q = PlainText(load_default="", limit=200)
    cursor = fields.String(load_default=None, validate=Length(max=400))
