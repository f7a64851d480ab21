"""A text of looks alone is told from one that names an act; one word of anything else is enough."""

import json
from pathlib import Path

import pytest

import reporting
from reporting.domain.looks import Looks, looks_of, only_looks

FOLDER = Path(reporting.__file__).parent / "static" / "looks"


def lists(code: str) -> Looks:
    return looks_of(**json.loads((FOLDER / f"{code}.json").read_text(encoding="utf-8")))


LOOKS = (
    ("en", "A tall man with a beard, wearing a black jacket"),
    ("en", "dark-skinned woman in a headscarf near platform 3"),
    ("en", "Arab"),
    ("de", "Ein großer Mann mit Bart und dunkler Jacke"),
    ("fr", "Un homme barbu en djellaba"),
    ("nl", "een man met een baard"),
    ("es", "Un hombre con barba y turbante"),
)
ACTS = (
    ("en", ""),
    ("en", "A man"),
    ("en", "A bearded man tried the locked doors"),
    ("en", "He is filming the guards"),
    ("en", "tall man with a gun"),
    ("en", "Woman in a red coat hid a parcel under the bench"),
    ("de", "Ein Mann mit Bart rüttelt an der Tür"),
    ("fr", "Un homme barbu filme les caméras"),
)


@pytest.mark.parametrize(("code", "text"), LOOKS)
def test_looks_alone_are_noticed(code: str, text: str) -> None:
    assert only_looks(text, lists(code))


@pytest.mark.parametrize(("code", "text"), ACTS)
def test_an_act_is_enough(code: str, text: str) -> None:
    assert not only_looks(text, lists(code))
