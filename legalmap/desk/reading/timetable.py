"""What people write about hours -> the OSM opening_hours form -> intervals.

A plain subset, read in one pass over at most 500 letters: days, times, breaks, "closed", "day and
night", public holidays, in OSM syntax or the usual Kyrgyz, Russian and English words.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from legalmap.desk.reading.hours_exceptions import without_exceptions
from legalmap.desk.reading.hours_rules import Break, Rule, Rules, rules
from legalmap.desk.reading.hours_words import DAY, DAYS, HOLIDAY, HoursUnreadable, Span, items
from legalmap.model import Timetable

__all__ = ["DAY", "HoursUnreadable", "Reading", "compile_hours", "read"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The OSM opening_hours form, and the codes of the notices for what was assumed."""

    text: str
    notices: tuple[str, ...] = ()


_LEADING_ZERO = re.compile(r"(?<!\d)0[1-7]\s*[:.]")


def read(text: str) -> Reading:
    """The OSM form of `text`, e.g. "Mo-Fr 09:00-12:00,13:00-18:00; PH off", with notices.
    `read(read(x).text).text == read(x).text`.

    Times over midnight stay as OSM writes them ("22:00-06:00") when they begin at 16:00 or later and
    last at most 12 hours. Raises HoursUnreadable: too long, an unknown word, days without times or
    times without days beside others, days said twice, no times, an hour past 24:00, closing before
    opening, a break outside the hours.
    """
    days, found = _read(text)
    groups = _grouped([days.get(day, ()) for day in range(len(DAYS))])
    parts = [f"{_days_text(named)} {_spans_text(spans)}" for named, spans in groups]
    if groups == [(list(range(len(DAYS))), ((0, DAY),))]:
        parts = ["24/7"]
    if HOLIDAY in days:
        parts.append(f"PH {_spans_text(days[HOLIDAY])}" if days[HOLIDAY] else "PH off")
    if not any(days.values()):
        raise HoursUnreadable("hours_unreadable", text[:60])
    spans = [span for named in days.values() for span in named]
    small = next((span for span in spans if 60 <= span[0] < 7 * 60 and span[1] <= 8 * 60), None)
    if small and not _LEADING_ZERO.search(text):  # "8-12, 1-5" means the afternoon; who means the night writes 01:00
        raise HoursUnreadable("hours_afternoon", _spans_text([small]))
    over_night = any(end > DAY for _, end in spans)
    said = {"hours_every_day": found.every_day, "hours_over_night": over_night}
    return Reading("; ".join(parts), tuple(code for code, holds in said.items() if holds))


def compile_hours(text: str, holidays: Iterable[dt.date]) -> Timetable:
    """The intervals of `text` (canonical form). On `holidays` closed, unless open day and night or
    the text has its own hours for them ("PH 10:00-14:00"). A night belongs to the day it begins on:
    the night before a holiday is open, the night after it is not."""
    days, _ = _read(text)
    weekly = _weekly(days)
    if weekly == ((0, 7 * DAY),) and HOLIDAY not in days:
        return Timetable(text=text, weekly=weekly)
    closed = frozenset(holidays)
    over_night = any(end > DAY for spans in days.values() for _, end in spans)
    mornings = {day + dt.timedelta(days=1) for day in closed} if over_night else set()
    exceptions = {day: _on_date(day, days, closed) for day in sorted(closed | mornings)}
    return Timetable(text=text, weekly=weekly, exceptions=exceptions)


def _on_date(day: dt.date, days: Mapping[int, tuple[Span, ...]], closed: frozenset[dt.date]) -> tuple[Span, ...]:
    """Minutes of one date: its own, and what is left of the night before."""

    def own(date: dt.date) -> tuple[Span, ...]:
        return days.get(HOLIDAY if date in closed else date.weekday(), ())

    tonight = [(start, min(end, DAY)) for start, end in own(day)]
    morning = [(0, end - DAY) for _, end in own(day - dt.timedelta(days=1)) if end > DAY]
    return tuple(_joined([*morning, *tonight]))


def _weekly(days: Mapping[int, tuple[Span, ...]]) -> tuple[Span, ...]:
    """Minutes of the week; Sunday's night goes on at the week's beginning."""
    spans = [(start + day * DAY, end + day * DAY) for day in range(len(DAYS)) for start, end in days.get(day, ())]
    week = len(DAYS) * DAY
    wrapped = [(0, end - week) for _, end in spans if end > week]
    return tuple(_joined([*wrapped, *((start, min(end, week)) for start, end in spans)]))


def _read(text: str) -> tuple[dict[int, tuple[Span, ...]], Rules]:
    """The spans of every day that was named (7: public holidays; none: closed)."""
    plain, pieces = items(text)
    found = rules(plain, without_exceptions(plain, pieces))
    days: dict[int, tuple[Span, ...]] = {}
    owners: dict[int, Rule] = {}
    for rule in found.rules:
        for day in rule.days:
            owner = owners.get(day)
            days[day] = _merged(days[day], owner, rule, found.breaks) if owner else rule.spans
            owners[day] = rule
    _apply_breaks(days, found)
    return {day: _tidy(spans) for day, spans in days.items()}, found


def _merged(spans: tuple[Span, ...], owner: Rule, rule: Rule, breaks: Sequence[Break]) -> tuple[Span, ...]:
    """What a day named a second time has, where OSM and people mean the same; else refused.

    OSM replaces after a semicolon and adds after a comma; people often mean the other.
    """
    new = rule.spans
    if new == spans:
        return spans
    after, apart = rule.after, not any(a < d and c < b for a, b in spans for c, d in new)
    if new and spans and rule.days == owner.days and not after and apart:
        return (*spans, *new)
    inside = all(any(a <= c and d <= b for a, b in spans) for c, d in new)
    broken = any(owner.at < gap.at < rule.at for gap in breaks)
    narrower = not owner.days <= rule.days
    if spans and narrower and not broken and (not new or (not apart if after else inside)):
        return new
    raise HoursUnreadable("hours_said_twice", rule.part)


def _apply_breaks(days: dict[int, tuple[Span, ...]], found: Rules) -> None:
    """A break holds for every day whose hours were said since the break before it."""
    since = -1
    targets: set[int] = set()
    for gap in found.breaks:
        if gap.days is None:
            told = [rule for rule in found.rules if since < rule.at < gap.at and rule.spans]
            kept = [rule for rule in told if not _unbroken(rule, found, gap)]
            targets = {day for rule in kept for day in rule.days} or targets or set(days)
            since = gap.at
        spent = {day: _cut(days.get(day, ()), gap.span) for day in gap.days or targets}
        if not any(spent.values()) or any(days.get(day) and not spans for day, spans in spent.items()):
            raise HoursUnreadable("hours_break_outside", _spans_text([gap.span]))
        if all(_apart(days.get(day, ()), gap.span) for day in spent):
            raise HoursUnreadable("hours_break_outside", _spans_text([gap.span]))
        days.update({day: spans for day, spans in spent.items() if spans})


def _unbroken(rule: Rule, found: Rules, gap: Break) -> bool:
    """Whether "without a break" was said of this rule, before the next one begins."""
    later = [other.at for other in found.rules if other.at > rule.at]
    return any(rule.at < at < min([*later, gap.at]) for at in found.unbroken)


def _apart(spans: Iterable[Span], gap: Span) -> bool:
    """Whether the break neither lies in the hours nor just between two of them."""
    ends = {end for _, end in spans}
    starts = {start for start, _ in spans}
    return not any(start < gap[1] and gap[0] < end for start, end in spans) and not (
        gap[0] in ends and gap[1] in starts
    )


def _cut(spans: tuple[Span, ...], gap: Span) -> tuple[Span, ...]:
    """`spans` without `gap`; none when it takes more than the middle of one of them."""
    found: list[Span] = []
    for start, end in spans:
        if gap[1] <= start or end <= gap[0]:
            found.append((start, end))
        elif start < gap[0] and gap[1] < end:
            found.extend([(start, gap[0]), (gap[1], end)])
        else:
            return ()
    return tuple(found)


def _tidy(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sorted, touching ones as one; a night stays apart, or 08:00-20:00,20:00-08:00 would be 08:00-08:00."""
    listed = tuple(spans)
    return (*_joined(span for span in listed if span[1] <= DAY), *(span for span in listed if span[1] > DAY))


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Sorted, touching or overlapping ones as one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _grouped(week: Sequence[tuple[Span, ...]]) -> list[tuple[list[int], tuple[Span, ...]]]:
    groups: dict[tuple[Span, ...], list[int]] = {}
    for day, spans in enumerate(week):
        if spans:
            groups.setdefault(spans, []).append(day)
    return [(days, spans) for spans, days in groups.items()]


def _days_text(days: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}" for run in runs)


def _spans_text(spans: Iterable[Span]) -> str:
    return ",".join(f"{_clock(start)}-{_clock(end if end <= DAY else end - DAY)}" for start, end in spans)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
