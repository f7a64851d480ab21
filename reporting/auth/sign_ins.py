"""The door of both sign-in pages: our own form, a limit of wrong tries for each network, and how a refusal is answered."""

from typing import Final

from flask import Request, Response

from reporting.auth import sessions
from reporting.auth.guesses import SIGN_INS
from reporting.auth.senders import client_address, network_of
from reporting.domain.errors import DomainError, Forbidden, NotSignedIn, SignInsCrowded, TooManySignIns
from reporting.services import accounts

STATUS: Final[dict[type[DomainError], int]] = {NotSignedIn: 401, Forbidden: 403, TooManySignIns: 429, SignInsCrowded: 503}
REFUSALS: Final = tuple(STATUS)
CROWDED_S: Final = 2


def sign_in(request: Request, code: str) -> str:
    """Opens a session for what the form says and returns its cookie value; raises one of REFUSALS.

    A network with too many wrong tries waits before anything is hashed: hashing is what an attacker would make us pay.
    """
    sessions.require_own_form()
    network = network_of(client_address(request)) or ""
    seconds = SIGN_INS.wait(network)
    if seconds:
        raise TooManySignIns(seconds)
    try:
        return accounts.sign_in(request.form.get("email", ""), request.form.get("password", ""), code)
    except NotSignedIn:
        SIGN_INS.wrong(network)
        raise


def as_refusal(form: Response, refused: DomainError) -> Response:
    """The form again, with the status of the refusal and when to come back."""
    form.status_code = STATUS[type(refused)]
    if isinstance(refused, TooManySignIns):
        form.headers["Retry-After"] = str(refused.seconds)
    elif isinstance(refused, SignInsCrowded):
        form.headers["Retry-After"] = str(CROWDED_S)
    return form
