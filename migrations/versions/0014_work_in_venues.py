"""The workspace of venues: devices that staff signed in on, the codes and links that let them in, what a house tells its rooms.

Staff who sign in by a device have neither an address nor a password, so both may be absent. What a house tells of itself
(contacts, cameras, procedures) is read by the house, by its own room, and by a room that sees an open incident there.
Procedures are history: each version is added, none is changed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

ROLE = "reporting_app"
SYSTEM = "(select current_setting('reporting.reach', true)) = 'system'"
ORGANISATION = "(select nullif(current_setting('reporting.organisation', true), '')::uuid)"
VENUE = "(select nullif(current_setting('reporting.venue', true), '')::uuid)"
HELD_BY = "(select decode(nullif(current_setting('reporting.secret', true), ''), 'hex'))"
OWN = f"{SYSTEM} or venue_id = {VENUE}"
HELD = f"{OWN} or hash = {HELD_BY}"


def _shown(table: str) -> str:
    """To the house itself, to the room it belongs to, and to a room that sees an open incident there."""
    own_room = f"exists (select 1 from venue v where v.id = {table}.venue_id and v.organisation_id = {ORGANISATION})"  # noqa: S608  our own names
    beside = f"exists (select 1 from incident i where i.venue_id = {table}.venue_id and i.status <> 'closed')"  # noqa: S608  our own names
    return f"{OWN} or ({ORGANISATION} is not null and ({own_room} or {beside}))"


POLICIES = {
    "venue_facts": {"insert": OWN, "select": _shown("venue_facts"), "update": OWN},
    "venue_procedure": {"insert": OWN, "select": _shown("venue_procedure")},
    "device_code": {"insert": OWN, "select": HELD, "update": HELD, "delete": SYSTEM},
    "venue_device": {"insert": OWN, "select": HELD, "update": HELD, "delete": SYSTEM},
    "venue_link": {"insert": OWN, "select": OWN, "update": OWN, "delete": SYSTEM},
}
"""table -> command -> the rows for which it is allowed, as in 0002; the commands are also what the role is granted."""

HISTORY = ("venue_procedure",)
"""Tables to which rows are only ever added."""

_PEOPLE = f"array(select a.id from account a where a.venue_id = {VENUE})"  # noqa: S608  a setting of the transaction
OF_THE_HOUSE = f"not about_staff and filed_by = any ({_PEOPLE})"
"""Reports that a house's own people and systems filed, but for what is about people who work there."""


def upgrade() -> None:
    op.alter_column("account", "email", nullable=True)
    op.alter_column("account", "password_hash", nullable=True)
    op.add_column("token", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("place_code", sa.Column("way_in", sa.Text(), server_default=sa.text("''"), nullable=False))
    _create_facts()
    _create_procedure()
    _create_device()
    _create_code()
    _create_link()
    op.add_column("session", sa.Column("device_id", sa.Uuid(), nullable=True))
    with op.get_context().autocommit_block():
        op.create_index("ix_account_venue", "account", ["venue_id"], postgresql_concurrently=True, if_not_exists=True)
    for table, commands in POLICIES.items():
        op.execute(f"grant {', '.join(commands)} on {table} to {ROLE}")
        op.execute(f"alter table {table} enable row level security")
        for command, condition in commands.items():
            clause = f"with check ({condition})" if command == "insert" else f"using ({condition})"
            op.execute(f"create policy {table}_{command} on {table} for {command} to {ROLE} {clause}")
    op.execute(f"create policy report_of_venue on report for select to {ROLE} using ({OF_THE_HOUSE})")


def _of_venue(table: str, *parts: sa.Column | sa.Constraint) -> None:
    """A table whose rows belong to a venue."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        *parts,
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f(f"fk_{table}_venue_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _moment(name: str, now: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()") if now else None, nullable=not now)


def _by_account(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["account.id"], name=op.f(f"fk_{table}_{column}"))


def _words(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False)


def _create_facts() -> None:
    _of_venue(
        "venue_facts",
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        _words("exits"),
        _words("cameras"),
        sa.Column("contacts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        _moment("changed_at", now=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.UniqueConstraint("venue_id", name=op.f("uq_venue_facts_venue_id")),
        _by_account("venue_facts", "changed_by"),
    )


def _create_procedure() -> None:
    _of_venue(
        "venue_procedure",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _words("steps"),
        _moment("changed_at", now=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.UniqueConstraint("venue_id", "kind", "version", name=op.f("uq_venue_procedure_venue_id_kind_version")),
        sa.CheckConstraint(
            "kind in ('evacuation','invacuation','lockdown','communication')", name=op.f("ck_venue_procedure_kind")
        ),
        _by_account("venue_procedure", "changed_by"),
    )


def _create_device() -> None:
    _of_venue(
        "venue_device",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        _words("name"),
        sa.Column("place_code", sa.Text(), nullable=True),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("pin_failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _moment("created_at", now=True),
        _moment("seen_at", now=True),
        _moment("revoked_at"),
        sa.UniqueConstraint("hash", name=op.f("uq_venue_device_hash")),
        _by_account("venue_device", "account_id"),
    )
    op.create_index("ix_venue_device_venue", "venue_device", ["venue_id"])
    op.create_index("ix_venue_device_account", "venue_device", ["account_id"])


def _create_code() -> None:
    _of_venue(
        "device_code",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        _moment("created_at", now=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _moment("used_at"),
        sa.UniqueConstraint("hash", name=op.f("uq_device_code_hash")),
        _by_account("device_code", "account_id"),
    )
    op.create_index("ix_device_code_venue", "device_code", ["venue_id"])


def _create_link() -> None:
    _of_venue(
        "venue_link",
        _words("label"),
        _moment("created_at", now=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _moment("revoked_at"),
    )
    op.create_index("ix_venue_link_venue", "venue_link", ["venue_id"])


def downgrade() -> None:
    op.execute("drop policy report_of_venue on report")
    for table in POLICIES:
        op.drop_table(table)
    with op.get_context().autocommit_block():
        op.drop_index("ix_account_venue", "account", postgresql_concurrently=True, if_exists=True)
    op.drop_column("session", "device_id")
    op.drop_column("place_code", "way_in")
    op.drop_column("token", "last_used_at")
    op.execute(
        "update account set email = 'ended-' || id || '@invalid', disabled_at = coalesce(disabled_at, now()) where email is null"
    )
    op.execute("update account set password_hash = '!' where password_hash is null")
    op.alter_column("account", "email", nullable=False)
    op.alter_column("account", "password_hash", nullable=False)
