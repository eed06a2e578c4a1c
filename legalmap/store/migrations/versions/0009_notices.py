"""What a center says of these days: closed, the lawyer away, no places."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("center", sa.Integer, nullable=False, index=True),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("ended", sa.BigInteger, nullable=False),
        sa.Column("ended_by", sa.Text, nullable=False),
    )
