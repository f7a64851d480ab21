"""Without a room that may see it a report waits, visibly, and goes on by itself when there is one."""

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.queries.health import readiness
from reporting.services import jurisdictions
from reporting.services.jurisdictions import NewOrganisation
from tests.cast import a_report, new_key
from worker.line import run_line

pytestmark = pytest.mark.db


def letters(owner: Engine) -> list[tuple[str, int, str | None, bool]]:
    with owner.connect() as connection:
        rows = connection.execute(text("select job, attempts, last_error, dead_at is not null from outbox order by id"))
        return [tuple(row) for row in rows]


def run_everything(owner: Engine) -> None:
    with owner.connect() as connection:
        rows = connection.execute(text("select job, subject_id from outbox where due_at <= now() order by id")).all()
    for job, subject_id in rows:
        run_line(job, [subject_id])


def test_a_report_waits_for_the_first_organisation(client: object, web_app: Flask, line_app: Flask, owner: Engine) -> None:
    with owner.begin() as connection:
        connection.execute(text("delete from organisation"))
    assert web_app.test_client().post("/api/v1/reports", json=a_report(), headers=new_key()).status_code == 201
    with line_app.app_context():
        run_everything(owner)
        run_everything(owner)
        assert letters(owner) == [("routing", 0, "waits: there is no organisation that could receive anything", False)]
        problems = readiness()["problems"]
        assert "1 report waits: there is no organisation that could receive anything" in problems
        jurisdictions.add_organisation(NewOrganisation(slug="city", name="City", level="municipal", duty_desk=True))
        run_everything(owner)
        assert letters(owner) == []


def test_a_report_about_staff_of_the_only_room_waits_for_another(
    client: object, web_app: Flask, line_app: Flask, owner: Engine
) -> None:
    with line_app.app_context():
        jurisdictions.add_organisation(NewOrganisation(slug="mall", name="Mall", level="venue", duty_desk=True))
        asked = a_report(about_staff=True, location=None, place="by the escalator")
        asked.pop("location")
        assert web_app.test_client().post("/api/v1/reports", json=asked, headers=new_key()).status_code == 201
        run_everything(owner)
        ((job, attempts, why, dead),) = letters(owner)
        assert (job, attempts, dead) == (jobs.ROUTING, 0, False)
        assert "staff of the only organisation" in (why or "")
        jurisdictions.add_organisation(NewOrganisation(slug="city", name="City", level="municipal"))
        run_everything(owner)
        assert letters(owner) == []
    with owner.connect() as connection:
        assert connection.execute(
            text("select o.slug from incident join organisation o on o.id = organisation_id")
        ).scalars().all() == ["city"]
