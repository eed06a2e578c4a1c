"""Where a row's center is: oblast, rayon and settlement in any language and spelling, never guessed."""

from __future__ import annotations

import pytest

from legalmap.desk.gazetteer import Gazetteer, shipped
from legalmap.model import LANGS, Localized, Place, Point, Rayon
from legalmap.rayons import Rayons
from legalmap.wording import word
from tests.desk.conftest import TestDesk, codes
from tests.desk.test_import import row, rows


def village(number: int, name: str, rayon: str = "", oblast: str = "KG-N", lat: float = 41.5, **more: int) -> Place:
    names = Localized(ky=name, ru=name)
    return Place(
        id=str(number), names=names, oblast=oblast, rayon=rayon, point=Point(lat=lat, lon=75.5), feature="PPL",
        population=more.get("population", 0),
    )  # fmt: skip


@pytest.fixture
def namesakes(desk: TestDesk) -> TestDesk:
    """A desk whose gazetteer has three villages of one name in one oblast."""
    known = shipped()
    own = [
        village(101, "Ак-Булак", "kochkor", lat=42.0),
        village(102, "Ак-Булак", "jumgal", lat=41.8),
        village(103, "Ак-Булак", lat=41.2),
    ]
    desk.use(Gazetteer([*known.places.by_id.values(), *own], known.rayons.values()))
    return desk


@pytest.mark.parametrize(
    ("written", "rayon"),
    [
        ("Кочкор району", "kochkor"), ("Кочкорский р-н", "kochkor"), ("кочкорского района", "kochkor"),
        ("Kochkorskiy rayon", "kochkor"), ("kochkor", "kochkor"), ("Кочкорский район Нарынской области", "kochkor"),
        ("ат башы", "at-bashy"), ("Атбашинский", "at-bashy"), ("At-Bashi district", "at-bashy"),
        ("Ак Тала", "ak-talaa"),
        ("Джумгальский", "jumgal"), ("Жумгал р-ну", "jumgal"), ("Нарынский район", "naryn"),
    ],
)  # fmt: skip
def test_a_rayon_is_known_by_the_names_people_write(desk: TestDesk, written: str, rayon: str) -> None:
    report = desk.bring(rows(row(rayon=written)))
    assert codes(report) == []
    assert desk.records["a1"].cells["rayon"] == desk.directory.by_id["a1"].rayon == rayon


def test_every_rayon_is_found_by_every_name_it_has() -> None:
    rayons = shipped().rayons
    for rayon in rayons.values():
        for name in (*(getattr(rayon.names, lang) for lang in LANGS), *rayon.aliases, rayon.id):
            assert [found.id for found in rayons.named(name, rayon.oblast)] == [rayon.id], name


@pytest.mark.parametrize(
    ("written", "oblast", "rayon"),
    [
        ("Кара-Бууринский", "KG-T", "aitmatov"), ("Калининский район", "KG-C", "jayyl"),
        ("Ленинпольский", "KG-T", "bakay-ata"),
        ("Ленинский р-н г. Бишкек", "KG-GB", "lenin"), ("Первомайский район", "KG-GB", "birinchi-may"),
        ("Ыссык-Ата", "KG-C", "ysyk-ata"), ("Өзгөн", "KG-O", "uzgen"), ("Кара-Кульджинский р-н", "KG-O", "kara-kulja"),
    ],
)  # fmt: skip
def test_former_names_and_districts_of_the_capital_are_rayons_too(written: str, oblast: str, rayon: str) -> None:
    assert shipped().rayon(written, oblast) == rayon


@pytest.mark.parametrize(
    "written", ["Кочкр", "Каракчик", "ул Пингвин 12", "{value}", "р-н", "1", "'; DROP TABLE centers"]
)
def test_an_unknown_rayon_refuses_the_row_and_names_candidates_in_the_readers_language(
    desk: TestDesk, written: str
) -> None:
    report = desk.bring(rows(row(rayon=written)))
    (problem,) = report.plan.problems
    assert (report.outcome, problem.code, problem.value) == ("row_error", "rayon_unknown", written)
    assert "Кочкор району (Нарын облусу)" in word(problem, "ky")
    assert "Кочкорский район (Нарынская область)" in word(problem, "ru")
    assert "Kochkor district" in word(problem, "en")
    assert desk.records == {}


def test_a_rayon_of_another_oblast_refuses_the_row(desk: TestDesk) -> None:
    report = desk.bring(rows(row(rayon="Тюпский район")))
    (problem,) = report.plan.problems
    assert problem.code == "rayon_elsewhere"
    assert "Тюпский район" in word(problem, "ru")
    assert "Иссык-Кульская" in word(problem, "ru")
    assert desk.bring(rows(row(oblast="KG-O", rayon="Кара-Суу", settlement="Кара-Суу"))).applied
    # Osh city is written under its oblast's rayon by many
    assert desk.bring(rows(row(id="a2", oblast="KG-GO", rayon="Кара-Суу", settlement="Ош"))).applied


@pytest.mark.parametrize(
    ("written", "oblast"), [("г. Каракол", "KG-Y"), ("Каракол ш.", "KG-Y"), ("Бишкек", "KG-GB"), ("Токмок", "KG-C")]
)
def test_a_town_of_no_rayon_in_the_rayons_column_leaves_it_empty_and_says_so(
    desk: TestDesk, written: str, oblast: str
) -> None:
    report = desk.bring(rows(row(oblast=oblast, rayon=written)))
    assert (codes(report), report.applied) == (["rayon_of_town"], True)
    assert desk.records["a1"].cells["rayon"] == ""


def test_a_name_of_several_rayons_is_a_question_unless_the_oblast_decides(desk: TestDesk) -> None:
    def rayon(name: str, oblast: str) -> Rayon:
        return Rayon(id=name, names=Localized(ky=f"{name} району"), oblast=oblast, aliases=("Ленинский район",))

    desk.use(Gazetteer([], [rayon("nooken", "KG-J"), rayon("lenin", "KG-GB")]))
    asked = desk.bring(rows(row(oblast="", rayon="Ленинский", area="country")))
    assert (asked.outcome, codes(asked, "question")) == ("ask", ["rayon_ambiguous"])
    assert "nooken району" in word(asked.plan.problems[0], "ky")
    accepted = desk.bring(rows(row(oblast="", rayon="Ленинский", area="country")), accept=("rayon_ambiguous",))
    assert accepted.applied
    assert desk.records["a1"].cells["rayon"] == ""
    desk.bring(rows(row(oblast="KG-J", rayon="Ленинский", area="country")))
    assert desk.records["a1"].cells["rayon"] == "nooken"


def test_a_rayon_written_in_another_way_again_changes_nothing(desk: TestDesk) -> None:
    desk.bring(rows(row(rayon="Кочкорский район", settlement="Кочкор")))
    again = desk.bring(rows(row(rayon="kochkor", settlement="Кочкор")))
    assert (again.act, codes(again), again.plan.count("unchanged")) == (None, [], 1)


def test_without_geodata_a_rayon_stays_as_it_is_written(desk: TestDesk) -> None:
    desk.use(Gazetteer([], []))
    assert desk.bring(rows(row(rayon="Кочкорский район", settlement="Кочкор"))).applied
    assert desk.records["a1"].cells["rayon"] == "Кочкорский район"


@pytest.mark.parametrize(
    "written", ["Ат-Башы", "Ат-Баши", "At-Bashi", "At-Bashy", "ат башы", "АТБАШЫ", "с. Ат-Баши", "Aт-Бaшы"]
)
def test_a_settlement_is_known_in_any_language_and_spelling(desk: TestDesk, written: str) -> None:
    desk.bring(rows(row(settlement=written)))
    center = desk.directory.by_id["a1"]
    assert (center.place_id, center.rayon, center.approximate) == ("1528796", "at-bashy", True)


def test_an_unknown_settlement_is_listed_without_a_point_and_names_candidates(desk: TestDesk) -> None:
    report = desk.bring(rows(row(settlement="Кочкр")))
    (problem,) = report.plan.problems
    assert (problem.code, problem.level, report.applied) == ("settlement_similar", "notice", True)
    assert "Кочкор (Нарын облусу, Кочкор району, 1527902)" in word(problem, "ky")
    assert desk.directory.by_id["a1"].point is None


def test_a_settlement_of_another_oblast_is_named_with_it(desk: TestDesk) -> None:
    report = desk.bring(rows(row(settlement="Каракол")))
    (problem,) = report.plan.problems
    assert problem.code == "settlement_similar"
    assert "Каракол (Иссык-Кульская область, 1528121)" in word(problem, "ru")


def test_namesakes_are_a_question_with_rayons_and_numbers(namesakes: TestDesk) -> None:
    report = namesakes.bring(rows(row(settlement="Акбулак")))
    (problem,) = report.plan.at("question")
    assert problem.code == "settlement_ambiguous"
    assert "Ак-Булак (Нарын облусу, Кочкор району, 101)" in word(problem, "ky")
    assert "Ак-Булак (Нарынская область, ближе всего: Ат-Баши, 25 км, 103)" in word(problem, "ru")


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ({"rayon": "Кочкор"}, "101"),
        ({"rayon": "Жумгал"}, "102"),
        ({"rayon": "Ат-Башы"}, "103"),  # the one whose rayon nobody knows; the others lie in other rayons
        ({"settlement": "Ак-Булак (102)"}, "102"),
        ({"settlement": "103"}, "103"),
        ({"lat": "41.81", "lon": "75.51"}, "102"),
    ],
)
def test_rayon_number_or_own_point_say_which_namesake_is_meant(
    namesakes: TestDesk, cells: dict[str, str], place: str
) -> None:
    report = namesakes.bring(rows(row(**{"settlement": "Ак-Булак"} | cells)))
    assert codes(report, "question") == []
    center = namesakes.directory.by_id["a1"]
    assert (center.place_id, center.settlement) == (place, "Ак-Булак")


def test_a_point_that_is_not_public_chooses_no_public_place(namesakes: TestDesk) -> None:
    cells = row(show_location="settlement", settlement="Ак-Булак", lat="41.81", lon="75.51")
    assert codes(namesakes.bring(rows(cells)), "question") == ["settlement_ambiguous"]
    namesakes.bring(rows(cells), accept=("settlement_ambiguous",))
    assert namesakes.directory.by_id["a1"].point is None


def test_a_namesake_in_another_rayon_is_another_place(desk: TestDesk) -> None:
    desk.use(Gazetteer([village(101, "Ак-Булак", "jumgal")], shipped().rayons.values()))
    report = desk.bring(rows(row(settlement="Ак-Булак", rayon="Кочкор")))
    assert codes(report) == ["settlement_similar"]
    assert desk.directory.by_id["a1"].point is None


def test_a_hidden_settlement_given_by_its_number_is_hidden_by_name_too(desk: TestDesk) -> None:
    report = desk.bring(rows(row(show_location="no", settlement="1528121", oblast="KG-Y", name_ru="Дом Каракол")))
    assert codes(report, "error") == ["hidden_word_public"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"name_ky": "Ємїрбек борбору"}, "Өмүрбек борбору"),
        ({"name_ky": "Кеўеш борбору"}, "Кеңеш борбору"),
        ({"name_ky": "Жаўы Кїч", "address": "Тынчтык кєчєсї"}, "Жаңы Күч"),
    ],
)
def test_letters_of_an_old_font_are_put_right_and_shown(desk: TestDesk, given: dict[str, str], kept: str) -> None:
    report = desk.bring(rows(row(**given)))
    assert "old_font_repaired" in codes(report, "notice")
    assert desk.records["a1"].cells["name_ky"] == kept
    again = desk.bring(rows(row(**given)))
    assert (again.act, codes(again)) == (None, [])


@pytest.mark.parametrize("name", ["Центр «Єдність» міста Бішкек", "Ўзбекистон кўчаси", "Беларускі цэнтр ў Бішкеку"])
def test_ukrainian_uzbek_and_belarusian_names_stay(desk: TestDesk, name: str) -> None:
    report = desk.bring(rows(row(name_ru=name)))
    assert "old_font_repaired" not in codes(report)
    assert desk.records["a1"].cells["name_ru"] == name


def test_no_text_makes_the_search_for_rayons_fail() -> None:
    rayons = Rayons(shipped().rayons.values())
    for text in ("", " ", "\x00", "район", "р-н р-н", "ё" * 10_000, "'\"{}%s", "\U0001f600", "-"):
        rayons.named(text)
        rayons.alike(text, "KG-X")
