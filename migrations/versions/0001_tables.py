"""The tables of the line: reports, incidents, their history, the outbox, and who may sign in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from reporting.models.history import FullTransactionId

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "area_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_version")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_subject", "audit_event", ["subject_id", "at"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("trust", sa.Text(), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_created_at"), "idempotency", ["created_at"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("duty_desk", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("phone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("watched", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("level in ('venue','municipal','police','national')", name=op.f("ck_organisation_level")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("subject_id", "job", name=op.f("uq_outbox_subject_id_job")),
    )
    op.create_index(
        "ix_outbox_dispatched",
        "outbox",
        ["dispatched_at"],
        unique=False,
        postgresql_where=sa.text("dispatched_at is not null and dead_at is null"),
    )
    op.create_index(
        "ix_outbox_undispatched",
        "outbox",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("dispatched_at is null and dead_at is null"),
    )
    op.create_table(
        "pulse",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_pulse")),
    )
    op.create_table(
        "desk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_desk_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk")),
    )
    op.create_index(op.f("ix_desk_organisation_id"), "desk", ["organisation_id"], unique=False)
    op.create_table(
        "jurisdiction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("categories", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("geometry", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_jurisdiction_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jurisdiction")),
        sa.UniqueConstraint("organisation_id", "key", "version", name=op.f("uq_jurisdiction_organisation_id_key_version")),
    )
    op.create_index(op.f("ix_jurisdiction_organisation_id"), "jurisdiction", ["organisation_id"], unique=False)
    op.create_table(
        "venue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("opening_hours", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_venue_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("key", name=op.f("uq_venue_key")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("venue_id", sa.Uuid(), nullable=True),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_account_desk_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_account_organisation_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_account_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_index(op.f("ix_account_organisation_id"), "account", ["organisation_id"], unique=False)
    op.create_table(
        "place_code",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_place_code_venue_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_place_code")),
    )
    op.create_index(op.f("ix_place_code_venue_id"), "place_code", ["venue_id"], unique=False)
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'new'"), nullable=False),
        sa.Column("summary", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("place", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=True),
        sa.Column("lane", sa.Text(), server_default=sa.text("'queue'"), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=True),
        sa.Column("venue_id", sa.Uuid(), nullable=True),
        sa.Column("place_code", sa.Text(), nullable=True),
        sa.Column("hot_hidden", sa.Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("hot_obvious", sa.Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("hot_typical", sa.Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_report_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("report_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("independent_sources", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("priority_overridden", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("exercise", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "status in ('new','acknowledged','in_progress','waiting','handed_over','shelved','closed')",
            name=op.f("ck_incident_status"),
        ),
        sa.CheckConstraint("priority between 1 and 4", name=op.f("ck_incident_priority")),
        sa.ForeignKeyConstraint(["assignee_id"], ["account.id"], name=op.f("fk_incident_assignee_id")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_incident_desk_id")),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_incident_jurisdiction_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_incident_organisation_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_incident_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("number", name=op.f("uq_incident_number")),
    )
    op.create_index(
        "ix_incident_category_open",
        "incident",
        ["category", "last_report_at"],
        unique=False,
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_index(
        "ix_incident_cell_open", "incident", ["cell", "opened_at"], unique=False, postgresql_where=sa.text("status <> 'closed'")
    )
    op.create_index(
        "ix_incident_queue",
        "incident",
        ["organisation_id", "priority", sa.literal_column("coalesce(due_at, 'infinity'::timestamptz)"), "opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_index("ix_incident_recent", "incident", ["organisation_id", "opened_at", "id"], unique=False)
    op.create_table(
        "session",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_account_id"), "session", ["account_id"], unique=False)
    op.create_table(
        "token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_token_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_token_hash")),
    )
    op.create_index(op.f("ix_token_account_id"), "token", ["account_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=True),
        sa.Column("area", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("alternatives", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_assignment_desk_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_assignment_incident_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_assignment_jurisdiction_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_assignment_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_incident", "assignment", ["incident_id", "created_at"], unique=False)
    op.create_table(
        "live_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("xid", FullTransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_live_event_incident_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_live_event_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_event")),
    )
    op.create_index("ix_live_event_order", "live_event", ["xid", "id"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("why_unusual", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("location_source", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("place_code", sa.Text(), nullable=True),
        sa.Column("venue_id", sa.Uuid(), nullable=True),
        sa.Column("moving_to", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("observed_at_sent", sa.Text(), nullable=True),
        sa.Column("clock_plausible", sa.Boolean(), nullable=False),
        sa.Column("still_there", sa.Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("happening_now", sa.Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("hot_hidden", sa.Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("hot_obvious", sa.Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("hot_typical", sa.Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("item_size", sa.Text(), nullable=True),
        sa.Column("owner_looked_for", sa.Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("owner_found", sa.Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("behaviours", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("already_told", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("about_staff", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("expected_pictures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("trust", sa.Text(), nullable=False),
        sa.Column("trust_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("filer", sa.Text(), server_default=sa.text("'public'"), nullable=False),
        sa.Column("filed_by", sa.Uuid(), nullable=True),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exercise", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["filed_by"], ["account.id"], name=op.f("fk_report_filed_by")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_report_incident_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_report_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_report_receipt_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_report_reference")),
    )
    op.create_index("ix_report_filed_by", "report", ["filed_by"], unique=False, postgresql_where=sa.text("filed_by is not null"))
    op.create_index("ix_report_incident_id", "report", ["incident_id"], unique=False)
    op.create_index(
        "ix_report_unjoined", "report", ["received_at"], unique=False, postgresql_where=sa.text("incident_id is null")
    )
    op.create_table(
        "timeline_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_timeline_event_incident_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_event")),
    )
    op.create_index("ix_timeline_event_incident", "timeline_event", ["incident_id", "at"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("relevant", sa.Boolean(), nullable=False),
        sa.Column("lane", sa.Text(), server_default=sa.text("'queue'"), nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_assessment_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("report_id", name=op.f("uq_assessment_report_id")),
    )
    op.create_table(
        "contact",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_contact_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_contact")),
    )
    op.create_table(
        "joining",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("suggested_incident_id", sa.Uuid(), nullable=True),
        sa.Column("independent", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_joining_incident_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_joining_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining")),
        sa.UniqueConstraint("report_id", name=op.f("uq_joining_report_id")),
    )
    op.create_index(op.f("ix_joining_incident_id"), "joining", ["incident_id"], unique=False)
    op.create_table(
        "trace",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("network_hash", sa.LargeBinary(), nullable=True),
        sa.Column("device_hash", sa.LargeBinary(), nullable=True),
        sa.Column("reporter_lat", sa.Double(), nullable=True),
        sa.Column("reporter_lon", sa.Double(), nullable=True),
        sa.Column("reporter_accuracy_m", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_trace_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_trace")),
    )
    op.create_index(
        "ix_trace_device",
        "trace",
        ["device_hash", "received_at"],
        unique=False,
        postgresql_where=sa.text("device_hash is not null"),
    )
    op.create_index("ix_trace_network", "trace", ["network_hash", "received_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_trace_network", table_name="trace")
    op.drop_index("ix_trace_device", table_name="trace", postgresql_where=sa.text("device_hash is not null"))
    op.drop_table("trace")
    op.drop_index(op.f("ix_joining_incident_id"), table_name="joining")
    op.drop_table("joining")
    op.drop_table("contact")
    op.drop_table("assessment")
    op.drop_index("ix_timeline_event_incident", table_name="timeline_event")
    op.drop_table("timeline_event")
    op.drop_index("ix_report_unjoined", table_name="report", postgresql_where=sa.text("incident_id is null"))
    op.drop_index("ix_report_incident_id", table_name="report")
    op.drop_index("ix_report_filed_by", table_name="report", postgresql_where=sa.text("filed_by is not null"))
    op.drop_table("report")
    op.drop_index("ix_live_event_order", table_name="live_event")
    op.drop_table("live_event")
    op.drop_index("ix_assignment_incident", table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_token_account_id"), table_name="token")
    op.drop_table("token")
    op.drop_index(op.f("ix_session_account_id"), table_name="session")
    op.drop_table("session")
    op.drop_index("ix_incident_recent", table_name="incident")
    op.drop_index("ix_incident_queue", table_name="incident", postgresql_where=sa.text("status <> 'closed'"))
    op.drop_index("ix_incident_cell_open", table_name="incident", postgresql_where=sa.text("status <> 'closed'"))
    op.drop_index("ix_incident_category_open", table_name="incident", postgresql_where=sa.text("status <> 'closed'"))
    op.drop_table("incident")
    op.drop_index(op.f("ix_place_code_venue_id"), table_name="place_code")
    op.drop_table("place_code")
    op.drop_index(op.f("ix_account_organisation_id"), table_name="account")
    op.drop_table("account")
    op.drop_table("venue")
    op.drop_index(op.f("ix_jurisdiction_organisation_id"), table_name="jurisdiction")
    op.drop_table("jurisdiction")
    op.drop_index(op.f("ix_desk_organisation_id"), table_name="desk")
    op.drop_table("desk")
    op.drop_table("pulse")
    op.drop_index(
        "ix_outbox_undispatched", table_name="outbox", postgresql_where=sa.text("dispatched_at is null and dead_at is null")
    )
    op.drop_index(
        "ix_outbox_dispatched", table_name="outbox", postgresql_where=sa.text("dispatched_at is not null and dead_at is null")
    )
    op.drop_table("outbox")
    op.drop_table("organisation")
    op.drop_index(op.f("ix_idempotency_created_at"), table_name="idempotency")
    op.drop_table("idempotency")
    op.drop_index("ix_audit_event_subject", table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_table("area_version")
