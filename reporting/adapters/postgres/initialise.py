"""The making of a new cluster: initdb, three roles, one database. No server runs while this happens."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reporting.adapters.postgres.account import Account
from reporting.adapters.postgres.binaries import Binaries
from reporting.adapters.postgres.home import APP, OWNER, SUPERUSER, Home, make_folder
from reporting.adapters.postgres.settings import LauncherError

DATABASE = "reporting"
_BUILTIN_LOCALE_SINCE = 17
_POWERLESS = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


def create_cluster(home: Home, binaries: Binaries, account: Account, passwords: Mapping[str, str], durable: bool) -> None:
    """Make the cluster beside its place and move it there when complete: a crash half-way leaves nothing behind."""
    fresh = home.folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    make_folder(fresh, account)
    with _password_file(account, passwords[SUPERUSER]) as password_file:
        _run_initdb(binaries, account, fresh, password_file)
    _single_user(binaries, account, fresh, "postgres", _roles_and_database(passwords))
    _single_user(binaries, account, fresh, DATABASE, _schema())
    if durable:
        os.sync()  # one flush of everything is faster than initdb's thousand
    fresh.rename(home.pgdata)


def reset_passwords(home: Home, binaries: Binaries, account: Account, passwords: Mapping[str, str]) -> None:
    """Give the three roles of a stopped cluster new passwords, after the record with the old ones was lost."""
    lines = [f"ALTER ROLE {role} PASSWORD '{password}'" for role, password in passwords.items()]
    _single_user(binaries, account, home.pgdata, "postgres", lines)


def _run_initdb(binaries: Binaries, account: Account, pgdata: Path, password_file: Path) -> None:
    if binaries.major >= _BUILTIN_LOCALE_SINCE:
        # Sorts by code point like C, knows upper and lower case in every language, needs nothing of the machine.
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        locale = ["--locale=C.UTF-8"]
    options = ["--encoding=UTF8", "--data-checksums", "--no-sync", "--auth=scram-sha-256", f"--username={SUPERUSER}"]
    command = [binaries.program("initdb"), f"--pgdata={pgdata}", f"--pwfile={password_file}", *options, *locale]
    answer = account.run(command)
    if answer.returncode != 0:
        raise LauncherError(f"the new database could not be made: {_last_line(answer.stderr or answer.stdout)}")


def _roles_and_database(passwords: Mapping[str, str]) -> list[str]:
    return [
        f"CREATE ROLE {OWNER} LOGIN {_POWERLESS} PASSWORD '{passwords[OWNER]}'",
        f"CREATE ROLE {APP} LOGIN {_POWERLESS} PASSWORD '{passwords[APP]}'",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
        f"REVOKE ALL ON DATABASE {DATABASE}, postgres, template1 FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}",
    ]


def _schema() -> list[str]:
    return [f"ALTER SCHEMA public OWNER TO {OWNER}", "REVOKE ALL ON SCHEMA public FROM PUBLIC"]


def _single_user(binaries: Binaries, account: Account, pgdata: Path, database: str, statements: list[str]) -> None:
    """Run statements without a server. This mode answers 0 whatever happens, so the words have to be read."""
    command = [binaries.program("postgres"), "--single", "-D", str(pgdata), database]
    answer = account.run(command, words="".join(f"{statement};\n" for statement in statements))
    if answer.returncode != 0 or "ERROR:" in answer.stderr:
        wrong = [line for line in answer.stderr.splitlines() if "ERROR:" in line or "FATAL:" in line]
        raise LauncherError(f"the database could not be set up: {_last_line(wrong[0] if wrong else answer.stderr)}")


@contextmanager
def _password_file(account: Account, password: str) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix="reporting-")
    try:
        with open(handle, "w") as out:
            out.write(password + "\n")
        account.give(Path(name), 0o600)
        yield Path(name)
    finally:
        os.unlink(name)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
