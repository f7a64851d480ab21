"""The shapes that travel between the faces and the services: a report as it was sent, and what its filing answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reporting.domain.facts import Answer, Hot, Point


@dataclass(frozen=True, slots=True)
class Contact:
    """How a reporter may be reached; sealed before it is stored."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """A report as a person sent it, already validated. Times are aware; `observed_at_sent` is the device's own words."""

    category: str
    description: str = ""
    why_unusual: str = ""
    language: str | None = None
    location: Point | None = None
    reporter_location: Point | None = None
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
    """Where a report came from: `address` is used for a day's keyed hash and never kept; `device_key` likewise.

    `filer` is `public`, `staff` or `control_room`; `account_id` is set when somebody signed in filed it.
    """

    address: str | None = None
    device_key: str | None = None
    filer: str = "public"
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """One attempt to file: the validated report, who sent it, the key that makes a retry harmless, and what was sent.

    `sent` is the request as parsed, before validation: a second body under the same key is compared with it.
    """

    new: NewReport
    sender: Sender
    key: str
    sent: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FiledReport:
    """The answer to a filing: the exact JSON bytes to send, and whether they repeat an earlier answer."""

    body: bytes
    replayed: bool
