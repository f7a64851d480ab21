"""Grouping reads the latest reports of an incident and the open incidents of a venue: both by an index in that order.

Without it the twentieth report of a surge at one place reads and sorts all reports before it. The indexes are made while
the system runs; nobody waits for them. One that gave up waiting leaves an unfinished index, which the next try drops.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_report_of_incident", "report", postgresql_concurrently=True, if_exists=True)
        op.create_index("ix_report_of_incident", "report", ["incident_id", "received_at"], postgresql_concurrently=True)
        op.drop_index("ix_incident_venue_open", "incident", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            "ix_incident_venue_open",
            "incident",
            ["venue_id", "last_report_at"],
            postgresql_where=sa.text("status <> 'closed' and venue_id is not null"),
            postgresql_concurrently=True,
        )
        op.drop_index("ix_report_incident_id", "report", postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_report_incident_id", "report", ["incident_id"], postgresql_concurrently=True)
        op.drop_index("ix_incident_venue_open", "incident", postgresql_concurrently=True)
        op.drop_index("ix_report_of_incident", "report", postgresql_concurrently=True)
