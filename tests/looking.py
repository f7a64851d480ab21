"""A bench for first looks: staff of the mall with and without training, on duty or not, and a bag of the city beside it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.policy import Actor
from reporting.queries import people
from reporting.services import accounts, duty
from reporting.services.accounts import NewAccount
from tests.cast import Cast, a_report, new_key
from tests.test_line import run
from worker.clocks import keep_clocks

BESIDE = {"lat": 60.1716, "lon": 24.9421, "accuracy_m": 10, "source": "gps"}
"""In the city, some fifty metres from the mall's door."""


@dataclass
class Looking:
    """Who may be asked, and what is asked about. Gil and Ida of the mall are trained and on duty, Gil before Ida."""

    app: Flask
    line: Flask
    owner: Engine
    cast: Cast
    incident: str = ""
    actors: dict[str, Actor] = field(default_factory=dict)

    def as_web(self, do: Callable[..., Any], *arguments: Any) -> Any:
        """Calls a service with the sight that a face has: none of its own."""
        with self.app.app_context():
            return do(*arguments)

    def file(self, **told: Any) -> str:
        """A report through the door and the line; returns its incident."""
        answer = self.app.test_client().post("/api/v1/reports", json=a_report(location=BESIDE, **told), headers=new_key())
        for _try in range(2):  # what a busy machine put back is done at the second try
            run(self.line, UUID(answer.get_json()["id"]))
        return self.one("select cast(incident_id as text) from report where id = :id", id=answer.get_json()["id"])

    def one(self, statement: str, **values: Any) -> Any:
        """One value that the owner of the tables reads."""
        with self.owner.connect() as connection:
            return connection.execute(text(statement), values).scalar()

    def change(self, statement: str, **values: Any) -> None:
        """What only the owner of the tables may do."""
        with self.owner.begin() as connection:
            connection.execute(text(statement), values)

    def look(self) -> dict[str, Any]:
        """The newest first look as its row."""
        with self.owner.connect() as connection:
            rows = connection.execute(text("select * from first_look order by asked_at desc limit 1")).mappings().all()
        return dict(rows[0]) if rows else {}

    def time_is_over(self) -> None:
        """Whoever is asked has let the time go by, and the relay looks."""
        self.change("update first_look set due_at = now() - interval '1 second'")
        self.relay_looks()

    def relay_looks(self) -> None:
        """One turn of the clocks."""
        with self.line.app_context():
            keep_clocks()

    def told(self) -> list[str]:
        """The timeline's lines of looks."""
        with self.owner.connect() as connection:
            return list(
                connection.execute(
                    text("select text from timeline_event where incident_id = :id and kind ~ '^(look|check)' order by at"),
                    {"id": self.incident},
                ).scalars()
            )

    def ask(self, client: FlaskClient, **body: Any) -> Any:
        """Aino asks for a look over the API."""
        return client.post(f"/api/v1/incidents/{self.incident}/first-look", json=body, headers=self.cast.headers("aino"))


def train(looking: Looking, name: str, *, valid: int = 365, done: int = 10) -> None:
    """A training for first looks, so many days ago, valid for so many more."""
    today = date.today()
    looking.change(
        "insert into training (id, venue_id, account_id, kind, done_on, valid_until)"
        " values (:id, :venue, :account, 'hot', :done, :valid)",
        id=uuid4(),
        venue=looking.actors[name].venue_id,
        account=looking.actors[name].account_id,
        done=today - timedelta(days=done),
        valid=today + timedelta(days=valid),
    )


@pytest.fixture
def looking(web_app: Flask, line_app: Flask, owner: Engine, cast: Cast) -> Looking:
    """Gil, then Ida, of the mall: trained and on duty; a bag of the city's room beside it."""
    found = Looking(web_app, line_app, owner, cast)
    with line_app.app_context():
        gil = people.by_token(cast.tokens["gil"])
        assert gil is not None
        told = {"organisation_id": cast.organisations["mall"], "venue_id": gil.venue_id}
        ida = accounts.create_account(NewAccount(role="venue_staff", name="Ida", email="ida@example.org", **told))
        cast.people["ida"], cast.tokens["ida"] = ida, accounts.issue_token(ida.account_id, "tests")
        for name in ("gil", "ida", "hana", "aino", "bo", "carl", "dora"):
            actor = people.by_token(cast.tokens[name])
            assert actor is not None
            found.actors[name] = actor
    for name in ("gil", "ida"):
        train(found, name)
        found.as_web(duty.be_here, found.actors[name], 4)
    found.incident = found.file(description="A grey holdall by the flower stall")
    return found
