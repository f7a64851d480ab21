"""Drafts of routing tried out: on past incidents, on one place, with areas of a file; and what stays of it."""

import json
import random

import pytest
from sqlalchemy import text

from reporting.dashboard import routing_words
from reporting.domain.errors import Refused
from reporting.queries import drafts as query
from reporting.services import drafts, publishing, trials
from reporting.services.upkeep import clean_up
from tests.cast import CITY_POINT, MALL_POINT
from tests.drafting import KINDS, NIGHT, PARK_POINT, WAITING, Desk, any_row, area, content
from tests.test_line import rows

pytestmark = pytest.mark.db


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
