"""The archive of streets: slices by any Range a client can send, a name for each content, none when it is broken."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from legalmap import create_app
from legalmap.config import Settings, environment_of, read_settings
from legalmap.desk.doctor import examine
from legalmap.model import LANGS
from legalmap.routes import streets as route
from legalmap.streets import ArchiveError, Streets, open_archive
from tests import streets
from tests.routes.test_map import about, weight

KEPT = "no-store, no-transform"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return streets.write(tmp_path_factory.mktemp("streets") / "naryn.pmtiles")


@pytest.fixture(scope="module")
def own(instance: Path, archive: Path) -> FlaskClient:
    return create_app(Settings(instance=instance, pmtiles=archive)).test_client()


@pytest.fixture
def address(own: FlaskClient) -> str:
    return str(own.get("/streets").get_json()["file"])


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [("0-0", 0, 1),
     ("0-126", 0, 127), ("100-199", 100, 200), ("-5", -5, None), ("5-", 5, None), ("0-999999999", 0, None),
     ("0-" + "9" * 7000, 0, None), ("-" + "9" * 7000, 0, None), ("-99999999", 0, None)],
)  # fmt: skip
def test_a_range_is_answered_with_just_those_bytes(
    own: FlaskClient, address: str, archive: Path, wanted: str, start: int, stop: int | None
) -> None:
    content = archive.read_bytes()
    answer = own.get(address, headers={"Range": f"bytes={wanted}", "Accept-Encoding": "br, gzip"})
    assert answer.status_code == 206
    assert answer.data == content[start:stop]
    first = start % len(content)
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(answer.data) - 1}/{len(content)}"
    assert answer.headers["Cache-Control"] == KEPT
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    "wanted",
    ["99999999-", "9" * 7000 + "-", "5-2", "-0", "", "0-0,2-3", "-", "a-b", "0-0-0", "--5", "0x1-2", "1_0-2_0", "٣-٤"],
)
def test_a_range_that_is_none_or_several_is_refused_with_the_size(
    own: FlaskClient, address: str, archive: Path, wanted: str
) -> None:
    answer = own.get(address, headers={"Range": f"bytes={wanted}".encode().decode("latin-1")})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{archive.stat().st_size}"
    assert answer.headers["Cache-Control"] == "no-store"


@given(st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40))
def test_no_range_brings_the_route_down(own: FlaskClient, archive: Path, wanted: str) -> None:
    address = own.get("/streets").get_json()["file"]
    answer = own.get(address, headers={"Range": f"bytes={wanted}"})
    assert answer.status_code in {206, 416}
    assert len(answer.data) <= archive.stat().st_size


def test_the_whole_file_comes_in_steps_to_one_at_a_time(own: FlaskClient, address: str, archive: Path) -> None:
    content = archive.read_bytes()
    for headers in ({}, {"Range": "pages=1-2"}, {"Range": "bytes=0-5", "If-Range": '"another"'}):
        answer = own.get(address, headers=headers)
        assert (answer.status_code, answer.data) == (200, content)
        assert answer.headers["Accept-Ranges"] == "bytes"
        answer.close()
    slow = own.get(address, buffered=False)
    assert own.get(address).status_code == 503
    assert own.get(address, headers={"Range": "bytes=0-5"}).data == content[:6]
    slow.close()
    assert own.get(address).status_code == 200


def test_etag_head_and_if_range(own: FlaskClient, address: str, archive: Path) -> None:
    head = own.head(address)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(archive.stat().st_size)
    etag = head.headers["ETag"]
    assert etag.strip('"') in address
    assert not etag.startswith("W/")
    assert own.get(address, headers={"If-None-Match": etag}).status_code == 304
    same = own.get(address, headers={"Range": "bytes=3-4", "If-Range": etag})
    assert (same.status_code, len(same.data)) == (206, 2)
    assert own.head(address, headers={"Range": "bytes=3-4"}).headers["Content-Length"] == head.headers["Content-Length"]
    assert own.post(address).status_code == 405


def test_a_long_range_is_answered_by_its_beginning(instance: Path, archive: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.pmtiles"
    large.write_bytes(archive.read_bytes() + bytes(3 << 20))
    client = create_app(Settings(instance=instance, pmtiles=large)).test_client()
    answer = client.get(client.get("/streets").get_json()["file"], headers={"Range": "bytes=7-"})
    assert len(answer.data) == route.MOST
    assert answer.headers["Content-Range"] == f"bytes 7-{route.MOST + 6}/{large.stat().st_size}"


def test_many_read_at_once(archive: Path) -> None:
    found, content, wrong = open_archive(archive), archive.read_bytes(), []

    def read(first: int) -> None:
        wrong.extend(i for i in range(first, 9000, 7) if found.read(i, 99) != content[i : i + 99])

    readers = [threading.Thread(target=read, args=(first,)) for first in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_a_new_file_gets_a_new_address_and_who_reads_the_old_one_ends_in_peace(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "streets.pmtiles"
    path.write_bytes(archive.read_bytes())
    served = Streets(path)
    old = served.current()
    assert old is not None
    streets.write(tmp_path / "new.pmtiles", zooms=range(5, 12))
    (tmp_path / "new.pmtiles").replace(path)
    new = served.current()
    assert new is not None
    assert (old.name != new.name, new.most_zoom) == (True, 11)
    kept = served.named(old.name)
    assert kept is not None
    assert kept.read(0, old.size) == archive.read_bytes()
    with path.open("r+b") as broken:  # written over in place: neither the old bytes nor an archive
        broken.write(b"nothing")
    assert (served.current(), served.named(new.name)) == (None, None)
    path.unlink()
    assert served.current() is None
    path.write_bytes(archive.read_bytes())
    assert served.current() is not None


def _broken(archive: Path, at: int, value: int) -> bytes:
    content = bytearray(archive.read_bytes())
    content[at] = value
    return bytes(content)


@pytest.mark.parametrize(
    ("at", "value", "told"),
    [(0, 0, "not a PMTiles"), (7, 2, "version 2"), (99, 2, "pictures"), (98, 3, "gzip"), (45, 9, "cut short"),
     (100, 30, "zooms"), (113, 128, "another part")],
)  # fmt: skip
def test_what_cannot_be_shown_is_told_by_the_doctor_and_maps_stay_simple(
    instance: Path, archive: Path, tmp_path: Path, at: int, value: int, told: str
) -> None:
    path = tmp_path / "broken.pmtiles"
    path.write_bytes(_broken(archive, at, value))
    settings = Settings(instance=instance, pmtiles=path)
    with pytest.raises(ArchiveError, match=told):
        open_archive(path)
    check = next(check for check in examine(settings) if check.name == "streets")
    assert not check.ok
    assert told in check.detail
    client = create_app(settings).test_client()
    page = client.get("/ky/map")
    assert "own-streets" not in page.text
    assert "openstreetmap.org" not in page.headers["Content-Security-Policy"]
    assert client.get("/streets").status_code == 404


def test_an_archive_of_other_layers_is_refused_and_missing_languages_are_told(instance: Path, tmp_path: Path) -> None:
    path, layers = tmp_path / "streets.pmtiles", streets.around_naryn()
    with pytest.raises(ArchiveError, match="but places, water$"):
        open_archive(streets.write(path, {name: layers[name] for name in ("places", "water")}, zooms=[6]))
    streets.write(path, {"roads": [(shape, {"kind": "path"}) for shape, _ in layers["roads"]]}, zooms=[6, 13])
    check = next(check for check in examine(Settings(instance=instance, pmtiles=path)) if check.name == "streets")
    assert check.ok
    assert check.detail.endswith("zooms 6 to 13; no name:ky, name:ru, name:en: the local name stands in")
    whole = path.read_bytes()
    start = int.from_bytes(whole[24:32], "little")
    path.write_bytes(whole[:start] + bytes(8) + whole[start + 8 :])
    assert Streets(path).current() is None


@pytest.mark.parametrize("content", [b"", b"PMTiles\x03", b"PMTiles\x03" + bytes(119), None])
def test_a_cut_an_empty_and_a_missing_file_are_none(archive: Path, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    assert Streets(path).current() is None
    path.write_bytes(archive.read_bytes()[:-1])
    with pytest.raises(ArchiveError, match="cut short"):
        open_archive(path)
    for other in (tmp_path, tmp_path / "pipe"):
        if other != tmp_path:
            os.mkfifo(other)
        assert Streets(other).current() is None


def test_with_own_streets_no_other_host_is_named_and_without_them_nothing_is_added(
    own: FlaskClient, client: FlaskClient
) -> None:
    page = own.get("/ky/map")
    told, plain = about(own), about(client)
    assert "img-src 'self';" in page.headers["Content-Security-Policy"]
    assert "connect-src 'self';" in page.headers["Content-Security-Policy"]
    assert "map-streets" not in page.text
    assert "tile.openstreetmap.org" not in page.text
    assert "tiles" not in told
    assert [path for path in told["js"] if "streets" in path]
    assert not [path for path in (*told["js"], *told["css"]) if "protomaps" in path]
    assert "streets" not in plain
    assert not [path for path in (*plain["js"], *plain["css"]) if "streets" in path or "protomaps" in path]
    assert 0 < weight(own, "/ky/map") - weight(client, "/ky/map") <= 4_500
    for lang in LANGS:
        assert "protomaps-leaflet" in own.get(f"/{lang}/about").text
        assert "protomaps-leaflet" not in client.get(f"/{lang}/about").text
        assert "own-streets" in own.get(f"/{lang}/near").text
        assert "own-streets" not in client.get(f"/{lang}/near").text


def test_pages_that_are_kept_know_when_streets_come_and_go(instance: Path, archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "streets.pmtiles"
    client = create_app(Settings(instance=instance, pmtiles=path)).test_client()
    assert "own-streets" not in client.get("/ru/map").text
    path.write_bytes(archive.read_bytes())
    assert "own-streets" in client.get("/ru/map").text
    path.unlink()
    assert "own-streets" not in client.get("/ru/map").text


@pytest.mark.parametrize("name", ["0123456789abcdef", "x", "..%2f..%2fdesk", "%00"])
def test_no_other_name_is_a_file(own: FlaskClient, client: FlaskClient, address: str, name: str) -> None:
    assert own.get(f"/streets/{name}.pmtiles", headers={"Range": "bytes=0-9"}).status_code == 404
    assert client.get(address).status_code == 404
    assert client.get("/streets").status_code == 404


def test_the_setting_reaches_other_processes_and_the_doctor_says_what_is_there(instance: Path, archive: Path) -> None:
    settings = read_settings({"LEGALMAP_PMTILES": str(archive), "LEGALMAP_INSTANCE": str(instance)})
    assert settings.tiles_host == ""
    assert read_settings(environment_of(settings)).pmtiles == archive.resolve()
    assert read_settings(environment_of(Settings())).pmtiles is None
    check = next(check for check in examine(settings) if check.name == "streets")
    assert check.ok
    assert re.search(r"zooms 5 to 13$", check.detail)
