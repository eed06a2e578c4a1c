"""Days that people leave out of their hours ("daily except Sunday"), taken out of the days they name."""

from __future__ import annotations

from collections.abc import Sequence

from legalmap.desk.reading.hours_words import DAYS, HOLIDAY, HoursUnreadable, Item


def without_exceptions(text: str, found: Sequence[Item]) -> list[Item]:
    """ "Daily except Sunday": the days without it; "9-18 except Sunday": closed then. Holidays are closed anyway.

    Raises HoursUnreadable where it is not clear which days are left.
    """
    kept: list[Item] = []
    at = 0
    while at < len(found):
        item, at = found[at], at + 1
        if item.kind != "E":
            kept.append(item)
            continue
        days, end = frozenset[int](), at
        while end < len(found) and found[end].kind in "DC":
            days, end = days | found[end].days, end + 1
        while kept and kept[-1].kind == "C":
            kept.pop()
        of = kept.pop() if kept and kept[-1].kind == "D" else None
        base = of.days if of else frozenset(range(len(DAYS)))
        if not days or not days - {HOLIDAY} <= base or base <= days:
            raise HoursUnreadable("hours_unreadable", text[item.start :][:60])
        if of or not kept:
            kept.append(Item("D", item.start, found[end - 1].end, days=base - days))
        else:
            comma = Item("C", item.start, item.end)
            kept += [comma, Item("D", item.start, found[end - 1].end, days=days), Item("O", item.end, item.end)]
        at = end - (found[end - 1].kind == "C")
    return kept
