"""Which reports a plug-in has not been asked about."""

import uuid
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_WITHOUT: Final = text("""
    select report_id from assessment where created_at > now() - interval '1 day' and not exists (
        select 1 from second_opinion where second_opinion.report_id = assessment.report_id and plug_in = :plug_in)
    order by created_at desc limit :most
""")


def without_opinion(session: Session, plug_in: str, most: int) -> list[uuid.UUID]:
    """Reports assessed within the last day, the newest ones; older ones are left alone."""
    return list(session.scalars(_WITHOUT, {"plug_in": plug_in, "most": most}))
