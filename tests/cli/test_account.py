"""Commands for people and programs: what an administrator types, on a real database."""

import re
from typing import Any

import psycopg
import pyotp
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from reporting.bootstrap import plain_url
from reporting.cli.ground import environment_of
from reporting.cli.main import cli
from reporting.config import Settings
from tests.cast import Cast

pytestmark = pytest.mark.db


@pytest.fixture
def command(settings: Settings, cast: Cast) -> Any:
    def run(*words: str) -> Result:
        return CliRunner(env=environment_of(settings, owner=True)).invoke(cli, words)

    return run


def lives(client: FlaskClient, token: str) -> bool:
    return client.get("/api/v1/incidents", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_an_account_is_added_listed_disabled_and_enabled(command: Any) -> None:
    made = command("account", "add", "New@Example.org", "--role", "operator", "--organisation", "city", "--name", "New")
    assert re.fullmatch(r"password     \S{20,}\ncode secret  [A-Z2-7]{32}\n", made.output), made.output
    pyotp.TOTP(made.output.split()[-1]).now()
    assert re.search(r"new@example.org +operator +city +New\n", command("account", "list").output)
    assert command("account", "disable", "new@example.org").exit_code == 0
    assert "disabled" in next(line for line in command("account", "list").output.splitlines() if "new@" in line)
    assert command("account", "enable", "new@example.org").exit_code == 0
    assert "disabled" not in command("account", "list", "--organisation", "city").output


@pytest.mark.parametrize("email", ["nobody", "a@", "@b", "a b@c", "a@b@c"])
def test_what_is_no_address_is_refused_in_one_line(command: Any, email: str) -> None:
    refused = command("account", "add", email, "--role", "auditor", "--organisation", "city", "--name", "x")
    assert refused.exit_code == 1
    assert "is no e-mail address" in str(refused.output) + str(refused.exception)


def test_a_token_is_named_revoked_by_its_name_and_leaves_the_others(command: Any, client: FlaskClient, cast: Cast) -> None:
    first = command("key", "new", "aino@example.org", "--name", "wall screen").output.strip()
    second = command("key", "new", "aino@example.org", "--name", "archive").output.strip()
    assert lives(client, first) and lives(client, second)
    assert command("key", "revoke", "aino@example.org", "--name", "archive").output == "1 revoked.\n"
    assert lives(client, first) and not lives(client, second)
    listed = command("key", "list", "aino@example.org").output
    assert re.search(r"wall screen +since \S+  until it is revoked", listed)
    assert re.search(r"archive +since \S+  revoked", listed)
    assert first not in listed
    assert command("key", "revoke", "aino@example.org", "--name", "archive").exit_code == 1


def test_a_reset_ends_what_was_before(command: Any, client: FlaskClient, cast: Cast, settings: Settings) -> None:
    token = command("key", "new", "bo@example.org", "--name", "x").output.strip()
    made = command("account", "reset", "bo@example.org")
    assert made.output.startswith("password     ")
    assert not lives(client, token)
    with psycopg.connect(plain_url(settings.database_owner_url)) as owner:
        row = owner.execute("select failures, blocked_until from account where email = 'bo@example.org'").fetchone()
    assert row == (0, None)
