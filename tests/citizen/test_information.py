"""What every public page keeps to: calm, in the asked language, without cookies, inline code or anything from elsewhere."""

import gzip
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

import reporting
from reporting.app import put_on_faces
from reporting.bootstrap import build
from reporting.config import OUR_COLOUR, Settings
from reporting.domain.receipts import VECTORS
from reporting.domain.retention import RETENTION_DAYS
from tests.cast import Cast, a_report, new_key

pytestmark = pytest.mark.db

ROOT = Path(reporting.__file__).parent
PAGES = ("/", "/v/K7QD", "/v/ZZZZ", "/follow-up", "/about", "/privacy", "/accessibility", "/venue/sign-in")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_the_emergency_call_and_no_code_of_its_own(client: FlaskClient, cast: Cast, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert 'href="tel:112"' in page.text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page.text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page.text)
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', page.text) == []


@pytest.mark.parametrize("path", PAGES[:-1])
def test_a_public_page_sets_no_cookie(client: FlaskClient, cast: Cast, path: str) -> None:
    assert "Set-Cookie" not in client.get(path).headers


@pytest.mark.parametrize("path", PAGES)
def test_the_language_is_in_the_address_and_goes_along_with_every_link(client: FlaskClient, cast: Cast, path: str) -> None:
    page = client.get(path, query_string={"lang": "ar"})
    assert '<html lang="ar" dir="rtl">' in page.text
    own = re.findall(r'(?:href|action)="(/(?!static|leave)[^"]*)"', page.text)
    assert own and all("lang=ar" in link for link in own)
    assert '<html lang="en" dir="ltr">' in client.get(path, query_string={"lang": "xx"}).text


def test_the_room_is_named_in_general_words_until_it_is_known(client: FlaskClient) -> None:
    page = re.sub(r"<[^>]+>", "", client.get("/").text)
    assert "This goes to the control room in charge there. It may be passed to police." in page


def test_the_emergency_number_and_its_silent_ways_are_settings(settings: Settings) -> None:
    told = replace(
        settings, emergency_number="999", emergency_text="114", emergency_app="https://relay.example/", deployer_colour="#5B2C83"
    )
    page = put_on_faces(build(told, process="web")).test_client().get("/about").text
    assert 'href="tel:999"' in page and 'href="sms:114"' in page and 'href="https://relay.example/"' in page
    assert "Cannot speak or hear?" in page and "tel:112" not in page and "/colours.css" in page


def test_the_privacy_page_says_how_long_each_thing_is_kept(client: FlaskClient) -> None:
    page = client.get("/privacy").text
    of_staff = ("first_look", "room_notice", "training", "drill")
    for days in {each for name, each in RETENTION_DAYS.items() if name not in of_staff} - {365}:
        assert f"<td>{days} days</td>" in page
    assert "<td>1 year</td>" in page


def test_security_text_has_a_contact_and_expires_within_a_year(client: FlaskClient) -> None:
    answer = client.get("/.well-known/security.txt")
    assert answer.mimetype == "text/plain"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"]
    left = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) - datetime.now(UTC)
    assert 0 < left.days < 365


def test_public_sentences_are_short() -> None:
    """Fewer than 15 words each: nervous people and people who read in their third language understand them."""
    rooms = [*(ROOT / "citizen").rglob("*.html"), *(ROOT / "citizen").glob("*.py"), *(ROOT / "templates").rglob("*.html")]
    said = [words for room in rooms for words in re.findall(r'_\("((?:[^"\\]|\\.)+)"', room.read_text(encoding="utf-8"))]
    assert len(said) > 100
    assert [each for words in said for each in re.split(r"(?<=[.?!:])\s", words) if len(each.split()) >= 15] == []


def test_following_up_says_the_state_in_calm_words(client: FlaskClient, cast: Cast) -> None:
    code = client.post("/api/v1/reports", json=a_report(), headers=new_key()).get_json()["receipt_code"]
    page = client.post("/follow-up", data={"receipt_code": f" {code.lower().replace('-', ' ')} "})
    assert page.status_code == 200
    assert "We have your report" in page.text and 'aria-current="step"' in page.text
    assert set(re.findall(rf"\S*{code}", page.text)) == {f'value="{code}'}, "in the bodies of forms alone"


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ("", 422, "Write your receipt code."),
        ("7K3M", 422, "not a whole code"),
        (VECTORS["100000000000000"], 404, "opens no report"),
    ],
)
def test_a_wrong_code_is_refused_kindly(client: FlaskClient, typed: str, status: int, words: str) -> None:
    page = client.post("/follow-up", data={"receipt_code": typed})
    assert page.status_code == status
    assert words in page.text and f'value="{typed}"' in page.text


def test_a_code_in_the_address_opens_nothing(client: FlaskClient, cast: Cast) -> None:
    code = client.post("/api/v1/reports", json=a_report(), headers=new_key()).get_json()["receipt_code"]
    assert "We have your report" not in client.get("/follow-up", query_string={"receipt_code": code}).text


def test_unchanged_files_are_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/static/css/public.css", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    headers = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    assert client.get("/static/css/public.css", headers=headers, buffered=True).status_code == 304
    assert "Content-Encoding" not in client.get("/static/css/public.css", buffered=True).headers


@pytest.mark.parametrize(
    ("asked", "given"), [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("", "")]
)
@pytest.mark.parametrize("path", ["/", "/static/css/public.css"])
def test_the_better_coding_is_taken(client: FlaskClient, path: str, asked: str, given: str) -> None:
    plain = client.get(path, buffered=True).data
    answer = client.get(path, headers={"Accept-Encoding": asked}, buffered=True)
    assert answer.headers.get("Content-Encoding", "") == given and "Accept-Encoding" in answer.headers["Vary"]
    opened = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[given](answer.data)
    assert len(opened) == len(plain)


def test_the_colours_and_the_logo_are_the_deployers(settings: Settings, tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    told = replace(settings, deployer_colour="#5B2C83", deployer_logo=str(logo), deployer_name="Town & <b>safe</b>")
    client = put_on_faces(build(told, process="web")).test_client()
    page = client.get("/about").text
    assert '<img src="/logo" alt="" height="32">Town &amp; &lt;b&gt;safe&lt;/b&gt;</a>' in page
    assert "--accent: #5b2c83;" in client.get("/colours.css").text
    assert client.get("/manifest.webmanifest").get_json(force=True)["theme_color"] == "#5B2C83"
    assert '<meta name="theme-color" content="#5B2C83">' in page and "/colours.css" in client.get("/worker.js").text
    picture = client.get("/logo")
    assert (picture.mimetype, picture.headers["X-Content-Type-Options"]) == ("image/svg+xml", "nosniff")
    assert "default-src 'none'" in picture.headers["Content-Security-Policy"]


@pytest.mark.parametrize("colour", [OUR_COLOUR, OUR_COLOUR.lower()])
def test_our_own_colour_needs_no_style_of_its_own(settings: Settings, colour: str) -> None:
    client = put_on_faces(build(replace(settings, deployer_colour=colour), process="web")).test_client()
    assert "/colours.css" not in client.get("/about").text + client.get("/worker.js").text
    assert client.get("/manifest.webmanifest").get_json(force=True)["theme_color"] == colour


def test_parts_of_pages_carry_no_headers_for_documents(client: FlaskClient) -> None:
    for path in ("/static/css/public.css", "/static/js/public/report.mjs", "/static/looks/en.json"):
        with client.get(path) as part:
            assert "Content-Security-Policy" not in part.headers and part.headers["X-Content-Type-Options"] == "nosniff"
    for path in (
        "/static/icons/mark.svg",
        "/static/js/public/worker.mjs",
        "/static/vendor/maplibre/maplibre-gl-worker.mjs",
        "/static/no.css",
    ):
        with client.get(path) as whole:
            assert "Content-Security-Policy" in whole.headers or whole.status_code == 404


def test_security_text_repeats_nobodys_host(client: FlaskClient) -> None:
    assert "evil.example" not in client.get("/.well-known/security.txt", headers={"Host": "evil.example"}).text


def test_only_files_that_were_found_are_kept_by_others(client: FlaskClient) -> None:
    with client.get("/static/css/public.css") as found:
        assert found.headers["Cache-Control"].startswith("public")
    assert client.get("/static/css/nothing.css").headers["Cache-Control"] == "no-store"
    with client.get("/static/maps/helsinki.pmtiles", headers={"Range": "bytes=999999999-"}) as refused:
        assert (refused.status_code, refused.headers["Cache-Control"]) == (416, "no-store")
