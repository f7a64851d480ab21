"""The short way for a plain report: JSON from the public that is right in every field, which is nearly every report of a rush.

It is read, judged and filed by the very functions of `POST /api/v1/reports`, without the framework's rounds before and behind
them, which cost a third of the whole, and together with all that arrive in the same moment. Whatever is not plain (another
method, a token, a query, a field that is wrong, a filing that fails) takes the long way and is answered there, so there is one
place for each refusal.
"""

from collections.abc import Sequence
from typing import Any, Final

from flask import Flask, Request

from reporting.api.body import read_json
from reporting.api.reports import FAILED
from reporting.auth.headers import headers_of_answers
from reporting.auth.senders import idempotency_key, sender
from reporting.bootstrap import adapters
from reporting.domain.records import FiledReport, Filing
from reporting.schemas.reports import NewReportSchema
from reporting.services.filing import file_reports
from reporting.web.bridge import Answer
from reporting.web.crowd import Crowd

PATH: Final = "/api/v1/reports"
NOT_PLAIN: Final = ("HTTP_AUTHORIZATION", "HTTP_STAFF_PASS")

Environ = dict[str, Any]


class PlainReports:
    """What files the plain reports of an application and gives None, with the body unread, for everything else."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._schema = NewReportSchema()
        with app.app_context():
            headers = [(name.lower().encode(), value.encode()) for name, value in headers_of_answers(adapters().settings)]
        self._headers = [(b"content-type", b"application/json"), *headers]
        self._crowd: Crowd[Environ, Answer | None] = Crowd(self.file)

    async def __call__(self, environ: Environ) -> Answer | None:
        """The answer to a plain report, filed with those that come in the same moment."""
        if not _is_plain(environ):
            return None
        return await self._crowd.do(environ, f"{environ['REMOTE_ADDR']} {environ['REMOTE_PORT']}")

    def file(self, environs: Sequence[Environ]) -> list[Answer | None]:
        """An answer for each of these requests, None where it has to take the long way."""
        with self._app.app_context():
            read = [self._read(self._app.request_class(environ)) for environ in environs]
            filed = iter(_filed([each for each in read if each is not None]))
        return [self._answer(environ, next(filed) if each else None) for environ, each in zip(environs, read, strict=True)]

    def _read(self, request: Request) -> Filing | None:
        try:
            sent = read_json(request)
            return Filing(new=self._schema.load(sent), sender=sender(request), key=idempotency_key(request), sent=sent)
        except Exception:  # a refusal, or a fault of ours: the long way says so, and nobody else's report is in it
            return None

    def _answer(self, environ: Environ, filed: FiledReport | Exception | None) -> Answer | None:
        if not isinstance(filed, FiledReport):
            environ["wsgi.input"].seek(0)
            if filed is not None:
                environ[FAILED] = filed  # raised again on the long way, which answers it without trying it twice
            return None
        own = [(b"content-length", str(len(filed.body)).encode())]
        if filed.replayed:
            own.append((b"idempotency-replayed", b"true"))
        return Answer(200 if filed.replayed else 201, own + self._headers, filed.body)


def _is_plain(environ: Environ) -> bool:
    if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST" or environ["QUERY_STRING"]:
        return False
    return not any(name in environ for name in NOT_PLAIN)


def _filed(filings: Sequence[Filing]) -> Sequence[FiledReport | Exception]:
    try:
        return file_reports(filings) if filings else []
    except Exception as error:
        return [error] * len(filings)
