"""Sealed pages: nothing readable in an address, nothing to learn from its length, void after a quarter of an hour."""

from __future__ import annotations

import base64
import json
import re
import shutil
import time
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from legalmap import create_app
from legalmap.config import Settings
from legalmap.model import LANGS, Point
from legalmap.routes import asking, sealing

FULL = {name: list(values) for name, values in asking.CHOICES.items()}
SEARCHES = [
    {"place": "Нарын"},
    {"place": "Ы" * 5000},
    {"place": '"\\' * 500},
    {"place": "\x00\x1f🏔" * 200},
    {"place_id": "123456789012"},
    {"lat": "41.123456789012345", "lon": "-179.123456789012345"},
    {
        "place": "Ош" * 60,
        "lat": "-41.123456789012345",
        "lon": "-179.123456789012345",
        "k": "100",
        **FULL,
        "open": "1",
        "free": "1",
        "verified": "1",
    },
    {"place": "x" * 300, "place_id": "y", "lat": "z", "lon": "z", "k": "z", "kind": "z", "open": "z"},
    {"place": "Ы" * 300, "place_id": "123456789012", "lat": "ы" * 300, "lon": '"' * 300, "k": "z", **FULL, "open": "z"},
    {},
]


def token(client: FlaskClient, fields: dict[str, object]) -> str:
    answer = client.post("/ky/search", data=fields)
    assert answer.status_code == 303
    return answer.headers["Location"].rsplit("/", 1)[1]


def test_all_addresses_have_one_length(client: FlaskClient) -> None:
    assert len({len(token(client, fields)) for fields in SEARCHES}) == 1


def test_nothing_typed_can_be_read_in_the_address(client: FlaskClient) -> None:
    sealed = token(client, {"place": "Canaryville", "topic": "violence"})
    for text in (sealed, base64.urlsafe_b64decode(sealed).decode("latin-1")):
        assert "Canary" not in text
        assert "violence" not in text


def test_the_same_search_never_has_the_same_address(client: FlaskClient) -> None:
    assert token(client, {"place": "Нарын"}) != token(client, {"place": "Нарын"})


@pytest.mark.parametrize("fields", SEARCHES)
def test_packing_loses_nothing(fields: dict[str, object]) -> None:
    asked = asking.read_form(MultiDict(fields))
    packed = asking.pack(asked)
    assert len(packed) <= sealing.ROOM
    assert asking.unpack(packed.ljust(sealing.ROOM)) == asked


GOOD = asking.pack(asking.Asked(text="Нарын"))
MALFORMED = [
    {"v": 1}, {"v": "2"}, {"v": None}, {"t": 5}, {"t": None}, {"t": "x" * 300}, {"t": ["x"]}, {"i": None}, {"i": 7},
    {"p": None}, {"p": []}, {"p": [1, 2]}, {"p": [41.0]}, {"p": [99.0, 1.0]}, {"p": [41.0, "x"]}, {"p": "xy"},
    {"c": None}, {"c": [0]}, {"c": ["a"] * 5}, {"c": [-1, 0, 0, 0, 0]}, {"c": [1 << 80, 0, 0, 0, 0]},
    {"f": -1}, {"f": 8}, {"f": "1"}, {"f": 1.0}, {"w": 1 << 40}, {"w": None}, {"k": 0}, {"k": 101}, {"k": "5"},
    {"k": None}, {"more": 1},
]  # fmt: skip


@pytest.mark.parametrize("changes", MALFORMED)
def test_a_page_that_an_older_program_sealed_is_not_found(client: FlaskClient, app: Flask, changes: object) -> None:
    content = json.dumps({**json.loads(GOOD), **changes}, ensure_ascii=False, separators=(",", ":")).encode()  # type: ignore[dict-item]
    with pytest.raises(sealing.Broken):
        asking.unpack(content)
    sealer: sealing.Sealer = app.extensions["sealer"]
    assert client.get(f"/ky/found/{sealer.seal(content[: sealing.ROOM])}").status_code == 404


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 384, GOOD[:-1], b" " * 384])
def test_sealed_content_of_another_shape_is_broken(content: bytes) -> None:
    with pytest.raises(sealing.Broken):
        asking.unpack(content)


def test_going_back_works_for_a_quarter_of_an_hour_and_not_longer(app: Flask) -> None:
    sealer: sealing.Sealer = app.extensions["sealer"]
    asked = asking.pack(asking.Asked(text="Нарын"))
    client = app.test_client()
    fresh = sealer.seal(asked, now=time.time() - sealing.LIFETIME + 30)
    assert client.get(f"/ky/found/{fresh}").status_code == 200
    old = sealer.seal(asked, now=time.time() - sealing.LIFETIME - 5)
    for lang in LANGS:
        answer = client.get(f"/{lang}/found/{old}")
        assert answer.status_code == 410
        assert f'action="/{lang}/search"' in answer.text
        assert "Нарын" not in answer.text.split("<section")[0]


def test_a_changed_or_foreign_address_is_not_found(client: FlaskClient) -> None:
    sealed = token(client, {"place": "Нарын"})
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    foreign = Fernet(Fernet.generate_key()).encrypt(b"{}".ljust(sealing.ROOM)).decode()
    for wrong in (changed, foreign, sealed[:-4], "x", "ы", "%00", "%ff"):
        assert client.get(f"/ky/found/{wrong}").status_code == 404


def test_a_sealed_page_can_be_read_in_another_language(client: FlaskClient) -> None:
    page = client.get(f"/ky/found/{token(client, {'place': 'Нарын'})}").text
    other = re.search(r'href="(/ru/found/[^"]+)"', page)
    assert other
    assert "Нарын: ближайшие 5" in client.get(other[1]).text


def test_show_more_leads_to_a_newly_sealed_page_with_more(client: FlaskClient) -> None:
    page = client.get(f"/ky/found/{token(client, {'place': 'Нарын'})}").text
    more = re.search(r'class="btn ghost more" href="(/ky/found/[^"]+)"', page)
    assert more
    assert client.get(more[1]).text.count('class="num ') == 15


def test_without_a_key_only_results_are_missing(instance: Path, tmp_path: Path) -> None:
    (tmp_path / "editions").symlink_to(instance / "editions")
    client = create_app(Settings(instance=tmp_path)).test_client()
    assert client.get("/ky/").status_code == 200
    assert client.get("/ky/centers/1").status_code in {200, 404}
    answer = client.post("/ky/search", data={"place": "Нарын"})
    assert answer.status_code == 503
    assert 'href="tel:112"' in answer.text
    assert client.get("/ky/found/x").status_code == 503


def test_a_position_typed_with_a_comma_is_understood() -> None:
    asked = asking.read_form(MultiDict({"lat": "41,43", "lon": "75,99"}))
    assert asked.point == Point(lat=41.43, lon=75.99)


@pytest.mark.parametrize("lat", ["nan", "1e1", "٤٢", "4_2", "91", "-91", "", "0x10", "41.", "inf", "4 2"])
def test_a_latitude_that_is_no_latitude_is_named(client: FlaskClient, lat: str) -> None:
    answer = client.get(f"/ru/found/{token(client, {'lat': lat, 'lon': '75'})}")
    assert answer.status_code == 400
    assert "Широта: число от -90 до 90" in answer.text


def test_public_nodes_of_one_sealing_key_open_each_others_results_without_database_or_other_keys(
    instance: Path, tmp_path: Path
) -> None:
    nodes = []
    for name in ("one", "two"):
        shutil.copytree(instance / "editions", tmp_path / name / "editions")
        (tmp_path / name / "keys").mkdir()
        shutil.copy(instance / "keys" / "sealing.key", tmp_path / name / "keys")
        nowhere = "postgresql://nobody@/nothing?host=/nowhere"
        settings = Settings(instance=tmp_path / name, roles=frozenset({"public"}), database=nowhere)
        nodes.append(create_app(settings).test_client())
    one, two = nodes
    sealed = one.post("/ky/search", data={"place": "Кочкор"}).headers["Location"]
    cards = [re.findall(r"<h3.*?</h3>", node.get(sealed).text, re.DOTALL) for node in nodes]
    assert cards[0]
    assert cards[0] == cards[1]
    assert two.get("/readyz").status_code == 200
