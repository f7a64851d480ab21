"""Who sits at which desk, whom the roster names, whom to call; and the ladder of an incident that nobody acknowledges.

An incident remembers for which clock it was last looked at (`clock_for`) and when it is looked at next (`clock_at`): whoever
changes its clock need not know of the ladder. A grant lets another room see one incident. The walls are not rebuilt for it:
further policies stand beside those that are there, so that either may let a row through, and what an incident is hidden from
stays shut. A grant shows the incident while nobody has acknowledged it; a kept one, which was answered or given by a person,
until its end. `staffed` says of a room only whether anybody is there, and tells it to everybody who is asked by the public.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

ROLE = "reporting_app"
SYSTEM = "(select current_setting('reporting.reach', true)) = 'system'"
ORGANISATION = "(select nullif(current_setting('reporting.organisation', true), '')::uuid)"
OWN = f"{SYSTEM} or organisation_id = {ORGANISATION}"
EITHER = f"{OWN} or from_organisation_id = {ORGANISATION}"
OWN_INCIDENT = f"{SYSTEM} or exists (select 1 from incident i where i.id = incident_id)"  # noqa: S608  names of our own
GRANTED = (
    "ORGANISATION <> all (hidden_from) and "
    "exists (select 1 from sight_grant g where g.incident_id = incident.id and g.ended_at is null and g.until > now()"
    " and (incident.status = 'new' or g.kept)"
    " and g.organisation_id = ORGANISATION)"
).replace("ORGANISATION", ORGANISATION)
TOLD = (
    "exists (select 1 from incident i where i.id = live_event.incident_id and (i.organisation_id = live_event.organisation_id"
    " or exists (select 1 from sight_grant g where g.incident_id = i.id and g.organisation_id = live_event.organisation_id)))"
)
"""Who sees an incident may tell the screens of its room, and of the rooms that were given sight of it."""

POLICIES = {
    "presence": {"insert": OWN, "select": OWN, "update": OWN, "delete": OWN},
    "shift": {"insert": OWN, "select": OWN, "update": OWN, "delete": OWN},
    "phone_entry": {"insert": OWN, "select": OWN, "update": OWN, "delete": OWN},
    "escalation": {"insert": OWN_INCIDENT, "select": OWN_INCIDENT},
    "sight_grant": {
        "insert": f"{SYSTEM} or from_organisation_id = {ORGANISATION}",
        "select": EITHER,
        "update": EITHER,
    },
}
"""table -> command -> the rows for which it is allowed. What is not listed is refused."""

MORE = {
    "incident_granted": f"on incident for select to {ROLE} using ({GRANTED})",
    "incident_answered": f"on incident for update to {ROLE} using ({GRANTED})",
    "live_event_told": f"on live_event for insert to {ROLE} with check ({TOLD})",
}
"""Further policies on tables that have some."""

GRANTS = {
    "select, insert, update, delete": ("presence", "shift", "phone_entry"),
    "select, insert": ("escalation",),
    "select, insert, update (kept, ended_at, ended_because)": ("sight_grant",),
}

STAFFED = """
create function staffed(room uuid) returns boolean language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select 1 from public.presence p where p.organisation_id = room and p.seen_at > clock_timestamp() - interval '30 seconds'
      and not exists (select 1 from public.session s where s.hash = p.credential and s.revoked_at is not null)
  )
$$
"""


def upgrade() -> None:
    op.execute(
        "alter table organisation add column escalates_to_id uuid, add column assigns_people boolean default false not null"
    )
    op.execute(
        "alter table organisation add constraint fk_organisation_escalates_to_id foreign key (escalates_to_id)"
        " references organisation (id) on delete set null"
    )
    op.execute("alter table incident add column clock_at timestamptz, add column clock_for timestamptz")
    _presence()
    _shift()
    _phone_entry()
    _escalation()
    _sight_grant()
    for privileges, tables in GRANTS.items():
        op.execute(f"grant {privileges} on {', '.join(tables)} to {ROLE}")
    for table, commands in POLICIES.items():
        op.execute(f"alter table {table} enable row level security")
        for command, condition in commands.items():
            clause = "with check" if command == "insert" else "using"
            op.execute(f"create policy {table}_{command} on {table} for {command} to {ROLE} {clause} ({condition})")
    for name, rest in MORE.items():
        op.execute(f"create policy {name} {rest}")
    op.execute(STAFFED)
    op.execute("revoke all on function staffed(uuid) from public")
    op.execute(f"grant execute on function staffed(uuid) to {ROLE}")
    with op.get_context().autocommit_block():
        op.drop_index("ix_incident_clock", "incident", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            "ix_incident_clock",
            "incident",
            ["clock_at"],
            postgresql_where=sa.text("status = 'new' and clock_at is not null"),
            postgresql_concurrently=True,
        )
        op.drop_index("ix_incident_clock_changed", "incident", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            "ix_incident_clock_changed",
            "incident",
            ["priority", "due_at"],
            postgresql_where=sa.text("status = 'new' and clock_for is distinct from due_at"),
            postgresql_concurrently=True,
        )


def _presence() -> None:
    op.create_table(
        "presence",
        sa.Column("page", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("supervises", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("idle", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_presence_organisation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_presence_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_presence_desk_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "page", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_organisation_id"), "presence", ["organisation_id"])
    op.create_index("ix_presence_seen_at", "presence", ["seen_at"])


def _shift() -> None:
    op.create_table(
        "shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("until > starts_at", name=op.f("ck_shift_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_shift_organisation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_shift_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_shift_desk_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.UniqueConstraint("account_id", "starts_at", name=op.f("uq_shift_account_id_starts_at")),
    )
    op.create_index("ix_shift_organisation", "shift", ["organisation_id", "starts_at"])


def _phone_entry() -> None:
    op.create_table(
        "phone_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_phone_entry_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_entry")),
        sa.UniqueConstraint("organisation_id", "position", name=op.f("uq_phone_entry_organisation_id_position")),
    )


def _escalation() -> None:
    op.create_table(
        "escalation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint(
            "kind in ('together','desk','supervisor','organisation','phone_list')", name=op.f("ck_escalation_kind")
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_escalation_incident_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_escalation_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint(
            "incident_id", "organisation_id", "position", name=op.f("uq_escalation_incident_id_organisation_id_position")
        ),
    )
    op.create_index(
        "uq_escalation_target",
        "escalation",
        ["incident_id", "organisation_id", "kind", sa.text("coalesce(target_id, organisation_id)")],
        unique=True,
    )


def _sight_grant() -> None:
    op.create_table(
        "sight_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("from_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("kept", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), server_default=sa.text("now() + interval '72 hours'"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_sight_grant_incident_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_sight_grant_organisation_id")),
        sa.ForeignKeyConstraint(["from_organisation_id"], ["organisation.id"], name=op.f("fk_sight_grant_from_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sight_grant")),
    )
    op.create_index(
        "uq_sight_grant_open",
        "sight_grant",
        ["incident_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_index("ix_sight_grant_receiver", "sight_grant", ["organisation_id"], postgresql_where=sa.text("ended_at is null"))


def downgrade() -> None:
    op.execute("drop function staffed(uuid)")
    for name, rest in MORE.items():
        op.execute(f"drop policy {name} on {rest.split()[1]}")
    for table in ("sight_grant", "escalation", "phone_entry", "shift", "presence"):
        op.drop_table(table)
    op.drop_index("ix_incident_clock_changed", "incident")
    op.drop_index("ix_incident_clock", "incident")
    op.execute("alter table incident drop column clock_at, drop column clock_for")
    op.execute("alter table organisation drop column escalates_to_id, drop column assigns_people")
