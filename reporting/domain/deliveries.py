"""Letters to people outside: what they say, which is never what a report says, and how often one is tried.

A letter only says that something waits on a page. It names no report, no place and no code, because mail, text messages and a
phone's lock screen are read by others too. Every text here goes through the language catalogues before anybody sees it.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from reporting.domain.errors import Problem, Refused

MAIL: Final = "mail"
PUSH: Final = "push"
SMS: Final = "sms"
CHANNELS: Final = (PUSH, MAIL, SMS)

MOST_ATTEMPTS: Final = 5
FIRST_WAIT: Final = timedelta(seconds=5)
LONGER_EACH_TIME: Final = 8
LONGEST_WAIT: Final = timedelta(minutes=30)
"""Five attempts at 0 s, 5 s, 45 s, 6 min and 36 min: a server that is dark for half an hour loses nothing."""
TOO_OLD: Final = timedelta(hours=24)
"""What has waited longer for a server that nobody reaches becomes a dead letter, however few its attempts."""
KEPT_AFTER_CLOSING: Final = timedelta(hours=24)
"""A last letter that still waits keeps its address for so long after its report is closed, and no longer."""
HISTORY_KEPT: Final = timedelta(days=30)
MOST_OF_ONE: Final = 5
"""Ways to be told that one report or one account may have."""


@dataclass(frozen=True, slots=True)
class Template:
    """What a letter says in English, and the page it leads to. `short` is for a lock screen or a text message."""

    text: str
    short: str
    page: str


TEMPLATES: Final[dict[str, Template]] = {
    "answer": Template(
        text="There is an answer to your report. Open the page and enter your code.",
        short="There is an answer to your report. Open the page and enter your code.",
        page="/follow-up",
    ),
    "notice": Template(
        text="There is a notice for you. Open your page to read it.",
        short="There is a notice for you. Open your page to read it.",
        page="/venue/",
    ),
    "first_look": Template(
        text="The control room asks you something. Open your page to read it.",
        short="The control room asks you something. Open your page to read it.",
        page="/venue/",
    ),
    "unanswered": Template(
        text="Something waits in the control room, and nobody has answered it. Open the console.",
        short="Something waits in the control room. Open the console.",
        page="/control/",
    ),
}
"""Name of a letter -> its words. None of them tells what was reported, where, or by whom."""

SUBJECT: Final = "A message for you from %(name)s"
WHY: Final = "You asked to be told by mail."
STOP: Final = "To stop these messages, open this page:"

_MAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)
_NUMBER: Final = re.compile(r"\+?[0-9]{6,15}")
_LONGEST_MAIL: Final = 254


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts went wrong."""
    return min(FIRST_WAIT * LONGER_EACH_TIME ** min(max(0, attempts - 1), MOST_ATTEMPTS), LONGEST_WAIT)


def mail_address(told: str) -> str:
    """A mail address as servers understand it; raises Refused."""
    address = told.strip()
    local, _, host = address.rpartition("@")
    try:
        address = f"{local}@{host.encode('idna').decode()}" if not host.isascii() else address
    except UnicodeError:
        address = ""
    if len(address) > _LONGEST_MAIL or ".." in address or not _MAIL.fullmatch(address):
        raise Refused("This is no mail address.", (Problem("address", "invalid", "Write it like name@example.org."),))
    return address


def phone_number(told: str) -> str:
    """A number to send text messages to: digits, with the country's code after a plus sign; raises Refused."""
    number = re.sub(r"[\s().\-/]", "", told)
    if not _NUMBER.fullmatch(number):
        raise Refused("This is no phone number.", (Problem("address", "invalid", "Write digits, with + and the country code."),))
    return number
