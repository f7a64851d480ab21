"""The form for pictures without scripting: what it takes, what it says, and where it is not offered."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from tests.hostile_pictures import hostile
from tests.pictures import filed, files, jpeg, of_phone, rows

pytestmark = pytest.mark.db

WORRYING = ({"hidden": "yes"}, {"obvious": "yes"}, {"typical": "no"})


def post(client: FlaskClient, code: str, data: bytes | None = None) -> Any:
    """One form with one file, as a browser sends it; the client's own encoder would leave a file open behind a large one."""
    body = b'--x\r\nContent-Disposition: form-data; name="receipt_code"\r\n\r\n' + code.encode() + b"\r\n"
    if data is not None:
        body += b'--x\r\nContent-Disposition: form-data; name="picture"; filename="../../holiday.php"\r\n'
        body += b"Content-Type: application/x-php\r\n\r\n" + data + b"\r\n"
    return client.post("/follow-up/pictures", data=body + b"--x--\r\n", content_type="multipart/form-data; boundary=x")


def test_three_are_taken_one_after_the_other(client: FlaskClient, owner: Engine, store: Path) -> None:
    code = filed(client)["receipt_code"]
    answers = [post(client, code, jpeg(64 + n, 64)) for n in range(4)]
    assert [each.status_code for each in answers] == [201, 201, 201, 409]
    assert "We have your picture" in answers[0].text and "takes no more pictures" in answers[3].text
    assert sorted(rows(owner, "select n, state from picture")) == [(n, "waiting") for n in (1, 2, 3)]
    assert len(files(store)) == 3


def test_a_large_one_goes_over_the_disk_and_leaves_nothing_there(client: FlaskClient, owner: Engine, store: Path) -> None:
    picture = of_phone() + bytes(3_000_000)
    assert post(client, filed(client)["receipt_code"], picture).status_code == 201
    assert len(files(store)) == 1 and rows(owner, "select n from picture") == [(1,)]


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"<svg>", 415, "cannot take this kind of file"),
        (jpeg()[:-9], 422, "cannot take this picture"),
        (b"", 422, "cannot take this picture"),
        (None, 422, "cannot take this picture"),
        (bytes(26 * 1024 * 1024), 413, "too large"),
    ],
    ids=["another kind", "cut off", "empty", "none", "too large"],
)
def test_what_is_wrong_is_said(client: FlaskClient, store: Path, data: bytes | None, status: int, said: str) -> None:
    code = filed(client)["receipt_code"]
    answer = post(client, code, data)
    assert (answer.status_code, said in answer.text, code in answer.text) == (status, True, status != 413)
    assert files(store) == []


def test_a_wrong_code_and_a_form_from_elsewhere_are_refused(client: FlaskClient, store: Path) -> None:
    assert post(client, "0000-0000-0000-0000", jpeg()).status_code == 404
    code = filed(client)["receipt_code"]
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    data = {"receipt_code": code, "picture": (io.BytesIO(jpeg()), "x.jpg")}
    assert client.post("/follow-up/pictures", data=data, headers=elsewhere).status_code == 403
    assert files(store) == []


def test_who_tries_codes_by_this_form_is_slowed_and_a_right_code_is_not(client: FlaskClient, store: Path) -> None:
    for _ in range(25):
        last = post(client, "0000-0000-0000-0000", jpeg()).status_code
    assert last == 429
    assert post(client, filed(client)["receipt_code"], jpeg()).status_code == 201


def test_ten_thousand_parts_are_too_many(client: FlaskClient, store: Path) -> None:
    parts = hostile()["a form of ten thousand parts"]
    answer = client.post("/follow-up/pictures", data=parts, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413 and files(store) == []


def form_shown(client: FlaskClient, **told: Any) -> bool:
    code = filed(client, **told)["receipt_code"]
    answer = client.post("/follow-up", data={"receipt_code": code})
    assert answer.status_code in (200, 303)
    return 'action="/follow-up/pictures"' in answer.text


def test_the_reports_own_page_offers_it_unless_cameras_should_stay_away(client: FlaskClient, owner: Engine) -> None:
    assert form_shown(client)
    for answers in WORRYING:
        assert not form_shown(client, hot=answers)
    assert not form_shown(client, category="suspicious_behaviour")
    assert not form_shown(client, happening_now="yes")
    code = filed(client)["receipt_code"]
    with owner.begin() as connection:
        connection.execute(text("update report set withdrawn_at = now()"))
    assert 'action="/follow-up/pictures"' not in client.post("/follow-up", data={"receipt_code": code}).text
