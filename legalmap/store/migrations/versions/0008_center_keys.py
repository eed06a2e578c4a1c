"""Keys that let a center answer for itself, the browsers that one opened, and which center a user speaks for."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("users", sa.Column("center", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "center_keys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("center", sa.Integer, nullable=False, index=True),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False, index=True),
        sa.Column("opens_until", sa.BigInteger, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
    )
    op.create_table(
        "center_browsers",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("key_id", sa.Text, sa.ForeignKey("center_keys.id"), nullable=False, index=True),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
