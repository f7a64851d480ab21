"""The sender: takes letters up by their ids, opens one address at a time, in memory, and keeps what became of each letter.

The message that rings for it holds ids of letters and nothing else; the row is the letter. What is logged is the kind of result.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from reporting.adapters.channels import inner_places
from reporting.adapters.outbound import Outbound
from reporting.bootstrap import adapters
from reporting.domain.deliveries import CONFIRM, PUSH
from reporting.services.addresses import is_stopped, never_word
from reporting.services.line import where
from reporting.services.sending import Parcel, Result, keep, put_off, services_of, take
from reporting.services.short_links import PATH, word_of
from reporting.services.subscriptions import stop_token
from worker.delivery.channel import Letter, Outside
from worker.delivery.channels import CHANNELS
from worker.delivery.lanes import Lanes, Rests
from worker.delivery.words import words_of

log: Final = structlog.get_logger()


class Sender:
    """Sends letters, each service in its own lane. One for each process."""

    def __init__(self, app: Flask, outside: Outside | None = None, rests: Rests | None = None) -> None:
        self._app = app
        self._outside = outside
        self.lanes = Lanes()
        self._rests = rests or Rests()

    def deliver(self, delivery_ids: Sequence[uuid.UUID]) -> int:
        """Takes up these letters and returns at once; how many of them are new to this process."""
        with self._app.app_context():
            known = services_of(delivery_ids)
        return sum(self.lanes.put(service, each, partial(self._send, each, service)) for each, service in known)

    def _send(self, delivery_id: uuid.UUID, service: str) -> None:
        """A database that is away leaves the letter where it is: its lease ends, and it is rung for again."""
        with self._app.app_context():
            try:
                self._work_on(delivery_id, service)
            except SQLAlchemyError as error:
                log.warning("delivery.waits", error=type(error).__name__)

    def _work_on(self, delivery_id: uuid.UUID, service: str) -> None:
        rest = self._rests.left(service)
        if rest is not None:
            put_off(delivery_id, rest)
            return
        parcel = take(delivery_id)
        if parcel is None:
            return
        result = self._tried(parcel)
        self._rests.away(service) if result.service_away else self._rests.there(service)
        keep(parcel, result)
        log.info("delivery.tried", name=f"{parcel.channel}_{result.kind}", error=result.note or "none")

    def _tried(self, parcel: Parcel) -> Result:
        """An error of ours counts as an attempt and is kept with the letter, as everywhere on the line."""
        try:
            letter = self._letter(parcel)
            if parcel.channel != PUSH and is_stopped(parcel.channel, letter.address.decode()):
                return Result("stopped", "left_alone", gone=True)
            return CHANNELS[parcel.channel](letter, self._reach())
        except SQLAlchemyError:
            raise
        except Exception as error:
            log.warning("delivery.failed", error=type(error).__name__, reason=where(error))
            return Result("again", f"{type(error).__name__} at {where(error)}")

    def _letter(self, parcel: Parcel) -> Letter:
        settings, address = adapters().settings, parcel.address()
        letter = Letter(
            parcel.id,
            address,
            words_of(parcel.template, parcel.language, settings, parcel.about),
            adapters().clock(),
            asks=parcel.template == CONFIRM,
        )
        if parcel.channel == PUSH:
            return letter
        return replace(
            letter,
            stop_url=f"{settings.origin}/stop/{stop_token(parcel.subscription_id)}",
            short_url=f"{settings.origin}{PATH}{word_of(parcel.subscription_id)}" if parcel.short else "",
            never_url=f"{settings.origin}/not-me/{never_word(parcel.channel, address.decode())}",
        )

    def _reach(self) -> Outside:
        if self._outside is None:
            settings = adapters().settings
            http = Outbound(inside=inner_places(settings), ca_file=settings.outbound_ca_file)
            self._outside = Outside(adapters().channels, http, settings.outbound_ca_file)
        return self._outside
