"""The second fence: what the application role may do at all, and which rows it sees.

The application role owns nothing and may only add to history. Each transaction says for whom it reads (`reporting.reach`,
`reporting.organisation`, `reporting.account`, `reporting.receipt`, `reporting.incidents`); a query that forgot its filter
then returns nothing of others. A transaction that says nothing can file a report and read no report at all.
Settings are read in sub-selects, so that PostgreSQL evaluates them once for each statement and not once for each row.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

ROLE = "reporting_app"

SYSTEM = "(select current_setting('reporting.reach', true)) = 'system'"
DUTY = "(select current_setting('reporting.duty', true)) = 'on'"
ORGANISATION = "(select nullif(current_setting('reporting.organisation', true), '')::uuid)"
ACCOUNT = "(select nullif(current_setting('reporting.account', true), '')::uuid)"
RECEIPT = "(select decode(nullif(current_setting('reporting.receipt', true), ''), 'hex'))"
INCIDENTS = "(select string_to_array(nullif(current_setting('reporting.incidents', true), ''), ','))::uuid[]"

OWN_INCIDENT = "exists (select 1 from incident i where i.id = incident_id)"
OWN_REPORT = "exists (select 1 from report r where r.id = report_id)"

POLICIES = {
    "report": {
        "insert": "incident_id is null",
        "select": f"{SYSTEM} or receipt_hash = {RECEIPT} or filed_by = {ACCOUNT} or ({DUTY} and incident_id is null)"
        f" or (incident_id is not null and {ORGANISATION} is not null and {OWN_INCIDENT})",
        "update": SYSTEM,
    },
    "contact": {"insert": "true", "select": f"{SYSTEM} or {OWN_REPORT}", "delete": SYSTEM},
    "incident": {
        "insert": SYSTEM,
        "select": f"{SYSTEM} or organisation_id = {ORGANISATION} or id = any ({INCIDENTS})",
        "update": f"{SYSTEM} or organisation_id = {ORGANISATION}",
    },
    "assessment": {"insert": SYSTEM, "select": f"{SYSTEM} or {OWN_REPORT}"},
    "joining": {"insert": SYSTEM, "select": f"{SYSTEM} or {OWN_INCIDENT}"},
    "assignment": {"insert": SYSTEM, "select": f"{SYSTEM} or {OWN_INCIDENT}"},
    "timeline_event": {"insert": f"{SYSTEM} or {OWN_INCIDENT}", "select": f"{SYSTEM} or {OWN_INCIDENT}"},
    "live_event": {
        "insert": f"{SYSTEM} or organisation_id = {ORGANISATION}",
        "select": f"{SYSTEM} or organisation_id = {ORGANISATION}",
        "delete": SYSTEM,
    },
    "audit_event": {"insert": "true", "select": f"{SYSTEM} or organisation_id = {ORGANISATION}"},
}
"""table -> command -> the rows for which it is allowed. What is not listed is refused."""

GRANTS = {
    "select, insert": ("assessment", "joining", "assignment", "timeline_event", "audit_event"),
    "select, insert, update": (
        "report",
        "incident",
        "account",
        "organisation",
        "desk",
        "venue",
        "place_code",
        "jurisdiction",
        "area_version",
    ),
    "select, insert, delete": ("contact", "live_event"),
    "select, insert, update, delete": ("idempotency", "outbox", "pulse", "session", "token"),
    "insert, delete, select (report_id, received_at, network_hash, device_hash)": ("trace",),
}
"""privileges -> tables. History can be added to and read, never changed. Reports and incidents cannot be deleted here."""


def upgrade() -> None:
    op.execute("insert into area_version (id, version) values (1, 1)")
    op.execute(f"grant usage on schema public to {ROLE}")
    for privileges, tables in GRANTS.items():
        op.execute(f"grant {privileges} on {', '.join(tables)} to {ROLE}")
    op.execute(f"grant usage on all sequences in schema public to {ROLE}")
    op.execute(f"grant select on alembic_version to {ROLE}")
    for table, commands in POLICIES.items():
        op.execute(f"alter table {table} enable row level security")
        for command, condition in commands.items():
            op.execute(_policy(table, command, condition))


def _policy(table: str, command: str, condition: str) -> str:
    clause = "with check" if command == "insert" else "using"
    return f"create policy {table}_{command} on {table} for {command} to {ROLE} {clause} ({condition})"


def downgrade() -> None:
    for table, commands in POLICIES.items():
        for command in commands:
            op.execute(f"drop policy {table}_{command} on {table}")
        op.execute(f"alter table {table} disable row level security")
    op.execute(f"revoke all on all tables in schema public from {ROLE}")
    op.execute(f"revoke all on all sequences in schema public from {ROLE}")
    op.execute(f"revoke usage on schema public from {ROLE}")
    op.execute("delete from area_version")
