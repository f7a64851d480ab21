"""The demo city's open question: a draft that its supervisor finds begun, already tried on the day of reports."""

from typing import Final

from reporting.cli.city_ground import Ground
from reporting.queries import drafts as query
from reporting.queries import people
from reporting.services import drafts

TITLE: Final = "Could the centre do without a night shift?"
DAY: Final = [{"weekday": day, "from": "06:00", "until": "22:00"} for day in range(7)]


def begin_draft(ground: Ground) -> None:
    """Begins it where the room has no draft yet; the worker tries it by itself."""
    supervisor = people.by_account(ground.accounts["supervisor"])
    assert supervisor is not None
    found = query.overview(supervisor)
    if found.drafts or found.ended:
        return
    key = drafts.begin(supervisor, TITLE)
    drafts.change_row(supervisor, key, 0, "city-centre", {"hours": DAY})
