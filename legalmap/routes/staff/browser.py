"""What a browser of the staff carries: one cookie with a random id; all else is kept here."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Flask, Request, Response, current_app
from flask.sessions import SessionInterface, SessionMixin

from legalmap.people import center_keys, sessions
from legalmap.people.keys import Keys
from legalmap.store import Store, StoreError
from legalmap.store import sessions as kept
from legalmap.store.center_keys import CenterKey
from legalmap.store.sessions import Session
from legalmap.store.users import User

STAFF = re.compile(r"/(?:ky|ru|en)/staff(?:/(.*))?", re.DOTALL)
"""Paths of the staff's wing; what follows is a page's own, line breaks and all."""
_FORM = "csrf_token"


class StaffSession(dict[str, Any], SessionMixin):
    """One browser: before anybody signed in only its token, then `found` and `user`; beside them the `key` of a center.

    What is put in by key is kept with the session in the database (words to show on the next page). A new token is sent
    only with a form, or to whom just signed in.
    """

    def __init__(self, token: str = "") -> None:
        super().__init__()
        self.token = token or sessions.new_token()
        self.is_new = not token
        self.found: Session | None = None
        self.user: User | None = None
        self.center_token = ""
        self.key: CenterKey | None = None
        self.key_lasts = -1
        self.left = False
        self.has_form = False

    def __contains__(self, key: object) -> bool:
        return key == _FORM or super().__contains__(key)

    def __getitem__(self, key: str) -> Any:
        if key == _FORM:
            # the same for every form of this browser, and of no use to any other
            self.has_form = True
            keys: Keys = current_app.extensions["keys"]
            return keys.mac("form of a browser", self.token)
        return super().__getitem__(key)

    def look_up(self, store: Store, now: int) -> None:
        """Find who it is. Raises StoreError."""
        if self.center_token:
            with store.reading() as connection:
                self.key = center_keys.bearer(connection, self.center_token, now)
        if self.is_new:
            return
        with store.reading() as connection:
            known = sessions.find(connection, self.token, now)
        if known:
            self.found, self.user = known
            self.update(json.loads(self.found.kept))

    def touch(self, store: Store, now: int) -> None:
        """Note that it is in use, now and then. Raises StoreError, but a busy database turns nobody away."""
        if self.found is None or not sessions.should_touch(self.found, now):
            return
        try:
            with store.writing() as connection:
                self.found = sessions.touch(connection, self.found, now)
        except StoreError as fault:
            if fault.code != "database_locked":
                raise

    def become(self, token: str, found: Session, user: User) -> None:
        """From now on this browser is known by another token: nobody who planted the old one is signed in with it. What
        was kept for somebody else goes."""
        self.clear()
        self.token, self.found, self.user, self.is_new = token, found, user, True

    def bring(self, token: str, lasts: int) -> None:
        """From now on this browser has a center's key; `lasts`: so many seconds, 0 for as long as it is open."""
        self.center_token, self.key_lasts = token, lasts

    def drop_key(self) -> None:
        """From now on it has none."""
        self.bring("", 0)

    def leave(self) -> None:
        """From now on nobody."""
        self.found, self.user, self.left = None, None, True
        self.clear()


class StaffSessions(SessionInterface):
    """Sessions for the staff's wing alone: every other page has none, reads no cookie and sets none."""

    def __init__(self, *, https: bool) -> None:
        self.cookie = "__Host-staff" if https else "staff"
        self.center_cookie = "__Host-center" if https else "center"
        self.https = https

    def open_session(self, app: Flask, request: Request) -> StaffSession | None:
        """The session of a request in the staff's wing, else None."""
        if not STAFF.fullmatch(request.path):
            return None
        token = request.cookies.get(self.cookie, "")
        opened = StaffSession(token if sessions.is_token(token) else "")
        brought = request.cookies.get(self.center_cookie, "")
        opened.center_token = brought if sessions.is_token(brought) else ""
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send a new id, forget one that is left, keep what was put in."""
        assert isinstance(session, StaffSession)
        options: dict[str, Any] = {"secure": self.https, "httponly": True, "samesite": "Strict", "path": "/"}
        if session.key_lasts >= 0 and session.center_token:
            most = session.key_lasts or None
            response.set_cookie(self.center_cookie, session.center_token, max_age=most, **options)
        elif session.key_lasts >= 0:
            response.delete_cookie(self.center_cookie, **options)
        if session.left:
            response.delete_cookie(self.cookie, **options)
        elif session.is_new and (session.has_form or session.found):
            response.set_cookie(self.cookie, session.token, **options)
        if session.found and (now := json.dumps(dict(session))) != session.found.kept:
            store: Store = app.extensions["store"]
            try:
                with store.writing() as connection:
                    kept.change(connection, session.found.hash, kept=now)
            except StoreError:
                return  # a word for the next page is lost, nothing else
