"""`reporting replay` against a real server: what is filed, that a second replay is harmless, and what is said of the rest."""

import contextlib
import csv
import json
import os
import re
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from reporting.cli.main import cli
from reporting.cli.replay_rows import BadRow, Plan, bounds, choose_columns, mover, outgoing, point_of, read_rows
from reporting.domain.errors import Refused
from reporting.domain.receipts import normalised
from reporting.schemas.reports import NewReportSchema

CALLS = """call_id,received_at,nature,district,status,lat,lon
1211376,2018-05-01T00:00:14,ENTRY AUTOS,6,Filed,42.9896,-87.9508
1211377,2018-05-01T00:01:14,SUSPICIOUS PERSON,2,Filed,43.0396,-87.9008
1211378,2018-05-01T00:02:14,TRBL W/SUBJ,1,Filed,43.0896,-87.8508
"""
HELSINKI = "24.93,60.16,24.95,60.18"

SHARED_DATA = Path(os.environ.get("REPORTING_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))

db = pytest.mark.db


@pytest.fixture
def run(tmp_path: Path, site: str, client: FlaskClient) -> Callable[..., Result]:
    """Runs the command over a file's text against the running application, on empty tables."""

    def replay(content: str, *options: str, url: str = site) -> Result:
        file = tmp_path / "calls.csv"
        file.write_text(content, encoding="utf-8")
        result = CliRunner().invoke(cli, ["replay", str(file), "--url", url, "--rate", "0", *options])
        if isinstance(result.exception, Refused):
            result.exit_code = 1
        return result

    return replay


def reports(owner: Engine) -> list[Any]:
    with owner.connect() as connection:
        return list(connection.execute(text("select * from report order by description")).all())


@db
def test_every_row_is_filed_once_however_often_it_is_replayed(run: Any, owner: Engine) -> None:
    first, again = run(CALLS), run(CALLS)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.output.startswith("3 accepted, 0 filed before, 0 refused, 0 not delivered, 0 left out.")
    assert again.output.startswith("0 accepted, 3 filed before, 0 refused")
    assert re.search(r"p50 \d+ ms, p99 \d+ ms", first.output)
    filed = reports(owner)
    assert [row.description for row in filed] == ["ENTRY AUTOS", "SUSPICIOUS PERSON", "TRBL W/SUBJ"]
    assert {row.category for row in filed} == {"other"}
    assert (filed[0].lat, filed[0].lon) == (42.9896, -87.9508)


@db
def test_another_citys_points_move_into_a_box(run: Any, owner: Engine) -> None:
    assert run(CALLS, "--move-to", HELSINKI, "--category", "suspicious_behaviour").exit_code == 0
    assert [(row.lat, row.lon) for row in reports(owner)] == [(60.16, 24.93), (60.17, 24.94), (60.18, 24.95)]
    assert {row.category for row in reports(owner)} == {"suspicious_behaviour"}


@db
def test_columns_can_be_named_by_hand(run: Any, owner: Engine) -> None:
    content = "a,b,c,d,who\nA bag,platform 3,yes,threat,phone 1\n"
    mapped = ("a=description", "b=place", "c=hot.hidden", "d=category", "who=device")
    assert run(content, *(word for each in mapped for word in ("--map", each))).exit_code == 0
    (row,) = reports(owner)
    assert (row.description, row.place, row.hot_hidden, row.category) == ("A bag", "platform 3", "yes", "threat")
    with owner.connect() as connection:
        assert connection.execute(text("select device_hash is not null from trace")).scalar()


@db
def test_bad_rows_are_named_by_number_and_field_and_left_out(run: Any, owner: Engine) -> None:
    content = (
        "id,text,lat,lon\n1,secret words,abc,24.9\n2,fine,60.1,24.9\n3,more,91,24.9\n4,nowhere,,\n5,half,60.1,\n6,zero,0,0\n"
    )
    result = run(content)
    assert result.exit_code == 0
    assert result.output.startswith("1 accepted, 0 filed before, 0 refused, 0 not delivered, 5 left out.")
    for line in (
        "row 1: lat is not a number",
        "row 3: lat is not between -90 and 90",
        "row 4: place is missing",
        "row 5: lon is missing",
    ):
        assert line in result.output
    assert "abc" not in result.output and "secret" not in result.output
    assert len(reports(owner)) == 1
    assert run(content, "--place", "somewhere").output.startswith("2 accepted, 1 filed before")


@db
def test_what_the_service_refuses_is_counted_by_its_reason(run: Any, owner: Engine) -> None:
    content = "text,place,language\nA,x,en\nB,x," + "l" * 40 + "\n" + "C" * 4001 + ",x,en\n"
    result = run(content, "--map", "language=language")
    assert result.exit_code == 1 and len(reports(owner)) == 1
    assert "1 accepted, 0 filed before, 2 refused" in result.output
    assert "refused 1: 422 language too_long" in result.output and "refused 1: 422 description too_long" in result.output
    assert str(result.exception).startswith("2 reports refused by the service: 422")


@db
@pytest.mark.parametrize("receipts", [False, True])
def test_the_ledger_names_what_was_accepted_and_keeps_receipts_out(
    run: Any, tmp_path: Path, owner: Engine, receipts: bool
) -> None:
    path = tmp_path / "ledger.csv"
    assert run(CALLS, "--ledger", str(path), *(["--with-receipts"] if receipts else [])).exit_code == 0
    lines = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert {int(line["row"]) for line in lines} == {1, 2, 3} and {line["replayed"] for line in lines} == {"0"}
    assert {line["report_id"] for line in lines} == {str(row.id) for row in reports(owner)}
    assert {line["reference"] for line in lines} == {row.reference for row in reports(owner)}
    assert all(line["idempotency_key"].startswith("replay-") for line in lines)
    codes = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", path.read_text())
    assert (len(codes), all(normalised(code) for code in codes)) == (3 if receipts else 0, True)
    assert not receipts or stat.S_IMODE(path.stat().st_mode) == 0o600


@db
def test_only_so_many_rows_and_at_a_pace(run: Any, owner: Engine) -> None:
    many = "text,place\n" + "".join(f"Number {n},x\n" for n in range(50))
    began = time.monotonic()
    assert run(many, "--limit", "6", "--rate", "10").exit_code == 0
    assert time.monotonic() - began >= 0.5 and len(reports(owner)) == 6


@db
def test_ids_that_a_file_uses_twice_are_two_reports(run: Any, owner: Engine) -> None:
    assert run("id,text,place\n7,A,x\n7,B,x\n").exit_code == 0
    assert [row.description for row in reports(owner)] == ["A", "B"]
    assert run("id,text,place\n7,A,x\n7,B,x\n").output.startswith("0 accepted, 2 filed before")


@db
def test_semicolons_a_mark_at_the_start_and_odd_bytes_are_read(run: Any, owner: Engine, tmp_path: Path) -> None:
    assert run("\ufefftext;place\nEin Koffer, grün;am Brunnen\n").exit_code == 0
    assert [(row.description, row.place) for row in reports(owner)] == [("Ein Koffer, grün", "am Brunnen")]


class Flaky(BaseHTTPRequestHandler):
    """Answers each key first with 503, then by cutting the connection, then rightly."""

    protocol_version = "HTTP/1.1"
    tries: ClassVar[dict[str, int]] = {}
    connections: ClassVar[set[Any]] = set()

    def do_POST(self) -> None:
        key = self.headers["Idempotency-Key"]
        self.tries[key] = self.tries.get(key, 0) + 1
        self.connections.add(self.client_address)
        self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["X-Test"] == "yes" and self.path == "/below/api/v1/reports"
        if self.tries[key] == 2:
            self.close_connection = True
            return
        away = self.tries[key] == 1
        body = json.dumps({"errors": []} if away else {"id": key, "reference": "R"}).encode()
        self.send_response(503 if away else 201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Says nothing."""


@pytest.fixture
def flaky() -> Iterator[str]:
    Flaky.tries, Flaky.connections = {}, set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Flaky)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/below"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_report_is_tried_again_with_its_key_until_it_is_answered(flaky: str, tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text("text,place\nA,x\nB,x\n")
    asked = ["replay", str(file), "--url", flaky, "--rate", "0", "--header", "X-Test: yes", "--connections", "2"]
    result = CliRunner().invoke(cli, asked)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("2 accepted") and "4 retries" in result.output
    assert sorted(Flaky.tries.values()) == [3, 3] and len(Flaky.connections) <= 4


def test_who_cannot_be_reached_is_said_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text("text,place\nA,x\n")
    command = [sys.executable, "-m", "reporting", "replay", str(file), "--url", "http://127.0.0.1:1", "--patience", "0.1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "reporting: 1 report could not be delivered; replay the file again, nothing is filed twice"


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("a,b\n1,2\n", ["--map", "c=description"]),
        ("a,b\n1,2\n", ["--map", "a=colour"]),
        ("a,b\n1,2\n", ["--map", "a"]),
        ("a,b\n1,2\n", ["--move-to", "1,2,3"]),
        ("a,b\n1,2\n", ["--move-to", "3,2,1,4"]),
        ("a,b\n1,2\n", ["--header", "no colon"]),
        ("a,b\n1,2\n", ["--category", "bomb"]),
        ("a,b\n1,2\n", ["--url", "ftp://x"]),
    ],
)
def test_wrong_usage_ends_with_two(tmp_path: Path, content: str, options: list[str]) -> None:
    file = tmp_path / "f.csv"
    file.write_text(content)
    assert CliRunner().invoke(cli, ["replay", str(file), "--url", "http://127.0.0.1:1", *options]).exit_code == 2


def test_a_file_without_anything_to_send_is_refused(tmp_path: Path) -> None:
    for content in ("", "\n", "text,place\n", "text,lat,lon\nA,,\n"):
        file = tmp_path / "f.csv"
        file.write_text(content)
        result = CliRunner().invoke(cli, ["replay", str(file), "--url", "http://127.0.0.1:1"])
        assert isinstance(result.exception, Refused), content


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("call_id,received_at,nature,district,status,lat,lon", {"id": ("call_id",), "description": ("nature",)}),
        (
            "report_id,type,title,address,Latitude,LONGITUDE",
            {"description": ("title",), "lat": ("Latitude",), "place": ("address",)},
        ),
        ("ID,Title,Text,Y,X", {"id": ("ID",), "description": ("Title", "Text"), "lat": ("Y",), "lon": ("X",)}),
        ("date,time,station,line,code,code_description", {"place": ("station",), "description": ("code_description",)}),
    ],
)
def test_usual_columns_are_guessed(header: str, fields: dict[str, tuple[str, ...]]) -> None:
    chosen = choose_columns(header.split(","), ())
    assert fields.items() <= chosen.items()


def test_two_columns_of_words_become_one_text_and_equal_words_are_said_once() -> None:
    columns = choose_columns(["title", "text", "place"], ())
    plan = Plan(source="f", columns=columns)
    told = outgoing(1, {"title": "Illegal Parking", "text": "unregistered for months", "place": "x"}, plan, Counter()).body
    assert told["description"] == "Illegal Parking. unregistered for months"
    assert outgoing(1, {"title": "Same", "text": "Same", "place": "x"}, plan, Counter()).body["description"] == "Same"


degrees = st.floats(-80, 80)


@given(st.lists(st.tuples(degrees, degrees), min_size=1, max_size=30), st.tuples(degrees, degrees))
def test_moved_points_keep_their_order_and_stay_in_the_box(
    points: list[tuple[float, float]], corner: tuple[float, float]
) -> None:
    target = (corner[0], corner[1], corner[0] + 5, corner[1] + 5)
    source = bounds(points)
    assert source is not None
    move = mover(source, target)
    moved = [move(point) for point in points]
    assert all(target[1] - 1e-6 <= lat <= target[3] + 1e-6 and target[0] - 1e-6 <= lon <= target[2] + 1e-6 for lat, lon in moved)
    for axis in (0, 1):
        ordered = sorted(zip((point[axis] for point in points), (point[axis] for point in moved), strict=True))
        assert [after for _before, after in ordered] == sorted(after for _before, after in ordered)


def test_stray_points_do_not_stretch_the_box() -> None:
    points = [(60 + n / 1000, 24 + n / 1000) for n in range(200)] + [(-33.0, 151.0)]
    assert bounds(points) == pytest.approx((24.001, 60.0, 24.199, 60.197), abs=0.01)


@pytest.mark.parametrize(
    ("row", "wrong"), [({"lat": "x", "lon": "1"}, "lat"), ({"lat": "nan", "lon": "1"}, "lat"), ({"lat": "1"}, "lon")]
)
def test_what_is_no_position_is_said(row: dict[str, str], wrong: str) -> None:
    with pytest.raises(BadRow) as refused:
        point_of(row, {"lat": ("lat",), "lon": ("lon",)})
    assert refused.value.field == wrong


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("a_boston311_2011_duplicates/reports.csv", ""),
        ("a_milwaukee_cfs_2018/calls.csv", ""),
        ("b_campus_police_texts/ucsd_2020.csv", ""),
        ("b_ordinary_311_texts/reports.csv", ""),
        ("b_triage_mix/texts.csv", "campus"),
        ("b_ttc_security_delays/events.csv", ""),
    ],
)
def test_files_from_outside_can_be_sent_without_a_word_about_their_columns(name: str, place: str) -> None:
    path = SHARED_DATA / name
    columns = choose_columns(list(next(read_rows(path, 1))), ())
    plan = Plan(source=path.name, columns=columns, place=place)
    sent, seen = [], Counter[str]()
    for number, row in enumerate(read_rows(path, 500), start=1):
        with contextlib.suppress(BadRow):
            sent.append(outgoing(number, row, plan, seen))
    assert len(sent) > 450 and len({each.key for each in sent}) == len(sent)
    schema = NewReportSchema()
    assert sum(not schema.validate(dict(each.body)) and bool(each.body.get("description")) for each in sent) > 450
