"""The shapes that travel between the faces and the services: a report as it was sent, and what its filing answers."""

from dataclasses import dataclass, field
from datetime import datetime

Answer = str
"""`yes`, `no` or `unknown`; unknown is never no."""


@dataclass(frozen=True, slots=True)
class Location:
    """A point in WGS-84 degrees; `accuracy_m` is the radius in metres, None when the phone did not say."""

    lat: float
    lon: float
    accuracy_m: float | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """How a reporter may be reached; sealed before it is stored."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Hot:
    """The three answers about an item: hidden, obviously suspicious, typical here."""

    hidden: Answer = "unknown"
    obvious: Answer = "unknown"
    typical: Answer = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """A report as a person sent it, already validated. Times are aware; `observed_at_sent` is the device's own words."""

    category: str
    description: str = ""
    why_unusual: str = ""
    language: str | None = None
    location: Location | None = None
    reporter_location: Location | None = None
    place: str = ""
    venue: str | None = None
    moving_to: str = ""
    observed_at: datetime | None = None
    observed_at_sent: str | None = None
    still_there: Answer = "unknown"
    happening_now: Answer = "unknown"
    hot: Hot = field(default_factory=Hot)
    item_size: str | None = None
    owner_looked_for: Answer = "unknown"
    owner_found: Answer = "unknown"
    behaviours: tuple[str, ...] = ()
    already_told: tuple[str, ...] = ()
    about_staff: bool = False
    contact: Contact | None = None
    receipt_code: str | None = None
    expected_pictures: int = 0


@dataclass(frozen=True, slots=True)
class Sender:
    """Where a report came from: `address` is used for a day's keyed hash and never kept; `device_key` likewise."""

    address: str | None = None
    device_key: str | None = None
    filer: str = "public"
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class FiledReport:
    """The answer to a filing: the exact JSON bytes to send, and whether they repeat an earlier answer."""

    body: bytes
    replayed: bool
