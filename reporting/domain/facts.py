"""What the engines of triage, grouping and routing may know: plain values, no tables and no wire shapes.

Whoever calls an engine gathers these facts first; an engine that needs one more fact gets a field here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self

from reporting.domain.likeness import Probe, Wording

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Answer = Literal["yes", "no", "unknown"]
Trust = Literal["normal", "low"]
TrustReason = Literal["", "network", "device", "repeat"]
Filer = Literal["public", "staff", "control_room"]
Level = Literal["venue", "municipal", "police", "national"]
HolidayRule = Literal["as_usual", "only", "never"]
Part = Literal["responsible", "informed"]

ANSWERS: tuple[Answer, ...] = ("yes", "no", "unknown")
LEVELS: tuple[Level, ...] = ("venue", "municipal", "police", "national")
HOLIDAY_RULES: tuple[HolidayRule, ...] = ("as_usual", "only", "never")
PARTS: tuple[Part, ...] = ("responsible", "informed")


@dataclass(frozen=True, slots=True)
class Hot:
    """The three answers of the unattended-item test. A missing answer is unknown, and unknown is never no."""

    hidden: Answer = "unknown"
    obvious: Answer = "unknown"
    typical: Answer = "unknown"


@dataclass(frozen=True, slots=True)
class Point:
    """A position in WGS-84 degrees. `accuracy_m` is the radius in metres the phone claimed, None when unsaid."""

    lat: float
    lon: float
    accuracy_m: float | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatNearby:
    """An urgent incident near the report, of the last hours. It says that there is one and nothing of what it tells:
    it may belong to another organisation."""

    priority: int
    distance_m: float
    last_report_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EventNearby:
    """An entry of the event calendar that is on where and when the report was seen."""

    name: str
    distance_m: float


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """One report as the engines see it. `observed_at` is None when absent or when the device's clock is implausible.

    `trust_reason` says why trust is low: a shared network, a device over its budget, or a repeat.
    `default_location` marks a point that stands for "no address known", shared by unrelated reports.
    `signs` are the rules of triage that spoke for the words, the same ones in every language. `network` is a day-keyed
    hash, gone within a day: it says who came through one network and never who is one source. `same_kind_lately` counts
    the reports of this kind in the four hours before, anywhere; 0 where nobody counted.
    `venue_kind` is the kind of place a valid code or signed-in staff stand for; `hour` is the hour of the day there,
    0 to 23, None when nobody asked for it. `threats` and `events` lie near in place and time.
    """

    id: str
    category: str
    received_at: datetime
    description: str = ""
    why_unusual: str = ""
    language: str | None = None
    place: str = ""
    point: Point | None = None
    venue_id: str | None = None
    place_code: str | None = None
    hot: Hot = field(default_factory=Hot)
    item_size: str | None = None
    owner_looked_for: Answer = "unknown"
    owner_found: Answer = "unknown"
    behaviours: tuple[str, ...] = ()
    still_there: Answer = "unknown"
    happening_now: Answer = "unknown"
    moving: bool = False
    about_staff: bool = False
    observed_at: datetime | None = None
    trust: Trust = "normal"
    trust_reason: TrustReason = ""
    filer: Filer = "public"
    device: str | None = None
    network: str | None = None
    default_location: bool = False
    signs: tuple[str, ...] = ()
    same_kind_lately: int = 0
    venue_kind: str = ""
    hour: int | None = None
    threats: tuple[ThreatNearby, ...] = ()
    events: tuple[EventNearby, ...] = ()

    @property
    def text(self) -> str:
        """The reporter's own words as one text."""
        return "\n".join(part for part in (self.description, self.why_unusual) if part)

    @cached_property
    def probe(self) -> Probe:
        """The text for comparing it with those of earlier reports."""
        return Probe.of(self.as_earlier.wording)

    def prepared(self) -> Self:
        """Itself, with all worked out that comparing needs."""
        self.probe  # noqa: B018  worked out here, and once
        return self

    @cached_property
    def as_earlier(self) -> EarlierReport:
        """The same report as later ones are compared with it."""
        return EarlierReport(
            id=self.id,
            device=self.device,
            network=self.network,
            text=self.text,
            language=self.language,
            signs=self.signs,
            moving=self.moving,
            received_at=self.received_at,
        )


@dataclass(frozen=True, slots=True)
class Assessed:
    """What grouping needs of a report's assessment; findings as they are kept."""

    priority: int
    lane: str
    findings: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class EarlierReport:
    """A report that already belongs to an incident: what is needed to see whether a new one is another source. Its `wording` is
    worked out when first compared, and goes with it."""

    id: str = ""
    device: str | None = None
    network: str | None = None
    text: str = ""
    language: str | None = None
    signs: tuple[str, ...] = ()
    moving: bool = False
    received_at: datetime | None = None

    @cached_property
    def wording(self) -> Wording:
        """The text for comparing a new report's with it."""
        return Wording.of(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFacts:
    """An incident that a new report may be about.

    `reports` are its latest reports, newest last (twenty are enough), for the questions of same device and same words; `text` is
    what was said where they are not given one by one.
    `not_same` is set when a person has said that this report is about something else: that stays said.
    """

    id: str
    category: str
    opened_at: datetime
    last_report_at: datetime
    point: Point | None = None
    open: bool = True
    venue_id: str | None = None
    place_code: str | None = None
    hot: Hot = field(default_factory=Hot)
    text: str = ""
    report_count: int = 1
    reports: tuple[EarlierReport, ...] = ()
    moving: bool = False
    default_location: bool = False
    not_same: bool = False
    about_staff: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """Where to look for the incident a report may be about: around its point (metres), or anywhere within its category; and
    how long ago its last report may have come (seconds; None for as far back as anybody looks)."""

    report: ReportFacts
    radius_m: float
    anywhere: bool = False
    back_s: float | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """When an area is served: weekday (Monday 0) and minutes of the local day, `until` not included.

    A span with `until` not after `start` runs past midnight into the next day.
    """

    weekday: int
    start: int
    until: int


@dataclass(frozen=True, slots=True)
class Days:
    """Days of an event, first and last included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFacts:
    """One version of an organisation's area. `categories` None means all; `hours` empty means round the clock.

    Valid from `valid_from` (included) until `valid_until` (not included); None leaves that end open. With `days` it counts
    on these days alone, and then goes before areas without; among equals the higher `rank` goes first. `holidays`: hours
    as usual on a public holiday, only then, or never then. Days and hours are those of `timezone`; a span belongs to the
    day on which it begins. `part`: its room is responsible there, or only informed.
    """

    id: str
    organisation_id: str
    organisation_slug: str
    organisation_name: str
    level: Level
    name: str
    geometry: BaseGeometry
    categories: tuple[str, ...] | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    version: int = 1
    hours: tuple[Hours, ...] = ()
    timezone: str = "UTC"
    holidays: HolidayRule = "as_usual"
    days: tuple[Days, ...] = ()
    part: Part = "responsible"
    desk_id: str | None = None
    rank: int = 0
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationFacts:
    """A control room that can receive an incident. Exactly one should be the duty desk, the last resort.

    `nearest_m`: how far outside its areas, in metres, it takes what no area contains. `holidays`: its public holidays.
    """

    id: str
    slug: str
    name: str
    level: Level
    duty_desk: bool = False
    active: bool = True
    nearest_m: float = 0.0
    holidays: Mapping[date, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingFacts:
    """What decides where an incident goes. The reporter's words are not among it, on purpose.

    `venue_point` and `venue_organisation_id` come from a valid place code. `group_b` is set when only lawful
    behaviour (group B) was reported and no person has yet recorded an articulable fact. `alone`: nobody else is to be told.
    """

    category: str
    at: datetime
    point: Point | None = None
    venue_id: str | None = None
    venue_name: str = ""
    venue_point: Point | None = None
    venue_organisation_id: str | None = None
    about_staff: bool = False
    group_b: bool = False
    alone: bool = False
