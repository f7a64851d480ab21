"""What the clock sweeps away: short-lived rows whose time is over."""

from datetime import timedelta
from typing import Final

from sqlalchemy import and_, delete, func, or_, update

from reporting.domain.conversation import SEEN_KEPT
from reporting.domain.privacy import ANSWER_HOURS, IDEMPOTENCY_KEY_DAYS, NETWORK_KEY_HOURS
from reporting.models.account import Session
from reporting.models.conversation import FollowUp
from reporting.models.drafts import RoutingTrial
from reporting.models.history import LiveEvent
from reporting.models.report import Idempotency, Trace
from reporting.services import subscriptions, venue_upkeep
from reporting.services.unit_of_work import unit_of_work

LIVE_EVENTS_KEPT: Final = timedelta(hours=24)
TRIAL_NAMES_KEPT: Final = timedelta(days=7)
TRIALS_KEPT: Final = timedelta(days=365)
"""A trial names incidents, which must not outlive them by long; its counts stay with what was published by them."""


def clean_up() -> dict[str, int]:
    """Deletes traces, live events, trials, ended sessions and ways to be told that are over, empties stored answers, forgets old
    keys and when a page was open; says how many of each."""
    now = func.now()
    sweeps = {
        "traces": delete(Trace).where(Trace.received_at < now - timedelta(hours=NETWORK_KEY_HOURS)),
        "answers": update(Idempotency)
        .where(Idempotency.created_at < now - timedelta(hours=ANSWER_HOURS), Idempotency.answer_sealed.is_not(None))
        .values(answer_sealed=None),
        "keys": delete(Idempotency).where(Idempotency.created_at < now - timedelta(days=IDEMPOTENCY_KEY_DAYS)),
        "live_events": delete(LiveEvent).where(LiveEvent.at < now - LIVE_EVENTS_KEPT),
        "trial_names": update(RoutingTrial)
        .where(RoutingTrial.asked_at < now - TRIAL_NAMES_KEPT, RoutingTrial.answer.has_key("incidents"))
        .values(answer=RoutingTrial.answer.op("-")("incidents")),
        "trials": delete(RoutingTrial).where(
            or_(
                RoutingTrial.asked_at < now - TRIALS_KEPT,
                and_(RoutingTrial.kind != "period", RoutingTrial.asked_at < now - TRIAL_NAMES_KEPT),
            )
        ),
        "pages": update(FollowUp).where(FollowUp.seen_at < now - SEEN_KEPT).values(seen_at=None),
        "sessions": delete(Session).where(or_(Session.expires_at < now, Session.revoked_at < now - timedelta(days=1))),
        **subscriptions.sweeps(),
        **venue_upkeep.sweeps(),
    }
    swept = {}
    for name, statement in sweeps.items():
        with unit_of_work() as work:
            swept[name] = work.change(statement.execution_options(synchronize_session=False))
    return swept
