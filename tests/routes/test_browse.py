"""Browsing: from every oblast over its rayons each place is reached by links, and no hidden center by any of them."""

from __future__ import annotations

import csv
import html
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

from legalmap.directory.edition import Directory
from legalmap.directory.nearest import Nearest
from legalmap.model import OBLASTS, Center, Localized, Place, Point, Rayon
from tests.served import SiteMaker, a_center, search


def a_place(id: int, name: str, rayon: str = "", lat: float = 42.2, **fields: object) -> Place:
    given: dict[str, object] = {"oblast": "KG-N", "point": Point(lat=lat, lon=75.7), "feature": "PPL"}
    return Place(id=str(id), names=Localized(ky=name, ru=name, en=name), rayon=rayon, **(given | fields))  # type: ignore[arg-type]


def a_rayon(id: str, name: str, seat: str = "", oblast: str = "KG-N") -> Rayon:
    return Rayon(id=id, names=Localized(ky=name, ru=name, en=name), oblast=oblast, seat=seat)


TOWN = a_place(1, "Naryn", lat=41.4, feature="PPLA", population=40_000)
SEAT = a_place(2, "Kochkor", "kochkor", feature="PPLA2")
VILLAGES = tuple(
    a_place(10 + at, name, "kochkor", 42.0 + at / 50)
    for at, name in enumerate(("Tendik", "Ara-Kol", "Mantysh", "Ara-Kol"))
)
LOST = a_place(30, "Kara-Suu", lat=41.5)
ASTRAY = a_place(31, "Elsewhere", "alay", lat=41.6)
BISHKEK = a_place(40, "Bishkek", lat=42.87, oblast="KG-GB", feature="PPLC", population=900_000)
PLACES = (TOWN, SEAT, *VILLAGES, LOST, ASTRAY, BISHKEK)
RAYONS = (
    a_rayon("kochkor", "Kochkor district", "2"), a_rayon("naryn", "Naryn district", "1"),
    a_rayon("empty", "Empty district"), a_rayon("alay", "Alay district", oblast="KG-O"),
    a_rayon("lenin", "Leninsky district", oblast="KG-GB"),
)  # fmt: skip


@pytest.fixture
def browse(site: SiteMaker) -> SiteMaker:
    def make(*centers: Center) -> FlaskClient:
        return site(*centers, places=PLACES, rayons=RAYONS)

    return make


def main(client: FlaskClient, path: str, lang: str = "en") -> str:
    """What a page of places says, without head, numbers and footer."""
    answer = client.get(f"/{lang}/places{path}")
    assert answer.status_code == 200, path
    return html.unescape(answer.text.split('<main id="main"')[1].split("</main>")[0]).replace("\N{NO-BREAK SPACE}", " ")


def linked(page: str) -> list[str]:
    """The ids of the places a page links, in its order."""
    return re.findall(r'href="/\w\w/places/(\d+)"', page)


def crawl(client: FlaskClient, lang: str = "ky") -> dict[str, str]:
    """Every page of places that links lead to from /places, by its path behind that."""
    pages: dict[str, str] = {}
    waiting = [""]
    while waiting:
        path = waiting.pop()
        if path not in pages:
            pages[path] = main(client, path, lang)
            waiting += re.findall(rf'href="/{lang}/places(/[^"#]*)"', pages[path])
    return pages


def test_an_oblast_shows_its_towns_its_rayons_with_counts_and_what_belongs_nowhere(browse: SiteMaker) -> None:
    page = main(browse(a_center(1001, place_id=SEAT.id), a_center(1002, rayon="kochkor")), "/kg-n")
    assert linked(page) == [TOWN.id]
    rows = re.findall(r'href="/en/places/kg-n/([\w-]+)"><b>(.*?)</b> <span>(.*?)</span>', page)
    assert rows == [
        ("empty", "Empty district", "places not known"),
        ("kochkor", "Kochkor district", "5 places · 2 centers"),
        ("naryn", "Naryn district", "places not known"),
        ("other", "District not known", "2 places"),
    ]


def test_a_rayon_shows_its_seat_first_then_its_places_in_alphabetical_order(browse: SiteMaker) -> None:
    page = main(browse(), "/kg-n/kochkor")
    assert linked(page) == ["2", "11", "13", "12", "10"]
    assert "<span>seat of the district</span>" in page


def test_places_in_a_list_stand_in_the_order_of_its_language(site: SiteMaker) -> None:
    names = ("Оргочор", "Өрнөк", "Пионер", "Ёлкин", "Ельцово", "Еж")
    client = site(places=tuple(a_place(50 + at, name, "kochkor") for at, name in enumerate(names)), rayons=RAYONS)
    orders = [re.findall("<b>(.*?)</b>", main(client, "/kg-n/kochkor", lang))[-len(names) :] for lang in ("ky", "ru")]
    assert orders[0] == ["Еж", "Ельцово", "Ёлкин", "Оргочор", "Өрнөк", "Пионер"]
    assert orders[1] == ["Еж", "Ёлкин", "Ельцово", "Оргочор", "Өрнөк", "Пионер"]


def test_two_of_one_name_in_a_rayon_are_told_apart_by_the_nearest_town(browse: SiteMaker) -> None:
    notes = re.findall(r"<b>Ara-Kol</b>\s*<span>(.*?)</span>", main(browse(), "/kg-n/kochkor"))
    assert notes == ["near Kochkor, 20 km", "near Kochkor, 16 km"]


def test_a_place_of_unknown_rayon_is_told_by_the_nearest_town(browse: SiteMaker) -> None:
    client = browse()
    page = main(client, "/kg-n/other")
    assert linked(page) == [ASTRAY.id, LOST.id]
    assert "near Naryn, 11 km" in page
    assert "straight line" in page
    for lang, words in (("ky", "Эң жакыны: Naryn, 11 км"), ("ru", "Ближе всего: Naryn, 11 км")):
        assert words in main(client, f"/{LOST.id}", lang)
    assert "near" not in main(client, f"/{SEAT.id}").split("</h1>")[1].split("<form")[0]


def test_every_place_stands_on_one_page_and_counts_add_up(browse: SiteMaker) -> None:
    pages = crawl(browse())
    stands = Counter(id for path, page in pages.items() if path.startswith("/kg-") for id in linked(page))
    # Naryn is a town of no rayon, the seat of one without known places, and where to look from for another
    assert stands == Counter({place.id: 1 for place in PLACES} | {TOWN.id: 3, BISHKEK.id: 2})
    assert {f"/{place.id}" for place in PLACES} <= set(pages)


@pytest.mark.parametrize(
    "path", ["/kg-n/nowhere", "/kg-n/alay", "/kg-o/kochkor", "/kg-n/KOCHKOR", "/kg-gb/other", "/kg-x/kochkor", "/99"]
)
def test_what_is_no_rayon_of_the_oblast_is_not_found(browse: SiteMaker, path: str) -> None:
    assert browse().get(f"/en/places{path}").status_code == 404


@pytest.mark.parametrize(("path", "place"), [("/kg-n/naryn", TOWN), ("/kg-n/empty", TOWN), ("/kg-gb/lenin", BISHKEK)])
def test_a_rayon_without_known_places_leads_to_its_seat_or_the_oblasts_largest(
    browse: SiteMaker, path: str, place: Place
) -> None:
    page = main(browse(), path)
    assert "No places of this district are known yet" in page
    assert linked(page) == [place.id]


def test_a_rayon_leads_on_to_places_that_may_belong_to_it(browse: SiteMaker) -> None:
    client = browse()
    assert 'href="/en/places/kg-n/other"' in main(client, "/kg-n/kochkor")
    assert "/kg-gb/other" not in main(client, "/kg-gb/lenin")


def test_a_rayon_shows_its_centers_and_those_without_a_point(browse: SiteMaker) -> None:
    page = main(
        browse(a_center(1001, rayon="kochkor"), a_center(1002, place_id="12"), a_center(1003, rayon="naryn"),
               a_center(1004, place_id="12", rayon="naryn"), a_center(1005, rayon="kochkor", point=None),
               a_center(1006, rayon="kochkor", status="closed")),
        "/kg-n/kochkor",
    )  # fmt: skip
    here, unplaced = page.split("Without a place on the map yet")
    assert re.findall(r"Example (\d+)", here) == ["1001", "1002"]
    assert set(re.findall(r"Example (\d+)", unplaced)) == {"1005"}


def test_the_center_of_a_rayon_stands_apart_and_only_once(browse: SiteMaker) -> None:
    client = browse(
        a_center(1001, rayon="kochkor"), a_center(1002, area=("kochkor",), rayon="kochkor"),
        a_center(1003, area=("KG-N",)), a_center(1004, area=("country",)),
    )  # fmt: skip
    own, here = main(client, "/kg-n/kochkor").split("Centers here")
    assert '<h2 id="own">The center of your district</h2>' in own
    assert set(re.findall(r"Example (\d+)", own)) == {"1002"}
    assert re.findall(r"Example (\d+)", here) == ["1001"]
    assert "Районуңуздун борбору" in main(client, "/kg-n/kochkor", "ky")
    assert "your district" not in main(client, "/kg-n/naryn")


def test_a_hidden_center_is_found_by_its_oblast_alone(browse: SiteMaker) -> None:
    hidden = {"kind": "shelter", "show_location": "no", "point": None}
    client = browse(
        a_center(1001, area=("kochkor",), **hidden), a_center(1002, rayon="kochkor", place_id="2", **hidden)
    )
    for path, page in crawl(client, "en").items():
        shown = set(re.findall(r"/centers/(\d+)", page))
        if re.fullmatch(r"/kg-\w+/[\w-]+", path):
            assert shown == set(), path
            assert not re.search(r"\d centers?\b", page), path
        elif path == "/kg-n":
            assert shown == {"1001", "1002"}
            assert not re.search(r"\d centers?\b", page)


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("/kg-n", ["All oblasts"]),
        ("/kg-n/kochkor", ["All oblasts", "Naryn oblast"]),
        ("/kg-n/other", ["All oblasts", "Naryn oblast"]),
        ("/2", ["All oblasts", "Naryn oblast", "Kochkor district"]),
        ("/1", ["All oblasts", "Naryn oblast"]),
        ("/30", ["All oblasts", "Naryn oblast", "District not known"]),
        ("/31", ["All oblasts", "Naryn oblast", "District not known"]),
    ],
)
def test_each_page_leads_back_step_by_step(browse: SiteMaker, path: str, steps: list[str]) -> None:
    client = browse()
    trail = re.findall(r'<a href="(.*?)">(.*?)</a>', main(client, path).split("</nav>")[0])
    assert [name for _, name in trail] == steps
    assert all(client.get(address).status_code == 200 for address, _ in trail)
    if path.count("/") == 1 and not path.startswith("/kg"):
        assert path.removeprefix("/") in linked(client.get(trail[-1][0]).text)


def test_a_page_of_places_has_a_neutral_title_and_the_switch_stays_on_it(browse: SiteMaker) -> None:
    page = browse().get("/en/places/kg-n/kochkor").text
    assert "<title>Jakyn – places</title>" in page
    assert 'href="/ky/places/kg-n/kochkor"' in page


def test_a_long_list_has_headings_that_its_letters_lead_to(site: SiteMaker) -> None:
    names = [f"Ка{letter}{at}" for letter in "абв" for at in range(9)] + [f"Ко{at}" for at in range(9)] + ["Арал", "Ат"]
    client = site(places=tuple(a_place(100 + at, name, "kochkor") for at, name in enumerate(names)), rayons=RAYONS)
    page = main(client, "/kg-n/kochkor", "ky")
    leads = re.findall(r'<a href="#(l\d+)">(.*?)</a>', page)
    assert [letters for _, letters in leads] == ["А", "Ка", "Ко"]
    assert [(id, letters) for id, letters in re.findall(r'<h2 id="(l\d+)">(.*?)</h2>', page)] == leads
    assert len(linked(page)) == len(names)


def test_a_hostile_name_is_shown_as_text_on_every_page_of_places(site: SiteMaker) -> None:
    name = "<script>alert(1)</script>{{7*7}}"
    places = (a_place(1, name, "kochkor"), a_place(2, name, feature="PPLA"), a_place(3, name))
    client = site(places=places, rayons=(a_rayon("kochkor", name, "1"),))
    for path in ("/kg-n", "/kg-n/kochkor", "/kg-n/other", "/1", "/2", "/3"):
        text = client.get(f"/en/places{path}").text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in text


def test_without_any_place_or_rayon_an_oblast_says_so(site: SiteMaker) -> None:
    assert "No places are known here yet" in main(site(places=()), "/kg-t")


def test_all_of_the_sample_is_reached_by_links(client: FlaskClient) -> None:
    places = client.application.extensions["editions"].current().places
    assert {f"/{id}" for id in places.by_id} <= set(crawl(client))


def large_gazetteer(known: Directory) -> Iterator[Place]:
    """The shipped places, then all others of a large gazetteer; one without an oblast takes that of its neighbor."""
    yield from known.places.by_id.values()
    path = Path(os.environ["LEGALMAP_TESTDATA"]) / "wof_kg_localities.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["geonameid"] not in known.places.by_id]
    points = [Point(lat=float(row["lat"]), lon=float(row["lon"])) for row in rows]
    oblasts = [ADMIN1.get(row["admin1"], "") for row in rows]
    sure = [at for at, oblast in enumerate(oblasts) if oblast]
    nearest = Nearest([points[at] for at in sure], [rows[at]["wof_id"] for at in sure])
    for row, point, oblast in zip(rows, points, oblasts, strict=True):
        yield Place(
            id=row["geonameid"] or row["wof_id"], point=point, feature=row["feature_code"],
            names=Localized(ky=row["name_ky"], ru=row["name_ru"], en=row["name"]),
            oblast=oblast or oblasts[sure[nearest.find(point, 1)[0][0]]], population=int(row["population"] or 0),
        )  # fmt: skip


ADMIN1 = {
    "01": "KG-GB",
    "02": "KG-C",
    "03": "KG-J",
    "04": "KG-N",
    "06": "KG-T",
    "07": "KG-Y",
    "08": "KG-O",
    "09": "KG-B",
}


@pytest.mark.skipif(
    "LEGALMAP_TESTDATA" not in os.environ,
    reason="LEGALMAP_TESTDATA is not set; it names the folder that holds wof_kg_localities.csv",
)
def test_every_place_of_a_large_gazetteer_is_reached_once_by_links_of_small_pages(
    client: FlaskClient, site: SiteMaker
) -> None:
    sample = client.application.extensions["editions"].current()
    places = {place.id: place for place in large_gazetteer(sample)}
    assert len(places) > 2_400
    large = site(*sample.centers, places=tuple(places.values()), rayons=tuple(sample.rayons.values()))
    pages = crawl(large)
    assert {f"/{id}" for id in places} <= set(pages)
    for code in OBLASTS:
        of_oblast = {path: page for path, page in pages.items() if path.startswith(f"/{code.lower()}")}
        assert {id for page in of_oblast.values() for id in linked(page) if places[id].oblast == code} == {
            id for id, place in places.items() if place.oblast == code
        }
        counted = sum(int(found) for found in re.findall(r"<span>(\d+) жер\b", of_oblast[f"/{code.lower()}"]))
        towns = linked(of_oblast[f"/{code.lower()}"])
        assert counted + len(towns) == sum(place.oblast == code for place in places.values())
    for path in pages:
        if path.count("/") == 2:
            assert len(brotli.compress(large.get(f"/ky/places{path}").data)) < 20_000


def test_a_rayon_that_is_typed_leads_to_its_page(client: FlaskClient) -> None:
    for text in ("Кочкор району", "Кочкорский р-н", "Kochkor rayon"):
        page = search(client, "ky", place=text).text
        assert 'href="/ky/places/kg-n/kochkor"' in page, text
        assert "<h1>Кочкор району</h1>" in page, text
        assert "Кочкор" not in page.split("</title>")[0]
    village = search(client, "ru", place="Кочкор").text
    assert 'href="/ru/places/kg-n/kochkor">Весь район: Кочкорский район</a>' in village
    assert "Весь район" not in search(client, "ru", place="Каракол").text
