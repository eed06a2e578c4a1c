"""Filters: a plain form that narrows the list, remembers what was chosen and can be cleared."""

from __future__ import annotations

import re

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


def boxes(page: str) -> set[tuple[str, str]]:
    return set(re.findall(r'<input type="checkbox" name="(\w+)" value="(\w+)"', page))


def test_the_form_keeps_what_was_chosen_and_unfolds_it(client: FlaskClient) -> None:
    page = search(client, "ru", place="Нарын", kind="flac", topic=["land", "violence"], free="1").text
    for name, value in (("kind", "flac"), ("topic", "land"), ("topic", "violence"), ("free", "1")):
        assert f'<input type="checkbox" name="{name}" value="{value}" checked>' in page
    assert '<input type="checkbox" name="kind" value="ngo">' in page
    assert page.count('<details class="group" open>') == 2
    assert "Сбросить" in page


def test_the_form_offers_what_some_listed_center_has_and_nothing_else(site: SiteMaker) -> None:
    client = site(
        a_center(1001, kind="notary", topics=("land",), fee="mixed"),
        a_center(1002, point=None, groups=("older",), languages=("uz",), access=("wheelchair",)),
        a_center(1003, kind="court", status="closed", topics=("debt",), verified_on="2026-01-01", hours=ALWAYS),
        a_center(1004, kind="helpline", topics=("criminal",), hours=ALWAYS, verified_on="2026-01-01", point=None),
        a_center(1005, kind="aksakal_court", topics=("violence", "family")),
        a_center(1006, kind="advocate", status="suspended", hours=ALWAYS),
    )
    assert boxes(search(client, "ru", place="Нарын").text) == {
        ("kind", "notary"), ("kind", "advocate"), ("kind", "aksakal_court"), ("topic", "land"), ("topic", "family"),
        ("group", "older"), ("language", "uz"), ("access", "wheelchair"), ("free", "1"),
    }  # fmt: skip


@pytest.mark.parametrize("name", WANTED)
def test_a_filter_is_offered_as_soon_as_one_center_fits_it(site: SiteMaker, name: str) -> None:
    value, fields = WANTED[name]
    assert (name, value) in boxes(search(site(a_center(1001, **fields)), "en", place="Naryn").text)


def test_a_new_edition_is_offered_anew(site: SiteMaker, client: FlaskClient) -> None:
    other = site(a_center(1001, kind="notary"))
    for _ in range(2):
        assert ("kind", "notary") in boxes(search(other, "ky", place="Нарын").text)
        assert ("kind", "notary") not in boxes(search(client, "ky", place="Нарын").text)


def test_the_form_can_be_sent_from_its_top_and_from_its_end(client: FlaskClient) -> None:
    page = search(client, "ru", place="Нарын").text
    form = page.split('<details class="filters">')[1].split("</form>")[0]
    buttons = [found.start() for found in re.finditer('type="submit"', form)]
    assert len(buttons) == 2
    assert buttons[0] < form.index('type="checkbox"') < form.rindex('type="checkbox"') < buttons[1]


def test_nothing_fits_is_said_only_when_nothing_fits(site: SiteMaker) -> None:
    client = site(
        a_center(1001, kind="notary", point=None),
        a_center(1002, kind="ngo", point=None, oblast="KG-B"),
        a_center(1003, kind="flac"),
    )
    nothing, none_placed = "По вашему выбору ничего не нашлось", "С известным местом ничего нет, смотрите ниже."
    for kind in ("notary", "ngo"):
        page = search(client, "ru", place="Нарын", kind=kind).text
        assert none_placed in page
        assert nothing not in page
    assert '<details class="far" open>' in page
    assert none_placed not in search(client, "ru", place="Нарын", kind="flac").text
    page = search(client, "ru", place="Нарын", kind="court").text
    assert f"{nothing}. Уберите часть условий или спросите: 114." in page
    assert none_placed not in page


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
