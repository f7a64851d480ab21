"""Drafts of routing: begun on the rows in force, changed row by row, laid over newer rows, put away.

Each change names the version of the draft that its writer saw; who was slower is told and loses nothing but that attempt.
Changes are added and never altered. After every change the draft is tried anew on the past (see `services.trials`).
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reporting.adapters.sight import Sight
from reporting.domain.drafts import Change, Clash, Row, Rows, clashes, lay_over
from reporting.domain.errors import NotFound, NotPossible, Problem, Refused, VersionConflict
from reporting.models.drafts import RoutingChange, RoutingDraft
from reporting.models.organisation import Organisation
from reporting.models.routing_rows import FIELDS, as_rows, desks_of, in_force, of_ids
from reporting.policy import Actor, scope
from reporting.services.history import record
from reporting.services.trials import try_again
from reporting.services.unit_of_work import Work, unit_of_work

EDIT: Final = "routing.edit"
MOST_ROWS: Final = 500
"""Rows of one organisation that a draft may hold."""


@dataclass(slots=True)
class Desk:
    """A draft locked for one step of one person, with the rows it is begun on and its changes so far."""

    work: Work
    actor: Actor
    draft: RoutingDraft
    base: Rows
    changes: list[Change]

    @property
    def rows(self) -> Rows:
        """The rows as the draft has them."""
        return lay_over(self.base, self.changes)

    def add(self, kind: str, key: str, fields: Mapping[str, Any]) -> None:
        """Adds a change, counts the draft's version and writes the step into the audit trail."""
        self.draft.version += 1
        self.work.session.add(
            RoutingChange(
                organisation_id=self.draft.organisation_id,
                draft_id=self.draft.id,
                number=self.draft.version,
                actor_id=uuid.UUID(self.actor.account_id),
                actor=self.actor.name,
                kind=kind,
                key=key,
                fields=dict(fields),
            )
        )
        self.changes.append(Change(kind, key, fields))
        record(self.work, self.actor, f"routing.{kind}", "routing_draft", self.draft.id)


def begin(actor: Actor, title: str = "") -> str:
    """A new draft on the rows in force; its id as text. Nothing is different in it yet."""
    organisation = _own(actor, EDIT)
    with unit_of_work(Sight(organisation=organisation)) as work:
        hold(work, organisation)
        latest = work.session.scalar(select(func.max(RoutingDraft.number)).where(RoutingDraft.organisation_id == organisation))
        draft = RoutingDraft(
            id=uuid.uuid4(),
            organisation_id=uuid.UUID(organisation),
            number=(latest or 0) + 1,
            title=title,
            base=[each.id for each in in_force(work.session, organisation)],
            begun_by=actor.name,
        )
        work.session.add(draft)
        record(work, actor, "routing.begun", "routing_draft", draft.id)
        return str(draft.id)


def change_row(actor: Actor, draft_id: uuid.UUID | str, version: int, key: str, fields: Mapping[str, Any]) -> int:
    """Gives a row of the draft other values; values that are as before count for nothing. Returns the draft's version."""
    with at_desk(actor, draft_id, version) as desk:
        row = desk.rows.get(key)
        if row is None:
            raise NotFound
        new = {name: value for name, value in fields.items() if name in FIELDS and row.get(name) != value}
        _check_desk(desk, new)
        if new:
            desk.add("change", key, new)
            try_again(desk.work, actor, desk.draft)
        return desk.draft.version


def add_rows(actor: Actor, draft_id: uuid.UUID | str, version: int, read: Sequence[Mapping[str, Any]]) -> int:
    """Puts areas of a file into the draft: a key that is there gets the new shape only, any other is a new row with all that
    the file says of it. Refuses a desk that the room does not have."""
    with at_desk(actor, draft_id, version) as desk:
        there = desk.rows
        if len(there.keys() | {each["key"] for each in read}) > MOST_ROWS:
            raise Refused(f"A draft holds at most {MOST_ROWS} rows.")
        for each in read:
            if each["key"] not in there:
                desk.add("add", each["key"], _as_row(desk, each))
            elif there[each["key"]]["geometry"] != each["geometry"]:
                desk.add("change", each["key"], {"geometry": each["geometry"]})
        try_again(desk.work, actor, desk.draft)
        return desk.draft.version


def _as_row(desk: Desk, read: Mapping[str, Any]) -> Row:
    named = read.get("desk")
    by_name = {name: key for key, name in desks_of(desk.work.session, desk.draft.organisation_id).items()}
    if named and named not in by_name:
        raise Refused(f"There is no desk {named!r} in your room. Name one of yours in the file, or leave it out.")
    return {**{name: read.get(name) for name in FIELDS}, "desk_id": by_name.get(named or "")}


def remove_row(actor: Actor, draft_id: uuid.UUID | str, version: int, key: str) -> int:
    """Leaves a row out of the draft. What is in force stays until the draft is published."""
    return _step(actor, draft_id, version, "remove", key)


def reset_row(actor: Actor, draft_id: uuid.UUID | str, version: int, key: str) -> int:
    """Takes back every change of the draft to this row."""
    return _step(actor, draft_id, version, "reset", key)


def _step(actor: Actor, draft_id: uuid.UUID | str, version: int, kind: str, key: str) -> int:
    with at_desk(actor, draft_id, version) as desk:
        if key not in desk.rows and key not in desk.base:
            raise NotFound
        desk.add(kind, key, {})
        try_again(desk.work, actor, desk.draft)
        return desk.draft.version


def rebase(actor: Actor, draft_id: uuid.UUID | str, version: int) -> list[Clash]:
    """Lays the draft's changes over the rows in force now. Returns what both sides had changed; there the draft's value
    stands, and a row that is gone stays gone."""
    with at_desk(actor, draft_id, version) as desk:
        current = in_force(desk.work.session, desk.draft.organisation_id)
        found = clashes(desk.base, as_rows(current), desk.changes)
        desk.draft.base = [each.id for each in current]
        desk.add("rebase", "", {"clashes": [{"key": each.key, "field": each.field} for each in found]})
        try_again(desk.work, actor, desk.draft)
        return found


def discard(actor: Actor, draft_id: uuid.UUID | str, version: int) -> None:
    """Puts the draft away. It can be read, and nothing of it can be published any more."""
    with at_desk(actor, draft_id, version) as desk:
        end(desk, "discarded")


def end(desk: Desk, state: str) -> None:
    """The draft is done with."""
    desk.draft.state = state
    desk.draft.ended_at = func.now()
    desk.draft.ended_by = desk.actor.name
    record(desk.work, desk.actor, f"routing.{state}", "routing_draft", desk.draft.id)


@contextmanager
def at_desk(actor: Actor, draft_id: uuid.UUID | str, version: int | None, action: str = EDIT) -> Iterator[Desk]:
    """Permission, load and lock: the frame of every step. Refuses another version and a draft that is done with."""
    organisation = _own(actor, action)
    with unit_of_work(Sight(organisation=organisation)) as work:
        draft = work.session.scalar(
            select(RoutingDraft)
            .where(RoutingDraft.id == _key(draft_id), RoutingDraft.organisation_id == organisation)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if draft is None:
            raise NotFound
        if draft.state != "draft":
            raise NotPossible(f"This draft is {draft.state}. Begin a new one.")
        if version is not None and version != draft.version:
            raise VersionConflict(version, draft.version)
        base = as_rows(of_ids(work.session, draft.base))
        yield Desk(work, actor, draft, base, changes_of(work.session, draft.id))


def changes_of(session: Session, draft_id: uuid.UUID, version: int | None = None) -> list[Change]:
    """The changes of a draft in their order, up to a version of it where one is named."""
    wanted = [RoutingChange.draft_id == draft_id]
    if version is not None:
        wanted.append(RoutingChange.number <= version)
    found = session.scalars(select(RoutingChange).where(*wanted).order_by(RoutingChange.number))
    return [Change(each.kind, each.key, each.fields) for each in found]


def hold(work: Work, organisation: str) -> None:
    """One step at a time with an organisation's routing as a whole."""
    work.session.execute(select(Organisation.id).where(Organisation.id == organisation).with_for_update(key_share=True))


def _check_desk(desk: Desk, fields: Mapping[str, Any]) -> None:
    wanted = fields.get("desk_id")
    if wanted is None:
        return
    if wanted not in desks_of(desk.work.session, desk.draft.organisation_id):
        raise Refused("Some fields are not right.", (Problem("desk_id", "choice", "Choose a desk of your room."),))


def _own(actor: Actor, action: str) -> str:
    """The organisation whose routing this person may act on; refuses who has none as if there were nothing."""
    organisation = scope(actor, action).organisation_id
    if organisation is None:
        raise NotFound
    return organisation


def _key(text: uuid.UUID | str) -> uuid.UUID:
    try:
        return text if isinstance(text, uuid.UUID) else uuid.UUID(text)
    except ValueError:
        raise NotFound from None
