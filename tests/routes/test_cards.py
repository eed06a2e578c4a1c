"""What can be taken along from a center's page, and what must not lie about on a phone or on paper."""

from __future__ import annotations

import json
import re

import pytest
import segno

from legalmap.model import LANGS, Localized, Phone, Timetable
from tests.served import EVERYTHING, SiteMaker, a_center

PHONE = Phone(number="+996352200001")
QUIET = (
    a_center(1001, kind="crisis_center"),
    a_center(1002, kind="shelter"),
    a_center(1003, kind="child_center"),
    a_center(1004, show_location="no", point=None),
    a_center(1005, show_location="settlement"),
    a_center(1006, names=Localized(ky="Бийик", ru="Против насилия", en="High")),
)


@pytest.mark.parametrize("lang", LANGS)
def test_a_quiet_center_leaves_no_card_no_code_no_way_and_no_name(site: SiteMaker, lang: str) -> None:
    client = site(*QUIET)
    for center in QUIET:
        page = client.get(f"/{lang}/centers/{center.number}").text
        assert client.get(f"/{lang}/centers/{center.number}.vcf").status_code == 404
        for trace in (".vcf", "geo:", "openstreetmap.org/?", "ld+json", 'class="code"'):
            assert trace not in page, (center.number, trace)
        (line,) = re.findall(r'<p class="line-to-copy"[^>]*>(.*?)</p>', page)
        assert center.names.in_lang("ru")[0] not in line
        assert PHONE.number in line


def test_an_ordinary_center_can_be_taken_along(site: SiteMaker) -> None:
    client = site(
        a_center(1001, address=Localized(ru="ул. Ленина, 1"), hours=Timetable(text="Mo-Fr 09:00-18:00", weekly=()))
    )
    page = client.get("/ru/centers/1001").text
    assert 'href="/ru/centers/1001.vcf" download' in page
    assert 'href="geo:41.430000,76.000000?q=41.430000,76.000000(' in page
    assert "https://www.openstreetmap.org/?mlat=41.430000&amp;mlon=76.000000#map=15/41.430000/76.000000" in page
    assert 'rel="external nofollow noreferrer">Открыть на openstreetmap.org' in page
    facts = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])
    assert facts == {
        "@context": "https://schema.org",
        "@type": "Attorney",
        "name": "Пример 1001",
        "telephone": [PHONE.number],
        "address": {
            "@type": "PostalAddress", "addressCountry": "KG", "streetAddress": "ул. Ленина, 1",
            "addressRegion": "Нарынская область",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": 41.43, "longitude": 76.0},
        "openingHours": "Mo-Fr 09:00-18:00",
    }  # fmt: skip


def test_the_code_is_what_a_phone_reads(site: SiteMaker) -> None:
    page = site(a_center(1001)).get("/ky/centers/1001").text
    side = int(re.findall(r'viewBox="0 0 (\d+) \1"', page)[-1])
    drawn = {
        (int(x) + step, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", page)
        for step in range(int(length))
    }
    code = segno.make_qr("MECARD:N:Үлгү 1001;TEL:+996352200001;;", error="m")
    assert side == code.symbol_size(border=4)[0]
    assert drawn == {(x, y) for y, row in enumerate(code.matrix_iter(border=4)) for x, dark in enumerate(row) if dark}


def test_a_contact_card_is_whole_whatever_stands_in_the_name(site: SiteMaker) -> None:
    hostile = "A;B,C\\D\r\nTEL:666\nEND:VCARD " + "Ы" * 200
    client = site(a_center(1001, names=Localized(ky=hostile), phones=(PHONE, Phone(number="114", label="x"))))
    answer = client.get("/ky/centers/1001.vcf")
    assert answer.headers["Content-Type"].startswith("text/vcard")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="1001.vcf"'
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.get_data().decode()
    lines = text.split("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in lines) <= 75
    whole = text.replace("\r\n ", "").split("\r\n")
    assert whole[:2] == ["BEGIN:VCARD", "VERSION:3.0"]
    assert whole[-2:] == ["END:VCARD", ""]
    assert [line for line in whole if line.startswith("TEL")] == [
        "TEL;TYPE=WORK,VOICE:+996352200001", "TEL;TYPE=WORK,VOICE:114",
    ]  # fmt: skip
    assert f"FN:A\\;B\\,C\\\\D TEL:666 END:VCARD {'Ы' * 200}" in whole
    assert "GEO:41.430000;76.000000" in whole
    assert client.get("/ky/centers/999.vcf").status_code == 404


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "name",
    ["Кыска", "Юридикалык " * 20, "Ы" * 300, "😀" * 60, "Бир эки үч төрт беш алты жети сегиз тогуз он он бир он эки"],
)
def test_the_line_for_a_message_fits_one_sms_and_keeps_the_number(site: SiteMaker, lang: str, name: str) -> None:
    client = site(a_center(1001, names=Localized(ky=name, ru=name, en=name), settlement="Кызыл-Октябрь айылы " * 3))
    (line,) = re.findall(r'<p class="line-to-copy"[^>]*>(.*?)</p>', client.get(f"/{lang}/centers/1001").text)
    assert len(line.encode("utf-16-le")) // 2 < 70
    assert PHONE.number in line
    assert line.startswith(name[:4])


def test_a_center_that_is_closed_or_has_no_number_offers_no_card(site: SiteMaker) -> None:
    client = site(*EVERYTHING, a_center(1010, phones=()))
    assert "take-line" not in client.get("/ky/centers/1004").text
    for number in (1003, 1004, 1010):
        assert client.get(f"/ky/centers/{number}.vcf").status_code == 404
    assert ".vcf" not in client.get("/ky/centers/1010").text
    hidden = client.get("/ru/centers/1003").text
    assert re.findall(r'<p class="line-to-copy"[^>]*>(.*?)</p>', hidden) == ["Временное жильё, 117"]


def test_an_approximate_point_is_no_place_for_search_engines_and_cards(site: SiteMaker) -> None:
    client = site(a_center(1001, approximate=True))
    page = client.get("/ru/centers/1001").text
    assert "GeoCoordinates" not in page
    assert "GEO:" not in client.get("/ru/centers/1001.vcf").text
