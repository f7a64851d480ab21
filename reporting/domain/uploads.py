"""Pictures that come in pieces: what a piece says of itself, how large it may be, and how long an unfinished picture waits."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from reporting.domain.errors import BadRequest, Problem, TooLarge
from reporting.domain.pictures import MOST_BYTES

LEAST_PIECE: Final = 16 * 1024
"""Bytes of every piece but the last: a picture of 25 MB is never more than 1,600 pieces."""
LOOKED_AT: Final = 256 * 1024
"""So many bytes are looked at piece by piece, for a type or a size that will never be taken; all of a picture at the end."""
WAITS: Final = timedelta(hours=24)
"""So long an unfinished picture is kept, from its first piece."""
IDLE: Final = timedelta(minutes=1)
"""An unfinished picture that nothing came for gives its number to another one after this time."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a picture from `begins` on. `last`: the picture is whole with them. `digest`: SHA-256 of the whole picture, in
    hexadecimal; it says which picture the piece belongs to. `whole`: the picture's length in bytes, where the sender told it."""

    begins: int
    last: bool
    digest: str
    whole: int | None = None


def require_fit(piece: Piece, length: int, whole: int | None) -> None:
    """Whether a piece of this length in bytes can be one of a picture that is taken; `whole`: the picture's length as an earlier
    piece told it. Raises TooLarge and BadRequest."""
    ends = piece.begins + length
    if max(ends, piece.whole or 0) > MOST_BYTES:
        said = f"A picture may have at most {MOST_BYTES // 1024 // 1024} MB."
        name = "Upload-Offset" if ends > MOST_BYTES else "Upload-Length"
        raise TooLarge(said, (Problem(name, "too_large", said),))
    if not piece.last and length < LEAST_PIECE:
        _refuse("Content-Length", "too_small", f"Every piece but the last has at least {LEAST_PIECE} bytes.")
    if None not in (piece.whole, whole) and piece.whole != whole:
        _refuse("Upload-Length", "inconsistent", f"The picture was said to have {whole} bytes.")
    known = whole if piece.whole is None else piece.whole
    if known is not None and (ends > known or (piece.last and ends < known)):
        _refuse("Upload-Length", "inconsistent", f"The picture was said to have {known} bytes; this piece ends at {ends}.")


def _refuse(header: str, code: str, said: str) -> None:
    raise BadRequest(said, (Problem(header, code, said),))
