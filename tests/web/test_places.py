"""The places of uploads: who only holds one loses it, and forms, which anybody may send, never take them all."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from reporting.web.uploads import UploadLimits, Uploads
from tests.web.test_bridge import run

MOST = 100_000
Message = dict[str, Any]


def sender(*parts: bytes, pause: float) -> Callable[[], Coroutine[Any, Any, Message]]:
    """Sends its parts with a pause before each, and then never again."""
    left = list(parts)

    async def receive() -> Message:
        await asyncio.sleep(pause if left else 60)
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    return receive


def test_who_brings_next_to_nothing_is_sent_away_and_leaves_nothing(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, UploadLimits(seconds=60, patience=0.1, least=1000))
    with pytest.raises(TimeoutError):
        run(uploads.read(sender(*[b"x"] * 200, pause=0.01), MOST))
    assert not uploads.is_full(False) and not any(tmp_path.iterdir())


def test_who_is_slow_but_brings_something_is_waited_for(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, UploadLimits(seconds=60, patience=0.1, least=100))
    spool = run(uploads.read(sender(*[b"x" * 100] * 20, pause=0.02), MOST))
    assert spool.length == 2000
    spool.close()


def test_forms_leave_half_of_the_places_to_who_has_shown_a_code(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, UploadLimits(seconds=60, patience=0.2, at_once=4))

    async def crowd() -> tuple[bool, bool, bool]:
        held = [asyncio.create_task(uploads.read(sender(pause=1), MOST, form=True)) for _ in range(2)]
        await asyncio.sleep(0.05)
        found = uploads.is_full(True), uploads.is_full(False)
        await asyncio.gather(*held, return_exceptions=True)
        return *found, uploads.is_full(True)

    assert run(crowd()) == (True, False, False)
