"""Whoever reads an address says yes, as they do: by the short link, in a browser of their own. For tests that begin later."""

import uuid

from flask.testing import FlaskClient
from sqlalchemy import text

from reporting.adapters.sight import SYSTEM_SIGHT
from reporting.services.short_links import word_of
from reporting.services.unit_of_work import unit_of_work

UNCONFIRMED = "select id from subscription where channel <> 'push' and confirmed_at is null order by chosen_at"


def unconfirmed(client: FlaskClient) -> list[uuid.UUID]:
    """The ways that wait for a yes."""
    with client.application.app_context(), unit_of_work(SYSTEM_SIGHT) as work:
        return [row.id for row in work.session.execute(text(UNCONFIRMED))]


def word(client: FlaskClient, way: uuid.UUID) -> str:
    """The word of a way's short link."""
    with client.application.app_context():
        return word_of(way)


def say_yes(client: FlaskClient) -> int:
    """Every way that waits is confirmed, and the questions are gone as if they had been sent; how many."""
    ways = unconfirmed(client)
    for way in ways:
        assert client.post(f"/s/{word(client, way)}", data={"step": "yes"}).status_code == 200
    with client.application.app_context(), unit_of_work(SYSTEM_SIGHT) as work:
        asked = "select id from delivery where template = 'confirm'"
        work.session.execute(text(f"delete from outbox where job = 'deliver' and subject_id in ({asked})"))
        work.session.execute(text("delete from delivery where template = 'confirm'"))
    return len(ways)
