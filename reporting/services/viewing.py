"""Looking at a picture: who opens one leaves a row of history first. Without that row the picture stays shut."""

import uuid
from dataclasses import dataclass

from sqlalchemy import insert

from reporting.adapters.seals import SealBroken
from reporting.adapters.sight import Sight
from reporting.bootstrap import adapters
from reporting.domain.errors import StoreAway
from reporting.domain.pictures import Variant
from reporting.models.history import AuditEvent
from reporting.policy import Actor
from reporting.services.unit_of_work import unit_of_work


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that its reader may see (`queries.pictures.picture_of` says so): its id, its report's, and its number."""

    id: uuid.UUID
    report_id: uuid.UUID
    n: int


def view_picture(actor: Actor, shown: Shown, variant: Variant) -> bytes:
    """Our own JPEG copy of the picture. Leaves one row of history, but for the blurred copy, which shows nothing. Raises
    StoreAway where the file cannot be read."""
    if variant != "blurred":
        _record(actor, shown, variant)
    try:
        with adapters().pictures.open(shown.id, variant) as file:
            return file.read()
    except (FileNotFoundError, SealBroken) as error:
        raise StoreAway from error


def _record(actor: Actor, shown: Shown, variant: Variant) -> None:
    who = {"actor_id": actor.account_id, "organisation_id": actor.organisation_id, "action": "picture.viewed"}
    what = {"subject": "report", "subject_id": shown.report_id, "detail": {"n": shown.n, "copy": variant}}
    with unit_of_work(Sight(organisation=actor.organisation_id or "")) as work:
        work.session.execute(insert(AuditEvent.__table__), {"id": uuid.uuid4(), **who, **what})
