"""What was asked, as a word in an address that nobody but this site can read, and back."""

from __future__ import annotations

from typing import cast

from flask import abort, current_app

from legalmap.routes import asking
from legalmap.routes.asking import Asked
from legalmap.routes.sealing import Broken, Sealer


def seal(asked: Asked) -> str:
    """A fresh sealed token of `asked`."""
    return _sealer().seal(asking.pack(asked))


def unseal(sealed: str) -> Asked:
    """What was sealed. Raises Expired; aborts with 404 when it was never sealed here."""
    try:
        return asking.unpack(_sealer().open(sealed))
    except Broken:
        abort(404)


def _sealer() -> Sealer:
    return cast(Sealer, current_app.extensions["sealer"])
