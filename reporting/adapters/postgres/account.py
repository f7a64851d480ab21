"""Whose rights the server gets. PostgreSQL refuses to run as root, so root hands its processes to another account."""

import logging
import os
import pwd
import signal
import stat
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO

from reporting.adapters.postgres.settings import LauncherError, ServerSettings
from reporting.adapters.processes.kernel import become_in_user_namespace, die_with_parent

_LOG = logging.getLogger(__name__)
_SUITABLE = ("reporting", "postgres", "nobody")
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class How(Enum):
    """How a process comes to run under the account."""

    ITSELF = "itself"
    DROPPED = "dropped"
    NAMESPACE = "namespace"


@dataclass(frozen=True)
class Account:
    """The user id the server's processes run under, as they see it themselves."""

    uid: int
    gid: int
    name: str
    how: How

    @property
    def owner(self) -> int:
        """The user id of its files, seen from outside."""
        return os.geteuid() if self.how is How.NAMESPACE else self.uid

    def run(self, argv: Sequence[str], words: str = "", folder: str = "/") -> subprocess.CompletedProcess[str]:
        """Run a short command to its end under this account, with `words` on its standard input."""
        dropped = self.how is How.DROPPED
        return subprocess.run(
            argv,
            input=words,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd=folder,
            env=_ENVIRONMENT,
            user=self.uid if dropped else None,
            group=self.gid if dropped else None,
            extra_groups=() if dropped else None,
            preexec_fn=self._enter if self.how is How.NAMESPACE else None,
        )

    def start(self, argv: Sequence[str], folder: Path, output: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Start a server under this account that is told to shut down fast (SIGINT) when its parent ends.

        Only for a process with a single thread, which lives as long as the server may.
        """
        dropped = self.how is How.DROPPED
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=_ENVIRONMENT,
            user=self.uid if dropped else None,
            group=self.gid if dropped else None,
            extra_groups=() if dropped else None,
            preexec_fn=self._last_steps(),  # noqa: PLW1509 - the caller has one thread
        )

    def give(self, path: Path, mode: int) -> None:
        """Hand a file or folder over to this account with exactly these rights."""
        os.chmod(path, mode)
        if self.how is How.DROPPED:
            os.chown(path, self.uid, self.gid)

    def reaches(self, folder: Path) -> bool:
        """True when the account may walk down to `folder`, by the plain rights of every folder on the way."""
        return self.how is not How.DROPPED or all(self._may_pass(step) for step in (folder, *folder.parents))

    def _may_pass(self, step: Path) -> bool:
        rights = step.stat()
        if rights.st_uid == self.uid:
            return bool(rights.st_mode & stat.S_IXUSR)
        if rights.st_gid == self.gid:
            return bool(rights.st_mode & stat.S_IXGRP)
        return bool(rights.st_mode & stat.S_IXOTH)

    def _enter(self) -> None:
        become_in_user_namespace(self.uid)

    def _last_steps(self) -> Callable[[], None]:
        tie = die_with_parent(signal.SIGINT)

        def in_child() -> None:
            if self.how is How.NAMESPACE:
                self._enter()
            tie()

        return in_child


def choose_account(settings: ServerSettings, data_owner: int | None) -> Account:
    """Decide whose rights the server gets. `data_owner` is the owner of an existing cluster and settles the matter.

    Refuses where the files belong to somebody else, and as root where no unprivileged account can be used.
    """
    mine = os.geteuid()
    if mine != 0:
        if data_owner not in (None, mine):
            raise LauncherError(f"the database files belong to {_name_of(data_owner)}: start as that user")
        return Account(mine, os.getegid(), _name_of(mine), How.ITSELF)
    if data_owner:
        return _by_uid(data_owner)
    chosen = _named(settings)
    if data_owner is None and _can_drop(chosen):
        return chosen
    return _in_namespace(settings, chosen, made_by_root=data_owner == 0)


def _named(settings: ServerSettings) -> Account:
    for name in (settings.account,) if settings.account else _SUITABLE:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, name, How.DROPPED)
    wanted = settings.account or ", ".join(_SUITABLE)
    raise LauncherError(f"PostgreSQL does not run as root and this machine has no account to run it under ({wanted})")


def _by_uid(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(uid, uid, str(uid), How.DROPPED)
    return Account(uid, entry.pw_gid, entry.pw_name, How.DROPPED)


def _name_of(uid: int | None) -> str:
    if uid is None:
        return "nobody"
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _can_drop(account: Account) -> bool:
    """Try it: containers take the right away in several ways, and only the attempt knows all of them."""
    try:
        return account.run(["/bin/true"]).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _in_namespace(settings: ServerSettings, chosen: Account, made_by_root: bool) -> Account:
    inside = Account(chosen.uid, chosen.gid, chosen.name, How.NAMESPACE)
    why = "the database files are root's" if made_by_root else "root may not change its user id here"
    if not settings.namespace:
        raise LauncherError(f"PostgreSQL does not run as root and {why}: start as an ordinary user")
    if not _can_drop(inside):
        raise LauncherError(f"PostgreSQL does not run as root, {why} and no user namespace can be had")
    _LOG.warning("the database runs in a user namespace and its files stay root's: for a demonstration only")
    return inside
