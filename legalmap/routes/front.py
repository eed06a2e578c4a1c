"""The outermost part: what can be answered at once never gets to Flask."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from flask import Flask

from legalmap.directory.editions import NoEdition
from legalmap.directory.filters import nothing_changes_until
from legalmap.routes import host, packing, page, quiet, static
from legalmap.routes.lanes import Answer, Lane, body_of
from legalmap.routes.moment import HERE, LONGEST, Moment, Page, filled, key_of
from legalmap.routes.sealing import Broken, Expired, NoKey

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Front:
    """Stands before an application."""

    def __init__(self, app: Flask, lanes: Mapping[str, Lane]) -> None:
        """Wraps `app`; `lanes`: posts that it need not see, by path."""
        self.inside, self._lanes = app.wsgi_app, lanes
        self._most: int = app.config["MAX_CONTENT_LENGTH"]
        self._extensions = app.extensions
        self.moment: Moment | None = None
        app.extensions["front"] = self
        app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        answer = None
        if host.good(environ.get("HTTP_HOST", "localhost")):
            answer = self._page(environ) if environ["REQUEST_METHOD"] == "GET" else self._lane(environ)
        if answer is None:
            return self.inside(environ, start_response)
        start_response(answer.status, [*answer.headers, ("Content-Length", str(len(answer.body)))])
        quiet.write_access(answer.endpoint, int(answer.status[:3]), began)
        return [answer.body]

    def _lane(self, environ: WSGIEnvironment) -> Answer | None:
        """The answer to a post that Flask need not see."""
        lane = self._lanes.get(environ["PATH_INFO"]) if environ["REQUEST_METHOD"] == "POST" else None
        body = body_of(environ, self._most) if lane else None
        try:
            return lane(environ, body, self.now()) if lane and body is not None else None
        except NoEdition:
            return None

    def _page(self, environ: WSGIEnvironment) -> Answer | None:
        """A page that somebody else had."""
        found = self._find(environ)
        if found is None:
            return None
        page, token = found
        way = static.way(environ.get("HTTP_ACCEPT_ENCODING", ""))
        body, packed = self._packed(environ[HERE], page, token, way)
        return Answer(page.endpoint, "200 OK", [*page.headers, packing.VARIES, *packed], body)

    def _find(self, environ: WSGIEnvironment) -> tuple[Page, str] | None:
        """A page that can be given at once, and the sealed word in its address ("" for none)."""
        token, sealed = "", b""
        try:
            moment = self.now()
            before, _, last = environ["PATH_INFO"].rpartition("/")
            if before.endswith("/found"):
                token, sealed = last, self._extensions["sealer"].open(last).rstrip(b" ")
        except (NoEdition, Broken, Expired, NoKey):
            return None
        found = moment.pages.get(key_of(environ, sealed))
        environ[HERE] = moment
        return (found, token) if found else None

    def now(self) -> Moment:
        """What was made and still holds, with the edition to answer from. Raises NoEdition."""
        archive = self._extensions["streets"].current()
        stamp = self._extensions["notices"].stamp(), archive and archive.name
        directory, now = self._extensions["editions"].current(), page.now()
        kept = self.moment
        if kept is None or kept.directory is not directory or kept.stamp != stamp or not kept.now <= now < kept.until:
            now = now.replace(second=0, microsecond=0)
            notices = self._extensions["notices"].current(now.date())
            until = nothing_changes_until(directory.centers, now, LONGEST)
            kept = self.moment = Moment(directory, now, until, stamp, notices)
        return kept

    def _packed(self, moment: Moment, page: Page, token: str, way: str) -> tuple[bytes, packing.Headers]:
        if token or page.more:
            plain = filled(page.plain, token, page.more, self._extensions["sealer"])
            return packing.packed(plain, way, page.endpoint)
        found = page.packed.get(way)
        if found is None:
            found = packing.packed(page.plain, way, page.endpoint)
            if way and moment.takes(len(found[0])):
                page.packed[way] = found
        return found
