"""Pictures in pieces: what came is kept sealed and told, only the rest is sent, and nothing of what is wrong stays."""

import threading
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.adapters.picture_store import PiecePlace
from reporting.adapters.seals import SealBroken
from reporting.bootstrap import adapters
from reporting.domain.pictures import MOST_BYTES
from reporting.domain.uploads import LEAST_PIECE
from reporting.services.retention import expire
from reporting.services.sanitising import sweep_strays, tidy_up
from tests.hostile_pictures import hostile
from tests.pictures import (
    broken_png,
    clean,
    digest,
    filed,
    files,
    jpeg,
    keep_free,
    large_jpeg,
    motion_photo,
    of_piece,
    picture_id,
    png_that_says,
    rows,
    send,
    send_piece,
)

pytestmark = pytest.mark.db

PIECE = 64 * 1024
PICTURE = large_jpeg(200_000)
AT_ONCE = 6


def address(report: dict[str, Any], n: int = 1) -> str:
    return f"/api/v1/reports/{report['id']}/pictures/{n}/upload"


def asked(client: FlaskClient, report: dict[str, Any], n: int = 1, **headers: str) -> Any:
    return client.head(address(report, n), headers={"Receipt-Code": report["receipt_code"], **headers})


def progress(answer: Any) -> tuple[int, str, str]:
    return answer.status_code, answer.headers["Upload-Offset"], answer.headers["Upload-Complete"]


def named(answer: Any) -> tuple[int, str, str]:
    """Status, header and code of a refusal."""
    assert answer.mimetype == "application/problem+json"
    first = answer.get_json()["errors"][0]
    assert first["message"]
    return answer.status_code, first["field"], first["code"]


def nothing_stored(owner: Engine, store: Path) -> bool:
    counts = [rows(owner, f"select 1 from {table}") for table in ("picture", "picture_upload", "picture_piece")]
    return not files(store) and not any(counts) and not rows(owner, "select 1 from outbox where job = :job", job=jobs.SANITISE)


def test_a_picture_in_pieces_is_the_picture(client: FlaskClient, web_app: Flask, owner: Engine, store: Path) -> None:
    report = filed(client)
    assert progress(asked(client, report)) == (200, "0", "?0")
    for begins in (0, PIECE, 2 * PIECE):
        answer = send_piece(client, report, PICTURE, begins, begins + PIECE)
        assert progress(answer) == (204, str(begins + PIECE), "?0")
        assert progress(asked(client, report, **{"Repr-Digest": digest(PICTURE)})) == (200, str(begins + PIECE), "?0")
    assert rows(owner, "select 1 from picture") == [] and len(files(store)) == 3
    answer = send_piece(client, report, PICTURE, 3 * PIECE, last=True)
    assert progress(answer) == (201, "200000", "?1") and answer.get_json() == {"n": 1, "state": "waiting"}
    assert files(store) == [f"{picture_id(owner, report).hex}.original"]
    with web_app.app_context():
        assert adapters().pictures.open(picture_id(owner, report), "original").read() == PICTURE
    assert rows(owner, "select 1 from picture_upload") == [] == rows(owner, "select 1 from picture_piece")
    assert rows(owner, "select detail from audit_event where action = 'picture.filed'") == [({"n": 1},)]
    assert rows(owner, "select subject_id from outbox where job = :job", job=jobs.SANITISE) == [(picture_id(owner, report),)]


def test_sent_again_whole_it_is_the_same_picture(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    send_piece(client, report, PICTURE, 0, PIECE)
    send_piece(client, report, PICTURE, PIECE, last=True)
    assert send(client, report, PICTURE).status_code == 200
    assert send(client, report, jpeg()).status_code == 409


def test_one_piece_may_be_the_whole_picture(client: FlaskClient, owner: Engine, store: Path) -> None:
    report, data = filed(client), jpeg()
    assert send_piece(client, report, data, 0, last=True, **{"Upload-Length": str(len(data))}).status_code == 201
    assert rows(owner, "select kind from picture") == [("jpeg",)]


def test_all_bytes_and_then_the_word_that_it_is_whole(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    assert send_piece(client, report, PICTURE, 0).status_code == 204
    assert send_piece(client, report, PICTURE, len(PICTURE), last=True).status_code == 201
    assert len(files(store)) == 1


def test_what_hangs_on_is_dropped_from_pieces_too(client: FlaskClient, owner: Engine, store: Path) -> None:
    report, data = filed(client), motion_photo()
    assert send_piece(client, report, data, 0, 20_000).status_code == 204
    assert send_piece(client, report, data, 20_000, last=True).status_code == 201
    ((length,),) = rows(owner, "select size_bytes from picture")
    assert length < len(data) - 500


def test_pieces_lie_sealed_and_open_at_their_own_place_alone(
    client: FlaskClient, web_app: Flask, owner: Engine, store: Path
) -> None:
    report = filed(client)
    for begins in (0, PIECE):
        send_piece(client, report, PICTURE, begins, begins + PIECE)
    kept = list(store.rglob("*.piece"))
    assert all(b"JFIF" not in path.read_bytes() and path.stat().st_mode & 0o777 == 0o600 for path in kept)
    found = rows(owner, "select id, upload_id, begins, ends from picture_piece order by begins")
    one, two = (PiecePlace(*row) for row in found)
    with web_app.app_context():
        opened = adapters().pictures
        assert opened.open_piece(one).read() + opened.open_piece(two).read() == PICTURE[: 2 * PIECE]
        moved = [
            PiecePlace(one.id, one.upload_id, PIECE, 2 * PIECE),
            PiecePlace(one.id, uuid.uuid4(), 0, PIECE),
            PiecePlace(one.id, one.upload_id, 0, PIECE - 1),
        ]
        for wrong in moved:
            with pytest.raises(SealBroken):
                opened.open_piece(wrong).read()


def test_pieces_that_were_swapped_on_the_disk_end_the_upload(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    for begins in (0, PIECE):
        send_piece(client, report, PICTURE, begins, begins + PIECE)
    one, two = store.rglob("*.piece")
    swapped = one.read_bytes(), two.read_bytes()
    one.write_bytes(swapped[1])
    two.write_bytes(swapped[0])
    answer = send_piece(client, report, PICTURE, 2 * PIECE, last=True)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "0")
    assert nothing_stored(owner, store)


def test_a_piece_whose_file_is_lost_lets_the_picture_begin_again(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    send_piece(client, report, PICTURE, 0, PIECE)
    next(store.rglob("*.piece")).unlink()
    answer = send_piece(client, report, PICTURE, PIECE, last=True)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "0")
    assert nothing_stored(owner, store)


# --- one writer, one picture


def test_a_piece_that_begins_elsewhere_is_told_where_to_go_on(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    send_piece(client, report, PICTURE, 0, PIECE)
    for begins in (0, 1, PIECE - 1, PIECE + 1, 2 * PIECE, 10**15 - 1):
        for last in (False, True):
            answer = send_piece(client, report, PICTURE, begins, begins + PIECE, last=last)
            assert named(answer) == (409, "Upload-Offset", "offset") and answer.headers["Upload-Offset"] == str(PIECE)
            told = answer.get_json()
            assert (told["expected-offset"], told["provided-offset"]) == (PIECE, begins)
            assert told["type"].endswith("#mismatching-upload-offset")
    assert len(files(store)) == 1


def test_of_many_at_once_one_adds_its_piece(client: FlaskClient, web_app: Flask, owner: Engine, store: Path) -> None:
    report = filed(client)
    for begins, last, good in ((0, False, 204), (PIECE, False, 204), (2 * PIECE, True, 201)):
        answers: list[Any] = []

        def put(begins: int = begins, last: bool = last, answers: list[Any] = answers) -> None:
            ends = None if last else begins + PIECE
            answers.append(send_piece(web_app.test_client(), report, PICTURE, begins, ends, last=last).status_code)

        threads = [threading.Thread(target=put) for _ in range(AT_ONCE)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert sorted(answers) == [good] + [409] * (AT_ONCE - 1), begins
    assert files(store) == [f"{picture_id(owner, report).hex}.original"]
    assert len(rows(owner, "select 1 from picture")) == 1


def test_pieces_of_two_pictures_never_mix(client: FlaskClient, owner: Engine, store: Path) -> None:
    report, other = filed(client), large_jpeg(150_000)
    send_piece(client, report, PICTURE, 0, PIECE)
    for begins in (0, PIECE):
        answer = send_piece(client, report, other, begins, begins + PIECE)
        assert named(answer) == (409, "Repr-Digest", "other_picture") and "Upload-Offset" not in answer.headers
    assert asked(client, report, **{"Repr-Digest": digest(other)}).status_code == 409
    assert send_piece(client, report, other, 0, PIECE, n=2).status_code == 204
    assert send_piece(client, report, PICTURE, PIECE, last=True).status_code == 201
    assert send_piece(client, report, other, PIECE, last=True, n=2).status_code == 201


def test_what_was_left_behind_gives_way_to_another_picture(client: FlaskClient, owner: Engine, store: Path) -> None:
    report, other = filed(client), large_jpeg(150_000)
    send_piece(client, report, PICTURE, 0, PIECE)
    with owner.begin() as connection:
        connection.execute(text("update picture_upload set touched_at = now() - interval '61 seconds'"))
    assert progress(asked(client, report, **{"Repr-Digest": digest(other)})) == (200, "0", "?0")
    assert send_piece(client, report, other, PIECE, 2 * PIECE).headers["Upload-Offset"] == "0"
    assert send_piece(client, report, other, 0, PIECE).status_code == 204
    assert len(files(store)) == 1
    assert send_piece(client, report, other, PIECE, last=True).status_code == 201


def test_a_whole_picture_takes_the_place_of_an_unfinished_one(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    send_piece(client, report, PICTURE, 0, PIECE)
    assert send(client, report, jpeg()).status_code == 201
    assert files(store) == [f"{picture_id(owner, report).hex}.original"]
    assert named(send_piece(client, report, PICTURE, PIECE, last=True)) == (409, "Repr-Digest", "other_picture")


def test_bytes_that_are_not_the_announced_picture_are_not_taken(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    wrong = {"Repr-Digest": digest(b"something else")}
    send_piece(client, report, PICTURE, 0, PIECE, **wrong)
    answer = send_piece(client, report, PICTURE, PIECE, last=True, **wrong)
    assert named(answer) == (422, "Repr-Digest", "mismatch")
    assert nothing_stored(owner, store)


def test_whole_is_whole(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    assert send_piece(client, report, PICTURE, 0, last=True).status_code == 201
    for begins, last in ((0, True), (0, False), (len(PICTURE), True), (len(PICTURE), False)):
        answer = send_piece(client, report, PICTURE, begins, last=last)
        assert named(answer) == (409, "Upload-Offset", "complete") and answer.headers["Upload-Complete"] == "?1"
    assert progress(asked(client, report)) == (200, "200000", "?1")
    assert client.delete(address(report), headers={"Receipt-Code": report["receipt_code"]}).status_code == 409
    assert len(files(store)) == len(rows(owner, "select 1 from picture")) == 1


def test_a_refused_picture_may_be_sent_again_in_pieces(client: FlaskClient, line_app: Flask, owner: Engine, store: Path) -> None:
    report = filed(client)
    assert send_piece(client, report, broken_png(), 0, last=True).status_code == 201
    clean(line_app, picture_id(owner, report))
    told = client.get(address(report), headers={"Receipt-Code": report["receipt_code"]}).get_json()
    assert (told["complete"], told["state"]) == (True, "refused")
    assert send_piece(client, report, PICTURE, 0, PIECE).status_code == 204
    assert send_piece(client, report, PICTURE, PIECE, last=True).status_code == 201
    clean(line_app, picture_id(owner, report))
    assert rows(owner, "select state from picture") == [("ready",)]


# --- whose it is, and how long


def test_only_the_receipt_opens_an_upload(client: FlaskClient, owner: Engine, store: Path) -> None:
    report, other = filed(client), filed(client)
    send_piece(client, report, PICTURE, 0, PIECE)
    for wrong in (
        {**report, "receipt_code": other["receipt_code"]},
        {**report, "id": uuid.uuid4()},
        {**report, "receipt_code": "x"},
    ):
        assert send_piece(client, wrong, PICTURE, PIECE, last=True).status_code == 404
        assert asked(client, wrong).status_code == 404
        assert client.delete(address(wrong), headers={"Receipt-Code": wrong["receipt_code"]}).status_code == 404
    for verb in ("GET", "PATCH", "DELETE"):
        answer = client.open(address(report), method=verb, headers=of_piece(PICTURE, 0))
        assert named(answer) == (400, "Receipt-Code", "required")
    assert progress(asked(client, report)) == (200, str(PIECE), "?0")
    assert {asked(client, report, n).status_code for n in (0, 4, 99)} == {404}


def test_who_does_not_want_to_send_it_lets_go_of_it(client: FlaskClient, owner: Engine, store: Path) -> None:
    report, code = filed(client), {}
    code = {"Receipt-Code": report["receipt_code"]}
    send_piece(client, report, PICTURE, 0, PIECE)
    another = {**code, "Repr-Digest": digest(b"another")}
    assert client.delete(address(report), headers=another).status_code == 409
    for _ in range(2):
        assert client.delete(address(report), headers=code).status_code == 204
    assert nothing_stored(owner, store)


def test_withdrawing_takes_the_pieces_away(client: FlaskClient, line_app: Flask, owner: Engine, store: Path) -> None:
    report = filed(client)
    send_piece(client, report, PICTURE, 0, PIECE)
    sure = {"receipt_code": report["receipt_code"], "sure": True}
    assert client.post("/api/v1/follow-up/withdraw", json=sure).status_code == 200
    assert files(store) == [] and rows(owner, "select 1 from picture_upload") == []
    assert send_piece(client, report, PICTURE, PIECE, last=True).status_code == 409
    assert send_piece(client, report, PICTURE, 0, PIECE).status_code == asked(client, report).status_code == 409
    assert nothing_stored(owner, store)


def test_what_comes_in_while_the_report_is_withdrawn_is_swept(
    client: FlaskClient, line_app: Flask, owner: Engine, store: Path
) -> None:
    report = filed(client)
    send_piece(client, report, PICTURE, 0, PIECE)
    with owner.begin() as connection:
        connection.execute(text("update report set withdrawn_at = now()"))
    with line_app.app_context():
        tidy_up()
    assert nothing_stored(owner, store)


def test_what_is_not_finished_in_a_day_is_deleted(client: FlaskClient, line_app: Flask, owner: Engine, store: Path) -> None:
    report = filed(client)
    send_piece(client, report, PICTURE, 0, PIECE)
    with line_app.app_context():
        assert expire(datetime.now(UTC) + timedelta(hours=23, minutes=59))["picture_pieces"] == 0
        assert expire(datetime.now(UTC) + timedelta(hours=24, minutes=1))["picture_pieces"] == 1
    assert nothing_stored(owner, store)
    send_piece(client, report, PICTURE, 0, PIECE)
    with owner.begin() as connection:
        connection.execute(text("update picture_upload set begun_at = begun_at - interval '24 hours 1 second'"))
    assert progress(asked(client, report)) == (200, "0", "?0")
    assert send_piece(client, report, PICTURE, PIECE, last=True).headers["Upload-Offset"] == "0"
    with line_app.app_context():
        tidy_up()
    assert nothing_stored(owner, store)


def test_pieces_go_with_their_report_and_strays_with_the_sweep(
    client: FlaskClient, line_app: Flask, owner: Engine, store: Path
) -> None:
    report = filed(client)
    send_piece(client, report, PICTURE, 0, PIECE)
    with line_app.app_context():
        later = datetime.now(UTC).timestamp() + 7200
        assert sweep_strays(later) == 0
        with owner.begin() as connection:
            connection.execute(text("delete from picture_piece"))
        assert sweep_strays(later) == 1
        send_piece(client, filed(client), PICTURE, 0, PIECE)
        with owner.begin() as connection:
            connection.execute(text("update picture_upload set begun_at = now() + interval '400 days'"))
        assert expire(datetime.now(UTC) + timedelta(days=400))["reports"] == 2
    assert nothing_stored(owner, store)


# --- hostile


NOT_NUMBERS = ["", "-1", "-0", "+1", "1.0", "1e3", "0x10", "ten", "9" * 16, "1, 2", "1 2", "?0", "٣", "1;a=b"]


@pytest.mark.parametrize("name", ["Upload-Offset", "Upload-Length"])
@pytest.mark.parametrize("value", NOT_NUMBERS)
def test_a_number_is_a_number(client: FlaskClient, owner: Engine, store: Path, name: str, value: str) -> None:
    answer = send_piece(client, filed(client), PICTURE, 0, PIECE, **{name: value.encode().decode("latin-1")})
    assert named(answer) == (400, name, "invalid")
    assert nothing_stored(owner, store)


WRONG = {
    "Upload-Complete": ["", "0", "1", "true", "?2", "??1", "?1, ?0", "?1;x"],
    "Repr-Digest": ["", "sha-256", "sha-256=:AA==:", f"sha-512=:{'A' * 86}==:", f"{digest(b'')}, {digest(b'x')}", "sha-256=::"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_every_header_that_cannot_be_read_is_named(
    client: FlaskClient, owner: Engine, store: Path, name: str, value: str
) -> None:
    answer = send_piece(client, filed(client), PICTURE, 0, PIECE, **{name: value})
    assert named(answer) == (400, name, "invalid")
    assert nothing_stored(owner, store)


def test_headers_that_are_missing_are_named_together(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    told = {"Receipt-Code": report["receipt_code"], "Content-Type": "application/partial-upload"}
    answer = client.patch(address(report), data=PICTURE, headers=told)
    assert [each["field"] for each in answer.get_json()["errors"]] == ["Upload-Offset", "Upload-Complete"]
    told |= {"Upload-Offset": "0", "Upload-Complete": "?1"}
    assert named(client.patch(address(report), data=PICTURE, headers=told)) == (400, "Repr-Digest", "required")
    for kind in ("image/jpeg", "application/octet-stream", "multipart/form-data; boundary=x", ""):
        answer = send_piece(client, report, PICTURE, 0, PIECE, **{"Content-Type": kind})
        assert named(answer) == (415, "Content-Type", "type")
    assert nothing_stored(owner, store)


def test_a_digest_may_stand_among_others(client: FlaskClient, owner: Engine, store: Path) -> None:
    more = f"sha-512=:{'A' * 86}==:, {digest(PICTURE)}, md5=:AA==:"
    assert send_piece(client, filed(client), PICTURE, 0, last=True, **{"Repr-Digest": more}).status_code == 201


def test_lengths_must_agree(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    for length, code in ((0, 400), (PIECE - 1, 400), (MOST_BYTES + 1, 413), (10**15 - 1, 413)):
        answer = send_piece(client, report, PICTURE, 0, PIECE, **{"Upload-Length": str(length)})
        assert named(answer)[:2] == (code, "Upload-Length")
    for length in (len(PICTURE) + 1, len(PICTURE) - 1):
        assert named(send_piece(client, report, PICTURE, 0, last=True, **{"Upload-Length": str(length)}))[1] == "Upload-Length"
    assert nothing_stored(owner, store)
    send_piece(client, report, PICTURE, 0, PIECE, **{"Upload-Length": "200000"})
    for wrong in ({"Upload-Length": "200001"}, {"Upload-Length": str(PIECE)}):
        answer = send_piece(client, report, PICTURE, PIECE, 2 * PIECE, **wrong)
        assert named(answer) == (400, "Upload-Length", "inconsistent")
    assert named(send_piece(client, report, PICTURE, PIECE, 2 * PIECE, last=True)) == (400, "Upload-Length", "inconsistent")
    assert send_piece(client, report, PICTURE, PIECE, last=True).status_code == 201


def test_crumbs_are_not_collected(client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    for length in (0, 1, LEAST_PIECE - 1):
        assert named(send_piece(client, report, PICTURE, 0, length)) == (400, "Content-Length", "too_small")
    codes = {send_piece(client, report, PICTURE, 0, 1).status_code for _ in range(500)}
    assert codes == {400} and nothing_stored(owner, store)
    assert send_piece(client, report, PICTURE, 0, LEAST_PIECE).status_code == 204


def test_the_sum_of_pieces_has_the_limit_of_a_picture(client: FlaskClient, owner: Engine, store: Path) -> None:
    report, data = filed(client), large_jpeg(MOST_BYTES)
    half = MOST_BYTES // 2
    assert send_piece(client, report, data, 0, half).status_code == 204
    assert named(send_piece(client, report, data + b"x", half, **{"Repr-Digest": digest(data)}))[:2] == (413, "Upload-Offset")
    assert send_piece(client, report, data, half, last=True).status_code == 201
    assert rows(owner, "select size_bytes from picture") == [(MOST_BYTES,)]


def test_what_will_never_be_taken_is_refused_with_its_first_piece(client: FlaskClient, owner: Engine, store: Path) -> None:
    report, tail = filed(client), bytes(LEAST_PIECE)
    refused = {
        "type": (b"<svg xmlns='http://www.w3.org/2000/svg'>" + tail, 415),
        "dimensions": (png_that_says(9000, 9000)[:33] + tail, 422),
    }
    for code, (data, status) in refused.items():
        assert named(send_piece(client, report, data, 0, **{"Upload-Length": "10000000"})) == (status, "picture", code)
    assert nothing_stored(owner, store)


def test_a_hundred_hostile_files_in_pieces_leave_nothing(client: FlaskClient, owner: Engine, store: Path) -> None:
    report, taken = filed(client), {}
    for name, data in hostile().items():
        half = max(LEAST_PIECE, len(data) // 2)
        answer = send_piece(client, report, data, 0, half) if half < len(data) else None
        if answer is None or answer.status_code == 204:
            begins = half if answer is not None else 0
            answer = send_piece(client, report, data, begins, last=True)
        if answer.status_code not in (413, 415, 422):
            taken[name] = answer.status_code
        client.delete(address(report), headers={"Receipt-Code": report["receipt_code"]})
    assert taken == {}
    assert nothing_stored(owner, store)


def test_a_full_disk_keeps_what_came(
    client: FlaskClient, web_app: Flask, owner: Engine, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = filed(client)
    send_piece(client, report, PICTURE, 0, PIECE)
    keep_free(web_app, monkeypatch, 2**62)
    for ends in (2 * PIECE, None):
        answer = send_piece(client, report, PICTURE, PIECE, ends, last=ends is None)
        assert answer.status_code == 507 and "Retry-After" in answer.headers
    keep_free(web_app, monkeypatch, 0)
    assert progress(asked(client, report)) == (200, str(PIECE), "?0")
    assert send_piece(client, report, PICTURE, PIECE, last=True).status_code == 201
