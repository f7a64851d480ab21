"""What anybody may ask without signing in: categories, venues and places."""

from marshmallow import RAISE, Schema, fields, validate

from reporting.domain import categories
from reporting.schemas.fields import Flag, PlainText
from reporting.schemas.reports import LocationSchema


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class LanguageQuerySchema(_Strict):
    """The language of the words; unknown languages answer in the default one."""

    lang = PlainText(
        limit=35, load_default="", metadata={"description": "Such as `en` or `fr-BE`; else `Accept-Language` counts."}
    )


class PlaceQuerySchema(_Strict):
    """Words for a street, an address or a venue."""

    q = PlainText(limit=200, filled=True, required=True, metadata={"description": "A street, an address or a name."})


class AnswerChoiceSchema(Schema):
    """One possible answer."""

    code = fields.String(required=True)
    label = fields.String(required=True)


class AfterSchema(Schema):
    """The question of the same category that comes first."""

    question = fields.String(required=True)
    answers = fields.List(fields.String(), required=True)


class QuestionSchema(Schema):
    """A follow-up question; `field` is where the answer goes in a report."""

    code = fields.String(required=True)
    text = fields.String(required=True)
    help = fields.String(required=True)
    field = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(("one", "many", "text", "ago")))
    after = fields.Nested(AfterSchema, required=True, allow_none=True)
    answers = fields.List(fields.Nested(AnswerChoiceSchema), required=True)


class CategorySchema(Schema):
    """A kind of report."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    help = fields.String(required=True)
    icon = fields.String(required=True)
    questions = fields.List(fields.Nested(QuestionSchema), required=True)


class CategoriesSchema(Schema):
    """Everything that can be reported."""

    categories = fields.List(fields.Nested(CategorySchema), required=True)


class PointSchema(Schema):
    """WGS-84 degrees."""

    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class VenueSchema(Schema):
    """The public name and place of a place code."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    label = fields.String(required=True)
    address = fields.String(required=True)
    location = fields.Nested(PointSchema, required=True)
    in_use = fields.Boolean(required=True)


class FoundPlaceSchema(Schema):
    """A place that fits the words."""

    label = fields.String(required=True)
    kind = fields.String(required=True)
    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class WhereaboutsSchema(_Strict):
    """What a report will say of itself; the position travels in the body, and nothing of it is kept."""

    category = fields.String(required=True, validate=validate.OneOf(categories.CODES))
    location = fields.Nested(LocationSchema, load_default=None, allow_none=True)
    venue = PlainText(limit=40, load_default="")
    about_staff = Flag(load_default=False)


class RoomSchema(Schema):
    """The control room that will get a report, and whether it is watched now."""

    room = fields.String(required=True)
    watched = fields.String(required=True, validate=validate.OneOf(("watched", "unwatched_hour", "nobody_there", "unknown")))
    phone = fields.String(required=True)


class FoundPlacesSchema(Schema):
    """Places that fit the words, best first."""

    places = fields.List(fields.Nested(FoundPlaceSchema), required=True)
    attribution = fields.String(required=True)


class HealthSchema(Schema):
    """Whether the system is fit for work."""

    status = fields.String(required=True, validate=validate.OneOf(("ok", "not_ready")))
    problems = fields.List(fields.String(), required=True)


class FieldProblemSchema(Schema):
    """One wrong field or header: its dotted name, a stable code, and a sentence that says what would be right."""

    field = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class ProblemDetailsSchema(Schema):
    """An error as RFC 9457 has it; `errors` names each wrong field and is empty where no single field is to blame."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldProblemSchema), required=True)


class ConflictDetailsSchema(ProblemDetailsSchema):
    """Somebody was faster: `yours` is the version you named, `current` the one that stands. Of a piece of a picture:
    `provided-offset` is where it begins, `expected-offset` how many bytes are there."""

    yours = fields.Integer()
    current = fields.Integer()
    expected_offset = fields.Integer(data_key="expected-offset")
    provided_offset = fields.Integer(data_key="provided-offset")
