"""Every table of the house matches the folder or the processes it speaks of: nothing is half added."""

import inspect
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask

from reporting import jobs
from reporting.adapters.schema import MIGRATIONS, alembic_config
from reporting.cli.main import cli
from reporting.config import Settings
from tests.guards.tree import ROOT, named
from worker.app import celery_app
from worker.line import STEPS
from worker.triage.rules import RULES

RULES_FOLDER = ROOT / "worker/triage/rules"
VERSIONS = sorted(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


@pytest.mark.parametrize("path", sorted(RULES_FOLDER.glob("[!_]*.py")), ids=lambda path: path.stem)
def test_every_rule_file_speaks_in_triage(path: Path) -> None:
    files = {Path(inspect.getfile(inspect.unwrap(rule))) for rule in RULES}
    assert path in files, f"{named(path)} has no rule in RULES: add it in worker/triage/rules/__init__.py"


def test_no_rule_speaks_twice() -> None:
    assert len(set(RULES)) == len(RULES)


@pytest.fixture
def celery_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.setattr("tempfile.tempdir", None)
    return dict(celery_app(Settings(data_dir=str(tmp_path)), Flask("guard")).tasks)


def test_every_job_has_a_task(celery_tasks: dict[str, object]) -> None:
    assert not set(jobs.QUEUES) - set(celery_tasks), "register it in worker/app.py"


def test_every_task_is_a_job(celery_tasks: dict[str, object]) -> None:
    own = {name for name in celery_tasks if not name.startswith("celery.")}
    assert own == set(jobs.QUEUES), "name it in reporting/jobs.py"


def test_every_queue_has_a_consumer_that_can_be_started() -> None:
    assert set(jobs.QUEUES.values()) == set(jobs.CONSUMERS.values())
    assert not set(jobs.CONSUMERS) - set(cli.list_commands(None))  # type: ignore[arg-type]


def test_the_clock_rings_for_jobs_only(tmp_path: Path) -> None:
    schedule = celery_app(Settings(redis_url="redis://127.0.0.1:1/0", data_dir=str(tmp_path))).conf.beat_schedule
    assert {entry["task"] for entry in schedule.values()} <= set(jobs.QUEUES)


def test_every_step_of_the_line_is_done_by_somebody() -> None:
    assert tuple(STEPS) == jobs.LINE


def test_migrations_have_one_head() -> None:
    assert len(ScriptDirectory.from_config(alembic_config("")).get_heads()) == 1


def test_migrations_are_numbered_without_gaps() -> None:
    assert [name[:4] for name in VERSIONS] == [f"{number:04}" for number in range(1, len(VERSIONS) + 1)]


def test_a_migration_is_called_by_its_number() -> None:
    script = ScriptDirectory.from_config(alembic_config(""))
    named_by = {Path(each.path).name[:4]: each.revision for each in script.walk_revisions()}
    assert all(number == revision for number, revision in named_by.items())
