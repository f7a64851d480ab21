"""What every public and venue page knows: the settings, its language, and its address in that language.

The language travels in the address (`?lang=xx`), never in a cookie.
"""

import json
from collections.abc import Callable
from functools import cache
from itertools import chain
from typing import Any, Final, cast

from babel import Locale
from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_domain
from flask_babel import gettext as _
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from reporting.adapters.translations import offered, standing
from reporting.bootstrap import adapters
from reporting.domain.languages import BY_CODE, Language, choose

OPENING: Final = "\u2068"
CLOSING: Final = "\u2069"
"""First strong isolate, and the end of it (UAX 9): what stands between does not turn the words beside it around."""
FORMS_SHOW_UP: Final = 200
"""Among the numbers below this every form of our languages is used."""


def page_language() -> Language:
    """The language of this request's page: the one asked for, else a finished one that the browser accepts."""
    if "page_language" not in g:
        accepted = [code for code in request.accept_languages.values() if _is_finished(_base(code))]
        g.page_language = choose(request.args.get("lang"), accepted, adapters().settings.default_language)
    chosen: Language = g.page_language
    return chosen


def page_words() -> dict[str, Any]:
    """The template variables of every page."""
    language = page_language()
    return {
        "settings": adapters().settings,
        "language": language,
        "languages": offered(),
        "standing": standing(language.code),
    }


def keep_language(_endpoint: str, values: dict[str, Any]) -> None:
    """Lets every link of a page lead on in the language that was asked for."""
    asked = request.args.get("lang", "").lower()
    if asked in BY_CODE:
        values.setdefault("lang", asked)


def isolate_values(environment: Environment) -> None:
    """Lets codes, names and numbers within a text keep their own direction on pages that run from right to left."""
    for name in ("gettext", "ngettext"):
        environment.globals[name] = _isolating(cast("Callable[..., str]", environment.globals[name]))


def _isolating(say: Callable[..., str]) -> Callable[..., str]:
    @pass_context
    def said(context: Context, *texts: Any, **values: Any) -> Any:
        if page_language().direction == "rtl":
            values = {name: isolated(value) for name, value in values.items()}
        return context.call(say, *texts, **values)

    return said


def isolated(value: Any) -> Any:
    """A text apart from its surroundings; what is no text stays as it is, because a format may want a number."""
    return OPENING + value + CLOSING if isinstance(value, str) else value


def counted(singular: str, plural: str) -> str:
    """Every form of a text for a script, which puts the number where # stands (static/js/public/counted.mjs): JSON of CLDR's name
    of the form to the text in the page's language."""
    say = get_domain().get_translations().ungettext
    forms = {name: say(singular, plural, number) % {"num": "#"} for name, number in _examples(page_language().code).items()}
    return json.dumps(forms, ensure_ascii=False)


@cache
def _examples(code: str) -> dict[str, int]:
    """For each form that a language has for numbers, by CLDR's name, one number that takes it."""
    category = Locale.parse(code).plural_form
    found: dict[str, int] = {}
    for number in chain(range(1, FORMS_SHOW_UP), (0,)):
        found.setdefault(category(number), number)
    return found


def said(message: str) -> str:
    """A refusal in the page's language. One that no catalogue has, because it names numbers, gives way to a general sentence."""
    words = str(_(message))
    return words if words != message or page_language().code == "en" else str(_("Please look at this again."))


def equip(blueprint: Blueprint) -> None:
    """Gives a face its words, its links in the right language, and pages instead of bare errors."""
    blueprint.context_processor(page_words)
    blueprint.url_defaults(keep_language)
    blueprint.register_error_handler(HTTPException, _refused)
    for kind in (OperationalError, PoolTimeout):
        blueprint.register_error_handler(kind, _away)


def _refused(error: HTTPException) -> ResponseReturnValue:
    """A page for what cannot be found or is too large; redirects go through untouched."""
    if error.code is None or error.code < 400:
        return error.get_response()
    words = {404: _("This page does not exist."), 413: _("This is too much text. Please shorten it.")}
    return sorry_page(words.get(error.code, _("This did not work."))), error.code


def _away(_error: Exception) -> ResponseReturnValue:
    """The database is away for a moment."""
    return sorry_page(_("We cannot open this right now. Please try again in a moment.")), 503, {"Retry-After": "2"}


def sorry_page(words: str) -> str:
    """A page that says one sentence and leads back."""
    return render_template("sorry.html", words=words, **page_words())


def _is_finished(code: str) -> bool:
    """Only a language we name is looked up: what is looked up is kept, and a header may name ten thousand that nobody speaks."""
    return code in BY_CODE and standing(code).finished


def _base(code: str) -> str:
    return code.lower().partition("-")[0]
