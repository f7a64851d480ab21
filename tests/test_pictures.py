"""A picture's way in: whose it may be, what is refused before the answer, what is kept and how, and that retries are harmless."""

import errno
import os
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from reporting import jobs
from reporting.adapters.picture_store import PictureStore
from reporting.adapters.seals import SealBroken
from reporting.adapters.sight import Sight
from reporting.bootstrap import adapters
from reporting.config import ConfigurationError, read_settings
from reporting.domain.pictures import MOST_BYTES
from reporting.services.unit_of_work import unit_of_work
from tests.cast import Cast, a_report, new_key
from tests.pictures import (
    broken_png,
    clean,
    drawn,
    filed,
    files,
    jpeg,
    keep_free,
    large_jpeg,
    motion_photo,
    of_phone,
    picture_id,
    png_that_says,
    rows,
    saved,
    send,
    two_frames,
)

pytestmark = pytest.mark.db


AT_ONCE = 7
"""As many as the application has connections for, but one: nobody waits for one until the clock runs out."""


def code_of(answer: Any) -> str:
    return str(answer.get_json()["errors"][0]["code"])


def nothing_stored(owner: Engine, store: Path) -> bool:
    letters = rows(owner, "select 1 from outbox where job = :job", job=jobs.SANITISE)
    return not files(store) and not rows(owner, "select 1 from picture") and not letters


def test_a_picture_is_taken_sealed_and_its_letter_posted_with_it(client: FlaskClient, owner: Engine, store: Path) -> None:
    report, data = filed(client), of_phone()
    answer = send(client, report, data)
    assert (answer.status_code, answer.get_json()) == (201, {"n": 1, "state": "waiting"})
    key = picture_id(owner, report)
    assert files(store) == [f"{key.hex}.original"]
    kept = next(store.rglob("*.original")).read_bytes()
    assert b"quokka" not in kept and b"JFIF" not in kept and len(kept) > len(data)
    assert next(store.rglob("*.original")).stat().st_mode & 0o777 == 0o600
    assert rows(owner, "select job, subject_id from outbox where job <> 'triage'") == [(jobs.SANITISE, key)]
    assert rows(owner, "select detail from audit_event where action = 'picture.filed'") == [({"n": 1},)]


def test_the_filed_report_says_where_pictures_go(client: FlaskClient) -> None:
    report = filed(client)
    assert report["links"]["pictures"] == f"/api/v1/reports/{report['id']}/pictures"


@pytest.mark.parametrize("kind", ["image/png", "text/html", "application/json", "multipart/form-data; boundary=x", ""])
def test_what_it_is_called_does_not_matter(client: FlaskClient, store: Path, kind: str) -> None:
    assert send(client, filed(client), jpeg(), **{"Content-Type": kind}).status_code == 201


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_is_known_by_its_bytes(client: FlaskClient, owner: Engine, store: Path, kind: str) -> None:
    report = filed(client)
    assert send(client, report, saved(drawn(), kind)).status_code == 201
    assert rows(owner, "select kind from picture") == [(kind.lower(),)]


def test_the_same_bytes_again_are_harmless(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    assert [send(client, report, jpeg()).status_code for _ in range(3)] == [201, 200, 200]
    assert len(files(store)) == 1
    assert len(rows(owner, "select 1 from outbox where job = :job", job=jobs.SANITISE)) == 1


def test_other_bytes_at_a_taken_number_are_refused(client: FlaskClient, store: Path) -> None:
    report = filed(client)
    send(client, report, jpeg())
    assert send(client, report, jpeg(64, 64)).status_code == 409
    assert send(client, report, jpeg(64, 64), n=2).status_code == 201
    assert len(files(store)) == 2


def test_many_at_once_make_one_picture(client: FlaskClient, web_app: Flask, owner: Engine, store: Path) -> None:
    report, answers = filed(client), []

    def put() -> None:
        answers.append(send(web_app.test_client(), report, jpeg()).status_code)

    threads = [threading.Thread(target=put) for _ in range(AT_ONCE)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == [200] * (AT_ONCE - 1) + [201]
    assert len(files(store)) == len(rows(owner, "select 1 from picture")) == 1


@pytest.mark.parametrize("n", [0, 4, 99, -1, "x", "1/../2", "1.5"])
def test_a_report_has_three_pictures(client: FlaskClient, store: Path, n: Any) -> None:
    assert send(client, filed(client), jpeg(), n=n).status_code == 404


def test_only_the_receipt_opens_the_report_and_all_else_looks_absent(client: FlaskClient, owner: Engine, store: Path) -> None:
    report, other = filed(client), filed(client)
    wrong = [
        send(client, {**report, "receipt_code": other["receipt_code"]}, jpeg()),
        send(client, {**report, "receipt_code": "0000-0000-0000-0000"}, jpeg()),
        send(client, {**report, "receipt_code": "nonsense"}, jpeg()),
        send(client, {**report, "id": uuid.uuid4()}, jpeg()),
    ]
    assert {(each.status_code, each.data) for each in wrong} == {(404, wrong[0].data)}
    missing = client.put(f"/api/v1/reports/{report['id']}/pictures/1", data=jpeg())
    assert (missing.status_code, missing.get_json()["errors"][0]["field"]) == (400, "Receipt-Code")
    assert nothing_stored(owner, store)


def test_a_receipt_is_read_as_people_write_it(client: FlaskClient, store: Path) -> None:
    report = filed(client)
    assert send(client, {**report, "receipt_code": report["receipt_code"].lower().replace("-", " ")}, jpeg()).status_code == 201


def test_a_withdrawn_report_takes_no_picture(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    with owner.begin() as connection:
        connection.execute(text("update report set withdrawn_at = now()"))
    assert send(client, report, jpeg()).status_code == 409
    assert nothing_stored(owner, store)


TRAILERS = {"a film": motion_photo(), "a second frame": two_frames(), "an archive": jpeg() + b"PK\x03\x04" + b"x" * 999}


@pytest.mark.parametrize("name", TRAILERS)
def test_what_hangs_on_a_picture_is_dropped_before_it_is_kept(client: FlaskClient, owner: Engine, store: Path, name: str) -> None:
    data = TRAILERS[name]
    report = filed(client)
    assert send(client, report, data).status_code == 201
    ((length,),) = rows(owner, "select size_bytes from picture")
    assert length < len(data) - 500
    assert send(client, report, data).status_code == 200


def test_twenty_five_megabytes_are_taken_and_one_byte_more_is_not(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    data = large_jpeg(MOST_BYTES)
    assert len(data) == MOST_BYTES
    assert send(client, report, data + b"x").status_code == 413
    assert nothing_stored(owner, store)
    assert send(client, report, data).status_code == 201


def test_forty_megapixels_are_the_most(client: FlaskClient, store: Path) -> None:
    report = filed(client)
    assert send(client, report, png_that_says(8000, 5000)).status_code == 201
    answer = send(client, report, png_that_says(8000, 5001), n=2)
    assert (answer.status_code, code_of(answer)) == (422, "dimensions")


def test_heic_is_refused_clearly_while_it_is_off(client: FlaskClient, store: Path) -> None:
    answer = send(client, filed(client), b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100))
    assert (answer.status_code, code_of(answer)) == (415, "type")
    assert "HEIC pictures are not taken here" in answer.get_json()["detail"] and "JPEG" in answer.get_json()["detail"]


def test_a_full_disk_refuses_the_picture_and_takes_the_report(
    client: FlaskClient, web_app: Flask, owner: Engine, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_free(web_app, monkeypatch, 2**62)
    report = filed(client)
    answer = send(client, report, jpeg())
    assert answer.status_code == 507 and answer.mimetype == "application/problem+json" and "Retry-After" in answer.headers
    assert nothing_stored(owner, store)
    assert client.post("/api/v1/reports", json=a_report(), headers=new_key()).status_code == 201
    keep_free(web_app, monkeypatch, 0)
    assert send(client, report, jpeg()).status_code == 201


@pytest.mark.parametrize("fault", [(errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EIO, 503), (errno.EROFS, 503)])
def test_a_disk_that_fails_in_the_middle_leaves_no_half_picture(
    client: FlaskClient, owner: Engine, store: Path, monkeypatch: pytest.MonkeyPatch, fault: tuple[int, int]
) -> None:
    report, (number, status) = filed(client), fault

    def broken(_handle: int) -> None:
        raise OSError(number, "test")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken)
        assert send(client, report, jpeg()).status_code == status
    assert nothing_stored(owner, store)
    assert client.post("/api/v1/reports", json=a_report(), headers=new_key()).status_code == 201
    assert send(client, report, jpeg()).status_code == 201


def test_a_folder_that_cannot_be_written_keeps_no_report_away(client: FlaskClient, store: Path) -> None:
    store.write_text("a file where the folder should be")
    report = filed(client)
    assert send(client, report, jpeg()).status_code == 503


def test_a_file_opens_at_its_own_place_alone(client: FlaskClient, web_app: Flask, owner: Engine, store: Path) -> None:
    report = filed(client)
    for n, size in ((1, 64), (2, 65)):
        assert send(client, report, jpeg(size, size), n=n).status_code == 201
    one, two = (picture_id(owner, report, n) for n in (1, 2))
    paths = {key: next(store.rglob(f"{key.hex}.original")) for key in (one, two)}
    first = paths[one].read_bytes()
    with web_app.app_context():
        opened = adapters().pictures
        assert opened.open(one, "original").read() == jpeg(64, 64)
        paths[one].write_bytes(paths[two].read_bytes())
        refuses(opened, one)
        for wrong in (first[:-1], first[:-20], first + b"x", first[:40] + bytes((first[40] ^ 1,)) + first[41:], first[:10]):
            paths[one].write_bytes(wrong)
            refuses(opened, one)


def refuses(store: PictureStore, key: uuid.UUID) -> None:
    with pytest.raises(SealBroken):
        store.open(key, "original").read()


def test_a_refused_picture_may_be_sent_again(client: FlaskClient, line_app: Flask, owner: Engine, store: Path) -> None:
    report, broken = filed(client), broken_png()
    assert send(client, report, broken).status_code == 201
    clean(line_app, picture_id(owner, report))
    assert rows(owner, "select state, reason from picture") == [("refused", "unreadable")]
    assert files(store) == []
    assert send(client, report, broken).get_json() == {"n": 1, "state": "refused"}
    assert send(client, report, jpeg()).status_code == 201
    clean(line_app, picture_id(owner, report))
    assert rows(owner, "select state from picture") == [("ready",)]


def test_nobody_else_may_touch_the_rows(client: FlaskClient, cast: Cast, owner: Engine, web_app: Flask, store: Path) -> None:
    report = filed(client)
    send(client, report, jpeg())
    columns = "(id, report_id, n, kind, size_bytes, sent_mark, key_id)"
    values = "(gen_random_uuid(), cast(:report as uuid), 2, 'jpeg', 1, '', '')"
    sight = Sight(organisation=cast.organisations["city"])
    with web_app.app_context(), pytest.raises(DBAPIError, match="row-level security"), unit_of_work(sight) as work:
        assert work.change(text("delete from picture")) == 0
        assert work.change(text("update picture set state = 'ready'")) == 0
        work.change(text(f"insert into picture {columns} values {values}").bindparams(report=report["id"]))


def test_heic_without_its_package_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings({"PICTURES_HEIC": "1"}).pictures_heic == 1
    monkeypatch.setattr("reporting.config.find_spec", lambda _name: None)
    with pytest.raises(ConfigurationError, match="pillow-heif"):
        read_settings({"PICTURES_HEIC": "1"})
    assert read_settings({}).pictures_heic == 0
