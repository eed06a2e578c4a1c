"""Why a center declined, as one of a few codes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("referrals", sa.Column("reason", sa.Text, nullable=False, server_default=""))
