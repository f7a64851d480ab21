"""A conversation for tests: a report that came through the line, its receipt code, and both sides of the talk over HTTP."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reporting import jobs
from reporting.extensions import db
from reporting.models.report import Report
from tests.cast import Cast, a_report, new_key
from worker.line import run_errands, run_line

Answer = dict[str, Any]


@dataclass
class Filed:
    """A report: its id, its receipt code, and the incident it is on."""

    id: str
    code: str
    incident: str


@dataclass
class Talk:
    """Both sides. Every call answers with what came back; `status` is asserted where it is given."""

    client: FlaskClient
    cast: Cast
    line_app: Flask

    def file(self, **told: Any) -> Filed:
        """A report through the public door and the line."""
        answer = self.client.post("/api/v1/reports", json=a_report(**told), headers=new_key()).get_json()
        with self.line_app.app_context():
            for job in (jobs.TRIAGE, *jobs.LINE):
                run_line(job, [uuid.UUID(answer["id"])])
            incident = str(db.session.get_one(Report, uuid.UUID(answer["id"])).incident_id)
        return Filed(answer["id"], answer["receipt_code"], incident)

    def see(self, filed: Filed, **more: Any) -> Answer:
        """What the reporter reads."""
        return self.post("", {"receipt_code": filed.code, **more})

    def say(self, filed: Filed, status: int = 200, **said: Any) -> Answer:
        """What the reporter answers or adds."""
        return self.post("/messages", {"receipt_code": filed.code, **said}, status)

    def post(self, path: str, body: Answer, status: int = 200) -> Answer:
        """A request of the reporter's."""
        answer = self.client.post(f"/api/v1/follow-up{path}", json=body)
        assert answer.status_code == status, answer.get_json()
        found: Answer = answer.get_json()
        return found

    def room(self, path: str, status: int = 200, who: str = "aino", **body: Any) -> Answer:
        """A request of the room's."""
        answer = self.client.post(f"/api/v1/{path}", json=body, headers=self.cast.headers(who))
        assert answer.status_code == status, answer.get_json()
        found: Answer = answer.get_json()
        return found

    def ask(self, filed: Filed, status: int = 200, who: str = "aino", **said: Any) -> Answer:
        """A question to one reporter."""
        return self.room(f"incidents/{filed.incident}/question", status, who, report=filed.id, **said)

    def incident(self, filed: Filed, who: str = "aino") -> Answer:
        """The incident as the room reads it."""
        found: Answer = self.client.get(f"/api/v1/incidents/{filed.incident}", headers=self.cast.headers(who)).get_json()
        return found

    def close(self, filed: Filed, outcome: str = "lost_property") -> None:
        """The room ends it."""
        version = self.incident(filed)["version"]
        self.room(f"incidents/{filed.incident}/close", version=version, outcome=outcome, text="The owner came back for it.")

    def hear(self, owner: Any) -> None:
        """The worker reads what waits to be read."""
        with owner.connect() as connection:
            ids = [row[0] for row in connection.exec_driver_sql("select subject_id from outbox where job = 'hearing'")]
        with self.line_app.app_context():
            run_errands(jobs.HEARING, ids)


@pytest.fixture
def talk(cast: Cast, web_app: Flask, line_app: Flask) -> Talk:
    """The city's room and its reporters, on empty tables."""
    return Talk(web_app.test_client(), cast, line_app)
