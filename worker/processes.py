"""The worker's processes as they are started: relay, worker, worker-media, worker-delivery, beat. Each runs until it is told to
stop."""

import signal
import threading
from collections.abc import Sequence
from typing import Any

from celery import Celery
from celery.beat import Scheduler
from celery.signals import setup_logging
from flask import Flask
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from reporting import jobs
from reporting.adapters.bell import Bell
from reporting.adapters.doorbell import OUTBOX
from reporting.adapters.geocoder import label_of
from reporting.adapters.logs import set_up_logs
from reporting.adapters.memory import settle
from reporting.adapters.schema import require_current
from reporting.bootstrap import SENDER, SYSTEM, build, close_idle, plain_url
from reporting.config import Settings
from reporting.extensions import db
from worker.app import celery_app
from worker.relay import Relay
from worker.triage import languages

SENDER_CONNECTIONS = 6
"""Its threads hold one for a moment before and after each letter."""
BROKER_ERRORS = (BrokerError, RedisError, OSError)


def run_relay(settings: Settings) -> None:
    """The relay, until SIGTERM or SIGINT."""
    app = _ground(settings, "relay", pool=3)
    warm_up(settings)
    celery = celery_app(settings)
    settle()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_arguments: stop.set())
    Relay(app, _publisher(celery), BROKER_ERRORS).run(Bell(plain_url(settings.database_url), OUTBOX), stop)


def _publisher(celery: Celery) -> Any:
    def publish(job: str, report_ids: Sequence[str]) -> None:
        celery.send_task(job, args=[list(report_ids)], queue=jobs.QUEUES[job], retry=False, ignore_result=True)

    return publish


def run_worker(settings: Settings) -> None:
    """The worker of the line: threads, because a step waits for the database more than it computes."""
    app = _ground(settings, "worker", pool=settings.worker_threads + 1)
    warm_up(settings)
    celery = celery_app(settings, app)
    settle()
    _consume(celery, "worker", "threads", settings.worker_threads)


def warm_up(settings: Settings) -> None:
    """Reads what the first report would otherwise wait for, and everybody in its neighbourhood with it: the gazetteer, which
    would be read under the lock, and what triage reads languages with."""
    label_of(settings.geocoder, 0.0, 0.0)
    languages.load()


def run_worker_media(settings: Settings) -> None:
    """The worker for pictures: processes of their own, because what it opens is hostile."""
    app = _ground(settings, "worker-media", pool=1)
    with app.app_context():
        close_idle()
    _consume(celery_app(settings, app), "worker-media", "prefork", 1)


def run_worker_delivery(settings: Settings) -> None:
    """The sender of letters: the only process of the line that calls anybody outside, and it sees letters and no report."""
    app = _ground(settings, "worker-delivery", pool=SENDER_CONNECTIONS, reach=SENDER)
    _consume(celery_app(settings, app), "worker-delivery", "threads", 1)


def _consume(celery: Celery, process: str, pool: str, concurrency: int) -> None:
    celery.worker_main(
        [
            "--quiet",
            "worker",
            f"--queues={jobs.CONSUMERS[process]}",
            f"--pool={pool}",
            f"--concurrency={concurrency}",
            f"--hostname={process}@%h",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            "--loglevel=WARNING",
        ]
    )


def run_beat(settings: Settings) -> None:
    """The clock for work that may wait. It keeps its times in memory: a restart beats everything once more, which is harmless."""
    set_up_logs("beat", settings.log_level)
    celery_app(settings).Beat(scheduler_cls=Scheduler, loglevel="WARNING", quiet=True).run()


@setup_logging.connect
def _leave_logs_alone(**_more: Any) -> None:
    """Celery asks who sets up logging and then leaves it to us: its own handlers would print what an error says."""


def _ground(settings: Settings, process: str, pool: int, reach: str = SYSTEM) -> Flask:
    set_up_logs(process, settings.log_level)
    app = build(settings, process=process, reach=reach, pool=pool)
    with app.app_context():
        require_current(db.engine)
    return app
