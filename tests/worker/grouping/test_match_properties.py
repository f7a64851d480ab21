"""What must hold of matching for any reports and incidents: side by side it is the same, nearer is never worse, and never joined
what must not be."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from reporting.domain.facts import EarlierReport, Hot, IncidentFacts, Point, ReportFacts
from reporting.domain.hot import contradict
from tests.worker.made import NOW, STATION
from worker.grouping.match import match
from worker.grouping.parameters import DEFAULT_PARAMETERS, KINDS
from worker.grouping.words import Words

SAID = (
    "",
    "Black rucksack under the bench on platform 3",
    "black ruksack under the bench, platform 3",
    "Torba z przewodami pod ławką",
    "Van without plates behind the market hall",
    "A man tries all car doors",
    "!!!",
)
SIGNS = ("item.wires", "item.battery", "danger.attack", "weapon.firearm", "behaviour.TESTSEC")
answers = st.sampled_from(["yes", "no", "unknown"])
hots = st.builds(Hot, answers, answers, answers)
kinds = st.sampled_from([*KINDS, "Pothole"])
signs = st.lists(st.sampled_from(SIGNS), max_size=3, unique=True).map(tuple)
accuracies = st.none() | st.floats(0, 1500)
sources = st.sampled_from([None, "gps", "pin", "address"])
points = st.builds(Point, st.floats(60.169, 60.173), st.floats(24.938, 24.944), accuracies, sources)
earlier = st.builds(
    EarlierReport,
    text=st.sampled_from(SAID),
    language=st.sampled_from([None, "en", "pl"]),
    device=st.sampled_from([None, "d1"]),
    signs=signs,
)


@st.composite
def incidents(draw: st.DrawFn) -> IncidentFacts:
    reports = tuple(draw(st.lists(earlier, min_size=1, max_size=4)))
    return IncidentFacts(
        id=f"i{draw(st.integers(0, 99))}",
        category=draw(kinds),
        opened_at=NOW - timedelta(hours=1),
        last_report_at=NOW - timedelta(minutes=draw(st.integers(0, 500))),
        point=draw(st.none() | points),
        hot=draw(hots),
        reports=reports,
        report_count=len(reports),
        moving=draw(st.booleans()),
        default_location=draw(st.booleans()),
    )


reports = st.builds(
    ReportFacts,
    id=st.just("r"),
    category=kinds,
    received_at=st.just(NOW),
    description=st.sampled_from(SAID),
    language=st.sampled_from([None, "en", "pl"]),
    point=st.none() | points,
    hot=hots,
    device=st.sampled_from([None, "d1"]),
    signs=signs,
    moving=st.booleans(),
    default_location=st.booleans(),
)
crowds = st.lists(incidents(), max_size=6, unique_by=lambda each: each.id)


def score(facts: ReportFacts, incident: IncidentFacts) -> float:
    return match(facts, [incident], DEFAULT_PARAMETERS).score


def turned(facts: ReportFacts, incident: IncidentFacts) -> tuple[ReportFacts, IncidentFacts]:
    """The incident's one report as the new one, and the report as the incident."""
    (said,) = incident.reports
    other = ReportFacts(
        id="o",
        category=incident.category,
        received_at=incident.last_report_at,
        description=said.text,
        language=said.language,
        point=incident.point,
        hot=incident.hot,
        device=said.device,
        signs=said.signs,
        moving=incident.moving,
        default_location=incident.default_location,
    )
    mine = EarlierReport(text=facts.text, language=facts.language, device=facts.device, signs=facts.signs)
    return other, replace(
        incident,
        category=facts.category,
        last_report_at=facts.received_at,
        point=facts.point,
        hot=facts.hot,
        reports=(mine,),
        moving=facts.moving,
        default_location=facts.default_location,
    )


@given(reports, incidents())
def test_of_two_reports_of_one_kind_either_may_come_first(facts: ReportFacts, incident: IncidentFacts) -> None:
    """The score is the same; whether it is joined may differ, since a spot chosen on a map is known of the new one alone."""
    alone = replace(incident, category=facts.category, reports=incident.reports[:1], report_count=1)
    assert score(facts, alone) == score(*turned(facts, alone))


def all_of(words: Words) -> tuple[object, ...]:
    return words.spoken, words.signs, words.shared, words.copy, words.same_danger, words.reasons


@given(reports, incidents())
def test_words_compare_alike_from_either_side(facts: ReportFacts, incident: IncidentFacts) -> None:
    alone = replace(incident, reports=incident.reports[:1])
    assert all_of(Words(facts, alone)) == all_of(Words(*turned(facts, alone)))


@given(reports, incidents(), st.floats(0, 3000), st.floats(0, 3000))
def test_farther_away_never_scores_higher(facts: ReportFacts, incident: IncidentFacts, one: float, other: float) -> None:
    near, far = sorted((one, other))
    here = replace(incident, point=STATION)

    def at(metres: float) -> ReportFacts:
        accuracy = facts.point.accuracy_m if facts.point else None
        return replace(facts, point=Point(STATION.lat + metres / 111_195, STATION.lon, accuracy, "gps"))

    assert score(at(near), here) >= score(at(far), here)


@given(reports, incidents(), st.integers(0, 500), st.integers(0, 500))
def test_later_never_scores_higher(facts: ReportFacts, incident: IncidentFacts, one: int, other: int) -> None:
    early, late = sorted((one, other))

    def after(minutes: int) -> IncidentFacts:
        return replace(incident, last_report_at=NOW - timedelta(minutes=minutes), moving=False)

    standing = replace(facts, moving=False)
    assert score(standing, after(early)) >= score(standing, after(late))


@given(reports, crowds)
def test_opposite_answers_and_what_is_not_the_same_are_never_joined(facts: ReportFacts, crowd: list[IncidentFacts]) -> None:
    marked = [replace(each, not_same=number % 2 == 0) for number, each in enumerate(crowd)]
    found = match(facts, marked, DEFAULT_PARAMETERS)
    named = {found.incident_id, *(each.incident_id for each in found.suggestions)}
    assert not named & {each.id for each in marked if each.not_same}
    if found.decision == "join":
        joined = next(each for each in marked if each.id == found.incident_id)
        assert not contradict(facts.hot, joined.hot)


@given(reports, incidents())
def test_opposite_answers_about_one_thing_are_always_shown(facts: ReportFacts, incident: IncidentFacts) -> None:
    here = replace(
        incident, category=facts.category, point=STATION, last_report_at=NOW, default_location=False, hot=Hot(obvious="no")
    )
    there = replace(facts, point=STATION, default_location=False, hot=Hot(obvious="yes"))
    assume(facts.category != "threat")
    found = match(there, [here], DEFAULT_PARAMETERS)
    assert (found.decision, found.incident_id) == ("suggest", here.id)


@given(reports, crowds)
def test_reasons_are_sentences_without_shares(facts: ReportFacts, crowd: list[IncidentFacts]) -> None:
    found = match(facts, crowd, DEFAULT_PARAMETERS)
    told: list[Any] = [found.reasons, *(each.reasons for each in found.suggestions)]
    assert all(reasons for reasons in told)
    for reason in (reason for reasons in told for reason in reasons):
        assert reason.endswith(".") and "%" not in reason and (reason[0].isupper() or reason[0].isdigit())


@given(reports, crowds, st.integers(0, 5))
def test_what_lies_elsewhere_changes_nothing(facts: ReportFacts, crowd: list[IncidentFacts], count: int) -> None:
    elsewhere = [
        replace(each, id=f"far{number}", point=Point(10.0, 10.0), category="drone", default_location=False, reports=())
        for number, each in enumerate(crowd[:count])
    ]
    assume(facts.category != "drone" and facts.point is not None)
    assert match(facts, [*crowd, *elsewhere], DEFAULT_PARAMETERS) == match(facts, crowd, DEFAULT_PARAMETERS)
