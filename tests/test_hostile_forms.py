"""Fields of the supervisor's forms that hold what no table can keep: said to the person, never a fault of ours."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast

pytestmark = pytest.mark.db
SHIFT = {"person": "aino@example.org", "desk": "Front desk", "starts_at": "2026-11-22T08:00", "until": "2026-11-22T16:00"}


@pytest.mark.parametrize(
    ("address", "form", "status"),
    [
        ("/control/desks/shift", {**SHIFT, "person": "a\x00b"}, 422),
        ("/control/desks/shift", {**SHIFT, "desk": "a\x00b"}, 422),
        ("/control/routing/drafts", {"title": "a\x00b"}, 422),
        ("/control/routing/drafts", {"title": "a" * 81}, 422),
        (
            "/control/routing/place",
            {"draft_id": "a\x00b", "place": "60.17, 24.94", "weekday": "0", "time": "10:00", "category": "drone"},
            404,
        ),
    ],
)
def test_a_field_that_no_table_can_keep_is_refused(
    client: FlaskClient, cast: Cast, address: str, form: dict[str, Any], status: int
) -> None:
    answer = client.post(address, data=form, headers=cast.headers("bo"))
    assert answer.status_code == status
    if status == 422:
        assert 'role="alert"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "flood",
    [
        {"behaviours": [""] * 16_000},
        {"already_told": [0] * 20_000},
        {f"unknown_{number}": 0 for number in range(2_000)},
    ],
)
def test_whoever_sends_thousands_of_wrong_things_gets_a_short_answer(client: FlaskClient, flood: dict[str, object]) -> None:
    body = {"category": "other", "place": "door", **flood}
    answer = client.post("/api/v1/reports", json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 422 and 0 < len(answer.get_json()["errors"]) <= 100 and len(answer.data) < 20_000
    asked = client.get("/api/v1/categories?" + "&".join(f"q{number}" for number in range(1_000)))
    assert asked.status_code == 422 and len(asked.data) < 20_000


def test_a_form_with_thousands_of_answers_gets_one_sentence(client: FlaskClient) -> None:
    body = {"category": "suspicious_behaviour", "place": "door", "suspicious_behaviour.behaviours": ["X"] * 3_000}
    answer = client.post("/", data=body)
    assert answer.status_code == 422 and len(answer.data) < 80_000
