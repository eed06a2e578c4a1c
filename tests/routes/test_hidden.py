"""A hidden address and point, planted, are in no byte of a public answer or an edition, however they were hidden."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings
from legalmap.model import LANGS, Act, Localized
from tests.desk.conftest import TestDesk

HEADER = (
    "id,kind,name_ru,oblast,settlement,address_ru,directions_ru,lat,lon,show_location,phones,fee,internal_note,"
    "slip_name\n"
)
STREET, WAY, NOTE, SLIP = "Канареечная 77", "за синей мельницей", "ключ у Канарейкиной", "Зяблик"
LAT, LON = 41.427391, 75.994127
SECRETS = tuple(
    form
    for word in (
        STREET,
        WAY,
        NOTE,
        SLIP,
        "Канареечн",
        "мельниц",
        "Канарейкин",
        str(LAT),
        str(LON),
        "41427391",
        "75994127",
    )  # fmt: skip
    for form in (word.encode(), word.encode("utf-16-le"), json.dumps(word)[1:-1].encode())
)
WAYS = ("from the start", "by hiding", "by undo", "by going back", "by editing")


def rows(show: str, street: str = STREET, lat: float = LAT, lon: float = LON, phone: str = "+996700123456") -> str:
    return (
        f"{HEADER}quiet,crisis_center,Колдоо,KG-N,Нарын,{street},{WAY},{lat},{lon},{show},{phone},free,{NOTE},{SLIP}\n"
        "open,flac,Центр,KG-N,Нарын,Ленина 1,,41.43,75.99,yes,+996700123457,free,,\n"
    )


def brought(desk: TestDesk, text: str) -> Act:
    """The act that brings `text`, with a yes to whatever is asked."""
    asked = desk.bring(text, apply=False).plan.problems
    report = desk.bring(text, accept=tuple(problem.code for problem in asked if problem.level == "question"))
    assert report.act, report.plan.problems
    return report.act


def hidden(desk: TestDesk, way: str, street: str = STREET, lat: float = LAT, lon: float = LON) -> None:
    """Leaves `desk` with the center hidden, in one of the ways that lead there."""
    if way == "from the start":
        brought(desk, rows("no", street, lat, lon))
        return
    brought(desk, rows("yes", street, lat, lon))
    act = brought(desk, rows("no", street, lat, lon))
    if way == "by undo":  # which does not show it again without a separate yes
        desk.desk.undo(act.id, apply=True, accept=frozenset())
    elif way in {"by going back", "by editing"}:
        brought(desk, rows("no", street, lat, lon, phone="+996700123999"))
        if way == "by going back":
            assert desk.back_to(1).applied


def plain(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix == ".br":
        return bytes(brotli.decompress(content))
    return gzip.decompress(content) if path.suffix == ".gz" else content


def public_paths(client: FlaskClient, number: int) -> set[str]:
    """Every address that answers GET, its places filled with what leads to the center, and what pages link to."""
    values = {
        "lang": LANGS, "code": ("kg-n",), "rayon": ("kochkor",), "sheet": ("kg-n", "kochkor"),
        "what": ("page", "search"), "number": (number, 1527592), "year": (2026,), "month": (11,),
        "name": ("x", *(f"jakyn-{lang}.html" for lang in LANGS)),
    }  # fmt: skip
    routes, found = client.application.url_map, set()
    for rule in routes.iter_rules():
        if "GET" not in (rule.methods or ()) or "sealed" in rule.arguments:
            continue
        names = sorted(rule.arguments)
        for chosen in itertools.product(*(values[name] for name in names)):
            found.add(routes.bind("").build(rule.endpoint, dict(zip(names, chosen, strict=True))))
    for lang, target in itertools.product(LANGS, ("search", "map")):
        answer = client.post(f"/{lang}/{target}", data={"place": "Нарын", "k": "100"})
        found.add(answer.headers["Location"])
    linked = {link for path in found for link in re.findall(r"[\"'](/[\w./-]+)", client.get(path).text)}
    return found | {link for link in linked if not link.startswith("/static/") and "/places/" not in link}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_hidden_is_in_no_public_byte(tmp_path: Path, way: str) -> None:
    desk = TestDesk(tmp_path / "instance")
    hidden(desk, way)
    center = desk.directory.by_id["quiet"]
    assert (center.show_location, center.point, center.address) == ("no", None, Localized())
    client = create_app(Settings(instance=tmp_path / "instance", roles=frozenset({"public"}))).test_client()
    paths = public_paths(client, center.number)
    assert len(paths) > 100
    answers = {path: client.get(path) for path in paths}
    assert sum(answer.status_code == 200 for answer in answers.values()) > 80
    assert any("Колдоо" in answer.text for answer in answers.values())
    told = [(path, secret) for path, answer in answers.items() for secret in SECRETS
            if secret in answer.data or secret in str(answer.headers).encode()]  # fmt: skip
    assert told == []
    kept = [path for path in desk.settings.editions.rglob("*") if path.is_file()]
    assert len(kept) > 20
    assert [path for path in kept if any(one in plain(path) for one in SECRETS)] == []


@pytest.mark.parametrize("way", WAYS[-1:])
def test_an_edition_is_the_same_wherever_the_hidden_place_is(tmp_path: Path, way: str) -> None:
    """Nothing that is published is derived from it either: no order, distance, count, hash or size."""
    files = []
    for name, where in (("one", {}), ("other", {"street": "Другая 1", "lat": 41.4431, "lon": 75.9512})):
        desk = TestDesk(tmp_path / name)
        hidden(desk, way, **where)  # type: ignore[arg-type]
        files.append(dict(desk.directory.files))
    assert files[0] == files[1]


def test_the_planted_address_would_be_seen(tmp_path: Path) -> None:
    desk = TestDesk(tmp_path / "instance")
    brought(desk, rows("yes"))
    client = create_app(Settings(instance=tmp_path / "instance")).test_client()
    told = {secret for secret in SECRETS if secret in client.get("/directory.json").data}
    assert {STREET.encode(), WAY.encode(), str(LAT).encode(), str(LON).encode()} <= told
    assert NOTE.encode() not in told
