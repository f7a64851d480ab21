"""A picture that comes in pieces: each is sealed into the store as it comes, and with the last one they are taken as any picture.

The essay. A connection that breaks costs the piece that was on its way: the sender asks how many bytes are there and goes on from
them. Every piece says by its digest which picture it belongs to, so pieces of two pictures never mix, and the whole is held
against that digest before it counts. What will never be taken (another kind of file, too many pixels) is refused with the first
pieces that show it, and nothing of it stays. Nobody sees an unfinished picture: there is no row of a picture before it is whole.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Final

from reporting.adapters.chained import Chained
from reporting.adapters.picture_store import PiecePlace
from reporting.adapters.seals import SealBroken
from reporting.bootstrap import adapters
from reporting.domain.errors import AlreadyWhole, DomainError, OffsetConflict, Problem, Refused, WrongType
from reporting.domain.pictures import MOST_BYTES
from reporting.domain.uploads import LOOKED_AT, Piece, require_fit
from reporting.models.picture import PictureUpload
from reporting.services import pieces
from reporting.services.pictures import (
    Offer,
    PictureDoor,
    Taken,
    enter,
    header_of,
    mark_of,
    mark_of_digest,
    opened,
    require_report,
    standing,
)
from reporting.services.pieces import Unfinished
from reporting.services.sanitising import remove_files

CUT_OFF: Final = "truncated"


@dataclass(frozen=True, slots=True)
class _Coming:
    """A piece on its way in, and what came before it."""

    door: PictureDoor
    piece: Piece
    there: Unfinished


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a picture is there, in bytes. `taken`: what became of it, once it is whole."""

    n: int
    received: int
    taken: Taken | None = None


def progress_of(door: PictureDoor, digest: str | None) -> Progress:
    """How much is there of the picture with this digest, of any at the number where it is None.

    Raises NotFound, NotPossible for a report that was withdrawn, AnotherPicture.
    """
    mark = mark_of_digest(digest) if digest else None
    there = _there(door, mark)
    if isinstance(there, Taken):
        return Progress(door.n, there.length, there)
    return Progress(door.n, there.received)


def require_piece(door: PictureDoor, piece: Piece, length: int | None) -> Unfinished:
    """What has come before a piece of this length in bytes (None: not told); whether it may come in is decided before any of it.

    Raises NotFound, NotPossible, AnotherPicture, AlreadyWhole, OffsetConflict for a piece that does not begin where the others
    end, BadRequest, TooLarge, NoRoom.
    """
    there = _there(door, mark_of_digest(piece.digest))
    if isinstance(there, Taken):
        raise AlreadyWhole
    if piece.begins != there.received:
        raise OffsetConflict(there.received, piece.begins)
    if length is not None:
        require_fit(piece, length, there.whole)
    adapters().pictures.require_room(length or 0)
    return there


def take_piece(door: PictureDoor, piece: Piece, body: BinaryIO, length: int) -> Progress:
    """Keeps a piece of a picture, or takes the picture with its last one. Raises what `require_piece` and `take_picture` raise;
    of a picture that is refused nothing stays."""
    there = require_piece(door, piece, length)
    parts = [(partial(adapters().pictures.open_piece, each), each.length) for each in there.pieces]
    with Chained(parts, (body, length)) as picture, _or_nothing(door, piece, there):
        if piece.last:
            return _complete(door, piece, there, picture)
        if piece.begins < LOOKED_AT:
            _look(picture, piece.whole or there.whole or MOST_BYTES)
    _keep(_Coming(door, piece, there), body, length)
    return Progress(door.n, piece.begins + length)


def cancel_upload(door: PictureDoor, digest: str | None) -> None:
    """Lets go of what has come of the picture with this digest, of any at the number where it is None; nothing there is as good.

    Raises NotFound, NotPossible for a report that was withdrawn, AnotherPicture, AlreadyWhole.
    """
    mark = mark_of_digest(digest) if digest else None
    there = _there(door, mark)
    if isinstance(there, Taken):
        raise AlreadyWhole
    if there.id is not None:
        _forget(door, there.id)


def _there(door: PictureDoor, mark: bytes | None) -> Taken | Unfinished:
    """The whole picture, else what has come of it."""
    with opened(door) as work:
        require_report(work, door)
        return standing(work, door, mark) or pieces.unfinished(work, (door.report_id, door.n), mark)


@contextmanager
def _or_nothing(door: PictureDoor, piece: Piece, there: Unfinished) -> Iterator[None]:
    """Of a picture that is no picture nothing stays. Of one whose pieces do not open any more neither: it begins again, unless
    they went because somebody else has just made the picture of them."""
    try:
        yield
    except (WrongType, Refused):
        if there.id is not None:
            _forget(door, there.id)
        raise
    except (SealBroken, EOFError, OffsetConflict) as lost:
        if isinstance(_there(door, mark_of_digest(piece.digest)), Taken):
            raise AlreadyWhole from None
        if isinstance(lost, OffsetConflict):
            raise
        if there.id is not None:
            _forget(door, there.id)
        raise OffsetConflict(0, piece.begins) from None


def _forget(door: PictureDoor, upload_id: uuid.UUID) -> None:
    with opened(door) as work:
        gone = pieces.let_go(work, PictureUpload.id == upload_id)
    remove_files(gone)


def _look(picture: Chained, whole: int) -> None:
    """Refuses what will never be taken, as far as the bytes that are there show it; raises WrongType and Refused."""
    try:
        header_of(picture, whole)
    except Refused as fault:
        if all(each.code != CUT_OFF for each in fault.problems):
            raise


def _complete(door: PictureDoor, piece: Piece, there: Unfinished, picture: Chained) -> Progress:
    header, mark = header_of(picture, picture.length), mark_of(picture)
    if mark != mark_of_digest(piece.digest):
        said = "These pieces do not make the picture that was announced. Please send it again."
        raise Refused(said, (Problem("Repr-Digest", "mismatch", said),))
    picture_id = uuid.uuid4()
    adapters().pictures.put(picture_id, "original", picture, header.length)
    taken = enter(Offer(door, header, mark, there), picture_id)
    return Progress(door.n, picture.length, taken)


def _keep(coming: _Coming, body: BinaryIO, length: int) -> None:
    """The file, then its row. After a fault of the database nobody knows whether the row stands: then the file stays, and the
    sweep decides."""
    begins = coming.piece.begins
    place = PiecePlace(uuid.uuid4(), coming.there.id or uuid.uuid4(), begins, begins + length)
    adapters().pictures.put_piece(place, body)
    try:
        gone = _enter_piece(coming, place)
    except DomainError:
        adapters().pictures.remove(place.id)
        raise
    remove_files(gone)


def _enter_piece(coming: _Coming, place: PiecePlace) -> list[uuid.UUID]:
    """Returns the ids of pieces that gave way."""
    door, piece, there = coming.door, coming.piece, coming.there
    number = door.report_id, door.n
    with opened(door) as work:
        require_report(work, door)
        gone = pieces.let_go(work, PictureUpload.id == there.gives_way) if there.gives_way else []
        if there.id is None:
            pieces.begin(work, number, place, mark_of_digest(piece.digest))
        pieces.add(work, number, place, piece.whole)
    return gone
