"""Places that a house hangs posters at: the usual ones, and codes taken out of use by its manager."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from reporting.adapters.paper.poster import MOST_LANGUAGES, Poster
from reporting.adapters.paper.sheet import SIZES
from reporting.adapters.paper.words import words_in, written
from reporting.bootstrap import adapters
from reporting.domain.errors import Forbidden, NotFound, Problem, Refused
from reporting.domain.languages import N_
from reporting.models.venue import PlaceCode, Venue
from reporting.policy import Actor, scope
from reporting.services.history import record
from reporting.services.jurisdictions import map_changed
from reporting.services.unit_of_work import unit_of_work
from reporting.services.venues import Place, new_code, revoke_code

HELP_POINT: Final = N_("Help point")
USUAL_PLACES: Final = (N_("Entrance"), HELP_POINT, N_("Staff room"))
"""Where a poster hangs first: people come in there, look for help there, and staff reads it there."""


LONGEST_HELP_POINT: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a poster is wanted: codes of languages in their order, the size of the paper, the name of the help point."""

    languages: tuple[str, ...]
    size: str = "A4"
    help_point: str = ""


def poster_of(place: Place, wanted: Wanted) -> Poster:
    """The poster of a place as this installation prints it. Refuses other sizes, and languages that are none or too many."""
    known = [each.code for each in written()]
    languages = tuple(dict.fromkeys(wanted.languages))
    if not 1 <= len(languages) <= MOST_LANGUAGES or not set(languages) <= set(known):
        words = f"Choose one to three languages of {', '.join(known)}."
        raise Refused(words, (Problem("languages", "choice", words),))
    if wanted.size not in SIZES:
        raise Refused(f"The paper must be one of {', '.join(SIZES)}.")
    settings = adapters().settings
    return Poster(
        venue=place.venue,
        label=place.label,
        code=place.code,
        address=f"{settings.origin}/v/{place.code}",
        emergency=settings.emergency_number,
        deployer=settings.deployer_name,
        languages=languages,
        size="A6" if wanted.size == "A6" else "A4",
        at=adapters().clock().replace(microsecond=0),
        help_point=" ".join(wanted.help_point.split())[:LONGEST_HELP_POINT],
    )


def is_called(label: str, place: str) -> bool:
    """Whether a label is the name of a usual place in any language that we print."""
    return label.casefold() in {place.casefold(), *(words_in(each.code)(place).casefold() for each in written())}


def missing_places(labels: Iterable[str]) -> tuple[str, ...]:
    """The usual places for which a house has no code in use; `labels` are those of its codes in use, in whatever language."""
    there = tuple(labels)
    return tuple(each for each in USUAL_PLACES if not any(is_called(label, each) for label in there))


def add_usual_places(actor: Actor, language: str) -> None:
    """Adds a code for each usual place that has none, named in that language; a second time changes nothing."""
    venue_id = scope(actor, "poster.print").venue_id
    if venue_id is None:
        raise Forbidden("This account belongs to no venue.")
    with unit_of_work() as work:
        venue = work.session.get_one(Venue, venue_id, with_for_update=True)
        in_use = PlaceCode.venue_id == venue.id, PlaceCode.revoked_at.is_(None)
        wanted = missing_places(work.session.scalars(select(PlaceCode.label).where(*in_use)))
        for place in wanted:
            new_code(work, venue, words_in(language)(place))
        if wanted:
            map_changed(work)
            record(work, actor, "place.added", "venue", venue.id)


def revoke(actor: Actor, code: str) -> None:
    """Takes a code of the actor's own house out of use; one that is so already stays so. Raises NotFound for others'."""
    with unit_of_work() as work:
        found = work.session.get(PlaceCode, code)
        if found is None or str(found.venue_id) != scope(actor, "poster.print").venue_id:
            raise NotFound
        in_use = found.revoked_at is None
    if in_use:
        revoke_code(code)
