"""Keeps a hidden address hidden: finds its words in what the public would see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from legalmap import danger, letters
from legalmap.desk.gazetteer import Gazetteer
from legalmap.visibility import LOCATION_COLUMNS, PUBLIC_COLUMNS

_ADDRESS = tuple(sorted(column for column in LOCATION_COLUMNS if column.startswith("address")))
NAMES = ("name_ky", "name_ru", "name_en")
PLACE = ("settlement", *sorted(LOCATION_COLUMNS - {"lat", "lon"}))
"""Columns whose words tell where a center is."""
NOT_TEXT = frozenset({
    "show_location", "kind", "status", "oblast", "area", "languages", "topics", "needs", "groups", "fee",
    "access", "verified_on", "verified_by", "hours", "phone_hours", "rank", "source_date", "settlement", "admission",
})  # fmt: skip
"""Columns whose values come from lists; the oblast and area that the rule leaves aside; the settlement, which is
public only where it is not hidden."""
_STREET_WORDS = frozenset(
    letters.search_key(word)
    for word in (
        "улица ул көчөсү көчө көч проспект пр просп бульвар бул переулок пер тупик дом д үй корпус корп квартира кв "
        "офис оф этаж кабат кабинет каб здание имарат микрорайон мкр кичирайон район р н шаары шаар ш город г село с "
        "айыл айылы street str st avenue ave lane prospect building bldg floor room office house flat apt city town "
        "village district near the of in and жана и в на около жанында рядом угол бурчу центр центра центре борбор "
        "борбору территория территориясы больница больницы оорукана ооруканасы өкмөтү администрация администрации "
        "администрациясы напротив возле остановка аялдамасы школа мектеп мектеби рынок рынка базар базары мэрия мэрии "
        "областная областной облустук районная районной райондук городская городской шаардык center centre"
    ).split()
)
_PLAIN = frozenset(
    letters.search_key(word)
    for word in "кеңеш кеңеши консультация консультациясы консультации advice жардам помощь помощи help служба кызмат "
    "кызматы service services отдел бөлүм бөлүмү office".split()
)
"""Words of a center's name that are as good as none."""
_ENDINGS = r"(?:ск\w{1,3}|[аеоуюяы]|ом|ой|го|ко|ту|ты|[тдкг][аоеу]н?|[тд][ауео]г[ыуо]|нун|нын|и|у|а|е|s)?"
"""What Kyrgyz and Russian put behind a short name (Ош: Оштон, Ошского), as search keys."""
_ADJECTIVE = re.compile(r"(?:ск|sk)\w{1,3}$")
_MAP_LINK = re.compile(
    r"2gis|//maps?\.|/maps?\b|goo\.gl|openstreetmap|osm\.org|what3words|plus\.codes|\bgeo:", re.IGNORECASE
)
_DEGREES = re.compile(
    r"(?<![\d.])(?:39|4[0-3]|69|7\d|80)(?:[.,]\d{3,}|\s*°\s*\d)"
    r"|\b(?=\d*[CFGHJMPQRVWX])[2-9CFGHJMPQRVWX]{4,8}\+[2-9CFGHJMPQRVWX]{2,3}\b"
)
"""A point inside the country: decimal degrees exact to 100 m or better, degrees with minutes, a plus code."""
_RUN_TOGETHER = frozenset({"id", "email", "website"})
"""Columns in which words stand without spaces between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What a row hides: words (search keys and their plain Latin spelling), whole phrases, its point."""

    words: frozenset[str]
    phrases: tuple[str, ...] = ()
    point: bool = False

    def told_in(self, column: str, text: str) -> str:
        """The first piece of `text` that gives something away; "" when nothing does."""
        for word in _public_words(text):
            if _gives_away(word, self.words):
                return word
        if column in _RUN_TOGETHER:
            run = _latin(re.sub(r"[\W\d_]+", "", text))
            if any(len(stem) > 4 and stem in run for stem in (_stem(_latin(word)) for word in self.words)):
                return text
        if any(phrase in _key(text) for phrase in self.phrases):
            return text
        if self.point and (found := _MAP_LINK.search(text) or _DEGREES.search(text)):
            return found[0]
        return ""


def secrets_of(cells: Mapping[str, str], gazetteer: Gazetteer) -> Secrets:
    """What this row hides: its address and way; for `no` also its settlement, by every name the gazetteer
    knows. Street-type words and bare numbers aside; so are, where the settlement is public, its names."""
    show = cells["show_location"]
    if show == "yes":
        return Secrets(words=frozenset())
    names = gazetteer.names_of(cells["settlement"]) if cells["settlement"] else set()
    own = {word for name in names for word in _keys(name)}
    words = {word for column in _ADDRESS for word in _keys(cells[column])}
    ways = (_key(cells[column]) for column in LOCATION_COLUMNS if column.startswith("directions"))
    return Secrets(
        words=frozenset(words - own if show == "settlement" else words | own),
        phrases=tuple(way for way in ways if way.count(" ") > 1),
        point=True,
    )


def leak(cells: Mapping[str, str], gazetteer: Gazetteer) -> tuple[str, str] | None:
    """The first public column in which something hidden stands, and that piece as written; else None.

    Website and note of `settlement` rows are not looked at: they are dropped instead.
    """
    secrets = secrets_of(cells, gazetteer)
    if cells["show_location"] == "yes":
        return None
    for column in sorted(PUBLIC_COLUMNS.get(cells["show_location"], PUBLIC_COLUMNS["no"]) - NOT_TEXT):
        dropped = column == "website" or column.startswith("note")
        named = column == "rayon" and gazetteer.rayon_id(cells["rayon"]) in gazetteer.rayons
        if cells[column] and not dropped and not named and (told := secrets.told_in(column, cells[column])):
            return column, told
    return None


def told_by_slip_name(cells: Mapping[str, str], gazetteer: Gazetteer) -> str:
    """The piece of `slip_name` that says what or where a center is, a word of its name, address or place, or one that
    speaks of danger; "" when none does. Whoever reads the slip over a shoulder must learn nothing."""
    name = cells["slip_name"]
    if not name:
        return ""
    if danger.spoken_of(name):
        return name
    place = secrets_of({**cells, "show_location": "no"}, gazetteer)
    own = {word for column in NAMES for word in _keys(cells[column])} - _PLAIN
    return replace(place, words=place.words | own, point=False).told_in("slip_name", name)


def leak_of_either(cells: Mapping[str, str], other: Mapping[str, str], gazetteer: Gazetteer) -> tuple[str, str] | None:
    """Like `leak`, where the place that `other` (cells, not all of them) tells is hidden too: a place that is emptied
    or replaced by the act that writes the texts must not pass into these."""
    places = {column: text for column, text in other.items() if column in PLACE and text}
    return leak(cells, gazetteer) or (leak({**cells, **places}, gazetteer) if places else None)


def is_an_address(settlement: str) -> bool:
    """Whether what stands in the column of the settlement is more than a name."""
    return bool(re.search(r"[\d,;]", settlement)) or bool(set(_words(settlement)) & _STREETS)


_STREETS = frozenset(
    letters.search_key(word) for word in "ул улица көчөсү көч пр проспект пер переулок дом street".split()
)


def _keys(text: str) -> set[str]:
    """A name or address as hidden keys: its words, and neighbours written together ("Ак-Кеме": аккеме)."""
    parts = [part for part in _words(text) if part not in _STREET_WORDS and not part.isdigit()]
    whole = {"".join(_words(part)) for part in re.split(r"[,;]| {2,}", text)}
    pairs = {left + right for left, right in zip(parts, parts[1:], strict=False)}
    long = {part for part in parts if len(part) > 2} or set(parts)
    return {key for key in long | pairs | whole if len(key) > 1 and not key.isdigit() and key not in _STREET_WORDS}


def _public_words(text: str) -> list[str]:
    """The words of a public text, and each two neighbours written together."""
    words = re.findall(r"[^\W_]+", text)
    return [*words, *(left + right for left, right in zip(words, words[1:], strict=False))]


@lru_cache(maxsize=65_536)
def _key(text: str) -> str:
    """A directory says the same words again and again."""
    return letters.search_key(text)


@lru_cache(maxsize=65_536)
def _latin(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", letters.latin_key(text)) if letter.isalnum())


def _gives_away(word: str, hidden: frozenset[str]) -> bool:
    key = _key(word)
    if any(_same_word(key, secret) for secret in hidden):
        return True
    latin = _latin(key)
    return len(latin) > 2 and any(_same_word(latin, _latin(secret)) for secret in hidden)


def _same_word(word: str, secret: str) -> bool:
    if len(secret) <= 3:
        return re.fullmatch(re.escape(secret) + _ENDINGS, word) is not None
    stem = _stem(secret)
    return word.startswith(stem) if len(stem) > 3 else word.startswith(secret)


def _stem(word: str) -> str:
    """Without the ending of an adjective, and without one vowel: "советская" and "совет" are one street."""
    short = _ADJECTIVE.sub("", word)
    short = short if len(short) > 3 else word
    return short[:-1] if len(short) > 4 and short[-1] in "аеиоуыэюяйaeiouy" else short


def _words(text: str) -> list[str]:
    return _key(re.sub(r"[\W_]+", " ", text)).split()
