"""What answers a need, in the admins' hands; and the neutral name of a center that stands on a slip."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "need_rules",
        sa.Column("need", sa.Text, primary_key=True),
        sa.Column("rank", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kinds", "topics", "note_ky", "note_ru", "note_en")),
    )
    op.add_column("centers", sa.Column("slip_name", sa.Text, nullable=False, server_default=""))
