"""What a draft cannot reach, it does not change: the engine's word is the same by both maps. And accuracy may be left out
where it decides nothing."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from reporting.domain.area_index import AreaIndex
from reporting.domain.facts import AreaFacts, OrganisationFacts, Point
from reporting.queries.areas import Rooms
from reporting.queries.past_incidents import Past
from reporting.queries.routing import ToRoute
from worker.routing.effect import Effect
from worker.routing.task import Map, choice_for
from worker.routing.trial import plain

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
OURS, THEIRS, DUTY = "ours", "theirs", "duty"
CORNERS = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 4), st.integers(1, 4))


def room(name: str, level: str, nearest_m: float) -> OrganisationFacts:
    return OrganisationFacts(id=name, slug=name, name=name, level=level, duty_desk=name == DUTY, nearest_m=nearest_m)  # type: ignore[arg-type]


def area(key: str, owner: str, corner: tuple[int, int, int, int], rank: int) -> AreaFacts:
    """A box on a grid of a hundredth of a degree, about a kilometre."""
    west, south, wide, high = (each / 100 for each in corner)
    shape = box(24 + west, 60 + south, 24 + west + wide, 60 + south + high)
    return AreaFacts(
        id=key,
        organisation_id=owner,
        organisation_slug=owner,
        organisation_name=owner,
        level="municipal",
        name=key,
        geometry=shape,
        rank=rank,
    )


AREAS = st.builds(area, st.uuids().map(str), st.sampled_from([OURS, THEIRS]), CORNERS, st.integers(0, 2))
PLACES = st.tuples(st.floats(59.95, 60.2), st.floats(23.9, 24.25), st.sampled_from([None, 5.0, 300.0, 900.0, 5000.0]))


def incident(place: tuple[float, float, float | None] | None, venue: str | None, about_staff: bool) -> Past:
    lat, lon, accuracy = place or (None, None, None)
    to_route = ToRoute(
        incident_id=uuid.uuid4(),
        organisation_id=None,
        category="other",
        opened_at=AT,
        lat=lat,
        lon=lon,
        accuracy_m=accuracy,
        venue_id="venue" if venue else None,
        venue_name="",
        venue_point=Point(lat, lon) if venue and lat is not None and lon is not None else None,
        venue_organisation_id=venue,
        about_staff=about_staff,
        behaviours=(),
        findings=(),
    )
    return Past(to_route, "N", 3, OURS, (), None)


INCIDENTS = st.lists(
    st.builds(incident, st.none() | PLACES, st.sampled_from([None, None, OURS, THEIRS]), st.booleans()), min_size=1, max_size=20
)


@settings(deadline=None)
@given(st.lists(AREAS, max_size=4), st.lists(AREAS, max_size=2), INCIDENTS, st.sampled_from([0.0, 400.0, 3000.0]))
def test_what_is_not_reached_goes_the_same_way(
    kept: list[AreaFacts], added: list[AreaFacts], incidents: list[Past], nearest_m: float
) -> None:
    """Rows of ours come and go; some of the kept ones are left out of the draft."""
    rooms = (room(OURS, "municipal", nearest_m), room(THEIRS, "venue", 0.0), room(DUTY, "municipal", 0.0))
    added = [replace(each, organisation_id=OURS) for each in added]
    left = [each for position, each in enumerate(kept) if each.organisation_id != OURS or position % 2]
    now, draft = (Rooms(1, rooms, tuple(areas), {}) for areas in (kept, [*left, *added]))
    maps = [Map(each, AreaIndex(each.areas)) for each in (now, draft)]
    for past in incidents:
        full, short = (choice_for(maps[0], each) for each in (past.to_route, plain(past.to_route, maps[0])))
        assert (full.organisation_id, full.area_id, full.rule, full.desk_id) == (
            short.organisation_id,
            short.area_id,
            short.rule,
            short.desk_id,
        )
    for past, reached in zip(incidents, Effect(now, draft, OURS).reaches(incidents), strict=True):
        if not reached:
            assert choice_for(maps[0], past.to_route) == choice_for(maps[1], past.to_route)
