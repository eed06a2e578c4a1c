"""What tests of the committee's wing share: open and hidden centers, members, and the way to a slip."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from legalmap.config import Settings
from legalmap.people import accounts
from legalmap.people.accounts import By
from legalmap.store import Store, committees
from legalmap.store.committees import Committee
from tests.desk.conftest import TestDesk
from tests.staff import PASSWORD, form_token, hashed

ROWS = """id,kind,name_ky,name_ru,oblast,rayon,settlement,address,lat,lon,show_location,\
phones,hours,admission,area,languages
near,flac,Кочкор кеңеш борбору,Кочкорский центр,KG-N,kochkor,Кочкор,"Орозбаков көчөсү, 12",42.2158,75.7551,yes,\
0353 551234,Mo-Fr 09:00-18:00,,kochkor,ky; ru
town,flac,Нарын борбору,Нарынский центр,KG-N,,Нарын,"Ленин көчөсү, 1",41.43,75.99,yes,0352 251234,,,,ky
quiet,crisis_center,Канарейка үйү,Дом Канарейка,KG-N,,Нарын,"Жашыруун көчөсү, 77",41.4321,75.9876,no,\
0555 123 456,,with_children; boys_up_to_12,,ky
court,aksakal_court,Аксакалдар соту,Суд аксакалов,KG-N,,Кочкор,"Базар көчөсү, 3",42.21,75.75,yes,0353 550000,,,,ky
milit,police,Кочкор милициясы,Кочкорская милиция,KG-N,,Кочкор,"Милиция көчөсү, 5",42.22,75.76,yes,0353 551102,,,,ky
"""
"""A hidden center whose address and name are canaries; a court that may never be named."""
HIDDEN = ("Канарейка", "Жашыруун", "41.4321", "75.9876", "77")
BOARD = "/ky/staff/committee"
BEGIN = f"{BOARD}/new"


def a_desk(folder: Path, **settings: str) -> TestDesk:
    """A desk with ROWS published, whose site answers this machine."""
    made = TestDesk(folder, https=False, **settings)
    assert made.bring(ROWS, accept=("all",)).applied
    return made


def add_committee(store: Store, name: str, oblast: str = "KG-N", rayon: str = "kochkor") -> None:
    """A committee of that id, unless it is there."""
    with store.writing() as connection:
        if committees.by_id(connection, name) is None:
            known = Committee(id=name, name_ky=f"Комитет {name}", name_ru=f"Комитет {name}", oblast=oblast, rayon=rayon)
            committees.add(connection, known)


def join(store: Store, name: str, committee: str, *, coordinator: bool = False) -> str:
    """A member of that committee, whose password is that of all test users; the name."""
    add_committee(store, committee)
    with store.writing() as connection:
        accounts.add(
            connection, By(who="test", now=dt.datetime.now(dt.UTC)), name=name, role="committee", lang="ky",
            password=hashed(PASSWORD), committee=committee, coordinator=coordinator,
        )  # fmt: skip
    return name


@dataclass
class Walk:
    """Somebody on the way to a slip: answers question after question as a browser would."""

    client: FlaskClient
    lang: str = "ky"
    address: str = ""
    seen: list[str] = field(default_factory=list)

    def begin(self) -> Walk:
        """The first question."""
        self.go_to(self.client.get(f"/{self.lang}/staff/committee/new"))
        return self

    def go_to(self, answer: TestResponse) -> None:
        """Follows to where the answer leads."""
        assert answer.status_code == 303, answer.text
        self.address = answer.headers["Location"]
        self.seen.append(self.address)

    @property
    def page(self) -> str:
        """The page of the question that is asked now."""
        answer = self.client.get(self.address)
        assert answer.status_code == 200, answer.headers.get("Location", answer.text)
        return answer.text

    def post(self, **fields: str | list[str]) -> TestResponse:
        """Sends the form of this page."""
        return self.client.post(self.address, data={**fields, "csrf_token": form_token(self.page)})

    def say(self, **fields: str | list[str]) -> Walk:
        """Answers the question; fails when it is not taken."""
        self.go_to(self.post(**fields))
        return self

    def refused(self, **fields: str | list[str]) -> str:
        """Sends what does not answer the question; what the page says then."""
        self.say(**fields)
        said = re.search(r'role="alert"[^>]*>([^<]+)<', self.page)
        assert said, "taken without a word"
        return said[1]

    def to_cards(self, needs: tuple[str, ...] = ("shelter", "legal"), place: str = "Кочкор", **who: str) -> Walk:
        """As far as the cards."""
        self.begin().say(answer="on").say(answer="no").say(answer="no").say(place=place)
        return self.say(need=list(needs)).say(urgency="now").say(**who).say()

    def to_slip(self, answer: str = "expected", paper: str = "paper", center: int = 0) -> Walk:
        """From the cards to the end."""
        number = center or int(re.findall(r'name="answer" value="(\d+):expected"', self.page)[0])
        return self.say(answer=f"{number}:{answer}").say(consent="1").say(paper=paper)

    def to_slip_until_paper(self) -> Walk:
        """From the cards to the last question."""
        number = re.findall(r'name="answer" value="(\d+):expected"', self.page)[0]
        return self.say(answer=f"{number}:expected").say(consent="1")

    @property
    def code(self) -> str:
        """The number that stands on the last page, as it is read."""
        found = re.search(r"\d{3}-\d{3}-\d{3}-\d{3}", self.page)
        assert found
        return found[0]

    @property
    def handle(self) -> str:
        """The address of the referral whose last page is shown now."""
        label = re.search(r'<dd class="label">([^<]+)<', self.page)
        assert label
        found = re.search(rf'href="([^"]+)"><b class="label">{label[1]}<', self.board)
        assert found
        return found[1]

    @property
    def board(self) -> str:
        """What is under way."""
        return self.client.get(f"/{self.lang}/staff/committee").text


def settings_of(desk: TestDesk) -> Settings:
    """Settings of the same instance for an application on this machine."""
    return replace(desk.settings, https=False)
