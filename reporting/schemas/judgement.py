"""What the rules found, what was said beside them, and how they were judged, on the wire."""

from marshmallow import RAISE, Schema, fields, validate

from reporting.domain.judgement import WINDOWS_DAYS
from reporting.schemas.fields import Stamp, Whole


class FindingSchema(Schema):
    """One rule's contribution to an assessment."""

    rule = fields.String(required=True)
    weight = fields.Integer(required=True)
    reason = fields.String(required=True)
    matched = fields.List(fields.String(), required=True)
    source = fields.String(required=True)
    failed = fields.Boolean(required=True)
    glossed = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    signpost = fields.String(required=True)


class AssessmentSchema(Schema):
    """Why this priority; `version` is the set of rules."""

    score = fields.Integer(required=True)
    priority = fields.Integer(required=True)
    version = fields.String(required=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True)


class SecondOpinionSchema(Schema):
    """What a plug-in said of a report. It is used in no score, no priority and no order."""

    plug_in = fields.String(required=True, metadata={"description": "The plug-in's name."})
    state = fields.String(
        required=True,
        validate=validate.OneOf(("given", "failed", "late", "nonsense")),
        metadata={"description": "`given`, or why there is none."},
    )
    priority = fields.Integer(required=True, allow_none=True, metadata={"description": "What it would say."})
    sentence = fields.String(required=True, metadata={"description": "Its reason; empty where it gave none."})


class RulesQuerySchema(Schema):
    """Over which span of time the rules are counted."""

    class Meta:
        unknown = RAISE

    days = Whole(
        1,
        WINDOWS_DAYS[-1],
        from_text=True,
        load_default=WINDOWS_DAYS[0],
        validate=validate.OneOf(WINDOWS_DAYS, error="Must be 30 or 90."),
        metadata={"description": "30 or 90.", "enum": list(WINDOWS_DAYS)},
    )


class RuleFigureSchema(Schema):
    """One rule: how often it fired, and what operators made of the incidents it spoke in."""

    rule = fields.String(required=True, metadata={"description": "The rule's name, as in `findings`."})
    example = fields.String(required=True, metadata={"description": "A reason that it gave; empty where it did not fire."})
    fired = fields.Integer(
        required=True, metadata={"description": "Incidents opened in the time in whose deciding assessment it spoke."}
    )
    judged = fields.Integer(
        required=True, metadata={"description": "Incidents that were closed or overruled in the time: kept + raised + lowered."}
    )
    kept = fields.Integer(required=True, metadata={"description": "Closed with the priority they had come with."})
    raised = fields.Integer(required=True, metadata={"description": "Made more urgent by an operator."})
    lowered = fields.Integer(required=True, metadata={"description": "Made less urgent by an operator."})
    harmless = fields.Integer(required=True, metadata={"description": "Closed with a harmless outcome."})


class RuleTableSchema(Schema):
    """The rules of your room, the most overruled first."""

    days = fields.Integer(required=True, metadata={"description": "What was asked for."})
    since = Stamp(required=True, metadata={"description": "Where the counting began."})
    cut = fields.Boolean(required=True, metadata={"description": "True where there was more than is counted; `since` says so."})
    items = fields.List(fields.Nested(RuleFigureSchema), required=True, metadata={"description": "One for each rule."})
