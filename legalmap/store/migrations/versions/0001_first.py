"""Centers, counters and an append-only history."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

CELLS = [
    "kind", "status", "name_ky", "name_ru", "name_en", "oblast", "rayon", "settlement",
    "address", "address_ky", "address_ru", "address_en",
    "directions", "directions_ky", "directions_ru", "directions_en",
    "lat", "lon", "show_location", "phones", "whatsapp", "email", "website", "hours", "phone_hours", "languages",
    "services", "services_ky", "services_ru", "services_en",
    "topics", "needs", "groups", "admission", "fee", "access", "area", "rank",
    "bring", "bring_ky", "bring_ru", "bring_en", "note", "note_ky", "note_ru", "note_en",
    "source", "source_date", "internal_note", "internal_contact",
]  # fmt: skip
APPEND_ONLY = ("acts", "changes", "verifications")


def upgrade() -> None:
    op.create_table(
        "centers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        *(sa.Column(name, sa.Text, nullable=False, server_default="") for name in CELLS),
    )
    counters = op.create_table(
        "counters",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
    )
    op.bulk_insert(counters, [{"name": "edition", "value": 0}, {"name": "number", "value": 1000}])
    op.create_table(
        "acts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
    )
    op.create_table(
        "changes",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("act_id", sa.Text, sa.ForeignKey("acts.id"), nullable=False, index=True),
        sa.Column("center_id", sa.Text, nullable=False, index=True),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("old", sa.Text, nullable=False),
        sa.Column("new", sa.Text, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False, index=True),
    )
    op.create_table(
        "verifications",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("center_id", sa.Text, nullable=False, index=True),
        sa.Column("field_group", sa.Text, nullable=False),
        sa.Column("on", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("act_id", sa.Text, sa.ForeignKey("acts.id"), nullable=False),
    )
    _refuse_rewriting()


def _refuse_rewriting() -> None:
    """History is only ever added to; the database itself refuses anything else."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'history is append-only'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()"
        )
