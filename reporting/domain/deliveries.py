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
CONFIRM: Final = "confirm"
CONFIRM_WITHIN: Final = timedelta(hours=72)
"""An address that nobody confirmed for so long is forgotten."""
ASKED_A_DAY: Final = 2
ASKED_IN_ALL: Final = 4
ASKED_DAYS: Final = 7
"""One address is asked twice a day and four times in seven days at most, however many reports name it."""
ADDRESSES_A_DAY: Final = 4
PLACES_A_DAY: Final = 40
"""So many different addresses one report or account may have asked in a day; a venue or a room, which has lists, more."""


@dataclass(frozen=True, slots=True)
class Template:
    """What a letter says in English, and the page it leads to. `short` is for a lock screen, `sms` for a text message, before
    the short link that opens the page and stops the messages. `named`: it carries a name of ours, such as that of a desk."""

    text: str
    short: str
    sms: str
    page: str
    named: bool = False


TEMPLATES: Final[dict[str, Template]] = {
    "answer": Template(
        text="There is an answer to your report. Open the page and enter your code.",
        short="There is an answer to your report. Open the page and enter your code.",
        sms="There is an answer for you. Read or stop:",
        page="/follow-up",
    ),
    CONFIRM: Template(
        text="Do you want messages from us at this address? Open this page to say yes.",
        short="Do you want messages from us? Open this page to say yes.",
        sms="Do you want our messages? Yes or no:",
        page="",
    ),
    "notice": Template(
        text="There is a notice for you. Open the venue page to read it.",
        short="There is a notice for you. Open the venue page to read it.",
        sms="Please open the venue page. Open or stop:",
        page="/venue/",
    ),
    "first_look": Template(
        text="Please open the venue page. The control room asks you something.",
        short="Please open the venue page. The control room asks you something.",
        sms="Please open the venue page. Open or stop:",
        page="/venue/",
    ),
    "unanswered": Template(
        text="An incident waits for you at %(place)s. Open the console.",
        short="An incident waits for you at %(place)s. Open the console.",
        sms="An incident waits at %(place)s. Open or stop:",
        page="/control/",
        named=True,
    ),
}
"""Name of a letter -> its words. None of them tells what was reported, where, or by whom; `confirm` does not even say that
anything was. A page that is empty is the way's own short link."""

SUBJECT: Final = "A message for you from %(name)s"
WHY: Final = "You asked to be told by mail."
STOP: Final = "To stop these messages, open this page:"
ONCE: Final = "Without a yes we do not write again, and forget this address."
NOT_ME: Final = "Somebody else gave us this address? Open this page, and we never write to it:"

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
