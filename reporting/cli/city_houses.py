"""What two houses of the demo city tell of themselves, and a code with which a visitor signs a device in."""

import json
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from reporting.cli.city_ground import FILES, Ground
from reporting.domain.errors import VersionConflict
from reporting.domain.premises import Contact
from reporting.extensions import db
from reporting.models.account import Account
from reporting.models.venue import Venue
from reporting.policy import Actor
from reporting.services import devices, premises, venue_staff
from reporting.services.premises import Facts

CODE_LASTS: Final = timedelta(hours=12)
"""Of the demo alone: nobody looks at a demo within minutes of its start."""


def furnish_houses(ground: Ground) -> None:
    """Facts, contacts, zones, staff and procedures; a house that is furnished already stays as it is."""
    for told in _houses():
        actor = _keeper(told, ground)
        try:
            premises.save_facts(actor, 0, _facts(told))
        except VersionConflict:
            continue
        for label, way_in in told["zones"]:
            premises.add_zone(actor, label, way_in)
        for name in told["people"]:
            venue_staff.add_person(actor, name, "venue_staff")
        for kind, steps in told["procedures"].items():
            premises.save_procedure(actor, kind, 0, "\n".join(steps))


def device_code() -> dict[str, str]:
    """A fresh code for a device of the first house's staff, as `demo.json` holds it."""
    first = next(each for each in _houses() if each["people"])
    person = first["people"][0]
    return {"venue": first["venue"], "for": person, "code": devices.make_code_for(first["venue"], person, CODE_LASTS)}


def _houses() -> list[dict[str, Any]]:
    houses: list[dict[str, Any]] = json.loads((FILES / "houses.json").read_text(encoding="utf-8"))["houses"]
    return houses


def _keeper(told: dict[str, Any], ground: Ground) -> Actor:
    account = db.session.get_one(Account, ground.accounts[told["by"]])
    venue = db.session.scalar(select(Venue.id).where(Venue.key == told["venue"]))
    return Actor(str(account.id), "venue_manager", account.name, str(account.organisation_id), venue_id=str(venue))


def _facts(told: dict[str, Any]) -> Facts:
    contacts = tuple(Contact(**{**each, "days": tuple(each.get("days", ()))}) for each in told["contacts"])
    return Facts(
        opening_hours=told["opening_hours"],
        capacity=told["capacity"],
        exits="\n".join(told["exits"]),
        cameras="\n".join(told["cameras"]),
        contacts=contacts,
    )
