"""The folder that stands for a broker: whatever a killed process left in it, messages go through it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection, Exchange, Queue

from reporting.config import Settings
from worker.app import celery_app
from worker.files import Transport

LINE = Queue("line", Exchange("line"), routing_key="line")


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A connection as of a fresh process: what an earlier one declared is forgotten."""
    monkeypatch.setattr(tempfile, "tempdir", tempfile.gettempdir())
    Transport.global_state.clear()
    app = celery_app(Settings(data_dir=str(tmp_path)))
    with app.connection_for_write() as connection:
        yield connection


def sent_and_received(broker: Connection, words: str) -> str:
    with broker.SimpleQueue(LINE) as queue:
        queue.put(words)
        message = queue.get(timeout=2)
        message.ack()
        return str(message.payload)


def test_a_message_goes_through_the_folder(broker: Connection) -> None:
    assert sent_and_received(broker, "an id") == "an id"


@pytest.mark.parametrize("left", ["", '[["li'])
def test_a_table_of_bindings_left_half_written_stops_nobody(broker: Connection, tmp_path: Path, left: str) -> None:
    table = tmp_path / "broker" / "control" / "line.exchange"
    table.write_text(left)
    assert sent_and_received(broker, "an id") == "an id"
    assert "line" in table.read_text()


def test_a_message_that_is_still_being_written_is_not_read(broker: Connection, tmp_path: Path) -> None:
    (tmp_path / "broker" / "queue" / "000000000000001_half.line.msg.0.part").write_text("{")
    assert sent_and_received(broker, "an id") == "an id"


def test_nothing_but_the_table_and_its_lock_is_left_behind(broker: Connection, tmp_path: Path) -> None:
    sent_and_received(broker, "an id")
    assert sorted(path.name for path in (tmp_path / "broker" / "control").iterdir()) == ["binding.lock", "line.exchange"]
    assert list((tmp_path / "broker" / "queue").iterdir()) == []
