"""What commands stand on: the settings of this run, with an embedded database and a key of its own where none is given."""

import json
import os
import secrets
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reporting.adapters.logs import set_up_logs
from reporting.adapters.postgres.launcher import prepare
from reporting.bootstrap import SYSTEM, build, close_idle
from reporting.config import MASTER_KEY_BYTES, ConfigurationError, Settings, read_settings
from reporting.extensions import db

SECRETS_NAME = "secrets.json"
DATABASE_NAME = "database"


def new_secrets(path: Path) -> None:
    """Makes a secrets file of mode 0600; refuses to overwrite one, because that would close every sealed record for good."""
    content = {"master_key": b64encode(secrets.token_bytes(MASTER_KEY_BYTES)).decode()}
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigurationError(f"{path} exists already; what it sealed opens with no other key") from None
    with os.fdopen(handle, "w") as file:
        json.dump(content, file)


def with_secrets(settings: Settings, data: Path) -> Settings:
    """The settings with a key: the one that is set, else the data folder's own, made at the first start."""
    if settings.master_key or settings.secrets_file:
        return settings
    path = data / SECRETS_NAME
    if not path.exists():
        new_secrets(path)
    return replace(settings, secrets_file=str(path))


def environment_of(settings: Settings, *, owner: bool = False) -> dict[str, str]:
    """The environment that makes a started process read these settings; only what migrates is told the owner's address."""
    own = {name.upper(): str(getattr(settings, name)) for name in settings.__dataclass_fields__}
    told = {**os.environ, **{name: value for name, value in own.items() if value}, "PYTHONUNBUFFERED": "1"}
    if not owner:
        told.pop("DATABASE_OWNER_URL", None)
    return told


def command_settings() -> Settings:
    """The settings of an administrator's command: where no database is named, the embedded one that stands in the data folder."""
    settings = read_settings()
    data = Path(settings.data_dir).absolute()
    folder = data / DATABASE_NAME
    if settings.database_url or not (folder / "cluster.json").exists():
        return settings
    cluster = prepare(folder)
    found = replace(settings, database_url=cluster.app_url, database_owner_url=cluster.owner_url)
    return with_secrets(found, data)


@contextmanager
def on_the_ground(settings: Settings | None = None) -> Iterator[Settings]:
    """An application context with sight of everything, for an administrator's command."""
    settings = settings or command_settings()
    set_up_logs("command", settings.log_level)
    app = build(settings, process="command", reach=SYSTEM, pool=2)
    with app.app_context():
        try:
            yield settings
        finally:
            db.session.remove()
            close_idle()
