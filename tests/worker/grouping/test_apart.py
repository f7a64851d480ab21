"""What is about staff stands apart: nothing joins it, it joins nothing, and it is shown beside what it may be."""

from dataclasses import replace

from reporting.domain.facts import ReportFacts
from tests.worker.made import STATION, incident, report
from worker.grouping.apart import WHY, match_apart
from worker.grouping.match import match
from worker.grouping.parameters import DEFAULT_PARAMETERS


def backpack(**changes: object) -> ReportFacts:
    return report("black backpack under the bench", category="unattended_item", point=STATION, **changes)


def test_a_report_about_staff_is_only_shown_beside_another_incident() -> None:
    assert match(backpack(), [incident()], DEFAULT_PARAMETERS).decision == "join"
    found = match_apart(backpack(about_staff=True), [incident()], DEFAULT_PARAMETERS)
    assert (found.decision, found.incident_id) == ("suggest", "i1")
    assert WHY in found.reasons
    assert found.suggestions[0].incident_id == "i1"


def test_it_joins_one_about_the_same_house_and_no_other() -> None:
    staff = incident(about_staff=True, venue_id="v1")
    here = backpack(about_staff=True, venue_id="v1")
    assert match_apart(here, [staff], DEFAULT_PARAMETERS).decision == "join"
    assert match_apart(replace(here, venue_id="v2"), [staff], DEFAULT_PARAMETERS).decision == "open"


def test_other_reports_neither_join_it_nor_learn_of_it() -> None:
    found = match_apart(backpack(), [incident(about_staff=True)], DEFAULT_PARAMETERS)
    assert (found.decision, found.suggestions) == ("open", ())
    both = [incident("hidden", about_staff=True), incident("open")]
    assert match_apart(backpack(), both, DEFAULT_PARAMETERS).incident_id == "open"
