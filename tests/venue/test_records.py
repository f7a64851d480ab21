"""A venue's books: who may note what, what cannot be, whose it is, and the answers of a team without names."""

import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from reporting.domain.exercise import CASES_IN_A_DRILL, DRILLS, TRAININGS, after, cases
from reporting.domain.hot import verdict
from reporting.queries.records import books
from reporting.services import records, retention
from tests.looking import Looking
from tests.venue.test_venue import HTTPS, sign_in, token_of

pytestmark = pytest.mark.db
TODAY = date.today()


@pytest.fixture
def hana(looking: Looking, client: FlaskClient) -> FlaskClient:
    """A browser in which Hana, the manager, is signed in."""
    sign_in(client, "hana@example.org", looking.cast.people["hana"].password)
    return client


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client.get("/venue/records", **HTTPS)), **form}, **HTTPS)


def drill(client: FlaskClient, **changes: Any) -> Any:
    told = {"kind": "lockdown", "held_on": TODAY.isoformat(), "people": "40", "minutes": "9", "went_wrong": "<b>A door</b> stuck"}
    return post(client, "/venue/records/drills", **{**told, **changes})


def training(client: FlaskClient, looking: Looking, **changes: Any) -> Any:
    told = {"person": looking.actors["gil"].account_id, "kind": "procedures", "done_on": (TODAY - timedelta(days=3)).isoformat()}
    return post(client, "/venue/records/training", **{**told, **changes})


def test_a_drill_is_noted_read_and_taken_out_again(hana: FlaskClient, looking: Looking) -> None:
    assert drill(hana).status_code == 303
    page = hana.get("/venue/records", **HTTPS).text
    assert "&lt;b&gt;A door&lt;/b&gt; stuck" in page and "<b>A door" not in page and "40 people" in page
    entry = looking.one("select cast(id as text) from drill")
    assert post(hana, f"/venue/records/drills/{entry}/withdraw").status_code == 303
    assert "A door" not in hana.get("/venue/records", **HTTPS).text
    assert post(hana, f"/venue/records/drills/{entry}/withdraw").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "fire"},
        {"held_on": (TODAY + timedelta(days=2)).isoformat()},
        {"held_on": "1900-01-01"},
        {"held_on": "yesterday"},
        {"people": "0"},
        {"people": "many"},
        {"people": "-3"},
        {"minutes": "99999"},
        {"minutes": ""},
        {"went_wrong": "x" * 1001},
    ],
    ids=str,
)
def test_a_drill_that_cannot_be_comes_back_as_it_was_typed(hana: FlaskClient, looking: Looking, wrong: dict[str, str]) -> None:
    answer = drill(hana, **wrong)
    assert (answer.status_code == 422 and 'role="alert"' in answer.text and "stuck" in answer.text) or "went_wrong" in wrong
    assert looking.one("select count(*) from drill") == 0


def test_a_training_counts_a_year_where_nothing_else_is_said(hana: FlaskClient, looking: Looking) -> None:
    assert training(hana, looking).status_code == 303
    done = TODAY - timedelta(days=3)
    assert looking.one("select valid_until from training where kind = 'procedures'") == after(done, 1)
    assert "Gil" in hana.get("/venue/records", **HTTPS).text


def test_nobody_of_another_house_and_no_day_to_come(hana: FlaskClient, looking: Looking) -> None:
    for wrong in (
        {"person": looking.actors["aino"].account_id},
        {"person": str(uuid.uuid4())},
        {"person": "Gil"},
        {"done_on": (TODAY + timedelta(days=2)).isoformat()},
        {"valid_until": "2001-01-01"},
        {"valid_until": (TODAY + timedelta(days=9999)).isoformat()},
        {"kind": "other", "title": ""},
    ):
        assert training(hana, looking, **wrong).status_code == 422, wrong
    assert looking.one("select count(*) from training where kind <> 'hot'") == 0


def test_staff_reads_the_books_and_changes_nothing(looking: Looking, client: FlaskClient) -> None:
    headers = looking.cast.headers("gil")
    page = client.get("/venue/records", headers=headers)
    assert page.status_code == 200 and "Note a drill" not in page.text
    assert client.post("/venue/records/drills", headers=headers).status_code == 403
    assert client.get("/venue/posters", headers=headers).status_code == 403


def test_years_that_are_none_are_not_there(hana: FlaskClient) -> None:
    for year in ("1999", "20x6", "9999", "2026 or 1=1"):
        assert hana.get("/venue/records", query_string={"year": year}, **HTTPS).status_code == 404
    assert hana.get("/venue/records", query_string={"year": str(TODAY.year - 1)}, **HTTPS).status_code == 200


def test_there_are_two_dozen_made_cases_and_the_answer_follows_from_the_three(looking: Looking) -> None:
    known = cases()
    assert len(known) >= 24 and all(case.text and case.why for case in known.values())
    hot = [case for case in known.values() if case.is_hot]
    assert len(known) * 0.4 < len(hot) < len(known) * 0.6
    assert all(verdict(case.hot) == "lost_property" for case in known.values() if not case.is_hot)
    for case in known.values():
        assert all(len(part.split()) < 16 for part in re.split(r"[.:?]\s", case.text)), case.key


def test_a_drill_of_a_minute_counts_for_the_house_and_names_nobody(hana: FlaskClient, looking: Looking) -> None:
    page = hana.get("/venue/hot-or-not", **HTTPS).text
    dealt = re.findall(r'name="dealt" value="(\w+)"', page)
    assert len(set(dealt)) == CASES_IN_A_DRILL
    answers = dict.fromkeys(dealt, "hot")
    told = post(hana, "/venue/hot-or-not", dealt=dealt, **answers)
    right = sum(cases()[key].is_hot for key in dealt)
    assert told.status_code == 200 and f"{right} of {CASES_IN_A_DRILL} right" in told.text
    assert looking.one("select sum(answered) from hot_drill") == CASES_IN_A_DRILL
    mine = "select count(*) from hot_drill x where position(:id in cast(row(x.*) as text)) > 0"
    assert looking.one(mine, id=looking.actors["hana"].account_id) == 0
    assert hana.get("/venue/hot-or-not", **HTTPS).text.count(f"{right} of {CASES_IN_A_DRILL} cases answered rightly") == 1


@pytest.mark.parametrize("form", [{}, {"dealt": "nothing", "nothing": "hot"}, {"dealt": "umbrella"}, {"umbrella": "hot"}])
def test_no_answer_counts_nothing(hana: FlaskClient, looking: Looking, form: dict[str, str]) -> None:
    assert post(hana, "/venue/hot-or-not", **form).status_code == 422
    assert looking.one("select count(*) from hot_drill") == 0


def test_words_of_kinds_are_there_for_every_kind() -> None:
    assert set(DRILLS) == {"evacuation", "invacuation", "lockdown", "communication"} and "hot" in TRAININGS
    assert after(date(2024, 2, 29), 1) == date(2025, 2, 28)


def test_books_are_gone_when_their_time_is_over(looking: Looking, hana: FlaskClient) -> None:
    drill(hana)
    looking.as_web(records.play, looking.actors["gil"], {"umbrella": False}, TODAY)
    with looking.line.app_context():
        assert retention.expire()["venue_books"] == 0
    looking.change("update drill set held_on = current_date - 1200")
    looking.change("update hot_drill set month = current_date - 1200")
    looking.change("update training set done_on = '2019-01-01', valid_until = '2020-01-01'")
    looking.change("update on_duty set until = now() - interval '1 minute'")
    with looking.line.app_context():
        assert retention.expire()["venue_books"] == 6
        known = books(looking.actors["hana"])
    assert known.drills == () and looking.one("select count(*) from training") == 0
    assert looking.one("select value from figure where name = 'retention_survivors'") == 0
