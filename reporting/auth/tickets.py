"""Tickets for the live stream: a signed word, a minute long, that lets a program in at another port without its token."""

from typing import Final

from itsdangerous import BadSignature, URLSafeTimedSerializer

from reporting.bootstrap import adapters

LASTS_S: Final = 60


def ticket_for(account_id: str) -> str:
    """A ticket for this account."""
    return str(_signer().dumps(account_id))


def account_of(ticket: str) -> str | None:
    """The account a ticket was made for; None when it is forged or older than a minute."""
    try:
        return str(_signer().loads(ticket, max_age=LASTS_S))
    except BadSignature:
        return None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(adapters().seals.mark("ticket", "live").hex(), salt="live")
