"""Operators' overrides and plug-ins' second opinions: two tables of history beside the assessments, each for its own room only.

New tables only, so running code does not notice. The index on assessments is made while the system runs; it is of the small
kind (BRIN) that costs triage nothing, and finds the assessments of the last day for who asks a plug-in about them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

ROLE = "reporting_app"
SYSTEM = "(select current_setting('reporting.reach', true)) = 'system'"
ORGANISATION = "(select nullif(current_setting('reporting.organisation', true), '')::uuid)"
OWN_INCIDENT = "exists (select 1 from incident i where i.id = incident_id)"
OWN_REPORT = "exists (select 1 from report r where r.id = report_id)"

POLICIES = {
    "override": {
        "insert": f"{SYSTEM} or (organisation_id = {ORGANISATION} and {OWN_INCIDENT})",
        "select": f"{SYSTEM} or organisation_id = {ORGANISATION}",
    },
    "second_opinion": {"insert": SYSTEM, "select": f"{SYSTEM} or {OWN_REPORT}"},
}
TABLES = tuple(POLICIES)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_assessment_created", "assessment", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            "ix_assessment_created", "assessment", ["created_at"], postgresql_using="brin", postgresql_concurrently=True
        )
    _overrides()
    _second_opinions()
    for table, commands in POLICIES.items():
        op.execute(f"grant select, insert on {table} to {ROLE}")
        op.execute(f"alter table {table} enable row level security")
        for command, condition in commands.items():
            clause = "with check" if command == "insert" else "using"
            op.execute(f"create policy {table}_{command} on {table} for {command} to {ROLE} {clause} ({condition})")


def _overrides() -> None:
    op.create_table(
        "override",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("assessment_id", sa.Uuid(), nullable=True),
        sa.Column("rule_set", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("rules", JSONB(), nullable=False),
        sa.Column("priority_before", sa.SmallInteger(), nullable=True),
        sa.Column("priority_after", sa.SmallInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("kind in ('priority','outcome','reason','undone')", name=op.f("ck_override_kind")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_override_organisation_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_override_incident_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_override_report_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override")),
    )
    op.create_index("ix_override_organisation", "override", ["organisation_id", "at"])
    op.create_index("ix_override_incident", "override", ["incident_id"])
    op.create_index("ix_override_report", "override", ["report_id"])


def _second_opinions() -> None:
    op.create_table(
        "second_opinion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("plug_in", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=True),
        sa.Column("sentence", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state in ('given','failed','late','nonsense')", name=op.f("ck_second_opinion_state")),
        sa.CheckConstraint("priority between 1 and 4", name=op.f("ck_second_opinion_priority")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_second_opinion_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_opinion")),
    )
    op.create_index("uq_second_opinion_report", "second_opinion", ["report_id", "plug_in"], unique=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_assessment_created", "assessment", postgresql_concurrently=True, if_exists=True)
    for table in reversed(TABLES):
        op.drop_table(table)
