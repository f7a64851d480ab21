"""A venue's devices and contacts, a room's list of numbers: neutral words to who chose them, while true, and seen when lost."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.config import Settings
from reporting.domain.errors import NotFound, Refused
from reporting.domain.premises import Contact
from reporting.queries.workspace import workspace
from reporting.services import devices, first_look, letters, premises, roster, venue_staff
from reporting.services.deliveries import answering
from reporting.services.premises import Facts
from reporting.services.roster import NewNumber
from tests.cast import Cast
from tests.confirming import say_yes, unconfirmed, word
from tests.looking import Looking
from tests.test_deliveries import push_choice, rows, switched_on, tell
from tests.test_escalation import Night
from tests.test_room_notices import write
from tests.venue.house import HTTPS, actor_of, code_for, pair, token_of

__all__ = ["switched_on"]
pytestmark = pytest.mark.db
CALL = Contact("Ulla", "House manager", "+358 40 111 1111", mail="ulla@example.org", sms=True)


def save(app: Flask, cast: Cast, *contacts: Contact) -> None:
    with app.app_context():
        hana = actor_of(app, cast, "hana")
        facts = Facts(opening_hours="", capacity=None, exits="", cameras="", contacts=contacts)
        premises.save_facts(hana, workspace(hana).version, facts)


def told(owner: Engine, template: str) -> list[tuple[str, str]]:
    """Channel and state of each letter of this kind."""
    found = rows(owner, f"select channel, state from delivery where template = '{template}' order by created_at, channel")
    return [tuple(row) for row in found]


def push_device(client: FlaskClient, cast: Cast, path: str = "till") -> FlaskClient:
    """A device of Gil's that chose push, in a browser of its own."""
    own = client.application.test_client()
    assert pair(own, code_for(client.application, cast)).status_code == 303
    token = token_of(own.get("/venue/", **HTTPS))
    answer = own.post("/api/v1/channels", json=push_choice(path=path), headers={"X-CSRF-Token": token}, **HTTPS)
    assert answer.status_code == 200, answer.data
    return own


def test_a_device_that_chose_push_is_the_houses_and_nobodys_name_goes_with_it(
    client: FlaskClient, cast: Cast, switched_on: Settings, owner: Engine
) -> None:
    own = push_device(client, cast)
    assert "data-push" in own.get("/venue/", **HTTPS).text
    assert rows(owner, "select account_id, venue_id is not null, device_id is not null from subscription") == [(None, True, True)]
    token = token_of(own.get("/venue/", **HTTPS))
    answer = own.post("/api/v1/channels/stop", json={"channel": "push"}, headers={"X-CSRF-Token": token}, **HTTPS)
    assert answer.get_json() == {"chosen": []} and rows(owner, "select * from subscription") == []


@pytest.mark.parametrize("how", ["revoked", "given up", "left"])
def test_it_ends_with_the_device(client: FlaskClient, cast: Cast, switched_on: Settings, owner: Engine, how: str) -> None:
    own = push_device(client, cast)
    ((device, account),) = rows(owner, "select d.id, d.account_id from venue_device d")
    app = client.application
    with app.app_context():
        if how == "revoked":
            devices.revoke(actor_of(app, cast, "hana"), device)
        elif how == "given up":
            cookie = own.get_cookie("__Host-device") or own.get_cookie("device")
            devices.give_up(cookie.value)  # type: ignore[union-attr]
        else:
            venue_staff.end_person(actor_of(app, cast, "hana"), account)
    assert rows(owner, "select * from subscription") == []


def test_another_house_cannot_end_it(client: FlaskClient, cast: Cast, switched_on: Settings, owner: Engine) -> None:
    push_device(client, cast)
    again = push_device(client, cast, "other")
    token = token_of(again.get("/venue/", **HTTPS))
    again.post("/api/v1/channels/stop", json={}, headers={"X-CSRF-Token": token}, **HTTPS)
    assert rows(owner, "select count(*) from subscription") == [(1,)], "one device stops for itself alone"


def test_contacts_are_asked_first_and_told_in_their_hours(
    looking: Looking, client: FlaskClient, switched_on: Settings, owner: Engine
) -> None:
    app, cast = client.application, looking.cast
    later = (datetime.now(UTC) + timedelta(hours=6)).strftime("%H")
    not_now = Contact("Not now", "", "+358 40 222 2222", start=f"{later}:00", until=f"{later}:01", mail="n@example.org")
    save(app, cast, CALL, not_now)
    assert told(owner, "confirm") == [("mail", "waiting"), ("mail", "waiting"), ("sms", "waiting")]
    assert write(looking, client).status_code == 201
    assert told(owner, "notice") == [], "nobody has confirmed"
    assert say_yes(client) == 3
    assert write(looking, client).status_code == 201
    assert told(owner, "notice") == [("mail", "waiting"), ("sms", "waiting")]


def test_the_list_is_the_truth(looking: Looking, client: FlaskClient, switched_on: Settings, owner: Engine) -> None:
    app, cast = client.application, looking.cast
    save(app, cast, CALL)
    say_yes(client)
    save(app, cast, Contact(**{**CALL.as_json(), "days": (0, 1), "sms": False}))
    assert rows(owner, "select channel, hours->0->'days', confirmed_at is not null from subscription") == [("mail", [0, 1], True)]
    assert unconfirmed(client) == [] and told(owner, "confirm") == []
    save(app, cast)
    assert rows(owner, "select * from subscription") == []


def test_an_address_that_is_none_is_refused(looking: Looking, client: FlaskClient, switched_on: Settings) -> None:
    for wrong in ({"mail": "ulla"}, {"phone": "112", "sms": True}, {"mail": "a@example.org, b@example.org"}):
        with pytest.raises(Refused):
            save(client.application, looking.cast, Contact(**{"name": "U", "role": "", "phone": "0401234567", **wrong}))


def test_who_stands_on_a_list_twice_is_told_in_both_hours() -> None:
    hours = [{"days": [], "start": "08:00", "until": "12:00"}, {"days": [], "start": "20:00", "until": "22:00"}]
    at = [datetime(2026, 11, 22, hour, tzinfo=UTC) for hour in (7, 9, 13, 21)]
    assert [answering(hours, each) for each in at] == [False, True, False, True]
    assert answering(None, at[0]) and answering([], at[0])


def test_a_notice_that_is_taken_back_is_not_sent(
    looking: Looking, client: FlaskClient, switched_on: Settings, owner: Engine
) -> None:
    push_device(client, looking.cast)
    key = write(looking, client).get_json()["id"]
    assert told(owner, "notice") == [("push", "waiting")]
    path = f"/api/v1/notices/{key}/withdraw"
    assert client.post(path, headers=looking.cast.headers("aino")).status_code == 200
    assert told(owner, "notice") == [("push", "stopped")]
    assert rows(owner, "select * from outbox where job = 'deliver'") == []


def test_a_first_look_calls_the_house_and_nobody_by_name(
    looking: Looking, client: FlaskClient, switched_on: Settings, owner: Engine
) -> None:
    save(client.application, looking.cast, CALL)
    say_yes(client)
    push_device(client, looking.cast)
    assert looking.ask(client).status_code == 200
    assert told(owner, "first_look") == [("mail", "waiting"), ("push", "waiting"), ("sms", "waiting")]
    gil = looking.actors["gil"].account_id
    assert gil not in "".join(row[0] for row in rows(owner, "select row_to_json(d)::text from delivery d"))
    looking.as_web(first_look.cannot, looking.actors["gil"], looking.look()["id"])
    assert sorted(told(owner, "first_look")) == [
        ("mail", "waiting"),
        ("push", "waiting"),
        ("push", "waiting"),
        ("sms", "waiting"),
    ]
    looking.time_is_over()
    assert {state for _channel, state in told(owner, "first_look")} == {"stopped"}, "nobody is called by what has not left"
    assert rows(owner, "select * from outbox where job = 'deliver'") == []


def test_a_look_that_is_withdrawn_or_answered_calls_nobody_any_more(
    looking: Looking, client: FlaskClient, switched_on: Settings, owner: Engine
) -> None:
    push_device(client, looking.cast)
    looking.ask(client)
    path = f"/api/v1/incidents/{looking.incident}/withdraw-look"
    assert client.post(path, json={}, headers=looking.cast.headers("aino")).status_code == 200
    assert told(owner, "first_look") == [("push", "stopped")]


@pytest.fixture
def night(cast: Cast, line_app: Flask, owner: Engine, client: FlaskClient) -> Night:
    return Night(cast, line_app, owner, client)


def the_list(night: Night, *numbers: NewNumber) -> None:
    with night.client.application.app_context():
        roster.set_numbers(night.actor("bo"), numbers)


ANNA = NewNumber("Anna", "Head", "+358401234567", "anna@example.org", True)


def test_the_end_of_the_ladder_tells_the_list_once_and_only_who_confirmed(
    night: Night, switched_on: Settings, owner: Engine
) -> None:
    the_list(night, ANNA, NewNumber("Otto", "", "0409999999", "otto@example.org"))
    assert told(owner, "confirm") == [("mail", "waiting"), ("mail", "waiting"), ("sms", "waiting")]
    first, *_others = unconfirmed(night.client)
    night.client.post(f"/s/{word(night.client, first)}", data={"step": "yes"})
    incident = night.files(1)
    for _ in range(4):
        night.looks()
        night.passes(400)
    assert told(owner, "unanswered") == [("mail", "waiting")]
    ((about, effect),) = rows(owner, "select about, effect from delivery where template = 'unanswered'")
    assert (about, effect) == ("Front desk", f"unanswered:{incident}")


def test_a_flood_at_an_empty_desk_is_one_letter(night: Night, switched_on: Settings, owner: Engine) -> None:
    the_list(night, NewNumber("Otto", "", "0409999999", "otto@example.org"))
    say_yes(night.client)
    kinds = ("unattended_item", "drone", "tampering")
    assert len({night.files(1, category=kind, description=f"Something else: {kind}") for kind in kinds}) == len(kinds)
    for _ in range(4):
        night.looks()
        night.passes(100)
    (steps,) = rows(owner, "select count(*) as taken from escalation where kind = 'phone_list'")
    assert steps.taken == len(kinds)
    assert told(owner, "unanswered") == [("mail", "waiting")]


def test_who_acknowledges_takes_back_what_has_not_left(night: Night, switched_on: Settings, owner: Engine) -> None:
    the_list(night, ANNA)
    say_yes(night.client)
    incident = night.files(1)
    for _ in range(4):
        night.looks()
        night.passes(400)
    assert [state for _channel, state in told(owner, "unanswered")] == ["waiting", "waiting"]
    headers = night.cast.headers("aino")
    version = night.client.get(f"/api/v1/incidents/{incident}", headers=headers).get_json()["version"]
    path = f"/api/v1/incidents/{incident}/acknowledge"
    assert night.client.post(path, json={"version": version}, headers=headers).status_code == 200
    assert [state for _channel, state in told(owner, "unanswered")] == ["stopped", "stopped"]


def test_the_list_refuses_what_is_no_address_and_keeps_who_stays(night: Night, switched_on: Settings, owner: Engine) -> None:
    the_list(night, ANNA)
    say_yes(night.client)
    the_list(night, NewNumber("Otto", "", "0409999999"), ANNA)
    assert unconfirmed(night.client) == [] and rows(owner, "select count(*) from subscription") == [(2,)]
    with pytest.raises(Refused):
        the_list(night, NewNumber("Otto", "", "112", sms=True))
    with pytest.raises(Refused):
        the_list(night, NewNumber("Otto", "", "112", mail="nonsense"))
    the_list(night)
    assert rows(owner, "select * from subscription") == []


def give_up(owner: Engine, template: str) -> None:
    with owner.begin() as connection:
        dead = f"select id from delivery where template = '{template}'"
        connection.execute(text(f"update outbox set dead_at = now(), attempts = 5 where subject_id in ({dead})"))
        end = "state = 'dead', result = 'status_500', ended_at = now(), created_at = now() - interval '25 hours'"
        connection.execute(text(f"update delivery set {end} where template = '{template}'"))


def test_what_did_not_arrive_is_seen_by_its_room_and_sent_again(
    looking: Looking, client: FlaskClient, switched_on: Settings, owner: Engine
) -> None:
    push_device(client, looking.cast)
    write(looking, client)
    give_up(owner, "notice")
    page = client.get("/control/messages", headers=looking.cast.headers("aino")).text
    assert "There is a notice" in page and "The Mall" in page and "status_500" in page
    other = client.get("/control/messages", headers=looking.cast.headers("dora")).text
    assert "Every message arrived." in other
    ((one,),) = rows(owner, "select id from delivery")
    app = client.application
    with app.app_context():
        assert letters.replay_for_room(actor_of(app, looking.cast, "dora")) == 0
        with pytest.raises(NotFound):
            letters.replay_for_room(actor_of(app, looking.cast, "dora"), one)
        assert letters.replay_for_room(actor_of(app, looking.cast, "aino"), one) == 1
        assert letters.replay_for_room(actor_of(app, looking.cast, "aino")) == 0, "it is under way"
    assert told(owner, "notice") == [("push", "waiting")]
    assert rows(owner, "select dead_at, attempts from outbox where job = 'deliver'") == [(None, 0)]
    assert rows(owner, "select created_at > now() - interval '1 hour' from delivery") == [(True,)]


def test_the_undelivered_answer_of_a_reporter_leads_to_its_incident(
    looking: Looking, client: FlaskClient, switched_on: Settings, owner: Engine
) -> None:
    ((key,),) = rows(owner, "select id from report")
    with owner.begin() as connection:
        connection.execute(
            text(
                "insert into subscription (id, report_id, channel, service, sealed, key_id, mark, language, confirmed_at)"
                " values (gen_random_uuid(), :id, 'mail', 'mail', '', '', '', 'en', now())"
            ),
            {"id": key},
        )
    assert tell(looking.line, {"id": str(key)}) == 1
    give_up(owner, "answer")
    page = client.get("/control/messages", headers=looking.cast.headers("aino")).text
    assert f"incident={looking.incident}" in page and "Send again" in page


def test_no_id_of_nobody(client: FlaskClient, cast: Cast) -> None:
    app = client.application
    with app.app_context(), pytest.raises(NotFound):
        letters.replay_for_room(actor_of(app, cast, "aino"), uuid.uuid4())
