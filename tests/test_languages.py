"""Which language a page has, what it says of itself, and what an unfinished one cannot break."""

import json
from collections.abc import Iterator

import pytest
from babel import Locale
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import ngettext

from reporting.adapters import catalogues, translations
from reporting.adapters.translations import Standing
from reporting.page import CLOSING, OPENING, counted, isolated, said

pytestmark = pytest.mark.db

PAGES = ("/", "/about", "/privacy", "/accessibility", "/follow-up", "/venue/sign-in")
UNFINISHED = "This translation is a draft and not complete."


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """French has every text, and nobody has signed it."""
    translations.standing.cache_clear()
    monkeypatch.setattr(translations, "FINISHED", ("fr",))
    yield
    translations.standing.cache_clear()


def language_of(client: FlaskClient, path: str, accepted: str = "") -> str:
    """The language that the page says it is in."""
    page = client.get(path, headers={"Accept-Language": accepted})
    assert page.status_code == 200
    return page.text.partition('<html lang="')[2][:2]


@pytest.mark.parametrize("accepted", ["fr", "fr-BE, en;q=0.5", "xx, fr;q=0.8, en;q=0.3"])
def test_a_browser_gets_its_language_once_it_is_finished(client: FlaskClient, french: None, accepted: str) -> None:
    assert language_of(client, "/about", accepted) == "fr"


def test_languages_that_nobody_speaks_are_not_kept(client: FlaskClient, french: None) -> None:
    assert language_of(client, "/about", ",".join(f"q{number:x}" for number in range(2_000)) + ", ../../fr, fr") == "fr"
    assert translations.standing.cache_info().currsize <= len(translations.LANGUAGES)


def test_an_unfinished_language_is_not_put_on_anybody(client: FlaskClient, french: None) -> None:
    assert language_of(client, "/about", "el, de") == "en"
    assert language_of(client, "/about", "el, fr;q=0.1") == "fr"


ASKED = [("fr", "fr"), ("FR", "fr"), ("ar", "ar"), ("xx", "en"), ("", "en"), ("../fr", "en")]


@pytest.mark.parametrize(("asked", "given"), ASKED)
def test_whoever_asks_gets_a_language_and_nobody_an_error(client: FlaskClient, asked: str, given: str) -> None:
    assert language_of(client, f"/about?lang={asked}") == given


def test_what_is_asked_for_goes_before_the_browser(client: FlaskClient, french: None) -> None:
    assert language_of(client, "/about?lang=en", "fr") == "en"


def test_a_finished_draft_says_that_it_is_one(client: FlaskClient, french: None) -> None:
    page = client.get("/about?lang=fr").text
    assert 'class="draft"' in page and UNFINISHED not in page


def test_a_signed_language_and_english_say_nothing(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 'class="draft"' not in client.get("/about").text
    monkeypatch.setattr("reporting.page.standing", lambda _code: Standing(begun=True, finished=True, signed=True))
    assert 'class="draft"' not in client.get("/about?lang=fr").text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("code", ["ar", "de", "el", "es", "fr", "it", "nl", "pl", "pt", "ro"])
def test_no_language_breaks_a_page(client: FlaskClient, code: str, path: str) -> None:
    page = client.get(f"{path}?lang={code}")
    assert page.status_code == 200
    assert "%(" not in page.text


def test_values_keep_their_direction_on_pages_from_right_to_left(client: FlaskClient) -> None:
    assert f"{OPENING}112{CLOSING}" in client.get("/?lang=ar").text
    assert OPENING not in client.get("/?lang=fr").text


def test_a_number_that_a_format_wants_stays_one(web_app: Flask) -> None:
    assert isolated(3) == 3
    page = '{{ ngettext("%(num)d day", "%(num)d days", 3) }} {{ _("x %(a)s", a="<b>") }}'
    with web_app.test_request_context("/?lang=ar"):
        shown = web_app.jinja_env.from_string(page).render()
    assert "3" in shown and f"{OPENING}&lt;b&gt;{CLOSING}" in shown


@pytest.mark.parametrize("code", ["en", *catalogues.CODES])
def test_a_script_has_every_form_that_a_language_counts_with(web_app: Flask, code: str) -> None:
    texts = ("%(num)s second left", "%(num)s seconds left")
    with web_app.test_request_context(f"/?lang={code}"):
        forms = json.loads(counted(*texts))
        for number in range(200):
            category = Locale.parse(code).plural_form(number)
            if (code, number) != ("pt", 0):  # CLDR counts nothing as one there, its speakers and our catalogue do not
                assert forms[category].replace("#", str(number)) == ngettext(*texts, number)
    assert not [form for form in forms.values() if "%" in form]


def test_a_refusal_with_numbers_in_it_gives_way_to_words_of_the_language(web_app: Flask) -> None:
    told = "Must be at most 40 characters; this has 41."
    with web_app.test_request_context("/?lang=de"):
        assert said(told) == "Bitte sehen Sie sich das noch einmal an." and said("Send") == "Senden"
    with web_app.test_request_context("/"):
        assert said(told) == told
