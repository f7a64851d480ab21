"""Keeping what a plug-in said of a report. It touches no assessment, no incident and no timeline."""

import uuid
from dataclasses import asdict, dataclass

from sqlalchemy.dialects.postgresql import insert

from reporting.models.judgement import SecondOpinion
from reporting.services.unit_of_work import unit_of_work


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a plug-in, or why there is none: `state` is `given`, `failed`, `late` or `nonsense`."""

    plug_in: str
    state: str
    priority: int | None
    sentence: str
    took_ms: int


def keep_opinion(report_id: uuid.UUID, said: Said) -> None:
    """One row for a report and a plug-in, whoever asks twice."""
    row = {"id": uuid.uuid4(), "report_id": report_id, **asdict(said)}
    with unit_of_work() as work:
        work.session.execute(insert(SecondOpinion.__table__).values(row).on_conflict_do_nothing())
