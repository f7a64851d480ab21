"""The language catalogues as files: what the tree says, what each language says of it, and the compiled form that pages read.

`translations/messages.pot` lists every text; `translations/<code>/LC_MESSAGES/messages.po` is what translators edit, and
`messages.mo` beside it is made from it by `reporting languages compile`.
"""

import ast
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from reporting.adapters.translations import DRAFT, FOLDER, SOURCE
from reporting.domain.languages import BY_CODE, LANGUAGES

PACKAGE: Final = Path(__file__).resolve().parent.parent
TEMPLATE: Final = FOLDER / "messages.pot"
HEADER: Final = """\
# Texts of Citizen reporting.
# A native speaker who has read every line signs with name and year behind Last-Translator; until then it says "draft".
"""
ABOUT: Final[dict[str, Any]] = {
    "project": "Citizen reporting",
    "version": "1",
    "msgid_bugs_address": "docs/languages.md says how",
    "charset": "utf-8",
    "fuzzy": False,
}
CODES: Final = tuple(language.code for language in LANGUAGES if language.code != SOURCE)
"""Languages that need a catalogue; the texts themselves are English."""

SAME: Final = "the same in English"
"""The comment of a translation that is meant to be equal to the English text."""

ENGLISH_ONLY: Final = ("dashboard",)
"""Faces that are not translated: control rooms work in English."""
METHODS: Final = [("**.py", "python"), ("**.html", "jinja2"), ("**.js", "jinja2")]
WORDS: Final = {"_": None, "gettext": None, "lazy_gettext": None, "N_": None, "ngettext": (1, 2), "counted": (1, 2)}

REFUSING: Final = (
    "auth/devices.py",
    "domain/premises.py",
    "schemas/reports.py",
    "services/devices.py",
    "services/filing.py",
    "services/pictures.py",
    "services/premises.py",
    "services/records.py",
    "services/replies.py",
    "services/subscriptions.py",
    "services/venue_keys.py",
    "services/venue_staff.py",
)
"""Modules below the faces whose refusals stand on public pages; what they say is gathered by the names of the errors."""
ERRORS: Final = {
    "Problem": 2,
    "Fault": 1,
    **dict.fromkeys(("ValidationError", "Refused", "NotPossible", "TooLarge", "BadRequest", "WrongType", "Forbidden"), 0),
}
"""Error -> which of its arguments is the sentence, counted from 0."""

Text = str | tuple[str, ...]


def gathered(more: Iterable[tuple[str, str]]) -> Catalog:
    """Every text of the tree, with those of the domain's tables (file, text); the date is that of the template on disk."""
    made = Catalog(**ABOUT, header_comment=HEADER)
    if TEMPLATE.is_file():
        made.creation_date = template().creation_date
    for place, text in (*_of_pages(), *_of_refusals(), *more):
        made.add(text, locations=[(place, 0)])
    return made


def _of_pages() -> Iterator[tuple[str, Text]]:
    found = extract_from_dir(PACKAGE, METHODS, {}, WORDS, directory_filter=_is_translated)
    return ((f"reporting/{name}", text) for name, _line, text, _comments, _context in sorted(found, key=lambda each: each[:2]))


def _of_refusals() -> Iterator[tuple[str, Text]]:
    return ((f"reporting/{name}", text) for name in REFUSING for text in refusals(name))


def refusals(name: str) -> Iterator[str]:
    """What the errors of one module say, in the order of its syntax tree; `name` is its path within the package."""
    tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
    return (text for node in ast.walk(tree) if (text := _sentence(node)))


def _sentence(node: ast.AST) -> str:
    """What an error says, however deep in another one it stands; empty for all else, and for what is put together at run time."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS):
        return ""
    said = node.args[ERRORS[node.func.id] :][:1]
    return said[0].value if said and isinstance(said[0], ast.Constant) and isinstance(said[0].value, str) else ""


def _is_translated(folder: str) -> bool:
    name = Path(folder).name
    return name not in (*ENGLISH_ONLY, "static", "translations") and not name.startswith((".", "_"))


def template() -> Catalog:
    """The list of every text, as it lies on disk."""
    return _read(TEMPLATE, None)


def catalogue(code: str) -> Catalog:
    """What one language says, as it lies on disk; a new one, marked as a draft, where there is none yet."""
    if path_of(code).is_file():
        return _read(path_of(code), code)
    return Catalog(locale=code, **ABOUT, language_team=BY_CODE[code].name, last_translator=DRAFT)


def path_of(code: str) -> Path:
    """The file that translators edit."""
    return FOLDER / code / "LC_MESSAGES" / "messages.po"


def write_template(made: Catalog) -> None:
    """The list of every text, for those who begin a language."""
    _write(TEMPLATE, made)


def brought_up_to_date(code: str, made: Catalog) -> Catalog:
    """A language's catalogue with the texts of the template and no others: new ones are empty, none is guessed."""
    kept = catalogue(code)
    kept.update(made, no_fuzzy_matching=True, update_header_comment=True, update_creation_date=False)
    kept.obsolete.clear()
    return kept


def write_catalogue(code: str, kept: Catalog) -> None:
    """Both files of a language: what translators edit, and what pages read."""
    _write(path_of(code), kept)
    path_of(code).with_suffix(".mo").write_bytes(compiled(kept))


def compiled(kept: Catalog) -> bytes:
    """The catalogue as gettext reads it; what a language does not say yet is left out, so that English stands there."""
    said = Catalog(locale=kept.locale, **ABOUT, creation_date=kept.creation_date, last_translator=kept.last_translator)
    for message in messages(kept):
        if is_said(message):
            said.add(message.id, message.string)
    made = io.BytesIO()
    write_mo(made, said)
    return made.getvalue()


def messages(kept: Catalog) -> list[Message]:
    """Every text of a catalogue, without its header."""
    return [message for message in kept if message.id]


def is_said(message: Message) -> bool:
    """Whether a language has every form of a text."""
    return all(forms(message))


def english(message: Message) -> tuple[str, ...]:
    """The text itself: one, or singular and plural."""
    return tuple(message.id) if isinstance(message.id, list | tuple) else (message.id,)


def forms(message: Message) -> tuple[str, ...]:
    """What a language says for a text: one form, or as many as it has plurals."""
    said = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return tuple(form or "" for form in said)


def _read(path: Path, code: str | None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def _write(path: Path, made: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, made, width=100, sort_output=True, include_lineno=False, include_previous=False)
