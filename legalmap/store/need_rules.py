"""What answers a need: kinds and topics of centers, in order of fit, as admins have set it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from legalmap.model import NEEDS
from legalmap.store.schema import need_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Centers of these kinds, with one of these topics where there are any, answer the need; `rank` from 1, the best
    first. Notes are for the member who calls there."""

    need: str
    rank: int
    kinds: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    note_ky: str = ""
    note_ru: str = ""
    note_en: str = ""


def everything(connection: Connection) -> Sequence[Rule]:
    """All rules, need by need as product definition lists them, each by rank."""
    found = connection.execute(select(need_rules).order_by(need_rules.c.rank)).mappings()
    split = [{**row, "kinds": tuple(row["kinds"].split()), "topics": tuple(row["topics"].split())} for row in found]
    return sorted((Rule(**row) for row in split), key=lambda rule: NEEDS.index(rule.need))


def for_needs(connection: Connection, needs: Iterable[str]) -> Mapping[str, tuple[Rule, ...]]:
    """Need -> its rules, the best fit first; () for a need that has none."""
    rules = everything(connection)
    return {need: tuple(rule for rule in rules if rule.need == need) for need in needs}


def put(connection: Connection, rules: Iterable[Rule]) -> None:
    """These rules instead of all that were there. In a writing transaction."""
    connection.execute(delete(need_rules))
    rows = [
        {
            "need": rule.need, "rank": rule.rank, "kinds": " ".join(rule.kinds), "topics": " ".join(rule.topics),
            "note_ky": rule.note_ky, "note_ru": rule.note_ru, "note_en": rule.note_en,
        }
        for rule in rules
    ]  # fmt: skip
    connection.execute(insert(need_rules), rows)
