"""Retention may delete: reports and incidents by the line's own processes, which see everything; everybody else still cannot.

What hangs on them goes with them by foreign keys, which PostgreSQL follows with the owner's rights: history itself stays a table
that the application can only add to. `kept_until` keeps an incident longer than its class says. `figure` holds what only a
process that sees everything can count, for those that show it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ROLE = "reporting_app"
SYSTEM = "(select current_setting('reporting.reach', true)) = 'system'"
TABLES = ("report", "incident")


def upgrade() -> None:
    op.add_column("incident", sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "figure",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_figure")),
    )
    op.execute(f"grant select, insert, update on figure to {ROLE}")
    for table in TABLES:
        op.execute(f"grant delete on {table} to {ROLE}")
        op.execute(f"create policy {table}_delete on {table} for delete to {ROLE} using ({SYSTEM})")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"drop policy {table}_delete on {table}")
        op.execute(f"revoke delete on {table} from {ROLE}")
    op.drop_table("figure")
    op.drop_column("incident", "kept_until")
