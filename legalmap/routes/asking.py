"""What a person asked for: read from a form, packed small for sealing, turned into a Query."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from legalmap.model import ACCESS, GROUPS, KINDS, LANGUAGES, PHONE_KINDS, TOPICS, Lang, Point, Query
from legalmap.routes.sealing import Broken

CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": tuple(kind for kind in KINDS if kind not in PHONE_KINDS),
    "topic": TOPICS,
    "group": GROUPS,
    "access": ACCESS,
    "language": LANGUAGES,
}
"""The values that each filter of the form offers."""
FLAGS = ("open", "free", "verified")
FEW, MANY = 5, 100
"""How many centers are shown at first, and at most."""

_FIELDS = ("place", "place_id", "lat", "lon", "k", *CHOICES, *FLAGS)
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{1,15})?")
_TEXT_ROOM, _DEGREES_ROOM = 120, 24
_VERSION = 2
"""Of what is packed: a page sealed by an older program is not found, never misread."""
_YES, _NO = frozenset({"1", "on", "yes", "true"}), frozenset({"", "0", "off", "no", "false"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One search. Origin: `point`, else `place_id`, else `text`. `wrong`: form fields that could not be read.

    `typed`: latitude and longitude as they were typed, ("", "") when they made a point.
    """

    text: str = ""
    place_id: str = ""
    point: Point | None = None
    typed: tuple[str, str] = ("", "")
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    k: int = FEW
    wrong: tuple[str, ...] = ()

    @property
    def filtered(self) -> bool:
        """Whether any filter narrows the answer."""
        return bool(self.flags or any(self.chosen.values()))

    def query(self, lang: Lang, now: dt.datetime) -> Query:
        """The question for the directory."""
        chosen = {name: frozenset(self.chosen.get(name, ())) for name in CHOICES}
        return Query(
            now=now, lang=lang, point=self.point, place_id=self.place_id, text=self.text, k=self.k,
            kinds=chosen["kind"], topics=chosen["topic"], groups=chosen["group"], access=chosen["access"],
            languages=chosen["language"], open="open" in self.flags, free="free" in self.flags,
            verified="verified" in self.flags,
        )  # fmt: skip


def read_form(form: MultiDict[str, str], *, anywhere: bool = False) -> Asked:
    """The search in a posted form; `anywhere`: one that needs no origin. Never raises: fields that make no sense
    are named in `wrong`."""
    wrong: list[str] = []
    text, place_id = _one_line(form.get("place", ""), _TEXT_ROOM), form.get("place_id", "").strip()
    if place_id and not re.fullmatch(r"[0-9]{1,12}", place_id):
        place_id = ""
        wrong.append("place_id")
    lat, lon = form.get("lat", "").strip(), form.get("lon", "").strip()
    point = _read_point(lat, lon, wrong)
    typed = ("", "") if point else (_one_line(lat, _DEGREES_ROOM), _one_line(lon, _DEGREES_ROOM))
    if not (text or place_id or point or wrong or anywhere):
        wrong.append("place")
    chosen = {}
    for name, values in CHOICES.items():
        given = {value for value in form.getlist(name) if value}
        if not given <= set(values):
            wrong.append(name)
        chosen[name] = tuple(value for value in values if value in given)
    for name in FLAGS:
        if form.get(name, "").lower() not in _YES | _NO:
            wrong.append(name)
    flags = tuple(name for name in FLAGS if form.get(name, "").lower() in _YES)
    return Asked(
        text=text, place_id=place_id, point=point, typed=typed, chosen=chosen, flags=flags,
        k=_read_k(form.get("k", "").strip(), wrong), wrong=tuple(name for name in _FIELDS if name in wrong),
    )  # fmt: skip


def _one_line(text: str, room: int) -> str:
    """Printable text on one line that takes at most `room` bytes in a sealed page, escapes counted."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text[:1000]).split())
    while len(json.dumps(line, ensure_ascii=False).encode("utf-8")) > room:
        line = line[:-1]
    return line


def _read_point(lat: str, lon: str, wrong: list[str]) -> Point | None:
    if not (lat or lon):
        return None
    values = {}
    for name, raw, limit in (("lat", lat, 90.0), ("lon", lon, 180.0)):
        # float() alone would also take "nan", "1e2" and digits of other scripts
        if _DEGREES.fullmatch(raw) and abs(value := float(raw.replace(",", "."))) <= limit:
            values[name] = value
        else:
            wrong.append(name)
    return Point(lat=values["lat"], lon=values["lon"]) if len(values) == 2 else None


def _read_k(raw: str, wrong: list[str]) -> int:
    if not raw:
        return FEW
    if re.fullmatch(r"[0-9]{1,3}", raw) and 1 <= int(raw) <= MANY:
        return int(raw)
    wrong.append("k")
    return FEW


def more(asked: Asked) -> Asked:
    """The same search with ten centers more."""
    return replace(asked, k=min(asked.k + 10, MANY))


def pack(asked: Asked) -> bytes:
    """`asked` as compact JSON. Choices go as bit masks, so that the size hardly depends on them."""
    packed = {
        "v": _VERSION,
        "t": asked.text,
        "i": asked.place_id,
        "p": [asked.point.lat, asked.point.lon] if asked.point else list(asked.typed),
        "c": [_mask(asked.chosen.get(name, ()), values) for name, values in CHOICES.items()],
        "f": _mask(asked.flags, FLAGS),
        "k": asked.k,
        "w": _mask(asked.wrong, _FIELDS),
    }
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def unpack(content: bytes) -> Asked:
    """The inverse of `pack`, padding allowed. Raises Broken for anything that `pack` does not make."""
    try:
        packed: dict[str, Any] = json.loads(content)
        if packed["v"] != _VERSION:
            raise Broken
        first, second = packed["p"]
        numbers = isinstance(first, float) and isinstance(second, float)
        asked = Asked(
            text=packed["t"],
            place_id=packed["i"],
            point=Point(lat=first, lon=second) if numbers else None,
            typed=("", "") if numbers else (first, second),
            chosen={
                name: _unmask(mask, values) for (name, values), mask in zip(CHOICES.items(), packed["c"], strict=True)
            },
            flags=_unmask(packed["f"], FLAGS),
            k=packed["k"],
            wrong=_unmask(packed["w"], _FIELDS),
        )
        texts = (asked.text, asked.place_id, *asked.typed)
        if not all(isinstance(text, str) and len(text) <= _TEXT_ROOM for text in texts):
            raise Broken
        # masks and numbers of any other shape would be packed differently
        if asked.k not in range(1, MANY + 1) or pack(asked) != content.rstrip(b" "):
            raise Broken
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise Broken from error
    return asked


def _mask(given: tuple[str, ...], values: tuple[str, ...]) -> int:
    return sum(1 << place for place, value in enumerate(values) if value in given)


def _unmask(mask: int, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value for place, value in enumerate(values) if mask >> place & 1)
