"""Pictures over HTTP: the receipt's holder sends one at its number, operators look at the cleaned copies."""

import uuid
from typing import Any, Final

from flask import Response, jsonify, request

from reporting.api.body import Resource
from reporting.api.upload_headers import PARTIAL, digest_of, piece_of, put_progress
from reporting.auth.guards import actor, guarded, public
from reporting.auth.uploads import body_of, come_in, is_ahead, receipt_code
from reporting.domain.errors import NotFound
from reporting.domain.pictures import MIME, MOST_BYTES, Variant
from reporting.queries.pictures import picture_of
from reporting.schemas.pictures import TakenPictureSchema, UploadSchema
from reporting.services.picture_uploads import cancel_upload, progress_of, require_piece, take_piece
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
UPLOAD: Final = f"{NUMBERED}/upload"
DIGEST: Final = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
NAMED: Final = {
    "in": "header",
    "name": "Repr-Digest",
    "schema": {"type": "string", "format": "sha-256-digest", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$", "example": DIGEST},
    "description": "Which picture is meant: the SHA-256 of all of it (RFC 9530).",
}
PIECE: Final = [
    {
        "in": "header",
        "name": "Upload-Offset",
        "required": True,
        "schema": {"type": "integer", "minimum": 0, "maximum": MOST_BYTES, "example": 65536},
        "description": "Where in the picture this piece begins, in bytes: 0 for the first, then what the answer before said.",
    },
    {
        "in": "header",
        "name": "Upload-Complete",
        "required": True,
        "schema": {"type": "string", "enum": ["?0", "?1"], "example": "?0"},
        "description": "`?1` with the last piece, which may be empty; `?0` with every other.",
    },
    {
        "in": "header",
        "name": "Upload-Length",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_BYTES, "example": 214806},
        "description": "How many bytes the whole picture has. Where it is told, what cannot fit is refused with the first piece.",
    },
]
PIECE_BODY: Final = {
    "required": True,
    "description": "Bytes of the picture.",
    "content": {PARTIAL: BINARY},
}
PROGRESS: Final = {
    "Upload-Offset": {"description": "How many bytes of the picture are there.", "schema": {"type": "integer", "minimum": 0}},
    "Upload-Complete": {"description": "`?1` where the picture is whole.", "schema": {"type": "string", "enum": ["?0", "?1"]}},
    "Upload-Limit": {
        "description": "Most bytes of a picture, fewest of a piece, and how many seconds it waits for the next one.",
        "schema": {"type": "string"},
    },
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
    decode becomes `refused`. Of an upload that broke nothing is kept: send it again whole, or in pieces with addPiece. The same
    bytes again are harmless (200). Another picture at a number that is taken is refused with 409, unless the one there was
    `refused`."""
    _require_number(n)
    door = PictureDoor(report_id, n, receipt_code(request))
    if is_ahead(request):
        require_open(door, request.content_length)
        return come_in()
    with body_of(request, MOST_BYTES, TOO_LARGE) as body:
        taken = take_picture(door, body.file, body.length)
    return {"n": taken.n, "state": taken.state}, 201 if taken.new else 200


@blueprint.route(UPLOAD, methods=["GET"])
@public("the receipt code is the credential")
@blueprint.doc(parameters=[*HEADERS, NAMED], operationId="readUpload", summary="Ask how much of a picture is there")
@blueprint.response(200, UploadSchema, headers=PROGRESS, description="How much is there. HEAD answers the same headers.")
@blueprint.refuses(400, 409)
def get_upload(report_id: uuid.UUID, n: int) -> Response:
    """How many bytes of the nth picture have come, in `Upload-Offset`: after a connection that broke, go on from there. 0 where
    nothing has come. With `Repr-Digest` only that picture counts; another one at the number is answered 409."""
    _require_number(n)
    progress = progress_of(PictureDoor(report_id, n, receipt_code(request)), digest_of(request))
    taken = progress.taken
    told = {"n": n, "offset": progress.received, "complete": taken is not None, "state": taken.state if taken else None}
    return put_progress(jsonify(told), progress)


@blueprint.route(UPLOAD, methods=["PATCH"])
@public("the receipt code is the credential")
@blueprint.doc(
    parameters=[*HEADERS, *PIECE, {**NAMED, "required": True}],
    requestBody=PIECE_BODY,
    operationId="addPiece",
    summary="Send a piece of a picture",
)
@blueprint.response(201, TakenPictureSchema, headers=PROGRESS, description="Whole. It is cleaned before anybody sees it.")
@blueprint.alt_response(204, headers=PROGRESS, description="The piece is kept. Send the next one from `Upload-Offset`.")
@blueprint.refuses(400, 409, 413, 415, 507)
def patch_upload(report_id: uuid.UUID, n: int) -> Response:
    """Adds bytes to the nth picture (1 to 3), from `Upload-Offset` on; with `Upload-Complete: ?1` it is whole and is taken as by
    sendPicture. After a connection that broke ask readUpload and go on from there. A piece that begins elsewhere is refused with
    409 and the right `Upload-Offset`, so two at once add one. Every piece but the last has at least 16,384 bytes. What is
    unfinished after 24 hours is deleted."""
    _require_number(n)
    door, piece = PictureDoor(report_id, n, receipt_code(request)), piece_of(request)
    if is_ahead(request):
        require_piece(door, piece, request.content_length)
        return come_in()
    with body_of(request, MOST_BYTES, TOO_LARGE) as body:
        progress = take_piece(door, piece, body.file, body.length)
    if progress.taken is None:
        return put_progress(Response(status=204), progress)
    answer = jsonify({"n": n, "state": progress.taken.state})
    answer.status_code = 201
    return put_progress(answer, progress)


@blueprint.route(UPLOAD, methods=["DELETE"])
@public("the receipt code is the credential")
@blueprint.doc(parameters=[*HEADERS, NAMED], operationId="cancelUpload", summary="Let go of an unfinished picture")
@blueprint.response(204, description="Nothing unfinished is there any more.")
@blueprint.refuses(400, 409)
def delete_upload(report_id: uuid.UUID, n: int) -> Response:
    """Deletes what has come of the nth picture at once, where the person does not want to send it any more. A picture that is
    whole is not touched (409)."""
    _require_number(n)
    cancel_upload(PictureDoor(report_id, n, receipt_code(request)), digest_of(request))
    return Response(status=204)


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
