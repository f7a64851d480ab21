"""`reporting languages`: gathers every text, takes in translations, makes what pages read, and says how far each language is."""

import json
from collections.abc import Callable, Mapping
from gettext import c2py
from typing import Any, TextIO

import click
from babel.messages.catalog import Catalog, Message

from reporting.adapters import catalogues
from reporting.config import OUR_ROOM
from reporting.domain.languages import BY_CODE, FINISHED
from reporting.domain.spoken import spoken
from reporting.domain.translating import faults, is_same
from reporting.queries.follow_up import RECIPIENTS

CODE = click.Choice(catalogues.CODES)


def texts() -> list[tuple[str, str]]:
    """The texts of tables, which no reader of source code would find."""
    recipients = (("reporting/queries/follow_up.py", words) for words in RECIPIENTS.values())
    return [*spoken(), *recipients, ("reporting/config.py", OUR_ROOM)]


@click.group()
def languages() -> None:
    """The catalogues of the public pages."""


@languages.command("update")
def update() -> None:
    """Gathers every text of the tree: new ones wait empty in each catalogue, gone ones are taken out."""
    made = catalogues.gathered(texts())
    catalogues.write_template(made)
    for code in catalogues.CODES:
        catalogues.write_catalogue(code, catalogues.brought_up_to_date(code, made))
    _say()


@languages.command("compile")
def compile_them() -> None:
    """Makes what pages read from what translators edit; a translation that would break a page is refused."""
    for code in catalogues.CODES:
        kept = catalogues.catalogue(code)
        for message in filter(catalogues.is_said, catalogues.messages(kept)):
            for fault in faults(catalogues.english(message), catalogues.forms(message), kept.num_plurals):
                raise click.ClickException(f"{code}: {catalogues.english(message)[0]!r}: {fault}")
        catalogues.write_catalogue(code, kept)
    _say()


@languages.command("show")
@click.argument("code", type=CODE, required=False)
@click.option("--missing", is_flag=True, help="The texts that the language does not say yet, as JSON for `fill`.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many of them.")
def show(code: str | None, missing: bool, limit: int) -> None:
    """How many texts each language has and who signed it, or what one of them still lacks."""
    if not missing:
        _say(code)
        _count(code)
    elif code is None:
        raise click.UsageError("--missing needs the code of a language")
    else:
        click.echo(json.dumps(_missing(catalogues.catalogue(code), limit), ensure_ascii=False, indent=1))


@languages.command("fill")
@click.argument("code", type=CODE)
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--same", is_flag=True, help="Also take translations that are equal to the English text.")
def fill(code: str, file: TextIO, same: bool) -> None:
    """Takes translations from FILE: JSON of English text (the singular) to a text, or to a list of all plural forms.

    What would break a page is refused by name; the rest is kept.
    """
    kept = catalogues.catalogue(code)
    refused = _take(kept, _said_in(file), same)
    catalogues.write_catalogue(code, kept)
    for line in refused:
        click.echo(f"refused: {line}", err=True)
    _say(code)
    if refused:
        raise click.ClickException(f"{len(refused)} refused, the rest is kept")


def _said_in(file: TextIO) -> Mapping[str, Any]:
    try:
        said = json.load(file)
    except ValueError as error:
        raise click.ClickException(f"this is not JSON: {error}") from error
    if not isinstance(said, dict):
        raise click.ClickException("this is not JSON of English text to translation")
    return said


def _take(kept: Catalog, said: Mapping[str, Any], same: bool) -> list[str]:
    """Puts translations into a catalogue; gives the refusals, each with its English text."""
    known = {catalogues.english(message)[0]: message for message in catalogues.messages(kept)}
    refused = []
    for text, given in said.items():
        fault = _fault(known.get(text), given, kept.num_plurals, same)
        if fault:
            refused.append(f"{text!r}: {fault}")
        else:
            _put(known[text], tuple(given) if isinstance(given, list) else (given,))
    return refused


def _fault(message: Message | None, given: object, plurals: int, same: bool) -> str:
    if message is None:
        return "no page says this"
    forms = tuple(given) if isinstance(given, list) else (given,)
    if not all(isinstance(form, str) for form in forms):
        return "a translation is a text, or a list of texts"
    found = faults(catalogues.english(message), forms, plurals)
    if not found and not same and is_same(catalogues.english(message), forms):
        found = ["it is the English text; --same takes it, if that is meant"]
    return ", ".join(found)


def _put(message: Message, forms: tuple[str, ...]) -> None:
    """One translation; one that is equal to the English text says so, for those who read the catalogue later."""
    message.string = forms if message.pluralizable else forms[0]
    others = [comment for comment in message.user_comments if comment != catalogues.SAME]
    message.user_comments = [*others, catalogues.SAME] if is_same(catalogues.english(message), forms) else others


def _missing(kept: Catalog, limit: int) -> dict[str, str | list[str]]:
    """Texts without a translation, in the form that `fill` takes: with an empty text, or one for each plural form."""
    waiting = [each for each in catalogues.messages(kept) if not catalogues.is_said(each)]
    return {catalogues.english(each)[0]: [""] * kept.num_plurals if each.pluralizable else "" for each in waiting[:limit]}


def _count(code: str | None) -> None:
    """For each plural form of a language the first numbers that it counts."""
    kept = catalogues.catalogue(code) if code else None
    for form in range(kept.num_plurals if kept else 0):
        numbers = [number for number in range(200) if kept and plural_rule(kept)(number) == form]
        click.echo(f"    form {form}: {', '.join(map(str, numbers[:4]))} ...")


def plural_rule(kept: Catalog) -> Callable[[int], int]:
    """Which form of a text a number takes."""
    rule: Callable[[int], int] = c2py(kept.plural_expr)
    return rule


def _say(only: str | None = None) -> None:
    for code in (only,) if only else catalogues.CODES:
        kept = catalogues.catalogue(code)
        listed = catalogues.messages(kept)
        left = sum(not catalogues.is_said(message) for message in listed)
        standing = "finished" if code in FINISHED else "unfinished"
        click.echo(f"{code}  {BY_CODE[code].name:11}  {left:4} of {len(listed)} left  {standing}  {kept.last_translator}")
