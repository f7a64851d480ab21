"""Which open incident a report is about: join, suggest or open, with the reasons. Pure.

Three questions are asked of every candidate: is it the same kind, is it near enough for what the two positions are
worth, and is it recent enough for its kind? The words then speak for or against it. A report is joined only when
very near, of the same kind and similar; otherwise a person is shown the pair. Some things are never joined
automatically: opposite answers about one item, another kind, a point that stands for many unrelated reports, and
what a person has called "not the same". Nothing is ever discarded or closed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reporting.domain.facts import IncidentFacts, Point, ReportFacts
from reporting.domain.findings import Match, Suggestion
from reporting.domain.grid import haversine
from reporting.domain.hot import contradict
from reporting.domain.places import believed_accuracy_m
from worker.grouping.likeness import likeness, near_identical
from worker.grouping.parameters import Parameters, Window

NEAR_SHARE, RECENT_SHARE, ALIKE_SHARE = 0.45, 0.25, 0.30
NEUTRAL = 0.5
ALIKE = 0.5
SOMEWHAT_ALIKE = 0.3
SAME_DEVICE = 0.15
SAME_POINT_M = 1.0
FLOOD_S = 600.0
MOST_SUGGESTIONS = 3
# Kinds that can be two views of one thing: shown side by side, never joined by themselves.
RELATED: frozenset[frozenset[str]] = frozenset(
    (
        frozenset(("unattended_item", "suspicious_behaviour")),
        frozenset(("suspicious_vehicle", "suspicious_behaviour")),
        frozenset(("tampering", "suspicious_behaviour")),
        frozenset(("tampering", "unattended_item")),
    )
)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What one candidate comes to. `joinable` False keeps it a suggestion however high the score."""

    incident: IncidentFacts
    score: float
    joinable: bool
    reasons: tuple[str, ...]


def match(facts: ReportFacts, candidates: Sequence[IncidentFacts], parameters: Parameters) -> Match:
    """Decide what a report is about among the incidents near it. The order of the candidates does not matter.

    `candidates` are the open incidents around the point (and recent threats anywhere); what is too far or too old is
    left out here. Scores are 0 to 1.
    """
    at_point = [candidate for candidate in candidates if _at_same_point(facts, candidate)]
    judged = (_judge(facts, candidate, at_point, parameters) for candidate in candidates)
    verdicts = [verdict for verdict in judged if verdict]
    verdicts.sort(key=lambda v: (-v.score, v.incident.opened_at, v.incident.id))
    joins = [v for v in verdicts if v.joinable and v.score >= parameters.join_score]
    suggested = [v for v in verdicts if v.score >= parameters.suggest_score and v not in joins[:1]]
    suggestions = tuple(Suggestion(v.incident.id, v.score, v.reasons) for v in suggested[:MOST_SUGGESTIONS])
    if joins:
        best = joins[0]
        return Match("join", best.incident.id, best.score, best.reasons, parameters.version, suggestions)
    if suggested:
        best = suggested[0]
        return Match("suggest", best.incident.id, best.score, best.reasons, parameters.version, suggestions)
    reason = "No open incident of this kind is near enough in place and time."
    return Match("open", None, 0.0, (reason,), parameters.version)


def _judge(
    facts: ReportFacts, incident: IncidentFacts, at_point: Sequence[IncidentFacts], parameters: Parameters
) -> _Verdict | None:
    if incident.not_same or not _related(facts.category, incident.category):
        return None
    window = parameters.window(facts.category)
    gap_s = abs((facts.received_at - incident.last_report_at).total_seconds())
    still_current = gap_s <= window.window_s or (window.while_open and incident.open)
    if not still_current:
        return None
    alike = _alike(facts, incident)
    place = _Place.between(facts, incident, parameters, window, gap_s)
    if not place.tells or window.text_only:
        return _by_words(facts, incident, alike, place, window)
    if not place.within:
        return _far_but_same_words(facts, incident, place)
    return _by_place(facts, incident, _Measures(window, gap_s, alike, place, at_point, parameters))


@dataclass(frozen=True, slots=True)
class _Place:
    """How far apart two positions are, and how far apart they may be. `tells` False: the position says nothing."""

    tells: bool
    distance_m: float
    reach_m: float
    reason: str
    same_code: bool = False

    @property
    def within(self) -> bool:
        return self.distance_m <= self.reach_m

    @property
    def nearness(self) -> float:
        """1 at the same place, one half at the edge of the reach."""
        return 1.0 - self.distance_m / (2 * self.reach_m) if self.reach_m else 1.0

    @classmethod
    def between(cls, facts: ReportFacts, incident: IncidentFacts, parameters: Parameters, window: Window, gap_s: float) -> _Place:
        if facts.place_code and facts.place_code == incident.place_code:
            return cls(True, 0.0, parameters.base_m, "The same place code was used.", same_code=True)
        here, there = facts.point, incident.point
        if here is None or there is None:
            if facts.venue_id and facts.venue_id == incident.venue_id:
                return cls(True, parameters.base_m, parameters.base_m, "Both are in the same venue.")
            return cls(False, 0.0, 0.0, "One of the two has no position.")
        if facts.default_location or incident.default_location:
            return cls(False, 0.0, 0.0, "The position only stands for an unknown address.")
        if max(here.accuracy_m or 0.0, there.accuracy_m or 0.0) > parameters.useless_accuracy_m:
            return cls(False, 0.0, 0.0, "The position is too uncertain.")
        distance = haversine(here.lat, here.lon, there.lat, there.lon)
        reach = _reach(here, there, parameters, window)
        if window.growth_mps and (facts.moving or incident.moving):
            reach += window.growth_mps * min(gap_s, window.window_s)
        return cls(True, distance, reach, f"{distance:.0f} m apart; up to {reach:.0f} m is one place here.")


@dataclass(frozen=True, slots=True)
class _Measures:
    """What is known about one pair once the place and the time fit."""

    window: Window
    gap_s: float
    alike: float | None
    place: _Place
    at_point: Sequence[IncidentFacts]
    parameters: Parameters

    @property
    def recency(self) -> float:
        """1 at once, one half at the end of the window, less for what is only still open."""
        return 1.0 / (1.0 + self.gap_s / self.window.window_s) if self.window.window_s else 1.0


def _by_place(facts: ReportFacts, incident: IncidentFacts, known: _Measures) -> _Verdict:
    alike = known.alike
    if known.window.distance_m is not None:
        score = _measured_score(known)
    else:
        words = NEUTRAL if alike is None else alike
        score = NEAR_SHARE * known.place.nearness + RECENT_SHARE * known.recency + ALIKE_SHARE * words
    same_device = _same_device(facts, incident)
    if same_device:
        score += SAME_DEVICE
    obstacle = _obstacle(facts, incident, known)
    reasons = [known.place.reason, _time_reason(known.gap_s), *_word_reasons(alike)]
    reasons += ["The same phone reported before: one source."] if same_device else []
    reasons += [obstacle] if obstacle else []
    return _Verdict(incident, round(min(1.0, score), 3), not obstacle, tuple(reasons))


def _measured_score(known: _Measures) -> float:
    """Inside measured windows a report joins; words that have nothing in common take that back."""
    inside = known.parameters.join_score
    score = inside + (1 - inside) * (known.place.nearness + known.recency) / 2
    if known.alike is not None:
        score += (known.alike - SOMEWHAT_ALIKE) * ALIKE_SHARE
    return score


def _obstacle(facts: ReportFacts, incident: IncidentFacts, known: _Measures) -> str:
    """Why this pair is only shown to a person, or nothing."""
    alike = known.alike or 0.0
    if facts.category != incident.category:
        return "Another kind of report: shown, not joined."
    if contradict(facts.hot, incident.hot):
        return "The answers about the item contradict each other: the worse one stands until somebody looks."
    if known.window.needs_text and not _tells_enough(known):
        return "The kind says little, so the words must agree."
    if known.place.distance_m > _reach_standing(facts, incident, known) and alike < ALIKE:
        return "Only near if somebody walked on, so the words must agree."
    if alike < ALIKE and _crowded_point(facts, incident, known):
        return "Other things were reported at exactly this point, so the place alone does not tell."
    return ""


def _tells_enough(known: _Measures) -> bool:
    """For a kind that says little: words that agree; or none at all on both sides, within minutes, as in a flood."""
    if known.alike is None:
        return known.gap_s <= FLOOD_S
    return known.alike >= SOMEWHAT_ALIKE


def _reach_standing(facts: ReportFacts, incident: IncidentFacts, known: _Measures) -> float:
    if known.place.same_code or facts.point is None or incident.point is None:
        return known.place.reach_m
    return _reach(facts.point, incident.point, known.parameters, known.window)


def _crowded_point(facts: ReportFacts, incident: IncidentFacts, known: _Measures) -> bool:
    """Whether this exact point carries other incidents: one suffices in kinds known only by place, a stack in all."""
    others = [other for other in known.at_point if other.id != incident.id]
    if known.window.quiet_s and any(_age_s(facts, other) <= known.window.quiet_s for other in others):
        return True
    kinds = {other.category for other in others} | {incident.category}
    return len(others) + 1 >= known.parameters.stack_incidents and len(kinds) >= known.parameters.stack_categories


def _at_same_point(facts: ReportFacts, incident: IncidentFacts) -> bool:
    here, there = facts.point, incident.point
    if here is None or there is None:
        return False
    return haversine(here.lat, here.lon, there.lat, there.lon) <= SAME_POINT_M


def _by_words(facts: ReportFacts, incident: IncidentFacts, alike: float | None, place: _Place, window: Window) -> _Verdict | None:
    """Where the place says nothing only the words can tell, and they must tell clearly."""
    if alike is None or alike < SOMEWHAT_ALIKE:
        return None
    why = "Threats are compared by their words." if window.text_only else place.reason
    same_kind = facts.category == incident.category
    joinable = same_kind and alike >= ALIKE and not contradict(facts.hot, incident.hot)
    score = alike if not joinable else 0.65 + 0.35 * (alike - ALIKE) / (1 - ALIKE)
    return _Verdict(incident, round(score, 3), joinable, (why, *_word_reasons(alike)))


def _far_but_same_words(facts: ReportFacts, incident: IncidentFacts, place: _Place) -> _Verdict | None:
    if not any(near_identical(facts.text, earlier) for earlier in _texts(incident)):
        return None
    return _Verdict(incident, 0.5, False, (place.reason, "Too far to join, but the words are nearly the same."))


def _reach(here: Point, there: Point, parameters: Parameters, window: Window) -> float:
    if window.distance_m is not None:
        return window.distance_m
    worth = believed_accuracy_m(here.accuracy_m, here.source) + believed_accuracy_m(there.accuracy_m, there.source)
    return min(parameters.cap_m, parameters.base_m + worth)


def _related(first: str, second: str) -> bool:
    return first == second or frozenset((first, second)) in RELATED


def _same_device(facts: ReportFacts, incident: IncidentFacts) -> bool:
    return facts.device is not None and any(earlier.device == facts.device for earlier in incident.reports)


def _texts(incident: IncidentFacts) -> list[str]:
    return [earlier.text for earlier in incident.reports if earlier.text] or [incident.text]


def _alike(facts: ReportFacts, incident: IncidentFacts) -> float | None:
    if not facts.text:
        return None
    known = [value for value in (likeness(facts.text, text) for text in _texts(incident)) if value is not None]
    return max(known, default=None)


def _age_s(facts: ReportFacts, incident: IncidentFacts) -> float:
    return abs((facts.received_at - incident.last_report_at).total_seconds())


def _time_reason(gap_s: float) -> str:
    if gap_s < 3600:
        return f"{gap_s / 60:.0f} min after the last report about it."
    if gap_s < 48 * 3600:
        return f"{gap_s / 3600:.0f} h after the last report about it."
    return f"{gap_s / 86400:.0f} days after the last report about it."


def _word_reasons(alike: float | None) -> tuple[str, ...]:
    return () if alike is None else (f"The words agree to {alike:.0%}.",)
