"""Addresses are asked before they are told anything; ways to tell a venue's devices and contacts, and a room's list of numbers.

`confirmed_at`: whoever reads an address said that they want our messages; push needs no such word, the phone itself subscribed.
What was chosen before this migration keeps being told. `short_mark` is the keyed hash of a short link's word.
Two tables know addresses by keyed hashes alone, and are read by three functions only: `address_stopped` holds whoever
said "never again", `address_asked` counts the questions of a day, under another mark each day, so that no two are linked.
`told_by` is the room that told: it alone may take a message back that has not left.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

ROLE = "reporting_app"
REACH = "(select current_setting('reporting.reach', true))"
SYSTEM = f"{REACH} = 'system'"
SENDER = f"{REACH} in ('system', 'delivery')"
ACCOUNT = "(select nullif(current_setting('reporting.account', true), '')::uuid)"
ORGANISATION = "(select nullif(current_setting('reporting.organisation', true), '')::uuid)"
VENUE = "(select nullif(current_setting('reporting.venue', true), '')::uuid)"
CHOSEN = "(select nullif(current_setting('reporting.chosen', true), '')::uuid)"
HELD_BY = "(select decode(nullif(current_setting('reporting.secret', true), ''), 'hex'))"
OWN_REPORT = "(report_id is not null and exists (select 1 from report r where r.id = report_id))"
OWN_BEFORE = f"{OWN_REPORT} or account_id = {ACCOUNT}"
OWN = f"{OWN_BEFORE} or venue_id = {VENUE} or organisation_id = {ORGANISATION}"
TOLD_BEFORE = f"(account_id is not null and {ORGANISATION} is not null)"
TOLD_BY_A_ROOM = f"((account_id is not null or venue_id is not null) and {ORGANISATION} is not null)"
OWN_DEVICE = "(device_id is not null and exists (select 1 from venue_device d where d.id = device_id))"
OWN_LETTER = f"({ORGANISATION} is not null and (told_by = {ORGANISATION} or organisation_id = {ORGANISATION} or {OWN_REPORT}))"

CHANGED = {
    "subscription": {
        "insert": f"{SYSTEM} or {OWN}",
        "select": f"{SENDER} or {OWN} or {TOLD_BY_A_ROOM} or id = {CHOSEN} or short_mark = {HELD_BY} or {OWN_DEVICE}",
        "update": f"{SYSTEM} or id = {CHOSEN} or venue_id = {VENUE} or organisation_id = {ORGANISATION}",
        "delete": f"{SENDER} or {OWN} or id = {CHOSEN} or {OWN_DEVICE}",
    },
    "delivery": {
        "insert": f"{SYSTEM} or {OWN} or {TOLD_BY_A_ROOM}",
        "select": f"{SENDER} or {OWN} or {TOLD_BY_A_ROOM} or subscription_id = {CHOSEN}",
        "update": f"{SENDER} or {OWN_LETTER} or subscription_id = {CHOSEN}",
    },
}
BY_THE_LINE = {"select": SYSTEM, "delete": SYSTEM}
POLICIES = {**CHANGED, "address_stopped": BY_THE_LINE, "address_asked": BY_THE_LINE}
BEFORE = {
    "subscription": {
        "insert": f"{SYSTEM} or {OWN_BEFORE}",
        "select": f"{SENDER} or {OWN_BEFORE} or {TOLD_BEFORE} or id = {CHOSEN}",
        "update": f"{SYSTEM} or id = {CHOSEN}",
        "delete": f"{SENDER} or {OWN_BEFORE} or id = {CHOSEN}",
    },
    "delivery": {
        "insert": f"{SYSTEM} or {OWN_BEFORE} or {TOLD_BEFORE}",
        "select": f"{SENDER} or {OWN_BEFORE} or {TOLD_BEFORE}",
        "update": SENDER,
    },
}
"""table -> command -> the rows for which it is allowed, now and in 0016."""

STATES = "'waiting','sent','refused','dead','stopped'"
ONE_BEFORE = "(report_id is null) <> (account_id is null)"
ONE = "num_nonnulls(report_id, account_id, venue_id, organisation_id) = 1"

FUNCTIONS = {
    "address_is_stopped(address bytea)": """
create function address_is_stopped(address bytea) returns boolean language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$ select exists (select 1 from public.address_stopped s where s.mark = address) $$
""",
    "stop_address(address bytea)": """
create function stop_address(address bytea) returns void language sql
security definer set search_path = pg_catalog, pg_temp
as $$ insert into public.address_stopped (mark) values (address) on conflict do nothing $$
""",
    "may_ask_address(marks bytea[], a_day integer, in_all integer)": """
create function may_ask_address(marks bytea[], a_day integer, in_all integer) returns boolean language plpgsql
security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into public.address_asked as a (mark) values (marks[1])
    on conflict (mark) do update set count = a.count + 1 where a.count < a_day;
  if not found then
    return false;
  end if;
  if (select sum(a.count) from public.address_asked a where a.mark = any (marks)) > in_all then
    update public.address_asked set count = count - 1 where mark = marks[1];
    return false;
  end if;
  return true;
end
$$
""",
}
"""The first of `marks` is today's; the others are of the days before."""


def upgrade() -> None:
    for table in ("subscription", "delivery"):
        for column, target in (("venue_id", "venue"), ("organisation_id", "organisation")):
            _refer(table, column, target)
        _check(table, "of_one", ONE)
    _refer("subscription", "device_id", "venue_device")
    op.add_column("subscription", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("subscription", sa.Column("hours", postgresql.JSONB(), nullable=True))
    op.add_column("subscription", sa.Column("short_mark", sa.LargeBinary(), nullable=True))
    op.execute("update subscription set confirmed_at = chosen_at where channel <> 'push'")
    op.add_column("delivery", sa.Column("told_by", sa.Uuid(), nullable=True))
    op.add_column("delivery", sa.Column("about", sa.Text(), server_default=sa.text("''"), nullable=False))
    _check("delivery", "state", f"state in ({STATES},'held')")
    op.add_column("phone_entry", sa.Column("mail", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("phone_entry", sa.Column("sms", sa.Boolean(), server_default=sa.false(), nullable=False))
    _indexes()
    _addresses()
    _allow(CHANGED)


def _refer(table: str, column: str, target: str) -> None:
    op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, target, [column], ["id"], ondelete="CASCADE")


def _check(table: str, name: str, condition: str) -> None:
    op.execute(f"alter table {table} drop constraint ck_{table}_{name}")
    op.execute(f"alter table {table} add constraint ck_{table}_{name} check ({condition})")


def _indexes() -> None:
    op.create_index("uq_subscription_short_mark", "subscription", ["short_mark"], unique=True)
    op.create_index("ix_subscription_device", "subscription", ["device_id"])
    for whose in ("venue", "organisation"):
        op.create_index(
            f"uq_subscription_{whose}",
            "subscription",
            [f"{whose}_id", "channel", "mark"],
            unique=True,
            postgresql_where=sa.text(f"{whose}_id is not null"),
        )
        op.create_index(f"ix_delivery_{whose}", "delivery", [f"{whose}_id"])


def _addresses() -> None:
    op.create_table(
        "address_stopped",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_address_stopped")),
    )
    op.create_table(
        "address_asked",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), server_default=sa.text("current_date"), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_address_asked")),
    )
    for table in ("address_stopped", "address_asked"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"grant {', '.join(BY_THE_LINE)} on {table} to {ROLE}")
        for command, condition in BY_THE_LINE.items():
            op.execute(f"create policy {table}_{command} on {table} for {command} to {ROLE} using ({condition})")
    for name, statement in FUNCTIONS.items():
        op.execute(statement)
        op.execute(f"revoke all on function {name} from public")
        op.execute(f"grant execute on function {name} to {ROLE}")


def _allow(policies: dict[str, dict[str, str]]) -> None:
    for table, commands in policies.items():
        for command, condition in commands.items():
            clause = "with check" if command == "insert" else "using"
            op.execute(f"alter policy {table}_{command} on {table} {clause} ({condition})")


def downgrade() -> None:
    _allow(BEFORE)
    for name in FUNCTIONS:
        op.execute(f"drop function {name}")
    for table in ("address_asked", "address_stopped"):
        op.drop_table(table)
    op.drop_column("phone_entry", "sms")
    op.drop_column("phone_entry", "mail")
    op.execute(
        "delete from outbox where job = 'deliver' and subject_id in (select id from delivery where account_id is null"
        " and report_id is null)"
    )
    op.execute("delete from delivery where state = 'held' or (account_id is null and report_id is null)")
    op.execute("delete from subscription where account_id is null and report_id is null")
    _check("delivery", "state", f"state in ({STATES})")
    for table in ("delivery", "subscription"):
        _check(table, "of_one", ONE_BEFORE)
        for column in ("venue_id", "organisation_id"):
            op.drop_column(table, column)
    for column in ("about", "told_by"):
        op.drop_column("delivery", column)
    for column in ("short_mark", "hours", "confirmed_at", "device_id"):
        op.drop_column("subscription", column)
