"""Spellings that people really use must meet; what is kept must stay what was meant."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalmap.letters import latin_key, repair, search_key, sort_key, sound_key, typos


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ысык кол", "Ысык-Көл"),
        ("Ысык-Кѳл", "Ысык-Көл"),
        ("Ысык-Кɵл", "Ысык-Көл"),
        ("ТОН", "Тоң"),
        ("Тоӊ", "Тоң"),
        ("Озгон", "Өзгөн"),
        ("Киев", "Киёв"),
        ("Исык-Куль", "Исык Кул"),
        ("Подъезд", "Подезд"),
        ("Ысык\u00a0Көл", "Ысык — Көл"),
        ("«Сезим»", "Сезим"),
        ("  нарын\t", "Нарын"),
        ("Hарын", "Нарын"),
        ("На\u200bрын", "Нарын"),
        (unicodedata.normalize("NFD", "Сай"), "Сай"),
        ("Ysyk-Kol", "Ysyk-Köl"),
        ("chuy", "Chüy"),
        ("O'sh", "Osh"),
        ("O‘sh", "Osh"),
        ("Oʻsh", "Osh"),
        ("Oʼsh", "Osh"),
        ("O`zgan", "Ozgan"),
        ("Qoʻrgʻon", "Qorgon"),
        ("Ўш", "Ош"),
        ("Ўзган", "Озган"),
        ("Қўрғон", "Коргон"),
        ("Ҳайдаркан", "Хайдаркан"),
        ("Sëgët", "Seget"),
        ("'Сезим'", "Сезим"),
    ],
)
def test_spellings_people_use_are_one_key(typed: str, meant: str) -> None:
    assert search_key(typed) == search_key(meant)


@pytest.mark.parametrize(("one", "other"), [("Сары", "Сари"), ("Ак-Кум", "Ак-Гум"), ("Каракол", "Кара-Көл")])
def test_names_of_different_villages_stay_apart(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("чѳйрѳдѳ", "чөйрөдө"),
        ("ЖѲБ", "ЖӨБ"),
        ("кеӊеш", "кеңеш"),
        ("үй-бүлɵлүк", "үй-бүлөлүк"),
        ("Oш шаары", "Ош шаары"),
        ("Кaрa-Кyл", "Кара-Кул"),
        ("Legal Aid", "Legal Aid"),
        ("ОсОО Legal", "ОсОО Legal"),
        ("Wi-Fi бар", "Wi-Fi бар"),
        ("бiр", "бiр"),
        ("кв.\u00a05", "кв. 5"),
        ("На\u200bрын\ufeff", "Нарын"),
        ("Қўрғон, Ҳаёт", "Қўрғон, Ҳаёт"),
        ("Oʻzbekcha, gʻisht", "Oʻzbekcha, gʻisht"),
        ("\u0438\u200b\u0306", "й"),
    ],
)
def test_text_is_kept_as_it_was_meant(written: str, kept: str) -> None:
    assert repair(written) == kept


def test_kyrgyz_order_is_that_of_the_dictionary() -> None:
    # Checked against Intl.Collator("ky").
    order = ["Нарын", "Ноокат", "Ош", "Өзгөн", "Талас", "Тоң", "Түп", "Узген", "Үч-Коргон"]
    assert sorted(sorted(order), key=lambda name: sort_key(name, "ky")) == order


def test_a_space_comes_before_every_letter_and_digits_before_letters() -> None:
    order = ["Ак Суу", "Ак-Суу", "Ак2", "Акбаш", "Аксуу"]
    names = ["Аксуу", "Ак2", "Акбаш", "Ак-Суу", "Ак Суу"]
    assert sorted(names, key=lambda name: sort_key(name, "ky")) == order


def test_yo_is_a_letter_in_kyrgyz_and_a_kind_of_ye_in_russian() -> None:
    names = ["еж", "ёж", "ель"]
    assert sorted(names, key=lambda name: sort_key(name, "ru")) == ["еж", "ёж", "ель"]
    assert sorted(names, key=lambda name: sort_key(name, "ky")) == ["еж", "ель", "ёж"]


def test_english_order_ignores_dots() -> None:
    names = ["Özgön", "Osh", "Naryn", "Talas"]
    assert sorted(names, key=lambda name: sort_key(name, "en")) == ["Naryn", "Osh", "Özgön", "Talas"]


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        *((f"{letters}ar", "Жар") for letters in ("J", "Zh", "Dj", "Dzh")),
        *((f"T{letters}n", "Тоң") for letters in ("on", "ong", "öng", "oeng")),
        *((f"T{letters}p", "Түп") for letters in ("u", "ü", "ue", "yu")),
        ("Kyzyl-Kyya", "Кызыл-Кыя"),
        ("Kizil-Kiya", "Кызыл-Кыя"),
        ("Khaydarkan", "Хайдаркан"),
        ("Haidarkan", "Хайдаркан"),
        ("Kochkor", "Кочкор"),
        ("Dzhety-Oguz", "Жети-Өгүз"),
        ("Tash-Kumyr", "Таш-Кумыр"),
        ("Tash-Komur", "Таш-Көмүр"),
        ("Jangy-Jer", "Жаңы-Жер"),
        ("Ak-Suu", "Аксу"),
        ("Shchuchye", "Щучье"),
        ("Sovetskoye", "Советское"),
        ("Qorgʻon", "Қорғон"),
        ("Suzaq", "Сузак"),
        ("Tyup", "Түп"),
        ("Massy", "Масы"),
    ],
)
def test_latin_letters_sound_like_the_name_they_mean(latin: str, cyrillic: str) -> None:
    assert sound_key(latin) == sound_key(cyrillic)


@pytest.mark.parametrize(("one", "other"), [("Kochkor", "Кочкорка"), ("Chong-Tash", "Таш-Чоң"), ("Osh", "Ат")])
def test_names_that_sound_different_stay_apart(one: str, other: str) -> None:
    assert sound_key(one) != sound_key(other)


@given(st.text(alphabet="абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюя -aeiouydjzhkngqxw", max_size=20))
def test_every_latin_key_is_made_of_the_search_key_and_every_sound_of_the_latin_key(text: str) -> None:
    assert latin_key(search_key(text)) == latin_key(text)
    assert sound_key(latin_key(text)) == sound_key(text)


@pytest.mark.parametrize(
    ("one", "other", "many"),
    [
        ("narin", "narin", 0), ("narin", "naren", 1), ("narin", "nari", 1), ("narin", "narrin", 1),
        ("narin", "nairn", 1), ("narin", "naern", 2), ("kochkor", "kochkorka", 2), ("", "ab", 2),
        ("narin", "talas", 3), ("a", "abcdef", 3), ("abcdef", "badcfe", 3),
    ],
)  # fmt: skip
def test_a_typing_error_is_a_letter_wrong_missing_added_or_swapped(one: str, other: str, many: int) -> None:
    assert typos(one, other, 2) == many
    assert typos(other, one, 2) == many


ODD = st.text(
    alphabet=st.sampled_from("аеоуиeoyakhdjzngşıІѳӊьъ'ʻ’-\u200b\u0306\u0308 İ") | st.characters(), max_size=60
)


@given(ODD)
def test_repairing_and_folding_never_fail_and_settle(text: str) -> None:
    for key in (repair, search_key, latin_key, sound_key):
        assert key(key(text)) == key(text)
    for lang in ("ky", "ru", "en", "xx"):
        sort_key(text, lang)


@pytest.mark.parametrize(
    "text", ["", "\x00", "ы" * 10_000, "👩‍⚖️", "\ud800", "中文", "أوش", "İ", "ß", "k" * 100_000 + "h"]
)
def test_any_text_has_a_key(text: str) -> None:
    assert isinstance(search_key(text), str)
    assert len(sound_key(text)) <= len(latin_key(text)) <= 2 * len(text)


def test_order_does_not_hang_on_the_order_of_arrival() -> None:
    names = ["Ош", "ош", "ОШ", "Өш", "Os", "ос"]
    shuffled = random.Random(1).sample(names, len(names))
    assert sorted(names, key=lambda n: sort_key(n, "ky")) == sorted(shuffled, key=lambda n: sort_key(n, "ky"))
