"""Taking a picture: its header is looked at, its bytes are sealed into the store, and its row, its letter and its trace are one
commit. The file comes first: a crash between the two leaves a stray that the sweep takes away, and never a row without a file.

Only the receipt's holder adds pictures, and only to the own report. What the picture shows nobody looks at here: decoding is
for a process that has nothing to lose (`worker/media`).
"""

import hashlib
import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from reporting import jobs
from reporting.adapters.doorbell import OUTBOX
from reporting.adapters.sight import Sight
from reporting.bootstrap import adapters
from reporting.domain.errors import AnotherPicture, DomainError, NotFound, NotPossible, Problem, Refused, TooLarge, WrongType
from reporting.domain.picture_headers import read_header
from reporting.domain.pictures import MOST_BYTES, NUMBERS, Header, NoPicture
from reporting.domain.receipts import normalised
from reporting.models.history import AuditEvent
from reporting.models.outbox import Outbox
from reporting.models.picture import Picture
from reporting.models.report import Report
from reporting.services import pieces
from reporting.services.pieces import Unfinished
from reporting.services.sanitising import remove_files
from reporting.services.unit_of_work import Work, unit_of_work

BLOCK: Final = 256 * 1024
TOO_LARGE: Final = f"A picture may have at most {MOST_BYTES // 1024 // 1024} MB."


@dataclass(frozen=True, slots=True)
class PictureDoor:
    """Which picture of which report, and the receipt code that opens the report."""

    report_id: uuid.UUID
    n: int
    receipt_code: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a picture that was sent; `new` is False where the same bytes had come before. `length`: bytes that were
    kept, where that was looked up."""

    n: int
    state: str
    new: bool
    length: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """A picture on its way in, with what its header says and the keyed hash of what was sent; `made_of`: the pieces that came
    before, which go when it stands."""

    door: PictureDoor
    header: Header
    mark: bytes
    made_of: Unfinished = field(default_factory=Unfinished)


def report_of(receipt_code: str) -> uuid.UUID:
    """The id of the report that a code opens; raises NotFound."""
    code = normalised(receipt_code)
    if code is None:
        raise NotFound
    mark = adapters().seals.mark("receipt", code)
    with unit_of_work(Sight(receipt=mark.hex())) as work:
        found = work.session.scalar(select(Report.id).where(Report.receipt_hash == mark))
    if found is None:
        raise NotFound
    return found


def free_number(receipt_code: str) -> int:
    """The first number that has no picture yet, or one that was refused; raises NotFound, and NotPossible where there is none."""
    report_id, mark = report_of(receipt_code), _receipt_mark(receipt_code)
    with unit_of_work(Sight(receipt=mark.hex())) as work:
        wanted = select(Picture.n).where(Picture.report_id == report_id, Picture.state != "refused")
        used = set(work.session.scalars(wanted))
    left = [n for n in NUMBERS if n not in used]
    if not left:
        raise NotPossible("This report has three pictures already.")
    return left[0]


def require_open(door: PictureDoor, length: int | None) -> None:
    """Whether a picture of this length in bytes may come in at all, before any of it has.

    Raises NotFound for a report that is absent or that the code does not open, NotPossible for one that was withdrawn, TooLarge,
    NoRoom for a full disk.
    """
    if length is not None and length > MOST_BYTES:
        raise TooLarge(TOO_LARGE)
    with unit_of_work(Sight(receipt=_receipt_mark(door.receipt_code).hex())) as work:
        require_report(work, door)
    adapters().pictures.require_room(length or 0)


def take_picture(door: PictureDoor, body: BinaryIO, length: int) -> Taken:
    """Keeps a picture to be cleaned. The same bytes again are harmless; other bytes at a number that is taken are refused, but
    where the picture there was refused.

    Raises what `require_open` raises; WrongType for another kind of file, Refused for one that is broken, moving or too large in
    pixels, NotPossible for a taken number.
    """
    require_open(door, length)
    offer = Offer(door, header_of(body, length), mark_of(body))
    there = _standing(offer)
    if there is not None:
        return there
    picture_id = uuid.uuid4()
    adapters().pictures.put(picture_id, "original", body, offer.header.length)
    return enter(offer, picture_id)


def enter(offer: Offer, picture_id: uuid.UUID) -> Taken:
    """Row, letter and trace; where somebody was faster, what they left. After a fault of the database nobody knows whether the
    row stands: then the file stays, and the sweep decides. What is unfinished at the number gives way.

    Raises NotFound, NotPossible, and OffsetConflict where the pieces it was made of are not there any more.
    """
    number = offer.door.report_id, offer.door.n
    try:
        with opened(offer.door) as work:
            require_report(work, offer.door)
            gone = pieces.claim(work, number, offer.made_of)
            _take_away_refused(work, offer.door)
            _write(work, offer, picture_id)
            work.ring(OUTBOX)
    except DomainError:
        adapters().pictures.remove(picture_id)
        raise
    except IntegrityError:
        adapters().pictures.remove(picture_id)
        there = _standing(offer)
        if there is None:
            raise
        return there
    remove_files(gone)
    return Taken(offer.door.n, "waiting", new=True)


def opened(door: PictureDoor) -> AbstractContextManager[Work]:
    """A transaction that sees the report its receipt opens."""
    return unit_of_work(Sight(receipt=_receipt_mark(door.receipt_code).hex()))


def _write(work: Work, offer: Offer, picture_id: uuid.UUID) -> None:
    door, header = offer.door, offer.header
    picture = {
        "id": picture_id,
        "report_id": door.report_id,
        "n": door.n,
        "kind": header.kind,
        "size_bytes": header.length,
        "sent_mark": offer.mark,
        "key_id": adapters().seals.key_id,
    }
    work.session.execute(insert(Picture), picture)
    work.session.execute(insert(Outbox), {"job": jobs.SANITISE, "subject_id": picture_id})
    trace = {"id": uuid.uuid4(), "action": "picture.filed", "subject": "report", "subject_id": door.report_id}
    work.session.execute(insert(AuditEvent.__table__), {**trace, "detail": {"n": door.n}})


def _take_away_refused(work: Work, door: PictureDoor) -> None:
    """Its files went when it was refused."""
    mine = Picture.report_id == door.report_id, Picture.n == door.n, Picture.state == "refused"
    work.session.execute(delete(Picture).where(*mine).execution_options(synchronize_session=False))


def _standing(offer: Offer) -> Taken | None:
    with opened(offer.door) as work:
        return standing(work, offer.door, offer.mark)


def standing(work: Work, door: PictureDoor, mark: bytes | None) -> Taken | None:
    """The whole picture that stands at this number already, if it has this mark (whatever mark it has where that is None).
    Raises AnotherPicture for a number that has another one, but where that was refused."""
    wanted = select(Picture.state, Picture.sent_mark, Picture.size_bytes)
    found = work.session.execute(wanted.where(Picture.report_id == door.report_id, Picture.n == door.n)).one_or_none()
    if found is None:
        return None
    if mark in (None, found.sent_mark):
        return Taken(door.n, found.state, False, found.size_bytes)
    if found.state == "refused":
        return None
    raise AnotherPicture(f"There is another picture {door.n} already.")


def require_report(work: Work, door: PictureDoor) -> None:
    """Raises NotFound for a report that is absent or that the code does not open, NotPossible for one that was withdrawn."""
    mark = _receipt_mark(door.receipt_code)
    wanted = select(Report.withdrawn_at).where(Report.id == door.report_id, Report.receipt_hash == mark)
    found = work.session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound
    if found.withdrawn_at is not None:
        raise NotPossible("This report was withdrawn.")


def _receipt_mark(code: str) -> bytes:
    """The keyed hash of a code; one that was mistyped is as unknown as a wrong one."""
    found = normalised(code)
    if found is None:
        raise NotFound
    return adapters().seals.mark("receipt", found)


def header_of(body: BinaryIO, length: int) -> Header:
    """What the picture says of itself; raises WrongType and Refused."""
    try:
        return read_header(body, length, bool(adapters().settings.pictures_heic))
    except NoPicture as fault:
        problem = (Problem("picture", fault.code, fault.sentence),)
        raise (WrongType if fault.code == "type" else Refused)(fault.sentence, problem) from None


def mark_of(body: BinaryIO) -> bytes:
    """The keyed hash of all that was sent."""
    body.seek(0)
    digest = hashlib.sha256()
    while block := body.read(BLOCK):
        digest.update(block)
    return mark_of_digest(digest.hexdigest())


def mark_of_digest(digest: str) -> bytes:
    """The same from the hexadecimal SHA-256 of what is sent."""
    return adapters().seals.mark("picture sent", digest)
