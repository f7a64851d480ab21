"""Tickets for the live stream: a signed word, a minute long, that lets a program in at another port without its token.

A ticket names the credential it was got with, by its keyed hash, and not only the account: what it opened ends with that
credential, when it is revoked, signed out or expired.
"""

from typing import Final

from itsdangerous import BadSignature, URLSafeTimedSerializer

from reporting.bootstrap import adapters
from reporting.queries.people import Credential

LASTS_S: Final = 60


def ticket_for(credential: Credential) -> str:
    """A ticket for whoever holds this credential."""
    return str(_signer().dumps([credential.kind, credential.mark.hex()]))


def credential_of(ticket: str) -> Credential | None:
    """The credential a ticket was made for; None when it is forged or older than a minute."""
    try:
        kind, mark = _signer().loads(ticket, max_age=LASTS_S)
    except BadSignature:
        return None
    return Credential(kind, bytes.fromhex(mark))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(adapters().seals.mark("ticket", "live").hex(), salt="live")
