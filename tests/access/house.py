"""The house in which access is tried: for each organisation a report and its incident, one report that is nobody's yet, the
ids and words that must not leave their room, and whoever may knock."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text

from reporting.auth.devices import link_token
from reporting.domain.premises import Contact
from reporting.extensions import db
from reporting.models.venue import Venue
from reporting.policy import Actor, Resource
from reporting.queries import devices as devices_query
from reporting.queries import people, workspace
from reporting.services import accounts, devices, drafts, jurisdictions, premises, trials, venue_keys, venue_staff
from reporting.services.devices import Pairing
from reporting.services.premises import Facts
from tests.cast import CITY_POINT, MALL_POINT, Cast, a_report, new_key
from tests.pictures import clean, of_phone, picture_id, send
from tests.test_line import run

POLICE_POINT = {"lat": 60.25, "lon": 24.85, "accuracy_m": 10, "source": "gps"}
POINTS = {"city": CITY_POINT, "mall": MALL_POINT, "police": POLICE_POINT}
GRANTED_POINT = {"lat": 60.1600, "lon": 24.9100, "accuracy_m": 10, "source": "gps"}
GRANTED_TO = "police"
"""The room that the city gave sight of one incident. The mall had it once, and once more until its time ran out."""
WORDS = {"city": "quokka", "mall": "walrus", "police": "lemur", "nobody": "ocelot", "granted": "heron"}
"""A word in the description of each organisation's report: seen by a stranger, it is a leak."""
A_PICTURE = of_phone()
"""The first picture of every report here; each room's was cleaned and can be looked at."""
WORRYING = {"hidden": "yes", "obvious": "yes", "typical": "no"}
TOLD = {
    "hot": {"hidden": "no", "obvious": "no", "typical": "yes"},
    "contact": {"name": "Maija", "email": "maija@example.org", "phone": "+358 40 000 0000"},
    "reporter_location": {"lat": 60.1601, "lon": 24.9302, "accuracy_m": 18},
    "language": "en",
    "place": "By the door",
}
"""What every organisation's report says beside its words; in the city it contradicts an earlier report about a bag."""
STRANGERS = ("anonymous", "wrong token", "wrong scheme", "revoked token", "expired token", "disabled account")


@dataclass
class House:
    """Who lives here and what belongs to whom. `things`: name -> id and what of it matters to access."""

    cast: Cast
    app: Flask
    line: Flask
    actors: dict[str, Actor] = field(default_factory=dict)
    incidents: dict[str, str] = field(default_factory=dict)
    every_incident: dict[str, set[str]] = field(default_factory=dict)
    reports: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    granted: dict[str, str] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    trials: dict[str, str] = field(default_factory=dict)
    venues: dict[str, dict[str, str]] = field(default_factory=dict)
    strangers: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who may knock: strangers first, then the cast."""
        return (*STRANGERS, *self.cast.tokens)

    def headers(self, name: str) -> dict[str, str]:
        """How somebody knocks."""
        return self.strangers[name] if name in STRANGERS else self.cast.headers(name)

    def client(self) -> FlaskClient:
        """A browser without cookies."""
        return self.app.test_client()

    def owner_of(self, slug: str) -> str:
        """The id of an organisation."""
        return self.cast.organisations[slug]

    def incident_targets(self) -> dict[str, tuple[str, Resource]]:
        """What may stand in the place of an incident's id, and what access to it depends on."""
        found = {slug: (key, Resource(organisation_id=self.owner_of(slug))) for slug, key in self.incidents.items()}
        found["granted"] = (self.granted["incident"], self._given())
        found["untriaged report"] = (self.reports["nobody"], Resource(unrouted=True))
        return {**found, **self._of_another_kind(), "its report": (self.reports["city"], Resource())}

    def event_targets(self) -> dict[str, tuple[str, Resource]]:
        """The same in the place of an event's id: lines of timelines that only tell what happened."""
        found = {slug: (key, Resource(organisation_id=self.owner_of(slug))) for slug, key in self.events.items()}
        return {**found, **self._of_another_kind(), "its incident": (self.incidents["city"], Resource())}

    def report_targets(self) -> dict[str, tuple[str, Resource]]:
        """The same in the place of a report's id."""
        found = {
            slug: (key, Resource(organisation_id=self.owner_of(slug))) for slug, key in self.reports.items() if slug in POINTS
        }
        found["untriaged report"] = (self.reports["nobody"], Resource(unrouted=True))
        found["granted"] = (self.granted["report"], self._given())
        return {**found, **self._of_another_kind(), "its incident": (self.incidents["city"], Resource())}

    def draft_targets(self) -> dict[str, tuple[str, Resource]]:
        """The same in the place of a draft's id."""
        found = {slug: (key, Resource(organisation_id=self.owner_of(slug))) for slug, key in self.drafts.items()}
        return {**found, **self._of_another_kind(), "its trial": (self.trials["city"], Resource())}

    def trial_targets(self) -> dict[str, tuple[str, Resource]]:
        """The same in the place of a trial's id."""
        found = {slug: (key, Resource(organisation_id=self.owner_of(slug))) for slug, key in self.trials.items()}
        return {**found, **self._of_another_kind(), "its draft": (self.drafts["city"], Resource())}

    def _of_venues(self, kind: str) -> dict[str, tuple[str, Resource]]:
        """What each venue has of this kind, in the place of its id."""
        found = {name: (has[kind], Resource(venue_id=has["venue"])) for name, has in self.venues.items()}
        return {**found, **self._of_another_kind(), "its venue": (self.venues["mall"]["venue"], Resource())}

    def staff_targets(self) -> dict[str, tuple[str, Resource]]:
        """The same in the place of the id of somebody who works at a venue."""
        return self._of_venues("person")

    def device_targets(self) -> dict[str, tuple[str, Resource]]:
        """The same in the place of a device's id."""
        return self._of_venues("device")

    def link_targets(self) -> dict[str, tuple[str, Resource]]:
        """The same in the place of a link's id."""
        return self._of_venues("link")

    def system_targets(self) -> dict[str, tuple[str, Resource]]:
        """The same in the place of the id of a venue's system."""
        return self._of_venues("system")

    def _given(self) -> Resource:
        return Resource(organisation_id=self.owner_of("city"), granted=frozenset((self.owner_of(GRANTED_TO),)))

    def _of_another_kind(self) -> dict[str, tuple[str, Resource]]:
        account = self.cast.people["aino"].account_id
        return {
            "absent": (str(uuid.uuid4()), Resource()),
            "an organisation": (self.owner_of("city"), Resource()),
            "an account": (account, Resource()),
        }

    def foreign_words(self, actor: Actor | None) -> set[str]:
        """Words that this actor must never read."""
        own = {slug for slug, key in self.cast.organisations.items() if actor and key == actor.organisation_id}
        if actor and actor.duty_desk:
            own.add("nobody")
        if actor and ("city" in own or (GRANTED_TO in own and actor.role in ("operator", "supervisor"))):
            own.add("granted")
        return {word for slug, word in WORDS.items() if slug not in own}


def furnish(cast: Cast, app: Flask, line: Flask, owner: Engine) -> House:
    """Files, routes and lets people in; what was filed is older than what the queue still leaves to the line."""
    house = House(cast, app, line)
    client = app.test_client()
    run(line, uuid.UUID(_file(client, a_report(description="A brown bag", hot=WORRYING))["id"]))
    for slug, point in POINTS.items():
        said = f"A {WORDS[slug]} coloured bag beside the {slug} door"
        told = _file(client, a_report(**TOLD, description=said, location=point), {"Device-Key": f"phone-{slug}"})
        run(line, uuid.UUID(told["id"]))
        house.reports[slug], house.receipts[slug] = told["id"], told["receipt_code"]
    granted = _file(client, a_report(**TOLD, description=f"A {WORDS['granted']} coloured bag", location=GRANTED_POINT))
    run(line, uuid.UUID(granted["id"]))
    nobody = _file(client, a_report(description=f"An {WORDS['nobody']} coloured box that nobody has looked at"))
    house.reports["nobody"], house.receipts["nobody"] = nobody["id"], nobody["receipt_code"]
    staff = _file(client, a_report(description="A staff report", location=MALL_POINT), cast.headers("gil"))
    house.reports["staff"], house.receipts["staff"] = staff["id"], staff["receipt_code"]
    with owner.begin() as connection:
        connection.execute(text("update report set received_at = received_at - interval '5 seconds'"))
        rows = connection.execute(text("select id, incident_id from report where incident_id is not null")).all()
        routed = connection.execute(text("select id, organisation_id from incident")).all()
        opened = connection.execute(text("select incident_id, id from timeline_event where kind = 'opened'")).all()
    by_report = {str(row.id): str(row.incident_id) for row in rows}
    house.incidents = {slug: by_report[house.reports[slug]] for slug in POINTS}
    house.granted = {"report": granted["id"], "incident": by_report[granted["id"]]}
    _send_pictures(house, owner, granted)
    _give_sight(house, owner)
    of_incident = {str(row.incident_id): str(row.id) for row in opened}
    house.events = {slug: of_incident[key] for slug, key in house.incidents.items()}
    for slug, key in cast.organisations.items():
        house.every_incident[slug] = {str(row.id) for row in routed if str(row.organisation_id) == key}
    with line.app_context():
        house.actors = {name: _actor(token) for name, token in cast.tokens.items()}
        house.strangers = _strangers(cast)
        _draft(house)
        _open_venues(house)
    return house


def _send_pictures(house: House, owner: Engine, granted: dict[str, Any]) -> None:
    """One for each report, cleaned."""
    told = [{"id": house.reports[slug], "receipt_code": receipt} for slug, receipt in house.receipts.items()]
    for report in (*told, granted):
        assert send(house.client(), report, A_PICTURE).status_code == 201
        assert clean(house.line, picture_id(owner, report)) == 1


def _give_sight(house: House, owner: Engine) -> None:
    """One grant that holds; one that was ended, and one whose time is over."""
    given = {"incident": house.granted["incident"], "from": house.owner_of("city")}
    statement = text(
        "insert into sight_grant (id, incident_id, organisation_id, from_organisation_id, reason, until, ended_at)"
        " values (gen_random_uuid(), :incident, :to, :from, 'a test', now() + make_interval(mins => :minutes),"
        " case when :ended then now() end)"
    )
    with owner.begin() as connection:
        for slug, minutes, ended in ((GRANTED_TO, 60, False), ("mall", 60, True), ("mall", -1, False)):
            connection.execute(statement, {**given, "to": house.owner_of(slug), "minutes": minutes, "ended": ended})


def _draft(house: House) -> None:
    """For each organisation a draft whose row bears a word that is nobody else's to read, and a file that was looked at."""
    corners = [[-179.0, -80.0], [179.0, -80.0], [179.0, 80.0], [-179.0, 80.0], [-179.0, -80.0]]
    world = {"type": "Polygon", "coordinates": [corners]}
    for slug in POINTS:
        who = Actor(house.cast.people["bo"].account_id, "supervisor", "Somebody", house.owner_of(slug))
        name = f"Where the {WORDS[slug]} lives"
        row = {"key": "world", "name": name, "level": "municipal", "geometry": world, "timezone": "", "holidays": "as_usual"}
        key = drafts.begin(who, name)
        drafts.add_rows(who, key, 0, [{**row, "part": "responsible", "rank": 0, "enabled": False}])
        house.drafts[slug], house.trials[slug] = key, trials.ask_shapes(who, key, name)


def _open_venues(house: House) -> None:
    """The mall and a kiosk of the city: in each a plan, somebody with a device, a link and a system with a key."""
    kiosk = {"key": "kiosk", "name": "The Kiosk", "lat": 60.16, "lon": 24.93, "organisation_id": house.owner_of("city")}
    jurisdictions.load_venues([kiosk], [{"code": "KK77", "venue": "kiosk", "label": "", "lat": 60.16, "lon": 24.93}])
    ids = {row.key: str(row.id) for row in db.session.execute(select(Venue.key, Venue.id))}
    for key in ("mall", "kiosk"):
        manager = Actor(house.cast.people["hana"].account_id, "venue_manager", "A manager", venue_id=ids[key])
        person = venue_staff.add_person(manager, "Somebody", "venue_staff")
        pairing = Pairing(code=devices.make_code(manager, uuid.UUID(person)), name="A till", pin="8264")
        kept = devices.pair(pairing, None)
        found = devices_query.by_key(kept.device)
        assert found is not None
        call = Contact("Ulla", "House manager", "+358 40 111 1111")
        facts = Facts(opening_hours="Mo-Sa 09:00-21:00", capacity=300, exits="North", cameras="C1 North", contacts=(call,))
        premises.save_facts(manager, 0, facts)
        premises.save_procedure(manager, "evacuation", 0, "Leave\nMeet at the church")
        link = venue_keys.add_link(manager, "Staff room")
        venue_keys.add_system(manager, "A door alarm")
        system = next(each for each in workspace.systems(manager) if each.name == "A door alarm")
        token = link_token(link, ids[key])
        has = {"venue": ids[key], "person": person, "device": found.id, "link": link, "system": system.id}
        house.venues[key] = {**has, "key": kept.device, "token": token}


def _file(client: FlaskClient, body: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    answer = client.post("/api/v1/reports", json=body, headers={**new_key(), **(headers or {})})
    assert answer.status_code == 201, answer.data
    told: dict[str, Any] = answer.get_json()
    return told


def _actor(token: str) -> Actor:
    found = people.by_token(token)
    assert found is not None
    return found


def _strangers(cast: Cast) -> dict[str, dict[str, str]]:
    """Credentials that let nobody in; Leo operated for the city once."""
    aino = cast.people["aino"].account_id
    new = accounts.NewAccount(role="operator", name="Leo", email="leo@example.org", organisation_id=cast.organisations["city"])
    leo = accounts.create_account(new)
    disabled = accounts.issue_token(leo.account_id, "tests")
    revoked_of = accounts.create_account(accounts.NewAccount(role="operator", name="Mia", email="mia@example.org"))
    revoked = accounts.issue_token(revoked_of.account_id, "tests")
    accounts.revoke_tokens(revoked_of.account_id)
    accounts.disable_account(leo.account_id)
    expired = accounts.issue_token(aino, "tests", lasts=timedelta(seconds=-1))
    tokens = {"wrong token": "rpt_nothing", "revoked token": revoked, "expired token": expired, "disabled account": disabled}
    bearers = {name: {"Authorization": f"Bearer {token}"} for name, token in tokens.items()}
    return {"anonymous": {}, "wrong scheme": {"Authorization": f"Basic {cast.tokens['aino']}"}, **bearers}
