"""What one person asked for and a second one has to agree to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Text, primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in (
                "kind", "subject", "who", "at", "reasons", "content", "sha256", "ready_at", "state", "decided_by",
                "decided_at", "act_id",
            )
        ),
    )  # fmt: skip
