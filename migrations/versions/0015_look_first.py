"""First looks by trained staff on duty, notices that rooms write, training and drills of a venue.

Nobody's "I can't" is kept: a first look names only who is asked at this moment and who would be asked next, and names nobody once
it has ended; the table itself refuses an ended row with a name in it. A drill of answers keeps counts of a house and a month.
Who is on duty is read by the person alone. A room that works on an incident learns through `people_to_look` whom it may ask
about that one incident, and nothing else of anybody's hours.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

ROLE = "reporting_app"
SYSTEM = "(select current_setting('reporting.reach', true)) = 'system'"
ORGANISATION = "(select nullif(current_setting('reporting.organisation', true), '')::uuid)"
ACCOUNT = "(select nullif(current_setting('reporting.account', true), '')::uuid)"
VENUE = "(select nullif(current_setting('reporting.venue', true), '')::uuid)"
OWN_ROOM = f"{SYSTEM} or organisation_id = {ORGANISATION}"
OWN_VENUE = f"{SYSTEM} or venue_id = {VENUE}"
ONESELF = f"{SYSTEM} or account_id = {ACCOUNT}"
READ_BY_ONESELF = (
    f"{SYSTEM} or (account_id = {ACCOUNT} and venue_id = {VENUE} and exists (select 1 from room_notice n"  # noqa: S608  our own names
    " where n.id = notice_id and n.organisation_id = room_notice_read.organisation_id))"
)

POLICIES = {
    "on_duty": {
        "insert": f"account_id = {ACCOUNT} and venue_id = {VENUE}",
        "select": ONESELF,
        "update": ONESELF,
        "delete": ONESELF,
    },
    "first_look": {"insert": OWN_ROOM, "select": f"{OWN_ROOM} or venue_id = {VENUE}", "update": OWN_ROOM, "delete": SYSTEM},
    "room_notice": {
        "insert": f"{SYSTEM} or organisation_id = {ORGANISATION}",
        "select": f"{OWN_ROOM} or {VENUE} = any (venues)",
        "update": OWN_ROOM,
        "delete": SYSTEM,
    },
    "room_notice_read": {"insert": READ_BY_ONESELF, "select": f"{OWN_ROOM} or venue_id = {VENUE}", "delete": SYSTEM},
    "training": {"insert": OWN_VENUE, "select": OWN_VENUE, "update": OWN_VENUE, "delete": SYSTEM},
    "drill": {"insert": OWN_VENUE, "select": OWN_VENUE, "update": OWN_VENUE, "delete": SYSTEM},
    "hot_drill": {"insert": OWN_VENUE, "select": OWN_VENUE, "update": OWN_VENUE, "delete": SYSTEM},
}
"""table -> command -> the rows for which it is allowed; the commands are also what the role is granted."""

PEOPLE_TO_LOOK = """
create function people_to_look(incident uuid, metres double precision) returns table (account_id uuid, venue_id uuid)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select d.account_id, d.venue_id
  from public.incident i
    join public.venue v on v.id = i.venue_id or (i.lat between v.lat - metres / 111000 and v.lat + metres / 111000
      and i.lon between v.lon - metres / (111000 * cos(radians(v.lat))) and v.lon + metres / (111000 * cos(radians(v.lat))))
    join public.on_duty d on d.venue_id = v.id and d.until > clock_timestamp()
    join public.account a on a.id = d.account_id and a.disabled_at is null and a.venue_id = d.venue_id
  where i.id = incident and not i.about_staff
    and ((select current_setting('reporting.reach', true)) = 'system'
      or i.organisation_id = (select nullif(current_setting('reporting.organisation', true), '')::uuid))
    and exists (select 1 from public.training t where t.account_id = d.account_id and t.venue_id = d.venue_id and t.kind = 'hot'
      and t.withdrawn_at is null and t.done_on <= current_date and t.valid_until >= current_date)
  order by v.id is distinct from i.venue_id, abs(v.lat - i.lat) + abs(v.lon - i.lon), d.since, d.account_id
$$
"""


def upgrade() -> None:
    _on_duty()
    _first_look()
    _notices()
    _records()
    for table, commands in POLICIES.items():
        op.execute(f"grant {', '.join(commands)} on {table} to {ROLE}")
        op.execute(f"alter table {table} enable row level security")
        for command, condition in commands.items():
            clause = "with check" if command == "insert" else "using"
            op.execute(f"create policy {table}_{command} on {table} for {command} to {ROLE} {clause} ({condition})")
    op.execute(PEOPLE_TO_LOOK)
    op.execute("revoke all on function people_to_look(uuid, double precision) from public")
    op.execute(f"grant execute on function people_to_look(uuid, double precision) to {ROLE}")


def _moment(name: str, *, given: bool = True) -> sa.Column:
    """A time that the database gives, or one that is not there yet."""
    default = sa.text("now()") if given else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not given)


def _words(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False)


def _of(table: str, column: str, target: str, ondelete: str | None = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _on_duty() -> None:
    op.create_table(
        "on_duty",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        _moment("since"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        _of("on_duty", "account_id", "account"),
        _of("on_duty", "venue_id", "venue"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_on_duty")),
    )
    op.create_index("ix_on_duty_venue", "on_duty", ["venue_id"])


def _first_look() -> None:
    op.create_table(
        "first_look",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        _words("place"),
        _words("words"),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("keep_away", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("asked_id", sa.Uuid(), nullable=True),
        sa.Column("next_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        _moment("asked_at"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        _moment("ended_at", given=False),
        sa.CheckConstraint("state in ('open','answered','withdrawn','unanswered')", name=op.f("ck_first_look_state")),
        sa.CheckConstraint(
            "state = 'open' or (asked_id is null and next_ids = '{}' and words = '' and ended_at is not null)",
            name=op.f("ck_first_look_nobody"),
        ),
        _of("first_look", "incident_id", "incident", "SET NULL"),
        _of("first_look", "organisation_id", "organisation"),
        _of("first_look", "venue_id", "venue"),
        _of("first_look", "asked_id", "account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_look")),
    )
    op.create_index("ix_first_look_open", "first_look", ["incident_id"], unique=True, postgresql_where=sa.text("state = 'open'"))
    op.create_index("ix_first_look_incident", "first_look", ["incident_id", "asked_at"])
    op.create_index("ix_first_look_venue", "first_look", ["venue_id", "asked_at"])


def _notices() -> None:
    op.create_table(
        "room_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        _words("text"),
        sa.Column("venues", postgresql.ARRAY(sa.Uuid()), nullable=False),
        _words("written_by"),
        _moment("written_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _moment("withdrawn_at", given=False),
        sa.CheckConstraint("kind in ('information','please_look','all_clear')", name=op.f("ck_room_notice_kind")),
        _of("room_notice", "organisation_id", "organisation"),
        _of("room_notice", "incident_id", "incident", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_notice")),
    )
    op.create_index("ix_room_notice_organisation", "room_notice", ["organisation_id", "written_at"])
    op.create_index("ix_room_notice_incident", "room_notice", ["incident_id"])
    op.create_index("ix_room_notice_venues", "room_notice", ["venues"], postgresql_using="gin")
    op.create_table(
        "room_notice_read",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        _moment("at"),
        _of("room_notice_read", "notice_id", "room_notice"),
        _of("room_notice_read", "account_id", "account"),
        _of("room_notice_read", "organisation_id", "organisation"),
        _of("room_notice_read", "venue_id", "venue"),
        sa.PrimaryKeyConstraint("notice_id", "account_id", name=op.f("pk_room_notice_read")),
    )


def _log(table: str, *columns: sa.Column, **more: sa.Constraint) -> None:
    """A log that a venue keeps; an entry that was a mistake is withdrawn."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        *columns,
        _words("noted_by"),
        _moment("created_at"),
        _moment("withdrawn_at", given=False),
        _of(table, "venue_id", "venue"),
        *more.values(),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _records() -> None:
    _log(
        "training",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _words("title"),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        account=_of("training", "account_id", "account"),
    )
    op.create_index("ix_training_account", "training", ["account_id", "valid_until"])
    op.create_index("ix_training_venue", "training", ["venue_id", "done_on"])
    _log(
        "drill",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        _words("went_wrong"),
        kind=sa.CheckConstraint("kind in ('evacuation','invacuation','lockdown','communication')", name=op.f("ck_drill_kind")),
    )
    op.create_index("ix_drill_venue", "drill", ["venue_id", "held_on"])
    op.create_table(
        "hot_drill",
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("case_key", sa.Text(), nullable=False),
        sa.Column("answered", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("correct", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _of("hot_drill", "venue_id", "venue"),
        sa.PrimaryKeyConstraint("venue_id", "month", "case_key", name=op.f("pk_hot_drill")),
    )


def downgrade() -> None:
    op.execute("drop function people_to_look(uuid, double precision)")
    for table in ("room_notice_read", "room_notice", "first_look", "on_duty", "hot_drill", "drill", "training"):
        op.drop_table(table)
