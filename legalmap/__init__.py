"""Legalmap: who can help with a legal problem, near me, free, today, in my language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from legalmap.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The public site as a WSGI application, wired from top to bottom.

    It needs no database; without an edition it still starts, and answers 503 in words. Flask is imported here, so
    that the desk's commands do not carry it.
    """
    from legalmap import letters, resources
    from legalmap.config import read_settings
    from legalmap.directory.editions import Editions
    from legalmap.directory.notices import Notices
    from legalmap.routes import (
        api,
        calendar,
        cards,
        errors,
        front,
        headers,
        host,
        keep,
        lanes,
        map,
        near,
        notices,
        pack,
        page,
        phrases,
        places,
        public,
        quiet,
        sealing,
        sheet,
        static,
        streets,
    )
    from legalmap.streets import Streets

    settings = settings or read_settings()
    app = quiet.Site("legalmap", template_folder=str(resources.folder("templates")), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.request_max_bytes
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Cyrillic as it is: escaped it weighs three times as much

    app.extensions["settings"] = settings
    app.extensions["editions"] = Editions(settings.editions)
    app.extensions["notices"] = Notices(settings.editions)
    app.extensions["sealer"] = sealing.Sealer(settings.sealing_key)
    app.extensions["streets"] = Streets(settings.pmtiles)
    app.extensions["static"] = static.read_files(resources.folder("static"), letters.TABLES)

    app.register_blueprint(static.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(public.blueprint)
    app.register_blueprint(places.blueprint)
    app.register_blueprint(map.blueprint)
    app.register_blueprint(near.blueprint)
    app.register_blueprint(notices.blueprint)
    app.register_blueprint(streets.blueprint)
    app.register_blueprint(cards.blueprint)
    app.register_blueprint(sheet.blueprint)
    app.register_blueprint(pack.blueprint)
    app.register_blueprint(calendar.blueprint)
    app.register_blueprint(keep.blueprint)
    phrases.prepare(app)
    page.prepare(app)
    errors.prepare(app)
    headers.prepare(app)
    host.prepare(app)
    if "staff" in settings.roles:
        # the desk's libraries weigh as much as a worker: a process that serves the public alone never loads them
        from legalmap.routes import staff

        staff.prepare(app)
    front.Front(app, lanes.lanes(app.extensions))
    return app
