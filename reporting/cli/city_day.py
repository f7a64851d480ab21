"""A day in the demo city: files each group of reports at the public door, does what operators did, sets the times back."""

import http.client
import json
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import click
from sqlalchemy import create_engine, func, select, text

from reporting.cli.city_ground import FILES, Ground
from reporting.config import Settings
from reporting.domain.errors import NotPossible
from reporting.extensions import db
from reporting.models.incident import Incident
from reporting.models.outbox import Outbox
from reporting.models.report import Report
from reporting.policy import Actor
from reporting.queries import people
from reporting.services import accounts, casework

PATIENCE_S: Final = 30.0
LOOK_S: Final = 0.02
SET_BACK: Final = (
    "update report set received_at = received_at - :ago, observed_at = observed_at - :ago where id = :report",
    "update trace set received_at = received_at - :ago where report_id = :report",
    "update assessment set created_at = created_at - :ago where report_id = :report",
    "update joining set created_at = created_at - :ago where report_id = :report",
    "update timeline_event set at = at - :ago where detail->>'report_id' = cast(:report as text)",
)
SET_INCIDENT_BACK: Final = (
    "update incident set opened_at = opened_at - :ago, due_at = due_at - :ago where id = :incident",
    "update incident set last_report_at = last_report_at - :last, updated_at = updated_at - :last where id = :incident",
    "update assignment set created_at = created_at - :ago where incident_id = :incident",
    "update timeline_event set at = at - :ago where incident_id = :incident and kind in ('routed', 'informed')",
    "update notice set opened_at = opened_at - :ago, created_at = created_at - :ago where incident_id = :incident",
)
SET_STEP: Final = (
    "update timeline_event set at = :at + (at - :began) where incident_id = :incident and at >= :began",
    "update incident set updated_at = :at, acknowledged_at = case when acknowledged_at is null then null"
    " else least(acknowledged_at, :at) end,"
    " closed_at = case when closed_at is null then null else :at end where id = :incident",
)


@dataclass(frozen=True, slots=True)
class Filed:
    """One report that was filed: its id, and how long ago it happened."""

    report_id: uuid.UUID
    ago: timedelta


class DayOfReports:
    """The whole day, group by group, the oldest first. A second run files nothing twice."""

    def __init__(self, settings: Settings, ground: Ground) -> None:
        self._settings = settings
        self._ground = ground
        self._door = urlsplit(f"http://{settings.host}:{settings.port}")
        self._owner = create_engine(settings.database_owner_url)
        self._tokens: dict[str, str] = {}

    def run(self) -> None:
        """Files what is not filed yet; with a progress bar in a terminal."""
        groups = json.loads((FILES / "reports.json").read_text(encoding="utf-8"))["groups"]
        with click.progressbar(groups, label="A day in the demo city") as bar:
            for group in bar:
                self._group(group)
        self._owner.dispose()

    def _group(self, group: dict[str, Any]) -> None:
        filed = [self._file(group["key"], number, each) for number, each in enumerate(group["reports"])]
        if None in filed:
            return
        reports = [each for each in filed if each is not None]
        self._wait(reports)
        for incident_id in self._set_back(reports):
            self._work(incident_id, group)

    def _file(self, key: str, number: int, told: dict[str, Any]) -> Filed | None:
        """Posts one report; None when it was filed by an earlier run."""
        body = dict(told["report"])
        if "seen_minutes_before" in told:
            body["observed_at"] = (datetime.now(UTC) - timedelta(minutes=told["seen_minutes_before"])).isoformat()
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"demo-{key}-{number}"}
        if "device" in told:
            headers["Device-Key"] = f"demo-{told['device']}"
        if "as_account" in told:
            headers["Authorization"] = f"Bearer {self._token(told['as_account'])}"
        connection = http.client.HTTPConnection(self._door.hostname or "", self._door.port, timeout=10)
        connection.request("POST", "/api/v1/reports", json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status in (200, 422):  # 422: the same key, and an observed time that has moved on since
            return None
        if answer.status != 201:
            raise click.ClickException(f"report {key} {number} was refused: {answer.status} {content.decode()[:300]}")
        return Filed(uuid.UUID(json.loads(content)["id"]), timedelta(minutes=told["minutes_ago"]))

    def _token(self, account: str) -> str:
        if account not in self._tokens:
            self._tokens[account] = accounts.issue_token(self._ground.accounts[account], "demo day", timedelta(hours=1))
        return self._tokens[account]

    def _wait(self, reports: list[Filed]) -> None:
        """Until the line has done with them."""
        ids = [each.report_id for each in reports]
        until = time.monotonic() + PATIENCE_S
        while db.session.scalar(select(Outbox.id).where(Outbox.subject_id.in_(ids), Outbox.dead_at.is_(None)).limit(1)):
            db.session.rollback()
            if time.monotonic() > until:
                raise click.ClickException("the line does not work off the demo's reports")
            time.sleep(LOOK_S)
        db.session.rollback()

    def _set_back(self, reports: list[Filed]) -> list[uuid.UUID]:
        """Everything that came of these reports happened as long ago as they did; returns their incidents."""
        ids = [each.report_id for each in reports]
        found = {
            row.id: row.incident_id for row in db.session.execute(select(Report.id, Report.incident_id).where(Report.id.in_(ids)))
        }
        db.session.rollback()
        with self._owner.begin() as connection:
            for each in reports:
                for statement in SET_BACK:
                    connection.execute(text(statement), {"ago": each.ago, "report": each.report_id})
            for incident_id in dict.fromkeys(found.values()):
                own = [each.ago for each in reports if found[each.report_id] == incident_id]
                for statement in SET_INCIDENT_BACK:
                    values = {"ago": max(own), "last": min(own), "incident": incident_id}
                    used = {name: value for name, value in values.items() if f":{name}" in statement}
                    connection.execute(text(statement), used)
        return list(dict.fromkeys(found.values()))

    def _work(self, incident_id: uuid.UUID, group: dict[str, Any]) -> None:
        """What the operators of the room did with it, minute by minute."""
        incident = db.session.get_one(Incident, incident_id, populate_existing=True)
        actor, opened = self._operator(str(incident.organisation_id)), incident.opened_at
        db.session.rollback()
        for step in group.get("casework", ()):
            began = db.session.scalar(select(func.clock_timestamp()))
            db.session.rollback()
            with suppress(NotPossible):  # what an earlier group's operators did with the same incident
                _act(actor, incident_id, step)
            values = {"at": opened + timedelta(minutes=step["after"]), "began": began, "incident": incident_id}
            with self._owner.begin() as connection:
                for statement in SET_STEP:
                    connection.execute(text(statement), {name: values[name] for name in values if f":{name}" in statement})

    def _operator(self, organisation_id: str) -> Actor:
        slug = next(slug for slug, key in self._ground.organisations.items() if key == organisation_id)
        actor = people.by_account(self._ground.accounts["operator" if slug == "city" else f"operator_{slug}"])
        assert actor is not None
        return actor


def _act(actor: Actor, incident_id: uuid.UUID, step: dict[str, Any]) -> None:
    """One recorded step through the same service the console uses."""
    words = step.get("text", "")
    match step["action"]:
        case "acknowledge":
            casework.acknowledge(actor, incident_id, None)
            if words:
                casework.note(actor, incident_id, None, words)
        case "take":
            casework.take(actor, incident_id, None)
        case "note":
            casework.note(actor, incident_id, None, words)
        case "priority":
            casework.change_priority(actor, incident_id, None, step["priority"], words)
        case "close":
            casework.close(actor, incident_id, None, step["outcome"], words)
        case "wait":
            casework.move(actor, incident_id, None, "waiting", words)
        case "shelve":
            casework.move(actor, incident_id, None, "shelved", words)
        case "hand_over":
            casework.move(actor, incident_id, None, "handed_over", words)
