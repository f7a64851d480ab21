"""Pictures of reports: one row for each, behind row security; the bytes lie sealed in a folder and never in the database.

New table and a column with a constant default, so running code does not notice. A receipt's holder may add a picture to the own
report and put another in the place of one that was refused; everything else is the line's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

ROLE = "reporting_app"
SYSTEM = "(select current_setting('reporting.reach', true)) = 'system'"
RECEIPT = "(select decode(nullif(current_setting('reporting.receipt', true), ''), 'hex'))"
OWN_REPORT = "exists (select 1 from report r where r.id = report_id)"
RECEIPT_S_REPORT = f"exists (select 1 from report r where r.id = report_id and r.receipt_hash = {RECEIPT})"  # noqa: S608  our own words

POLICIES = {
    "picture": {
        "insert": f"{SYSTEM} or {RECEIPT_S_REPORT}",
        "select": f"{SYSTEM} or {OWN_REPORT}",
        "update": SYSTEM,
        "delete": f"{SYSTEM} or (state = 'refused' and {RECEIPT_S_REPORT})",
    },
}


def upgrade() -> None:
    op.add_column("organisation", sa.Column("keeps_originals", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "picture",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sent_mark", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("taken_lat", sa.Double(), nullable=True),
        sa.Column("taken_lon", sa.Double(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("original_gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("n between 1 and 3", name=op.f("ck_picture_number")),
        sa.CheckConstraint("state in ('waiting','ready','refused')", name=op.f("ck_picture_state")),
        sa.CheckConstraint("kind in ('jpeg','png','webp','heic')", name=op.f("ck_picture_kind")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_picture_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("report_id", "n", name=op.f("uq_picture_report_id_n")),
    )
    op.create_index(
        "ix_picture_original",
        "picture",
        ["done_at"],
        postgresql_where=sa.text("original_gone_at is null and done_at is not null"),
    )
    op.execute(f"grant select, insert, update, delete on picture to {ROLE}")
    op.execute("alter table picture enable row level security")
    for command, condition in POLICIES["picture"].items():
        clause = "with check" if command == "insert" else "using"
        op.execute(f"create policy picture_{command} on picture for {command} to {ROLE} {clause} ({condition})")


def downgrade() -> None:
    op.drop_table("picture")
    op.drop_column("organisation", "keeps_originals")
