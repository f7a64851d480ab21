"""Who is responsible where in a measured system: a city with districts, a police district over it, and an operator."""

from dataclasses import dataclass
from typing import Any, Final

from reporting.bootstrap import SYSTEM, adapters, build, close_idle
from reporting.config import Settings
from reporting.extensions import db
from reporting.services import accounts, jurisdictions
from reporting.services.accounts import NewAccount
from reporting.services.jurisdictions import NewArea, NewOrganisation

DISTRICTS: Final = 8
SOUTH, WEST, NORTH, EAST = 60.05, 24.70, 60.30, 25.20


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator of the city's room."""

    token: str
    organisation_id: str


def lay_ground(settings: Settings) -> Operator:
    """Organisations, areas and one operator with a token, through the system's own services."""
    app = build(settings, process="bench", reach=SYSTEM, pool=2)
    with app.app_context():
        city = jurisdictions.add_organisation(NewOrganisation(slug="city", name="City room", level="municipal", duty_desk=True))
        jurisdictions.add_organisation(NewOrganisation(slug="police", name="Police room", level="police"))
        jurisdictions.replace_areas("city", list(_districts()))
        whole = NewArea(key="police", name="Police district", geometry=_box(WEST, SOUTH, EAST, NORTH))
        jurisdictions.replace_areas("police", [whole])
        made = accounts.create_account(
            NewAccount(role="operator", name="Operator", email="operator@example.org", organisation_id=city)
        )
        operator = Operator(accounts.issue_token(made.account_id, "benchmarks"), city)
        db.session.remove()
        close_idle()
        adapters().doorbell.close()
    return operator


def _districts() -> Any:
    step = (EAST - WEST) / DISTRICTS
    for number in range(DISTRICTS):
        west = WEST + number * step
        yield NewArea(key=f"d{number}", name=f"District {number}", geometry=_box(west, SOUTH, west + step, NORTH))


def _box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
