"""Which open incident a report is about: join, suggest or open, with the reasons. Pure.

Three questions are asked of every candidate: is it the same kind, is it near enough for what the two positions are
worth, and is it recent enough for its kind? The words, and the signs that triage found in them, then speak for or
against it. A report is joined only when very near, of the same kind and similar; otherwise a person is shown the pair.
Some things are never joined automatically: opposite answers about one item, another kind (but for one and the same
immediate danger), a point that stands for many unrelated reports, and what a person has called "not the same". Nothing
is ever discarded or closed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from reporting.domain.facts import IncidentFacts, ReportFacts
from reporting.domain.findings import Match, Suggestion
from reporting.domain.hot import contradict
from worker.grouping.parameters import Parameters, Window
from worker.grouping.place import Place, at_same_point, place_between
from worker.grouping.words import ALIKE, SOMEWHAT_ALIKE, Words

NEAR_SHARE, RECENT_SHARE, ALIKE_SHARE = 0.45, 0.25, 0.30
NEUTRAL = 0.5
SAME_DEVICE = 0.15
SETTLED = 0.05
SETTLED_REPORTS = 3
FLOOD_S = 600.0
FAR_COPY = 0.5
SIDE_BY_SIDE = 0.45
MOST_SUGGESTIONS = 3
# Kinds that can be two views of one thing: shown side by side, never joined by themselves.
RELATED: frozenset[frozenset[str]] = frozenset(
    (
        frozenset(("unattended_item", "suspicious_behaviour")),
        frozenset(("suspicious_vehicle", "suspicious_behaviour")),
        frozenset(("tampering", "suspicious_behaviour")),
        frozenset(("tampering", "unattended_item")),
        frozenset(("unattended_item", "other")),
        frozenset(("suspicious_behaviour", "other")),
    )
)
_RELATED = frozenset(pair for both in RELATED for pair in permutations(both))
FITS_BOTH = "A report fits both incidents: look whether they are one and could be merged."
NOTHING_NEAR = "No open incident of this kind is near enough in place and time."


@dataclass(frozen=True, slots=True)
class _Pair:
    """What is known about a report and one candidate once the time fits."""

    facts: ReportFacts
    incident: IncidentFacts
    window: Window
    gap_s: float
    words: Words
    place: Place
    at_point: Sequence[IncidentFacts]
    parameters: Parameters

    @property
    def recency(self) -> float:
        """1 at once, one half at the end of the window, less for what is only still open."""
        time_s = self.window.time_s(self.incident.report_count)
        return 1.0 / (1.0 + self.gap_s / time_s) if time_s else 1.0

    @property
    def same_device(self) -> bool:
        device = self.facts.device
        return device is not None and any(earlier.device == device for earlier in self.incident.reports)

    @property
    def same_kind(self) -> bool:
        """The same kind, or one immediate danger that people put under two."""
        return self.facts.category == self.incident.category or self.words.same_danger

    @property
    def opposite(self) -> bool:
        return contradict(self.facts.hot, self.incident.hot)


@dataclass(frozen=True, slots=True, eq=False)
class _Verdict:
    """What one candidate comes to. `joinable` False keeps it a suggestion however high the score, and so does an obstacle. The
    reasons are put into words only for the few that are told of."""

    pair: _Pair
    exact: float
    obstacle: str = ""
    joinable: bool = True
    by_words: bool = False

    @property
    def score(self) -> float:
        """As it is told and held against the bounds; what comes first goes by the exact one."""
        return round(min(1.0, self.exact), 3)

    @property
    def incident(self) -> IncidentFacts:
        return self.pair.incident

    @property
    def reasons(self) -> tuple[str, ...]:
        pair = self.pair
        if self.by_words:
            said = ["Threats are compared by their words." if pair.window.text_only else pair.place.reason]
        else:
            said = [pair.place.reason, _time_reason(pair.gap_s)]
        said += pair.words.reasons
        if pair.same_device and not self.by_words:
            said.append("The same phone reported before: one source.")
        return tuple((*said, self.obstacle) if self.obstacle else said)


def match(facts: ReportFacts, candidates: Sequence[IncidentFacts], parameters: Parameters) -> Match:
    """Decide what a report is about among the incidents near it. The order of the candidates does not matter.

    `candidates` are the open incidents around the point (and recent threats anywhere); what is too far or too old is
    left out here. Scores are 0 to 1. What else fits comes as suggestions, for a person to look at: a report that fits two
    incidents joins one of them and merges nothing.
    """
    at_point = [candidate for candidate in candidates if at_same_point(facts, candidate)]
    judged = (_judge(facts, candidate, at_point, parameters) for candidate in candidates)
    verdicts = [verdict for verdict in judged if verdict and verdict.score >= parameters.suggest_score]
    verdicts.sort(key=lambda v: (-v.exact, v.incident.opened_at, v.incident.id))
    joins = [v for v in verdicts if v.joinable and not v.obstacle and v.score >= parameters.join_score]
    others = [v for v in verdicts if v not in joins[:1]][:MOST_SUGGESTIONS]
    if joins:
        best, suggestions = joins[0], tuple(_suggestion(v, joins) for v in others)
        return Match("join", best.incident.id, best.score, best.reasons, parameters.version, suggestions)
    if others:
        best, suggestions = others[0], tuple(_suggestion(v, joins) for v in others)
        return Match("suggest", best.incident.id, best.score, best.reasons, parameters.version, suggestions)
    return Match("open", None, 0.0, (NOTHING_NEAR,), parameters.version)


def _suggestion(verdict: _Verdict, joins: Sequence[_Verdict]) -> Suggestion:
    reasons = (FITS_BOTH, *verdict.reasons) if verdict in joins else verdict.reasons
    return Suggestion(verdict.incident.id, verdict.score, reasons)


def _judge(
    facts: ReportFacts, incident: IncidentFacts, at_point: Sequence[IncidentFacts], parameters: Parameters
) -> _Verdict | None:
    """Nothing for another kind, unless both tell of one immediate danger, and for what is too old for the report's kind."""
    window, gap_s = parameters.window(facts.category), _age_s(facts, incident)
    if incident.not_same or not (gap_s <= window.time_s(incident.report_count) or (window.while_open and incident.open)):
        return None
    words = Words(facts, incident)
    if not (_related(facts.category, incident.category) or words.same_danger):
        return None
    place = place_between(facts, incident, parameters, gap_s, alarmed=words.same_danger and gap_s <= FLOOD_S)
    pair = _Pair(facts, incident, window, gap_s, words, place, at_point, parameters)
    if not place.tells or (window.text_only and not words.same_danger):
        return _by_words(pair)
    if not place.within:
        return _Verdict(pair, FAR_COPY, "Too far away to join by itself.") if words.copy else None
    return _by_place(pair)


def _by_place(pair: _Pair) -> _Verdict:
    score = _measured_score(pair) if pair.window.distance_m is not None else _score(pair)
    if pair.same_device:
        score += SAME_DEVICE
    if score < FAR_COPY and pair.words.copy:
        score = FAR_COPY
    if score < SIDE_BY_SIDE and pair.opposite:
        score = SIDE_BY_SIDE
    return _Verdict(pair, score, _obstacle(pair))


def _score(pair: _Pair) -> float:
    words = NEUTRAL if pair.words.alike is None else pair.words.alike
    settled = SETTLED if pair.incident.report_count >= SETTLED_REPORTS else 0.0
    return NEAR_SHARE * pair.place.nearness + RECENT_SHARE * pair.recency + ALIKE_SHARE * words + settled


def _measured_score(pair: _Pair) -> float:
    """Inside measured windows a report joins; words that have nothing in common take that back."""
    inside = pair.parameters.join_score
    score = inside + (1 - inside) * (pair.place.nearness + pair.recency) / 2
    if pair.words.alike is not None:
        score += (pair.words.alike - SOMEWHAT_ALIKE) * ALIKE_SHARE
    return score


def _obstacle(pair: _Pair) -> str:
    """Why this pair is only shown to a person, or nothing."""
    if not pair.same_kind:
        return "Another kind of report: shown, not joined."
    if pair.opposite:
        return "The answers about the item contradict each other: the worse one stands until somebody looks."
    if pair.window.needs_text and not _tells_enough(pair):
        return "The kind says little, so the words must agree."
    return _obstacle_of_place(pair)


def _obstacle_of_place(pair: _Pair) -> str:
    """What makes the place say too little by itself; words that agree overcome it."""
    alike = pair.words.alike or 0.0
    place = pair.place
    if alike >= ALIKE:
        return ""
    if place.distance_m > place.standing_m:
        return "Only near if somebody moved on, so the words must agree."
    if place.rough and alike < SOMEWHAT_ALIKE:
        return "The positions are rough, so the words must agree."
    if place.shared_spot and pair.window.distance_m is None and alike < SOMEWHAT_ALIKE and pair.gap_s > FLOOD_S:
        return "This spot was chosen on the map or found for an address, so the words must agree."
    return _obstacle_of_others(pair)


def _obstacle_of_others(pair: _Pair) -> str:
    """What is reported beside it makes the place say too little."""
    if pair.words.unlike and pair.gap_s > pair.parameters.unlike_s and pair.window.distance_m is None:
        return "Words that have little in common are joined only soon after each other: shown, not joined."
    if _crowded_point(pair):
        return "Other things were reported at exactly this point, so the place alone does not tell."
    bound = pair.window.most_elsewhere
    if bound is not None and pair.facts.same_kind_lately - pair.incident.report_count > bound:
        return "Far more reports of this kind than usual come from elsewhere, so the place alone does not tell."
    return ""


def _tells_enough(pair: _Pair) -> bool:
    """For a kind that says little: words that agree; or none at all on both sides, within minutes, as in a flood."""
    if pair.words.alike is None:
        return pair.gap_s <= FLOOD_S
    return pair.words.alike >= SOMEWHAT_ALIKE


def _crowded_point(pair: _Pair) -> bool:
    """Whether this exact point carries other incidents: one suffices in kinds known only by place, a stack in all."""
    if pair.place.same_code or pair.words.same_danger:
        return False
    others = [other for other in pair.at_point if other.id != pair.incident.id]
    quiet_s, parameters = pair.window.quiet_s, pair.parameters
    if quiet_s and any(_age_s(pair.facts, other) <= quiet_s for other in others):
        return True
    kinds = {other.category for other in others} | {pair.incident.category}
    return len(others) + 1 >= parameters.stack_incidents and len(kinds) >= parameters.stack_categories


def _by_words(pair: _Pair) -> _Verdict | None:
    """Where the place says nothing only the words can tell, and they must tell clearly. Signs count inside one venue."""
    spoken = pair.words.alike if pair.place.same_venue else pair.words.spoken
    if spoken is None or spoken < SOMEWHAT_ALIKE:
        return _side_by_side(pair)
    obstacle = ""
    if not pair.same_kind:
        obstacle = "Another kind of report: shown, not joined."
    elif pair.opposite:
        obstacle = "The answers about the item contradict each other: the worse one stands until somebody looks."
    joinable = not obstacle and spoken >= ALIKE
    score = 0.65 + 0.35 * (spoken - ALIKE) / (1 - ALIKE) if joinable else min(0.64, max(spoken, 0.4))
    return _Verdict(pair, score, obstacle, joinable, by_words=True)


def _side_by_side(pair: _Pair) -> _Verdict | None:
    """Inside one venue opposite answers are shown whatever the words."""
    if pair.opposite and pair.place.same_venue and pair.same_kind:
        return _Verdict(pair, SIDE_BY_SIDE, _obstacle(pair))
    return None


def _related(first: str, second: str) -> bool:
    return first == second or (first, second) in _RELATED


def _age_s(facts: ReportFacts, incident: IncidentFacts) -> float:
    return abs((facts.received_at - incident.last_report_at).total_seconds())


def _time_reason(gap_s: float) -> str:
    if gap_s < 60:
        return "Less than a minute after the last report about it."
    if gap_s < 3600:
        return f"{gap_s / 60:.0f} min after the last report about it."
    if gap_s < 48 * 3600:
        return f"{gap_s / 3600:.0f} h after the last report about it."
    return f"{gap_s / 86400:.0f} days after the last report about it."
