"""Keeping what triage concluded. Part of a step of the line: the caller's unit of work commits."""

import uuid
from collections.abc import Sequence
from typing import Any

from reporting.domain.findings import Assessment
from reporting.services.rows import insert_rows
from reporting.services.unit_of_work import Work


def keep_assessments(work: Work, concluded: Sequence[tuple[uuid.UUID, Assessment]]) -> list[dict[str, Any]]:
    """One history row for each report; a report is assessed once (unique), whoever asks. Returns the rows."""
    rows = [
        {
            "id": uuid.uuid4(),
            "report_id": report_id,
            "score": assessment.score,
            "priority": assessment.priority,
            "relevant": assessment.relevant,
            "lane": assessment.lane,
            "rule_set": assessment.rule_set,
            "findings": [finding.as_json() for finding in assessment.findings],
        }
        for report_id, assessment in concluded
    ]
    insert_rows(work.session, "assessment", rows)
    return rows
