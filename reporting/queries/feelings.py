"""How telling felt, as counts that tell of nobody: small ones are withheld."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select

from reporting.adapters.sight import reading
from reporting.domain.conversation import FEELINGS, VEILED_BELOW
from reporting.models.conversation import Feeling
from reporting.policy import Actor, scope
from reporting.queries.scoping import sight_of

ACTION: Final = "feeling.read"
LOOKED_BACK: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class FeelingRow:
    """One category: answer -> how many gave it, None where fewer than five did. No sums, from which those could be told."""

    category: str
    counts: Mapping[str, int | None]

    def as_json(self) -> dict[str, Any]:
        """The row on the wire."""
        return {"category": self.category, **self.counts}


def table(actor: Actor) -> list[FeelingRow]:
    """The actor's room over the last twelve months, by category."""
    total = func.sum(Feeling.count).label("total")
    own = Feeling.organisation_id == scope(actor, ACTION).organisation_id
    statement = select(Feeling.category, Feeling.answer, total).where(own, Feeling.month >= func.now() - LOOKED_BACK)
    found: dict[str, dict[str, int]] = {}
    with reading(sight_of(actor, ACTION)) as session:
        for row in session.execute(statement.group_by(Feeling.category, Feeling.answer).order_by(Feeling.category)):
            found.setdefault(row.category, {})[row.answer] = int(row.total)
    return [
        FeelingRow(category, {answer: _veiled(counts.get(answer, 0)) for answer in FEELINGS})
        for category, counts in found.items()
    ]


def _veiled(count: int) -> int | None:
    return count if count >= VEILED_BELOW else None
