"""The tables that are kept, the same on SQLite and PostgreSQL; migrations/ builds them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
)

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

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("password", Text, nullable=False),
    Column("factor", Text, nullable=False),
    Column("factor_step", BigInteger, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("signed_in", BigInteger, nullable=False),
    Column("committee", Text, nullable=False, server_default=""),
    Column("coordinator", Boolean, nullable=False, server_default=false()),
    Column("center", Integer, nullable=False, server_default="0"),
)

center_keys = Table(
    "center_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("center", Integer, nullable=False, index=True),
    Column("secret", Text, nullable=False, index=True),
    *(Column(name, Text, nullable=False) for name in ("way", "scope", "who")),
    *(Column(name, BigInteger, nullable=False) for name in ("opens_until", "made", "until")),
)

center_browsers = Table(
    "center_browsers",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("key_id", Text, ForeignKey("center_keys.id"), nullable=False, index=True),
    Column("until", BigInteger, nullable=False),
)

committees = Table(
    "committees",
    metadata,
    Column("id", Text, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("name_ky", "name_ru", "name_en", "oblast", "rayon", "places")),
    Column("closed", Boolean, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("user_id", Text, ForeignKey("users.id"), primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("until", BigInteger, nullable=False),
)

phones = Table(
    "phones",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False, index=True),
    Column("pin", Text, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("center", Integer, nullable=False, index=True),
    *(Column(name, Text, nullable=False) for name in ("what", "until", "who", "ended_by")),
    *(Column(name, BigInteger, nullable=False) for name in ("made", "ended")),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False, index=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False, index=True),
    Column("stage", Text, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("fresh", BigInteger, nullable=False),
    Column("kept", Text, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failed", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("mac", Text, nullable=False),
)

need_rules = Table(
    "need_rules",
    metadata,
    Column("need", Text, primary_key=True),
    Column("rank", Integer, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("kinds", "topics", "note_ky", "note_ru", "note_en")),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    *(
        Column(name, Text, nullable=False, server_default="")
        for name in (
            "kind", "input_sha", "who", "state", "progress", "asked", "heartbeat", "started", "ended", "result",
        )
    ),
)  # fmt: skip

imports = Table(
    "imports",
    metadata,
    Column("id", Text, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("who", "sent", "name", "sha256")),
    Column("size", Integer, nullable=False),
    Column("data", LargeBinary, nullable=True),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("job_id", Text, nullable=False, index=True),
    Column("base", Integer, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("plan", "act_id", "proposal_id")),
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", Text, primary_key=True),
    *(
        Column(name, Text, nullable=False)
        for name in (
            "kind", "subject", "who", "at", "reasons", "content", "sha256", "ready_at", "state", "decided_by",
            "decided_at", "act_id",
        )
    ),
)  # fmt: skip
