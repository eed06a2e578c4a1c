"""Pages that still hold: who asks for one that somebody just had gets the same, before anything of it is made anew."""

from __future__ import annotations

import datetime as dt
import secrets
import sys
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, cast

from flask import Response, current_app, g, has_request_context, request

from legalmap.routes import packing
from legalmap.routes.sealing import Sealer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from legalmap.directory.edition import Directory
    from legalmap.directory.notices import Notice

LONGEST = dt.timedelta(minutes=10)
"""What people asked is in memory no longer."""
MOST_BYTES = 8_000_000
"""Of all pages together; those that find no more room are made for each who asks."""
OWN, MORE = secrets.token_hex(16), secrets.token_hex(16)
"""Stand in a page where sealed words belong that are of one reader alone: that of its own address, and that of the
same list with more in it. Nobody knows them beforehand, so nobody can write them into a page."""
HERE = "legalmap.moment"
"""Where a request carries its moment."""
P = ParamSpec("P")
Drawn = str | tuple[str, int]
Key = tuple[str, str, bytes]


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was made: `headers` but those that say how it is packed; `more`: what is to be sealed for MORE.
    `lines`: its text; most of them stand in other pages too, and are one in memory."""

    lines: tuple[bytes, ...]
    more: bytes
    endpoint: str
    headers: tuple[tuple[str, str], ...]
    packed: dict[str, tuple[bytes, packing.Headers]] = field(default_factory=dict)

    @property
    def plain(self) -> bytes:
        """Its text."""
        return b"".join(self.lines)


@dataclass(slots=True)
class Moment:
    """What was made from `directory` and what centers said of today (`stamp`) since `now`, a whole minute, and holds
    until somebody opens or closes: nothing of it outlives any of the three, nor LONGEST."""

    directory: Directory
    now: dt.datetime
    until: dt.datetime
    stamp: object
    notices: Mapping[int, Notice]
    pages: dict[Key, Page] = field(default_factory=dict)
    texts: dict[Hashable, tuple[bytes, ...]] = field(default_factory=dict)
    pieces: dict[Hashable, str] = field(default_factory=dict)
    lines: dict[bytes, bytes] = field(default_factory=dict)
    room: int = MOST_BYTES

    def text(self, key: Hashable, make: Callable[[], tuple[bytes, ...]]) -> tuple[bytes, ...]:
        """What `make` makes, in parts, made once."""
        found = self.texts.get(key)
        if found is None:
            found = make()
            if self.takes(sum(map(len, found))):
                self.texts[key] = found
        return found

    def piece(self, key: Hashable, draw: Callable[[], str]) -> str:
        """A part of pages that `draw` draws, drawn once."""
        found = self.pieces.get(key)
        if found is None:
            found = draw()
            if self.takes(4 * len(found)):  # bytes of a text that holds other letters than Latin ones, at most
                self.pieces[key] = found
        return found

    def in_lines(self, plain: bytes) -> tuple[bytes, ...] | None:
        """A page's lines, each kept once for all pages that have it; None where there is no room for them."""
        lines = plain.splitlines(keepends=True)
        new = {line: line for line in lines if line not in self.lines}
        if not self.takes(sum(map(sys.getsizeof, (lines, *new)))):
            return None
        self.lines |= new
        return tuple(self.lines[line] for line in lines)

    def takes(self, size: int) -> bool:
        """Whether there is room for so many bytes more."""
        if self.room < size:
            return False
        self.room -= size
        return True


def current() -> Moment | None:
    """The moment of this request; None for one that makes its page from what there is."""
    return cast("Moment | None", request.environ.get(HERE)) if has_request_context() else None


def kept(view: Callable[P, Drawn]) -> Callable[P, Drawn | bytes]:
    """A view whose page is the same for all who ask for its address while nothing changes, so that it never says what
    is no longer so."""

    @wraps(view)
    def keeping(*given: P.args, **named: P.kwargs) -> Drawn | bytes:
        drawn = view(*given, **named)
        return keep(drawn) if isinstance(drawn, str) else drawn

    return keeping


def keep(drawn: str, *, sealed: bytes = b"", token: str = "", more: bytes = b"") -> bytes:
    """The page for who asks now; others may have it too, once it is answered with 200. `token`: the last part of its
    address, when that is `sealed`; `more`: what is to be sealed for MORE."""
    plain = drawn.encode()
    g.kept = key_of(request.environ, sealed), plain, more
    return filled(plain, token, more, current_app.extensions["sealer"])


def key_of(environ: WSGIEnvironment, sealed: bytes = b"") -> Key:
    """What tells a page: its path, or what the last part of it holds."""
    path = environ["PATH_INFO"]
    return environ.get("SCRIPT_NAME", ""), path.rpartition("/")[0] if sealed else path, sealed


def take(response: Response) -> None:
    """Keeps the page of a request that was just answered."""
    key, plain, more = g.pop("kept", (None, b"", b""))
    moment = current()
    if key and moment and response.status_code == 200 and moment.room:
        lines = moment.in_lines(plain)
        if lines is not None:
            headers = tuple((name, value) for name, value in response.headers if name != "Content-Length")
            moment.pages[key] = Page(lines, more, request.endpoint or "", headers)


def filled(plain: bytes, token: str, more: bytes, sealer: Sealer) -> bytes:
    """A page with the sealed words of one reader: `token`, "" for none, and a new one for what is `more`."""
    plain = plain.replace(OWN.encode(), token.encode()) if token else plain
    return plain.replace(MORE.encode(), sealer.seal(more).encode()) if more else plain
