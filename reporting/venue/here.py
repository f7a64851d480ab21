"""Who is in front of a venue's page, and which of its pages are open to them."""

from dataclasses import dataclass

from flask import g, request, url_for
from flask_babel import gettext as _

from reporting.auth import devices
from reporting.policy import Actor, decide
from reporting.queries.devices import Device
from reporting.services import devices as device_services


@dataclass(frozen=True, slots=True)
class Here:
    """`person` is empty where nobody is signed in; `locked`: a known device waits for its PIN (`pin_spent`: for a new code);
    `link`: somebody came by a venue's link; `by_pin`: signing out locks the device. `pages` are (address, words)."""

    person: str = ""
    by_pin: bool = False
    locked: bool = False
    pin_spent: bool = False
    link: bool = False
    pages: tuple[tuple[str, str], ...] = ()
    at: str = ""
    may_manage: bool = False


def here() -> Here:
    """What this request knows of whoever sent it; nothing where its guard let nobody in."""
    who: Actor | None = g.get("actor")
    if who is None:
        return Here()
    if who.role == "venue_link":
        return Here(link=True)
    device = own_device(who)
    if who.role == "venue_device":
        return Here(locked=True, pin_spent=bool(device and device.locked))
    may = decide(who, "venue.manage").allowed
    return Here(who.name, device is not None, pages=_pages(who), at=request.path, may_manage=may)


def own_device(who: Actor) -> Device | None:
    """The device this browser is, where it belongs to whoever is here; its use is noted."""
    if "venue_device" not in g:
        found = devices.device() if who.account_id else None
        g.venue_device = found if found and found.actor.account_id == who.account_id else None
        if g.venue_device and g.venue_device.stale:
            device_services.note_use(devices.device_key() or "")
    known: Device | None = g.venue_device
    return known


def _pages(who: Actor) -> tuple[tuple[str, str], ...]:
    pages = [
        ("venue.file_report", "venue.home", _("Flag")),
        ("venue.read", "venue.plan", _("Our plan")),
        ("records.read", "venue.hot_drill", _("HOT or not?")),
        ("records.read", "venue.records", _("Training and drills")),
        ("poster.print", "venue.posters", _("Posters")),
        ("venue.house_reports", "venue.house_reports", _("Reports of the house")),
        ("venue.manage", "venue.staff_list", _("Staff")),
        ("venue.manage", "venue.manage", _("Our venue")),
        ("venue.manage", "venue.key_list", _("Keys")),
    ]
    return tuple((url_for(endpoint), words) for action, endpoint, words in pages if decide(who, action).allowed)
