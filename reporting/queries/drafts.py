"""What the pages of routing show: the rows in force, drafts with their changes, trials, and the switches so far."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from reporting import jobs
from reporting.adapters.sight import reading
from reporting.domain.drafts import Change, Difference, Row, Rows, clashes, differences, lay_over
from reporting.domain.errors import NotFound
from reporting.models.drafts import RoutingChange, RoutingDraft, RoutingPublication, RoutingTrial
from reporting.models.outbox import Outbox
from reporting.models.routing_rows import as_rows, desks_of, in_force, of_ids
from reporting.policy import Actor, scope
from reporting.queries.scoping import sight_of

EDIT: Final = "routing.edit"
MOST_SHOWN: Final = 20
"""Ended drafts and switches that a page lists."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial as a page shows it. `current`: it tried the draft as it stands now. `trouble`: how often it went wrong."""

    id: str
    kind: str
    state: str
    percent: int
    question: dict[str, Any]
    answer: dict[str, Any] | None
    asked_at: datetime
    asked_by: str
    draft_id: str | None
    current: bool = True
    attempts: int = 0
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row on a page: its content, what it was before, and how it differs."""

    key: str
    row: Row
    before: Row | None = None
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A draft in a list."""

    id: str
    number: int
    title: str
    state: str
    version: int
    begun_at: datetime
    begun_by: str
    ended_at: datetime | None
    ended_by: str


@dataclass(frozen=True, slots=True)
class Switch:
    """A publication in a list. `can_go_back`: it is the latest, and nothing has been loaded since."""

    number: int
    at: datetime
    actor: str
    kind: str
    draft_number: int | None
    changed: Sequence[dict[str, Any]]
    can_go_back: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page of routing."""

    lines: tuple[Line, ...]
    drafts: tuple[Summary, ...]
    ended: tuple[Summary, ...]
    switches: tuple[Switch, ...]
    desks: dict[str, str]


@dataclass(frozen=True, slots=True)
class Detail:
    """One draft. `clashes` are told where `moved_on`: the rows in force are no longer those it was begun on."""

    summary: Summary
    lines: tuple[Line, ...]
    removed: tuple[Line, ...]
    changes: tuple[RoutingChange, ...]
    moved_on: bool
    in_between: tuple[Difference, ...]
    clashes: tuple[tuple[str, str], ...]
    trial: Trial | None
    desks: dict[str, str]

    @property
    def changed(self) -> int:
        """How many rows differ from those in force when it was begun."""
        return sum(1 for line in (*self.lines, *self.removed) if line.difference)

    def line(self, key: str) -> Line:
        """The row of this key; NotFound where the draft has none."""
        found = next((each for each in (*self.lines, *self.removed) if each.key == key), None)
        if found is None:
            raise NotFound
        return found


def overview(actor: Actor) -> Overview:
    """What is in force, what is being drafted, and what was switched."""
    organisation = _organisation(actor)
    with reading(sight_of(actor, EDIT)) as session:
        current = in_force(session, organisation)
        drafts = session.scalars(
            select(RoutingDraft)
            .where(RoutingDraft.organisation_id == organisation)
            .order_by(RoutingDraft.number.desc())
            .limit(MOST_SHOWN)
        ).all()
        return Overview(
            lines=_lines(as_rows(current)),
            drafts=tuple(_summary(each) for each in drafts if each.state == "draft"),
            ended=tuple(_summary(each) for each in drafts if each.state != "draft"),
            switches=_switches(session, organisation, {each.id for each in current}),
            desks=desks_of(session, organisation),
        )


def detail(actor: Actor, draft_id: uuid.UUID | str) -> Detail:
    """One draft; NotFound where it is absent or another organisation's."""
    organisation = _organisation(actor)
    with reading(sight_of(actor, EDIT)) as session:
        draft = session.get(RoutingDraft, draft_id)
        if draft is None or str(draft.organisation_id) != organisation:
            raise NotFound
        base = as_rows(of_ids(session, draft.base))
        changes = session.scalars(
            select(RoutingChange).where(RoutingChange.draft_id == draft.id).order_by(RoutingChange.number)
        ).all()
        plain = [Change(each.kind, each.key, each.fields) for each in changes]
        rows = lay_over(base, plain)
        current = in_force(session, organisation)
        moved_on = draft.state == "draft" and {each.id for each in current} != set(draft.base)
        now = as_rows(current) if moved_on else base
        return Detail(
            summary=_summary(draft),
            lines=_lines(rows, base),
            removed=tuple(
                Line(key, base[key], base[key], Difference(key, "removed")) for key in sorted(base.keys() - rows.keys())
            ),
            changes=tuple(reversed(changes)),
            moved_on=moved_on,
            in_between=tuple(differences(base, now)),
            clashes=tuple((each.key, each.field) for each in clashes(base, now, plain)),
            trial=_latest_trial(session, draft),
            desks=desks_of(session, organisation),
        )


def trial(actor: Actor, trial_id: uuid.UUID | str) -> Trial:
    """One trial; NotFound where it is absent or another organisation's."""
    organisation = _organisation(actor)
    with reading(sight_of(actor, EDIT)) as session:
        found = session.get(RoutingTrial, trial_id)
        if found is None or str(found.organisation_id) != organisation:
            raise NotFound
        draft = session.get(RoutingDraft, found.draft_id) if found.draft_id else None
        return _trial(session, found, draft)


def _latest_trial(session: Session, draft: RoutingDraft) -> Trial | None:
    found = session.scalar(
        select(RoutingTrial)
        .where(RoutingTrial.draft_id == draft.id, RoutingTrial.kind == "period", RoutingTrial.state != "superseded")
        .order_by(RoutingTrial.asked_at.desc())
        .limit(1)
    )
    return _trial(session, found, draft) if found else None


def _trial(session: Session, found: RoutingTrial, draft: RoutingDraft | None) -> Trial:
    letter = None
    if found.state in ("waiting", "running"):
        letter = session.scalar(select(Outbox).where(Outbox.subject_id == found.id, Outbox.job == jobs.TRY_ROUTING))
    return Trial(
        id=str(found.id),
        kind=found.kind,
        state=found.state,
        percent=100 * found.done // found.total if found.total else 0,
        question=found.question,
        answer=found.answer,
        asked_at=found.asked_at,
        asked_by=found.asked_by,
        draft_id=str(found.draft_id) if found.draft_id else None,
        current=draft is None or found.draft_version == draft.version,
        attempts=letter.attempts if letter else 0,
        given_up=bool(letter and letter.dead_at),
    )


def _lines(rows: Rows, before: Rows | None = None) -> tuple[Line, ...]:
    """Rows by name; with `before`, what differs from it."""
    found = {each.key: each for each in differences(before, rows)} if before is not None else {}
    lines = [Line(key, row, (before or {}).get(key), found.get(key)) for key, row in rows.items()]
    return tuple(sorted(lines, key=lambda line: (str(line.row["name"]).casefold(), line.key)))


def _switches(session: Session, organisation: str, current: set[uuid.UUID]) -> tuple[Switch, ...]:
    rows = session.execute(
        select(RoutingPublication, RoutingDraft.number)
        .outerjoin(RoutingDraft, RoutingDraft.id == RoutingPublication.draft_id)
        .where(RoutingPublication.organisation_id == organisation)
        .order_by(RoutingPublication.number.desc())
        .limit(MOST_SHOWN)
    ).all()
    return tuple(
        Switch(
            number=each.number,
            at=each.at,
            actor=each.actor,
            kind=each.kind,
            draft_number=number,
            changed=each.changed,
            can_go_back=position == 0 and set(each.after) == current,
        )
        for position, (each, number) in enumerate(rows)
    )


def _summary(draft: RoutingDraft) -> Summary:
    return Summary(
        id=str(draft.id),
        number=draft.number,
        title=draft.title,
        state=draft.state,
        version=draft.version,
        begun_at=draft.begun_at,
        begun_by=draft.begun_by,
        ended_at=draft.ended_at,
        ended_by=draft.ended_by,
    )


def _organisation(actor: Actor) -> str:
    found = scope(actor, EDIT).organisation_id
    if found is None:
        raise NotFound
    return found
