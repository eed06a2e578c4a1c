"""An oblast is understood by any of its names, and Osh is a city only when it is called one."""

from __future__ import annotations

import pytest

from legalmap.desk.problems import Refused
from legalmap.desk.reading.oblasts import code_of
from legalmap.model import LANGS, OBLASTS
from legalmap.wording import label


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Issykkul", "KG-Y"),
        ("Issyk Kul oblast", "KG-Y"),
        ("Ысык-Көл", "KG-Y"),
        ("Иссык-Кульской обл.", "KG-Y"),
        ("Жалалабад", "KG-J"),
        ("Джалалабадская область", "KG-J"),
        ("Dzhalal-Abad", "KG-J"),
        ("Osh Oblasty", "KG-O"),
        ("Osh", "KG-O"),
        ("Ош", "KG-O"),
        ("Ошская", "KG-O"),
        ("Чуйской области", "KG-C"),
        ("Chüy Region", "KG-C"),
        ("Нарынской обл.", "KG-N"),
        ("гор. Ош", "KG-GO"),
        ("г.Ош", "KG-GO"),
        ("Ош (город)", "KG-GO"),
        ("Ош, город", "KG-GO"),
        ("Ош ш.", "KG-GO"),
        ("city of Osh", "KG-GO"),
        ("Бишкек (город)", "KG-GB"),
        ("Bishkek City", "KG-GB"),
    ],
)
def test_an_oblast_is_known_by_the_names_people_write(written: str, code: str) -> None:
    assert code_of(written) == code


@pytest.mark.parametrize("code", OBLASTS)
def test_codes_and_our_own_labels_are_names(code: str) -> None:
    assert {code_of(code), code_of(code.lower().removeprefix("kg-"))} == {code}
    assert {code_of(label("oblast", code, lang)) for lang in LANGS} == {code}


@pytest.mark.parametrize(
    "written", ["город Нарын", "Ошская область город", "Бишкекская область", "город", "обл.", "Narnia"]
)
def test_what_is_none_of_the_nine_is_refused_with_the_nearest(written: str) -> None:
    with pytest.raises(Refused) as refusal:
        code_of(written)
    assert refusal.value.code == "oblast_unknown"
    assert "KG-" in str(refusal.value.params["nearest"])
