"""What venues leave behind goes in time: spent codes after a day, ended devices and links, and the names of people who left."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, func, or_, update

from reporting.bootstrap import adapters
from reporting.models.account import Account
from reporting.models.workspace import DeviceCode, VenueDevice, VenueLink
from reporting.services.venue_staff import ENDED_NAME, ROLES

CODES_KEPT: Final = timedelta(days=1)
ENDED_KEPT: Final = timedelta(days=90)
"""Long enough to see on the lists what ended and when; then nothing but the audit trail's random ids is left."""


def sweeps() -> dict[str, Any]:
    """Name -> the statement that sweeps it. People who left keep an account without a name: reports and history point at it."""
    now = func.now()
    unused = ENDED_KEPT + timedelta(days=adapters().settings.venue_device_days)
    left = Account.role.in_(ROLES), Account.disabled_at < now - ENDED_KEPT, Account.name != ENDED_NAME
    nameless = {"name": ENDED_NAME, "email": None, "password_hash": None, "totp_sealed": None}
    return {
        "device_codes": delete(DeviceCode).where(DeviceCode.expires_at < now - CODES_KEPT),
        "devices": delete(VenueDevice).where(or_(VenueDevice.revoked_at < now - ENDED_KEPT, VenueDevice.seen_at < now - unused)),
        "links": delete(VenueLink).where(or_(VenueLink.revoked_at < now - ENDED_KEPT, VenueLink.expires_at < now - ENDED_KEPT)),
        "former_staff": update(Account).where(*left).values(**nameless),
    }
