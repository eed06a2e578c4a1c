"""What a phone keeps when somebody chose so: which files, the centers' pages in one, and what tells copies apart."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import brotli
from flask import current_app, render_template, request

from legalmap.directory.edition import Directory
from legalmap.directory.layers import file_name
from legalmap.directory.search import match
from legalmap.model import LANGS, Center, Lang
from legalmap.routes import atlas, cards, near, page, places, week
from legalmap.routes.static import StaticFile

FORMAT = 1
"""Of the copy; the worker's script reads just this one."""
MOST_CENTERS = 1000
"""Centers whose pages are kept; of the others the phone keeps the card in its list."""
_PAGES = (
    "public.home", "map.whole", "public.phones", "public.tips", "near.parts", "keep.about", "calendar.this_month",
)  # fmt: skip
_MONTHS = 4
"""Of the calendar: as long as a copy is taken for good."""
_WITHOUT = ("page", "search")
_EDITION = ("near", "places", "names", "centers")
"""Files of the edition, as layers.py names them."""
_PAGE_BYTES = 2_000
"""Of one page on its way, packed: the mean of those that are kept."""
_OWN_FILES = ("keep.js", "keep.css", "calendar.svg", "favicon.svg", "look.css", "start.js", "inplace.js", "map.css")
_MARK_BYTES = 4
MAP = "\x1e"
"""Stands for the map of a center's page, a third of it."""
_SECTION = re.compile(r'<section class="map .*?</section>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Copy:
    """The copy of one edition in one language. `files`: addresses; `centers`: their pages in one file; `marks`: one
    for each center, another as soon as anything that it shows of number and place is another."""

    version: str
    files: tuple[str, ...]
    centers: StaticFile
    kept_centers: int
    all_centers: int
    marks: str
    kilobytes: int


def copy() -> Copy:
    """The copy of the current edition for the language of this request. Raises NoEdition."""
    today = page.now()
    month = today.year * 12 + today.month - 1
    return _copy(page.directory(), page.language(), request.script_root, atlas.has_streets(), month)


# the same for everybody until the next edition, or the next month of the calendar
@lru_cache(maxsize=3)
def _copy(directory: Directory, lang: Lang, root: str, streets: bool, month: int) -> Copy:
    kept = directory.centers[:MOST_CENTERS]
    frame = _frame(kept[0]) if kept else ("", "")
    mains, drawn = _mains(kept)
    written = {"before": frame[0], "after": frame[1], "map": drawn, "centers": mains}
    packed = _packed(json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode())
    files = _files(month)
    told = [FORMAT, directory.number, directory.content_sha256, lang, root, frame, files]
    return Copy(
        version=hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16], files=files, centers=packed,
        kept_centers=len(kept), all_centers=len(directory.centers), marks=_marks(directory.centers),
        kilobytes=-(-(_weight(directory, files) + len(packed.br)) // 1000),
    )  # fmt: skip


def _packed(plain: bytes) -> StaticFile:
    # pages of centers are alike, far apart: the window reaches over all of them
    br = bytes(brotli.compress(plain, quality=6, lgwin=24))
    return StaticFile("application/json", plain, br, gzip.compress(plain, 6, mtime=0))


def _files(month: int) -> tuple[str, ...]:
    """Addresses of all that is kept, each once; the pages first. `month`: counted from the year 0."""
    pages = [page.link(endpoint) for endpoint in _PAGES]
    pages += [page.link("keep.without", what=what, lang=lang) for what in _WITHOUT for lang in LANGS]
    months = (divmod(month + later, 12) for later in range(_MONTHS))
    pages += [page.link("calendar.month", year=year, month=number + 1) for year, number in months]
    offered, drawn = near.offer() or {}, atlas.offer("centers")
    files = [address for given in offered.values() for address in ([given] if isinstance(given, str) else given)]
    if drawn:
        about = drawn.about
        files += [*about["css"], *about["js"], about["shell"], *about["layers"].values()]
    files += [atlas.static(name) for name in _OWN_FILES]
    return tuple(dict.fromkeys([*pages, page.link("keep.centers"), *files]))


def _weight(directory: Directory, files: Iterable[str]) -> int:
    """Bytes of `files` on their way, pages estimated; the file of the centers not counted."""
    static = current_app.extensions["static"].by_hashed
    names = [address.rsplit("/", 1)[1] for address in files]
    own = sum(len(static[name].br) for name in names if name in static)
    pages = sum(_PAGE_BYTES for address in files if "." not in address)
    return own + pages + sum(_size(directory, name) for name in _EDITION)


def _size(directory: Directory, name: str) -> int:
    path = Path(directory.folder or "") / f"{file_name(name, page.language())}.br"
    return path.stat().st_size if path.is_file() else 0


def _main(text: str) -> tuple[str, str, str]:
    """A page in three: up to what is within its main part, that, and the rest."""
    before, opening, rest = text.partition('<main id="main" tabindex="-1">')
    within, closing, after = rest.partition("</main>")
    return before + opening, within, closing + after


def _draw(center: Center) -> str:
    now = page.now()
    text = render_template(
        "public/center.html", match=match(center, now), now=now, week=week, facts=places.facts_of(center), copied=True,
        take_along=partial(cards.take, kept=True),
    )  # fmt: skip
    # of today it will not know when it is read
    return text.replace(' class="today"', "")


def _mains(centers: Iterable[Center]) -> tuple[dict[int, str], str]:
    """The main part of each center's page, by number; and its map, which is the same on all: MAP stands for it."""
    mains: dict[int, str] = {}
    drawn = ""
    for center in centers:
        text = _main(_draw(center))[1].replace(MAP, "")
        if own := _SECTION.search(text):
            drawn = drawn or own[0]
            text = text.replace(drawn, MAP, 1)
        mains[center.number] = text
    return mains, drawn


def _frame(center: Center) -> tuple[str, str]:
    """What stands around the main part of a center's page; `centers/0"` stands for its number."""
    address = page.link("places.center", number=center.number)
    root = request.script_root
    own = current_app.test_request_context(address[len(root) :], environ_overrides={"SCRIPT_NAME": root})
    with own:
        current_app.preprocess_request()
        before, _, after = _main(_draw(center))
    return before.replace(f'centers/{center.number}"', 'centers/0"'), after


def _marks(centers: Iterable[Center]) -> str:
    """One mark for each center, put in order and joined: what of a copy is no longer among them was withdrawn."""
    return "".join(sorted(_mark(center) for center in centers))


def _mark(center: Center) -> str:
    """Of all that may have to be taken back: numbers, place, texts; not of hours, topics and dates."""
    texts = (center.names, center.address, center.directions, center.services, center.bring, center.note)
    shown: list[Any] = [
        center.number, center.status, center.show_location, [astuple(phone) for phone in center.phones],
        center.whatsapp, center.email, center.website, [astuple(text) for text in texts], center.settlement,
        center.place_id, center.rayon, astuple(center.point) if center.point else None,
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(shown).encode()).digest()[:_MARK_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
