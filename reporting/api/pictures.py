"""Pictures over HTTP: the receipt's holder sends one at its number, operators look at the cleaned copies."""

import uuid
from typing import Any, Final

from flask import Response, request

from reporting.api.body import Resource
from reporting.auth.guards import actor, guarded, public
from reporting.auth.uploads import body_of, come_in, is_ahead, receipt_code
from reporting.domain.errors import NotFound
from reporting.domain.pictures import MIME, MOST_BYTES, Variant
from reporting.queries.pictures import picture_of
from reporting.schemas.pictures import TakenPictureSchema
from reporting.services.pictures import TOO_LARGE, PictureDoor, require_open, take_picture
from reporting.services.viewing import Shown, view_picture

blueprint = Resource("pictures", __name__, url_prefix="/api/v1/reports", description="Pictures of reports")

NUMBERED: Final = "/<uuid:report_id>/pictures/<int:n>"
MOST: Final = 3
BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
HEADERS: Final = [
    {
        "in": "header",
        "name": "Receipt-Code",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "pattern": "^[!-~]+$"},
        "description": "The receipt code of the report; it is the right to add pictures to it.",
    },
]
BODY: Final = {
    "required": True,
    "description": f"The picture itself, at most {MOST_BYTES // 1024 // 1024} MB and 40 megapixels. What it is, is read from its "
    "bytes; Content-Type is not looked at. HEIC only where the installation takes it.",
    "content": dict.fromkeys(MIME.values(), BINARY),
}
SHOWN: Final = {"200": {"description": "Our own copy of it, drawn anew, without metadata.", "content": {"image/jpeg": BINARY}}}
CLOSED: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""A picture is looked at and does nothing."""


@blueprint.route(NUMBERED, methods=["PUT"])
@public("the receipt code is the credential")
@blueprint.doc(parameters=HEADERS, requestBody=BODY, operationId="sendPicture", summary="Add a picture to a report")
@blueprint.response(201, TakenPictureSchema, description="Taken. It is cleaned before anybody sees it.")
@blueprint.alt_response(200, schema=TakenPictureSchema, description="The same bytes came before; nothing new was kept.")
@blueprint.refuses(400, 409, 413, 415, 507)
def put_picture(report_id: uuid.UUID, n: int) -> Any:
    """Takes the nth picture of a report (1 to 3). Type, size and dimensions are checked before the answer; what later fails to
    decode becomes `refused`. An upload that broke is sent again whole: nothing of it was kept. The same bytes again are harmless
    (200). Another picture at a number that is taken is refused with 409, unless the one there was `refused`."""
    _require_number(n)
    door = PictureDoor(report_id, n, receipt_code(request))
    if is_ahead(request):
        require_open(door, request.content_length)
        return come_in()
    with body_of(request, MOST_BYTES, TOO_LARGE) as body:
        taken = take_picture(door, body.file, body.length)
    return {"n": taken.n, "state": taken.state}, 201 if taken.new else 200


@blueprint.route(NUMBERED, methods=["GET"])
@guarded("picture.view")
@blueprint.doc(operationId="viewPicture", summary="Look at a picture", responses=SHOWN)
def get_picture(report_id: uuid.UUID, n: int) -> Response:
    """The working copy of a picture that is ready, at most 2,560 pixels long. Each look is recorded."""
    return _shown(report_id, n, "working")


@blueprint.route(f"{NUMBERED}/thumbnail", methods=["GET"])
@guarded("picture.view")
@blueprint.doc(operationId="viewThumbnail", summary="Look at a picture, small", responses=SHOWN)
def get_thumbnail(report_id: uuid.UUID, n: int) -> Response:
    """The same picture, at most 320 pixels long. Each look is recorded."""
    return _shown(report_id, n, "thumbnail")


@blueprint.route(f"{NUMBERED}/blurred", methods=["GET"])
@guarded("picture.view")
@blueprint.doc(operationId="viewBlurred", summary="A picture's place holder", responses=SHOWN)
def get_blurred(report_id: uuid.UUID, n: int) -> Response:
    """The same picture in sixteen pixels, on which nobody is recognised: for screens that show a picture only when asked."""
    return _shown(report_id, n, "blurred")


def _require_number(n: int) -> None:
    if not 1 <= n <= MOST:
        raise NotFound


def _shown(report_id: uuid.UUID, n: int, variant: Variant) -> Response:
    _require_number(n)
    shown = Shown(picture_of(actor(), report_id, n), report_id, n)
    answer = Response(view_picture(actor(), shown, variant), mimetype="image/jpeg")
    answer.headers["Content-Security-Policy"] = CLOSED
    answer.headers["Content-Disposition"] = f'inline; filename="picture-{n}.jpg"'
    return answer
