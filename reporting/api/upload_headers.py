"""The headers of pictures that come in pieces, read strictly: those of the IETF's draft "Resumable Uploads for HTTP", and
Repr-Digest (RFC 9530)."""

import base64
import re
from typing import Final

from flask import Request, Response

from reporting.domain.errors import BadRequest, Problem, WrongType
from reporting.domain.pictures import MOST_BYTES
from reporting.domain.uploads import LEAST_PIECE, WAITS, Piece
from reporting.services.picture_uploads import Progress

PARTIAL: Final = "application/partial-upload"
LIMITS: Final = f"max-size={MOST_BYTES}, min-append-size={LEAST_PIECE}, max-age={int(WAITS.total_seconds())}"
_NUMBER: Final = re.compile(r"[0-9]{1,15}")
_DIGEST: Final = re.compile(r"(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/]{43}=):[ \t]*(?=,|$)")
_BOOLEANS: Final = {"?0": False, "?1": True}


def piece_of(request: Request) -> Piece:
    """What the headers say of the piece; raises BadRequest naming each header that is missing or not usable, WrongType for a
    body of another type."""
    if request.mimetype != PARTIAL:
        said = f"Send pieces with Content-Type: {PARTIAL}."
        raise WrongType(said, (Problem("Content-Type", "type", said),))
    problems: list[Problem] = []
    begins = _number(request, "Upload-Offset", problems)
    last = _BOOLEANS.get(request.headers.get("Upload-Complete", "").strip())
    if last is None:
        problems.append(Problem("Upload-Complete", "invalid", "Send ?1 with the last piece and ?0 with every other."))
    digest = _digest(request, problems)
    whole = _number(request, "Upload-Length", problems) if "Upload-Length" in request.headers else None
    if problems or digest is None:
        problems = problems or [Problem("Repr-Digest", "required", "Send the SHA-256 of the whole picture.")]
        raise BadRequest("Some headers are missing or not usable.", tuple(problems))
    return Piece(begins, bool(last), digest, whole)


def digest_of(request: Request) -> str | None:
    """The SHA-256 of the whole picture in hexadecimal, where the request names one; raises BadRequest for another word."""
    problems: list[Problem] = []
    digest = _digest(request, problems)
    if problems:
        raise BadRequest("A header is not usable.", tuple(problems))
    return digest


def put_progress(answer: Response, progress: Progress) -> Response:
    """The answer with the headers that tell how much is there."""
    answer.headers["Upload-Offset"] = str(progress.received)
    answer.headers["Upload-Complete"] = "?1" if progress.taken else "?0"
    answer.headers["Upload-Limit"] = LIMITS
    return answer


def _number(request: Request, name: str, problems: list[Problem]) -> int:
    found = request.headers.get(name, "").strip()
    if _NUMBER.fullmatch(found):
        return int(found)
    problems.append(Problem(name, "invalid", "Send a whole number of bytes, from 0."))
    return 0


def _digest(request: Request, problems: list[Problem]) -> str | None:
    sent = request.headers.get("Repr-Digest")
    if sent is None:
        return None
    found = _DIGEST.findall(sent)
    if len(found) != 1:
        problems.append(Problem("Repr-Digest", "invalid", "Send sha-256=:...:, with the SHA-256 of the whole picture in Base64."))
        return None
    return base64.b64decode(found[0]).hex()
