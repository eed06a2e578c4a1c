"""The places of the operator's own gazetteer file."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(f"name_{lang}", sa.Text, nullable=False) for lang in ("ky", "ru", "en")),
        sa.Column("aliases", sa.Text, nullable=False),
        sa.Column("oblast", sa.Text, nullable=False),
        sa.Column("rayon", sa.Text, nullable=False),
        sa.Column("lat", sa.Float(53), nullable=False),
        sa.Column("lon", sa.Float(53), nullable=False),
        sa.Column("population", sa.Integer, nullable=False),
        sa.Column("feature", sa.Text, nullable=False),
    )
