"""What a town sets up from the command line: rooms, areas, holidays, events, venues and posters; and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from reporting.cli.ground import environment_of
from reporting.cli.main import cli
from reporting.config import Settings
from reporting.domain.errors import DomainError
from tests.cast import Cast

pytestmark = pytest.mark.db


@pytest.fixture
def command(settings: Settings, cast: Cast) -> Any:
    def run(*words: str) -> Result:
        return CliRunner(env=environment_of(settings, owner=True)).invoke(cli, words)

    return run


def refusal(found: Result) -> str:
    """The one line a person reads."""
    assert isinstance(found.exception, DomainError), found.output
    assert "\n" not in str(found.exception)
    return str(found.exception)


def rows(owner: Engine, question: str) -> list[Any]:
    with owner.connect() as connection:
        return [tuple(row) for row in connection.execute(text(question))]


def square(key: str, west: float = 24.9, **properties: Any) -> dict[str, Any]:
    ring = [[west, 60.1], [west + 0.1, 60.1], [west + 0.1, 60.2], [west, 60.2], [west, 60.1]]
    return {
        "type": "Feature",
        "properties": {"id": key, **properties},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def written(folder: Path, *features: dict[str, Any]) -> str:
    path = folder / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return str(path)


HOURS = [{"weekday": 0, "from": "08:00", "until": "17:00"}]


def test_areas_are_loaded_with_everything_they_say(command: Any, tmp_path: Path, owner: Engine) -> None:
    told = {"hours": HOURS, "timezone": "Europe/Paris", "holidays": "never", "rank": 2, "part": "informed", "desk": "Front desk"}
    file = written(tmp_path, square("quay", name="Quay", categories=["drone"], **told))
    done = command("jurisdiction", "load", file, "--organisation", "city")
    assert done.exit_code == 0, done.output
    assert "1 areas loaded, 0 of them repaired, 1 new and 0 as a further version; 0 features refused." in done.output
    assert rows(
        owner, "select name, hours, timezone, holidays, rank, part, desk_id is not null from jurisdiction where key = 'quay'"
    ) == [("Quay", HOURS, "Europe/Paris", "never", 2, "informed", True)]
    again = command("jurisdiction", "load", file, "--organisation", "city")
    assert "0 new and 1 as a further version" in again.output
    assert rows(owner, "select version, valid_until is null from jurisdiction where key = 'quay' order by version") == [
        (1, False), (2, True),
    ]  # fmt: skip
    assert "Served Monday 08:00–17:00, not on public holidays, rank 2, only informed." in command("jurisdiction", "list").output


def test_a_dry_run_loads_nothing(command: Any, tmp_path: Path, owner: Engine) -> None:
    before = rows(owner, "select count(*) from jurisdiction")
    done = command(
        "jurisdiction", "load", written(tmp_path, square("a")), "--organisation", "city", "--dry-run", "--retire-others"
    )
    assert "1 areas would be loaded" in done.output and "1 that are not in the file would end." in done.output
    assert rows(owner, "select count(*) from jurisdiction") == before


def test_areas_that_are_not_in_the_file_may_end(command: Any, tmp_path: Path, owner: Engine) -> None:
    command("jurisdiction", "load", written(tmp_path, square("a")), "--organisation", "city", "--retire-others")
    current = (
        "select key from jurisdiction j join organisation o on o.id = organisation_id where slug = 'city' and valid_until is null"
    )
    assert rows(owner, current) == [("a",)]


@pytest.mark.parametrize(
    ("properties", "line"),
    [
        ({"hours": []}, "hours must be a list of 1 to 100 spans"),
        ({"hours": [{"weekday": 7, "from": "08:00", "until": "17:00"}]}, "weekday 7 is not a number from 0 (Monday)"),
        ({"hours": [{"weekday": 1, "from": "8", "until": "17:00"}]}, "'8' is not a time of day"),
        ({"hours": [{"weekday": 1, "from": "24:00", "until": "17:00"}]}, 'cannot begin at "24:00"'),
        ({"hours": "Mo-Fr"}, "is not a list in JSON"),
        ({"days": [{"from": "2026-12-24"}]}, 'needs "from" and "until"'),
        ({"days": [{"from": "2026-12-26", "until": "2026-12-24"}]}, "before they begin"),
        ({"days": [{"from": "24.12.2026", "until": "2026-12-24"}]}, "is not a date"),
        ({"timezone": "Mars/Olympus"}, "is no time zone"),
        ({"holidays": "sometimes"}, "is not one of as_usual, only, never"),
        ({"part": "boss"}, "is not one of responsible, informed"),
        ({"categories": ["ufo"]}, "not known; there are unattended_item"),
        ({"rank": "high"}, "is not a whole number"),
        ({"enabled": "no"}, "neither true nor false"),
    ],
)
def test_a_feature_that_says_nonsense_is_left_out_and_named(
    command: Any, tmp_path: Path, properties: dict[str, Any], line: str
) -> None:
    file = written(tmp_path, square("good"), square("bad", 25.2, **properties))
    done = command("jurisdiction", "load", file, "--organisation", "city", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "1 areas would be loaded" in done.output and "1 features refused" in done.output
    (said,) = [each for each in done.output.splitlines() if each.startswith("feature bad")]
    assert line in said


def test_a_level_that_means_something_else_is_let_be_and_said(command: Any, tmp_path: Path, owner: Engine) -> None:
    done = command("jurisdiction", "load", written(tmp_path, square("a", level="country")), "--organisation", "police")
    assert "feature a: level 'country' is none of venue" in done.output and "1 areas loaded" in done.output
    assert rows(owner, "select level from jurisdiction where key = 'a'") == [("police",)]


def test_what_cannot_be_loaded_at_all_is_refused_in_one_line(command: Any, tmp_path: Path) -> None:
    file = written(tmp_path, square("a"))
    assert "cannot be a slug" in refusal(command("jurisdiction", "load", file, "--organisation", "City Room"))
    assert "There are: city, mall, police" in refusal(command("jurisdiction", "load", file, "--organisation", "fire"))
    assert "no desk 'Attic'" in refusal(
        command("jurisdiction", "load", written(tmp_path, square("a", desk="Attic")), "--organisation", "city")
    )
    (tmp_path / "areas.geojson").write_text("{", encoding="utf-8")
    assert "is not JSON" in refusal(command("jurisdiction", "load", file, "--organisation", "city"))
    (tmp_path / "areas.geojson").write_text("[]", encoding="utf-8")
    assert "not a GeoJSON" in refusal(command("jurisdiction", "load", file, "--organisation", "city"))
    assert "no area" in refusal(command("jurisdiction", "load", written(tmp_path), "--organisation", "city"))
    assert command("jurisdiction", "load", str(tmp_path / "absent"), "--organisation", "city").exit_code == 2


def test_a_room_changes_its_settings_and_desks(command: Any, owner: Engine) -> None:
    done = command(
        "organisation", "settings", "city", "--phone", "+1", "--nearest", "90", "--desk", "Quay", "--default-desk", "Quay"
    )
    assert done.exit_code == 0, done.output
    assert rows(owner, "select phone, nearest_m from organisation where slug = 'city'") == [("+1", 90)]
    desks = "select d.name, is_default from desk d join organisation o on o.id = organisation_id where slug = 'city' order by 1"
    assert rows(owner, desks) == [("Front desk", False), ("Quay", True)]
    assert "has no desk 'Attic'" in refusal(command("organisation", "settings", "city", "--default-desk", "Attic"))
    assert "has a desk 'Quay' already" in refusal(command("organisation", "settings", "city", "--desk", "Quay"))
    assert "only duty desk" in refusal(command("organisation", "settings", "city", "--no-duty-desk"))
    assert "too far" in refusal(command("organisation", "settings", "city", "--nearest", "90000"))
    assert command("organisation", "settings", "city").exit_code == 2


@pytest.mark.parametrize("slug", ["", "City", "a b", "-a", "a-", "ä", "a" * 41, "../etc", "a\nb", "a_b"])
def test_a_slug_that_cannot_stand_in_a_command_is_refused(command: Any, slug: str) -> None:
    assert "cannot be a slug" in refusal(command("organisation", "add", "--name", "X", "--level", "police", "--", slug))


def test_holidays_come_from_the_calendar_or_a_file(command: Any, tmp_path: Path, owner: Engine) -> None:
    done = command("holiday", "load", "--organisation", "city", "--country", "fi", "--years", "2026-2027")
    assert done.exit_code == 0, done.output
    assert ("2026-12-06",) in rows(owner, "select day::text from public_holiday")
    file = tmp_path / "days.csv"
    file.write_text("day,name\n2026-06-01,Town day\n", encoding="utf-8")
    assert (
        command("holiday", "load", "--organisation", "city", "--file", str(file)).output
        == "1 days loaded, 2026-06-01 to 2026-06-01.\n"
    )
    assert ("2026-06-01", "Town day") in rows(owner, "select day::text, name from public_holiday")
    file.write_text("day,name\n1.6.2026,Town day\n", encoding="utf-8")
    assert "days.csv line 2" in refusal(command("holiday", "load", "--organisation", "city", "--file", str(file)))
    assert "no calendar for XX" in refusal(
        command("holiday", "load", "--organisation", "city", "--country", "XX", "--years", "2026")
    )
    bavaria = command("holiday", "load", "--organisation", "city", "--country", "DE", "--region", "BY", "--years", "2027")
    assert bavaria.exit_code == 0, bavaria.output
    nowhere = ("--country", "DE", "--region", "QQ", "--years", "2027")
    assert "no calendar for DE, QQ" in refusal(command("holiday", "load", "--organisation", "city", *nowhere))
    assert command("holiday", "load", "--organisation", "city", "--country", "FI").exit_code == 2


def test_an_event_counts_on_its_days(command: Any, owner: Engine) -> None:
    days = ("--from", "2026-12-24", "--until", "2026-12-26")
    done = command(
        "event", "add", "market", "--organisation", "police", "--area", "police", "--name", "Market", "--rank", "5", *days
    )
    assert done.exit_code == 0, done.output
    assert rows(owner, "select days, rank from jurisdiction where key = 'market'") == [
        ([{"from": "2026-12-24", "until": "2026-12-26"}], 5)
    ]
    assert "has no area 'x'" in refusal(command("event", "add", "m", "--organisation", "police", "--area", "x", *days))
    assert "a key of its own" in refusal(command("event", "add", "police", "--organisation", "police", "--area", "police", *days))
    backwards = ("--from", "2026-12-26", "--until", "2026-12-24")
    assert "before they begin" in refusal(
        command("event", "add", "m", "--organisation", "police", "--area", "police", *backwards)
    )
    assert command("event", "add", "m", "--organisation", "police", *days).exit_code == 2


def test_a_venue_gets_codes_and_a_poster_to_print(command: Any, tmp_path: Path) -> None:
    made = command(
        "venue", "add", "library", "--name", "City <Library>", "--lat", "60.17", "--lon", "24.94", "--organisation", "city"
    )
    assert made.exit_code == 0, made.output
    code = made.output.split("; ")[1][:4]
    door = command("venue", "code", "add", "library", "--label", "North door", "--code", "door1").output.strip()
    assert door == "DOOR1"
    listed = next(line for line in command("venue", "list").output.splitlines() if line.startswith("library"))
    assert "City <Library>: city; 0 people sign in" in listed and code in listed and door in listed
    page = tmp_path / "poster.pdf"
    told = ("--out", str(page), "--help-point", "Desk")
    assert command("venue", "poster", "door1", *told, "--size", "A6").exit_code == 0
    assert page.read_bytes().startswith(b"%PDF-")
    assert command("venue", "poster", code, "--out", str(tmp_path / "p.svg")).exit_code == 0
    assert (tmp_path / "p.svg").read_text(encoding="utf-8").startswith("<svg")
    assert command("venue", "code", "revoke", "door1").exit_code == 0
    assert "out of use already" in refusal(command("venue", "code", "revoke", "door1"))
    assert "out of use" in refusal(command("venue", "poster", "door1", "--out", str(page)))
    assert ".pdf or .svg" in refusal(command("venue", "poster", code, "--out", str(tmp_path / "p.html")))
    assert "one to three languages" in refusal(command("venue", "poster", code, "--out", str(page), "--language", "xx"))
    assert "A4, A6" in refusal(command("venue", "poster", code, "--out", str(page), "--size", "A3"))


def test_venues_and_codes_that_cannot_be_are_refused(command: Any) -> None:
    place = ("--lat", "60.17", "--lon", "24.94")
    assert "already" in refusal(command("venue", "add", "mall", "--name", "M", *place))
    assert "cannot be a slug" in refusal(command("venue", "add", "The Mall", "--name", "M", *place))
    assert "swapped" in refusal(command("venue", "add", "x", "--name", "X", "--lat", "104.2", "--lon", "24.9"))
    assert "no organisation 'fire'" in refusal(command("venue", "add", "x", "--name", "X", *place, "--organisation", "fire"))
    assert "in use" in refusal(command("venue", "code", "add", "mall", "--label", "a", "--code", "K7QD"))
    assert "cannot be a code" in refusal(command("venue", "code", "add", "mall", "--label", "a", "--code", "K-7"))
    assert "no venue 'x'" in refusal(command("venue", "code", "add", "x", "--label", "a"))
    assert "no code 'NOPE'" in refusal(command("venue", "poster", "NOPE", "--out", "x.pdf"))
