"""Commands for people and programs that sign in. Secrets are printed once and kept nowhere else."""

import click
from sqlalchemy import select

from reporting.cli.ground import on_the_ground
from reporting.domain.errors import Refused
from reporting.extensions import db
from reporting.models.account import Account
from reporting.models.organisation import Organisation
from reporting.policy import ROLES
from reporting.services import accounts
from reporting.services.accounts import NewAccount


@click.group()
def account() -> None:
    """People who sign in."""


@account.command()
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--organisation", help="Slug of the organisation.")
@click.option("--name", required=True, help="How colleagues see them.")
def add(email: str, role: str, organisation: str | None, name: str) -> None:
    """Make an account and print its password and one-time-code secret, once."""
    with on_the_ground():
        key = str(_organisation(organisation)) if organisation else None
        made = accounts.create_account(NewAccount(role=role, name=name, email=email, organisation_id=key))
    click.echo(f"password     {made.password}\ncode secret  {made.totp_secret}")


@account.command()
@click.argument("email")
def disable(email: str) -> None:
    """End the account's sessions and tokens at once, and let it in no more."""
    with on_the_ground():
        key = str(_account(email))
        accounts.disable_account(key)
        accounts.revoke_tokens(key)
    click.echo("Disabled.")


@click.group()
def key() -> None:
    """Tokens for programs."""


@key.command("new")
@click.argument("email")
@click.option("--name", required=True, help="What it is for.")
def new_key(email: str, name: str) -> None:
    """Issue a token for an account and print it, once."""
    with on_the_ground():
        token = accounts.issue_token(str(_account(email)), name)
    click.echo(token)


@key.command()
@click.argument("email")
def revoke(email: str) -> None:
    """Revoke every token and session of an account at once."""
    with on_the_ground():
        count = accounts.revoke_tokens(str(_account(email)))
    click.echo(f"{count} ended.")


def _account(email: str) -> object:
    found = db.session.scalar(select(Account.id).where(Account.email == email.strip().lower()))
    if found is None:
        raise Refused(f"There is no account {email}.")
    return found


def _organisation(slug: str) -> object:
    found = db.session.scalar(select(Organisation.id).where(Organisation.slug == slug))
    if found is None:
        raise Refused(f"There is no organisation {slug}.")
    return found
