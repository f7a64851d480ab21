"""The real processes: a letter is rung for by the relay and sent by `reporting worker-delivery` over the broker of files."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reporting.cli.ground import environment_of
from tests.worker.delivery.conftest import Bench, Letterbox

pytestmark = pytest.mark.db


@pytest.fixture
def processes(bench: Bench, mail_server: Callable[..., int], tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Relay and sender, as the supervisor starts them."""
    bench.town(mail_port=mail_server(), outbound_ca_file=bench.authority.ca_file)
    settings = replace(bench.settings, data_dir=str(tmp_path))
    environment = {**environment_of(settings), "DATA_DIR": str(tmp_path)}
    environment.pop("REDIS_URL", None)
    started = [_started(name, environment, tmp_path) for name in ("relay", "worker-delivery")]
    yield started
    for each in started:
        each.terminate()
    for each in started:
        each.wait(20)


def _started(name: str, environment: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "reporting", name]
    with (folder / name).open("wb") as log:
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=log)


def test_a_letter_travels_from_the_outbox_to_the_letterbox(
    bench: Bench, processes: list[subprocess.Popen[bytes]], letterbox: Letterbox, tmp_path: Path
) -> None:
    report = bench.mail("zanzibar.mail@canary.example")
    bench.tell(report)
    until = time.monotonic() + 60
    while not letterbox.letters and time.monotonic() < until and all(each.poll() is None for each in processes):
        time.sleep(0.1)
    logs = "".join((tmp_path / name).read_text() for name in ("relay", "worker-delivery"))
    assert [each.rcpt_tos for each in letterbox.letters] == [["zanzibar.mail@canary.example"]], logs[-2000:]
    while bench.last()[0] != "sent" and time.monotonic() < until:
        time.sleep(0.1)
    assert bench.last() == ("sent", "smtp_250", 1)
    assert "zanzibar" not in logs and "canary" not in logs
    assert not [path for path in (tmp_path / "broker").rglob("*") if path.is_file() and b"zanzibar" in path.read_bytes()]
