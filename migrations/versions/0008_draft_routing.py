"""Routing is tried before it is switched: drafts and their changes, trials over past incidents, publications.

Changes and publications are history: they are added and read, never altered. A trial holds counts and numbers of incidents
and may be deleted again. All four belong to one organisation, and row security keeps them there.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

ROLE = "reporting_app"
SYSTEM = "(select current_setting('reporting.reach', true)) = 'system'"
ORGANISATION = "(select nullif(current_setting('reporting.organisation', true), '')::uuid)"
OWN = f"{SYSTEM} or organisation_id = {ORGANISATION}"

POLICIES = {
    "routing_draft": {"insert": OWN, "select": OWN, "update": OWN},
    "routing_change": {"insert": OWN, "select": OWN},
    "routing_trial": {"insert": OWN, "select": OWN, "update": OWN, "delete": SYSTEM},
    "routing_publication": {"insert": OWN, "select": OWN},
}
"""table -> command -> the rows for which it is allowed, as in 0002; the commands are also what the role is granted."""

HISTORY = ("routing_change", "routing_publication")
"""Tables to which rows are only ever added."""


def upgrade() -> None:
    _create_draft()
    _create_change()
    _create_trial()
    _create_publication()
    for table, commands in POLICIES.items():
        op.execute(f"grant {', '.join(commands)} on {table} to {ROLE}")
        op.execute(f"alter table {table} enable row level security")
        for command, condition in commands.items():
            clauses = {"insert": f"with check ({condition})"}
            clause = clauses.get(command, f"using ({condition})")
            op.execute(f"create policy {table}_{command} on {table} for {command} to {ROLE} {clause}")


def _owned(table: str, *columns: sa.Column, **more: sa.Constraint) -> None:
    """A table whose rows belong to an organisation."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *more.values(),
    )


def _create_draft() -> None:
    _owned(
        "routing_draft",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("base", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("begun_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        state=sa.CheckConstraint("state in ('draft','published','superseded','discarded')", name=op.f("ck_routing_draft_state")),
        number=sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_routing_draft_organisation_id_number")),
    )


def _create_change() -> None:
    _owned(
        "routing_change",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        draft=sa.ForeignKeyConstraint(
            ["draft_id"], ["routing_draft.id"], name=op.f("fk_routing_change_draft_id"), ondelete="CASCADE"
        ),
        number=sa.UniqueConstraint("draft_id", "number", name=op.f("uq_routing_change_draft_id_number")),
    )


def _create_trial() -> None:
    _owned(
        "routing_trial",
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("draft_version", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("question", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("asked_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        draft=sa.ForeignKeyConstraint(
            ["draft_id"], ["routing_draft.id"], name=op.f("fk_routing_trial_draft_id"), ondelete="CASCADE"
        ),
        kind=sa.CheckConstraint("kind in ('period','place','shapes')", name=op.f("ck_routing_trial_kind")),
        state=sa.CheckConstraint("state in ('waiting','running','done','superseded')", name=op.f("ck_routing_trial_state")),
    )
    op.create_index("ix_routing_trial_draft", "routing_trial", ["draft_id", "asked_at"])


def _create_publication() -> None:
    _owned(
        "routing_publication",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("changed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("before", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("after", postgresql.ARRAY(sa.Uuid()), nullable=False),
        draft=sa.ForeignKeyConstraint(
            ["draft_id"], ["routing_draft.id"], name=op.f("fk_routing_publication_draft_id"), ondelete="SET NULL"
        ),
        kind=sa.CheckConstraint("kind in ('draft','back')", name=op.f("ck_routing_publication_kind")),
        number=sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_routing_publication_organisation_id_number")),
    )


def downgrade() -> None:
    for table in ("routing_publication", "routing_trial", "routing_change", "routing_draft"):
        op.drop_table(table)
