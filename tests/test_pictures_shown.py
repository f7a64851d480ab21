"""A picture's way out: what operators are told of it, that looking leaves a trace, and that it is gone everywhere in time."""

import os
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.adapters.picture_store import STRAY_SECONDS, PictureStore
from reporting.services.letters import dead_letters, replay
from reporting.services.line import MOST_ATTEMPTS, SLOW_WAIT, claim_new, claim_stale
from reporting.services.retention import expire
from reporting.services.sanitising import Cleaned, drop_originals, keep_copies, sweep_strays, tidy_up
from tests.cast import Cast
from tests.pictures import broken_png, clean, filed, files, jpeg, keep_free, of_phone, picture_id, rows, send
from tests.test_line import run
from worker.media import task
from worker.media.outside import Interrupted
from worker.media.outside import clean as clean_outside
from worker.relay import WAITED_LONG

pytestmark = pytest.mark.db


@pytest.fixture
def report(client: FlaskClient, cast: Cast, line_app: Flask, store: Path) -> dict[str, Any]:
    """A report of the city on its incident, with a picture that still waits."""
    told = filed(client, expected_pictures=2)
    run(line_app, uuid.UUID(told["id"]))
    assert send(client, told, of_phone()).status_code == 201
    return told


def seen(client: FlaskClient, cast: Cast, report: dict[str, Any], who: str = "aino") -> dict[str, Any]:
    answer = client.get(f"/api/v1/reports/{report['id']}", headers=cast.headers(who))
    assert answer.status_code == 200
    return answer.get_json()  # type: ignore[no-any-return]


def looks(owner: Engine) -> list[Any]:
    return rows(owner, "select actor_id::text, detail from audit_event where action = 'picture.viewed' order by at")


def test_an_operator_is_told_what_is_expected_waiting_and_ready(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, report: dict[str, Any]
) -> None:
    waiting = seen(client, cast, report)
    nothing = dict.fromkeys(("reason", "url", "thumbnail_url", "blurred_url", "width", "height", "taken_at"))
    assert (waiting["expected_pictures"], waiting["pictures"]) == (2, [{"n": 1, "state": "waiting", **nothing}])
    clean(line_app, picture_id(owner, report))
    address = f"/api/v1/reports/{report['id']}/pictures/1"
    ready = {"n": 1, "state": "ready", "reason": None, "url": address, "thumbnail_url": f"{address}/thumbnail"}
    ready |= {"blurred_url": f"{address}/blurred", "width": 320, "height": 200, "taken_at": None}
    assert seen(client, cast, report)["pictures"] == [ready]
    send(client, report, broken_png(), n=3)
    clean(line_app, picture_id(owner, report, 3))
    refused = {"n": 3, "state": "refused", **nothing, "reason": "unreadable"}
    assert seen(client, cast, report)["pictures"] == [ready, refused]


def test_a_look_leaves_one_row_and_the_place_holder_none(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, report: dict[str, Any]
) -> None:
    clean(line_app, picture_id(owner, report))
    told = seen(client, cast, report)["pictures"][0]
    aino = cast.people["aino"].account_id
    assert client.get(told["blurred_url"], headers=cast.headers("aino")).status_code == 200
    assert looks(owner) == []
    answer = client.get(told["url"], headers=cast.headers("aino"))
    assert looks(owner) == [(aino, {"n": 1, "copy": "working"})]
    assert client.get(told["thumbnail_url"], headers=cast.headers("aino")).status_code == 200
    assert looks(owner)[1:] == [(aino, {"n": 1, "copy": "thumbnail"})]
    assert answer.data.startswith(b"\xff\xd8") and answer.mimetype == "image/jpeg"
    headers = {name: answer.headers[name] for name in ("Cache-Control", "X-Content-Type-Options", "Content-Security-Policy")}
    assert headers["Cache-Control"] == "no-store" and headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"] and "sandbox" in headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_without_its_row_of_history_a_picture_stays_shut(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, report: dict[str, Any]
) -> None:
    clean(line_app, picture_id(owner, report))
    address = seen(client, cast, report)["pictures"][0]["url"]
    with owner.begin() as connection:
        connection.execute(text("revoke insert on audit_event from reporting_app"))
    try:
        assert client.get(address, headers=cast.headers("aino")).status_code == 500
    finally:
        with owner.begin() as connection:
            connection.execute(text("grant insert on audit_event to reporting_app"))


def test_nobody_else_sees_it_and_a_waiting_one_is_as_absent(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, report: dict[str, Any]
) -> None:
    address = f"/api/v1/reports/{report['id']}/pictures/1"
    waiting = client.get(address, headers=cast.headers("aino"))
    clean(line_app, picture_id(owner, report))
    foreign = client.get(address, headers=cast.headers("carl"))
    absent = client.get(f"/api/v1/reports/{report['id']}/pictures/2", headers=cast.headers("aino"))
    assert {(each.status_code, each.data) for each in (waiting, foreign, absent)} == {(404, absent.data)}
    assert client.get(address).status_code == 401
    assert client.get(address, headers={"Receipt-Code": report["receipt_code"]}).status_code == 401
    assert client.get(address, headers=cast.headers("fred")).status_code == 403
    assert looks(owner) == []


def test_the_room_hears_of_it_and_the_timeline_says_so(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, report: dict[str, Any]
) -> None:
    (before,) = rows(owner, "select updated_at, version from incident")
    events = rows(owner, "select count(*) from live_event")[0][0]
    clean(line_app, picture_id(owner, report))
    (after,) = rows(owner, "select updated_at, version from incident")
    assert after[0] > before[0] and after[1] == before[1]
    assert rows(owner, "select count(*) from live_event") == [(events + 1,)]
    told = rows(owner, "select text, detail from timeline_event where kind = 'picture'")
    assert told == [(f"Picture 1 of {report['reference']} can be looked at.", {"n": 1, "state": "ready"})]


def test_a_position_is_offered_only_where_the_report_says_none(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, report: dict[str, Any]
) -> None:
    placeless = filed(client, location=None, place="By the statue")
    run(line_app, uuid.UUID(placeless["id"]))
    send(client, placeless, of_phone())
    for each in (report, placeless):
        clean(line_app, picture_id(owner, each))
    assert rows(owner, "select taken_lat, taken_lon from picture where report_id = :id", id=report["id"]) == [(None, None)]
    assert seen(client, cast, placeless)["pictures"][0]["taken_at"] == {"lat": 60.169, "lon": 24.94}
    assert seen(client, cast, placeless)["location"]["lat"] is None


def test_cleaning_twice_changes_nothing(line_app: Flask, owner: Engine, report: dict[str, Any], store: Path) -> None:
    key = picture_id(owner, report)
    assert clean(line_app, key, key) == 2 and clean(line_app, key) == 1
    assert len(rows(owner, "select 1 from timeline_event where kind = 'picture'")) == 1
    assert files(store) == sorted(f"{key.hex}.{variant}" for variant in ("blurred", "thumbnail", "working"))
    with line_app.app_context():
        assert not keep_copies(key, Cleaned({"working": jpeg()}, 1, 1))
    assert len(files(store)) == 3 and rows(owner, "select width from picture") == [(320,)]


def test_what_arrives_after_the_report_is_gone_leaves_nothing(
    line_app: Flask, owner: Engine, report: dict[str, Any], store: Path
) -> None:
    key = picture_id(owner, report)
    made = clean_outside(of_phone(), "jpeg")
    with owner.begin() as connection:
        connection.execute(text("delete from picture"))
    with line_app.app_context():
        assert not keep_copies(key, made)
    assert files(store) == [f"{key.hex}.original"]
    assert clean(line_app, key) == 1
    assert rows(owner, "select 1 from outbox where job = :job", job=jobs.SANITISE) == []


# --- trouble


def test_a_worker_that_is_killed_again_and_again_ends_in_a_dead_letter(
    line_app: Flask, owner: Engine, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_told: Any) -> Any:
        raise Interrupted

    key = picture_id(owner, report)
    with monkeypatch.context() as patch:
        patch.setattr(task, "clean", killed)
        for _ in range(MOST_ATTEMPTS):
            assert clean(line_app, key) == 0
    with line_app.app_context():
        (letter,) = dead_letters()
        assert (letter["job"], letter["report_id"], letter["error"].partition(" ")[0]) == (jobs.SANITISE, str(key), "Interrupted")
        assert replay(str(key)) == 1
    assert clean(line_app, key) == 1 and rows(owner, "select state from picture") == [("ready",)]


def test_a_full_disk_waits_and_counts_no_attempt(
    line_app: Flask, owner: Engine, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = picture_id(owner, report)
    with monkeypatch.context() as patch:
        keep_free(line_app, patch, 2**62)
        assert clean(line_app, key) == 0
    ((attempts, said),) = rows(owner, "select attempts, last_error from outbox where job = :job", job=jobs.SANITISE)
    assert attempts == 0 and "folder of pictures" in said
    assert clean(line_app, key) == 1


def test_a_lost_original_is_a_refused_picture(line_app: Flask, owner: Engine, report: dict[str, Any], store: Path) -> None:
    next(store.rglob("*.original")).unlink()
    clean(line_app, picture_id(owner, report))
    assert rows(owner, "select state, reason from picture") == [("refused", "unreadable")]


def test_slow_letters_are_not_rung_for_every_three_seconds(line_app: Flask, owner: Engine, report: dict[str, Any]) -> None:
    def later(seconds: float) -> list[str]:
        with owner.begin() as connection:
            shift = text("update outbox set dispatched_at = now() - make_interval(secs => :seconds)")
            connection.execute(shift, {"seconds": seconds})
        with line_app.app_context():
            return [letter.job for letter in claim_stale(WAITED_LONG, 50)]

    with line_app.app_context():
        assert [letter.job for letter in claim_new(50)] == [jobs.SANITISE]
    assert later(10) == [] and later(SLOW_WAIT.total_seconds() + 1) == [jobs.SANITISE]


# --- gone in time


def test_the_original_goes_at_once_unless_the_organisation_keeps_it(
    client: FlaskClient, line_app: Flask, owner: Engine, report: dict[str, Any], store: Path
) -> None:
    clean(line_app, picture_id(owner, report))
    assert not list(store.rglob("*.original"))
    with owner.begin() as connection:
        connection.execute(text("update organisation set keeps_originals = true where slug = 'city'"))
    send(client, report, jpeg(), n=2)
    clean(line_app, picture_id(owner, report, 2))
    assert len(list(store.rglob("*.original"))) == 1
    with line_app.app_context():
        assert drop_originals() == 0
        with owner.begin() as connection:
            connection.execute(text("update picture set done_at = now() - interval '7 days 1 minute'"))
        assert drop_originals() == 1
    assert not list(store.rglob("*.original"))
    assert rows(owner, "select count(*) from picture where original_gone_at is null") == [(0,)]


def test_an_original_that_is_nobodys_yet_waits_for_its_room(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, store: Path
) -> None:
    told = filed(client)
    send(client, told, jpeg())
    clean(line_app, picture_id(owner, told))
    assert len(list(store.rglob("*.original"))) == 1
    run(line_app, uuid.UUID(told["id"]))
    with line_app.app_context():
        tidy_up()
    assert not list(store.rglob("*.original"))


def test_retention_deletes_the_files_with_the_report(
    client: FlaskClient, line_app: Flask, owner: Engine, report: dict[str, Any], store: Path
) -> None:
    send(client, report, jpeg(), n=2)
    clean(line_app, picture_id(owner, report))
    assert len(files(store)) == 4
    with line_app.app_context():
        assert expire(datetime.now(UTC) + timedelta(days=400))["reports"] == 1
    assert files(store) == [] and rows(owner, "select 1 from picture") == []
    assert rows(owner, "select 1 from outbox") == []


def test_a_withdrawn_report_shows_no_picture_at_once_and_keeps_none(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, report: dict[str, Any]
) -> None:
    clean(line_app, picture_id(owner, report))
    address = seen(client, cast, report)["pictures"][0]["url"]
    with owner.begin() as connection:
        connection.execute(text("update report set withdrawn_at = now()"))
    assert seen(client, cast, report)["pictures"] == []
    assert client.get(address, headers=cast.headers("aino")).status_code == 404
    with line_app.app_context():
        tidy_up()
    assert files(line_app.extensions["reporting"].pictures.folder) == [] and rows(owner, "select 1 from picture") == []


def test_the_sweep_takes_strays_and_leaves_what_is_young_or_known(
    line_app: Flask, owner: Engine, report: dict[str, Any], store: Path
) -> None:
    known = next(store.rglob("*.original"))
    stray, young = uuid.uuid4(), uuid.uuid4()
    for key in (stray, young):
        place = store / key.hex[:2] / f"{key.hex}.working"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"x")
    unfinished = store / "unfinished" / "half"
    unfinished.parent.mkdir(exist_ok=True)
    unfinished.write_bytes(b"x")
    (store / "zz").mkdir()
    (store / "zz" / "somebody's notes").write_bytes(b"x")
    old = datetime.now(UTC).timestamp() - STRAY_SECONDS - 60
    for path in (known, store / stray.hex[:2] / f"{stray.hex}.working", unfinished):
        os.utime(path, (old, old))
    with line_app.app_context():
        assert sweep_strays() == 1
    assert files(store) == sorted([known.name, f"{young.hex}.working", "somebody's notes"])


def test_a_store_that_is_away_does_not_keep_retention_from_the_rows(
    line_app: Flask, owner: Engine, report: dict[str, Any], store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = line_app.extensions["reporting"]
    nowhere = PictureStore(Path("/proc/nowhere"), ours.seals, 0)
    monkeypatch.setitem(line_app.extensions, "reporting", replace(ours, pictures=nowhere))
    with line_app.app_context():
        expire(datetime.now(UTC) + timedelta(days=400))
    assert rows(owner, "select 1 from picture") == [] and rows(owner, "select 1 from report") == []
