"""What a channel is: it gets one opened letter and says what became of it. It keeps nothing and decides no time."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from reporting.adapters.channels import Channels
from reporting.adapters.outbound import Outbound
from reporting.domain.deliveries import LONGEST_WAIT
from reporting.services.sending import Result
from worker.delivery.words import Words

OUR_FAULT: Final = frozenset((401, 403, 407))
"""A key or password that we hold is wrong: no fault of the letter, and a person can mend it."""
LATER: Final = frozenset((408, 425, 429))


@dataclass(frozen=True, slots=True)
class Letter:
    """An opened letter. `address` is for this one attempt and stands in no text of the letter's own. `short_url` opens its page
    and stops it, `stop_url` stops it by a mail program's own button, `never_url` keeps us away from the address for good.
    `asks`: it only asks whether messages are wanted."""

    id: uuid.UUID
    address: bytes = field(repr=False)
    words: Words
    now: datetime
    stop_url: str = field(default="", repr=False)
    short_url: str = field(default="", repr=False)
    never_url: str = field(default="", repr=False)
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Outside:
    """What channels reach the world with."""

    channels: Channels
    http: Outbound
    ca_file: str = ""


Channel = Callable[[Letter, Outside], Result]
"""Sends the letter. Raises nothing for what the other side does; an error of ours may leave it."""


def off() -> Result:
    """The town has switched the channel off since: a person may switch it on and send again."""
    return Result("again", "switched_off")


def result_of(status: int, retry_after: str = "") -> Result:
    """What an HTTP status means for a letter: taken, never, or later."""
    note = f"status_{status}"
    if status in LATER or status in OUR_FAULT:
        return Result("again", note, wait=asked_wait(retry_after))
    if 400 <= status < 500:
        return Result("refused", note)
    return Result("again", note, service_away=True, wait=asked_wait(retry_after))


def asked_wait(told: str) -> timedelta | None:
    """`Retry-After` in seconds, no longer than we wait ourselves; a date or nonsense is passed over."""
    return min(timedelta(seconds=int(told)), LONGEST_WAIT) if told.isascii() and told.isdigit() and len(told) < 6 else None
