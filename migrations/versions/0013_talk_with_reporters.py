"""The conversation with a reporter: messages, the last time a page was open, withdrawal, and how telling felt, as counts.

A receipt opens its own report's conversation and nothing else; a room that of the reports it sees. Who holds a receipt may add
to it, have contact and pictures deleted, and mark the report as withdrawn, which moves it nowhere. Columns come without a
default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

ROLE = "reporting_app"
SYSTEM = "(select current_setting('reporting.reach', true)) = 'system'"
ORGANISATION = "(select nullif(current_setting('reporting.organisation', true), '')::uuid)"
RECEIPT = "(select decode(nullif(current_setting('reporting.receipt', true), ''), 'hex'))"
INCIDENTS = "(select string_to_array(nullif(current_setting('reporting.incidents', true), ''), ','))::uuid[]"

SEEN_REPORT = "exists (select 1 from report r where r.id = report_id)"
OWN_RECEIPT = f"exists (select 1 from report r where r.id = report_id and r.receipt_hash = {RECEIPT})"  # noqa: S608  text of ours
OF_OWN_ROOM = (
    f"exists (select 1 from report r, incident i where i.organisation_id = {ORGANISATION}"  # noqa: S608  text of ours
    " and i.id = r.incident_id and r.id = report_id)"
)
OF_THE_INCIDENT = (
    f"exists (select 1 from incident i where i.id = any ({INCIDENTS})"  # noqa: S608  text of ours
    " and i.organisation_id = feeling.organisation_id)"
)

POLICIES = {
    "message": {
        "insert": f"{SYSTEM} or (author = 'reporter' and {OWN_RECEIPT}) or (author = 'room' and {OF_OWN_ROOM})",
        "select": f"{SYSTEM} or {SEEN_REPORT}",
    },
    "follow_up": {
        "insert": f"{SYSTEM} or {OWN_RECEIPT}",
        "select": f"{SYSTEM} or {SEEN_REPORT}",
        "update": f"{SYSTEM} or {OWN_RECEIPT}",
    },
    "feeling": {
        "insert": f"{SYSTEM} or {OF_THE_INCIDENT}",
        "select": f"{SYSTEM} or organisation_id = {ORGANISATION} or {OF_THE_INCIDENT}",
        "update": f"{SYSTEM} or {OF_THE_INCIDENT}",
        "delete": SYSTEM,
    },
}
"""table -> command -> the rows for which it is allowed. What is not listed is refused."""

MORE = {
    "picture_withdraw": f"on picture for delete to {ROLE} using (exists (select 1 from report r where r.id = report_id"  # noqa: S608
    f" and r.receipt_hash = {RECEIPT} and r.withdrawn_at is not null))",
    "contact_withdraw": f"on contact for delete to {ROLE} using ({OWN_RECEIPT})",
    "report_withdraw": f"on report for update to {ROLE} using (receipt_hash = {RECEIPT}) with check (receipt_hash = {RECEIPT}"
    f" and withdrawn_at is not null and (incident_id is null or incident_id = any ({INCIDENTS})))",
}
"""Further policies on tables that have some."""

CONTACT_BEFORE = f"{SYSTEM} or {SEEN_REPORT}"
CONTACT = f"{SYSTEM} or {OWN_RECEIPT} or {OF_OWN_ROOM}"
"""A room that was only shown an incident does not see that there is a contact."""


def upgrade() -> None:
    op.add_column("incident", sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))
    _message()
    _follow_up()
    _feeling()
    for table, commands in POLICIES.items():
        op.execute(f"grant {', '.join(commands)} on {table} to {ROLE}")
        op.execute(f"alter table {table} enable row level security")
        for command, condition in commands.items():
            clause = "with check" if command == "insert" else "using"
            op.execute(f"create policy {table}_{command} on {table} for {command} to {ROLE} {clause} ({condition})")
    op.execute(f"alter policy contact_select on contact using ({CONTACT})")
    op.execute(f"grant update (withdrawn_at) on report to {ROLE}")
    for name, rule in MORE.items():
        op.execute(f"create policy {name} {rule}")


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("ends_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_message_report_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["ends_id"], ["message.id"], name=op.f("fk_message_ends_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("ends_id", name=op.f("uq_message_ends_id")),
        sa.CheckConstraint("author in ('room','reporter')", name=op.f("ck_message_author")),
        sa.CheckConstraint(
            "kind in ('question', 'message', 'taken_back', 'answer', 'addition', 'withdrawal')", name=op.f("ck_message_kind")
        ),
        sa.CheckConstraint("(kind in ('answer','taken_back')) = (ends_id is not null)", name=op.f("ck_message_ends")),
    )
    op.create_index("ix_message_report", "message", ["report_id", "at"])
    withdrawal = sa.text("kind = 'withdrawal'")
    op.create_index("uq_message_withdrawal", "message", ["report_id"], unique=True, postgresql_where=withdrawal)


def _follow_up() -> None:
    op.create_table(
        "follow_up",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("felt", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_follow_up_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_follow_up")),
    )
    op.create_index("ix_follow_up_seen_at", "follow_up", ["seen_at"], postgresql_where=sa.text("seen_at is not null"))


def _feeling() -> None:
    op.create_table(
        "feeling",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_feeling_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeling")),
        sa.UniqueConstraint(
            "organisation_id", "category", "month", "answer", name=op.f("uq_feeling_organisation_id_category_month_answer")
        ),
        sa.CheckConstraint("answer in ('safer','same','less_safe')", name=op.f("ck_feeling_answer")),
    )


def downgrade() -> None:
    op.execute(f"alter policy contact_select on contact using ({CONTACT_BEFORE})")
    for name, rule in MORE.items():
        op.execute(f"drop policy {name} {' '.join(rule.split()[:2])}")
    op.execute(f"revoke update (withdrawn_at) on report from {ROLE}")
    for table in ("feeling", "follow_up", "message"):
        op.drop_table(table)
    op.drop_column("incident", "heard_at")
