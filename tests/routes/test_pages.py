"""Pages: what each says, in every language, from a full directory to none at all."""

from __future__ import annotations

import html
import re

import brotli
import pytest
from flask.testing import FlaskClient

from legalmap import create_app
from legalmap.config import Settings
from legalmap.model import LANGS, Localized, Phone, Place, Point, Timetable
from legalmap.routes import sealing
from tests.served import EVERYTHING, NARYN, SiteMaker, a_center, search

PAGES = ("", "search", "places", "places/kg-n", "places/1527592", "phones", "tips", "about")
STEPS = {
    "": ("Жакын", "Жакын", "Jakyn"),
    "search": ("Жакын – тизме", "Жакын – список", "Jakyn – list"),
    "places": ("Жакын – жерлер", "Жакын – места", "Jakyn – places"),
    "places/kg-n": ("Жакын – жерлер", "Жакын – места", "Jakyn – places"),
    "places/1527592": ("Жакын – тизме", "Жакын – список", "Jakyn – list"),
    "phones": ("Жакын – телефондор", "Жакын – телефоны", "Jakyn – phones"),
    "tips": ("Жакын – кеңештер", "Жакын – советы", "Jakyn – tips"),
    "about": ("Жакын – сайт жөнүндө", "Жакын – о сайте", "Jakyn – about"),
    "nowhere": ("Жакын – барак жок", "Жакын – страницы нет", "Jakyn – no such page"),
}


def title(text: str) -> str:
    found = re.search(r"<title>(.*?)</title>", text)
    assert found
    return html.unescape(found[1])


@pytest.mark.parametrize("path", STEPS)
def test_every_title_is_a_neutral_step_and_the_sites_name(client: FlaskClient, path: str) -> None:
    for place, lang in enumerate(LANGS):
        answer = client.get(f"/{lang}/{path}")
        assert title(answer.text) == STEPS[path][place]
        assert f'<html lang="{lang}">' in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_carries_the_numbers_the_switch_and_the_footer(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/ru/{path}")
    assert answer.status_code == 200
    for number in ("102", "103", "112", "114", "117", "111", "115"):
        assert f'href="tel:{number}"' in answer.text
    for lang in LANGS:
        assert f'href="/{lang}/{path}"' in answer.text
    for link in ("/ru/places", "/ru/phones", "/ru/tips", "/ru/about"):
        assert f'href="{link}"' in answer.text


def test_what_happens_before_a_call_stands_beside_each_number(client: FlaskClient) -> None:
    assert "The call is recorded." in client.get("/en/").text
    assert "Сүйлөшүү жазылып алынат." in client.get("/ky/phones").text


@pytest.mark.parametrize(
    ("header", "home"),
    [("ru-RU,ru;q=0.9,en;q=0.5", "/ru/"), ("en-US", "/en/"), ("ky", "/ky/"), ("de,fr", "/ky/"), ("", "/ky/")],
)
def test_the_root_chooses_by_accept_language_without_remembering(client: FlaskClient, header: str, home: str) -> None:
    answer = client.get("/", headers={"Accept-Language": header})
    assert (answer.status_code, answer.headers["Location"]) == (302, home)
    assert "Accept-Language" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_results_are_numbered_in_the_order_of_distance(client: FlaskClient) -> None:
    page = search(client, "ky", place="нарын").text
    assert "Нарын: жакын 5 жер" in page
    assert page.count('class="num ') == 5
    kilometers = [
        float(found.replace("\xa0", "").replace(",", "."))
        for found in re.findall(r"≈ ([\d,\xa0]+) км, түз сызык", page)
    ]
    assert len(kilometers) == 5
    assert kilometers == sorted(kilometers)


def test_distances_and_counts_follow_the_language(site: SiteMaker) -> None:
    client = site(a_center(1001, point=Point(lat=41.47, lon=75.99)))
    assert "≈ 4,6 км, түз сызык менен" in search(client, "ky", place="Нарын").text
    assert "≈ 4,6 км по прямой" in search(client, "ru", place="Нарын").text
    assert "about 4.6 km, straight line" in search(client, "en", place="Naryn").text


def test_a_center_of_the_same_settlement_has_no_invented_distance(site: SiteMaker) -> None:
    client = site(a_center(1001, point=NARYN.point, approximate=True, place_id=NARYN.id))
    page = search(client, "ru", place="Нарын").text
    assert "В этом же месте" in page
    assert "Место примерное" in page
    assert "≈" not in page


@pytest.mark.parametrize(
    ("lat", "ky", "ru", "en"),
    [
        (41.4293, "Ушул эле жерде", "В этом же месте", "In the same place"),
        (41.4370, "Ушул эле жерде", "В этом же месте", "In the same place"),
        (41.4450, "≈ 2 км, түз сызык менен", "≈ 2 км по прямой", "about 2 km, straight line"),
        (41.4950, "≈ 7 км, түз сызык менен", "≈ 7 км по прямой", "about 7 km, straight line"),
    ],
)
def test_an_approximate_distance_is_told_no_finer_than_it_is(
    site: SiteMaker, lat: float, ky: str, ru: str, en: str
) -> None:
    client = site(a_center(1001, point=Point(lat=lat, lon=NARYN.point.lon), approximate=True))
    for lang, words in (("ky", ky), ("ru", ru), ("en", en)):
        assert f"<b>{words}</b>" in search(client, lang, place="Naryn").text
    told = client.post("/api/v1/nearest", json={"lat": NARYN.point.lat, "lon": NARYN.point.lon}).json
    assert told["centers"][0]["meters"] == pytest.approx((lat - NARYN.point.lat) * 111_060, rel=0.002)


def test_an_exact_distance_keeps_its_meters(site: SiteMaker) -> None:
    client = site(a_center(1001, point=Point(lat=41.4370, lon=NARYN.point.lon)))
    assert "≈ 930 м по прямой" in search(client, "ru", place="Нарын").text


def test_with_an_address_only_the_distance_is_approximate(site: SiteMaker) -> None:
    rough = {"point": Point(lat=41.5, lon=76), "approximate": True}
    client = site(a_center(1001, address=Localized(ru="ул. Ленина, 1"), **rough), a_center(1002, **rough))
    first, second = (client.get(f"/ky/centers/{number}").text for number in (1001, 1002))
    assert "Аралыгы болжолдуу" in first
    assert "Жери болжолдуу" not in first
    assert "Жери болжолдуу" in second
    page = search(client, "ru", place="Нарын").text
    assert page.count("Расстояние примерное") == page.count("Место примерное") == 1


@pytest.mark.parametrize(
    ("count", "ky", "ru", "en"),
    [
        (1, "эң жакын жер", "ближайшее место", "nearest place"),
        (2, "жакын 2 жер", "ближайшие 2 места", "nearest 2 places"),
        (5, "жакын 5 жер", "ближайшие 5 мест", "nearest 5 places"),
        (21, "жакын 21 жер", "ближайшие 21 место", "nearest 21 places"),
    ],
)
def test_the_heading_counts_as_the_language_does(site: SiteMaker, count: int, ky: str, ru: str, en: str) -> None:
    client = site(*(a_center(1001 + index) for index in range(count)))
    for lang, words in (("ky", ky), ("ru", ru), ("en", en)):
        name = "Naryn" if lang == "en" else "Нарын"
        assert f"<h1>{name}: {words}</h1>" in search(client, lang, place=name, k="100").text
    assert f"<h1>{ru[0].upper()}{ru[1:]}</h1>" in search(client, "ru", lat="41", lon="75", k="100").text


def test_the_tips_say_how_long_a_list_can_be_opened_again(client: FlaskClient) -> None:
    for lang, words in (("ky", "15 мүнөткө чейин"), ("ru", "в течение 15 минут"), ("en", "for 15 minutes")):
        assert words in client.get(f"/{lang}/tips").text
    assert sealing.LIFETIME == 15 * 60


def test_a_stale_center_asks_people_to_call_114_first(site: SiteMaker) -> None:
    client = site(a_center(1001, source="https://example.org/x", source_date="2018"))
    page = search(client, "ky", place="Нарын").text
    assert "Барардан мурда сураңыз: 114" in page
    assert "Эскирген болушу мүмкүн." in page
    assert "Интернет барагынан (2018), текшерилген эмес" in page


def test_a_verified_center_has_its_own_number_as_the_button(site: SiteMaker) -> None:
    client = site(a_center(1001, verified_on="2026-10-12", verified_by="phone"))
    page = search(client, "ky", place="Нарын").text
    assert 'href="tel:+996352200001"' in page
    assert "+996 352 20 00 01" in page
    assert "Чалып текшерилген: 12.10.2026" in page
    assert "<span>Барардан мурда сураңыз" not in page


def test_a_hidden_center_shows_no_place_and_says_so(site: SiteMaker) -> None:
    hidden = {"kind": "shelter", "show_location": "no", "point": None}
    client = site(a_center(1001, **hidden), a_center(1002, phones=(), **hidden))
    page = search(client, "ru", place="Нарын").text
    assert "Адрес не публикуется, позвоните" in page
    assert "Номера пока нет. Спросите: 117" in page
    assert page.count("Расстояние неизвестно") >= 2
    assert "Временное жильё" in page
    assert "Приют" not in page


def test_a_suspended_center_is_marked_and_never_open(site: SiteMaker) -> None:
    always = Timetable(text="24/7", weekly=((0, 10080),))
    client = site(a_center(1001, status="suspended", hours=always, hours_verified_on="2026-11-01"))
    page = search(client, "en", place="Naryn").text
    assert "Paused" in page
    assert "Open" not in re.sub(r"Open now|OpenStreetMap|Choose what to show", "", page)
    assert "not working for now" in client.get("/en/centers/1001").text


def test_open_is_said_plainly_only_with_fresh_hours(site: SiteMaker) -> None:
    always = Timetable(text="24/7", weekly=((0, 10080),))
    client = site(a_center(1001, hours=always))
    page = search(client, "ky", place="Нарын").text
    assert "График боюнча ачык</span> · Күнү-түнү" in page


def test_a_closed_center_is_in_no_list_and_its_page_says_so(site: SiteMaker) -> None:
    client = site(a_center(1001), a_center(1002, status="closed"))
    assert "Пример 1002" not in search(client, "ru", place="Нарын").text
    page = client.get("/ru/centers/1002")
    assert page.status_code == 200
    assert "Этот центр закрыт" in page.text


def test_text_in_another_language_is_named(site: SiteMaker) -> None:
    client = site(
        a_center(1001, directions=Localized(en="behind the school"), address=Localized(bare="Ленин көчөсү 1"))
    )
    page = search(client, "ru", place="Нарын").text
    assert '<span lang="en">behind the school</span> <span class="soft">(на английском)</span>' in page
    assert '<span lang="ky">Ленин көчөсү 1</span> <span class="soft">(на кыргызском)</span>' in page


def test_centers_of_the_oblast_and_of_the_country_stand_before_the_other_unplaced(site: SiteMaker) -> None:
    client = site(
        a_center(1001, point=None, oblast="KG-B"),
        a_center(1002, point=None),
        a_center(1003, point=None, area=("country",), oblast="KG-GB"),
    )
    page = search(client, "en", place="Naryn").text
    first, rest = page.split('<details class="far">')
    assert "Example 1002" in first
    assert "Example 1003" in first
    assert "Example 1001" in rest
    assert "Example 1001" not in first


def test_a_name_of_several_places_gives_a_choice_that_keeps_the_filters(site: SiteMaker) -> None:
    twin = Place(
        id="7", names=Localized(ky="Нарын", ru="Нарын", en="Naryn"), oblast="KG-J", point=Point(lat=41, lon=72)
    )
    client = site(a_center(1001), places=(NARYN, twin))
    page = search(client, "ky", place="Нарын", free="1", kind=["notary", "advocate"]).text
    assert "Кайсынысы?" in page
    assert 'name="place_id" value="7"' in page
    assert "Жалал-Абад облусу" in page
    for hidden in ('name="free" value="1"', 'name="kind" value="notary"', 'name="kind" value="advocate"'):
        assert f'<input type="hidden" {hidden}>' in page


def test_an_unknown_name_shows_names_that_begin_alike_and_the_oblasts(client: FlaskClient) -> None:
    page = search(client, "ru", place="Нарынск").text
    assert "Такое место не найдено" in page
    assert ">Нарын</b>" in page
    assert 'href="/ru/places/kg-n"' in page


def test_a_center_without_a_point_is_on_the_page_of_its_oblast(site: SiteMaker) -> None:
    client = site(a_center(1001, point=None))
    assert "Example 1001" in client.get("/en/places/kg-n").text
    assert "Example 1001" not in client.get("/en/places/kg-b").text


def test_the_page_of_a_center_shows_the_week_and_everything_known(site: SiteMaker) -> None:
    days = tuple((day * 1440 + 540, day * 1440 + 1080) for day in range(5))
    client = site(
        a_center(
            1001,
            hours=Timetable(text="Mo-Fr 09:00-18:00", weekly=days),
            groups=("women",),
            needs=("shelter",),
            languages=("ky", "uz"),
            access=("wheelchair",),
            admission=("boys_up_to_12", "max_days_30"),
            bring=Localized(ru="Паспорт"),
            area=("KG-N", "country"),
            phones=(Phone(number="+996352200001"), Phone(number="+996352200002")),
            website="https://www.example.org/a",
        )
    )
    page = client.get("/ru/centers/1001").text
    for word in (
        "09:00–18:00",
        "закрыто",
        "Женщины",
        "Где жить",
        "Кыргызский, узбекский",
        "Можно на коляске",
        "Мальчики до 12 лет",
        "Не дольше 30 дн.",
        "Паспорт",
        "Нарынская область, Вся страна",
        "+996 352 20 00 02",
        ">example.org</a>",
    ):
        assert word in page
    assert "Пример 1001" not in title(page)


def test_a_website_that_is_not_a_web_address_is_no_link(site: SiteMaker) -> None:
    client = site(a_center(1001, website="javascript:alert(1)"))
    assert "javascript:" not in client.get("/en/centers/1001").text


def test_an_empty_directory_says_so_and_still_names_the_numbers(site: SiteMaker) -> None:
    page = search(site(), "ky", place="Нарын")
    assert page.status_code == 200
    assert "Тизмеде азырынча жер жок" in page.text
    assert 'href="tel:102"' in page.text


def test_one_center_is_enough(site: SiteMaker) -> None:
    page = search(site(a_center(1001)), "ru", place="Нарын")
    assert "<h1>Нарын: ближайшее место</h1>" in page.text


def test_without_an_edition_every_page_says_so_with_three_numbers(tmp_path) -> None:  # type: ignore[no-untyped-def]
    client = create_app(Settings(instance=tmp_path)).test_client()
    for lang in LANGS:
        for path in PAGES:
            answer = client.get(f"/{lang}/{path}")
            assert answer.status_code == 503
            for number in ("102", "103", "112"):
                assert f'href="tel:{number}"' in answer.text
    assert client.get("/livez").status_code == 200


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "{{7*7}}", "${7*7}", "`x`", "Ы" * 5000, '"><img src=x onerror=alert(1)>']
)
def test_hostile_names_are_shown_as_text(site: SiteMaker, name: str) -> None:
    texts = Localized(ky=name, ru=name, en=name)
    client = site(
        a_center(
            1001,
            names=texts,
            address=texts,
            directions=texts,
            services=texts,
            bring=texts,
            note=texts,
            source=name,
            website=name,
        ),
        a_center(1002, names=texts, kind="helpline", phones=(Phone(number="199", label=name),), point=None),
        places=(Place(id="1", names=texts, oblast="KG-N", point=Point(lat=41, lon=75), aliases=("Нарын",)),),
    )
    for answer in (
        search(client, "ky", place="Нарын"),
        client.get("/ky/centers/1001"),
        client.get("/ky/places/kg-n"),
        client.get("/ky/phones"),
    ):
        assert answer.status_code == 200
        assert str(html.escape(name).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")) in answer.text
        assert not re.search('<script(?! src="/static/start| type="application/ld)', answer.text)
        assert "<img" not in answer.text
        assert "49</" not in answer.text


TELLING = re.compile("violen|abus|victim|shelter|crisis|legal|aid|zombul|nasil|зомбул|насил", re.IGNORECASE)


def test_no_path_or_file_name_tells_what_the_site_is_about(site: SiteMaker) -> None:
    client = site(*EVERYTHING)
    public = [rule.rule for rule in client.application.url_map.iter_rules() if "staff" not in rule.rule]
    files = list(client.application.extensions["static"].hashed)
    assert len(public) > 25
    assert [name for name in (*public, *files) if TELLING.search(name)] == []
    for path in ("/ky/", "/ru/centers/1001", "/en/places/kg-n", "/ky/tips", "/ky/keep", "/ky/phones"):
        page = client.get(path).text
        assert [link for link in re.findall(r'(?:href|src|action)="([^"]*)"', page) if TELLING.search(link)] == []
        assert not re.search(r"wa\.me|sms:|mailto:|manifest|share", page)


def test_every_kind_of_card_is_drawn_in_every_language(site: SiteMaker) -> None:
    client = site(*EVERYTHING)
    for lang in LANGS:
        assert search(client, lang, place="Naryn", k="100").status_code == 200
        for center in EVERYTHING:
            assert client.get(f"/{lang}/centers/{center.number}").status_code == 200


def test_the_sites_name_is_the_operators_when_set(instance) -> None:  # type: ignore[no-untyped-def]
    client = create_app(Settings(instance=instance, name="Дарек")).test_client()
    assert title(client.get("/ru/about").text) == "Дарек – о сайте"


@pytest.mark.parametrize("lang", LANGS)
def test_home_and_results_stay_under_8_kilobytes_packed(client: FlaskClient, lang: str) -> None:
    for page in (client.get(f"/{lang}/"), search(client, lang, place="Нарын")):
        assert len(brotli.compress(page.data, quality=5)) <= 8_000
    (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', client.get(f"/{lang}/about").text)
    assert len(client.get(style, headers={"Accept-Encoding": "br"}).data) <= 4_500
