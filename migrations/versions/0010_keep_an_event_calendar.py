"""The event calendar that triage asks, and the short list of reports on which a rule failed.

Events are known to all: a concert is no secret, so the table needs no walls between organisations. The index holds only
what stands on top of the queue until somebody has seen it, which is next to nothing, and is made while the system runs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ROLE = "reporting_app"


def upgrade() -> None:
    op.create_table(
        "city_event",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id", ondelete="CASCADE"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("radius_m", sa.Double(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("organisation_id", "key"),
        sa.CheckConstraint("ends_at > starts_at", name="span"),
        sa.CheckConstraint("radius_m > 0 and radius_m <= 5000", name="radius"),
    )
    op.create_index("ix_city_event_ends_at", "city_event", ["ends_at"])
    op.execute(f"grant select, insert, update, delete on city_event to {ROLE}")
    with op.get_context().autocommit_block():
        op.drop_index("ix_incident_failed", "incident", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            "ix_incident_failed",
            "incident",
            ["opened_at"],
            postgresql_where=sa.text("lane = 'failed' and status = 'new'"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_incident_failed", "incident", postgresql_concurrently=True, if_exists=True)
    op.drop_table("city_event")
