"""Puts settings, database and adapters together, without any face: the ground on which every process stands."""

import random
import secrets
from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.engine import make_url

from reporting.adapters import connections
from reporting.adapters.channels import Channels, channels_of
from reporting.adapters.clock import Clock, system_clock
from reporting.adapters.doorbell import Doorbell
from reporting.adapters.picture_store import PictureStore
from reporting.adapters.schema import MIGRATIONS
from reporting.adapters.seals import Seals
from reporting.config import ConfigurationError, Settings, master_key
from reporting.domain.colours import read_colour
from reporting.extensions import db, migrate
from reporting.models import TABLES

SYSTEM = "system"
PUBLIC = ""
SENDER = "delivery"
INTAKE = "intake"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Adapters:
    """What services reach the outside world with; tests hand in their own."""

    settings: Settings
    seals: Seals
    doorbell: Doorbell
    clock: Clock
    random: random.SystemRandom
    channels: Channels
    pictures: PictureStore


def require_readable(settings: Settings) -> None:
    """Refuses a colour on which nobody could read the pages' white words."""
    try:
        read_colour(settings.deployer_colour)
    except ValueError as error:
        raise ConfigurationError(f"DEPLOYER_COLOUR: {error}") from None


def build(settings: Settings, *, process: str, reach: str = PUBLIC, pool: int = 5) -> Flask:
    """A bare application for one process.

    `reach` is what its database connections may see before anybody asks: nothing for faces, everything (`SYSTEM`) for the
    line's own processes, letters and no report (`SENDER`) for the one that sends them out. Refuses to start without a database
    address or a master key.
    """
    assert TABLES, "every table is known before the first query"
    require_readable(settings)
    if not settings.database_url:
        raise ConfigurationError("DATABASE_URL is not set; `reporting demo` brings its own database")
    app = Flask("reporting", static_folder=None)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(process, reach, pool),
        SQLALCHEMY_BINDS={INTAKE: _intake_options(settings, process)},
    )
    seals = Seals(master_key(settings), settings.master_key_id)
    app.extensions["reporting"] = Adapters(
        settings=settings,
        seals=seals,
        doorbell=Doorbell(plain_url(settings.database_url)),
        clock=system_clock,
        random=secrets.SystemRandom(),
        channels=channels_of(settings),
        pictures=PictureStore(settings.picture_folder, seals, settings.pictures_keep_free_mb * MEGABYTE),
    )
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "do_connect", connections.connect)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    return app


def adapters() -> Adapters:
    """The adapters of the application this code runs in."""
    return current_app.extensions["reporting"]


def close_idle() -> None:
    """Closes every idle connection of the application this code runs in."""
    for engine in db.engines.values():
        engine.dispose()


def _engine_options(process: str, reach: str, pool: int) -> dict:
    """Time limits stand in the connection itself, so that no request pays a statement for them.

    `lock_timeout` 2 s bounds the wait for a key in progress; `idle_in_transaction_session_timeout` 4 s frees the locks of a
    process that was stopped in the middle of a step. The line asks the same few statements again and again, whose values say
    nothing about the best plan; planning each anew took a tenth of the database's time.
    """
    limits = {
        "lock_timeout": "2000",
        "statement_timeout": "15000",
        "idle_in_transaction_session_timeout": "4000",
        "timezone": "UTC",
    }
    if reach:
        limits["reporting.reach"] = reach
        limits["plan_cache_mode"] = "force_generic_plan"
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return {
        "pool_size": pool,
        "max_overflow": 0,
        "pool_timeout": 2,
        "pool_use_lifo": True,
        "hide_parameters": True,  # an error's text would repeat what a person wrote
        "connect_args": {"connect_timeout": 2, "application_name": f"reporting-{process}", "options": options},
    }


def _intake_options(settings: Settings, process: str) -> dict:
    """Filing has connections of its own, on which each statement is a transaction: turning a shared one over and back costs
    three waits for each report. Nearly always it is one, since plain reports are filed together; the others of a web process are
    for its threads, which file what is not plain."""
    own = {"url": settings.database_url, "isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None}
    return _engine_options(process, "", pool=1 + settings.web_threads) | own


def plain_url(database_url: str) -> str:
    """The address as libpq reads it, without SQLAlchemy's driver name."""
    url = make_url(database_url)
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
