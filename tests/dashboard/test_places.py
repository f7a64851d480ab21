"""The header's links: each leads only whom the page lets in."""

import uuid

import pytest

from reporting.dashboard.places import places_of
from reporting.policy import Actor

ALLOWED = {
    "operator": ["Queue", "Notices", "Messages", "Desks", "Judgement"],
    "supervisor": ["Queue", "Notices", "Messages", "Desks", "Routing", "Judgement", "Feelings"],
    "auditor": ["Queue"],
    "org_admin": ["Routing"],
    "partner": [],
}


@pytest.mark.parametrize("role", ALLOWED)
def test_the_header_leads_only_where_one_may_go(role: str) -> None:
    actor = Actor(account_id=str(uuid.uuid4()), role=role, name="Somebody", organisation_id=str(uuid.uuid4()))
    assert [each.word for each in places_of(actor)] == ALLOWED[role]
