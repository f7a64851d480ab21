"""Incidents on the wire, for the operators of the organisation that works them: what they ask, send and get."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from reporting.domain.categories import CODES
from reporting.domain.outcomes import OUTCOMES
from reporting.domain.queue import QueueFilter
from reporting.domain.statuses import STATUSES
from reporting.schemas.conversation import TalkSchema
from reporting.schemas.fields import Moment, PlainText, Stamp, Whole
from reporting.schemas.judgement import AssessmentSchema, SecondOpinionSchema
from reporting.schemas.links import (
    HotAnswersSchema,
    LinkSchema,
    LookSchema,
    MovedSchema,
    NotSameMarkSchema,
    NumberedSchema,
    ReferencedSchema,
)
from reporting.schemas.pictures import PictureSchema

QUEUE_STATUSES = ("open", *STATUSES)
UUID_PATTERN = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
BIGGEST_VERSION = 2**31 - 1
LONGEST_CURSOR = 400


class _List(fields.String):
    """Words with commas between them, each one of a known set."""

    def __init__(self, choices: tuple[str, ...], **options: Any) -> None:
        super().__init__(**options)
        self.choices = choices
        self.metadata = {"pattern": f"^({'|'.join(choices)})(,({'|'.join(choices)}))*$", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> Any:
        parts = tuple(str(value).split(","))
        if any(part not in self.choices for part in parts):
            raise ValidationError(f"Must be one or more of: {', '.join(self.choices)}; with commas between them.")
        return parts


class _Box(fields.String):
    """West, south, east, north in WGS-84 degrees."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> Any:
        try:
            west, south, east, north = (float(part) for part in str(value).split(","))
        except ValueError:
            raise ValidationError("Must be west,south,east,north in degrees.") from None
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
            raise ValidationError("Must be west,south,east,north in degrees.")
        return west, south, east, north


def _not_endless(cursor: str) -> None:
    if len(cursor) > LONGEST_CURSOR:
        raise ValidationError("Use `next` of the page before.")


class QueueQuerySchema(Schema):
    """The filters of the queue; names and values that are not known are refused."""

    class Meta:
        unknown = RAISE

    status = _List(
        QUEUE_STATUSES,
        load_default=("open",),
        metadata={"default": "open", "description": "One or more, with commas; `open` is everything but closed."},
    )
    priority = _List(("1", "2", "3", "4"), load_default=tuple, metadata={"description": "One or more, with commas."})
    category = _List(CODES, load_default=tuple, metadata={"description": "One or more, with commas."})
    area = fields.UUID(load_default=None, metadata={"description": "Incidents routed by this area."})
    bbox = _Box(
        load_default=None,
        metadata={
            "format": "bbox",
            "example": "24.93,60.16,24.96,60.18",
            "description": "west,south,east,north in WGS-84 degrees; west may lie east of east, across the antimeridian.",
        },
    )
    since = Moment(load_default=None, metadata={"description": "Changed at or after this time."})
    q = PlainText(
        limit=200,
        load_default="",
        metadata={"description": "Words of the summary, the number or the place. A whole number is found whatever its status."},
    )
    assignee = fields.String(
        load_default="",
        validate=validate.Regexp(f"(me|none|{UUID_PATTERN})\\Z", error="Must be me, none or the id of an account."),
        metadata={"pattern": f"^(me|none|{UUID_PATTERN})$", "description": "`me`, `none` or the id of an account."},
    )
    sort = fields.String(
        validate=validate.OneOf(("priority", "-opened_at")),
        load_default="priority",
        metadata={"description": "`priority`: by priority, then clock; `-opened_at`: newest first."},
    )
    cursor = fields.String(
        load_default=None,
        validate=_not_endless,
        metadata={"format": "cursor", "description": "`next` of the page before, asked with the same `sort`."},
    )
    limit = Whole(
        1,
        200,
        from_text=True,
        load_default=50,
        metadata={"description": "Incidents on a page; what stands on top of the first counts in."},
    )

    @post_load
    def _filter(self, data: dict[str, Any], **_more: Any) -> QueueFilter:
        data["priority"] = tuple(int(word) for word in data["priority"])
        return QueueFilter(**data)


class _Step(Schema):
    class Meta:
        unknown = RAISE

    version = Whole(
        0,
        BIGGEST_VERSION,
        load_default=None,
        allow_none=True,
        metadata={"description": "The version you saw; or name it in `If-Match`. Once, and by one of the two."},
    )


class StepSchema(_Step):
    """A step that needs nothing but the version the operator saw."""


class NoteSchema(_Step):
    """A note for colleagues."""

    text = PlainText(filled=True, required=True)
    about = fields.UUID(
        load_default=None, metadata={"description": "`event_id` of a change of priority that the words give the reason for."}
    )


class ReasonSchema(_Step):
    """A step that needs its reason in words."""

    text = PlainText(filled=True, required=True)


class ShelveSchema(ReasonSchema):
    """Put aside for a while; it comes back by itself."""

    minutes = Whole(1, 60, load_default=60, metadata={"description": "After so many minutes it comes back by itself."})


class PrioritySchema(_Step):
    """A priority that overrules the score."""

    priority = Whole(1, 4, required=True)
    reason = PlainText(limit=500, load_default="")


class CloseSchema(_Step):
    """The end of an incident."""

    outcome = fields.String(required=True, validate=validate.OneOf(tuple(OUTCOMES)))
    text = PlainText(load_default="")


class SteppedSchema(Schema):
    """What a step answers: the incident's new version, and the line of the timeline that tells the step."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    event_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "For `/undo/{event_id}`; null where the step found everything as it wanted it."},
    )


class PlaceSchema(Schema):
    """Where something is: a point in WGS-84 degrees with its accuracy in metres, and the place in words."""

    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)
    accuracy_m = fields.Float(required=True, allow_none=True)
    label = fields.String(required=True)


class NamedSchema(Schema):
    """The id and name of an organisation or of a person."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class IncidentItemSchema(Schema):
    """One row of the queue. A report that is not yet triaged stands here too, under its own id, with `triaged` false."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    category = fields.String(required=True)
    priority = fields.Integer(required=True, validate=validate.Range(1, 4))
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    summary = fields.String(required=True)
    location = fields.Nested(PlaceSchema, required=True, allow_none=True)
    venue = fields.String(required=True, allow_none=True)
    opened_at = Stamp(required=True)
    updated_at = Stamp(required=True)
    due_at = Stamp(required=True, allow_none=True)
    report_count = fields.Integer(required=True)
    independent_sources = fields.Integer(required=True)
    organisation = fields.Nested(NamedSchema, required=True, allow_none=True)
    desk = fields.String(required=True, allow_none=True)
    assignee = fields.Nested(NamedSchema, required=True, allow_none=True)
    triaged = fields.Boolean(required=True)
    look_first = fields.Boolean(required=True)
    exercise = fields.Boolean(required=True)
    outcome = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    heard_at = Stamp(
        required=True,
        allow_none=True,
        metadata={"description": "When a reporter said something that no step of the room has followed yet."},
    )
    merged_into = fields.Nested(
        NumberedSchema, required=True, allow_none=True, metadata={"description": "The incident that has its reports now."}
    )


class QueueSchema(Schema):
    """One page of the queue; `next` is the cursor of the page behind it."""

    items = fields.List(fields.Nested(IncidentItemSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class JoinSchema(Schema):
    """Why this report is on this incident."""

    decision = fields.String(required=True, validate=validate.OneOf(("join", "suggest", "open")))
    reason = fields.String(required=True)
    score = fields.Float(required=True)
    independent = fields.Boolean(required=True)
    version = fields.String(required=True)
    reasons = fields.List(fields.String(), required=True, metadata={"description": "Why, sentence by sentence."})
    moved = fields.Nested(
        MovedSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Who brought it here; null if nobody."},
    )


class ReportSchema(TalkSchema):
    """A report as its operators see it. Contact details are not part of it."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    received_at = Stamp(required=True)
    observed_at = Stamp(required=True, allow_none=True)
    observed_at_sent = fields.String(required=True, allow_none=True)
    clock_plausible = fields.Boolean(required=True)
    category = fields.String(required=True)
    description = fields.String(required=True)
    why_unusual = fields.String(required=True)
    language = fields.String(required=True, allow_none=True)
    hot = fields.Nested(HotAnswersSchema, required=True)
    item_size = fields.String(required=True, allow_none=True)
    owner_looked_for = fields.String(required=True)
    owner_found = fields.String(required=True)
    still_there = fields.String(required=True)
    happening_now = fields.String(required=True)
    behaviours = fields.List(fields.String(), required=True)
    already_told = fields.List(fields.String(), required=True)
    about_staff = fields.Boolean(required=True)
    moving_to = fields.String(required=True)
    location = fields.Nested(PlaceSchema, required=True, allow_none=True)
    venue = fields.String(required=True, allow_none=True)
    place_code = fields.String(required=True, allow_none=True)
    trust = fields.String(required=True)
    trust_reason = fields.String(required=True)
    filer = fields.String(required=True)
    filer_name = fields.String(required=True, allow_none=True)
    assessment = fields.Nested(AssessmentSchema, required=True, allow_none=True)
    second_opinion = fields.Nested(SecondOpinionSchema, required=True, allow_none=True)
    join = fields.Nested(JoinSchema, required=True, allow_none=True)
    expected_pictures = fields.Integer(required=True)
    pictures = fields.List(fields.Nested(PictureSchema), required=True)


class AlternativeSchema(Schema):
    """An organisation that was considered and not chosen."""

    organisation = fields.String(required=True)
    reason = fields.String(required=True)


class InformedSchema(Schema):
    """An organisation that was told of it for information, and why."""

    organisation = fields.String(required=True)
    reason = fields.String(required=True)


class AssignmentSchema(Schema):
    """Why it came here: the area and the rule."""

    organisation = fields.String(required=True)
    area = fields.String(required=True, allow_none=True)
    rule = fields.String(required=True)
    reason = fields.String(required=True)
    hours = fields.String(required=True)
    alternatives = fields.List(fields.Nested(AlternativeSchema), required=True)
    informed = fields.List(fields.Nested(InformedSchema), required=True)
    at = Stamp(required=True)


class EventSchema(Schema):
    """One line of the timeline."""

    id = fields.UUID(required=True)
    at = Stamp(required=True)
    kind = fields.String(required=True)
    actor = fields.String(required=True)
    text = fields.String(required=True)
    detail = fields.Dict(required=True, allow_none=True)


class SuggestionSchema(Schema):
    """Another incident that may be the same thing."""

    incident = fields.Nested(IncidentItemSchema, required=True)
    score = fields.Float(required=True)
    reason = fields.String(required=True)
    reasons = fields.List(fields.String(), required=True, metadata={"description": "Why, sentence by sentence."})
    report = fields.Nested(ReferencedSchema, required=True, metadata={"description": "The report that fits both."})
    hot = fields.Nested(HotAnswersSchema, required=True, metadata={"description": "The other incident's answers."})
    contradicts = fields.Boolean(
        required=True, metadata={"description": "True where the two answer one question with yes and with no."}
    )


class IncidentSchema(IncidentItemSchema):
    """An incident in full."""

    hot = fields.Nested(HotAnswersSchema, required=True, metadata={"description": "The worst answer of all its reports."})
    reports = fields.List(
        fields.Nested(ReportSchema),
        required=True,
        metadata={
            "description": "Oldest first: the newest 200, the first one, and those that decided the priority. "
            "`/incidents/{incident_id}/reports` has all of them."
        },
    )
    reports_shown = fields.Integer(required=True, metadata={"description": "How many of `report_count` stand in `reports`."})
    assignment = fields.Nested(AssignmentSchema, required=True, allow_none=True)
    timeline = fields.List(
        fields.Nested(EventSchema),
        required=True,
        metadata={"description": "Oldest first: the beginning, the newest 200, and the newest 200 beside joined reports."},
    )
    timeline_count = fields.Integer(required=True, metadata={"description": "How many lines there are in all."})
    one_network = fields.Boolean(
        required=True, metadata={"description": "Many devices, one network: all its sources came through the same one."}
    )
    suggestions = fields.List(fields.Nested(SuggestionSchema), required=True)
    links = fields.List(fields.Nested(LinkSchema), required=True, metadata={"description": "What was merged or taken out."})
    not_same = fields.List(fields.Nested(NotSameMarkSchema), required=True, metadata={"description": "Marks that stand."})
    checks = fields.List(fields.Nested(LookSchema), required=True, metadata={"description": "Who looked, newest first."})


class ReportsQuerySchema(Schema):
    """Which page of an incident's reports."""

    class Meta:
        unknown = RAISE

    before = fields.UUID(load_default=None, metadata={"description": "`next` of the page before."})
    limit = Whole(1, 200, from_text=True, load_default=50, metadata={"description": "Reports on a page."})


class ReportsSchema(Schema):
    """One page of an incident's reports, newest first; `next` is `before` of the page behind it."""

    items = fields.List(fields.Nested(ReportSchema), required=True)
    next = fields.UUID(required=True, allow_none=True)
