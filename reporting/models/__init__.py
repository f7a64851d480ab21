"""Tables, one file per resource. This list is what migrations compare against."""

from reporting.models import (
    account,
    calendar,
    conversation,
    drafts,
    history,
    incident,
    joins,
    judgement,
    jurisdiction,
    notice,
    organisation,
    outbox,
    report,
    staffing,
    venue,
)

TABLES = (
    account,
    calendar,
    conversation,
    drafts,
    history,
    incident,
    joins,
    jurisdiction,
    judgement,
    notice,
    organisation,
    outbox,
    report,
    staffing,
    venue,
)
