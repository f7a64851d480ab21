"""One table decides and filters: both must say the same of every role, action and record."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from reporting.policy import NOTHING, ROLES, RULES, Actor, Resource, decide, scope

IDS = ("a", "b", None)
actors = st.builds(
    Actor,
    account_id=st.sampled_from(("me", "you")),
    role=st.sampled_from(ROLES),
    name=st.just(""),
    organisation_id=st.sampled_from(IDS),
    venue_id=st.sampled_from(IDS),
    duty_desk=st.booleans(),
)
resources = st.builds(
    Resource,
    organisation_id=st.sampled_from(IDS),
    filed_by=st.sampled_from(("me", "you", None)),
    account_id=st.sampled_from(("me", "you", None)),
    unrouted=st.booleans(),
    granted=st.frozensets(st.sampled_from(("a", "b"))),
    venue_id=st.sampled_from(IDS),
    hidden_from=st.frozensets(st.sampled_from(("a", "b"))),
)


def selected(actor: Actor, action: str, resource: Resource) -> bool:
    """What a filter made of the scope would select."""
    reach = scope(actor, action)
    pairs = (
        (reach.organisation_id, resource.organisation_id),
        (reach.filed_by, resource.filed_by),
        (reach.account_id, resource.account_id),
        (reach.venue_id, resource.venue_id),
    )
    if {reach.organisation_id, reach.granted_to} & resource.hidden_from:
        return False
    granted = reach.granted_to is not None and reach.granted_to in resource.granted
    return any(left is not None and left == right for left, right in pairs) or granted or (reach.unrouted and resource.unrouted)


@given(actors, st.sampled_from(sorted(RULES)), resources)
def test_deciding_and_filtering_are_the_same(actor: Actor, action: str, resource: Resource) -> None:
    assert decide(actor, action, resource).allowed == selected(actor, action, resource)


@given(actors, st.sampled_from(sorted(RULES)))
def test_who_may_never_do_it_reaches_nothing(actor: Actor, action: str) -> None:
    if not decide(actor, action).allowed:
        assert scope(actor, action) == NOTHING


def test_roles_without_content_have_none() -> None:
    """An administrator drafts routing, which is a setting; what a draft would have done is told to them in counts."""
    for role, action in itertools.product(("org_admin", "platform_admin"), RULES):
        settings = action == "account.itself" or (role, action) == ("org_admin", "routing.edit")
        assert settings or role not in RULES[action]


def test_an_actor_without_an_organisation_matches_no_unrouted_record_by_accident() -> None:
    lost = Actor("me", "operator", "", organisation_id=None)
    assert not decide(lost, "incident.read", Resource(organisation_id=None)).allowed


def test_what_is_hidden_from_a_room_stays_so_whoever_gave_sight_of_it() -> None:
    for role, action in itertools.product(ROLES, RULES):
        carl = Actor("me", role, "", organisation_id="b", duty_desk=True)
        hidden = Resource(organisation_id="b", unrouted=True, granted=frozenset("b"), hidden_from=frozenset("b"))
        assert not decide(carl, action, hidden).allowed


def test_sight_that_was_given_lets_read_and_answer_and_do_nothing_else() -> None:
    dora = Actor("me", "operator", "", organisation_id="b")
    given = Resource(organisation_id="a", granted=frozenset(("b",)))
    allowed = {action for action in RULES if decide(dora, action, given).allowed}
    assert allowed == {"incident.read", "incident.answer", "incident.give_back", "console.open", "picture.view"}
    for role in set(ROLES) - {"operator", "supervisor"}:
        assert not decide(Actor("me", role, "", organisation_id="b"), "incident.read", given).allowed
