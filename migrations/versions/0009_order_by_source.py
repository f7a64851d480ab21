"""Letters of a source that floods the line stand behind the others; and whether an incident's reports share one network.

Columns come with constant defaults, which rewrite no table. The index of letters that nobody has rung for splits in two, one
for each order; both are made while the system runs. Code that is still running finds its letters meanwhile without one, in a
table that is all but empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

UNRUNG = "dispatched_at is null and dead_at is null"
INDEXES = {"ix_outbox_in_order": f"{UNRUNG} and not behind", "ix_outbox_behind": f"{UNRUNG} and behind"}


def upgrade() -> None:
    op.add_column("outbox", sa.Column("behind", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("incident", sa.Column("one_network", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.get_context().autocommit_block():
        for name, rows in INDEXES.items():
            op.drop_index(name, "outbox", postgresql_concurrently=True, if_exists=True)
            op.create_index(name, "outbox", ["due_at"], postgresql_where=sa.text(rows), postgresql_concurrently=True)
        op.drop_index("ix_outbox_undispatched", "outbox", postgresql_concurrently=True, if_exists=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_outbox_undispatched",
            "outbox",
            ["due_at"],
            postgresql_where=sa.text(UNRUNG),
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        for name in INDEXES:
            op.drop_index(name, "outbox", postgresql_concurrently=True, if_exists=True)
    op.drop_column("incident", "one_network")
    op.drop_column("outbox", "behind")
