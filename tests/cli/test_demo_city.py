"""The demo city is whole: its tables parse and agree, every word of the field appears, and nothing in it is real but the map."""

import csv
import gzip
import hashlib
import json
import re
import struct
from collections import Counter
from importlib.resources import files
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from shapely.geometry import Point, box, shape
from shapely.geometry.base import BaseGeometry

import reporting
from reporting.config import Settings
from reporting.domain.categories import CODES as CATEGORIES
from reporting.domain.outcomes import OUTCOMES
from reporting.domain.places import CODE_ALPHABET, VENUE_KINDS, is_place_code
from reporting.domain.statuses import STATUSES
from reporting.policy import ROLES
from reporting.schemas.reports import NewReportSchema

ROOT = Path(reporting.__file__).parent
CITY = ROOT / "cli" / "demo_city"
MAPS = ROOT / "static" / "maps"
WEST, SOUTH, EAST, NORTH = Settings().bounds
EXTENT = box(WEST, SOUTH, EAST, NORTH)
BECOMES = {
    "acknowledge": "acknowledged", "take": "in_progress", "wait": "waiting",
    "shelve": "shelved", "hand_over": "handed_over", "close": "closed",
}  # fmt: skip
NEEDS = {"priority": "priority", "shelve": "minutes", "hand_over": "to", "close": "outcome"}
Row = dict[str, str]


def table(name: str) -> list[Row]:
    """The rows of one table of the demo city."""
    with (CITY / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def document(name: str) -> Any:
    """One JSON file of the demo city."""
    return json.loads((CITY / name).read_text(encoding="utf-8"))


VENUES = {row["id"]: row for row in table("venues.csv")}
CODES = {row["code"]: row for row in table("place_codes.csv")}
AREAS = [(shape(area["geometry"]), area["properties"]) for area in document("areas.geojson")["features"]]
ORGANISATIONS = {each["slug"]: each for each in document("organisations.json")["organisations"]}
ACCOUNTS = {each["account"]: each for each in document("organisations.json")["accounts"]}
GROUPS = document("reports.json")["groups"]
REPORTS = [report for group in GROUPS for report in group["reports"]]


def position(row: Row) -> Point:
    """Where a row of a table lies."""
    return Point(float(row["lon"]), float(row["lat"]))


def status_of(group: dict[str, Any]) -> str:
    """The status a group ends in after its casework."""
    return next((BECOMES[step["action"]] for step in reversed(group["casework"]) if step["action"] in BECOMES), "new")


def responsible(point: Point, category: str) -> str:
    """The organisation whose smallest area contains a point and takes its category."""
    fitting = [
        (outline.area, area["organisation"])
        for outline, area in AREAS
        if outline.contains(point) and (area["categories"] is None or category in area["categories"])
    ]
    return min(fitting)[1]


def place_of(report: dict[str, Any]) -> Point | None:
    """The point a report names by location or place code; None when it has only words."""
    if "location" in report:
        return Point(report["location"]["lon"], report["location"]["lat"])
    return position(CODES[report["venue"]]) if "venue" in report else None


def test_everything_ships_with_the_package() -> None:
    shipped = {entry.name for entry in files("reporting.cli.demo_city").iterdir()}
    assert shipped >= {
        "venues.csv", "place_codes.csv", "addresses.csv", "landmarks.csv", "areas.geojson",
        "organisations.json", "reports.json", "README.md", "ATTRIBUTION.md",
    }  # fmt: skip


@pytest.mark.parametrize("folder", [CITY, MAPS])
def test_whoever_takes_a_derived_file_finds_whom_to_thank(folder: Path) -> None:
    notice = (folder / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert "© OpenStreetMap contributors" in notice
    assert "Open Database License" in notice
    assert "© OpenStreetMap contributors" in document("areas.geojson")["attribution"]


def test_the_map_is_the_one_that_was_built() -> None:
    digest, name = (MAPS / "SHA256SUMS").read_text(encoding="ascii").split()
    assert name == Settings().map_tiles
    archive = (MAPS / name).read_bytes()
    assert hashlib.sha256(archive).hexdigest() == digest
    assert len(archive) < 400_000


def test_the_map_is_a_pmtiles_3_archive_of_the_demo_bounds() -> None:
    archive = (MAPS / Settings().map_tiles).read_bytes()
    assert archive[:8] == b"PMTiles\x03"
    internal, tile, kind, nearest, farthest = struct.unpack_from("<5B", archive, 97)
    assert (internal, tile, kind) == (2, 2, 1), "gzip, gzip, vector tiles"
    assert (nearest, farthest) == (10, 16)
    bounds = [value / 1e7 for value in struct.unpack_from("<4i", archive, 102)]
    assert bounds == pytest.approx([WEST, SOUTH, EAST, NORTH], abs=1e-6)


def test_the_map_says_whose_data_it_is_and_not_where_it_was_made() -> None:
    archive = (MAPS / Settings().map_tiles).read_bytes()
    start, length = struct.unpack_from("<2Q", archive, 24)
    metadata = json.loads(gzip.decompress(archive[start : start + length]))
    assert set(metadata) == {"attribution", "description", "name", "vector_layers"}
    assert metadata["attribution"] == "© OpenStreetMap contributors"


def test_the_map_describes_every_layer_it_has() -> None:
    archive = (MAPS / Settings().map_tiles).read_bytes()
    start, length = struct.unpack_from("<2Q", archive, 24)
    layers = {layer["id"] for layer in json.loads(gzip.decompress(archive[start : start + length]))["vector_layers"]}
    described = set(re.findall(r"^\| `(\w+)` \|", (MAPS / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert described == layers


def test_venues_are_named_known_and_on_the_map() -> None:
    assert 60 <= len(VENUES) <= 110
    for venue in VENUES.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", venue["id"])
        assert venue["name"]
        assert venue["kind"] in VENUE_KINDS
        assert EXTENT.covers(position(venue)), venue["id"]
        assert venue["organisation"] in {"", *ORGANISATIONS}


def test_addresses_and_landmarks_are_on_the_map() -> None:
    for row in [*table("addresses.csv"), *table("landmarks.csv")]:
        assert EXTENT.covers(position(row)), row
    assert len({(row["street"], row["number"]) for row in table("addresses.csv")}) == len(table("addresses.csv"))


def test_place_codes_are_well_formed_unique_and_far_apart() -> None:
    assert len(CODES) == len(table("place_codes.csv"))
    for code, row in CODES.items():
        assert len(code) == 4
        assert is_place_code(code)
        assert set(code) <= set(CODE_ALPHABET)
        assert row["venue_id"] in VENUES
        assert EXTENT.covers(position(row))
    for one, other in combinations(CODES, 2):
        assert sum(left != right for left, right in zip(one, other, strict=True)) > 1, (one, other)


def test_place_codes_show_no_order() -> None:
    by_venue = [CODES[code]["venue_id"] for code in sorted(CODES)]
    neighbours = sum(left == right for left, right in pairwise(by_venue))
    assert neighbours < len(by_venue) / 8


def test_every_venue_has_a_code_and_the_station_one_for_every_platform() -> None:
    assert {row["venue_id"] for row in CODES.values() if not row["label"]} == set(VENUES)
    station = {row["label"] for row in CODES.values() if row["venue_id"] == "helsinki-central-railway-station"}
    assert station >= {"Main hall", *(f"Platform {number}" for number in range(1, 20))}
    assert any(row["label"] == "Entrance A" for row in CODES.values() if row["venue_id"] == "rautatientori-metro")
    assert CODES["K7QD"]["label"] == "Main hall"


def test_areas_are_valid_and_belong_to_a_known_room() -> None:
    for outline, area in AREAS:
        assert outline.is_valid, area["id"]
        assert outline.geom_type in {"Polygon", "MultiPolygon"}
        organisation = ORGANISATIONS[area["organisation"]]
        assert area["level"] == organisation["level"]
        assert area["categories"] is None or set(area["categories"]) <= set(CATEGORIES)
    assert len({area["id"] for _, area in AREAS}) == len(AREAS)
    assert {area["organisation"] for _, area in AREAS} == set(ORGANISATIONS)


@pytest.mark.parametrize("level", ["municipal", "police", "national"])
def test_the_whole_map_is_covered_at_every_public_level(level: str) -> None:
    outlines: list[BaseGeometry] = [outline for outline, area in AREAS if area["level"] == level]
    assert any(outline.covers(EXTENT) for outline in outlines)


@pytest.mark.parametrize("category", CATEGORIES)
def test_somebody_is_responsible_for_every_category_at_every_venue(category: str) -> None:
    for venue in VENUES.values():
        assert responsible(position(venue), category) in ORGANISATIONS


def test_a_venues_own_room_is_responsible_there() -> None:
    for venue in VENUES.values():
        if venue["organisation"]:
            assert responsible(position(venue), "unattended_item") == venue["organisation"], venue["id"]


def test_rooms_cover_all_levels_with_one_duty_desk_and_some_sleep_at_night() -> None:
    assert {each["level"] for each in ORGANISATIONS.values()} == {"venue", "municipal", "police", "national"}
    assert [each["slug"] for each in ORGANISATIONS.values() if each["duty_desk"]] == ["city"]
    assert sum(each["level"] == "venue" for each in ORGANISATIONS.values()) >= 2
    watched = [each["watched"] for each in ORGANISATIONS.values() if each["watched"]]
    assert watched
    for hours in watched:
        assert ZoneInfo(hours["time_zone"]).key == Settings().time_zone
        for span in hours["spans"]:
            assert span["from"] < span["until"]
            assert set(span["weekdays"]) <= set(range(7))
    assert all(each["desks"] and each["public_name"] for each in ORGANISATIONS.values())


def test_every_role_and_every_room_can_sign_in() -> None:
    assert {each["role"] for each in ACCOUNTS.values()} == set(ROLES)
    operators = {each["organisation"] for each in ACCOUNTS.values() if each["role"] == "operator"}
    assert operators == set(ORGANISATIONS)
    for slug in ORGANISATIONS:
        name = "operator" if slug == "city" else f"operator_{slug}"
        assert ACCOUNTS[name]["organisation"] == slug
    assert ACCOUNTS.keys() >= {"supervisor", "venue_staff", "org_admin", "auditor"}
    for account in ACCOUNTS.values():
        assert account["desk"] is None or account["desk"] in ORGANISATIONS[account["organisation"]]["desks"]
        assert account.get("venue", next(iter(VENUES))) in VENUES


def test_nobody_in_the_demo_can_be_reached() -> None:
    everything = (CITY / "organisations.json").read_text(encoding="utf-8") + (CITY / "reports.json").read_text(encoding="utf-8")
    mails = re.findall(r"[\w.+-]+@([\w.-]+)", everything)
    assert mails
    assert all(domain.endswith(".example.org") for domain in mails)
    assert not re.findall(r"https?://", everything)
    phones = [each["phone"] for each in ORGANISATIONS.values()]
    phones += [report["report"]["contact"].get("phone") for report in REPORTS if "contact" in report["report"]]
    assert all(phone.startswith("+358 000 555 ") for phone in phones if phone)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group["key"])
def test_every_report_is_one_the_public_door_accepts(group: dict[str, Any]) -> None:
    for report in group["reports"]:
        NewReportSchema().load(report["report"])
        assert "receipt_code" not in report["report"]
        assert 0 <= report["minutes_ago"] < 24 * 60
        assert report.get("as_account", "venue_staff") in ACCOUNTS
        assert report["report"].get("venue", "K7QD") in CODES
        assert set(report) <= {"minutes_ago", "seen_minutes_before", "as_account", "device", "report"}


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group["key"])
def test_every_report_lies_on_the_map_in_the_area_of_its_room(group: dict[str, Any]) -> None:
    for report in group["reports"]:
        point = place_of(report["report"])
        if point is None:
            assert report["report"]["place"]
            assert ORGANISATIONS[group["organisation"]]["duty_desk"]
        else:
            assert EXTENT.covers(point)
            assert responsible(point, report["report"]["category"]) == group["organisation"]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group["key"])
def test_what_operators_did_is_possible(group: dict[str, Any]) -> None:
    times = [step["after"] for step in group["casework"]]
    assert times == sorted(times)
    assert all(0 <= after < group["reports"][0]["minutes_ago"] for after in times)
    for position_, step in enumerate(group["casework"]):
        assert step["action"] in {*BECOMES, "note", "priority"}
        assert NEEDS.get(step["action"], "after") in step
        assert step["action"] != "close" or position_ == len(group["casework"]) - 1
        assert step["action"] in {"acknowledge", "take"} or step["text"]
        assert step.get("outcome", "confirmed") in OUTCOMES
        assert step.get("to", "police") in ORGANISATIONS
        assert step.get("minutes", 1) <= 60


def test_the_reports_of_a_group_are_close_and_in_time_order_and_in_different_words() -> None:
    for group in GROUPS:
        ages = [report["minutes_ago"] for report in group["reports"]]
        assert ages == sorted(ages, reverse=True), group["key"]
        assert ages[0] - ages[-1] <= 30, group["key"]
        points = [place_of(report["report"]) for report in group["reports"]]
        for one, other in combinations([point for point in points if point], 2):
            assert abs(one.y - other.y) * 111_195 < 120, group["key"]
            assert abs(one.x - other.x) * 55_300 < 120, group["key"]
    texts = [report["report"]["description"] for report in REPORTS]
    assert len(set(texts)) == len(texts)


def test_the_day_shows_every_word_of_the_field() -> None:
    assert len(REPORTS) >= 130
    assert {report["report"]["category"] for report in REPORTS} == set(CATEGORIES)
    assert {group["organisation"] for group in GROUPS} == set(ORGANISATIONS)
    assert {status_of(group) for group in GROUPS} == set(STATUSES)
    outcomes = {step["outcome"] for group in GROUPS for step in group["casework"] if "outcome" in step}
    assert outcomes == set(OUTCOMES) - {"malicious_false"}, "a room does not show off with that one"
    languages = Counter(report["report"]["language"] for report in REPORTS)
    assert languages.keys() >= {"en", "fi", "sv", "ar", "de", "pl", "fr"}


def test_the_queue_is_alive_but_not_flooded() -> None:
    open_groups = [group for group in GROUPS if status_of(group) != "closed"]
    assert 35 <= len(open_groups) <= 55
    fresh = [group for group in GROUPS if group["reports"][0]["minutes_ago"] <= 20]
    assert {status_of(group) for group in fresh} >= {"new", "in_progress"}
    assert all(group["reports"][0]["minutes_ago"] <= 45 for group in GROUPS if status_of(group) == "new")
    joined = [group for group in GROUPS if len(group["reports"]) > 1]
    assert len(joined) >= 20
    assert max(len(group["reports"]) for group in GROUPS) <= 6


def test_the_day_has_a_quiet_night_and_busy_hours() -> None:
    hours = Counter(report["minutes_ago"] // 60 for report in REPORTS)
    assert sum(hours[hour] for hour in range(9, 14)) < len(REPORTS) / 10
    assert max(hours.values()) <= len(REPORTS) / 5
    assert all(hours[hour] for hour in range(24))


def test_places_are_told_in_every_way() -> None:
    bodies = [report["report"] for report in REPORTS]
    assert {body["location"]["source"] for body in bodies if "location" in body} >= {"gps", "pin", "address"}
    assert any("venue" in body and "location" not in body for body in bodies)
    assert any("place" in body and "location" not in body and "venue" not in body for body in bodies)
    accuracies = [body["location"]["accuracy_m"] for body in bodies if "location" in body]
    assert (min(accuracies), max(accuracies)) == (5, 120)
    assert sum("as_account" in report for report in REPORTS) >= 6
    assert sum("contact" in body for body in bodies) >= 4
    assert any("reporter_location" in body for body in bodies)
