"""`reporting languages`: new texts wait, gone ones leave, translations come in pieces, and what breaks a page is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from click.testing import CliRunner, Result

from reporting.adapters import catalogues, translations
from reporting.cli import languages
from reporting.domain.translating import faults

PLURAL = ("Wait %(num)s minute.", "Wait %(num)s minutes.")
TEXTS = ("Send", "Call %(number)s now, not <b>later</b>.", PLURAL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Catalogues of a tree with three texts."""
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    monkeypatch.setattr(catalogues, "TEMPLATE", tmp_path / "messages.pot")
    monkeypatch.setattr(catalogues, "gathered", lambda _more: tree(*TEXTS))
    run("update")
    return tmp_path


def tree(*texts: Any) -> Catalog:
    """A template with these texts."""
    made = Catalog(**catalogues.ABOUT)
    for text in texts:
        made.add(text, locations=[("reporting/page.py", 0)])
    return made


def run(*arguments: str, **said: Any) -> Result:
    """A run of the command."""
    return CliRunner().invoke(languages.languages, list(arguments), **said)


def fill(folder: Path, code: str, said: object, *more: str) -> Result:
    """Translations from a file."""
    (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")
    return run("fill", code, str(folder / "said.json"), *more)


def said(code: str) -> dict[str, tuple[str, ...]]:
    """What a language says so far."""
    listed = filter(catalogues.is_said, catalogues.messages(catalogues.catalogue(code)))
    return {catalogues.english(each)[0]: catalogues.forms(each) for each in listed}


def test_translations_come_in_pieces(folder: Path) -> None:
    done = fill(folder, "fr", {"Send": "Envoyer", PLURAL[0]: ["Attendez une minute.", "Attendez %(num)s minutes."]})
    assert done.exit_code == 0 and "   1 of 3 left" in done.output
    waiting = json.loads(run("show", "fr", "--missing", "--limit", "5").stdout)
    assert waiting == {TEXTS[1]: ""}


def test_what_waits_has_the_form_that_is_taken(folder: Path) -> None:
    waiting = json.loads(run("show", "pl", "--missing").stdout)
    assert waiting[PLURAL[0]] == ["", "", ""] and set(waiting) == {"Send", TEXTS[1], PLURAL[0]}


@pytest.mark.parametrize(
    ("text", "given", "why"),
    [
        ("Send", "Send", "--same"),
        ("Send", "", "empty"),
        ("Send", " Envoyer", "space at its edge"),
        ("Send", 'Envoyer "ici"', 'the mark "'),
        ("Send", "Envoyer 100 %", "the mark %"),
        ("Send", ["Envoyer"] * 2, "one form only"),
        ("Send", 7, "a text"),
        ("Sent", "Parti", "no page says this"),
        (TEXTS[1], "Appelez <b>vite</b>.", "%(number)s is missing"),
        (TEXTS[1], "Appelez %(numero)s, <b>vite</b>.", "%(numero)s is not in the English text"),
        (TEXTS[1], "Appelez %(number)s, vite.", "<b> is missing"),
        (TEXTS[1], "Appelez %(number)s, <b>vite</b>.<br>", "<br> is not in the English text"),
        (PLURAL[0], "Attendez %(num)s minutes.", "needs 2 forms and has 1"),
        (PLURAL[0], ["Attendez.", "Attendez encore."], "no form says the number"),
        (PLURAL[0], ["Attendez.", "Attendez %(nombre)s."], "%(nombre)s is not"),
    ],
)
def test_what_would_break_a_page_is_refused_and_the_rest_is_kept(folder: Path, text: str, given: object, why: str) -> None:
    rest = {"Send": "Envoyer"} if text != "Send" else {TEXTS[1]: "Appelez %(number)s, pas <b>plus tard</b>."}
    done = fill(folder, "fr", {text: given, **rest})
    assert done.exit_code == 1 and text in done.output and why in done.output
    assert set(said("fr")) == set(rest)


def test_an_equal_word_is_taken_when_it_is_meant(folder: Path) -> None:
    assert fill(folder, "nl", {"Send": "Send"}, "--same").exit_code == 0
    (message,) = (each for each in catalogues.messages(catalogues.catalogue("nl")) if each.id == "Send")
    assert catalogues.SAME in message.user_comments
    run("update")
    assert said("nl") == {"Send": ("Send",)}


@pytest.mark.parametrize("content", ["[1]", "{", ""])
def test_what_is_no_table_of_translations_is_refused(folder: Path, content: str) -> None:
    (folder / "said.json").write_text(content, encoding="utf-8")
    assert "this is not JSON" in run("fill", "fr", str(folder / "said.json")).output


def test_a_new_text_waits_and_a_gone_one_leaves(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(folder, "fr", {"Send": "Envoyer", TEXTS[1]: "Appelez %(number)s, pas <b>plus tard</b>."})
    monkeypatch.setattr(catalogues, "gathered", lambda _more: tree("Send", "Send now"))
    run("update")
    assert said("fr") == {"Send": ("Envoyer",)}
    assert json.loads(run("show", "fr", "--missing").stdout) == {"Send now": ""}
    assert not catalogues.catalogue("fr").obsolete


def test_a_broken_catalogue_is_not_compiled(folder: Path) -> None:
    fill(folder, "fr", {TEXTS[1]: "Appelez %(number)s, pas <b>plus tard</b>."})
    path = catalogues.path_of("fr")
    path.write_text(path.read_text(encoding="utf-8").replace("Appelez %(number)s", "Appelez %(numero)s"), encoding="utf-8")
    done = run("compile")
    assert done.exit_code == 1 and "fr: " in done.output and "%(number)s is missing" in done.output


def test_the_number_of_the_emergency_call_stays() -> None:
    assert faults(("Call 112.",), ("Appelez le 18.",), 2) == ["112 is missing"]
    assert not faults(("Call 112.",), ("Appelez le 112.",), 2)


def test_a_signature_reaches_the_pages_and_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translations, "FOLDER", folder)
    path = catalogues.path_of("fr")
    path.write_text(path.read_text(encoding="utf-8").replace("Translator: draft", "Translator: Maija M., 2027"), encoding="utf-8")
    translations.standing.cache_clear()
    for command in ("compile", "update"):
        assert "Maija M., 2027" in run(command).output
        assert translations.standing("fr").signed and not translations.standing("de").signed
        translations.standing.cache_clear()
