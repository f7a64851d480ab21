"""Accounts, their sign-in, their sessions and tokens. Secrets are shown once and stored as hashes or sealed."""

import base64
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import func, insert, select, update

from reporting.adapters import passwords
from reporting.adapters.seals import Place
from reporting.bootstrap import adapters
from reporting.domain.errors import NotFound, NotSignedIn, Refused
from reporting.domain.languages import N_
from reporting.extensions import db
from reporting.models.account import Account, Session, Token
from reporting.models.history import AuditEvent
from reporting.policy import NEEDS_SECOND_FACTOR, ROLES
from reporting.services.unit_of_work import Work, unit_of_work

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
"""One @ with something on both sides: whether it exists, only a letter tells."""
PASSWORD_LEAST = 12
FREE_FAILURES = 5
LONGEST_BLOCK_S = 900
TOTP_STEP_S = 30
WRONG = N_("The e-mail address, password or code is not right.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What an account is made from; ids are UUIDs as text."""

    role: str
    name: str
    email: str
    organisation_id: str | None = None
    venue_id: str | None = None
    desk_id: str | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """The secrets of a new account, shown once."""

    account_id: str
    password: str
    totp_secret: str


def create_account(new: NewAccount, password: str | None = None) -> Credentials:
    """Makes an account with a strong password and a one-time-code secret. Refuses unknown roles and short passwords."""
    if new.role not in ROLES:
        raise Refused(f"There is no role {new.role!r}; roles are {', '.join(ROLES)}.")
    if not EMAIL.fullmatch(new.email.strip()):
        raise Refused(f"{new.email!r} is no e-mail address.")
    chosen = password or new_secret(18)
    if len(chosen) < PASSWORD_LEAST:
        raise Refused(f"A password needs at least {PASSWORD_LEAST} characters.")
    secret = pyotp.random_base32(length=32)
    account_id = uuid.uuid4()
    place = Place("account", "totp_sealed", str(account_id))
    account = Account(
        id=account_id,
        role=new.role,
        name=new.name,
        email=new.email.strip().lower(),
        organisation_id=_uuid(new.organisation_id),
        venue_id=_uuid(new.venue_id),
        desk_id=_uuid(new.desk_id),
        password_hash=passwords.hashed(chosen),
        totp_sealed=adapters().seals.seal("totp", place, secret.encode()),
    )
    with unit_of_work() as work:
        if work.session.scalar(select(Account.id).where(Account.email == account.email)):
            raise Refused("There is an account with this e-mail address already.")
        work.session.add(account)
        _record(work, "account.created", account_id)
    return Credentials(str(account_id), chosen, secret)


def sign_in(email: str, password: str, code: str) -> str:
    """Opens a session and returns its cookie value.

    Raises NotSignedIn with one and the same sentence, after the same work, for an unknown address, a wrong password and a
    wrong code. Only wrong codes behind a right password are counted against the account: who does not know the password
    can lock nobody out, and who does has five tries before each further one has to wait.
    """
    wanted = email.strip().lower() if email.isprintable() else ""
    account = db.session.scalar(select(Account).where(Account.email == wanted, Account.disabled_at.is_(None)))
    db.session.rollback()
    right = passwords.matches(account.password_hash if account else None, password)
    if account is None or not right:
        _note_refusal(account.id if account else None)
        raise NotSignedIn(WRONG)
    if _blocked(account.blocked_until) or not _second_factor(account, code):
        _count_failure(account.id)
        raise NotSignedIn(WRONG)
    return _open_session(account.id)


def _note_refusal(account_id: uuid.UUID | None) -> None:
    """The same write whether the address is known or not, so that the time tells nothing."""
    with unit_of_work() as work:
        _record(work, "account.sign_in_refused", account_id)


def _blocked(until: datetime | None) -> bool:
    return until is not None and until > adapters().clock()


def _second_factor(account: Account, code: str) -> bool:
    """A code counts once: the time step it belongs to must be later than the last one used."""
    if account.role not in NEEDS_SECOND_FACTOR:
        return True
    place = Place("account", "totp_sealed", str(account.id))
    totp = pyotp.TOTP(adapters().seals.open("totp", place, bytes(account.totp_sealed or b"")).decode())
    step = int(adapters().clock().timestamp()) // TOTP_STEP_S
    matching = [
        each for each in (step, step - 1, step + 1) if pyotp.utils.strings_equal(totp.at(each * TOTP_STEP_S), code.strip())
    ]
    if not matching:
        return False
    used = update(Account).where(Account.id == account.id, Account.totp_step < matching[0]).values(totp_step=matching[0])
    with unit_of_work() as work:
        return work.change(used) == 1


def _count_failure(account_id: uuid.UUID) -> None:
    """A try while the account waits neither counts nor makes it wait longer."""
    with unit_of_work() as work:
        account = work.session.get_one(Account, account_id, with_for_update=True, populate_existing=True)
        if not _blocked(account.blocked_until):
            account.failures += 1
            if account.failures > FREE_FAILURES:
                wait = min(2 ** min(account.failures - FREE_FAILURES, 10), LONGEST_BLOCK_S)
                account.blocked_until = adapters().clock() + timedelta(seconds=wait)
        _record(work, "account.sign_in_refused", account_id)


def _open_session(account_id: uuid.UUID) -> str:
    cookie = new_secret(32)
    lasts = timedelta(hours=adapters().settings.session_hours)
    with unit_of_work() as work:
        work.session.execute(update(Account).where(Account.id == account_id).values(failures=0, blocked_until=None))
        work.session.add(
            Session(hash=adapters().seals.mark("session", cookie), account_id=account_id, expires_at=adapters().clock() + lasts)
        )
        _record(work, "account.signed_in", account_id)
    return cookie


def keep_alive(cookie: str) -> None:
    """Notes that a session is in use."""
    mark = adapters().seals.mark("session", cookie)
    with unit_of_work() as work:
        work.session.execute(update(Session).where(Session.hash == mark).values(seen_at=func.now()))


def sign_out(cookie: str) -> None:
    """Ends a session for good; repeating it is harmless."""
    mark = adapters().seals.mark("session", cookie)
    ended = update(Session).where(Session.hash == mark, Session.revoked_at.is_(None)).values(revoked_at=func.now())
    with unit_of_work() as work:
        account_id = work.session.execute(ended.returning(Session.account_id)).scalar_one_or_none()
        if account_id is not None:
            _record(work, "account.signed_out", account_id)


def issue_token(account_id: str, name: str, lasts: timedelta | None = None) -> str:
    """A token for programs, shown once; without `lasts` it holds until it is revoked."""
    token = "rpt_" + new_secret(32)
    with unit_of_work() as work:
        if work.session.get(Account, uuid.UUID(account_id)) is None:
            raise NotFound
        expires = adapters().clock() + lasts if lasts else None
        mark = adapters().seals.mark("token", token)
        work.session.add(Token(account_id=uuid.UUID(account_id), hash=mark, name=name, expires_at=expires))
        _record(work, "token.issued", uuid.UUID(account_id))
    return token


def revoke_tokens(account_id: str) -> int:
    """Revokes every token of an account and ends its sessions at once; returns how many were live."""
    key = uuid.UUID(account_id)
    with unit_of_work() as work:
        ended = 0
        for table in (Token, Session):
            statement = update(table).where(table.account_id == key, table.revoked_at.is_(None)).values(revoked_at=func.now())
            ended += work.change(statement)
        _record(work, "account.revoked", key)
    return ended


def revoke_keys(account_id: str, name: str | None = None) -> int:
    """Revokes an account's tokens, or those of one name; its sessions go on. Returns how many were live."""
    live = update(Token).where(Token.account_id == uuid.UUID(account_id), Token.revoked_at.is_(None))
    with unit_of_work() as work:
        ended = work.change((live if name is None else live.where(Token.name == name)).values(revoked_at=func.now()))
        _record(work, "token.revoked", uuid.UUID(account_id))
    return ended


def enable_account(account_id: str) -> None:
    """The account may sign in again, with its own password and code; what ended with its disabling stays ended."""
    with unit_of_work() as work:
        found = work.session.get(Account, uuid.UUID(account_id))
        if found is None:
            raise NotFound
        found.disabled_at = found.blocked_until = None
        found.failures = 0
        _record(work, "account.enabled", found.id)


def disable_account(account_id: str) -> None:
    """The account cannot sign in any more; its sessions and tokens stop at once."""
    with unit_of_work() as work:
        found = work.session.get(Account, uuid.UUID(account_id))
        if found is None:
            raise NotFound
        found.disabled_at = adapters().clock()
        _record(work, "account.disabled", found.id)


def new_secret(count: int) -> str:
    """`count` random bytes as URL-safe text."""
    return base64.urlsafe_b64encode(adapters().random.randbytes(count)).rstrip(b"=").decode()


def _uuid(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None


def _record(work: Work, action: str, account_id: uuid.UUID | None) -> None:
    """Without reading the row back: nobody who signs in may read the audit trail."""
    row = {"id": uuid.uuid4(), "actor_id": account_id, "action": action, "subject": "account", "subject_id": account_id}
    work.session.execute(insert(AuditEvent.__table__), row)


def renew_credentials(account_id: str) -> Credentials:
    """A new password and one-time-code secret; sessions and tokens of before end at once."""
    revoke_tokens(account_id)
    password, secret = new_secret(18), pyotp.random_base32(length=32)
    hashed = passwords.hashed(password)
    with unit_of_work() as work:
        account = work.session.get_one(Account, uuid.UUID(account_id), with_for_update=True)
        account.password_hash = hashed
        account.totp_sealed = adapters().seals.seal("totp", Place("account", "totp_sealed", account_id), secret.encode())
        account.totp_step = account.failures = 0
        account.blocked_until = None
        _record(work, "account.credentials_renewed", account.id)
    return Credentials(account_id, password, secret)
