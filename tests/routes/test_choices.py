"""Choosing among namesakes: each is told from the others, one's own is easy to find, and none is left out."""

from __future__ import annotations

import html
import re

from flask.testing import FlaskClient

from legalmap.model import OBLASTS, Localized, Place, Point, Rayon
from tests.served import SiteMaker, a_center, search

AK_SUU = Rayon(
    id="ak-suu", names=Localized(ky="Ак-Суу району", ru="Ак-Суйский район", en="Ak-Suu district"), oblast="KG-Y"
)
LAND = tuple(code for code in OBLASTS if code not in ("KG-GB", "KG-GO"))


def namesake(id: int, oblast: str = "KG-N", **fields: object) -> Place:
    given: dict[str, object] = {"point": Point(lat=41.0 + id / 1000, lon=75.0), "feature": "PPL"}
    return Place(id=str(id), names=Localized(ky="Арал", ru="Арал", en="Aral"), oblast=oblast, **(given | fields))  # type: ignore[arg-type]


TOWN = Place(id="9000", names=Localized(ky="Балыкчы"), oblast="KG-Y", point=Point(lat=41, lon=75), population=40_000)


def ask(client: FlaskClient, lang: str = "ru", text: str = "Арал") -> str:
    page = search(client, lang, place=text).text
    return html.unescape(page.split('<main id="main"')[1].split("</main>")[0]).replace("\N{NO-BREAK SPACE}", " ")


def buttons(page: str) -> list[tuple[str, str]]:
    """(place id, what stands beside its name) of every choice, in order."""
    return re.findall(r'<button name="place_id" value="(\d+)"><b>.*?</b> <span>(.*?)</span></button>', page)


def test_each_choice_tells_oblast_and_rayon_or_else_the_nearest_town(site: SiteMaker) -> None:
    places = (TOWN, namesake(1, "KG-Y", rayon="ak-suu"), namesake(2), namesake(3, "KG-T", population=12_000))
    client = site(places=places, rayons=(AK_SUU,))
    assert dict(buttons(ask(client))) == {
        "1": "Ак-Суйский район, Иссык-Кульская область",
        "2": "Нарынская область · ближе всего: Арал, 1 км",  # the town of the name is nearer than Балыкчы
        "3": "Таласская область",
    }
    assert "эң жакыны: Арал, 1 км" in ask(client, "ky")
    assert "near Aral, 1 km" in ask(client, "en", "Aral")
    assert "Километры – по прямой" in ask(client)


def test_namesakes_of_one_rayon_are_told_apart_by_the_nearest_town(site: SiteMaker) -> None:
    places = (TOWN, namesake(100, "KG-Y", rayon="ak-suu"), namesake(200, "KG-Y", rayon="ak-suu"))
    assert [told for _, told in buttons(ask(site(places=places, rayons=(AK_SUU,))))] == [
        "Ак-Суйский район, Иссык-Кульская область · ближе всего: Балыкчы, 11 км",
        "Ак-Суйский район, Иссык-Кульская область · ближе всего: Балыкчы, 22 км",
    ]


def test_a_few_stay_in_the_order_of_their_rank(site: SiteMaker) -> None:
    page = ask(site(places=tuple(namesake(id, population=id) for id in range(1, 9))))
    assert [id for id, _ in buttons(page)] == ["8", "7", "6", "5", "4", "3", "2", "1"]
    assert "<details" not in page


def many() -> tuple[Place, ...]:
    villages = tuple(namesake(id, LAND[id % len(LAND)], population=id) for id in range(1, 31))
    return (*villages, namesake(500, "KG-T", population=30_000), namesake(501, "KG-GO", feature="PPLA2"))


def test_of_many_the_towns_stand_first_and_the_villages_by_oblast_none_left_out(site: SiteMaker) -> None:
    places = many()
    page = ask(site(places=places))
    assert "С таким названием 32 места." in page
    first, *folded = page.split("<details")
    assert [id for id, _ in buttons(first)] == ["500", "501"]
    names = [re.search("<summary><span><b>(.*?)</b>", part)[1] for part in folded]  # type: ignore[index]
    assert names == sorted(names)
    assert len(names) == len(LAND)
    for part, name in zip(folded, names, strict=True):
        ids = [int(id) for id, told in buttons(part) if name in told]
        assert ids == sorted(ids, reverse=True)
        assert len(ids) == len(buttons(part)) > 3
    assert sorted(id for id, _ in buttons(page)) == sorted(place.id for place in places)


def test_every_one_of_many_is_chosen_without_a_word_in_the_address(site: SiteMaker) -> None:
    client = site(a_center(1001), places=many())
    for id, _ in buttons(ask(client)):
        answer = client.post("/ru/search", data={"place_id": id})
        assert re.fullmatch(r"/ru/found/[\w=-]+", answer.headers["Location"])
        assert "<h1>Арал: ближайшее место</h1>" in client.get(answer.headers["Location"]).text


def test_a_place_of_no_known_oblast_can_still_be_chosen(site: SiteMaker) -> None:
    places = (*many(), namesake(600, ""), TOWN)
    page = ask(site(places=places))
    assert "Область неизвестна" in page
    assert [told for id, told in buttons(page) if id == "600"] == ["ближе всего: Арал, 11 км"]


def test_names_alike_tell_oblast_and_rayon_too(site: SiteMaker) -> None:
    page = ask(site(places=(TOWN, namesake(1, "KG-Y", rayon="ak-suu")), rayons=(AK_SUU,)), text="Аралл")
    assert "Такое место не найдено" in page
    assert buttons(page) == [("1", "Ак-Суйский район, Иссык-Кульская область")]


def test_a_former_name_stands_beside_the_one_of_today(site: SiteMaker) -> None:
    former = Place(id="1", names=Localized(ky="Кызыл-Суу"), oblast="KG-Y", point=TOWN.point, aliases=("Покровка",))
    today = Place(id="2", names=Localized(ky="Покровка"), oblast="KG-T", point=TOWN.point)
    page = ask(site(places=(former, today)), text="Покровка")
    assert re.findall("<b>(.*?)</b> <span>", page) == ["Кызыл-Суу (Покровка)", "Покровка"]
