"""Adding a picture without scripting: a form with the receipt code and one file. The same page holds the words of the offer that
the script brings in after a receipt."""

from contextlib import ExitStack, closing
from typing import Any, Final

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from reporting.adapters.spool import SpoolFile
from reporting.auth.guards import public
from reporting.auth.guesses import count_wrong_code
from reporting.auth.sessions import from_own_page
from reporting.auth.uploads import INCOMING, Body, body_of, come_in, is_ahead
from reporting.bootstrap import adapters
from reporting.citizen import blueprint
from reporting.domain.errors import (
    AnotherPicture,
    DomainError,
    NoRoom,
    NotFound,
    NotPossible,
    Refused,
    StoreAway,
    TooLarge,
    WrongType,
)
from reporting.domain.pictures import MOST_BYTES
from reporting.queries.pictures import may_be_offered
from reporting.services.pictures import TOO_LARGE, PictureDoor, free_number, report_of, take_picture

FORM_BYTES: Final = 64 * 1024
"""What a form may have around the picture."""
MOST_PARTS: Final = 8
STATUS: Final[dict[type[DomainError], int]] = {
    NotFound: 404,
    NotPossible: 409,
    AnotherPicture: 409,
    TooLarge: 413,
    WrongType: 415,
    Refused: 422,
    NoRoom: 507,
    StoreAway: 503,
}


blueprint.context_processor(lambda: {"pictures_welcome": may_be_offered})


@blueprint.get("/follow-up/pictures")
@public("asks for a receipt code and a picture")
def pictures() -> ResponseReturnValue:
    """The form, and the words of the offer."""
    return _page()


@blueprint.post("/follow-up/pictures")
@public("the receipt code itself is the right to add a picture")
def send_picture() -> ResponseReturnValue:
    """Takes one picture; the page comes again with what is wrong, or with thanks."""
    if not from_own_page():
        return _page(problem=_("Please look at your answers and press Send.")), 403
    if is_ahead(request):
        if (request.content_length or 0) > MOST_BYTES + FORM_BYTES:
            raise TooLarge(TOO_LARGE)
        adapters().pictures.require_room(request.content_length or 0)
        return come_in()
    code = ""
    with ExitStack() as opened:
        try:
            body = opened.enter_context(body_of(request, MOST_BYTES + FORM_BYTES, TOO_LARGE))
            body.file.seek(0)
            code, file = _read(body, opened)
            _take(code, file)
            return _page(code=code, taken=True), 201
        except (DomainError, RequestEntityTooLarge) as refused:
            if isinstance(refused, NotFound):
                count_wrong_code(request)
            kept = code if not isinstance(refused, NotFound) else ""
            status = STATUS.get(type(refused), 413) if isinstance(refused, DomainError) else 413
            return _page(code=kept, problem=_said(refused)), status


def _read(body: Body, opened: ExitStack) -> tuple[str, SpoolFile | None]:
    """Code and file of the form; every file of it is closed with `opened`. Raises RequestEntityTooLarge for too many parts."""
    folder = adapters().settings.picture_folder / INCOMING
    spool: Any = lambda *_told, **_more: opened.enter_context(closing(SpoolFile(folder)))  # noqa: E731  its type is not exported
    parser = FormDataParser(
        stream_factory=spool,
        max_form_memory_size=FORM_BYTES,
        max_form_parts=MOST_PARTS,
    )
    _stream, form, found = parser.parse(body.file, request.mimetype, body.length, request.mimetype_params)
    chosen = found.get("picture")
    stream: Any = chosen.stream if chosen is not None else None
    return form.get("receipt_code", ""), stream if isinstance(stream, SpoolFile) else None


def _take(code: str, file: SpoolFile | None) -> None:
    report_id = report_of(code)
    if file is None or not file.length:
        raise Refused("Choose a picture first.")
    take_picture(PictureDoor(report_id, free_number(code), code), file.finished(), file.length)


def _said(refused: DomainError | RequestEntityTooLarge) -> str:
    """Why not, in the words of the page."""
    words = {
        NotFound: _("This code opens no report. It may be mistyped, or the report is deleted."),
        NotPossible: _("This report takes no more pictures."),
        AnotherPicture: _("This report takes no more pictures."),
        TooLarge: _("This picture is too large. At most 25 MB."),
        WrongType: _("We cannot take this kind of file. Please send a JPEG, PNG or WebP picture."),
        NoRoom: _("We cannot take pictures right now. Your report is safe. Please try again later."),
        StoreAway: _("We cannot take pictures right now. Your report is safe. Please try again later."),
    }
    return words.get(type(refused), _("We cannot take this picture. Please choose another one."))  # type: ignore[arg-type]


def _page(code: str = "", problem: str = "", taken: bool = False) -> str:
    return render_template("citizen/pictures.html", code=code, problem=problem, taken=taken)
