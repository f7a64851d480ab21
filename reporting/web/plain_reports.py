"""The short way for a plain report: JSON from the public that is right in every field, which is nearly every report of a rush.

It is read, judged and filed by the very functions of `POST /api/v1/reports`, without the framework's rounds before and behind
them, which cost a third of the whole. Whatever is not plain (another method, a token, a query, a field that is wrong, a filing
that fails) takes the long way and is answered there, so there is one place for each refusal.
"""

from collections.abc import Callable
from typing import Any, Final

from flask import Flask, Request
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from reporting.api.body import read_json
from reporting.api.reports import FAILED
from reporting.auth.headers import headers_of_answers
from reporting.auth.senders import idempotency_key, sender
from reporting.bootstrap import adapters
from reporting.domain.errors import DomainError
from reporting.domain.records import FiledReport, Filing
from reporting.schemas.reports import NewReportSchema
from reporting.services.filing import file_report
from reporting.web.bridge import Answer

PATH: Final = "/api/v1/reports"
NOT_PLAIN: Final = ("HTTP_AUTHORIZATION", "HTTP_STAFF_PASS")


def plain_reports(app: Flask) -> Callable[[dict[str, Any]], Answer | None]:
    """What files a plain report of this application and gives None, with the body unread, for everything else."""
    schema = NewReportSchema()
    with app.app_context():
        headers = [(name.lower().encode(), value.encode()) for name, value in headers_of_answers(adapters().settings)]
    headers.insert(0, (b"content-type", b"application/json"))

    def file(environ: dict[str, Any]) -> Answer | None:
        if not _is_plain(environ):
            return None
        with app.app_context():
            filed = _filed(app.request_class(environ), schema)
        if filed is None:
            environ["wsgi.input"].seek(0)
            return None
        own = [(b"content-length", str(len(filed.body)).encode())]
        if filed.replayed:
            own.append((b"idempotency-replayed", b"true"))
        return Answer(200 if filed.replayed else 201, own + headers, filed.body)

    return file


def _is_plain(environ: dict[str, Any]) -> bool:
    if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST" or environ["QUERY_STRING"]:
        return False
    return not any(name in environ for name in NOT_PLAIN)


def _filed(request: Request, schema: NewReportSchema) -> FiledReport | None:
    try:
        sent = read_json(request)
        filing = Filing(new=schema.load(sent), sender=sender(request), key=idempotency_key(request), sent=sent)
    except (DomainError, HTTPException, ValidationError):
        return None
    try:
        return file_report(filing)
    except Exception as error:
        request.environ[FAILED] = error  # raised again on the long way, which answers it without trying it twice
        return None
