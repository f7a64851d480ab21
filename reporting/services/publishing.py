"""Switching an organisation's routing: a draft becomes what is in force, and one click goes back to what was.

A row that differs gets a new version and its old one ends at the same moment, so that nothing is routed by half of a draft.
Nothing is deleted: each switch keeps which versions were in force before and after it, and going back writes the old content
as newer versions still. Workers read the map anew because its version grows in the same transaction.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reporting.adapters.sight import Sight
from reporting.domain.drafts import Difference, Rows, differences
from reporting.domain.errors import NotFound, NotPossible
from reporting.models.drafts import RoutingDraft, RoutingPublication
from reporting.models.jurisdiction import Jurisdiction
from reporting.models.routing_rows import as_columns, as_rows, in_force, of_ids
from reporting.policy import Actor, scope
from reporting.services.drafts import at_desk, end, hold
from reporting.services.history import record
from reporting.services.jurisdictions import map_changed
from reporting.services.unit_of_work import Work, unit_of_work

PUBLISH: Final = "routing.publish"
MOVED_ON: Final = (
    "The rows in force have changed since this draft was begun. Take those changes in first, look at the trial again,"
    " then publish."
)


@dataclass(frozen=True, slots=True)
class Switch:
    """What replaces what: the rows in force, and the rows wanted, both by key."""

    organisation: str
    current: Sequence[Jurisdiction]
    wanted: Rows
    kind: str
    draft_id: uuid.UUID | None


def publish(actor: Actor, draft_id: uuid.UUID | str, version: int) -> list[Difference]:
    """Puts the draft in force, at once and for all workers; returns what is different now.

    Refuses a draft that changes nothing, and one whose base has changed meanwhile.
    """
    with at_desk(actor, draft_id, version, PUBLISH) as desk:
        work, draft = desk.work, desk.draft
        organisation = str(draft.organisation_id)
        hold(work, organisation)
        current = in_force(work.session, organisation)
        if {each.id for each in current} != set(draft.base):
            raise NotPossible(MOVED_ON)
        changed = _switch(work, actor, Switch(organisation, current, desk.rows, "draft", draft.id))
        _supersede(work, organisation)
        end(desk, "published")
        return changed


def go_back(actor: Actor, number: int) -> list[Difference]:
    """Puts in force again what was before the latest switch, which must be the one of this number.

    Refuses when rows have been changed since by other means: going back would undo those, too, and nobody has seen them.
    """
    organisation = scope(actor, PUBLISH).organisation_id
    if organisation is None:
        raise NotFound
    with unit_of_work(Sight(organisation=organisation)) as work:
        hold(work, organisation)
        latest = _latest(work, organisation)
        if latest is None or number > latest.number or number < 1:
            raise NotFound
        if number < latest.number:
            raise NotPossible("Routing has been switched again since. Go back from the latest switch.")
        current = in_force(work.session, organisation)
        if {each.id for each in current} != set(latest.after):
            raise NotPossible("Rows have been loaded from a file since. Begin a draft to change them.")
        wanted = as_rows(of_ids(work.session, latest.before))
        changed = _switch(work, actor, Switch(organisation, current, wanted, "back", latest.draft_id))
        _supersede(work, organisation)
        return changed


def _switch(work: Work, actor: Actor, switch: Switch) -> list[Difference]:
    changed = differences(as_rows(switch.current), switch.wanted)
    if not changed:
        raise NotPossible("Nothing would be different: change a row first.")
    fresh = write_versions(work.session, switch, changed)
    map_changed(work)
    keys = {each.key for each in changed}
    kept = [each.id for each in switch.current if each.key not in keys]
    publication = _publication(work, actor, switch, changed)
    publication.after = [*kept, *(each.id for each in fresh)]
    work.session.add(publication)
    record(work, actor, f"routing.switched_{switch.kind}", "routing_publication", publication.id)
    return changed


def write_versions(session: Session, switch: Switch, changed: Sequence[Difference]) -> list[Jurisdiction]:
    """Ends the versions that differ and adds those that follow them; returns the new ones."""
    keys = {each.key for each in changed}
    ending = [each.id for each in switch.current if each.key in keys]
    session.execute(
        update(Jurisdiction)
        .where(Jurisdiction.id.in_(ending))
        .values(valid_until=func.now())
        .execution_options(synchronize_session=False)
    )
    fresh = [_next_version(session, switch, key) for key in sorted(keys & switch.wanted.keys())]
    session.add_all(fresh)
    return fresh


def _next_version(session: Session, switch: Switch, key: str) -> Jurisdiction:
    same = Jurisdiction.organisation_id == switch.organisation, Jurisdiction.key == key
    latest = session.scalar(select(func.max(Jurisdiction.version)).where(*same)) or 0
    return Jurisdiction(
        id=uuid.uuid4(),
        organisation_id=uuid.UUID(switch.organisation),
        key=key,
        version=latest + 1,
        **as_columns(switch.wanted[key]),
    )


def _publication(work: Work, actor: Actor, switch: Switch, changed: Sequence[Difference]) -> RoutingPublication:
    latest = _latest(work, switch.organisation)
    return RoutingPublication(
        id=uuid.uuid4(),
        organisation_id=uuid.UUID(switch.organisation),
        number=latest.number + 1 if latest else 1,
        actor_id=uuid.UUID(actor.account_id),
        actor=actor.name,
        kind=switch.kind,
        draft_id=switch.draft_id,
        changed=[_told(each, switch) for each in changed],
        before=[each.id for each in switch.current],
    )


def _told(difference: Difference, switch: Switch) -> dict[str, Any]:
    """The difference with the row's name as it was read by people then."""
    before = next((each.name for each in switch.current if each.key == difference.key), "")
    name = switch.wanted.get(difference.key, {}).get("name") or before
    return {"key": difference.key, "name": name, "kind": difference.kind, "fields": list(difference.fields)}


def _latest(work: Work, organisation: str) -> RoutingPublication | None:
    return work.session.scalar(
        select(RoutingPublication)
        .where(RoutingPublication.organisation_id == organisation)
        .order_by(RoutingPublication.number.desc())
        .limit(1)
    )


def _supersede(work: Work, organisation: str) -> None:
    """What was published before is no longer what is in force."""
    former = RoutingDraft.organisation_id == organisation, RoutingDraft.state == "published"
    work.session.execute(update(RoutingDraft).where(*former).values(state="superseded"))
