"""For programs: the nearest centers of a position, the whole list, and whether the process is well."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings
from tests.served import SiteMaker, a_center


def test_nearest_answers_in_order_of_distance_then_the_unplaced(client: FlaskClient) -> None:
    answer = client.post("/api/v1/nearest", json={"lat": 41.43, "lon": 75.99, "k": 7, "lang": "ru"})
    assert answer.status_code == 200
    centers = answer.json["centers"]
    placed = [center for center in centers if center["meters"] is not None]
    assert len(placed) == 7
    assert centers[:7] == placed
    assert [(round(center["meters"], 3), center["id"]) for center in placed] == sorted(
        (center["meters"], center["id"]) for center in placed
    )
    assert all(center["meters"] is None for center in centers[7:])
    assert {"id", "number", "name", "meters", "approximate"} <= set(centers[0])
    assert not {"helpline", "emergency"} & {center["kind"] for center in centers}


def test_k_is_five_when_nothing_is_said(site: SiteMaker) -> None:
    client = site(*(a_center(number) for number in range(1001, 1009)))
    assert len(client.post("/api/v1/nearest", json={"lat": 41, "lon": 75}).json["centers"]) == 5


def test_a_whole_number_is_one_however_it_is_written(client: FlaskClient) -> None:
    said = [client.post("/api/v1/nearest", json={"lat": 41.43, "lon": 75.99, "k": k}).data for k in (2, 2.0)]
    assert said[0] == said[1]


def test_k_holds_for_those_without_a_point_too_and_the_others_are_counted(site: SiteMaker) -> None:
    hidden = (a_center(number, point=None, oblast="KG-B") for number in range(1010, 1019))
    client = site(*(a_center(number) for number in range(1001, 1009)), a_center(1009, point=None), *hidden)
    said = client.post("/api/v1/nearest", json={"lat": 41.4, "lon": 76, "k": 3}).json
    assert [center["meters"] is None for center in said["centers"]] == [False] * 3 + [True] * 3
    assert said["centers"][3]["number"] == 1009, "those of the own oblast first"
    assert (said["more"], said["more_without_point"]) == (5, 7)
    none = client.post("/api/v1/nearest", json={"lat": 41.4, "lon": 76, "kind": ["court"]}).json
    assert none == {"edition": 1, "more": 0, "centers": [], "more_without_point": 0}


def test_filters_narrow_the_answer(site: SiteMaker) -> None:
    client = site(a_center(1001), a_center(1002, kind="notary"), a_center(1003, topics=("land",)))
    body = {"lat": 41, "lon": 75}
    assert [c["number"] for c in client.post("/api/v1/nearest", json={**body, "kind": ["notary"]}).json["centers"]] == [
        1002
    ]
    assert [c["number"] for c in client.post("/api/v1/nearest", json={**body, "topic": ["land"]}).json["centers"]] == [
        1003
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lat", "41"),
        ("lat", 91),
        ("lat", None),
        ("lat", True),
        ("lat", float("nan")),
        ("lat", float("inf")),
        ("lon", 10**400),
        ("lon", -181),
        ("k", 0),
        ("k", 101),
        ("k", 2.5),
        ("k", "5"),
        ("k", True),
        ("kind", "flac"),
        ("kind", ["banana"]),
        ("kind", [[]]),
        ("topic", {}),
        ("lang", "de"),
        ("lang", []),
        ("open", "yes"),
        ("banana", 1),
    ],
)
def test_a_wrong_field_is_named(client: FlaskClient, field: str, value: object) -> None:
    answer = client.post("/api/v1/nearest", json={"lat": 41, "lon": 75, field: value})
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_every_wrong_field_is_named_at_once(client: FlaskClient) -> None:
    answer = client.post("/api/v1/nearest", json={"lat": 99, "k": 0})
    assert {error["field"] for error in answer.json["errors"]} == {"lat", "lon", "k"}


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("null", "application/json", 400),
        ("", "application/json", 400),
        ('{"lat":1,"lon":1}', "text/plain", 415),
        ("[" * 30_000, "application/json", 400),
        ("x" * 70_000, "application/json", 413),
    ],
)
def test_a_body_that_is_no_object_is_refused(client: FlaskClient, body: str, media_type: str, status: int) -> None:
    answer = client.post("/api/v1/nearest", data=body, content_type=media_type)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("encoding", "unpack"),
    [("", bytes), ("gzip", gzip.decompress), ("br", brotli.decompress), ("gzip, br", brotli.decompress)],
)
def test_the_directory_is_the_published_file_in_each_encoding(client: FlaskClient, instance, encoding, unpack) -> None:  # type: ignore[no-untyped-def]
    answer = client.get("/directory.json", headers={"Accept-Encoding": encoding})
    published = sorted((instance / "editions").glob("*/directory.json"))[-1]
    assert unpack(answer.data) == published.read_bytes()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert len(json.loads(unpack(answer.data))["centers"]) == 61


def test_the_etag_is_strong_and_one_for_each_encoding(client: FlaskClient) -> None:
    tags = set()
    for encoding in ("", "gzip", "br"):
        answer = client.get("/directory.json", headers={"Accept-Encoding": encoding})
        tag = answer.headers["ETag"]
        assert tag.startswith('"')
        tags.add(tag)
        again = client.get("/directory.json", headers={"Accept-Encoding": encoding, "If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag
    assert len(tags) == 3
    assert client.get("/directory.json", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_tag_that_something_on_the_way_made_weak_still_matches(client: FlaskClient) -> None:
    tag = client.get("/directory.json").headers["ETag"]
    for given in (f"W/{tag}", f'"other", W/{tag}', "*"):
        assert client.get("/directory.json", headers={"If-None-Match": given}).status_code == 304


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, br", "br"), ("br;q=0.5, gzip", "gzip"), ("br;q=0, gzip;q=0.1", "gzip"), ("br;q=0, gzip;q=0", None),
        ("identity, br;q=0.5", None), ("*", "br"), ("*;q=0", None), ("*;q=0, gzip", "gzip"), ("BR", "br"),
        ("identity;q=0.5, gzip", "gzip"), ("deflate", None),
    ],
)  # fmt: skip
def test_the_encoding_is_the_one_the_program_prefers(client: FlaskClient, accepted: str, chosen: str | None) -> None:
    answer = client.get("/directory.json", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == chosen


def test_numbers_to_call_are_no_nearest_centers(client: FlaskClient) -> None:
    answer = client.post("/api/v1/nearest", json={"lat": 41, "lon": 75, "kind": ["helpline", "emergency"]})
    assert (answer.status_code, answer.json["centers"]) == (200, [])


def test_readyz_tells_the_edition_and_nothing_of_the_version(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "edition": 1, "alarm": None, "wants": []})


@pytest.mark.parametrize("key", [None, b"no key"])
def test_readyz_is_503_when_no_search_can_be_sealed(site: SiteMaker, tmp_path: Path, key: bytes | None) -> None:
    client = site()
    assert client.get("/readyz").status_code == 200
    keyfile = tmp_path / "keys" / "sealing.key"
    keyfile.unlink()
    if key:
        keyfile.write_bytes(key)
    answer = create_app(Settings(instance=tmp_path)).test_client().get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (503, False)
    assert "sealing key" in answer.json["alarm"]


def test_readyz_is_503_without_an_edition(tmp_path) -> None:  # type: ignore[no-untyped-def]
    client = create_app(Settings(instance=tmp_path)).test_client()
    assert client.get("/readyz").status_code == 503
    for path in ("/directory.json",):
        assert client.get(path).status_code == 503
    answer = client.post("/api/v1/nearest", json={"lat": 41, "lon": 75})
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
