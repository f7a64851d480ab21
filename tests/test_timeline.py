"""The timeline that people read: runs of joins are one line, either order, by kind, page by page and nothing twice."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert

from reporting.domain.errors import NotFound
from reporting.extensions import db
from reporting.models.incident import Incident, TimelineEvent
from reporting.policy import Actor
from reporting.queries.timeline import PAGE, Timeline, View, page
from tests.cast import Cast

pytestmark = pytest.mark.db

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def aino(cast: Cast, line_app: Flask) -> Iterator[Actor]:
    with line_app.app_context():
        yield Actor(cast.people["aino"].account_id, "operator", "Aino", cast.organisations["city"], "City room")


def told(actor: Actor, *kinds: str) -> str:
    """An incident on whose timeline these kinds of lines stand, a minute apart."""
    incident = Incident(
        id=uuid.uuid4(), number=uuid.uuid4().hex, organisation_id=uuid.UUID(actor.organisation_id), category="other"
    )
    incident.priority = 3
    db.session.add(incident)
    db.session.flush()
    rows = [
        {
            "id": uuid.uuid4(),
            "incident_id": incident.id,
            "kind": kind,
            "at": NOON + timedelta(minutes=minute),
            "text": f"{kind} {minute}",
            "actor": "" if kind in ("opened", "joined", "raised") else "Aino",
            "actor_id": None if kind in ("opened", "joined", "raised") else uuid.UUID(actor.account_id),
        }
        for minute, kind in enumerate(kinds)
    ]
    db.session.execute(insert(TimelineEvent), rows)
    db.session.commit()
    return str(incident.id)


def lines(found: Timeline) -> list[tuple[str, int]]:
    return [(line.kind, line.count) for line in found.lines]


def test_a_run_of_joins_is_one_line_with_its_span(aino: Actor) -> None:
    incident = told(aino, "opened", *["joined"] * 57, "note", "joined")
    found = page(aino, incident, View("oldest"))
    assert lines(found) == [("opened", 1), ("joined", 57), ("note", 1), ("joined", 1)]
    run = found.lines[1]
    assert (run.since, run.at) == (NOON + timedelta(minutes=1), NOON + timedelta(minutes=57))
    assert lines(page(aino, incident, View())) == [("joined", 1), ("note", 1), ("joined", 57), ("opened", 1)]


def test_lines_can_be_chosen_by_kind(aino: Actor) -> None:
    incident = told(aino, "opened", "joined", "note", "joined", "taken", "raised", "escalated")
    assert lines(page(aino, incident, View("oldest", "notes"))) == [("note", 1)]
    assert lines(page(aino, incident, View("oldest", "steps"))) == [("taken", 1), ("escalated", 1)]
    assert lines(page(aino, incident, View("oldest", "automatic"))) == [("opened", 1), ("joined", 2), ("raised", 1)]


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_pages_bring_every_line_once(aino: Actor, order: str) -> None:
    incident = told(aino, *(["note", "joined", "joined"] * 60))
    seen: list[str] = []
    behind = ""
    while True:
        found = page(aino, incident, View.asked(order, "all", behind))
        seen += [line.id for line in found.lines]
        assert len(found.lines) <= PAGE
        behind = found.next
        if not behind:
            break
    assert len(seen) == len(set(seen)) == 120


def test_a_page_behind_nothing_known_is_empty_and_no_id_is_refused(aino: Actor) -> None:
    incident = told(aino, "note")
    assert page(aino, incident, View(behind=str(uuid.uuid4()))).lines == ()
    with pytest.raises(NotFound):
        page(aino, incident, View(behind="'; drop table incident"))


def test_what_is_not_known_counts_as_not_asked_for() -> None:
    assert View.asked("sideways", "everything", "") == View("newest", "all", "")
