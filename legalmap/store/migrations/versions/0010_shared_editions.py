"""Editions in parts, so that what one machine publishes reaches every other one."""

import sqlalchemy as sa
from alembic import op

revision = "0010_0009"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "shared_editions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("manifest_sha256", sa.Text, nullable=False),
        sa.Column("oldest", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
    )
    op.create_table(
        "shared_parts",
        sa.Column("manifest_sha256", sa.Text, primary_key=True),
        sa.Column("file", sa.Text, primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
