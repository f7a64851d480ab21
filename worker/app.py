"""The Celery application: which broker, which queues, and one task for each job. Messages carry ids and nothing else."""

import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from celery import Celery
from flask import Flask
from kombu.transport import TRANSPORT_ALIASES

from reporting import jobs
from reporting.config import Settings
from reporting.services.line import beat_pulse
from reporting.services.retention import expire
from reporting.services.sanitising import tidy_up
from reporting.services.upkeep import clean_up
from worker.delivery.task import Sender
from worker.line import ERRANDS, STEPS, run_errands, run_line
from worker.second_opinion.task import take_second_opinions
from worker.standin import stand_in

PULSE_SECONDS = 5.0
CLEAN_UP_SECONDS = 600.0
STAND_IN_SECONDS = 5.0
SECOND_OPINION_SECONDS = 10.0
RETENTION_SECONDS = 3600.0
FILE_POLL_SECONDS = 0.02
"""How often a worker looks into the folder that stands for a broker; twenty milliseconds cost about 1 % of a core."""


def celery_app(settings: Settings, flask_app: Flask | None = None) -> Celery:
    """Celery over Redis where `REDIS_URL` is set, else over files in the data folder. Without a Flask application it
    only publishes (relay, beat)."""
    app = Celery("reporting")
    app.conf.update(_common(), **_broker(settings))
    if settings.second_opinion:
        asking = {"task": jobs.SECOND_OPINION, "schedule": SECOND_OPINION_SECONDS, "options": {"expires": 20}}
        app.conf.beat_schedule["second opinion"] = asking
    if flask_app is not None:
        _register(app, flask_app)
    return app


def _common() -> dict[str, Any]:
    return {
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "result_backend": None,
        "task_routes": {job: {"queue": queue} for job, queue in jobs.QUEUES.items()},
        "task_default_queue": "line",
        "task_publish_retry": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "worker_prefetch_multiplier": 2,
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "beat_schedule": {
            "pulse": {"task": jobs.PULSE, "schedule": PULSE_SECONDS, "options": {"expires": 30}},
            "delivery pulse": {"task": jobs.DELIVERY_PULSE, "schedule": PULSE_SECONDS, "options": {"expires": 30}},
            "media pulse": {"task": jobs.MEDIA_PULSE, "schedule": PULSE_SECONDS, "options": {"expires": 30}},
            "stand in": {"task": jobs.STAND_IN, "schedule": STAND_IN_SECONDS, "options": {"expires": 10}},
            "retention": {"task": jobs.RETENTION, "schedule": RETENTION_SECONDS, "options": {"expires": 1800}},
            "clean up": {"task": jobs.CLEAN_UP, "schedule": CLEAN_UP_SECONDS, "options": {"expires": 300}},
        },
        "timezone": "UTC",
    }


def _broker(settings: Settings) -> dict[str, Any]:
    if settings.redis_url:
        redis = {"socket_timeout": 2, "socket_connect_timeout": 1, "retry_on_timeout": False, "max_retries": 0}
        return {"broker_url": settings.redis_url, "broker_transport_options": redis}
    TRANSPORT_ALIASES["filesystem"] = "worker.files:Transport"
    folder = Path(settings.data_dir).resolve() / "broker"
    for name in ("queue", "control", "taken"):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    tempfile.tempdir = str(folder / "taken")  # where the transport moves a message before it reads it
    options: dict[str, Any] = {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        "polling_interval": FILE_POLL_SECONDS,
    }
    return {"broker_url": "filesystem://", "broker_transport_options": options}


def _register(app: Celery, flask_app: Flask) -> None:
    for job in STEPS:
        _task(app, flask_app, job, run_line)
    for job in ERRANDS:
        _task(app, flask_app, job, run_pictures if job == jobs.SANITISE else run_errands)

    @app.task(name=jobs.PULSE, shared=False)
    def pulse() -> None:
        with flask_app.app_context():
            beat_pulse("worker")

    @app.task(name=jobs.MEDIA_PULSE, shared=False)
    def media_pulse() -> None:
        with flask_app.app_context():
            beat_pulse("worker-media")

    @app.task(name=jobs.DELIVERY_PULSE, shared=False)
    def delivery_pulse() -> None:
        with flask_app.app_context():
            beat_pulse("worker-delivery")

    sender = Sender(flask_app)

    @app.task(name=jobs.DELIVER, shared=False)
    def deliver(delivery_ids: list[str]) -> None:
        sender.deliver([uuid.UUID(each) for each in delivery_ids])

    @app.task(name=jobs.CLEAN_UP, shared=False)
    def sweep() -> None:
        with flask_app.app_context():
            clean_up()
            tidy_up()

    @app.task(name=jobs.SECOND_OPINION, shared=False)
    def ask_a_plug_in() -> None:
        with flask_app.app_context():
            take_second_opinions()

    @app.task(name=jobs.RETENTION, shared=False)
    def forget() -> None:
        with flask_app.app_context():
            expire()

    def ring(job: str, subject_ids: Sequence[uuid.UUID]) -> None:
        app.send_task(job, args=[[str(each) for each in subject_ids]], queue=jobs.QUEUES[job], retry=False, ignore_result=True)

    @app.task(name=jobs.STAND_IN, shared=False)
    def watch_the_relay() -> None:
        with flask_app.app_context():
            stand_in(time.monotonic, ring)


def run_pictures(job: str, picture_ids: list[uuid.UUID]) -> int:
    """Errands that take seconds each: between two of them the process shows that it lives."""
    done = 0
    for each in picture_ids:
        done += run_errands(job, [each])
        beat_pulse("worker-media")
    return done


def _task(app: Celery, flask_app: Flask, job: str, do: Callable[[str, list[uuid.UUID]], int]) -> None:
    @app.task(name=job, shared=False)
    def run(subject_ids: list[str]) -> None:
        with flask_app.app_context():
            do(job, [uuid.UUID(each) for each in subject_ids])
