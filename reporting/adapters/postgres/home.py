"""Where a cluster lives on disk, and the record in the caller's data folder that finds it again."""

import hashlib
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reporting.adapters.postgres.account import Account
from reporting.adapters.postgres.binaries import make_passable
from reporting.adapters.postgres.settings import LauncherError, ServerSettings, settings_from_json

SUPERUSER, OWNER, APP = "postgres", "reporting_owner", "reporting_app"
PORT = 5432  # only names the socket file: nothing listens on the network
LONGEST_SOCKET_FOLDER = 90  # bytes; sun_path holds 107, the file name and its lock need the rest
_RECORD = "cluster.json"


@dataclass(frozen=True)
class Home:
    """Folders and files of one cluster. `folder` is ours; `pgdata` and `socket` belong to the server's account."""

    folder: Path
    socket: Path

    @property
    def pgdata(self) -> Path:
        """The cluster proper. It appears by one rename, complete."""
        return self.folder / "data"

    @property
    def configuration(self) -> Path:
        """Our settings, rewritten at every preparation."""
        return self.folder / "server.conf"

    @property
    def access(self) -> Path:
        """Who may connect, and how they prove it."""
        return self.folder / "access.conf"

    @property
    def log(self) -> Path:
        """What the server said when nobody supervised it."""
        return self.folder / "server.log"

    @property
    def lock(self) -> Path:
        """Held by the one process that runs the server."""
        return self.folder / "running.lock"

    @property
    def mark(self) -> str:
        """Name that the server shows in its process titles; tells this cluster's processes from all others."""
        return f"reporting-{_hash(self.pgdata)}"

    def exists(self) -> bool:
        """True once a complete cluster is there."""
        return self.pgdata.is_dir()

    def major(self) -> int | None:
        """Version that made the files; None before the first start."""
        return int((self.pgdata / "PG_VERSION").read_text()) if self.exists() else None


@dataclass(frozen=True)
class Record:
    """What the data folder remembers, readable by its owner alone."""

    home: Path
    passwords: Mapping[str, str]
    settings: ServerSettings
    complete: bool

    def finished(self, settings: ServerSettings) -> "Record":
        """The same once the cluster is complete."""
        return Record(self.home, self.passwords, settings, complete=True)


def new_passwords() -> dict[str, str]:
    """One fresh password per role, 256 bits each."""
    return {role: secrets.token_urlsafe(32) for role in (SUPERUSER, OWNER, APP)}


def read_record(data: Path) -> Record | None:
    """The record of this data folder, None before the first start."""
    path = data / _RECORD
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text())
        passwords = {role: str(kept["passwords"][role]) for role in (SUPERUSER, OWNER, APP)}
        return Record(data / kept["home"], passwords, settings_from_json(kept["settings"]), bool(kept["complete"]))
    except (ValueError, KeyError, TypeError) as damage:
        raise LauncherError(f"{path} is damaged: restore it, or delete it to have new passwords made") from damage


def write_record(data: Path, record: Record) -> None:
    """Keep the record, mode 0600, whole or not at all. A cluster inside the data folder may move with it."""
    inside = record.home.is_relative_to(data)
    text = json.dumps(
        {
            "home": str(record.home.relative_to(data) if inside else record.home),
            "complete": record.complete,
            "settings": record.settings.as_json(),
            "passwords": dict(record.passwords),
        },
        indent=1,
    )
    write_whole(data / _RECORD, text, 0o600)


def write_whole(path: Path, text: str, mode: int) -> None:
    """Write a file by one rename, with the owner of its folder, so that no reader ever sees half of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.chmod(beside, mode)
    folder = path.parent.stat()
    if os.geteuid() == 0 and folder.st_uid != 0:
        os.chown(beside, folder.st_uid, folder.st_gid)
    beside.rename(path)


def locate(data: Path, account: Account, record: Record | None, settings: ServerSettings) -> Path:
    """Folder of the cluster: the recorded one; else inside the data folder; else, where the account cannot get
    there, under the common folder by a hash of the data folder's path."""
    if record is not None:
        return record.home
    if account.reaches(data):
        return data / "postgres"
    make_passable(Path(settings.common))
    return Path(settings.common) / _hash(data)


def socket_folder(home: Path, uid: int) -> Path:
    """Where the socket goes: beside the data, or under /tmp where that path is too long for a socket."""
    beside = home / "socket"
    # libpq takes a comma for the end of a host name, the server a comma or quote for the end of a folder
    if len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER and not set(str(beside)) & set(",\"'\\"):
        return beside
    return Path("/tmp") / f"reporting-{uid}-{_hash(home)}"  # noqa: S108 - made private and checked below


def make_folder(path: Path, account: Account, mode: int = 0o700) -> None:
    """Make a folder of the account's, or check that the one which is there has not been set up by anybody else."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        there = path.lstat()
        if not stat.S_ISDIR(there.st_mode) or there.st_uid not in (os.geteuid(), account.owner):
            raise LauncherError(f"the folder {path} belongs to somebody else: remove it") from None
    account.give(path, mode)


def _hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
