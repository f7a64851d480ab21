"""Joining through the whole line: many phones on one network, copies, floods beside a lone report, what raises attention."""

import random
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.domain.privacy import NETWORK_KEY_HOURS
from reporting.domain.turns import DEVICE_SHARE, Turns
from reporting.services.turns import UNDER_WAY, claim_in_turn
from reporting.services.upkeep import clean_up
from tests.cast import CITY_POINT, Cast, a_report, new_key
from worker.line import run_line

pytestmark = pytest.mark.db

WHO = ("A man", "Somebody", "A tall person", "One person", "Someone in a hood", "A guy")
DOES = (
    "is stabbing people",
    "attacks people with a knife",
    "is attacking the crowd with a blade",
    "stabs everyone",
    "has a knife, stabbing",
)
WHERE = (
    "at the ticket hall",
    "near the stairs",
    "by the escalator",
    "in front of the kiosk",
    "under the clock",
    "beside the lifts",
)
CALM = {"hidden": "no", "obvious": "no", "typical": "yes"}
BAD = {"hidden": "yes", "obvious": "yes", "typical": "no"}


def file(client: FlaskClient, device: str = "", address: str = "", **changes: Any) -> uuid.UUID:
    headers = {**new_key(), **({"Device-Key": device} if device else {})}
    where = {"REMOTE_ADDR": address} if address else {}
    answer = client.post("/api/v1/reports", json=a_report(**changes), headers=headers, environ_overrides=where)
    assert answer.status_code == 201, answer.data
    return uuid.UUID(answer.get_json()["id"])


def run(line_app: Flask, *ids: uuid.UUID, batch: int = 50) -> None:
    with line_app.app_context():
        for start in range(0, len(ids), batch):
            run_line(jobs.TRIAGE, ids[start : start + batch])


def rows(owner: Engine, statement: str, **values: Any) -> list[Any]:
    with owner.connect() as connection:
        return list(connection.execute(text(statement), values).all())


def told(owner: Engine, kind: str) -> list[str]:
    return [row.text for row in rows(owner, "select text from timeline_event where kind = :kind order by at", kind=kind)]


def around(chance: random.Random, metres: float = 40) -> dict[str, Any]:
    """A measured point some metres around the city's."""
    north, east = chance.uniform(-metres, metres) / 111_195, chance.uniform(-metres, metres) / 55_500
    return {**CITY_POINT, "lat": CITY_POINT["lat"] + north, "lon": CITY_POINT["lon"] + east, "accuracy_m": 20}


def test_300_phones_behind_one_address_are_one_attack_at_once(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    chance = random.Random(4)
    ids = []
    for number in range(300):
        said = (
            f"{chance.choice(WHO)} {chance.choice(DOES)} {chance.choice(WHERE)}, {chance.choice(('help', 'hurry', 'run', 'now'))}"
        )
        attack = {"category": "suspicious_behaviour", "description": said, "location": around(chance), "happening_now": "yes"}
        ids.append(file(client, device=f"phone-{number}", **attack))
    run(line_app, ids[0])
    assert rows(owner, "select priority from incident") == [(1,)], "the first one is enough"
    run(line_app, *ids[1:])
    assert rows(owner, "select report_count, priority, one_network from incident") == [(300, 1, True)]
    assert rows(owner, "select count(*) from assessment where priority > 1") == [(0,)], "a shared network lowers nothing"
    (sources,) = rows(owner, "select independent_sources as n from incident")
    assert sources.n >= 4
    assert any("Many devices, one network" in line for line in told(owner, "attention"))
    found = rows(owner, "select id from incident")[0].id
    detail = client.get(f"/api/v1/incidents/{found}", headers=cast.headers("aino"))
    assert detail.status_code == 200 and detail.get_json()["one_network"] is True


def test_five_copies_from_five_phones_are_one_source(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    run(line_app, *(file(client, device=f"p{n}", address=f"198.51.100.{n}") for n in range(5)))
    assert rows(owner, "select report_count, independent_sources, priority, one_network from incident") == [(5, 1, 3, False)]


def test_four_sources_on_four_networks_are_no_single_network(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    said = ("Holdall at the machine", "Somebody forgot a bag", "Luggage stands alone there", "A case nobody owns by the tickets")
    ids = [file(client, device=f"p{n}", address=f"198.51.100.{n}", description=each) for n, each in enumerate(said)]
    run(line_app, *ids)
    assert rows(owner, "select report_count, independent_sources, one_network from incident") == [(4, 4, False)]
    assert not any("one network" in line for line in told(owner, "raised") + told(owner, "attention"))


def test_two_languages_tell_of_one_bag(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    chance = random.Random(1)
    english = {"description": "A bag with wires and a battery stands under the bench", "language": "en"}
    polish = {"description": "Torba z przewodami i baterią stoi pod ławką", "language": "pl"}
    run(line_app, file(client, location=around(chance, 10), **english), file(client, location=around(chance, 10), **polish))
    (joined,) = rows(owner, "select reasons from joining where decision = 'join'")
    assert "Both tell of a battery and wires." in joined.reasons
    assert not any("little in common" in reason for reason in joined.reasons)


def test_a_new_sign_of_danger_raises_with_its_reason(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    run(line_app, file(client, description="A holdall stands by the ticket machine"))
    before = rows(owner, "select priority from incident")[0].priority
    run(line_app, file(client, device="p2", description="A holdall by the ticket machine with wires on it, ticking"))
    assert rows(owner, "select report_count from incident") == [(2,)]
    assert rows(owner, "select priority from incident")[0].priority < before
    lines = " ".join(told(owner, "raised") + told(owner, "attention"))
    assert "wires" in lines and "ticking" in lines


def test_opposite_answers_stand_side_by_side_and_nothing_is_lowered(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    run(line_app, file(client, hot=BAD))
    run(line_app, file(client, device="p2", hot=CALM, description="Just a forgotten sports bag"))
    found = rows(owner, "select priority, hot_obvious, report_count from incident order by opened_at")
    assert [row.report_count for row in found] == [1, 1]
    assert found[0].priority == 2 and found[0].hot_obvious == "yes"
    (suggested,) = rows(owner, "select reasons from suggestion")
    assert any("contradict" in reason for reason in suggested.reasons)


def test_an_answer_of_no_is_kept_beside_unknown_ones(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    """Otherwise the next one who answers yes would join it without a word."""
    run(line_app, file(client), file(client, device="p2", hot=CALM), file(client, device="p3", hot=BAD))
    assert sorted(row.report_count for row in rows(owner, "select report_count from incident")) == [1, 2]


def test_a_flood_becomes_one_incident_and_a_lone_report_beside_it_stays_alone(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    chance = random.Random(2)
    flood = [
        file(
            client, location=around(chance, 15), description=f"Black rucksack under the bench on platform {3 if n % 3 else '3!'}"
        )
        for n in range(120)
    ]
    lone = file(
        client, category="suspicious_vehicle", location=around(chance, 15), description="Van without plates, engine running"
    )
    run(line_app, *flood[:60], lone, *flood[60:])
    found = rows(owner, "select category, report_count, independent_sources from incident order by report_count")
    assert found == [("suspicious_vehicle", 1, 1), ("unattended_item", 120, 1)]


def test_unrelated_reports_on_one_rough_default_point_are_no_incident(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    said = (
        "Two men try the doors of parked cars",
        "Somebody films the bank's guards for an hour",
        "A woman asks when the alarm is tested",
        "Person climbs over the fence of the depot",
        "Stranger hands out odd leaflets near school",
    )
    hall = {**CITY_POINT, "accuracy_m": 400, "source": "gps"}
    ids = [
        file(client, device=f"p{n}", category="suspicious_behaviour", location=hall, description=each)
        for n, each in enumerate(said)
    ]
    run(line_app, *ids)
    assert rows(owner, "select count(*) from incident") == [(len(said),)]


def test_one_flooding_phone_stands_behind_and_others_do_not(client: FlaskClient, line_app: Flask, owner: Engine) -> None:
    flood = [file(client, device="flood", address="203.0.113.9") for _ in range(40)]
    calm = [file(client, device=f"calm-{n}", address=f"198.51.100.{n}") for n in range(5)]
    with line_app.app_context():
        with owner.begin() as connection:
            connection.execute(text("update outbox set dispatched_at = now() where subject_id = any(:ids)"), {"ids": []})
        claimed = claim_in_turn(400, Turns())
    first = [letter.subject_id for letter in claimed.letters]
    assert set(first) == {*flood, *calm}, "there is room for all"
    assert max(first.index(each) for each in calm) < DEVICE_SHARE + len(calm), "but the calm ones come first"
    assert rows(owner, "select count(*) from outbox where behind") == [(30,)]


def test_only_so_much_of_a_flood_is_under_way_at_once(client: FlaskClient, line_app: Flask, owner: Engine) -> None:
    with owner.begin() as connection:
        ring = "insert into outbox (job, subject_id, dispatched_at) select 'triage', gen_random_uuid(), now()"
        connection.execute(text(f"{ring} from generate_series(1, :busy)"), {"busy": UNDER_WAY - 3})
    flood = [file(client, device="flood") for _ in range(DEVICE_SHARE + 10)]
    turns = Turns()
    with line_app.app_context():
        claimed = claim_in_turn(400, turns)
        late = file(client, device="calm")
        after = claim_in_turn(400, turns)
    assert claimed.more_behind and len(claimed.letters) < len(flood)
    assert [letter.subject_id for letter in after.letters][:1] == [late]


def test_day_keys_of_networks_are_gone_within_a_day(client: FlaskClient, line_app: Flask, owner: Engine) -> None:
    kept = file(client, address="198.51.100.1")
    run(line_app, kept)
    with owner.begin() as connection:
        connection.execute(
            text("update trace set received_at = now() - cast(:age as interval)"),
            {"age": timedelta(hours=NETWORK_KEY_HOURS, seconds=1)},
        )
    with line_app.app_context():
        clean_up()
    assert NETWORK_KEY_HOURS <= 24
    assert rows(owner, "select count(*) from trace") == [(0,)]
    columns = rows(owner, "select table_name from information_schema.columns where column_name ~ 'network_hash|device_hash'")
    assert {row.table_name for row in columns} == {"trace"}, "nothing else holds them"
    assert rows(owner, "select independent_sources from incident") == [(1,)], "the result stays"
