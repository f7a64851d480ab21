"""The demo city's ground: its control rooms, areas, venues and people, read from the files in `demo_city/`."""

import csv
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from reporting.bootstrap import adapters
from reporting.extensions import db
from reporting.models.account import Account
from reporting.models.organisation import Desk, Organisation
from reporting.models.staffing import PhoneEntry
from reporting.models.venue import Venue
from reporting.services import accounts, jurisdictions, roster
from reporting.services.accounts import NewAccount
from reporting.services.jurisdictions import NewArea, NewOrganisation
from reporting.services.roster import NewNumber, NewShift

FILES: Final = Path(__file__).resolve().parent / "demo_city"


@dataclass(frozen=True, slots=True)
class Ground:
    """What is there now: organisations by slug, accounts by name (ids as text)."""

    organisations: dict[str, str]
    accounts: dict[str, str]


def described() -> dict[str, Any]:
    """The invented rooms and people."""
    return json.loads((FILES / "organisations.json").read_text(encoding="utf-8"))


def lay_ground() -> None:
    """Adds what is missing; a second time changes nothing that matters."""
    rooms = described()["organisations"]
    for each in rooms:
        told = {name: value for name, value in each.items() if name not in ("call", "escalates_to")}
        jurisdictions.add_organisation(NewOrganisation(**{**told, "desks": tuple(each["desks"])}))
    if not db.session.scalar(select(Venue.id).limit(1)):
        _load_areas()
        _load_venues()
    _add_people()
    _staff(rooms)


def _staff(rooms: list[dict[str, Any]]) -> None:
    """Who is told next of what nobody acknowledges, whom to call, and a shift for everybody, where there is none yet."""
    if db.session.scalar(select(PhoneEntry.id).limit(1)):
        return
    for each in rooms:
        roster.set_ladder(each["slug"], each.get("escalates_to"), None)
        roster.load_numbers(each["slug"], [NewNumber(**entry) for entry in each["call"]])
    begun = adapters().clock().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    for each in described()["accounts"]:
        if each["role"] == "operator" and each["desk"]:
            shift = NewShift(
                person=each["email"], desk=each["desk"], starts_at=begun, until=begun + timedelta(hours=8), languages=("fi", "en")
            )
            roster.load_shifts(each["organisation"], [shift])


def _load_areas() -> None:
    by_owner: dict[str, list[NewArea]] = {}
    for feature in json.loads((FILES / "areas.geojson").read_text(encoding="utf-8"))["features"]:
        told = feature["properties"]
        area = NewArea(
            key=told["id"],
            name=told["name"],
            geometry=feature["geometry"],
            level=told["level"],
            categories=tuple(told["categories"]) if told["categories"] else None,
        )
        by_owner.setdefault(told["organisation"], []).append(area)
    for owner, areas in by_owner.items():
        jurisdictions.replace_areas(owner, areas)


def _load_venues() -> None:
    owners = _organisations()
    venues = [
        {
            "key": row["id"],
            "name": row["name_en"] or row["name"],
            "names": "; ".join(dict.fromkeys(part for part in (row["name"], row["name_sv"], row["other_names"]) if part)),
            "kind": row["kind"],
            "address": row["address"],
            "opening_hours": row["opening_hours"],
            "organisation_id": owners.get(row["organisation"]),
            "lat": float(row["lat"]),
            "lon": float(row["lon"]),
        }
        for row in _rows("venues.csv")
    ]
    codes = [
        {
            "code": row["code"],
            "venue": row["venue_id"],
            "label": row["label"],
            "lat": float(row["lat"]),
            "lon": float(row["lon"]),
        }
        for row in _rows("place_codes.csv")
    ]
    jurisdictions.load_venues(venues, codes)


def _rows(name: str) -> list[dict[str, str]]:
    with (FILES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _organisations() -> dict[str, str]:
    return {row.slug: str(row.id) for row in db.session.execute(select(Organisation.slug, Organisation.id))}


def _add_people() -> None:
    owners = _organisations()
    venues = {row.key: str(row.id) for row in db.session.execute(select(Venue.key, Venue.id))}
    desks = {(str(row.organisation_id), row.name): str(row.id) for row in db.session.scalars(select(Desk))}
    known = set(db.session.scalars(select(Account.email)))
    for each in described()["accounts"]:
        if each["email"] in known:
            continue
        owner = owners.get(each["organisation"] or "")
        accounts.create_account(
            NewAccount(
                role=each["role"],
                name=each["name"],
                email=each["email"],
                organisation_id=owner,
                venue_id=venues.get(each.get("venue") or ""),
                desk_id=desks.get((owner or "", each["desk"] or "")),
            )
        )


def ground_of() -> Ground:
    """The ids of what was laid."""
    emails = {row.email: str(row.id) for row in db.session.execute(select(Account.email, Account.id))}
    named = {each["account"]: emails[each["email"]] for each in described()["accounts"]}
    return Ground(_organisations(), named)


def new_sign_ins(ground: Ground) -> dict[str, dict[str, str]]:
    """Fresh secrets for every demo account, as `demo.json` holds them; those of earlier starts end."""
    told = {}
    for each in described()["accounts"]:
        key = ground.accounts[each["account"]]
        fresh = accounts.renew_credentials(key)
        told[each["account"]] = {
            "role": each["role"],
            "organisation": each["organisation"],
            "email": each["email"],
            "password": fresh.password,
            "totp_secret": fresh.totp_secret,
            "token": accounts.issue_token(key, "demo"),
        }
    return told
