"""The ways to be told as they travel: what a browser or a person chooses, and what stands chosen. Addresses only come in."""

from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from reporting.domain.deliveries import CHANNELS
from reporting.schemas.fields import PlainText, Stamp

LONGEST_ENDPOINT = 2048
LONGEST_KEY = 200


def _said(words: str) -> dict[str, str]:
    return {"description": words}


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class PushKeysSchema(_Strict):
    """The keys of a push subscription, in base64url."""

    p256dh = PlainText(limit=LONGEST_KEY, filled=True, required=True, metadata=_said("The browser's public key."))
    auth = PlainText(limit=LONGEST_KEY, filled=True, required=True, metadata=_said("The browser's secret."))


class PushSubscriptionSchema(Schema):
    """A push subscription as browsers write it; what they add to it is passed over."""

    class Meta:
        unknown = EXCLUDE

    endpoint = PlainText(
        limit=LONGEST_ENDPOINT, filled=True, required=True, metadata=_said("With a push service that this site sends to.")
    )
    keys = fields.Nested(PushKeysSchema(unknown=EXCLUDE), required=True, metadata=_said("Letters are encrypted for them."))


class _ChoiceSchema(_Strict):
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS), metadata=_said("One of `GET /api/v1/channels`."))
    language = PlainText(limit=35, load_default="", metadata=_said("Of the letters; else `Accept-Language` counts."))
    address = PlainText(limit=254, load_default="", metadata=_said("For mail and text messages; empty is the one given before."))
    subscription = fields.Nested(PushSubscriptionSchema, load_default=None, metadata=_said("For push: what the browser gave."))


class ReporterChoiceSchema(_ChoiceSchema):
    """A way in which a reporter wants to be told that there is an answer."""

    receipt_code = PlainText(limit=60, filled=True, required=True, metadata=_said("As it was given."))


class PersonChoiceSchema(_ChoiceSchema):
    """A way in which a person who is signed in wants to be told."""


class _StopSchema(_Strict):
    channel = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(CHANNELS),
        metadata=_said("What to stop; without it, everything."),
    )


class ReporterStopSchema(_StopSchema):
    """What a reporter takes back."""

    receipt_code = PlainText(limit=60, filled=True, required=True, metadata=_said("As it was given."))


class PersonStopSchema(_StopSchema):
    """What a person takes back."""


class RenewSchema(_Strict):
    """A browser's new push subscription; its former endpoint shows that it is the same browser."""

    id = fields.UUID(required=True, metadata=_said("Of what was chosen."))
    endpoint = PlainText(limit=LONGEST_ENDPOINT, filled=True, required=True, metadata=_said("The former one."))
    subscription = fields.Nested(PushSubscriptionSchema, required=True, metadata=_said("The new one."))


class ChosenSchema(Schema):
    """A way that was chosen."""

    id = fields.String(required=True, metadata=_said("Names it when a browser renews its subscription."))
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS), metadata=_said("Which way."))
    chosen_at = Stamp(required=True, metadata=_said("Since when. RFC 3339, UTC."))
    confirmed = fields.Boolean(
        required=True, metadata=_said("Whether it is told anything yet: mail and text messages are asked first, by one message.")
    )
    now = fields.Boolean(required=True, metadata=_said("Whether this very request chose it."))


class ChosenListSchema(Schema):
    """Everything that is chosen now."""

    chosen = fields.List(fields.Nested(ChosenSchema), required=True, metadata=_said("Without addresses."))


class ChannelsSchema(Schema):
    """What there is to choose; `push_key` is what browsers call the application server key."""

    channels = fields.List(
        fields.String(validate=validate.OneOf(CHANNELS)), required=True, metadata=_said("Those that are switched on here.")
    )
    push_key = fields.String(required=True, allow_none=True, metadata=_said("In base64url; null where push is off."))
