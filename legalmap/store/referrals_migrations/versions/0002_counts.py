"""What is counted of rows that are gone, and when the last purge was."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "counts",
        sa.Column("quarter", sa.Text, primary_key=True),
        sa.Column("of", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("outcome", sa.Text, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table("purged", sa.Column("at", sa.BigInteger, primary_key=True), sqlite_with_rowid=False)
