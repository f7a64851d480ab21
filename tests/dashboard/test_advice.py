"""The proposed next step never sends anybody near a danger to have a look."""

from dataclasses import replace
from typing import Any

import pytest

from reporting.dashboard.advice import BAD_ANSWERS, FIRST_LOOK, IMMEDIATE, IMMEDIATE_HERE, next_step
from reporting.policy import Actor

AINO = Actor("1", "operator", "Aino", organisation_id="o")
NO_ANSWERS = {"hidden": "unknown", "obvious": "unknown", "typical": "unknown"}


def incident(**changes: Any) -> dict[str, Any]:
    told = {"status": "in_progress", "triaged": True, "category": "unattended_item", "priority": 3}
    told["assignee"] = {"id": AINO.account_id, "name": AINO.name}
    return {**told, "hot": NO_ANSWERS, "outcome": None, **changes}


@pytest.mark.parametrize("category", [*FIRST_LOOK, "other"])
def test_an_immediate_incident_sends_nobody_close(category: str) -> None:
    assert next_step(incident(priority=1, category=category), AINO, True).sentence == IMMEDIATE
    assert next_step(incident(priority=1, status="new", assignee=None), AINO, True).sentence.startswith(IMMEDIATE)


def test_the_police_are_not_told_to_ring_the_police() -> None:
    kaarlo = replace(AINO, level="police")
    assert next_step(incident(priority=1), kaarlo, True).sentence == IMMEDIATE_HERE
    assert next_step(incident(priority=1, status="new", assignee=None), kaarlo, True).sentence.startswith(IMMEDIATE_HERE)


def test_a_bad_answer_keeps_people_away() -> None:
    assert next_step(incident(hot={**NO_ANSWERS, "obvious": "yes"}), AINO, True).sentence == BAD_ANSWERS


def test_an_ordinary_item_has_its_owner_looked_for() -> None:
    assert next_step(incident(), AINO, True).sentence == FIRST_LOOK["unattended_item"]
