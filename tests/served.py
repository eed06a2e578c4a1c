"""What tests of the served site say often: a place, centers in one line, a search from form to page."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from legalmap.model import LANGS, Center, Localized, Phone, Place, Point

KYRGYZ_FIRST = [pytest.param(lang, marks=[] if lang == "ky" else pytest.mark.long) for lang in LANGS]
"""For what takes long: Kyrgyz in each run, the other languages in the long one."""
SiteMaker = Callable[..., FlaskClient]
NARYN = Place(
    id="1527592",
    names=Localized(ky="Нарын", ru="Нарын", en="Naryn"),
    oblast="KG-N",
    point=Point(lat=41.42866, lon=75.99111),
)


@dataclass(frozen=True)
class Server:
    """A live gunicorn: its address, its instance and the file that takes its stdout and stderr."""

    url: str
    port: int
    instance: Path
    output: Path


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ends a gunicorn: in peace, else by force. A worker just being forked can miss the SIGTERM that it should pass on;
    gunicorn then waits out its graceful timeout (30 s), which no test should."""
    server.terminate()
    try:
        server.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.communicate(timeout=20)


PLACE_POINT = Point(lat=41.43, lon=76.0)


def search(client: FlaskClient, lang: str = "ky", **fields: Any) -> TestResponse:
    """Posts a search and opens the page it leads to."""
    answer = client.post(f"/{lang}/search", data=fields)
    assert answer.status_code == 303
    return client.get(answer.headers["Location"])


def a_center(number: int = 1001, **changes: Any) -> Center:
    """An ordinary center near Naryn; `changes` override its fields."""
    fields: dict[str, Any] = {
        "number": number,
        "id": f"t-{number}",
        "kind": "advocate",
        "status": "active",
        "show_location": "yes",
        "names": Localized(ky=f"Үлгү {number}", ru=f"Пример {number}", en=f"Example {number}"),
        "oblast": "KG-N",
        "point": PLACE_POINT,
        "phones": (Phone(number="+996352200001"),),
    }
    return Center(**{**fields, **changes})


EVERYTHING = (
    a_center(1001, verified_on="2026-10-12", verified_by="phone", fee="free", topics=("land",), languages=("ky", "uz")),
    a_center(1002, kind="flac", status="suspended", source="https://example.org/x", source_date="2018"),
    a_center(1003, kind="shelter", show_location="no", point=None, phones=()),
    a_center(1004, kind="ngo", status="closed"),
    a_center(1005, kind="notary", point=None, oblast="KG-B"),
    a_center(
        1006, kind="emergency", rank=1, names=Localized(ky="102 – Милиция"), phones=(Phone(number="102"),), point=None
    ),
)
"""One center for each way a card can look."""
