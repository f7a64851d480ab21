"""The reporter's own report over HTTP: its state and conversation, answers, withdrawal, a download. The receipt code is the only
credential; it travels in bodies. A right code is looked up first and never kept waiting; only wrong ones are counted."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, request
from flask_babel import gettext

from reporting.api.body import Resource
from reporting.auth.guards import public
from reporting.auth.guesses import count_wrong_code
from reporting.domain.conversation import Reply
from reporting.domain.errors import NotFound
from reporting.queries import follow_up, given
from reporting.schemas.conversation import (
    DownloadSchema,
    FeelSchema,
    FollowUpQuerySchema,
    FollowUpSchema,
    ReplySchema,
    WithdrawSchema,
)
from reporting.schemas.given import GivenSchema
from reporting.schemas.public import LanguageQuerySchema
from reporting.services import replies

blueprint = Resource("follow_up", __name__, url_prefix="/api/v1/follow-up", description="The reporter's side, by receipt code")

Found = TypeVar("Found")
OWN = "the receipt code is the credential"


@blueprint.route("", methods=["POST"])
@public(OWN)
@blueprint.doc(operationId="followUp", summary="The state of your report")
@blueprint.arguments(LanguageQuerySchema, location="query")
@blueprint.arguments(FollowUpQuerySchema)
@blueprint.response(200, FollowUpSchema)
@blueprint.refuses(404, 429)
def post_follow_up(_wanted: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """Opens with the receipt code alone, which travels in the body and never in an address."""
    code = asked["receipt_code"]
    if asked["page_open"]:
        replies.page_is_open(code)
    return _state(code)


@blueprint.route("/messages", methods=["POST"])
@public(OWN)
@blueprint.doc(operationId="reply", summary="Answer a question, or add something")
@blueprint.arguments(LanguageQuerySchema, location="query")
@blueprint.arguments(ReplySchema)
@blueprint.response(200, FollowUpSchema)
@blueprint.refuses(404, 409, 429)
def post_message(_wanted: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """With `question` an answer: a tapped `answer`, or `text` where the card takes words. Without it `text` is added. The same
    again changes nothing. 409 where the report is closed or withdrawn, or the question is over."""
    said: Reply = sent["said"]
    _for_right_codes(lambda: replies.reply(sent["receipt_code"], said))
    return _state(sent["receipt_code"])


@blueprint.route("/withdraw", methods=["POST"])
@public(OWN)
@blueprint.doc(operationId="withdrawReport", summary="Take your report back")
@blueprint.arguments(LanguageQuerySchema, location="query")
@blueprint.arguments(WithdrawSchema)
@blueprint.response(200, FollowUpSchema)
@blueprint.refuses(404, 429)
def post_withdraw(_wanted: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """Name, number and pictures go now; nobody asks anything more. What you saw stays with the room until `deletion_date`, which
    comes nearer by it. It cannot be taken back."""
    _for_right_codes(lambda: replies.withdraw(asked["receipt_code"]))
    return _state(asked["receipt_code"])


@blueprint.route("/feeling", methods=["POST"])
@public(OWN)
@blueprint.doc(operationId="tellFeeling", summary="Safer, the same, less safe?")
@blueprint.arguments(LanguageQuerySchema, location="query")
@blueprint.arguments(FeelSchema)
@blueprint.response(200, FollowUpSchema)
@blueprint.refuses(404, 409, 429)
def post_feeling(_wanted: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Once, when the report is closed. It is counted by kind of report and month, and never kept with the report."""
    _for_right_codes(lambda: replies.feel(told["receipt_code"], told["answer"]))
    return _state(told["receipt_code"])


@blueprint.route("/download", methods=["POST"])
@public(OWN)
@blueprint.doc(operationId="downloadReport", summary="What you gave and were sent")
@blueprint.arguments(LanguageQuerySchema, location="query")
@blueprint.arguments(DownloadSchema)
@blueprint.response(200, GivenSchema)
@blueprint.refuses(404, 429)
def post_download(_wanted: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """Everything, as a file. Of a name or number it says only that it was left: the code on a slip of paper names nobody."""
    found = _known(given.everything(asked["receipt_code"], gettext))
    return found


@blueprint.after_request
def _as_a_file(response: Response) -> Response:
    if request.path.endswith("/download") and response.status_code == 200:
        response.headers["Content-Disposition"] = 'attachment; filename="report.json"'
    return response


def _state(code: str) -> dict[str, Any]:
    return _known(follow_up.status(code, gettext))


def _known(found: Found | None) -> Found:
    if found is None:
        count_wrong_code(request)
        raise NotFound
    return found


def _for_right_codes(step: Callable[[], None]) -> None:
    try:
        step()
    except NotFound:
        count_wrong_code(request)
        raise
