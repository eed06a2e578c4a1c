"""What centers say of these days, beyond a page that is drawn: as phones keep it, and whom to go to instead."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from functools import lru_cache

import brotli
from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from legalmap.model import Center, Match
from legalmap.routes import page, static

blueprint = Blueprint("notices", __name__)
_QUALITY = 5


@blueprint.get(f"{page.LANG_PATH}/notices.json")
def file() -> AnyResponse:
    """What holds today, apart from the edition: by number of a center [words, last day]; {} when nobody says anything.
    The same for everybody, and short-lived: a phone asks whenever it draws a list."""
    plain = json.dumps(told(), ensure_ascii=False, separators=(",", ":")).encode()
    response = static.answer(_packed(plain))
    response.headers["Cache-Control"] = "public, max-age=60"
    response.add_etag()
    return response.make_conditional(request)


@lru_cache(maxsize=6)
def _packed(plain: bytes) -> static.StaticFile:
    br = bytes(brotli.compress(plain, quality=_QUALITY))
    return static.StaticFile("application/json", plain, br, gzip.compress(plain, mtime=0))


def told() -> dict[int, tuple[str, str]]:
    """By number of a listed center its words, in the page's language, and the last day (ISO) on which they hold."""
    known = page.directory().by_number
    return {
        number: (page.not_today(number), said.until.isoformat())
        for number, said in sorted(page.notices().items())
        if number in known and known[number].status != "closed"
    }


def nexts(matches: Iterable[Match]) -> dict[int, Center]:
    """For each center of a list that says something today, by number: the next one that works and says nothing."""
    said, found = page.notices(), {}
    free: Center | None = None
    for match in reversed(tuple(matches)):
        center = match.center
        if center.number not in said:
            free = center if center.status == "active" else free
        elif free:
            found[center.number] = free
    return found


@blueprint.app_context_processor
def offered() -> dict[str, object]:
    """Templates of lists ask who is the next."""
    return {"next_of": nexts}
