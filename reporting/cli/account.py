"""Commands for people and programs that sign in. Secrets are printed once and kept nowhere else."""

import click
from sqlalchemy import select

from reporting.cli.ground import on_the_ground
from reporting.domain.errors import Refused
from reporting.extensions import db
from reporting.models.account import Account, Token
from reporting.models.organisation import Organisation
from reporting.models.venue import Venue
from reporting.policy import ROLES
from reporting.services import accounts
from reporting.services.accounts import Credentials, NewAccount


@click.group()
def account() -> None:
    """People who sign in."""


@account.command()
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--organisation", help="Slug of the organisation.")
@click.option("--venue", help="Key of the venue, for its staff.")
@click.option("--name", required=True, help="How colleagues see them.")
def add(email: str, organisation: str | None, venue: str | None, **told: str) -> None:
    """Make an account and print its password and one-time-code secret, once."""
    with on_the_ground():
        room = str(_organisation(organisation)) if organisation else None
        premises = str(_venue(venue)) if venue else None
        made = accounts.create_account(NewAccount(email=email, organisation_id=room, venue_id=premises, **told))
    _show(made)


@account.command("list")
@click.option("--organisation", help="Slug of the organisation; everybody without it.")
def list_accounts(organisation: str | None) -> None:
    """Show who may sign in: address, role, organisation or venue, name, and whether the account is disabled or waits."""
    wanted = (
        select(Account, Organisation.slug, Venue.key)
        .outerjoin(Organisation, Organisation.id == Account.organisation_id)
        .outerjoin(Venue, Venue.id == Account.venue_id)
        .order_by(Account.email)
    )
    with on_the_ground():
        room = _organisation(organisation) if organisation else None
        for each, slug, venue in db.session.execute(wanted.where(Account.organisation_id == room) if room else wanted):
            state = "disabled" if each.disabled_at else "waits after wrong codes" if each.blocked_until else ""
            click.echo(f"{each.email or '-':<36} {each.role:<14} {slug or venue or '-':<20} {each.name:<24} {state}".rstrip())


@account.command()
@click.argument("email")
def reset(email: str) -> None:
    """Print a new password and one-time-code secret, once; everything of before ends, also a wait after wrong codes."""
    with on_the_ground():
        made = accounts.renew_credentials(str(_account(email)))
    _show(made)


@account.command()
@click.argument("email")
def enable(email: str) -> None:
    """Let a disabled account in again, with its own password; its tokens stay revoked."""
    with on_the_ground():
        accounts.enable_account(str(_account(email)))
    click.echo("Enabled.")


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


@key.command("list")
@click.argument("email")
def list_keys(email: str) -> None:
    """Show an account's tokens by name, and whether they still hold; the tokens themselves are kept nowhere."""
    with on_the_ground():
        wanted = select(Token).where(Token.account_id == _account(email)).order_by(Token.created_at)
        for each in db.session.scalars(wanted):
            ends = f"until {each.expires_at:%Y-%m-%d %H:%M} UTC" if each.expires_at else "until it is revoked"
            click.echo(f"{each.name:<30} since {each.created_at:%Y-%m-%d}  {'revoked' if each.revoked_at else ends}")


@key.command()
@click.argument("email")
@click.option("--name", help="Only the tokens of this name.")
def revoke(email: str, name: str | None) -> None:
    """Revoke an account's tokens at once. Its sessions go on; `reporting account disable` ends those too."""
    with on_the_ground():
        count = accounts.revoke_keys(str(_account(email)), name)
    if not count:
        raise Refused("There was no such token to revoke.")
    click.echo(f"{count} revoked.")


def _show(made: Credentials) -> None:
    click.echo(f"password     {made.password}\ncode secret  {made.totp_secret}")


def _venue(key: str) -> object:
    found = db.session.scalar(select(Venue.id).where(Venue.key == key))
    if found is None:
        raise Refused(f"There is no venue {key}.")
    return found


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
