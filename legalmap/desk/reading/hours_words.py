"""The words, numbers and marks people write hours with, as items: days, times, breaks, closed, separators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HOLIDAY = 7
"""The day after Sunday in a set of days: public holidays."""
DAY = 1440
LONGEST = 500
NIGHT_FROM = 16 * 60
LONGEST_NIGHT = 12 * 60
"""Times that end "before" they begin run over midnight only when they begin in the evening and stay short."""
Span = tuple[int, int]


class HoursUnreadable(ValueError):
    """The text is not a timetable; `code` says why, `part` is the piece that could not be read."""

    def __init__(self, code: str, part: str = "") -> None:
        super().__init__(f"{code}: {part}")
        self.code = code
        self.part = part


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of the text. `kind`: D days, T times, O closed, B break, N without a break, E but for, C comma,
    S semicolon, H lone dash, X bracket. `start`, `end`: where it stands in the text."""

    kind: str
    start: int
    end: int
    days: frozenset[int] = frozenset()
    span: Span = (0, 0)
    always: bool = False


class _Token(NamedTuple):
    word: str
    start: int
    end: int


# Longest words first, so that "понедельник" is not read as "пон". Kyrgyz days of the Ministry's site: Дү-Жм.
_WORDS: tuple[tuple[str, str], ...] = (
    (
        r"(?:иш|жумуш)\s+(?:сааттары|сааты|саат|убактысы|убакыты|тартиби|күнү)|"
        r"(?:режим|время|график|часы)\s+(?:работы|при[её]ма)|при[её]м(?:\s+граждан)?|работа(?:ем|ет|ют)|открыто|"
        r"(?:opening|working|office)\s+hours|иштейт|иштейбиз|ачык|open",
        "SKIP",
    ),
    (
        r"24\s*/\s*7|7\s*/\s*24|круглосуточн\w*|круглые сутки|24 часа в сутки|24 саат бою|"
        r"күн[үу][-\s]?түн[үу]|күнү менен түнү|24\s*часа|24\s*hours|24\s*саат|day and night",
        "ALWAYS",
    ),
    (
        r"без\s+(?:обеда|перерыв\w*)\s+и\s+(?:без\s+)?выходных|без\s+выходных\s+и\s+(?:без\s+)?(?:обеда|перерыв\w*)",
        "Mo-Su",
    ),
    (
        r"ежедневно|каждый день|без выходных|күн\s?сайын|ар (?:бир )?күн(?:ү)?|дем алышсыз|daily|every day|mo-su",
        "Mo-Su",
    ),
    (
        r"(?:в\s+|по\s+)?(?:будн\w+|рабоч\w+)(?:\s+д\w+)?|(?:иш|жумуш) күндөрү|weekdays|(?:working|business) days",
        "Mo-Fr",
    ),
    (
        r"без\s+(?:перерыв\w*(?:\s+на\s+обед)?|обед\w*)|(?:түшкү\s+)?тыныгуусуз|"
        r"(?:without|no)\s+(?:a\s+)?(?:lunch\s+)?break|no lunch",
        "NO_BREAK",
    ),
    (
        r"обеденный перерыв|перерыв\w*(?:\s+на\s+обед)?|обед\w*|түшкү тыныгуу|түшкү тамак|тыныгуу|түшкү|"
        r"lunch(?:\s+(?:break|hour|time))?|break",
        "BREAK",
    ),
    (
        r"выходн\w*(?:\s+д(?:ень|н\w+))?|нерабоч\w*(?:\s+д(?:ень|н\w+))?|дем алыш\w*(?:\s+күн\w*)?|"
        r"вых|иштебейт|жабык|закрыто|closed|off",
        "OFF",
    ),
    (r"праздни\w*(?:\s+д(?:ень|н\w+))?|майрам\w*(?:\s+күн\w*)?|public holidays?|holidays?|ph", "PH"),
    (r"понедельник\w*|дүйшөмбү\w*|mondays?|пон|дүй|дүш|дш|дү|дб|пн|mon|mo", "Mo"),
    (r"вторник\w*|шейшемби\w*|tuesdays?|втор|шейш|шш|ше|вт|tues?|tu", "Tu"),
    (r"сред[ауы]|средам|шаршемби\w*|wednesdays?|шарш|шр|ша|сре|ср|wed|we", "We"),
    (r"четверг\w*|бейшемби\w*|thursdays?|бейш|бш|бе|чет|чт|thu(?:rs?)?|th", "Th"),
    (r"пятниц\w*|жума(?:дан|га|да|сы|ны|нын)?|fridays?|жум|жм|жу|пят|пт|fri|fr", "Fr"),
    (r"суббот\w*|субб|ишемби\w*|saturdays?|ишм|иш|суб|сб|sat|sa", "Sa"),
    (r"воскресень\w*|жекшемби\w*|sundays?|жек|жш|жк|воскр|вос|вс|sun|su", "Su"),
    (r"кроме|за исключением|except(?:\s+for)?|but", "EXCEPT"),
    (r"до|to|till|until", "DASH"),
    (r"по", "PO"),
    (r"с|от|from|чейин|саат\w*|күнү|күндөрү|on", "SKIP"),
)
_TOKEN = re.compile(
    "|".join(rf"(?P<w{n}>(?<!\w)(?:{words})(?!\w)\.?)" for n, (words, _) in enumerate(_WORDS))
    # "9:00дөн 18:00гө чейин" is Kyrgyz for "from 9:00 to 18:00": the first suffix is the dash
    + r"|(?P<time>[0-9]{1,2}(?:[:.][0-9]{2})?)(?:\s*(?P<half>[ap])\.?m\b\.?)?"
    + r"(?:\s*(?:ч|час\w*|саат|h)\b\.?)?(?:-?(?P<from>[дт][аеоө]н)|-?[гк][аеоө])?(?!\w)"
    + r"|(?P<dash>\s*(?:[-–—−]|\.\.)\s*)|(?P<comma>[,/]|\bи\b|\bжана\b|\band\b|&)|(?P<semi>[;\n|])"
    + r"|(?P<bracket>[()])|(?P<skip>[\s:.]+)",
    re.IGNORECASE,
)
_FROM_DAY = re.compile(r"(?:[бм][үи]|жума)[дт][аеоө]н\.?$", re.IGNORECASE)
"""Дүйшөмбүдөн, шейшембиден, жумадан: from that day on."""
_BUT_FOR = re.compile(r"(?P<day>\w+[дт][аеоө]н)\s+(?:башка|тышкары)(?!\w)", re.IGNORECASE)
"""Жекшембиден башка: but for Sunday."""
_CLOCK = r"[0-9]{1,2}[:.-][0-9]{2}"
_DASHED_CLOCKS = re.compile(
    rf"(?<![\w:.-])(?P<a>{_CLOCK})(?P<to>\s*[-–—−]\s*|\s*(?:до|to)\s+)(?P<b>{_CLOCK})(?![\w:-])"
    rf"|(?<![\w:.-])(?P<c>{_CLOCK})(?P<till>\s*до\s+)(?P<d>[0-9]{{1,2}})(?![\w:.-])"
    rf"|(?<![\w:.-])(?P<e>[0-9]{{1,2}})(?P<upto>\s*до\s+)(?P<f>{_CLOCK})(?![\w:-])",
    re.IGNORECASE,
)


def items(text: str) -> tuple[str, list[Item]]:
    """`text` with its clocks made plain (9-00 -> 9:00), and its pieces in order. Raises HoursUnreadable."""
    if len(text) > LONGEST:
        raise HoursUnreadable("hours_too_long")
    plain = _BUT_FOR.sub(r"кроме \g<day>", _DASHED_CLOCKS.sub(_colons, text))
    tokens = _tokens(plain)
    found: list[Item] = []
    at = 0
    while at < len(tokens):
        item, at = _item(tokens, at)
        if not (item.always and found and found[-1].always):  # "круглосуточно 24/7"
            found.append(item)
    return plain, found


def _colons(found: re.Match[str]) -> str:
    """9-00 - 18-00: the hyphen stands for the colon, where the minutes are those people meet at."""
    whole = found.group()
    clocks = [clock for clock in found.group("a", "b", "c", "d", "e", "f") if clock]
    dashed = [clock for clock in clocks if "-" in clock]
    if not dashed or not all(clock[-2:] in {"00", "15", "30", "45"} for clock in dashed):
        return whole
    to = found["to"] or found["till"] or found["upto"]
    return clocks[0].replace("-", ":") + to + clocks[1].replace("-", ":")


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise HoursUnreadable("hours_unreadable", text[at : at + 30].strip())
        for word in _words(match):
            if word == "DASH" and found and found[-1].word == "DASH":
                continue  # "9:00дөн - 18:00гө" says it twice
            found.append(_Token(word, match.start(), match.end()))
        at = match.end()
    return found


def _words(match: re.Match[str]) -> list[str]:
    name = str(match.lastgroup)
    if name.startswith("w"):
        word = _WORDS[int(name[1:])][1]
        if word in {"Mo-Su", "Mo-Fr"}:
            return ["Mo", "DASH", word[-2:]]
        if word in DAYS and _FROM_DAY.search(match.group()):
            return [word, "DASH"]
        return [] if word == "SKIP" else [word]
    if match["time"]:
        time = match["time"].replace(".", ":") + (match["half"] or "").lower()
        return [time, "DASH"] if match["from"] else [time]
    return {"dash": ["DASH"], "comma": ["COMMA"], "semi": ["SEMI"], "bracket": ["BRACKET"]}.get(name, [])


_KINDS = {
    "EXCEPT": "E", "OFF": "O", "BREAK": "B", "NO_BREAK": "N", "COMMA": "C", "SEMI": "S", "DASH": "H", "BRACKET": "X",
    "PO": "X",
}  # fmt: skip


def _item(tokens: Sequence[_Token], at: int) -> tuple[Item, int]:
    word, start, end = tokens[at]
    if word in _KINDS:
        return Item(_KINDS[word], start, end), at + 1
    if word == "ALWAYS":
        return Item("T", start, end, span=(0, DAY), always=True), at + 1
    if word == "PH":
        return Item("D", start, end, days=frozenset({HOLIDAY})), at + 1
    ranged = len(tokens) > at + 2 and tokens[at + 1].word in {"DASH", "PO"}
    last = tokens[at + 2] if ranged else tokens[at]
    if word in DAYS:
        if not ranged or last.word not in DAYS:
            return Item("D", start, end, days=frozenset({DAYS.index(word)})), at + 1
        first, final = DAYS.index(word), DAYS.index(last.word)
        days = frozenset(day % 7 for day in range(first, final + (1 if final >= first else 8)))
        return Item("D", start, last.end, days=days), at + 3
    if not ranged or not last.word[0].isdigit():
        raise HoursUnreadable("hours_unreadable", " ".join(token.word for token in tokens[at : at + 2]))
    return Item("T", start, last.end, span=_span(word, last.word)), at + 3


def _span(first: str, last: str) -> Span:
    start, end = _minutes(first), _minutes(last)
    if first[-1].isdigit() != last[-1].isdigit():
        raise HoursUnreadable("hours_unreadable", f"{first}-{last}")  # "1-5pm": one o'clock when?
    if last in {"0:00", "00:00"} and start:
        end = DAY
    if end < start and start >= NIGHT_FROM and end + DAY - start <= LONGEST_NIGHT:
        end += DAY
    if end <= start:
        raise HoursUnreadable("hours_close_before_open", f"{first}-{last}")
    return start, end


def _minutes(text: str) -> int:
    clock = text.rstrip("ap")
    hour, minute = (int(part or 0) for part in clock.partition(":")[::2])
    if clock != text:
        if not 1 <= hour <= 12:
            raise HoursUnreadable("hours_past_midnight", f"{text}m")
        hour = hour % 12 + (12 if text.endswith("p") else 0)
    if hour * 60 + minute > DAY or minute > 59:
        raise HoursUnreadable("hours_past_midnight", text)
    return hour * 60 + minute
