"""The matrix for browsers on which nobody is signed in: a venue's locked device and its QR link, while they hold and after."""

import uuid
from typing import Any

import pytest
from sqlalchemy import Engine, text

from reporting.auth.guards import access_of
from reporting.auth.sessions import DEVICE_COOKIE, LINK_COOKIE
from reporting.policy import Actor, decide
from tests.access.house import House
from tests.access.rows import ROWS
from tests.access.test_matrix import DOORS, FILLED, NO_TARGET, Door, routes

pytestmark = pytest.mark.db
HOLDERS = {"locked device": ("key", DEVICE_COOKIE, "venue_device"), "QR link": ("token", LINK_COOKIE, "venue_link")}


@pytest.fixture(scope="module")
def ended(house: House, owner: Engine) -> dict[str, str]:
    """The kiosk's device is revoked and its link is too old."""
    with owner.begin() as connection:
        ids = {"device": uuid.UUID(house.venues["kiosk"]["device"]), "link": uuid.UUID(house.venues["kiosk"]["link"])}
        connection.execute(text("update venue_device set revoked_at = now() where id = :device"), ids)
        connection.execute(text("update venue_link set expires_at = now() where id = :link"), ids)
    return house.venues["kiosk"]


def knock(house: House, door: Door, cookie: str, key: str) -> Any:
    """One request with this cookie and nothing else; a form without the token of its page."""
    rule, method = door
    row = ROWS[door]
    asked = row.asked(house)
    headers = {**asked.pop("headers", {}), "Cookie": cookie}
    address = rule.replace("<uuid:", "<").replace("<path:", "<")
    for name, value in {**row.address, **dict.fromkeys(FILLED, key)}.items():
        address = address.replace(f"<{name}>", value)
    return house.app.test_client(use_cookies=False).open(address, method=method, headers=headers, **asked)


@pytest.mark.parametrize("door", DOORS)
def test_what_a_venue_holds_opens_its_form_and_nothing_else(house: House, ended: dict[str, str], door: Door) -> None:
    row = ROWS[door]
    endpoint = next(end for known, verb, end in routes(house.app) if (known, verb) == door)
    access = access_of(house.app, endpoint)
    assert access is not None
    deviations = []
    for name, (kept, cookie, role) in HOLDERS.items():
        allowed = access.action is not None and decide(Actor("", role, ""), access.action).allowed
        targets = (row.targets(house) if row.targets else NO_TARGET).values()
        for key, _resource in targets:
            for holds, venue in ((True, house.venues["mall"]), (False, ended)):
                answer = knock(house, door, f"{cookie}={venue[kept]}", key)
                opens = row.opens if door[1] == "GET" or access.action is None else 403
                wanted = {opens} if access.action is None or (allowed and holds) else {row.turned_away}
                if answer.status_code not in wanted:
                    deviations.append(f"{name}, {'held' if holds else 'ended'}: {answer.status_code}, not {wanted}")
                deviations += [f"{name} reads {word}" for word in house.foreign_words(None) if word in answer.text]
    assert deviations == []
