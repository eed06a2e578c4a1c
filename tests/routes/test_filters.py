"""Filters: a plain form that narrows the list, remembers what was chosen and can be cleared."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from legalmap.model import Timetable
from legalmap.routes import asking
from tests.served import SiteMaker, a_center, search

ALWAYS = Timetable(text="24/7", weekly=((0, 10080),))
WANTED = {
    "kind": ("notary", {"kind": "notary"}),
    "topic": ("land", {"topics": ("land",)}),
    "group": ("women", {"groups": ("women",)}),
    "access": ("wheelchair", {"access": ("wheelchair",)}),
    "language": ("uz", {"languages": ("uz",)}),
    "open": ("1", {"hours": ALWAYS}),
    "free": ("1", {"fee": "mixed"}),
    "verified": ("1", {"verified_on": "2026-01-01", "verified_by": "phone"}),
}


@pytest.mark.parametrize("name", WANTED)
def test_each_filter_leaves_only_what_fits(site: SiteMaker, name: str) -> None:
    value, fields = WANTED[name]
    client = site(a_center(1001), a_center(1002, **fields))
    assert "Example 1001" in search(client, "en", place="Naryn").text
    page = search(client, "en", place="Naryn", **{name: value}).text
    assert "Example 1002" in page
    assert "Example 1001" not in page


def test_the_form_offers_every_value_and_keeps_what_was_chosen(client: FlaskClient) -> None:
    page = search(client, "ru", place="Нарын", kind="notary", topic=["land", "violence"], free="1").text
    for name, values in asking.CHOICES.items():
        for value in values:
            checked = " checked" if value in ("notary", "land", "violence") and name in ("kind", "topic") else ""
            assert f'<input type="checkbox" name="{name}" value="{value}"{checked}>' in page
    assert '<input type="checkbox" name="free" value="1" checked>' in page
    assert '<input type="checkbox" name="open" value="1">' in page
    assert "Сбросить" in page


def test_a_topic_is_named_softly(client: FlaskClient) -> None:
    page = search(client, "ru", place="Нарын").text
    assert "Дома небезопасно" in page
    assert "насилие" not in page.lower()


def test_filters_that_leave_nothing_say_so_in_words(client: FlaskClient) -> None:
    page = search(client, "ky", place="Нарын", language="zh")
    assert page.status_code == 200
    assert "Тандооңузга ылайык жер жок" in page.text


@pytest.mark.parametrize("name", [*asking.CHOICES, *asking.FLAGS, "k", "place_id"])
def test_an_unknown_value_is_named_and_the_form_is_there(client: FlaskClient, name: str) -> None:
    answer = search(client, "ky", place="Нарын", **{name: "banana"})
    assert answer.status_code == 400
    assert "Муну оңдоңуз" in answer.text
    assert 'name="place" value="Нарын"' in answer.text
    assert "banana" not in answer.text


def test_query_parameters_are_never_read(client: FlaskClient) -> None:
    assert "Canaryville" not in client.get("/ky/search?place=Canaryville&kind=notary").text
