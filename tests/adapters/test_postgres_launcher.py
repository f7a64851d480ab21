"""The embedded server in peace: made, started, used by its three roles, stopped, started again."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from reporting.adapters.postgres.home import LONGEST_SOCKET_FOLDER
from reporting.adapters.postgres.launcher import Cluster, ServerSettings, launch, prepare
from reporting.adapters.postgres.leftovers import holders

pytestmark = pytest.mark.db

QUICK = ServerSettings(fsync=False, shared_buffers_mb=32)
SYSTEM_VERSIONS = sorted(str(folder) for folder in Path("/usr/lib/postgresql").glob("*/bin"))


def connect(url: str, database: str = "reporting") -> psycopg.Connection:
    address = url.replace("postgresql+psycopg://", "postgresql://").replace("/reporting?", f"/{database}?")
    return psycopg.connect(address, autocommit=True)


def ask(cluster: Cluster, statement: str) -> object:
    with connect(cluster.superuser_url) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that every account can reach, as a project folder usually is."""
    with tempfile.TemporaryDirectory(prefix="reporting-test-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder) / "data"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """One running server for the tests that only look."""
    with tempfile.TemporaryDirectory(prefix="reporting-test-") as folder:
        os.chmod(folder, 0o755)
        running = launch(Path(folder), QUICK)
        yield running
        running.stop()


@pytest.mark.parametrize("role", ["app", "owner", "superuser"])
def test_every_role_gets_in_with_its_own_address(cluster: Cluster, role: str) -> None:
    names = {"app": "reporting_app", "owner": "reporting_owner", "superuser": "postgres"}
    with connect(getattr(cluster, f"{role}_url")) as connection:
        row = connection.execute("SELECT session_user::text, current_database()::text").fetchone()
    assert row == (names[role], "reporting")


def test_nobody_gets_in_without_the_password(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(cluster.app_url.replace(cluster.passwords["reporting_app"], "guess"))


def test_the_application_owns_nothing_and_may_only_connect(cluster: Cluster) -> None:
    powers = "rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication"
    weak = "rolname IN ('reporting_app', 'reporting_owner')"
    assert ask(cluster, f"SELECT bool_or({powers}) FROM pg_roles WHERE {weak}") is False
    with connect(cluster.app_url) as connection:
        for statement in ("CREATE TABLE public.mine (id int)", "CREATE TEMPORARY TABLE mine (id int)", "CREATE SCHEMA mine"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect(cluster.app_url, database="postgres")


def test_the_owner_makes_tables_and_owns_database_and_schema(cluster: Cluster) -> None:
    with connect(cluster.owner_url) as connection:
        connection.execute("CREATE TABLE made_by_owner (id int)")
        connection.execute("DROP TABLE made_by_owner")
    assert ask(cluster, "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'") == "reporting_owner"
    assert ask(cluster, "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'reporting'") == "reporting_owner"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_addresses", ""),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("password_encryption", "scram-sha-256"),
        ("synchronous_commit", "on"),
        ("jit", "off"),
        ("max_connections", "100"),
        ("shared_buffers", "32MB"),
        ("fsync", "off"),
        ("TimeZone", "UTC"),
        ("log_error_verbosity", "terse"),
    ],
)
def test_the_server_runs_with_our_settings(cluster: Cluster, setting: str, value: str) -> None:
    assert ask(cluster, f"SHOW {setting}") == value


def test_capital_letters_are_known_beyond_ascii(cluster: Cluster) -> None:
    assert ask(cluster, "SELECT lower('ÄÖÅ')") == "äöå"


def test_the_socket_is_private_and_its_path_short(cluster: Cluster) -> None:
    rights = cluster.socket_folder.stat()
    assert stat.S_IMODE(rights.st_mode) == 0o700
    assert len(os.fsencode(cluster.socket_folder)) <= LONGEST_SOCKET_FOLDER


def test_the_record_is_for_its_owner_and_passwords_stay_out_of_words(cluster: Cluster) -> None:
    assert stat.S_IMODE((cluster.data / "cluster.json").stat().st_mode) == 0o600
    assert not any(password in repr(cluster) for password in cluster.passwords.values())
    assert len(set(cluster.passwords.values())) == 3


def test_the_server_never_runs_as_root(cluster: Cluster) -> None:
    pid = cluster.pid
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_preparing_again_leaves_a_running_server_alone(cluster: Cluster) -> None:
    before = cluster.pid
    again = prepare(cluster.data)
    assert (again.pid, again.app_url, again.is_alive()) == (before, cluster.app_url, True)


def test_a_second_start_keeps_data_and_addresses(data: Path) -> None:
    first = launch(data, QUICK)
    with connect(first.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS figure")
    first.stop()
    assert (first.is_alive(), first.pid, holders(first.home)) == (False, None, [])
    second = launch(data)
    try:
        assert second.app_url == first.app_url
        assert ask(second, "SELECT figure FROM kept") == 7
        assert ask(second, "SHOW fsync") == "off"  # the settings of the first start are remembered
    finally:
        second.stop()


def test_durable_is_what_you_get_unasked(data: Path) -> None:
    running = launch(data)
    try:
        assert ask(running, "SHOW fsync") == "on"
        assert ask(running, "SHOW full_page_writes") == "on"
        assert ask(running, "SHOW shared_buffers") == "256MB"
    finally:
        running.stop()


def test_a_long_path_gets_its_socket_elsewhere(data: Path) -> None:
    running = launch(data / ("long" * 30), QUICK)
    try:
        assert ask(running, "SELECT 1") == 1
        assert len(os.fsencode(running.socket_folder)) <= LONGEST_SOCKET_FOLDER
        assert stat.S_IMODE(running.socket_folder.stat().st_mode) == 0o700
    finally:
        running.stop()
        running.socket_folder.rmdir()


def test_a_path_with_odd_characters_works(data: Path) -> None:
    running = launch(data / 'it\'s, a "folder" %20', QUICK)
    try:
        assert ask(running, "SELECT 1") == 1
    finally:
        running.stop()
        running.socket_folder.rmdir()


def test_a_data_folder_may_be_moved(data: Path) -> None:
    first = launch(data, QUICK)
    first.stop()
    moved = data.rename(data.with_name("moved"))
    second = launch(moved)
    try:
        assert second.passwords == first.passwords
        assert ask(second, "SELECT 1") == 1
    finally:
        second.stop()


@pytest.mark.parametrize("binaries", SYSTEM_VERSIONS)
def test_the_distributions_server_serves_as_well(data: Path, binaries: str) -> None:
    running = launch(data, ServerSettings(fsync=False, shared_buffers_mb=32, binaries=binaries))
    try:
        assert str(ask(running, "SHOW server_version")).startswith(Path(binaries).parent.name)
        assert ask(running, "SELECT lower('ÄÖÅ')") == "äöå"
    finally:
        running.stop()
