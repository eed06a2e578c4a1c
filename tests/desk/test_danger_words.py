"""A new row that speaks of danger is asked about before its address is shown."""

from __future__ import annotations

import pytest

from legalmap.desk.rules import speaks_of_danger
from legalmap.visibility import COLUMNS


def _cells(column: str, text: str) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {column: text}


@pytest.mark.parametrize(
    "text",
    [
        "Шелтер",
        "Башпаанек",
        "Баш паана",
        "Баш-паанек",
        "Укрытие для женщин",
        "Дом для избитых женщин",
        "Кыйноо көргөн аялдарга",
        "насильственный брак",
        "насильник",
        "бытовое насилие",
        "помощь при изнасиловании",
        "жестокое обращение",
        "жестокого обращения с детьми",
        "абьюз",
        "ур-токмок",
        "зордук-зомбулук",
        "кыз ала качуу",
        "жабыр тарткан аялдар",
        "battered women",
        "Abused women",
        "a safe home",
        "domestic violence",
        "violent family",
        "Women's shelter",
        "Кризисный центр",
    ],
)
@pytest.mark.parametrize("column", ["name_ky", "name_en", "services", "services_ru"])
def test_words_of_danger_are_heard(text: str, column: str) -> None:
    assert speaks_of_danger(_cells(column, text))


@pytest.mark.parametrize(
    "text", ["Центр для беженцев", "Refugee law clinic", "Нотариус", "Башкы прокуратура", "Юридикалык жардам борбору"]
)
def test_other_words_ask_nothing(text: str) -> None:
    assert not speaks_of_danger(_cells("name_ru", text))
