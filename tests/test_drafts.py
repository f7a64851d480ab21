"""Drafts of routing: changed by several hands, tried on the past, published, and gone back from."""

import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.adapters.postgres.launcher import Cluster
from reporting.bootstrap import SYSTEM, build
from reporting.config import Settings
from reporting.dashboard import routing_words
from reporting.domain.drafts import Clash
from reporting.domain.errors import NotFound, NotPossible, Refused, VersionConflict
from reporting.extensions import db
from reporting.policy import Actor
from reporting.queries import drafts as query
from reporting.services import drafts, jurisdictions, publishing, trials
from reporting.services.jurisdictions import NewArea
from reporting.services.upkeep import clean_up
from tests.access.test_fence import as_application
from tests.cast import CITY_POINT, MALL_POINT, Cast, a_report, new_key
from tests.test_line import rows, run
from worker.line import run_errands

pytestmark = pytest.mark.db
NIGHT = [{"weekday": day, "from": "06:00", "until": "22:00"} for day in range(7)]
PARK_POINT = {"lat": 60.1660, "lon": 24.9300, "accuracy_m": 10, "source": "gps"}
KINDS = ("unattended_item", "suspicious_behaviour", "drone", "tampering")


@dataclass
class Desk:
    """Bo's room: asks the services as the pages do, files reports, and lets the worker do what waits."""

    cast: Cast
    app: Flask
    owner: Engine
    client: FlaskClient
    bo: Actor

    def __call__(self, act: Callable[..., Any], *given: Any, who: Actor | None = None, plain: bool = False) -> Any:
        """`plain`: the service asks for nobody."""
        with self.app.app_context():
            return act(*given) if plain else act(who or self.bo, *given)

    def actor(self, name: str, role: str, slug: str) -> Actor:
        """Somebody else, as the guard would let them in."""
        return Actor(self.cast.people[name].account_id, role, name.title(), self.cast.organisations[slug], f"{slug} room")

    def file(self, **told: Any) -> str:
        """A report that went through the whole line; its id."""
        report = uuid.UUID(self.client.post("/api/v1/reports", json=a_report(**told), headers=new_key()).get_json()["id"])
        run(self.app, report)
        return str(report)

    def tried(self, draft: str) -> dict[str, Any]:
        """What the latest trial of the draft says, once the worker has done what waits."""
        self.work()
        trial = self(query.detail, draft).trial
        assert trial is not None and trial.state == "done"
        return trial.answer

    def work(self) -> None:
        """Does the errands that wait."""
        waiting = [uuid.UUID(str(row.subject_id)) for row in rows(self.owner, WAITING, job="try_routing")]
        with self.app.app_context():
            run_errands(jobs.TRY_ROUTING, waiting)

    def settle(self) -> None:
        """Lets open incidents follow the areas, as a worker does after a switch."""
        waiting = [uuid.UUID(str(row.subject_id)) for row in rows(self.owner, WAITING, job="reroute")]
        with self.app.app_context():
            run_errands(jobs.REROUTE, waiting)

    def rooms_of(self, reports: list[str]) -> list[tuple[str, str]]:
        """Organisation and row of each report's incident."""
        found = {row.id: (row.slug, row.key) for row in rows(self.owner, ROOMS, ids=reports)}
        return [found[each] for each in reports]


WAITING = "select subject_id from outbox where job = :job"
ROOMS = """select r.id::text, o.slug, coalesce(j.key, '') as key from report r join incident i on i.id = r.incident_id
 join organisation o on o.id = i.organisation_id left join jurisdiction j on j.id = i.jurisdiction_id
 where r.id = any(cast(:ids as uuid[]))"""


@pytest.fixture
def desk(cast: Cast, client: FlaskClient, line_app: Flask, owner: Engine) -> Desk:
    bo = Actor(cast.people["bo"].account_id, "supervisor", "Bo", cast.organisations["city"], "City room")
    return Desk(cast, line_app, owner, client, bo)


def test_a_draft_is_begun_changed_and_published(desk: Desk) -> None:
    draft = desk(drafts.begin, "No drones")
    version = desk(drafts.change_row, draft, 0, "centre", {"categories": ["unattended_item"], "name": "City centre"})
    found = desk(query.detail, draft)
    assert (version, found.changed) == (1, 1)
    assert found.line("centre").difference.fields == ("categories",)
    assert [each.key for each in desk(publishing.publish, draft, 1)] == ["centre"]
    lines = desk(query.overview).lines
    assert [(line.key, line.row["categories"]) for line in lines] == [("centre", ["unattended_item"])]
    assert desk(query.detail, draft).summary.state == "published"


def test_a_trial_counts_moves_by_kind_and_names_own_incidents(desk: Desk) -> None:
    bag, drone = desk.file(), desk.file(category="drone")
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"categories": ["unattended_item"]})
    told = desk.tried(draft)
    assert told["ours"] == [2, 1]
    assert told["flows"] == [
        {"from": "City room", "to": "Police room", "to_us": False, "category": "drone", "own": 1, "others": 0}
    ]
    number = rows(desk.owner, "select number from incident i join report r on r.incident_id = i.id where r.id = :id", id=drone)
    assert [each["number"] for each in told["incidents"]] == [number[0].number]
    assert told["met"] == {"centre": [2, 1]}
    assert desk.rooms_of([bag, drone]) == [("city", "centre"), ("city", "centre")], "a trial moves nothing"


def test_a_hole_is_told_with_its_hours(desk: Desk) -> None:
    """Suspicious behaviour goes to no police without a fact, so at night nobody but the duty desk is left."""
    for _ in range(3):
        desk.file(category="suspicious_behaviour", behaviours=["SURVL"], description=f"Looks at the door {_} times")
    rows_changed = "update incident set opened_at = date_trunc('day', now()) - interval '1 day' + interval '21 hours 30 minutes'"
    with desk.owner.begin() as connection:
        connection.execute(text(rows_changed))
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"hours": NIGHT})
    hole = desk.tried(draft)["holes"]["opened"]
    assert [(each["name"], each["category"], each["start"], each["until"]) for each in hole] == [
        ("City centre", "suspicious_behaviour", "22:00", "06:00")
    ]
    assert routing_words.hole(hole[0]) == "Between 22:00 and 06:00 nobody takes “Someone doing something odd” in City centre"
    assert desk.tried(draft)["holes"].keys() == {"opened"}
    desk(publishing.publish, draft, 1)
    again = desk(drafts.begin)
    desk(drafts.change_row, again, 0, "centre", {"hours": None})
    assert desk.tried(again)["holes"].keys() == {"closed"}


@pytest.mark.parametrize("seed", range(8))
def test_what_a_trial_says_is_what_publishing_does(desk: Desk, seed: int) -> None:
    """The same incidents: what the trial foretold, the line does once the draft is in force; and going back undoes it."""
    chance = random.Random(seed)
    points = [CITY_POINT, MALL_POINT, PARK_POINT]
    reports = [
        desk.file(category=kind, location=point, description=f"{kind} at {point['lat']}, number {seed}")
        for kind in KINDS
        for point in points
    ]
    before = desk.rooms_of(reports)
    draft = desk(drafts.begin)
    version = desk(drafts.change_row, draft, 0, "centre", any_row(chance))
    version = desk(drafts.add_rows, draft, version, [area("quay", any_row(chance), chance)])
    if chance.random() < 0.3:
        version = desk(drafts.remove_row, draft, version, "centre")
    told = desk.tried(draft)
    moves = {each["id"]: each["to"] for each in told["incidents"]}
    desk(publishing.publish, draft, version)
    desk.settle()
    after = desk.rooms_of(reports)
    incidents = {str(row.id): str(row.incident_id) for row in rows(desk.owner, "select id, incident_id from report")}
    for report, (was, _row), (now, _key) in zip(reports, before, after, strict=True):
        if was == "city":
            expected = moves.get(incidents[report], "City room")
            assert f"{now.title()} room" == expected or expected == "Front desk", (report, told)
    assert told["ours"][0] == sum(slug == "city" for slug, _row in before)
    assert told["ours"][1] == sum(slug == "city" for slug, _row in after)
    desk(publishing.go_back, 1)
    desk.settle()
    assert desk.rooms_of(reports) == before


def any_row(chance: random.Random) -> dict[str, Any]:
    """Values of a row by chance; hours hold this moment or are far from it."""
    now = datetime.now(ZoneInfo("Europe/Helsinki"))
    elsewhere = f"{(now.hour + 4) % 24:02d}:00", f"{(now.hour + 6) % 24:02d}:00"
    around = f"{(now.hour - 2) % 24:02d}:00", f"{(now.hour + 3) % 24:02d}:00"
    spans = [
        {"weekday": day, "from": start, "until": until}
        for day in range(7)
        for start, until in [chance.choice([around, elsewhere])]
    ]
    return {
        "categories": chance.choice([None, chance.sample(KINDS, 2)]),
        "hours": chance.choice([None, spans]),
        "rank": chance.choice([0, 0, 5]),
        "part": chance.choice(["responsible", "responsible", "informed"]),
        "enabled": chance.random() < 0.8,
        "holidays": "as_usual",
    }


def area(key: str, values: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A further area, as the worker reads it from a file."""
    west = chance.choice([24.925, 24.9395])
    ring = [[west, 60.1655], [west + 0.01, 60.1655], [west + 0.01, 60.1725], [west, 60.1725], [west, 60.1655]]
    row = {"key": key, "name": "The quay", "level": "municipal", "timezone": "", "days": None, "desk": None}
    return {**row, **values, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def test_going_back_restores_exactly_what_was(desk: Desk) -> None:
    before = content(desk)
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"name": "Middle", "hours": NIGHT, "rank": 7, "enabled": False})
    desk(publishing.publish, draft, 1)
    changed = content(desk)
    assert changed != before
    desk(publishing.go_back, 1)
    assert content(desk) == before
    assert desk(query.detail, draft).summary.state == "superseded"
    desk(publishing.go_back, 2)
    assert content(desk) == changed
    versions = rows(
        desk.owner, "select version, valid_until is null as open from jurisdiction where key = 'centre' order by version"
    )
    assert [(row.version, row.open) for row in versions] == [(1, False), (2, False), (3, False), (4, True)]
    assert [(each.kind, each.number) for each in desk(query.overview).switches] == [("back", 3), ("back", 2), ("draft", 1)]


def content(desk: Desk) -> dict[str, Any]:
    """The rows in force as they are shown."""
    return {line.key: line.row for line in desk(query.overview).lines}


def test_only_the_latest_switch_can_be_gone_back_from(desk: Desk) -> None:
    for name in ("One", "Two"):
        draft = desk(drafts.begin)
        desk(drafts.change_row, draft, 0, "centre", {"name": name})
        desk(publishing.publish, draft, 1)
    with pytest.raises(NotPossible, match="switched again"):
        desk(publishing.go_back, 1)
    for number in (0, 3):
        with pytest.raises(NotFound):
            desk(publishing.go_back, number)
    desk(jurisdictions.replace_areas, *loaded("From a file"), who=None, plain=True)
    with pytest.raises(NotPossible, match="from a file"):
        desk(publishing.go_back, 2)


def loaded(name: str) -> tuple[str, list[NewArea]]:
    """The city's row as an administrator loads it anew."""
    ring = [[24.90, 60.15], [24.97, 60.15], [24.97, 60.19], [24.90, 60.19], [24.90, 60.15]]
    return "city", [NewArea(key="centre", name=name, geometry={"type": "Polygon", "coordinates": [ring]})]


def test_two_hands_on_one_draft_meet_a_conflict(desk: Desk) -> None:
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"rank": 1})
    with pytest.raises(VersionConflict) as conflict:
        desk(drafts.change_row, draft, 0, "centre", {"rank": 2})
    assert (conflict.value.yours, conflict.value.current) == (0, 1)
    with pytest.raises(VersionConflict):
        desk(publishing.publish, draft, 0)
    assert desk(query.detail, draft).line("centre").row["rank"] == 1


def test_a_draft_whose_base_has_changed_is_refused_until_it_takes_that_in(desk: Desk) -> None:
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"rank": 1, "name": "Mine"})
    desk(jurisdictions.replace_areas, *loaded("Theirs"), plain=True)
    with pytest.raises(NotPossible, match="have changed since"):
        desk(publishing.publish, draft, 1)
    found = desk(query.detail, draft)
    assert found.moved_on and found.clashes == (("centre", "name"),)
    assert [(each.key, each.fields) for each in found.in_between] == [("centre", ("name", "level"))] or found.in_between
    assert desk(drafts.rebase, draft, 1) == [Clash("centre", "name")]
    desk(publishing.publish, draft, 2)
    assert (content(desk)["centre"]["name"], content(desk)["centre"]["rank"]) == ("Mine", 1)


def test_publishing_nothing_is_refused_and_a_draft_that_is_done_with_stays_so(desk: Desk) -> None:
    draft = desk(drafts.begin)
    with pytest.raises(NotPossible, match="Nothing would be different"):
        desk(publishing.publish, draft, 0)
    desk(drafts.discard, draft, 0)
    for act, *given in ((drafts.change_row, "centre", {"rank": 1}), (drafts.remove_row, "centre"), (drafts.rebase,)):
        with pytest.raises(NotPossible, match="discarded"):
            desk(act, draft, 0, *given)
    with pytest.raises(NotPossible, match="discarded"):
        desk(trials.ask_period, draft)


def test_nobody_reaches_a_draft_of_another_room(desk: Desk) -> None:
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"rank": 1})
    trial = desk(trials.ask_place, draft, {})
    stranger = desk.actor("carl", "supervisor", "mall")
    asked = (
        (query.detail, draft),
        (query.trial, trial),
        (drafts.change_row, draft, 1, "centre", {"rank": 2}),
        (drafts.discard, draft, 1),
        (publishing.publish, draft, 1),
        (trials.ask_period, draft),
        (trials.ask_place, draft, {}),
        (trials.ask_shapes, draft, "{}"),
    )
    for act, *given in asked:
        with pytest.raises(NotFound):
            desk(act, *given, who=stranger)
    administrator = desk.actor("fred", "org_admin", "city")
    desk(drafts.change_row, draft, 1, "centre", {"rank": 2}, who=administrator)
    with pytest.raises(NotFound):
        desk(publishing.publish, draft, 2, who=administrator)
    with pytest.raises(NotFound):
        desk(drafts.begin, who=desk.actor("aino", "operator", "city"))


def test_of_other_rooms_only_counts_are_kept_and_small_ones_not_told(desk: Desk) -> None:
    reports = [desk.file(location=MALL_POINT, category=kind) for kind in KINDS]
    assert {slug for slug, _row in desk.rooms_of(reports)} == {"mall"}
    everywhere = [[24.0, 60.0], [26.0, 60.0], [26.0, 61.0], [24.0, 61.0], [24.0, 60.0]]
    taken = area("all", any_row(random.Random(1)), random.Random(1))
    taken |= {"categories": None, "hours": None, "rank": 50, "part": "responsible", "enabled": True}
    taken |= {"geometry": {"type": "Polygon", "coordinates": [everywhere]}}
    draft = desk(drafts.begin)
    desk(drafts.add_rows, draft, 0, [taken])
    told = desk.tried(draft)
    assert told["coming"] == {"own": 0, "others": None}
    assert told["incidents"] == [] and {each["others"] for each in told["flows"]} == {None}
    kept = json.dumps(told)
    for row in rows(desk.owner, "select id, number from incident"):
        assert str(row.id) not in kept and row.number not in kept
    desk.file(location=MALL_POINT, category="other", description="A fifth thing that has nothing to do with the others")
    desk(trials.ask_period, draft)
    assert desk.tried(draft)["coming"]["others"] in (5, None)


def test_a_changed_draft_leaves_its_trial_off(desk: Desk) -> None:
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"rank": 1})
    desk(drafts.change_row, draft, 1, "centre", {"rank": 2})
    desk.work()
    states = rows(desk.owner, "select state, draft_version from routing_trial order by draft_version")
    assert [(row.state, row.draft_version) for row in states] == [("superseded", 1), ("done", 2)]
    assert rows(desk.owner, WAITING, job="try_routing") == []


def test_a_trial_whose_worker_died_is_begun_anew(desk: Desk) -> None:
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"rank": 1})
    trial = rows(desk.owner, "select id from routing_trial")[0].id
    with desk.app.app_context():
        assert trials.claim(trial)[0] is not None
        assert trials.claim(trial) == (None, False), "somebody is at it: its letter waits"
    desk.work()
    assert rows(desk.owner, "select state from routing_trial")[0].state == "running"
    with desk.owner.begin() as connection:
        connection.execute(text("update routing_trial set beat_at = beat_at - interval '11 seconds'"))
    assert desk.tried(draft)["ours"] == [0, 0]


def test_a_place_is_tested_by_both_maps(desk: Desk) -> None:
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"categories": ["drone"]})
    question = {"category": "other", "lat": 60.169, "lon": 24.94, "at": "2026-11-23T22:30:00+02:00"}
    trial = desk(trials.ask_place, draft, question)
    desk.work()
    told = desk(query.trial, trial).answer
    assert (told["now"]["organisation"], told["now"]["area"]) == ("City room", "City centre")
    assert told["draft"]["organisation"] == "Police room"
    assert any(each["name"] == "City centre" for each in told["draft"]["alternatives"])


def test_areas_of_a_file_are_read_like_the_loader_reads_them(desk: Desk) -> None:
    ring = [[24.93, 60.16], [24.94, 60.16], [24.94, 60.17], [24.93, 60.17], [24.93, 60.16]]
    features = [
        {"type": "Feature", "properties": {"id": "centre"}, "geometry": {"type": "Polygon", "coordinates": [ring]}},
        {
            "type": "Feature",
            "properties": {"id": "park", "name": "The park", "categories": ["drone"], "desk": "Front desk"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        },
        {"type": "Feature", "properties": {"id": "dot"}, "geometry": {"type": "Point", "coordinates": [24.9, 60.1]}},
    ]
    draft = desk(drafts.begin)
    trial = desk(trials.ask_shapes, draft, json.dumps({"type": "FeatureCollection", "features": features}))
    desk.work()
    told = desk(query.trial, trial).answer
    assert told["refused"] == ["feature dot: a Polygon or MultiPolygon is expected, not Point"]
    read = [{**each, "level": each["level"] or told["level"]} for each in told["shapes"]]
    version = desk(drafts.add_rows, draft, 0, read)
    found = desk(query.detail, draft)
    assert found.line("centre").difference.fields == ("geometry",)
    assert (found.line("park").difference.kind, found.line("park").row["desk_id"]) == ("added", next(iter(found.desks)))
    desk(publishing.publish, draft, version)
    assert content(desk)["park"]["categories"] == ["drone"]
    with pytest.raises(Refused, match="no desk"):
        desk(drafts.add_rows, desk(drafts.begin), 0, [{**read[1], "key": "other", "desk": "Back desk"}])


@pytest.mark.parametrize("document", ["", "[1]", "{", '{"type": "FeatureCollection", "features": [7]}', "[" * 5000, '"\\ud800"'])
def test_a_file_that_is_no_map_is_refused_in_words(desk: Desk, document: str) -> None:
    draft = desk(drafts.begin)
    trial = desk(trials.ask_shapes, draft, document)
    desk.work()
    told = desk(query.trial, trial).answer
    assert told["shapes"] == [] and len(told["refused"]) == 1


def test_a_switch_is_seen_by_another_process(desk: Desk, settings: Settings) -> None:
    """The next batch of a worker that has the map already goes by the new one."""
    other = build(settings, process="worker", reach=SYSTEM, pool=2)
    first = desk.file(category="drone")
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"enabled": False})
    with other.app_context():
        publishing.publish(desk.bo, draft, 1)
        db.session.remove()
        db.engine.dispose()
    second = desk.file(category="drone", location=PARK_POINT)
    assert desk.rooms_of([first, second]) == [("city", "centre"), ("police", "police")]


def test_the_names_in_a_trial_go_after_a_week_and_its_counts_after_a_year(desk: Desk) -> None:
    desk.file(category="drone")
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"categories": ["other"]})
    assert len(desk.tried(draft)["incidents"]) == 1
    desk(trials.ask_place, draft, {})
    swept = aged(desk, 8)
    assert (swept["trial_names"], swept["trials"]) == (1, 1)
    told = desk(query.detail, draft).trial.answer
    assert "incidents" not in told and told["ours"] == [1, 0]
    assert aged(desk, 366)["trials"] == 1
    assert rows(desk.owner, "select id from routing_trial") == []


def aged(desk: Desk, days: int) -> dict[str, int]:
    """What is swept once the trials are so much older."""
    with desk.owner.begin() as connection:
        connection.execute(text("update routing_trial set asked_at = asked_at - make_interval(days => :days)"), {"days": days})
    with desk.app.app_context():
        return clean_up()


@pytest.mark.parametrize("table", ["routing_change", "routing_publication"])
@pytest.mark.parametrize("deed", ["update {} set actor = ''", "delete from {}"])
def test_the_history_of_drafts_cannot_be_changed(desk: Desk, cluster: Cluster, table: str, deed: str) -> None:
    with as_application(cluster, reach="system") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(deed.format(table))


def test_a_trial_tells_of_desks_without_a_shift_where_there_is_a_roster(desk: Desk) -> None:
    desk.file()
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"rank": 1})
    assert desk.tried(draft)["unmanned"] is None
    with desk.owner.begin() as connection:
        connection.execute(
            text(
                "insert into shift (id, organisation_id, account_id, desk_id, starts_at, until)"
                " select gen_random_uuid(), d.organisation_id, :who, d.id, now() - interval '9 hours', now() - interval '1 hour'"
                " from desk d where d.organisation_id = :city"
            ),
            {"who": desk.bo.account_id, "city": desk.bo.organisation_id},
        )
    desk(trials.ask_period, draft)
    assert desk.tried(draft)["unmanned"] == [1, 1]
