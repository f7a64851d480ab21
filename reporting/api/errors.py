"""One table from what went wrong to what HTTP says, and the one shape of an error: problem+json (RFC 9457)."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

import structlog
from flask import Response, request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from reporting.adapters.logs import trace, where
from reporting.domain import errors
from reporting.domain.errors import DomainError, Problem

STATUS: Final[dict[type[DomainError], int]] = {
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.BadRequest: 400,
    errors.Refused: 422,
    errors.TooManyGuesses: 429,
    errors.TooManySignIns: 429,
    errors.SignInsCrowded: 503,
    errors.InProgress: 409,
    errors.VersionConflict: 409,
    errors.NotPossible: 409,
    errors.OffsetConflict: 409,
    errors.AlreadyWhole: 409,
    errors.AnotherPicture: 409,
    errors.TooLarge: 413,
    errors.WrongType: 415,
    errors.NoRoom: 507,
    errors.StoreAway: 503,
}
RETRY_AFTER_S: Final = 2
TYPES: Final = "https://iana.org/assignments/http-problem-types#"
PROBLEM_TYPE: Final = "application/problem+json"

log = structlog.get_logger()


def problem(status: int, detail: str, problems: Iterable[Problem] = (), **more: Any) -> Response:
    """A problem+json answer; every one carries `errors`, empty where no single field is to blame."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": [{"field": each.field, "code": each.code, "message": each.message} for each in problems],
        **more,
    }
    response = Response(json.dumps(body), status=status, content_type=PROBLEM_TYPE)
    if status in (409, 503):
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="reporting"'
    return response


def domain_problem(error: DomainError) -> Response:
    """The answer to a refusal of the business."""
    answer = problem(STATUS[type(error)], error.message, getattr(error, "problems", ()), **_more(error))
    if isinstance(error, errors.OffsetConflict):
        answer.headers["Upload-Offset"] = str(error.there)
    if isinstance(error, errors.AlreadyWhole):
        answer.headers["Upload-Complete"] = "?1"
    if isinstance(error, (errors.TooManyGuesses, errors.TooManySignIns, errors.NoRoom)):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _more(error: DomainError) -> dict[str, Any]:
    """What some problems tell beyond the usual. Types and members of uploads are those of the IETF's draft on resumable ones."""
    if isinstance(error, errors.VersionConflict):
        return {"yours": error.yours, "current": error.current}
    if isinstance(error, errors.OffsetConflict):
        return {"type": f"{TYPES}mismatching-upload-offset", "expected-offset": error.there, "provided-offset": error.given}
    return {"type": f"{TYPES}completed-upload"} if isinstance(error, errors.AlreadyWhole) else {}


def http_problem(error: HTTPException) -> Response:
    """The answer to a refusal of the web framework: unknown address, wrong method, body too large."""
    status = error.code or 500
    response = problem(status, error.description or HTTPStatus(status).phrase)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def database_problem(error: Exception) -> Response:
    """The database is away or too slow: the phone keeps the report and sends it again."""
    log.warning("database.away", error=type(getattr(error, "orig", None) or error).__name__, route=_route())
    return problem(503, "The service is briefly unavailable. Please send again in a moment.")


def unexpected_problem(error: Exception) -> Response:
    """A fault of ours. The log names its kind and place; the answer tells nothing."""
    log.error("request.failed", error=type(error).__name__, route=_route(), reason=where(error), trace=trace(error))
    return problem(500, "Something went wrong on our side.")


def _route() -> str:
    return str(request.url_rule) if request.url_rule else ""


DATABASE_ERRORS: Final = (OperationalError, PoolTimeout)


def is_database_away(error: Exception) -> bool:
    """Whether an error means that the database cannot be reached, and not that a statement was wrong."""
    return isinstance(error, DATABASE_ERRORS) or (isinstance(error, DBAPIError) and error.connection_invalidated)
