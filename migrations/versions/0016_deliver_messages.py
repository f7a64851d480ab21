"""Letters to people outside: the ways to be told that somebody chose, with sealed addresses, and what became of each letter.

Both tables hang on a report or on an account and go with it. Who sends has a reach of its own, `delivery`: it sees these two
tables and no report. Who renews or stops one way by naming it sees that row alone (`reporting.chosen`).
A room that tells staff of a venue sees that they can be told, and how: the address stays sealed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

ROLE = "reporting_app"
REACH = "(select current_setting('reporting.reach', true))"
SYSTEM = f"{REACH} = 'system'"
SENDER = f"{REACH} in ('system', 'delivery')"
ACCOUNT = "(select nullif(current_setting('reporting.account', true), '')::uuid)"
ORGANISATION = "(select nullif(current_setting('reporting.organisation', true), '')::uuid)"
CHOSEN = "(select nullif(current_setting('reporting.chosen', true), '')::uuid)"
OWN_REPORT = "(report_id is not null and exists (select 1 from report r where r.id = report_id))"
OWN = f"{OWN_REPORT} or account_id = {ACCOUNT}"
TOLD_BY_A_ROOM = f"(account_id is not null and {ORGANISATION} is not null)"

POLICIES = {
    "subscription": {
        "insert": f"{SYSTEM} or {OWN}",
        "select": f"{SENDER} or {OWN} or {TOLD_BY_A_ROOM} or id = {CHOSEN}",
        "update": f"{SYSTEM} or id = {CHOSEN}",
        "delete": f"{SENDER} or {OWN} or id = {CHOSEN}",
    },
    "delivery": {
        "insert": f"{SYSTEM} or {OWN} or {TOLD_BY_A_ROOM}",
        "select": f"{SENDER} or {OWN} or {TOLD_BY_A_ROOM}",
        "update": SENDER,
        "delete": SYSTEM,
    },
}
"""table -> command -> the rows for which it is allowed, as in 0002; the commands are also what the role is granted."""


COUNT = """
create function deliveries_by_channel() returns table (channel text, state text, count bigint) language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$ select d.channel, d.state, count(*) from public.delivery d group by 1, 2 $$
"""
"""Counts alone, for those who may see no row."""


def upgrade() -> None:
    _create_subscription()
    _create_delivery()
    for table, commands in POLICIES.items():
        op.execute(f"grant {', '.join(commands)} on {table} to {ROLE}")
        op.execute(f"alter table {table} enable row level security")
        for command, condition in commands.items():
            clause = f"with check ({condition})" if command == "insert" else f"using ({condition})"
            op.execute(f"create policy {table}_{command} on {table} for {command} to {ROLE} {clause}")
    op.execute(COUNT)
    op.execute("revoke all on function deliveries_by_channel() from public")
    op.execute(f"grant execute on function deliveries_by_channel() to {ROLE}")


def _of_one(table: str) -> tuple[sa.Column | sa.Constraint, ...]:
    """The columns that say whose it is, and that it goes with them."""
    return (
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f(f"fk_{table}_report_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id"), ondelete="CASCADE"),
        sa.CheckConstraint("(report_id is null) <> (account_id is null)", name=op.f(f"ck_{table}_of_one")),
        sa.CheckConstraint("channel in ('push','mail','sms')", name=op.f(f"ck_{table}_channel")),
    )


def _create_subscription() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_of_one("subscription"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    for whose in ("report", "account"):
        op.create_index(
            f"uq_subscription_{whose}",
            "subscription",
            [f"{whose}_id", "channel", "mark"],
            unique=True,
            postgresql_where=sa.text(f"{whose}_id is not null"),
        )


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=True),
        *_of_one("delivery"),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("result", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_delivery_subscription_id"), ondelete="SET NULL"
        ),
        sa.CheckConstraint("state in ('waiting','sent','refused','dead','stopped')", name=op.f("ck_delivery_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("effect", "subscription_id", name=op.f("uq_delivery_effect_subscription_id")),
    )
    for name in ("subscription", "report", "account"):
        op.create_index(f"ix_delivery_{name}", "delivery", [f"{name}_id"])
    op.create_index("ix_delivery_created_at", "delivery", ["created_at"])


def downgrade() -> None:
    op.execute("drop function deliveries_by_channel()")
    for table in ("delivery", "subscription"):
        op.drop_table(table)
    op.execute("delete from outbox where job = 'deliver'")
