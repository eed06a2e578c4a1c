"""The tables of referrals: what a slip needs to be answered, and nothing that says who it was for."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

metadata = MetaData()

referrals = Table(
    "referrals",
    metadata,
    Column("code", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("committee", Text, nullable=False, index=True),
    Column("first", Integer, nullable=False),
    Column("second", Integer, nullable=False),
    Column("needs", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("week", Text, nullable=False),
    Column("oblast", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,  # a number given in turn would tell who came before whom
)

tries = Table(
    "tries",
    metadata,
    Column("center", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

counts = Table(
    "counts",
    metadata,
    Column("quarter", Text, primary_key=True),
    Column("of", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)

purged = Table(
    "purged",
    metadata,
    Column("at", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

key_mark = Table(
    "key_mark",
    metadata,
    Column("mark", Text, primary_key=True),
    sqlite_with_rowid=False,
)
