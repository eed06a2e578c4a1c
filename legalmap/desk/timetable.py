"""What people write about hours -> the OSM opening_hours form -> intervals.

A plain subset, parsed in one pass over at most 500 letters: days, times, breaks, "closed", "day and
night", public holidays, in OSM syntax or the usual Kyrgyz, Russian and English words.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from legalmap.model import Timetable

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY = 1440
LONGEST = 500
Span = tuple[int, int]


class HoursUnreadable(ValueError):
    """The text is not a timetable; `code` says why, `part` is the piece that could not be read."""

    def __init__(self, code: str, part: str = "") -> None:
        super().__init__(f"{code}: {part}")
        self.code = code
        self.part = part


# Longest words first, so that "понедельник" is not read as "пон". Kyrgyz days of the Ministry's site: Дү-Жм.
_WORDS: tuple[tuple[str, str], ...] = (
    (
        r"24\s*/\s*7|круглосуточн\w*|күн[үу][-\s]?түн[үу]|күнү менен түнү|24\s*час\w*|24\s*саат|day and night",
        "ALWAYS",
    ),
    (r"ежедневно|каждый день|без выходных|күн\s?сайын|дем алышсыз|daily|every day|mo-su", "MoDASHSu"),
    (r"по будням|будни|рабочие дни|иш күндөрү|weekdays", "MoDASHFr"),
    (
        r"обеденный перерыв|перерыв на обед|обед|перерыв|түшкү тыныгуу|түшкү тамак|тыныгуу|түшкү|lunch|break",
        "BREAK",
    ),
    (r"выходн\w*|нерабоч\w*|дем алыш\w*|иштебейт|жабык|закрыто|closed|off", "OFF"),
    (r"праздни\w*|майрам\w*|public holidays?|ph", "PH"),
    (r"понедельник\w*|дүйшөмбү\w*|monday|пон|дүй|дүш|дш|дү|дб|пн|mon|mo", "Mo"),
    (r"вторник\w*|шейшемби\w*|tuesday|втор|шейш|шш|ше|вт|tue|tu", "Tu"),
    (r"среда|среду|среды|шаршемби\w*|wednesday|шарш|шр|ша|сре|ср|wed|we", "We"),
    (r"четверг\w*|бейшемби\w*|thursday|бейш|бш|бе|чет|чт|thu|th", "Th"),
    (r"пятниц\w*|жума|friday|жм|жу|пят|пт|fri|fr", "Fr"),
    (r"суббот\w*|субб|ишемби\w*|saturday|ишм|иш|суб|сб|sat|sa", "Sa"),
    (r"воскресень\w*|жекшемби\w*|sunday|жек|жш|жк|воскр|вос|вс|sun|su", "Su"),
    (r"с|от|from", "FROM"),
    (r"до|по|to", "DASH"),
    (r"чейин", "SKIP"),
)
_TOKEN = re.compile(
    "|".join(rf"(?P<w{n}>(?<!\w)(?:{words})(?!\w)\.?)" for n, (words, _) in enumerate(_WORDS))
    # "9:00дөн 18:00гө чейин" is Kyrgyz for "from 9:00 to 18:00": the first suffix is the dash
    + r"|(?P<time>\d{1,2}(?:[:.]\d{2})?)(?:\s*(?:ч|час\w*|саат|h)\b\.?)?(?:(?P<from>[дт][аеоө]н)|[гк][аеоө])?(?!\w)"
    + r"|(?P<dash>\s*(?:[-–—−]|\.\.)\s*)|(?P<comma>[,/]|\bи\b|\bжана\b|\band\b)|(?P<semi>[;\n|])|(?P<skip>[\s:.()]+)",
    re.IGNORECASE,
)


def canonical(text: str) -> str:
    """The OSM opening_hours form of `text`, e.g. "Mo-Fr 09:00-12:00,13:00-18:00; PH off".

    `canonical(canonical(x)) == canonical(x)`. Raises HoursUnreadable: too long, an unknown word, no
    times, an hour past 24:00, closing before opening, a break outside the hours.
    """
    week, holidays = _read(_tokens(text))
    parts = [f"{_days_text(days)} {_spans_text(spans)}" for days, spans in _grouped(week)]
    if all(spans == ((0, DAY),) for spans in week):
        parts = ["24/7"]
    if holidays is not None:
        parts.append(f"PH {_spans_text(holidays)}" if holidays else "PH off")
    if not any(week) and not holidays:
        raise HoursUnreadable("hours_unreadable", text[:60])
    return "; ".join(parts)


def compile_hours(text: str, holidays: Iterable[dt.date]) -> Timetable:
    """The intervals of `text` (canonical form). On `holidays` closed, unless open day and night or
    the text has its own hours for them ("PH 10:00-14:00")."""
    week, on_holidays = _read(_tokens(text))
    always = all(spans == ((0, DAY),) for spans in week)
    weekly: list[Span] = []
    for number, spans in enumerate(week):
        for start, end in spans:
            start, end = start + number * DAY, end + number * DAY
            if weekly and weekly[-1][1] == start:
                weekly[-1] = (weekly[-1][0], end)
            else:
                weekly.append((start, end))
    exceptions = {} if always and on_holidays is None else {day: tuple(on_holidays or ()) for day in holidays}
    return Timetable(text=text, weekly=tuple(weekly), exceptions=exceptions)


def _tokens(text: str) -> list[str]:
    if len(text) > LONGEST:
        raise HoursUnreadable("hours_too_long")
    found: list[str] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise HoursUnreadable("hours_unreadable", text[at : at + 30].strip())
        at = match.end()
        name = str(match.lastgroup)
        if name.startswith("w"):
            word = _WORDS[int(name[1:])][1]
            found.extend(["Mo", "DASH", word[-2:]] if "DASH" in word and word != "DASH" else [word])
        elif match["time"]:
            found.extend([match["time"], "DASH"] if match["from"] else [match["time"]])
        elif name != "skip":
            found.append({"dash": "DASH", "comma": "COMMA", "semi": "SEMI"}[name])
    return [token for token in found if token not in {"FROM", "SKIP"}]


def _read(tokens: Sequence[str]) -> tuple[list[tuple[Span, ...]], tuple[Span, ...] | None]:
    """Seven days of spans, and those of public holidays (None: not said). Later rules win, as in OSM."""
    week: list[list[Span]] = [[] for _ in DAYS]
    holidays: list[Span] | None = None
    days: set[int] = set()
    fresh = True  # the next span replaces what the days had; a comma makes it add
    written: set[int] = set()
    at = 0
    while at < len(tokens):
        word = tokens[at]
        if word in DAYS or word == "PH":
            picked, at = _day_list(tokens, at)
            additive = days and picked == days and not fresh
            days, fresh = picked, not additive
            continue
        at += 1
        if word == "SEMI":
            days, fresh = set(), True
        elif word == "OFF":
            if not fresh and at < len(tokens) and tokens[at] in {*DAYS, "PH"}:  # "..., closed: Sa, Su"
                days, at = _day_list(tokens, at)
            for day in days or set(range(7)):
                if day == 7:
                    holidays = []
                else:
                    week[day] = []
            fresh = True
        elif word == "BREAK":
            span, at = _span(tokens, at)
            targets = [day for day in (days or written) if day < 7 and week[day]] or sorted(written)
            if not any(_cut(week[day], span) != week[day] for day in targets):
                raise HoursUnreadable("hours_break_outside", _spans_text([span]))
            for day in written if _is_last_clause(tokens, at) else targets:
                week[day] = _cut(week[day], span)
        elif word == "ALWAYS" or word[0].isdigit():
            span, at = ((0, DAY), at) if word == "ALWAYS" else _span(tokens, at - 1)
            for day in days or set(range(7)):
                if day == 7:
                    holidays = [span] if fresh or holidays is None else [*holidays, span]
                    continue
                week[day] = _joined([span] if fresh else [*week[day], span])
                written.add(day)
            fresh = False
        elif word == "DASH":
            raise HoursUnreadable("hours_unreadable", "-")
    return [tuple(spans) for spans in week], None if holidays is None else tuple(_joined(holidays))


def _day_list(tokens: Sequence[str], at: int) -> tuple[set[int], int]:
    picked: set[int] = set()
    while at < len(tokens) and (tokens[at] in DAYS or tokens[at] == "PH"):
        if tokens[at] == "PH":
            picked.add(7)
        elif at + 2 < len(tokens) and tokens[at + 1] == "DASH" and tokens[at + 2] in DAYS:
            first, last = DAYS.index(tokens[at]), DAYS.index(tokens[at + 2])
            picked |= {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}
            at += 2
        else:
            picked.add(DAYS.index(tokens[at]))
        at += 1
        if at + 1 < len(tokens) and tokens[at] == "COMMA" and (tokens[at + 1] in DAYS or tokens[at + 1] == "PH"):
            at += 1
    return picked, at


def _span(tokens: Sequence[str], at: int) -> tuple[Span, int]:
    piece = tokens[at : at + 3]
    if len(piece) < 3 or piece[1] != "DASH" or not (piece[0][0].isdigit() and piece[2][0].isdigit()):
        raise HoursUnreadable("hours_unreadable", " ".join(piece))
    start, end = _minutes(piece[0]), _minutes(piece[2])
    if end <= start:
        raise HoursUnreadable("hours_close_before_open", f"{piece[0]}-{piece[2]}")
    return (start, end), at + 3


def _minutes(text: str) -> int:
    hour, _, minute = text.replace(".", ":").partition(":")
    minutes = int(hour) * 60 + int(minute or 0)
    if minutes > DAY or int(minute or 0) > 59:
        raise HoursUnreadable("hours_past_midnight", text)
    return minutes


def _is_last_clause(tokens: Sequence[str], at: int) -> bool:
    """A break at the very end ("..., обед 12-13") is meant for every day named before it."""
    return not any(token in DAYS or token[0].isdigit() for token in tokens[at:])


def _cut(spans: Iterable[Span], gap: Span) -> list[Span]:
    return [
        piece
        for start, end in spans
        for piece in ((start, min(end, gap[0])), (max(start, gap[1]), end))
        if piece[0] < piece[1]
    ] if any(start < gap[1] and gap[0] < end for start, end in spans) else list(spans)  # fmt: skip


def _joined(spans: Iterable[Span]) -> list[Span]:
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _grouped(week: Sequence[tuple[Span, ...]]) -> list[tuple[list[int], tuple[Span, ...]]]:
    groups: list[tuple[list[int], tuple[Span, ...]]] = []
    for day, spans in enumerate(week):
        if not spans:
            continue
        for days, known in groups:
            if known == spans:
                days.append(day)
                break
        else:
            groups.append(([day], spans))
    return groups


def _days_text(days: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}" for run in runs)


def _spans_text(spans: Iterable[Span]) -> str:
    return ",".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans)
