"""Whether the room that a report would reach is watched now, for pages that everybody may open. Kept a few seconds, so that a
crowd of phones costs one question; where the database is away nothing is said."""

import threading
import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from reporting.adapters.sight import reading
from reporting.bootstrap import adapters
from reporting.domain.watching import Watch, state
from reporting.models.organisation import Organisation
from reporting.models.venue import PlaceCode, Venue

KEPT: Final = timedelta(seconds=5)
MOST_KEPT: Final = 500
COLUMNS: Final = (
    Organisation.public_name,
    Organisation.phone,
    Organisation.watched,
    func.staffed(Organisation.id).label("staffed"),
)
"""`staffed` says whether any console of the room shows life, to whomever asks; nothing else of it can be learned this way."""

_lock = threading.Lock()
_known: dict[tuple[str, str], tuple[datetime, Watch | None]] = {}


def watch_of(code: str = "") -> Watch | None:
    """The room of the venue with this place code, where it has one of its own, else the duty desk's; None where it cannot be
    known at this moment."""
    now, key = adapters().clock(), (adapters().settings.database_url, code.strip().upper())
    with _lock:
        kept = _known.get(key)
    if kept and now - kept[0] < KEPT:
        return kept[1]
    found = _asked(key[1], now)
    with _lock:
        if len(_known) >= MOST_KEPT:
            _known.clear()
        _known[key] = now, found
    return found


def watch_of_room(organisation_id: str) -> Watch | None:
    """The state of one room; None where it cannot be known at this moment."""
    now, key = adapters().clock(), (adapters().settings.database_url, f"room {organisation_id}")
    with _lock:
        kept = _known.get(key)
    if kept and now - kept[0] < KEPT:
        return kept[1]
    try:
        with reading() as session:
            row = session.execute(select(*COLUMNS).where(Organisation.id == uuid.UUID(organisation_id))).first()
    except SQLAlchemyError:
        return None
    found = watch(row, now) if row else None
    with _lock:
        _known[key] = now, found
    return found


def forget() -> None:
    """What is kept is asked anew; for tests, in which the time stands still."""
    with _lock:
        _known.clear()


def _asked(code: str, now: datetime) -> Watch | None:
    try:
        with reading() as session:
            row = session.execute(_of_venue(code)).first() if code and code.isprintable() else None
            row = row or session.execute(_of_duty_desk()).first()
    except SQLAlchemyError:
        return None
    return watch(row, now) if row else None


def watch(row: Any, now: datetime) -> Watch:
    """The state of an organisation of which COLUMNS were read."""
    return Watch(state(row.watched, row.staffed, now), row.public_name, row.phone)


def _of_venue(code: str) -> Any:
    return (
        select(*COLUMNS)
        .join(Venue, Venue.organisation_id == Organisation.id)
        .join(PlaceCode, PlaceCode.venue_id == Venue.id)
        .where(PlaceCode.code == code, PlaceCode.revoked_at.is_(None))
    )


def _of_duty_desk() -> Any:
    return select(*COLUMNS).where(Organisation.duty_desk).order_by(Organisation.slug).limit(1)
