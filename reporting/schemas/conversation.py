"""The conversation on the wire: what operators say and read, what a reporter opens with the receipt code and sends back."""

from typing import Any, ClassVar, Final

from marshmallow import RAISE, Schema, fields, post_load, validate

from reporting.domain.conversation import FEELINGS, MOST_WORDS, Reply, Said
from reporting.domain.deliveries import CHANNELS
from reporting.domain.languages import BY_CODE as LANGUAGES
from reporting.domain.questions import BY_CODE as CARDS
from reporting.schemas.fields import Day, Flag, PlainText, Stamp, Whole

TOLD = ("received", "being_looked_at", "question_for_you", "closed")
LONGEST_CODE = 60
BIGGEST_VERSION = 2**31 - 1


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class MessageSchema(Schema):
    """One thing said about a report, as its room reads it."""

    id = fields.UUID(required=True)
    at = Stamp(required=True)
    author = fields.String(required=True, validate=validate.OneOf(("room", "person")))
    kind = fields.String(required=True, validate=validate.OneOf(("question", "message", "answer", "addition")))
    card = fields.String(required=True, allow_none=True, metadata={"description": "The question card, if it is one."})
    text = fields.String(required=True, metadata={"description": "As it was written; for a card its words in English."})
    language = fields.String(required=True, allow_none=True, metadata={"description": "Of `text`, as written: not translated."})
    answer = fields.String(required=True, allow_none=True)
    answer_label = fields.String(required=True, allow_none=True, metadata={"description": "The tapped answer in English."})
    question = fields.UUID(required=True, allow_none=True, metadata={"description": "What it answers."})
    state = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(("open", "answered", "taken_back", "over")),
        metadata={"description": "Of a question."},
    )  # fmt: skip
    actor = fields.String(required=True, metadata={"description": "The operator; empty for the person who reported."})


class WaySchema(Schema):
    """A way in which the person asked to be told."""

    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS), metadata={"description": "Which way."})
    confirmed = fields.Boolean(
        required=True, metadata={"description": "Whether whoever reads that address said yes; before, nothing is sent there."}
    )


class ReachableSchema(Schema):
    """Whether the person who reported can be reached now."""

    state = fields.String(required=True, validate=validate.OneOf(("page_open", "push", "away", "unseen", "withdrawn")))
    since = Stamp(required=True, allow_none=True, metadata={"description": "When their page was open last; kept for a day."})
    ways = fields.List(fields.Nested(WaySchema), required=True, metadata={"description": "Never with an address."})


class TalkSchema(Schema):
    """What belongs to a report beside what was filed."""

    messages = fields.List(
        fields.Nested(MessageSchema), required=True, metadata={"description": "The conversation, oldest first."}
    )
    reachable = fields.Nested(ReachableSchema, required=True)
    withdrawn_at = Stamp(required=True, allow_none=True, metadata={"description": "When it was taken back."})
    left_details = fields.Boolean(
        required=True, metadata={"description": "Whether `/reports/{report_id}/contact` has something to open."}
    )


def _version() -> Whole:
    said = {"description": "May be left out; a version that is named must be the one that stands."}
    return Whole(0, BIGGEST_VERSION, load_default=None, allow_none=True, metadata=said)


def _text(**options: Any) -> PlainText:
    return PlainText(limit=MOST_WORDS, **options)


def _language() -> fields.String:
    said = {"description": "Of `text`; the reader is told which it is."}
    return fields.String(load_default="en", validate=validate.OneOf(tuple(LANGUAGES)), metadata=said)


WORDS: Final = {"required": ["text"], "properties": {"text": {"type": "string", "pattern": r"\S"}}}


class _SayingSchema(_Strict):
    version = _version()
    report = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "To this report's person; without it to all of the incident."},
    )
    language = _language()
    sure = Flag(
        load_default=False, metadata={"description": "Send words although they seem to ask for something that is not safe."}
    )

    @post_load
    def _said(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {"version": data.pop("version"), "said": Said(**data)}


class AskSchema(_SayingSchema):
    """A question: a card, or words."""

    described: ClassVar = {"anyOf": [{"required": ["card"], "properties": {"card": {"type": "string"}}}, WORDS]}

    card = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(tuple(CARDS)))
    text = _text(load_default="")
    wait = Flag(load_default=False, metadata={"description": "Also set the incident waiting; an answer brings it back."})


class TellSchema(_SayingSchema):
    """A message that asks nothing."""

    text = _text(required=True, filled=True)


class TakeBackSchema(_Strict):
    """Which question is not asked any more."""

    version = _version()
    question = fields.UUID(required=True)


class OpenContactSchema(_Strict):
    """Why the contact is opened."""

    reason = PlainText(limit=500, filled=True, required=True)


class ContactDetailsSchema(Schema):
    """What a reporter left to be reached by."""

    name = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)


class CardAnswerSchema(Schema):
    """An answer to tap."""

    code = fields.String(required=True)
    label = fields.String(required=True)


class CardSchema(Schema):
    """A question card."""

    code = fields.String(required=True)
    text = fields.String(required=True)
    help = fields.String(required=True)
    answers = fields.List(fields.Nested(CardAnswerSchema), required=True)
    words = fields.String(
        required=True,
        validate=validate.OneOf(("no", "also", "contact")),
        metadata={"description": "`no`: taps alone; `also`: or in words; `contact`: with yes, a number that is sealed."},
    )


class CardsSchema(Schema):
    """Everything that can be asked by a card."""

    cards = fields.List(fields.Nested(CardSchema), required=True)


class _ByCodeSchema(_Strict):
    receipt_code = PlainText(
        limit=LONGEST_CODE, filled=True, required=True, metadata={"description": "In the body, never in an address."}
    )


class FollowUpQuerySchema(_ByCodeSchema):
    """The reporter's own secret. `page_open` says that a page shows the answer and will ask again."""

    page_open = Flag(load_default=False, metadata={"description": "True from a page that stays open and asks again."})


class ReplySchema(_ByCodeSchema):
    """An answer to `question`, or without one something to add."""

    described: ClassVar = {
        "anyOf": [
            {
                "required": ["question", "answer"],
                "properties": {"question": {"type": "string"}, "answer": {"type": "string"}},
            },
            WORDS,
        ]
    }

    question = fields.UUID(load_default=None, allow_none=True)
    answer = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 40), metadata={"pattern": "^[a-z_]+$"})
    text = _text(load_default="")
    language = PlainText(limit=35, load_default=None, allow_none=True)

    @post_load
    def _reply(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {"receipt_code": data.pop("receipt_code"), "said": Reply(**data)}


class WithdrawSchema(_ByCodeSchema):
    """Takes the report back; `sure` must be true, so that no slip of a thumb does it."""

    sure = Flag(required=True, validate=validate.Equal(True, error="Must be true."), metadata={"enum": [True]})


class FeelSchema(_ByCodeSchema):
    """Did telling us make you feel safer, the same, less safe?"""

    answer = fields.String(required=True, validate=validate.OneOf(FEELINGS))


class DownloadSchema(_ByCodeSchema):
    """Whose report is downloaded."""


class OwnMessageSchema(Schema):
    """One thing said, as its reporter reads it."""

    id = fields.UUID(required=True)
    at = Stamp(required=True)
    author = fields.String(required=True, validate=validate.OneOf(("room", "you")))
    kind = fields.String(required=True, validate=validate.OneOf(("question", "message", "answer", "addition")))
    text = fields.String(required=True)
    language = fields.String(required=True, allow_none=True, metadata={"description": "Of words; null for a card."})
    answer = fields.String(required=True, allow_none=True, metadata={"description": "The tapped answer in words."})


class OpenQuestionSchema(CardSchema):
    """A question that waits for you. `code` is null for one in words, which `language` names."""

    code = fields.String(required=True, allow_none=True)
    id = fields.UUID(required=True)
    language = fields.String(required=True, allow_none=True)
    asked_at = Stamp(required=True)
    expires_at = Stamp(required=True, allow_none=True)


class SignpostSchema(Schema):
    """Who else could help."""

    code = fields.String(required=True)
    text = fields.String(required=True)


class FollowUpSchema(Schema):
    """The state of a report in the fixed vocabulary, in the language that was asked for."""

    reference = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(TOLD))
    outcome = fields.String(required=True, allow_none=True)
    received_at = Stamp(required=True)
    messages = fields.List(fields.Nested(OwnMessageSchema), required=True)
    question_cards = fields.List(fields.Nested(OpenQuestionSchema), required=True)
    recipients = fields.List(fields.String(), required=True, metadata={"description": "Kinds of recipients, never names."})
    signposts = fields.List(fields.Nested(SignpostSchema), required=True)
    deletion_date = Day(required=True)
    room_watched = fields.Boolean(required=True, allow_none=True)
    withdrawn_at = Stamp(required=True, allow_none=True)
    asks_feeling = fields.Boolean(required=True, metadata={"description": "Whether the one question afterwards is still open."})
