"""Large bodies at the door: asked for before they are sent, and given to views as a file that can be read from anywhere.

The web server's bridge asks a view twice. The first time no byte of the body has been read (`is_ahead`): the view looks at the
address, the credentials and the length, and answers 100 where the body may come. So nobody without a right to it makes us keep
25 MB. Other servers ask once, with the body.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final

from flask import Request, Response
from werkzeug.exceptions import ClientDisconnected

from reporting.adapters.sealed_streams import SealedReader
from reporting.adapters.spool import Spool
from reporting.bootstrap import adapters
from reporting.domain.errors import BadRequest, NoRoom, Problem, TooLarge

AHEAD: Final = "reporting.ahead"
"""Set in the environ of a request whose body was not read yet."""
INCOMING: Final = "incoming"
BLOCK: Final = 64 * 1024
LONGEST_CODE: Final = 64


@dataclass(frozen=True, slots=True)
class Body:
    """A whole body and its length in bytes."""

    file: BinaryIO
    length: int


def is_ahead(request: Request) -> bool:
    """Whether the view is asked if the body may come."""
    return bool(request.environ.get(AHEAD))


def come_in() -> Response:
    """The answer to that question."""
    return Response(status=100)


def receipt_code(request: Request) -> str:
    """The code of the header; raises BadRequest where there is none. Whether it opens anything is not looked at."""
    found = request.headers.get("Receipt-Code", "").strip()
    if not found:
        problem = Problem("Receipt-Code", "required", "Send the receipt code of the report.")
        raise BadRequest("The Receipt-Code header is missing.", (problem,))
    return found[:LONGEST_CODE]


@contextmanager
def body_of(request: Request, most: int, too_large: str) -> Iterator[Body]:
    """The body as a file. Raises TooLarge with this sentence over `most` bytes, BadRequest where it ends early."""
    if (request.content_length or 0) > most:
        raise TooLarge(too_large)
    there = request.environ["wsgi.input"]
    if isinstance(there, io.BytesIO | SealedReader):
        length = there.seek(0, io.SEEK_END)
        if length > most:
            raise TooLarge(too_large)
        yield Body(there, length)
        return
    request.max_content_length = most
    with spooled(lambda spool: _pour(request, spool, most, too_large)) as body:
        yield body


@contextmanager
def spooled(fill: Callable[[Spool], None]) -> Iterator[Body]:
    """A spool that is filled and then read; raises NoRoom where the disk is full."""
    spool = Spool(adapters().settings.picture_folder / INCOMING)
    try:
        try:
            fill(spool)
            yield Body(spool.finished(), spool.length)
        except OSError as error:
            raise NoRoom from error
    finally:
        spool.close()


def _pour(request: Request, spool: Spool, most: int, too_large: str) -> None:
    try:
        while block := request.stream.read(BLOCK):
            if spool.length + len(block) > most:
                raise TooLarge(too_large)
            spool.write(block)
    except ClientDisconnected:
        raise BadRequest("The request ended too early.") from None
