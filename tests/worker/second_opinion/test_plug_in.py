"""A plug-in may do anything: raise, hang, die, print, lie. Whoever asks it gets an opinion or a plain word why there is none."""

import time

import pytest

from tests.worker.second_opinion.conftest import PLUG_INS, Install
from worker.second_opinion.answer import LONGEST_SENTENCE, Opinion, read_answer
from worker.second_opinion.plug_in import PlugIn

REPORT = {"category": "unattended_item", "description": "A bag"}
TOO_LONG = b'{"answer": {"sentence": "' + b"x" * (LONGEST_SENTENCE + 1) + b'"}}'
STATES = {
    "good": "given",
    "sentence_only": "given",
    "noisy": "given",
    "nosy": "given",
    "raises": "failed",
    "leaves": "failed",
    "dies": "failed",
    "hangs": "late",
    "nonsense": "nonsense",
    "no_sentence": "nonsense",
    "wrong_priority": "nonsense",
    "true_priority": "nonsense",
    "control": "nonsense",
    "endless": "nonsense",
    "not_json": "failed",
}


def asked(name: str, times: int = 1, seconds: float = 0.5) -> list[Opinion]:
    deadline = time.monotonic() + 30
    with PlugIn(name, seconds) as plug_in:
        assert plug_in.fault_in_loading(deadline) is None
        return [plug_in.ask(REPORT, deadline) for _ in range(times)]


@pytest.mark.parametrize("name", list(STATES))
def test_every_kind_of_plug_in_gets_its_word(install: Install, name: str) -> None:
    assert asked(install(name), seconds=10 if name != "hangs" else 0.2)[0].state == STATES[name]


def test_a_good_one_says_what_it_would_say(install: Install) -> None:
    first, second = asked(install("good"), times=2, seconds=10)
    assert (first.priority, first.sentence) == (1, "Looks like unattended_item") == (second.priority, second.sentence)


def test_what_it_prints_is_no_answer(install: Install) -> None:
    assert [each.sentence for each in asked(install("noisy"), times=3, seconds=10)] == ["Heard"] * 3


def test_one_that_raises_is_asked_again(install: Install) -> None:
    assert [each.state for each in asked(install("raises"), times=2, seconds=10)] == ["failed", "failed"]


def test_one_that_hangs_is_ended_and_asked_no_more(install: Install) -> None:
    name, deadline = install("hangs"), time.monotonic() + 30
    with PlugIn(name, 0.2) as plug_in:
        assert plug_in.fault_in_loading(deadline) is None
        assert plug_in.ask(REPORT, deadline).state == "late"
        assert not plug_in.is_running
        assert plug_in.ask(REPORT, deadline).state == "failed"


@pytest.mark.parametrize(("name", "fault"), [("cannot_be_loaded", "failed"), ("hangs_at_start", "late")])
def test_one_that_cannot_be_loaded_is_told(install: Install, name: str, fault: str) -> None:
    seconds = 1 if fault == "late" else 30
    with PlugIn(install(name), 1) as plug_in:
        assert plug_in.fault_in_loading(time.monotonic() + seconds) == fault
        assert not plug_in.is_running


def test_one_that_nobody_installed_is_told() -> None:
    with PlugIn("nobody_has_this", 1) as plug_in:
        assert plug_in.fault_in_loading(time.monotonic() + 30) == "failed"


def test_it_sees_neither_secrets_nor_devices(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MASTER_KEY", "DATABASE_URL", "SECRETS_FILE"):
        monkeypatch.setenv(name, "secret")
    (said,) = asked(install("nosy"), seconds=10)
    assert not {"MASTER_KEY", "DATABASE_URL", "SECRETS_FILE", "device", "network"} & set(said.sentence.split())


@pytest.mark.parametrize(
    "line",
    [b"", b"[]", b"1", b"{", b'{"answer": null}', b"\xff", b"[" * 5000, b'{"answer": {"sentence": " "}}', TOO_LONG],
)
def test_what_is_no_answer_is_nonsense(line: bytes) -> None:
    assert read_answer(line, 1) == Opinion("nonsense", took_ms=1)


def test_every_plug_in_is_tried() -> None:
    assert set(PLUG_INS) == {*STATES, "cannot_be_loaded", "hangs_at_start"}
