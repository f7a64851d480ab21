"""A hundred hostile files are refused before the answer, each with a reason, and nothing of any of them is kept."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from reporting import jobs
from tests.hostile_pictures import hostile
from tests.pictures import filed, files, jpeg, rows, send

pytestmark = pytest.mark.db


def test_there_are_a_hundred() -> None:
    assert len(hostile()) >= 100


def test_each_is_refused_with_a_reason_and_nothing_is_stored(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    taken, silent = {}, []
    for name, data in hostile().items():
        for kind in ("image/jpeg", "multipart/form-data; boundary=x"):
            answer = send(client, report, data, **{"Content-Type": kind})
            if answer.status_code not in (413, 415, 422):
                taken[name] = answer.status_code
            elif not answer.get_json()["errors"][0]["message"]:
                silent.append(name)
    assert (taken, silent) == ({}, [])
    assert files(store) == [] and rows(owner, "select 1 from picture") == []
    assert rows(owner, "select 1 from outbox where job = :job", job=jobs.SANITISE) == []
    assert send(client, report, jpeg()).status_code == 201


NAMES = ["../../../etc/passwd", "..%2F..%2Fetc", "1/../../x", "%2e%2e/1", "1%00", "01%2f..", "1;x", "1 "]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_out_of_the_folder(client: FlaskClient, store: Path, name: str) -> None:
    report = filed(client)
    code = {"Receipt-Code": report["receipt_code"]}
    for address in (f"/api/v1/reports/{report['id']}/pictures/{name}", f"/api/v1/reports/{name}/pictures/1"):
        assert client.put(address, data=jpeg(), headers=code).status_code in (308, 400, 404, 405)
    assert files(store) == []
