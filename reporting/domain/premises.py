"""What a venue says of itself: the four procedures, contacts and their hours, and what counts as a PIN."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

PROCEDURES: Final = ("evacuation", "invacuation", "lockdown", "communication")
"""The four that UK law asks of premises for 200 people and more (Terrorism (Protection of Premises) Act 2025)."""
MOST_CONTACTS: Final = 8
MOST_STEPS: Final = 20
MOST_LINES: Final = 40
LONGEST_LINE: Final = 200
LONGEST_NUMBER: Final = 9
LARGEST_CAPACITY: Final = 500_000
PIN: Final = re.compile(r"[0-9]{4,8}")
PIN_TRIES: Final = 5
"""Wrong PINs before a device wants a new code."""
CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call. `days` are weekdays, 0 is Monday; none means every day. `start` and `until` are "HH:MM" in the installation's
    zone, empty for round the clock; an end before the beginning is on the next day. `mail`, and with `sms` the phone, are told as
    well that something waits on the venue's page."""

    name: str
    role: str
    phone: str
    days: tuple[int, ...] = ()
    start: str = ""
    until: str = ""
    mail: str = ""
    sms: bool = False

    def as_json(self) -> dict[str, Any]:
        """As the table keeps it."""
        return {**asdict(self), "days": list(self.days)}


def contact_from(kept: Mapping[str, Any]) -> Contact:
    """A contact as the table keeps it."""
    return Contact(**{**kept, "days": tuple(kept.get("days", ()))})


def answers(contact: Contact, local: datetime) -> bool:
    """Whether this contact is the one to call at this moment, given in the installation's zone."""
    if not contact.start or not contact.until:
        return not contact.days or local.weekday() in contact.days
    clock = f"{local:%H:%M}"
    overnight = contact.until <= contact.start
    begun_today = contact.start <= clock and (overnight or clock < contact.until)
    begun_yesterday = overnight and clock < contact.until
    return (begun_today and _on(contact, local)) or (begun_yesterday and _on(contact, local - timedelta(days=1)))


def _on(contact: Contact, local: datetime) -> bool:
    return not contact.days or local.weekday() in contact.days


def one_line(text: str) -> str:
    """Words as they are stored: without control characters, which no table takes, and with single blanks."""
    return " ".join("".join(each if unicodedata.category(each) != "Cc" else " " for each in text).split())


def lines_of(text: str) -> tuple[str, ...]:
    """The lines that say something, without blanks around them."""
    return tuple(line for each in text.splitlines() if (line := one_line(each)))


def number_in(text: str) -> int:
    """A number of a form; -1 for what is none."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else -1


def too_easy(pin: str) -> bool:
    """A PIN that is guessed first: one digit over and over, or digits in a row."""
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps in ({0}, {1}, {-1})


def kept_lines(text: str, most: int = MOST_LINES) -> str:
    """A list as it is stored: one line for each entry. Raises ValueError where there are too many or one is too long."""
    lines = lines_of(text)
    if len(lines) > most:
        raise ValueError(f"Write at most {most} lines.")
    if any(len(line) > LONGEST_LINE for line in lines):
        raise ValueError(f"Write at most {LONGEST_LINE} characters in a line.")
    return "\n".join(lines)


def in_order(contacts: Sequence[Contact], local: datetime) -> list[tuple[Contact, bool]]:
    """Contacts with whether they answer now; who does comes first, else as the venue wrote them down."""
    told = [(each, answers(each, local)) for each in contacts]
    return sorted(told, key=lambda pair: not pair[1])
