"""What the console's forms of the conversation may send: each becomes what its service takes. A question needs no version."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, pre_load
from marshmallow.validate import Length, OneOf

from reporting.domain.conversation import MOST_WORDS, Said
from reporting.domain.languages import BY_CODE as LANGUAGES
from reporting.domain.questions import BY_CODE as CARDS
from reporting.schemas.fields import PlainText


class _Form(Schema):
    class Meta:
        unknown = EXCLUDE

    @pre_load
    def _leave_out_blanks(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """A plain form sends what was left empty."""
        return {name: value for name, value in data.items() if value != ""}


class _SayingForm(_Form):
    report = fields.UUID(load_default=None)
    language = fields.String(load_default="en", validate=OneOf(tuple(LANGUAGES), error="Choose a language."))
    sure = fields.Boolean(load_default=False)

    @post_load
    def _said(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {"version": None, "said": Said(**data)}


class AskForm(_SayingForm):
    """A question card, or words."""

    card = fields.String(load_default=None, validate=OneOf(tuple(CARDS), error="Choose a card."))
    text = PlainText(load_default="", limit=MOST_WORDS)
    wait = fields.Boolean(load_default=False)


class TellForm(_SayingForm):
    """A message."""

    text = PlainText(required=True, limit=MOST_WORDS, error_messages={"required": "Write the message."})


class TakeBackForm(_Form):
    """A question that is not asked any more."""

    version = fields.Constant(None, load_default=None)
    question = fields.UUID(required=True)


class ContactForm(_Form):
    """Why a contact is opened."""

    reason = PlainText(required=True, limit=500, validate=Length(min=1), error_messages={"required": "Say why you need it."})
