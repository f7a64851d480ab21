"""Who may do what to which record: one table, read by `decide` (one record) and `scope` (many records) alike.

Deny by default. A role that is not in an action's row may never do it (403); a record out of reach looks absent (404).
Reach is data, so the check of one record and the filter over a table cannot drift apart; a property test holds them together.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Reach(StrEnum):
    """How far an action of a role goes."""

    OWN_ORGANISATION = "own_organisation"
    OWN_OR_GRANTED = "own_or_granted"
    """Also what another organisation gave sight of, for as long as it does."""
    GRANTED = "granted"
    """That alone."""
    OWN_REPORTS = "own_reports"
    OWN_VENUE = "own_venue"
    ITSELF = "itself"


ROLES: Final = (
    "venue_staff",
    "venue_manager",
    "operator",
    "supervisor",
    "trainer",
    "org_admin",
    "auditor",
    "partner",
    "platform_admin",
    "venue_system",
)

PASSES: Final = ("venue_device", "venue_link")
"""How a browser is known that nobody is signed in on: a device of staff whose PIN was not given, and a venue's signed link.
No account has such a role."""

_ROOM = dict.fromkeys(("operator", "supervisor"), Reach.OWN_ORGANISATION)
_ANSWERING = dict.fromkeys(("operator", "supervisor"), Reach.OWN_OR_GRANTED)
_READERS = dict.fromkeys(("operator", "supervisor", "auditor", "partner"), Reach.OWN_ORGANISATION)
_VENUE = dict.fromkeys(("venue_staff", "venue_manager", "venue_system"), Reach.OWN_REPORTS)
_STAFF = dict.fromkeys(("venue_staff", "venue_manager"), Reach.OWN_VENUE)
_MANAGER = {"venue_manager": Reach.OWN_VENUE}

RULES: Final[dict[str, dict[str, Reach]]] = {
    "incident.read": _READERS | _ANSWERING,
    "incident.answer": _ANSWERING,
    "incident.give_back": dict.fromkeys(("operator", "supervisor"), Reach.GRANTED),
    "incident.work": _ROOM,
    "picture.view": _READERS | _ANSWERING,
    "contact.open": _ROOM,
    "feeling.read": {"supervisor": Reach.OWN_ORGANISATION},
    "judgement.read": _ROOM,
    "notice.read": dict.fromkeys(("operator", "supervisor", "auditor"), Reach.OWN_ORGANISATION) | _STAFF,
    "live.read": _READERS,
    "presence.keep": dict.fromkeys(("operator", "supervisor", "auditor"), Reach.OWN_ORGANISATION),
    "roster.read": _ROOM,
    "undelivered.read": _ROOM,
    "undelivered.replay": _ROOM,
    "roster.edit": {"supervisor": Reach.OWN_ORGANISATION},
    "console.open": {"auditor": Reach.OWN_ORGANISATION} | _ANSWERING,
    "routing.edit": dict.fromkeys(("supervisor", "org_admin"), Reach.OWN_ORGANISATION),
    "routing.publish": {"supervisor": Reach.OWN_ORGANISATION},
    "venue.own_reports": _VENUE,
    "venue.file_report": _VENUE | {"venue_device": Reach.OWN_REPORTS, "venue_link": Reach.OWN_VENUE},
    "venue.house_reports": _MANAGER,
    "venue.read": _STAFF,
    "venue.manage": _MANAGER,
    "venue.show": dict.fromkeys(("operator", "supervisor", "auditor"), Reach.OWN_ORGANISATION),
    "look.answer": _STAFF,
    "notice.write": _ROOM,
    "notice.acknowledge": _STAFF,
    "records.read": _STAFF,
    "records.keep": _MANAGER,
    "poster.print": _MANAGER,
    "account.itself": dict.fromkeys(ROLES, Reach.ITSELF),
}
"""action -> role -> reach. Every route names one of these actions, or says why it is public."""

NEEDS_SECOND_FACTOR: Final = frozenset(ROLES) - {"venue_staff", "venue_manager", "venue_system"}
"""Roles that sign in with a one-time code as well as a password. A venue's system has neither, but a key."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. Ids are UUIDs as text. `duty_desk`: the actor's organisation takes what no area claims. `level`: venue,
    municipal, police or national, as the organisation is; it gives no right."""

    account_id: str
    role: str
    name: str
    organisation_id: str | None = None
    organisation_name: str = ""
    venue_id: str | None = None
    desk_id: str | None = None
    duty_desk: bool = False
    level: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """What of a record matters to access. `unrouted`: it has reached no organisation yet. `granted`: organisations that were
    given sight of it. `hidden_from`: organisations it may be about, which never see it."""

    organisation_id: str | None = None
    filed_by: str | None = None
    account_id: str | None = None
    unrouted: bool = False
    granted: frozenset[str] = frozenset()
    venue_id: str | None = None
    hidden_from: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is `role` (never allowed) or `reach` (this record is not yours); empty when allowed."""

    allowed: bool
    reason: str = ""


ALLOW: Final = Decision(True)
DENY_ROLE: Final = Decision(False, "role")
DENY_REACH: Final = Decision(False, "reach")


@dataclass(frozen=True, slots=True)
class Scope:
    """The same rule as a filter: exactly the records for which `decide` allows. All None and False means nothing."""

    organisation_id: str | None = None
    filed_by: str | None = None
    account_id: str | None = None
    unrouted: bool = False
    granted_to: str | None = None
    venue_id: str | None = None

    @property
    def organisation(self) -> str | None:
        """For whom it is seen: what is hidden from this organisation is not within, whatever else would let it through."""
        return self.organisation_id or self.granted_to


NOTHING: Final = Scope()


def decide(actor: Actor, action: str, resource: Resource | None = None) -> Decision:
    """Whether the actor may do the action; with a resource, whether to this record. Unknown actions raise KeyError."""
    reach = RULES[action].get(actor.role)
    if reach is None:
        return DENY_ROLE
    if resource is None:
        return ALLOW
    return ALLOW if _within(scope(actor, action), resource) else DENY_REACH


def scope(actor: Actor, action: str) -> Scope:
    """The records on which the actor may do the action."""
    own, duty = actor.organisation_id, actor.duty_desk
    reaches = {
        Reach.OWN_ORGANISATION: Scope(organisation_id=own, unrouted=duty),
        Reach.OWN_OR_GRANTED: Scope(organisation_id=own, unrouted=duty, granted_to=own),
        Reach.GRANTED: Scope(granted_to=own),
        Reach.OWN_REPORTS: Scope(filed_by=actor.account_id),
        Reach.OWN_VENUE: Scope(venue_id=actor.venue_id),
        Reach.ITSELF: Scope(account_id=actor.account_id),
    }
    reach = RULES[action].get(actor.role)
    return reaches[reach] if reach else NOTHING


def _within(reach: Scope, resource: Resource) -> bool:
    if reach.organisation in resource.hidden_from:
        return False
    pairs = (
        (reach.organisation_id, resource.organisation_id),
        (reach.filed_by, resource.filed_by),
        (reach.account_id, resource.account_id),
        (reach.venue_id, resource.venue_id),
    )
    if any(wanted is not None and wanted == found for wanted, found in pairs):
        return True
    if reach.granted_to is not None and reach.granted_to in resource.granted:
        return True
    return reach.unrouted and resource.unrouted
