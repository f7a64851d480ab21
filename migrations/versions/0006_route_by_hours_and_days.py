"""Routing looks at hours, holidays, event days, rank and part; says who else was told; and hides what is about staff.

A jurisdiction version becomes the row that decides: when it counts, whether its room is responsible or only informed, which
desk it goes to. A notice is all that an informed room or a venue's staff may see of somebody else's incident: it holds its own
few fields, so that nobody needs a look at the incident for it. Rooms that a report about staff must be hidden from stand on
the incident, and the database refuses to give it to one of them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

ROLE = "reporting_app"

SYSTEM = "(select current_setting('reporting.reach', true)) = 'system'"
DUTY = "(select current_setting('reporting.duty', true)) = 'on'"
ORGANISATION = "(select nullif(current_setting('reporting.organisation', true), '')::uuid)"
ACCOUNT = "(select nullif(current_setting('reporting.account', true), '')::uuid)"
VENUE = "(select nullif(current_setting('reporting.venue', true), '')::uuid)"
RECEIPT = "(select decode(nullif(current_setting('reporting.receipt', true), ''), 'hex'))"
INCIDENTS = "(select string_to_array(nullif(current_setting('reporting.incidents', true), ''), ','))::uuid[]"

OWN_INCIDENT = "exists (select 1 from incident i where i.id = incident_id)"
OWN_VENUE = f"v.id = report.venue_id and v.organisation_id = {ORGANISATION}"
ABOUT_OWN_STAFF = f"(about_staff and exists (select 1 from venue v where {OWN_VENUE}))"  # noqa: S608  words of our own
OWN_ROOM = f"o.id = {ORGANISATION} and o.level = 'venue'"
ABOUT_STAFF_NEARBY = f"(about_staff and exists (select 1 from organisation o where {OWN_ROOM}))"  # noqa: S608
FOR_THE_HIDDEN = (
    "exists (select 1 from incident i where i.id = incident_id"
    " and (notice.organisation_id = any (i.hidden_from) or (i.about_staff and notice.venue_id is not null)))"
)

BEFORE = {
    "incident": {
        "select": f"{SYSTEM} or organisation_id = {ORGANISATION} or id = any ({INCIDENTS})",
        "update": f"{SYSTEM} or organisation_id = {ORGANISATION}",
    },
    "report": {
        "select": f"{SYSTEM} or receipt_hash = {RECEIPT} or filed_by = {ACCOUNT} or ({DUTY} and incident_id is null)"
        f" or (incident_id is not null and {ORGANISATION} is not null and {OWN_INCIDENT})",
    },
}
CHANGED = {
    "incident": {
        "select": f"{SYSTEM} or (organisation_id = {ORGANISATION} and {ORGANISATION} <> all (hidden_from))"
        f" or id = any ({INCIDENTS})",
        "update": f"{SYSTEM} or (organisation_id = {ORGANISATION} and {ORGANISATION} <> all (hidden_from))",
    },
    "report": {
        "select": f"{SYSTEM} or receipt_hash = {RECEIPT} or filed_by = {ACCOUNT}"
        f" or ({DUTY} and incident_id is null and not {ABOUT_OWN_STAFF} and not {ABOUT_STAFF_NEARBY})"
        f" or (incident_id is not null and {ORGANISATION} is not null and {OWN_INCIDENT} and not {ABOUT_OWN_STAFF})",
    },
}
"""table -> command -> the rows it is allowed for from now on; `BEFORE` is what 0002 said."""

POLICIES = {
    "notice": {
        "insert": f"{SYSTEM} and not {FOR_THE_HIDDEN}",
        "select": f"{SYSTEM} or organisation_id = {ORGANISATION} or venue_id = {VENUE} or {OWN_INCIDENT}",
        "update": f"{SYSTEM} or {OWN_INCIDENT}",
    },
}
"""New tables with row security: table -> command -> the rows for which it is allowed."""

HIDDEN_CHECK = "organisation_id is null or organisation_id <> all (hidden_from)"


def upgrade() -> None:
    _widen_rows()
    _widen_incidents()
    op.create_table(
        "public_holiday",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_public_holiday_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "day", name=op.f("pk_public_holiday")),
    )
    _make_notice()
    op.execute(f"grant select, insert, update, delete on public_holiday to {ROLE}")
    op.execute(f"grant select, insert, update on notice to {ROLE}")
    op.execute("alter table notice enable row level security")
    for command, condition in POLICIES["notice"].items():
        clause = "with check" if command == "insert" else "using"
        op.execute(f"create policy notice_{command} on notice for {command} to {ROLE} {clause} ({condition})")
    _alter(CHANGED)


def _widen_rows() -> None:
    op.add_column("jurisdiction", sa.Column("hours", postgresql.JSONB(), nullable=True))
    op.add_column("jurisdiction", sa.Column("timezone", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("jurisdiction", sa.Column("holidays", sa.Text(), server_default=sa.text("'as_usual'"), nullable=False))
    op.add_column("jurisdiction", sa.Column("days", postgresql.JSONB(), nullable=True))
    op.add_column("jurisdiction", sa.Column("part", sa.Text(), server_default=sa.text("'responsible'"), nullable=False))
    op.add_column("jurisdiction", sa.Column("desk_id", sa.Uuid(), nullable=True))
    op.add_column("jurisdiction", sa.Column("rank", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("jurisdiction", sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.create_foreign_key(op.f("fk_jurisdiction_desk_id"), "jurisdiction", "desk", ["desk_id"], ["id"], ondelete="SET NULL")
    _check("jurisdiction", "holidays", "holidays in ('as_usual','only','never')")
    _check("jurisdiction", "part", "part in ('responsible','informed')")
    op.add_column("organisation", sa.Column("nearest_m", sa.Integer(), nullable=True))


def _widen_incidents() -> None:
    op.add_column("incident", sa.Column("about_staff", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    hidden = sa.Column("hidden_from", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("incident", hidden)
    _check("incident", "hidden_from", HIDDEN_CHECK)
    op.add_column("assignment", sa.Column("hours", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("assignment", sa.Column("informed", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column("assignment", sa.Column("actor_id", sa.Uuid(), nullable=True))


def _check(table: str, name: str, condition: str) -> None:
    """In two steps: the rows there are looked at without keeping writers out."""
    op.execute(f"alter table {table} add constraint ck_{table}_{name} check ({condition}) not valid")
    op.execute(f"alter table {table} validate constraint ck_{table}_{name}")


def _make_notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("venue_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("held_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("number", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("place", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('for_information','please_look','keep_away')", name=op.f("ck_notice_kind")),
        sa.CheckConstraint("(organisation_id is null) <> (venue_id is null)", name=op.f("ck_notice_addressee")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_notice_incident_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_notice_organisation_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_notice_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("incident_id", "organisation_id", name=op.f("uq_notice_incident_id_organisation_id")),
        sa.UniqueConstraint("incident_id", "venue_id", name=op.f("uq_notice_incident_id_venue_id")),
    )
    for name in ("organisation", "venue"):
        op.create_index(
            f"ix_notice_{name}", "notice", [f"{name}_id", "opened_at"], postgresql_where=sa.text(f"{name}_id is not null")
        )


def _alter(policies: dict[str, dict[str, str]]) -> None:
    for table, commands in policies.items():
        for command, condition in commands.items():
            op.execute(f"alter policy {table}_{command} on {table} using ({condition})")


def downgrade() -> None:
    _alter(BEFORE)
    op.drop_table("notice")
    op.drop_table("public_holiday")
    for name in ("actor_id", "informed", "hours"):
        op.drop_column("assignment", name)
    op.drop_constraint("ck_incident_hidden_from", "incident")
    for name in ("hidden_from", "about_staff"):
        op.drop_column("incident", name)
    op.drop_column("organisation", "nearest_m")
    op.drop_constraint(op.f("fk_jurisdiction_desk_id"), "jurisdiction")
    for name in ("part", "holidays"):
        op.drop_constraint(f"ck_jurisdiction_{name}", "jurisdiction")
    for name in ("enabled", "rank", "desk_id", "part", "days", "holidays", "timezone", "hours"):
        op.drop_column("jurisdiction", name)
