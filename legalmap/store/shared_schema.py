"""The tables by which an edition published on one machine reaches every other one; of the same database."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from legalmap.store.schema import metadata

shared_editions = Table(
    "shared_editions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("manifest_sha256", Text, nullable=False),
    Column("oldest", Integer, nullable=False),
    Column("at", Text, nullable=False),
)

shared_parts = Table(
    "shared_parts",
    metadata,
    Column("manifest_sha256", Text, primary_key=True),
    Column("file", Text, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)
