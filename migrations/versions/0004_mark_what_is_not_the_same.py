"""What operators decide about joins: undoable steps, moved reports, negative links, looks; merged and shelved incidents.

The web's role may now move a report between incidents of its own organisation, and open an incident there. It may change
nothing else of a report: the right to update shrinks from the whole row to the one column that the line changes too.
Columns are added without a default and constraints without a scan, so that running code goes on undisturbed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

ROLE = "reporting_app"
SYSTEM = "(select current_setting('reporting.reach', true)) = 'system'"
ORGANISATION = "(select nullif(current_setting('reporting.organisation', true), '')::uuid)"


def _own(column: str) -> str:
    """The incident is the room's own: to be shown one is not enough to move its reports."""
    return f"exists (select 1 from incident i where i.id = {column} and i.organisation_id = {ORGANISATION})"  # noqa: S608


def _both(condition: str) -> dict[str, str]:
    return {"insert": f"{SYSTEM} or ({condition})", "select": f"{SYSTEM} or ({condition})"}


OWN = _own("incident_id")
OTHER = f"(other_id is null or {_own('other_id')})"

POLICIES = {
    "step": _both("exists (select 1 from incident i where i.id = incident_id)"),
    "move": _both(f"{OWN} and {_own('from_incident_id')}"),
    "not_same": _both(f"{OWN} and {OTHER}"),
    "look": _both(OWN),
    "suggestion": {"insert": SYSTEM, "select": f"{SYSTEM} or ({OWN} and {OTHER})"},
}
"""table -> command -> the rows for which it is allowed. What is not listed is refused."""

MORE = {
    "report_move": f"on report for update to {ROLE} using (incident_id is not null and {ORGANISATION} is not null and {OWN})"
    f" with check (incident_id is not null and {OWN})",
    "incident_open": f"on incident for insert to {ROLE} with check (organisation_id = {ORGANISATION})",
    "assignment_own": f"on assignment for insert to {ROLE} with check ({OWN})",
}
"""Further policies on tables that have some."""


def upgrade() -> None:
    op.execute("alter table incident add column merged_into_id uuid, add column shelved_until timestamptz")
    op.execute(
        "alter table incident add constraint fk_incident_merged_into_id foreign key (merged_into_id) references incident (id)"
        " not valid"
    )
    _step()
    _move()
    _not_same()
    _look()
    _suggestion()
    for table, commands in POLICIES.items():
        op.execute(f"grant select, insert on {table} to {ROLE}")
        op.execute(f"alter table {table} enable row level security")
        for command, condition in commands.items():
            clause = "with check" if command == "insert" else "using"
            op.execute(f"create policy {table}_{command} on {table} for {command} to {ROLE} {clause} ({condition})")
    op.execute(f"revoke update on report from {ROLE}")
    op.execute(f"grant update (incident_id) on report to {ROLE}")
    for name, rule in MORE.items():
        op.execute(f"create policy {name} {rule}")
    with op.get_context().autocommit_block():
        op.execute("alter table incident validate constraint fk_incident_merged_into_id")
        for name, column in INDEXES.items():
            op.drop_index(name, "incident", postgresql_concurrently=True, if_exists=True)
            op.create_index(
                name, "incident", [column], postgresql_where=sa.text(f"{column} is not null"), postgresql_concurrently=True
            )


INDEXES = {"ix_incident_merged_into": "merged_into_id", "ix_incident_shelved": "shelved_until"}


def _at() -> sa.Column:
    return sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False)


def _words(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False) for name in names]


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}", ondelete="CASCADE")
        for column, target in columns.items()
    ]


def _step() -> None:
    op.create_table(
        "step",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        _at(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("other_event_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("other_version", sa.Integer(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        *_keys("step", event_id="timeline_event.id", incident_id="incident.id", other_id="incident.id", undoes="step.event_id"),
        sa.PrimaryKeyConstraint("event_id", name="pk_step"),
        sa.UniqueConstraint("other_event_id", name="uq_step_other_event_id"),
        sa.UniqueConstraint("undoes", name="uq_step_undoes"),
    )
    op.create_index("ix_step_incident", "step", ["incident_id", "at"])


def _move() -> None:
    op.create_table(
        "move",
        sa.Column("id", sa.Uuid(), nullable=False),
        _at(),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("from_incident_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        *_keys(
            "move",
            event_id="timeline_event.id",
            report_id="report.id",
            from_incident_id="incident.id",
            incident_id="incident.id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_move"),
    )
    op.create_index("ix_move_report", "move", ["report_id", "at"])
    op.create_index("ix_move_event", "move", ["event_id"])
    op.create_index("ix_move_incident", "move", ["incident_id"])


def _not_same() -> None:
    op.create_table(
        "not_same",
        sa.Column("id", sa.Uuid(), nullable=False),
        _at(),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        *_words("actor"),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("stands", sa.Boolean(), nullable=False),
        *_words("reason", "version"),
        *_keys(
            "not_same", event_id="timeline_event.id", incident_id="incident.id", other_id="incident.id", report_id="report.id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_not_same"),
        sa.CheckConstraint("num_nonnulls(report_id, other_id) = 1", name="ck_not_same_pair"),
        sa.CheckConstraint("other_id is null or incident_id < other_id", name="ck_not_same_order"),
    )
    op.create_index("ix_not_same_incident", "not_same", ["incident_id"])
    for name, column in (("ix_not_same_other", "other_id"), ("ix_not_same_report", "report_id")):
        op.create_index(name, "not_same", [column], postgresql_where=sa.text(f"{column} is not null"))


def _look() -> None:
    op.create_table(
        "look",
        sa.Column("id", sa.Uuid(), nullable=False),
        _at(),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        *_words("actor"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "result", "hot_hidden", "hot_obvious", "hot_typical")),
        *_words("reference", "text"),
        *_keys("look", event_id="timeline_event.id", incident_id="incident.id"),
        sa.PrimaryKeyConstraint("id", name="pk_look"),
    )
    op.create_index("ix_look_incident", "look", ["incident_id", "at"])


def _suggestion() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Uuid(), nullable=False),
        _at(),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        *_keys("suggestion", report_id="report.id", incident_id="incident.id", other_id="incident.id"),
        sa.PrimaryKeyConstraint("id", name="pk_suggestion"),
    )
    op.create_index("ix_suggestion_incident", "suggestion", ["incident_id"])
    op.create_index("ix_suggestion_other", "suggestion", ["other_id"])
    op.create_index("ix_suggestion_report", "suggestion", ["report_id"])
    op.execute(
        "insert into suggestion (id, at, report_id, incident_id, other_id, score, reasons, version)"
        " select gen_random_uuid(), j.created_at, j.report_id, j.incident_id, j.suggested_incident_id, j.score, j.reasons,"
        " j.version"
        " from joining j join incident i on i.id = j.suggested_incident_id"
    )


def downgrade() -> None:
    for name, rule in MORE.items():
        op.execute(f"drop policy {name} {' '.join(rule.split()[:2])}")
    op.execute(f"revoke update (incident_id) on report from {ROLE}")
    op.execute(f"grant update on report to {ROLE}")
    for table in ("suggestion", "look", "not_same", "move", "step"):
        op.drop_table(table)
    op.drop_column("incident", "shelved_until")
    op.drop_column("incident", "merged_into_id")
