"""What browser tests of the staff's wing share: a live server of an instance to write to, and somebody signed in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from legalmap.config import Settings
from legalmap.people.keys import Keys
from legalmap.people.rights import NEEDS_FACTOR, Role
from legalmap.store import Store
from tests.conftest import serve
from tests.served import Server
from tests.staff import PASSWORD, add_user, code_now


def staff_server(instance: Path, folder: Path, **settings: str) -> Iterator[Server]:
    """A live server of a copy of `instance` in `folder`, without https, so that staff of this machine may sign in."""
    shutil.copytree(instance, folder / "instance")
    yield from serve(folder / "instance", folder / "output.log", https="off", **settings)


def sign_in(page: Any, server: Server, role: Role = "admin", *, name: str = "", lang: str = "ky") -> str:
    """Sign in by hand, second factor included; the name. The page stands where that role begins."""
    settings = Settings(instance=server.instance)
    store = Store.of(settings)
    name = add_user(store, Keys(settings.people_key), role, name)
    page.goto(f"{server.url}/{lang}/staff/signin")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    if role in NEEDS_FACTOR:
        page.fill("#code", code_now(store, name))
        page.click("main button[type=submit]")
    page.wait_for_selector(".me .who")
    return name
