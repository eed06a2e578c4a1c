"""The tables that are kept, the same on SQLite and PostgreSQL; migrations/ builds them."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Integer, MetaData, Table, Text

from legalmap.visibility import COLUMNS

metadata = MetaData()

VERIFICATION_COLUMNS = ("verified_on", "verified_by")
"""Columns of the CSV that live in `verifications`, not in `centers`."""
CENTER_COLUMNS = tuple(name for name in COLUMNS if name not in {"id", *VERIFICATION_COLUMNS})

centers = Table(
    "centers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    *(Column(name, Text, nullable=False, server_default="") for name in CENTER_COLUMNS),
)

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)

acts = Table(
    "acts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("subject", Text, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("act_id", Text, ForeignKey("acts.id"), nullable=False, index=True),
    Column("center_id", Text, nullable=False, index=True),
    Column("field", Text, nullable=False),
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
    Column("edition", Integer, nullable=False, index=True),
)

verifications = Table(
    "verifications",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("center_id", Text, nullable=False, index=True),
    Column("field_group", Text, nullable=False),
    Column("on", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("act_id", Text, ForeignKey("acts.id"), nullable=False),
)

places = Table(
    "places",
    metadata,
    Column("id", Text, primary_key=True),
    *(Column(f"name_{lang}", Text, nullable=False) for lang in ("ky", "ru", "en")),
    Column("aliases", Text, nullable=False),
    Column("oblast", Text, nullable=False),
    Column("rayon", Text, nullable=False),
    Column("lat", Float(53), nullable=False),
    Column("lon", Float(53), nullable=False),
    Column("population", Integer, nullable=False),
    Column("feature", Text, nullable=False),
)
