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
