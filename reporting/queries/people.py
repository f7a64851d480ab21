"""Who is behind a cookie or a token, in one statement."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Row, func, or_, select

from reporting.bootstrap import adapters
from reporting.extensions import db
from reporting.models.account import Account, Session, Token
from reporting.models.organisation import Organisation
from reporting.policy import Actor

_PERSON = (
    Account.id,
    Account.role,
    Account.name,
    Account.organisation_id,
    Account.venue_id,
    Account.desk_id,
    Organisation.name.label("organisation_name"),
    func.coalesce(Organisation.duty_desk, False).label("duty_desk"),
    func.coalesce(Organisation.level, "").label("level"),
)


@dataclass(frozen=True, slots=True)
class Credential:
    """A token or a session as the tables know it, by its keyed hash: enough to look after it, not to sign in with."""

    kind: Literal["token", "session"]
    mark: bytes


def credential(kind: Literal["token", "session"], secret: str) -> Credential:
    """What the tables know of a token or of a session's cookie."""
    return Credential(kind, adapters().seals.mark(kind, secret))


def by_credential(known: Credential) -> Actor | None:
    """The actor behind it, while it is neither revoked nor expired."""
    if known.kind == "token":
        return _by_token(known.mark)
    found = _by_session(known.mark)
    return found[0] if found else None


def by_session(cookie: str) -> tuple[Actor, bool] | None:
    """The actor of a live session and whether its last sign of life is old enough to be written down."""
    return _by_session(credential("session", cookie).mark)


def by_token(token: str) -> Actor | None:
    """The actor of a token that is neither revoked nor expired."""
    return _by_token(credential("token", token).mark)


def _by_session(mark: bytes) -> tuple[Actor, bool] | None:
    idle = timedelta(minutes=adapters().settings.session_idle_minutes)
    stale = (Session.seen_at < func.now() - timedelta(minutes=1)).label("stale")
    row = db.session.execute(
        _people(select(*_PERSON, stale).join(Session, Session.account_id == Account.id)).where(
            Session.hash == mark,
            Session.revoked_at.is_(None),
            Session.expires_at > func.now(),
            Session.seen_at > func.now() - idle,
        )
    ).one_or_none()
    return (_actor(row), row.stale) if row else None


def _by_token(mark: bytes) -> Actor | None:
    row = db.session.execute(
        _people(select(*_PERSON).join(Token, Token.account_id == Account.id)).where(
            Token.hash == mark,
            Token.revoked_at.is_(None),
            or_(Token.expires_at.is_(None), Token.expires_at > func.now()),
        )
    ).one_or_none()
    return _actor(row) if row else None


def by_account(account_id: str) -> Actor | None:
    """The actor of an account that is not disabled."""
    row = db.session.execute(_people(select(*_PERSON)).where(Account.id == account_id)).one_or_none()
    return _actor(row) if row else None


def _people(statement: Any) -> Any:
    return statement.outerjoin(Organisation, Organisation.id == Account.organisation_id).where(Account.disabled_at.is_(None))


def _actor(row: Row[Any]) -> Actor:
    return Actor(
        account_id=str(row.id),
        role=row.role,
        name=row.name,
        organisation_id=str(row.organisation_id) if row.organisation_id else None,
        organisation_name=row.organisation_name or "",
        venue_id=str(row.venue_id) if row.venue_id else None,
        desk_id=str(row.desk_id) if row.desk_id else None,
        duty_desk=row.duty_desk,
        level=row.level,
    )
