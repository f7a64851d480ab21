"""How a venue's browser is known that nobody is signed in on: its device's key, a signed link, and the pass of a queued report.

A pass is what a page puts beside a report that may have to wait for a connection: a signed word that says whose device it is. It
lets file and nothing else, needs no cookie and no open session when the report goes out at last, and ends with the device.
"""

import base64
import hmac
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from flask import Request, Response, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from reporting.auth.guesses import Guesses
from reporting.auth.senders import client_address, network_of
from reporting.auth.sessions import DEVICE_COOKIE, LINK_COOKIE
from reporting.bootstrap import adapters
from reporting.domain.errors import TooManySignIns
from reporting.policy import Actor, decide
from reporting.queries import devices, people
from reporting.queries.devices import Device

LASTS: Final = timedelta(days=400)
"""What browsers keep at most; how long a device may stay unused is a setting."""
HEADER: Final = "Staff-Pass"
PASS_DAYS: Final = 7
"""A page that is open for longer asks for a new one; a queued report is sent within a day or not at all."""
ACCOUNT_PASS: Final = timedelta(hours=25)
"""Of somebody who signed in by mail and has no device: the day a report may wait, and an hour."""
ID_BYTES: Final = 32
LINK_MARK_BYTES: Final = 13
"""104 bits: nobody guesses one, and the whole takes no padding."""
CODES: Final = Guesses()
"""Wrong sign-in codes of a network."""


def device_key() -> str | None:
    """The device's key in this browser."""
    return request.cookies.get(DEVICE_COOKIE)


def set_device(response: Response, key: str) -> Response:
    """Puts a device's key into the browser, for as long as browsers keep one; a link for reporting only is of no more use."""
    response.set_cookie(DEVICE_COOKIE, key, max_age=LASTS, secure=True, httponly=True, samesite="Lax", path="/")
    response.delete_cookie(LINK_COOKIE, secure=True, httponly=True, samesite="Lax", path="/")
    return response


def clear_device(response: Response) -> Response:
    """Takes the device's key out of the browser."""
    response.delete_cookie(DEVICE_COOKIE, secure=True, httponly=True, samesite="Lax", path="/")
    return response


def set_link(response: Response, token: str) -> Response:
    """Lets the browser report by a venue's link until it is closed."""
    response.set_cookie(LINK_COOKIE, token, secure=True, httponly=True, samesite="Lax", path="/")
    return response


def device() -> Device | None:
    """The device this request comes from, while it is neither revoked nor forgotten."""
    key = device_key()
    return devices.by_key(key) if key else None


def holder(action: str) -> Actor | None:
    """Who may do the action without being signed in: a device of staff, else whoever holds a venue's link."""
    found = device()
    if found is not None and decide(found.actor, action).allowed:
        return found.actor
    actor = link_holder(request.cookies.get(LINK_COOKIE, ""))
    return actor if actor is not None and decide(actor, action).allowed else None


def link_token(link_id: str, venue_id: str) -> str:
    """The signed word in the address of a venue's link: two ids and a mark of ours, short enough for a small QR code."""
    ids = uuid.UUID(link_id).bytes + uuid.UUID(venue_id).bytes
    return base64.urlsafe_b64encode(ids + _link_mark(ids)).decode()


def link_holder(token: str) -> Actor | None:
    """Who this signed word lets in; None where it is forged, revoked or too old."""
    try:
        said = base64.b64decode(token, altchars=b"-_", validate=True)
    except ValueError:
        return None
    ids, mark = said[:ID_BYTES], said[ID_BYTES:]
    if len(ids) != ID_BYTES or not hmac.compare_digest(mark, _link_mark(ids)):
        return None
    return devices.by_link(uuid.UUID(bytes=ids[:16]), uuid.UUID(bytes=ids[16:]))


def _link_mark(ids: bytes) -> bytes:
    return adapters().seals.mark("venue link", ids.hex())[:LINK_MARK_BYTES]


def pass_for(actor: Actor, known: Device | None) -> str:
    """The pass of this browser's queued reports: its device's, else that of the account that is signed in; empty for nobody."""
    if known is not None and known.actor.account_id == actor.account_id:
        return str(_passes().dumps(["device", known.id, actor.venue_id]))
    if not actor.account_id or actor.role not in ("venue_staff", "venue_manager"):
        return ""
    return str(_passes().dumps(["account", actor.account_id, actor.venue_id]))


def by_pass(given: str) -> Actor | None:
    """Whose report this is; None for a pass that is forged, too old, or whose device was revoked: then it is the public's."""
    try:
        (kind, key, venue_id), made = _passes().loads(given, max_age=PASS_DAYS * 86_400, return_timestamp=True)
    except BadSignature:
        return None
    if kind == "device":
        found = devices.by_id(uuid.UUID(key), uuid.UUID(venue_id))
        return found.actor if found else None
    return people.by_account(key) if datetime.now(UTC) - made < ACCOUNT_PASS else None


def require_few_wrong_codes(asked: Request) -> str:
    """The network a code comes from; raises TooManySignIns where too many wrong ones came from it, before any is looked up."""
    network = network_of(client_address(asked)) or ""
    seconds = CODES.wait(network)
    if seconds:
        raise TooManySignIns(seconds)
    return network


def _passes() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(adapters().seals.mark("staff pass", "signed").hex(), salt="staff pass")
