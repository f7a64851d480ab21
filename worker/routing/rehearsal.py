"""The map of responsibilities as it would be the moment a draft were published, without publishing it."""

from dataclasses import dataclass

from reporting.adapters.sight import SYSTEM_SIGHT, rehearsing
from reporting.domain.drafts import differences, lay_over
from reporting.models.drafts import RoutingDraft
from reporting.models.routing_rows import as_rows, in_force, of_ids
from reporting.queries import areas
from reporting.queries.areas import Rooms
from reporting.services.drafts import changes_of
from reporting.services.publishing import Switch, write_versions
from reporting.services.trials import Asked


@dataclass(frozen=True, slots=True)
class Stage:
    """Two maps side by side, and the key of each of the organisation's rows in them by the row's id."""

    now: Rooms
    draft: Rooms
    keys: dict[str, str]


def rehearse(asked: Asked) -> Stage:
    """The map of responsibilities as it is, and as it would be the moment the draft were published.

    It is the same switch, written and taken back in one transaction that nobody else sees: a trial cannot differ from what
    publishing does.
    """
    with rehearsing(SYSTEM_SIGHT) as session:
        now = areas.rooms(session)
        current = in_force(session, asked.organisation_id)
        keys = {str(each.id): each.key for each in current}
        draft = session.get(RoutingDraft, asked.draft_id) if asked.draft_id else None
        if draft is None:
            return Stage(now, now, keys)
        changes = changes_of(session, draft.id, asked.draft_version)
        wanted = lay_over(as_rows(of_ids(session, draft.base)), changes)
        switch = Switch(str(asked.organisation_id), current, wanted, "draft", draft.id)
        fresh = write_versions(session, switch, differences(as_rows(current), wanted))
        session.flush()
        return Stage(now, areas.rooms(session), {**keys, **{str(each.id): each.key for each in fresh}})
