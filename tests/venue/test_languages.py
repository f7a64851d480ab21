"""The venue's pages in other languages: made cases, forms and refusals, and no English word that no catalogue was asked for."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

from reporting.adapters import catalogues
from reporting.adapters.translations import standing
from reporting.domain.exercise import cases
from reporting.domain.languages import LANGUAGES
from tests.looking import Looking
from tests.pseudo import pseudo
from tests.venue.test_venue import HTTPS, sign_in, token_of

__all__ = ["pseudo"]
pytestmark = pytest.mark.db

PAGES = (
    "/venue/", "/venue/hot-or-not", "/venue/records", "/venue/plan", "/venue/reports", "/venue/manage", "/venue/manage/staff",
    "/venue/manage/keys", "/venue/posters", "/venue/sign-in", "/venue/offline", "/venue/procedures/lockdown",
)  # fmt: skip
WRONG = (
    ("/venue/records/drills", {"kind": "lockdown", "held_on": "1900-01-01", "people": "0", "minutes": "99999"}),
    ("/venue/records/drills", {"kind": "fire", "held_on": "yesterday", "people": "many", "minutes": ""}),
    ("/venue/records/training", {"person": "Gil", "kind": "other", "done_on": "2999-01-01"}),
    ("/venue/manage/staff", {"name": "", "role": "venue_staff"}),
    ("/venue/manage/staff", {"name": "Gil", "role": "venue_staff"}),
    ("/venue/manage/keys", {"name": ""}),
    ("/venue/manage/links", {"label": ""}),
    ("/venue/manage/zones", {"label": ""}),
    ("/venue/manage/facts", {"capacity": "many", "opening_hours": "x" * 900, "version": "1"}),
    ("/venue/hot-or-not", {}),
)
NAMES = re.compile(
    r"The Mall|Mall room|Kaivokatu|North door|City safety|Gil\b|Hana\b|Ida\b|Till 2|K7QD[\w-]*|https?://\S+|A[46]\b|"
    r"Otis|\blocalhost\b|[\w.]+@[\w.]+|\d{1,2} [A-Z][a-z]{2} \d{4}|" + "|".join(each.name for each in LANGUAGES)
)
"""What has no translation here: names, addresses, sizes of paper, languages by their own name, days."""


APART = ("script", "style", "title", "bdi")
READ = ("aria-label", "placeholder", "alt", "title")


class Texts(HTMLParser):
    """What people read of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        apart = tag in APART or told.get("translate") == "no" or told.get("class") in ("brand", "languages")
        if apart or self.hidden[-1:] == [tag]:
            self.hidden.append(tag)
        if not self.hidden:
            self.found += [told[name] or "" for name in READ if name in told]

    def handle_endtag(self, tag: str) -> None:
        if self.hidden and self.hidden[-1] == tag:
            self.hidden.pop()

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found.append(data)


def plain_words(page: str) -> set[str]:
    """Words in plain letters on a page that says everything in strange ones."""
    reader = Texts()
    reader.feed(page)
    return {word for text in reader.found for word in re.findall(r"[A-Za-z]{3,}", NAMES.sub("", text))}


@pytest.fixture
def hana(looking: Looking, client: FlaskClient) -> FlaskClient:
    """A browser in which Hana, the manager, is signed in."""
    sign_in(client, "hana@example.org", looking.cast.people["hana"].password)
    return client


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client.get("/venue/records", **HTTPS)), **form}, **HTTPS)


@pytest.mark.parametrize("code", catalogues.CODES)
def test_made_cases_are_read_in_every_language(hana: FlaskClient, code: str) -> None:
    known = cases()
    page = post(hana, f"/venue/hot-or-not?lang={code}", dealt=list(known), umbrella="not").text
    said = {catalogues.english(each)[0]: catalogues.forms(each)[0] for each in catalogues.messages(catalogues.catalogue(code))}
    assert standing(code).finished
    for case in known.values():
        for text in (case.text, case.why):
            assert said[text] in page and text.replace("'", "&#39;") not in page, text


def test_every_word_of_the_venues_pages_is_translated(hana: FlaskClient, pseudo: None) -> None:
    seen = {path: plain_words(hana.get(path, **HTTPS, follow_redirects=True).text) for path in PAGES}
    assert not any(seen.values()), seen


def test_every_refusal_on_the_venues_pages_is_translated(hana: FlaskClient, pseudo: None) -> None:
    seen = {}
    for path, form in WRONG:
        answer = post(hana, path, **form)
        assert answer.status_code == 422, (path, form)
        seen[f"{path} {form}"] = plain_words(answer.text)
    assert not any(seen.values()), seen


def test_usual_places_are_named_in_the_managers_language_and_known_in_every_other(hana: FlaskClient, looking: Looking) -> None:
    assert "Anlaufstelle" in hana.get("/venue/posters?lang=de", **HTTPS).text
    for code in ("de", "el", "en"):
        assert post(hana, f"/venue/posters/places?lang={code}").status_code == 303
    labels = (
        "select string_agg(label, ', ' order by label) from place_code where label in ('Eingang', 'Anlaufstelle', 'Personalraum')"
    )
    assert looking.one(labels) == "Anlaufstelle, Eingang, Personalraum"
    page = hana.get("/venue/posters", **HTTPS).text
    assert "Add codes for" not in page and 'value="Anlaufstelle"' in page
