"""Centers as large as real ones: the sample's, with names, streets, numbers, points and days of their own."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

from legalmap.desk.publish import HOLIDAY_DAYS, _holidays
from legalmap.desk.reading.timetable import compile_hours
from legalmap.directory.edition import Directory, build
from legalmap.hours import BISHKEK
from legalmap.model import ACCESS, GROUPS, TOPICS, VERIFIED_BY, Center, Localized, Phone, Place, Point, Timetable

TODAY = dt.date(2026, 11, 22)
SURNAMES = (
    "Абдыкадыров", "Абдраимов", "Айтматов", "Акматов", "Алымкулов", "Асанов", "Атамбеков", "Бакиров", "Байгазиев",
    "Бектуров", "Болотбеков", "Джумабаев", "Досмамбетов", "Жакыпов", "Жолдошев", "Ибраимов", "Исаков", "Калыков",
    "Карабаев", "Кожомкулов", "Койчуманов", "Кулматов", "Мамырканов", "Маматов", "Мырзаев", "Назаров", "Нурматов",
    "Осмонов", "Раимбеков", "Сагынбаев", "Садыков", "Сатыбалдиев", "Суюнбаев", "Табылдиев", "Токтогулов", "Турдубаев",
    "Уметалиев", "Чокоев", "Шаршенов", "Эсенгулов",
)  # fmt: skip
WOMEN = (
    "Айгүл", "Айнура", "Бермет", "Бурул", "Гүлзат", "Гүлнара", "Жылдыз", "Зарина", "Кенжегүл", "Мээрим", "Наргиза",
    "Нуржамал", "Роза", "Салтанат", "Толгонай", "Чынара",
)  # fmt: skip
MEN = (
    "Азамат", "Айбек", "Акылбек", "Бакыт", "Болот", "Жаныбек", "Замир", "Кубанычбек", "Максат", "Нурлан", "Өмүрбек",
    "Руслан", "Сталбек", "Талант", "Үсөн", "Эрмек",
)  # fmt: skip
STREETS = (
    "Чүй", "Манас", "Ленин", "Жибек Жолу", "Совет", "Токтогул", "Абдырахманов", "Московская", "Киевская", "Гоголь",
    "Курманжан Датка", "Исанов", "Раззаков", "Тыныстанов", "Шопоков", "Ибраимов", "Байтик Баатыр", "Ахунбаев",
    "Горький", "Панфилов", "Орозбеков", "Алыкул Осмонов", "Эркиндик", "Турусбеков", "Масалиев", "Навои", "Алишер",
    "Кыргызстан",
    "Эгемендик", "Бөкөнбаев", "Пушкин", "Фрунзе", "Сыдыков", "Жалил", "Бактыгулов", "Мичурин", "Октябрь", "Ашыров",
    "Жумабек", "Достук", "Мира", "Школьная", "Садовый", "Комсомол", "Гагарин", "Набережная", "Юбилейная", "Төлөн",
    "Ысык-Көл",
)  # fmt: skip
PLACES = ("базар", "мектеп", "почта", "оорукана", "банк", "маданият үйү", "мечит", "автобекет", "аптека", "акимият")
OPENS = ("09:00",) * 5 + ("08:30", "08:00", "08:00", "10:00")
LUNCHES = ("12:00",) * 4 + ("13:00",) * 3 + ("12:30", "", "")
CLOSES = ("18:00",) * 4 + ("17:00",) * 3 + ("17:30",)
DAYS = ("Mo-Fr",) * 8 + ("Mo-Sa", "Mo-Sa", "Mo,We,Fr", "Tu,Th")
SATURDAYS = ("",) * 6 + ("; Sa 09:00-13:00", "; Sa 10:00-14:00", "; Sa 09:00-12:00")
TONGUES = (("ky",), ("ky", "ru"), ("ky", "ru"), ("ru", "ky"), ("ky", "ru", "uz"), ("ky", "ru", "en"))


def real_sized(sample: Directory, count: int, seed: int = 500) -> Directory:
    """`count` centers in the places of `sample`: about a third advocates and notaries, the others of its kinds."""
    rng = random.Random(seed)
    holidays = _holidays(TODAY, TODAY + dt.timedelta(days=HOLIDAY_DAYS))
    numbers = _numbers(rng)
    places = tuple(sample.places.by_id.values())
    listed = (*sample.ranked, *sample.unplaced)
    centers = [_center(rng, 1001 + i, rng.choice(listed), rng.choice(places), numbers, holidays) for i in range(count)]
    at = dt.datetime(2026, 11, 22, 9, tzinfo=BISHKEK)
    return build(42, "", at, centers, places, [], rayons=sample.rayons.values())


def _numbers(rng: random.Random) -> Iterator[str]:
    """Dialed numbers, each once: most of mobile phones."""
    given: set[str] = set()
    while True:
        area = rng.choice(("3126", "3222", "3422", "3722", "3922", "3943", "3522", "3622", "3132"))
        prefix = rng.choice(
            (*("500", "550", "555", "700", "703", "705", "770", "772", "777", "220", "990"), area, area)
        )
        number = f"+996{prefix}{rng.randrange(10 ** (9 - len(prefix))):0{9 - len(prefix)}}"
        if number not in given:
            given.add(number)
            yield number


def _center(
    rng: random.Random, number: int, like: Center, town: Place, numbers: Iterator[str], holidays: tuple[dt.date, ...]
) -> Center:
    """In or near `town`, of the kind and with the topics of `like` or others."""
    show = rng.choices(("yes", "settlement", "no"), (85, 8, 7))[0]
    kind = rng.choice(("advocate", "notary")) if rng.random() < 0.35 else like.kind
    timetable = _hours(rng, holidays) if rng.random() < 0.75 else None
    fields: dict[str, Any] = {
        "kind": kind, "status": "suspended" if rng.random() < 0.03 else "active", "show_location": show,
        "names": _names(rng, kind, like, town), "oblast": town.oblast, "fee": rng.choice(("free", "paid", "mixed", "")),
        "phones": _phones(rng, numbers), "languages": rng.choice(TONGUES),
        "topics": like.topics if rng.random() < 0.5 else _some(rng, TOPICS, 5),
        "groups": _some(rng, GROUPS, 2) if rng.random() < 0.6 else (),
        "access": _some(rng, ACCESS, 2) if rng.random() < 0.3 else (),
        "area": (town.oblast,) if rng.random() < 0.2 else (),
        **_trust(rng),
    }  # fmt: skip
    if show == "no":
        fields |= {"source": "", "source_date": "", "phone_hours": timetable}
    else:
        exact = show == "yes" and rng.random() < 0.8
        point = Point(lat=_near(rng, town.point.lat), lon=_near(rng, town.point.lon)) if exact else town.point
        fields |= {"hours": timetable, "place_id": town.id, "settlement": town.names.ky, "rayon": town.rayon}
        fields |= {"point": point if rng.random() < 0.95 else None, "approximate": not exact}
    if show == "yes":
        fields |= {"address": _address(rng), "directions": _directions(rng) if rng.random() < 0.25 else Localized()}
    return Center(number=number, id=f"kg-{number}", **fields)


def _phones(rng: random.Random, numbers: Iterator[str]) -> tuple[Phone, ...]:
    if rng.random() < 0.1:
        return ()
    return (Phone(number=next(numbers), label="кабылдама" if rng.random() < 0.05 else ""),)


def _some(rng: random.Random, values: tuple[str, ...], most: int) -> tuple[str, ...]:
    chosen = rng.sample(values, rng.randrange(most + 1))
    return tuple(value for value in values if value in chosen)


def _near(rng: random.Random, degrees: float) -> float:
    return round(degrees + rng.gauss(0, 0.02), 6)


def _names(rng: random.Random, kind: str, like: Center, town: Place) -> Localized:
    if kind in ("advocate", "notary"):
        woman = rng.random() < 0.5
        name = f"{rng.choice(SURNAMES)}{'а' * woman} {rng.choice(WOMEN if woman else MEN)} {rng.choice(MEN)}"
        father = "овна" if woman else "ович"
        words = {"ky": "Адвокат", "ru": "Адвокат", "en": "Advocate"}
        if kind == "notary":
            words = {"ky": "Жеке нотариус", "ru": "Частный нотариус", "en": "Private notary"}
        return Localized(**{lang: f"{word} {name}{father}" for lang, word in words.items()})
    bare = {lang: getattr(like.names, lang).split(" (")[0] for lang in ("ky", "ru", "en")}
    own = f" № {rng.randrange(1, 60)}" if rng.random() < 0.4 else ""
    return Localized(**{lang: f"{name}{own} ({getattr(town.names, lang)})" for lang, name in bare.items() if name})


def _address(rng: random.Random) -> Localized:
    street, house = rng.choice(STREETS), f"{rng.randrange(1, 260)}{rng.choice(('', '', '', 'а', 'б', '/1', '/2'))}"
    room = rng.randrange(1, 40) if rng.random() < 0.3 else 0
    ru = f"ул. {street}, {house}{f', каб. {room}' if room else ''}"
    return Localized(
        ru=ru, ky="" if rng.random() < 0.4 else f"{street} көч., {house}{f', {room}-каб.' if room else ''}"
    )


def _directions(rng: random.Random) -> Localized:
    one, other, floor = rng.choice(PLACES), rng.choice(PLACES), rng.randrange(1, 5)
    return Localized(ky=f"{one} менен {other} ортосунда, {floor}-кабат", ru=f"между {one} и {other}, {floor}-й этаж")


def _hours(rng: random.Random, holidays: tuple[dt.date, ...]) -> Timetable:
    if rng.random() < 0.05:
        return compile_hours(rng.choice(("24/7", "Mo-Su 08:00-20:00", "Mo-Su 20:00-08:00")), holidays)
    opens, lunch, closes = rng.choice(OPENS), rng.choice(LUNCHES), rng.choice(CLOSES)
    spans = f"{opens}-{lunch},{int(lunch[:2]) + 1}{lunch[2:]}-{closes}" if lunch else f"{opens}-{closes}"
    holiday = "; PH 10:00-14:00" if rng.random() < 0.05 else ""
    days = rng.choice(DAYS)
    return compile_hours(f"{days} {spans}{'' if days == 'Mo-Sa' else rng.choice(SATURDAYS)}{holiday}", holidays)


def _trust(rng: random.Random) -> dict[str, Any]:
    made_sure = (TODAY - dt.timedelta(days=rng.randrange(500))).isoformat() if rng.random() < 0.6 else ""
    read = (TODAY - dt.timedelta(days=rng.randrange(3_000))).isoformat()
    return {
        "verified_on": made_sure, "verified_by": rng.choice(VERIFIED_BY) if made_sure else "",
        "hours_verified_on": made_sure if rng.random() < 0.8 else "",
        "source": "https://minjust.gov.kg", "source_date": rng.choice((read, read[:7], read[:4], "")),
    }  # fmt: skip
