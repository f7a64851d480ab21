"""Whom a room that gives work to people gives it to."""

import pytest

from reporting.domain.rostering import OnShift, Work, choose_operator


def person(name: str, **told: object) -> OnShift:
    return OnShift(**{"account_id": name, "name": name, "desk_id": "north", **told})  # type: ignore[arg-type]


WORK = Work(desk_id="north", category="drone", language="fi")


@pytest.mark.parametrize(
    ("people", "chosen", "reason"),
    [
        ([person("Aino", load=3), person("Ben", load=1)], "Ben", "on shift, has 1 open"),
        ([person("Aino", load=3, languages=("fi",)), person("Ben", load=1)], "Aino", "on shift, reads fi, has 3 open"),
        (
            [person("Aino", languages=("fi",)), person("Ben", skills=("drone",), load=9)],
            "Ben",
            "on shift, has the skill, has 9 open",
        ),
        ([person("Aino"), person("Ben", desk_id="south")], "Aino", "on shift, alone at the desk"),
    ],
)
def test_skill_goes_before_language_and_language_before_load(people: list[OnShift], chosen: str, reason: str) -> None:
    for order in (people, people[::-1]):
        found = choose_operator(WORK, order)
        assert found is not None and (found[0].name, found[1]) == (chosen, reason)


def test_where_nobody_of_the_desk_is_there_nobody_is_chosen() -> None:
    assert choose_operator(WORK, [person("Ben", desk_id="south")]) is None
