"""Forms: what was typed stays, and only the field that is wrong is marked, with its message tied to it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.served import search


def field(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]* name="{name}"[^>]*>', page, re.DOTALL)
    assert found
    return found[0]


def messages(page: str, ident: str) -> list[str]:
    return re.findall(rf'<li id="{ident}">(.*?)</li>', page)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"lat": "41..4", "lon": "75,99"}, {"lat"}),
        ({"lat": "41.4", "lon": "abc"}, {"lon"}),
        ({"lat": "nan", "lon": ""}, {"lat", "lon"}),
        ({"place": " "}, {"place"}),
        ({"place": "Нарын", "kind": "banana"}, set()),
    ],
)
def test_only_the_wrong_field_is_marked_and_told(client: FlaskClient, typed: dict[str, str], wrong: set[str]) -> None:
    answer = search(client, "ru", **typed)
    assert answer.status_code == 400
    for name in ("place", "lat", "lon"):
        marked = f'aria-invalid="true" aria-describedby="wrong-{name}"' in field(answer.text, name)
        assert marked == (name in wrong) == bool(messages(answer.text, f"wrong-{name}"))
        assert ("aria-invalid" in field(answer.text, name)) == (name in wrong)
    if "lat" in typed:
        assert '<details class="by-numbers" open>' in answer.text


def test_what_was_typed_as_a_position_stays(client: FlaskClient) -> None:
    page = search(client, "ky", lat='41"<b>', lon="75,99", place="Нарын").text
    assert 'value="41&#34;&lt;b&gt;"' in field(page, "lat")
    assert 'value="75,99"' in field(page, "lon")
    assert 'value="Нарын"' in field(page, "place")


def test_an_empty_form_marks_nothing(client: FlaskClient) -> None:
    page = client.get("/ru/search").text
    assert "aria-invalid" not in page
    assert 'value=""' in field(page, "lat")


def test_the_form_page_is_headed_by_a_noun_and_its_button_by_a_verb(client: FlaskClient) -> None:
    page = client.get("/ru/search").text
    assert "<h1>Поиск</h1>" in page
    assert ">Найти</button>" in page
