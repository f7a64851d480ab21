"""The premises of a signed-in member of staff: their name and the places in them that have a code."""

from dataclasses import dataclass

from sqlalchemy import select

from reporting.adapters.sight import reading
from reporting.models.venue import PlaceCode, Venue
from reporting.policy import Actor


@dataclass(frozen=True, slots=True)
class Premises:
    """`places` are (code, label) in reading order; the whole house has an empty label and comes first."""

    name: str
    places: tuple[tuple[str, str], ...]


def premises(actor: Actor) -> Premises | None:
    """The actor's own venue with the codes in use; None for an account without a venue."""
    if actor.venue_id is None:
        return None
    with reading() as session:
        name = session.scalar(select(Venue.name).where(Venue.id == actor.venue_id))
        codes = session.execute(
            select(PlaceCode.code, PlaceCode.label)
            .where(PlaceCode.venue_id == actor.venue_id, PlaceCode.revoked_at.is_(None))
            .order_by(PlaceCode.label, PlaceCode.code)
        ).all()
    return Premises(name or "", tuple((row.code, row.label) for row in codes))
