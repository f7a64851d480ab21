"""Being told: which ways there are, choosing one, taking it back. With a receipt code in the body, or signed in."""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from reporting.adapters.web_push import Browser
from reporting.api.body import Resource
from reporting.auth import devices
from reporting.auth.guards import actor, guarded, public
from reporting.auth.guesses import count_wrong_code
from reporting.bootstrap import adapters
from reporting.domain.deliveries import PUSH
from reporting.domain.errors import NotFound
from reporting.page import page_language
from reporting.queries.items import stamp
from reporting.schemas.subscriptions import (
    ChannelsSchema,
    ChosenListSchema,
    PersonChoiceSchema,
    PersonStopSchema,
    RenewSchema,
    ReporterChoiceSchema,
    ReporterStopSchema,
)
from reporting.services import subscriptions
from reporting.services.subscriptions import Choice

blueprint = Resource("subscriptions", __name__, url_prefix="/api/v1", description="Being told that there is an answer")


@blueprint.route("/channels", methods=["GET"])
@public("the phone must know what it may offer")
@blueprint.doc(operationId="listChannels", summary="Ways to be told")
@blueprint.response(200, ChannelsSchema)
def get_channels() -> dict[str, Any]:
    """The ways that are switched on here, and the key browsers need for push."""
    channels = adapters().channels
    return {"channels": list(channels.names), "push_key": channels.push.vapid.public_key if channels.push else None}


@blueprint.route("/channels", methods=["POST"])
@guarded("account.itself")
@blueprint.doc(operationId="chooseChannel", summary="Be told, as a person who is signed in")
@blueprint.arguments(PersonChoiceSchema)
@blueprint.response(200, ChosenListSchema)
@blueprint.refuses(409)
def post_channel(asked: dict[str, Any]) -> dict[str, Any]:
    """For oneself alone; push on a device of a venue's staff is for the house, and ends with the device. Chosen twice is chosen
    once."""
    device, choice = _device(), choice_of(asked)
    if device is not None and choice.channel == PUSH:
        return _told(subscriptions.choose_for_device(actor(), device, choice))
    return _told(subscriptions.choose_for_account(actor(), choice))


@blueprint.route("/channels/stop", methods=["POST"])
@guarded("account.itself")
@blueprint.doc(operationId="stopChannel", summary="Be told no more, as a person who is signed in")
@blueprint.arguments(PersonStopSchema)
@blueprint.response(200, ChosenListSchema)
def post_channel_stop(asked: dict[str, Any]) -> dict[str, Any]:
    """Takes back one channel, or all; the addresses are deleted at once."""
    device = _device()
    left = subscriptions.stop_for_device(actor(), device) if device is not None and asked["channel"] in (None, PUSH) else []
    return _told([*left, *subscriptions.stop_for_account(actor(), asked["channel"])])


@blueprint.route("/follow-up/channels", methods=["POST"])
@public("the receipt code is the credential")
@blueprint.doc(operationId="chooseFollowUpChannel", summary="Be told that there is an answer to your report")
@blueprint.arguments(ReporterChoiceSchema)
@blueprint.response(200, ChosenListSchema)
@blueprint.refuses(404, 409, 429)
def post_follow_up_channel(asked: dict[str, Any]) -> dict[str, Any]:
    """Letters say that there is an answer and nothing else. Mail and text messages go to `address`, or to what the report gave as
    contact. The address is sealed, and deleted when the report is closed."""
    return _opened(lambda: subscriptions.choose(asked["receipt_code"], choice_of(asked)))


@blueprint.route("/follow-up/channels/stop", methods=["POST"])
@public("the receipt code is the credential")
@blueprint.doc(operationId="stopFollowUpChannel", summary="Be told no more about your report")
@blueprint.arguments(ReporterStopSchema)
@blueprint.response(200, ChosenListSchema)
@blueprint.refuses(404, 429)
def post_follow_up_channel_stop(asked: dict[str, Any]) -> dict[str, Any]:
    """Takes back one channel, or all; the addresses are deleted at once."""
    return _opened(lambda: subscriptions.stop(asked["receipt_code"], asked["channel"]))


@blueprint.route("/push/renew", methods=["POST"])
@public("the former endpoint is known to that browser alone")
@blueprint.doc(operationId="renewPush", summary="A browser's push subscription has changed")
@blueprint.arguments(RenewSchema)
@blueprint.response(204, description="Done.")
@blueprint.refuses(404, 409)
def post_renewal(asked: dict[str, Any]) -> Response:
    """For `pushsubscriptionchange`: puts the new subscription in the place of the former one."""
    subscriptions.renew(asked["id"], asked["endpoint"], _browser(asked["subscription"]))
    return Response(status=204)


def _device() -> str | None:
    """The device of a venue that this browser is, where it is the person's own."""
    found = devices.device() if devices.device_key() else None
    return found.id if found is not None and found.actor.account_id == actor().account_id else None


def choice_of(asked: dict[str, Any]) -> Choice:
    """What was chosen, in the page's language unless another is named."""
    sent = asked["subscription"]
    return Choice(
        channel=asked["channel"],
        language=asked["language"] or page_language().code,
        address=asked["address"],
        browser=_browser(sent) if sent else None,
    )


def _browser(sent: dict[str, Any]) -> Browser:
    return Browser(sent["endpoint"], sent["keys"]["p256dh"], sent["keys"]["auth"])


def _opened(step: Callable[[], list[dict[str, Any]]]) -> dict[str, Any]:
    """The step with a receipt code; a code that opens nothing is counted."""
    try:
        return _told(step())
    except NotFound:
        count_wrong_code(request)
        raise


def _told(chosen: list[dict[str, Any]]) -> dict[str, Any]:
    return {"chosen": [{**each, "chosen_at": stamp(each["chosen_at"])} for each in chosen]}
