"""Drafts of routing: changed by several hands, published, and gone back from."""

import psycopg
import pytest

from reporting.adapters.postgres.launcher import Cluster
from reporting.bootstrap import SYSTEM, build, close_idle
from reporting.config import Settings
from reporting.domain.drafts import Clash
from reporting.domain.errors import NotFound, NotPossible, VersionConflict
from reporting.extensions import db
from reporting.queries import drafts as query
from reporting.services import drafts, jurisdictions, publishing, trials
from tests.access.test_fence import as_application
from tests.drafting import NIGHT, PARK_POINT, Desk, content, loaded
from tests.test_line import rows

pytestmark = pytest.mark.db


def test_a_draft_is_begun_changed_and_published(desk: Desk) -> None:
    draft = desk(drafts.begin, "No drones")
    version = desk(drafts.change_row, draft, 0, "centre", {"categories": ["unattended_item"], "name": "City centre"})
    found = desk(query.detail, draft)
    assert (version, found.changed) == (1, 1)
    assert found.line("centre").difference.fields == ("categories",)
    assert [each.key for each in desk(publishing.publish, draft, 1)] == ["centre"]
    lines = desk(query.overview).lines
    assert [(line.key, line.row["categories"]) for line in lines] == [("centre", ["unattended_item"])]
    assert desk(query.detail, draft).summary.state == "published"


def test_going_back_restores_exactly_what_was(desk: Desk) -> None:
    before = content(desk)
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"name": "Middle", "hours": NIGHT, "rank": 7, "enabled": False})
    desk(publishing.publish, draft, 1)
    changed = content(desk)
    assert changed != before
    desk(publishing.go_back, 1)
    assert content(desk) == before
    assert desk(query.detail, draft).summary.state == "superseded"
    desk(publishing.go_back, 2)
    assert content(desk) == changed
    versions = rows(
        desk.owner, "select version, valid_until is null as open from jurisdiction where key = 'centre' order by version"
    )
    assert [(row.version, row.open) for row in versions] == [(1, False), (2, False), (3, False), (4, True)]
    assert [(each.kind, each.number) for each in desk(query.overview).switches] == [("back", 3), ("back", 2), ("draft", 1)]


def test_only_the_latest_switch_can_be_gone_back_from(desk: Desk) -> None:
    for name in ("One", "Two"):
        draft = desk(drafts.begin)
        desk(drafts.change_row, draft, 0, "centre", {"name": name})
        desk(publishing.publish, draft, 1)
    with pytest.raises(NotPossible, match="switched again"):
        desk(publishing.go_back, 1)
    for number in (0, 3):
        with pytest.raises(NotFound):
            desk(publishing.go_back, number)
    desk(jurisdictions.replace_areas, *loaded("From a file"), who=None, plain=True)
    with pytest.raises(NotPossible, match="from a file"):
        desk(publishing.go_back, 2)


def test_two_hands_on_one_draft_meet_a_conflict(desk: Desk) -> None:
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"rank": 1})
    with pytest.raises(VersionConflict) as conflict:
        desk(drafts.change_row, draft, 0, "centre", {"rank": 2})
    assert (conflict.value.yours, conflict.value.current) == (0, 1)
    with pytest.raises(VersionConflict):
        desk(publishing.publish, draft, 0)
    assert desk(query.detail, draft).line("centre").row["rank"] == 1


def test_a_draft_whose_base_has_changed_is_refused_until_it_takes_that_in(desk: Desk) -> None:
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"rank": 1, "name": "Mine"})
    desk(jurisdictions.replace_areas, *loaded("Theirs"), plain=True)
    with pytest.raises(NotPossible, match="have changed since"):
        desk(publishing.publish, draft, 1)
    found = desk(query.detail, draft)
    assert found.moved_on and found.clashes == (("centre", "name"),)
    assert [(each.key, each.fields) for each in found.in_between] == [("centre", ("name", "level"))] or found.in_between
    assert desk(drafts.rebase, draft, 1) == [Clash("centre", "name")]
    desk(publishing.publish, draft, 2)
    assert (content(desk)["centre"]["name"], content(desk)["centre"]["rank"]) == ("Mine", 1)


def test_publishing_nothing_is_refused_and_a_draft_that_is_done_with_stays_so(desk: Desk) -> None:
    draft = desk(drafts.begin)
    with pytest.raises(NotPossible, match="Nothing would be different"):
        desk(publishing.publish, draft, 0)
    desk(drafts.discard, draft, 0)
    for act, *given in ((drafts.change_row, "centre", {"rank": 1}), (drafts.remove_row, "centre"), (drafts.rebase,)):
        with pytest.raises(NotPossible, match="discarded"):
            desk(act, draft, 0, *given)
    with pytest.raises(NotPossible, match="discarded"):
        desk(trials.ask_period, draft)


def test_nobody_reaches_a_draft_of_another_room(desk: Desk) -> None:
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"rank": 1})
    trial = desk(trials.ask_place, draft, {})
    stranger = desk.actor("carl", "supervisor", "mall")
    asked = (
        (query.detail, draft),
        (query.trial, trial),
        (drafts.change_row, draft, 1, "centre", {"rank": 2}),
        (drafts.discard, draft, 1),
        (publishing.publish, draft, 1),
        (trials.ask_period, draft),
        (trials.ask_place, draft, {}),
        (trials.ask_shapes, draft, "{}"),
    )
    for act, *given in asked:
        with pytest.raises(NotFound):
            desk(act, *given, who=stranger)
    administrator = desk.actor("fred", "org_admin", "city")
    desk(drafts.change_row, draft, 1, "centre", {"rank": 2}, who=administrator)
    with pytest.raises(NotFound):
        desk(publishing.publish, draft, 2, who=administrator)
    with pytest.raises(NotFound):
        desk(drafts.begin, who=desk.actor("aino", "operator", "city"))


def test_a_switch_is_seen_by_another_process(desk: Desk, settings: Settings) -> None:
    """The next batch of a worker that has the map already goes by the new one."""
    other = build(settings, process="worker", reach=SYSTEM, pool=2)
    first = desk.file(category="drone")
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"enabled": False})
    with other.app_context():
        publishing.publish(desk.bo, draft, 1)
        db.session.remove()
        close_idle()
    second = desk.file(category="drone", location=PARK_POINT)
    assert desk.rooms_of([first, second]) == [("city", "centre"), ("police", "police")]


@pytest.mark.parametrize("table", ["routing_change", "routing_publication"])
@pytest.mark.parametrize("deed", ["update {} set actor = ''", "delete from {}"])
def test_the_history_of_drafts_cannot_be_changed(desk: Desk, cluster: Cluster, table: str, deed: str) -> None:
    with as_application(cluster, reach="system") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(deed.format(table))
