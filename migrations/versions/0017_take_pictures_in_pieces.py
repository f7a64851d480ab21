"""Pictures that are not whole yet: one row for each, and one for each piece, behind row security; the bytes lie sealed in the
folder of pictures.

Two new tables, so running code does not notice. A receipt's holder sees and changes those of the own report, and nobody else
does; the line deletes what was never finished.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

ROLE = "reporting_app"
SYSTEM = "(select current_setting('reporting.reach', true)) = 'system'"
RECEIPT = "(select decode(nullif(current_setting('reporting.receipt', true), ''), 'hex'))"
RECEIPT_S_REPORT = f"exists (select 1 from report r where r.id = report_id and r.receipt_hash = {RECEIPT})"  # noqa: S608  our own words
RECEIPT_S_UPLOAD = "exists (select 1 from picture_upload u where u.id = upload_id)"

POLICIES = {
    "picture_upload": dict.fromkeys(("insert", "select", "update", "delete"), f"{SYSTEM} or {RECEIPT_S_REPORT}"),
    "picture_piece": dict.fromkeys(("insert", "select", "delete"), f"{SYSTEM} or {RECEIPT_S_UPLOAD}"),
}
"""table -> command -> the rows for which it is allowed, as in 0002; the commands are also what the role is granted."""


def upgrade() -> None:
    op.create_table(
        "picture_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.SmallInteger(), nullable=False),
        sa.Column("sent_mark", sa.LargeBinary(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("n between 1 and 3", name=op.f("ck_picture_upload_number")),
        sa.CheckConstraint("received >= 0 and (whole is null or whole >= received)", name=op.f("ck_picture_upload_received")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_picture_upload_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture_upload")),
        sa.UniqueConstraint("report_id", "n", name=op.f("uq_picture_upload_report_id_n")),
    )
    op.create_index("ix_picture_upload_begun", "picture_upload", ["begun_at"])
    op.create_table(
        "picture_piece",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.CheckConstraint("begins >= 0 and ends > begins", name=op.f("ck_picture_piece_bytes")),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["picture_upload.id"], name=op.f("fk_picture_piece_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture_piece")),
        sa.UniqueConstraint("upload_id", "begins", name=op.f("uq_picture_piece_upload_id_begins")),
    )
    for table, commands in POLICIES.items():
        op.execute(f"grant {', '.join(commands)} on {table} to {ROLE}")
        op.execute(f"alter table {table} enable row level security")
        for command, condition in commands.items():
            clause = "with check" if command == "insert" else "using"
            op.execute(f"create policy {table}_{command} on {table} for {command} to {ROLE} {clause} ({condition})")


def downgrade() -> None:
    op.drop_table("picture_piece")
    op.drop_table("picture_upload")
