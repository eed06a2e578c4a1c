"""Every page of the site in every state it can be in, with what opens it: for tests that look at them all."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from legalmap import create_app
from legalmap.config import Settings
from legalmap.routes import asking, sealing
from tests.served import Server

FULL = "acc-full"
CLOSED = "acc-closed"
HIDDEN = "acc-hidden"
ROWS = f"""id,kind,status,name_ky,name_ru,name_en,oblast,rayon,settlement,address_ky,directions_ky,lat,lon,show_location,phones,whatsapp,email,website,hours,languages,topics,needs,groups,admission,fee,access,area,bring_ky,services_ky,verified_on,verified_by,source,source_date
{FULL},flac,active,Акысыз юридикалык жардам көрсөтүү борбору (Нарын),Центр бесплатной юридической помощи (Нарын),Free legal aid center (Naryn),KG-N,,Нарын,"Ленин көчөсү, 1","базардын жанында",41.43,75.99,yes,0312 65-10-10 (кабылдама); 114,+996700100200,a@example.org,https://example.org/,"Mo-Fr 09:00-12:00,13:00-18:00; Sa 09:00-12:00",ky;ru;uz,land;family,legal,women;older,with_children;night,free,wheelchair;remote,KG-N,паспорт,юристтин кеңеши,2026-10-12,phone,https://example.org/,2026-10
{CLOSED},notary,closed,Жабылган нотариус,Закрытый нотариус,Closed notary,KG-N,,Нарын,,,41.42,75.98,yes,0312 65-10-11,,,,,,,,,,,,,,,,,,
{HIDDEN},crisis_center,active,Колдоо,Поддержка,Support,KG-N,,,,,,,no,0700 100 201,,,,,ky;ru,violence,shelter,women,with_children,free,,KG-N,,,,,,
"""  # noqa: E501


@dataclass(frozen=True)
class Site:
    """A live server whose directory has a center of each look, and the addresses of its pages."""

    server: Server
    numbers: dict[str, int]
    _sealer: sealing.Sealer = field(repr=False)

    def found(self, text: str, age: float = 0) -> str:
        """The path of a search for `text` that somebody made `age` seconds ago."""
        return f"found/{self._sealer.seal(asking.pack(asking.Asked(text=text)), now=time.time() - age)}"


def site_of(server: Server) -> Site:
    app = create_app(Settings(instance=server.instance))
    directory = app.extensions["editions"].current()
    numbers = {center.id: center.number for center in directory.centers}
    return Site(server, numbers, app.extensions["sealer"])


def _unfold(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


def _map_shown(page: Any) -> None:
    page.click(".map-show")
    page.wait_for_selector("section.map[data-drawn]")
    _unfold(page)


def _popup(page: Any) -> None:
    page.wait_for_selector("section.map[data-drawn]")
    page.click(".map-fit")
    _unfold(page)
    page.locator(".anchor [role=button][data-pin]").first.press("Enter")
    page.wait_for_selector(".leaflet-popup[role=dialog]")


@dataclass(frozen=True)
class Page:
    """`path` behind the language; `then` is what a person does there before we look."""

    path: Callable[[Site], str]
    then: Callable[[Any], None] = _unfold
    status: int = 200


def _typed(page: Any, text: str) -> None:
    page.focus("#place")
    page.wait_for_selector("#place[role=combobox]")
    page.keyboard.type(text)


def _suggested(page: Any) -> None:
    _typed(page, "кара")
    page.wait_for_selector("[role=option]")


def _drawn(page: Any) -> None:
    """The phone's own answer, in place."""
    _typed(page, "Нарын")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Enter")
    page.wait_for_selector("ol.list li.card")
    page.wait_for_load_state()
    _unfold(page)


def _center_drawn(page: Any) -> None:
    _drawn(page)
    page.click("ol.list h3 a >> nth=0")
    page.wait_for_selector("dl.all")
    _unfold(page)


def _refused(page: Any) -> None:
    page.fill("#place", " ")
    page.press("#place", "Enter")
    page.wait_for_selector("[role=alert]")
    _unfold(page)


def _all_states(page: Any) -> None:
    """What it says before, while and after somebody keeps, and when that fails: all at once."""
    page.wait_for_selector("[data-state=none]:visible")
    page.evaluate("document.querySelectorAll('#keep [hidden]').forEach(part => part.hidden = false)")


def _center(id: str) -> Callable[[Site], str]:
    return lambda site: f"centers/{site.numbers[id]}"


def _fixed(path: str) -> Callable[[Site], str]:
    return lambda _: path


PAGES = {
    "home": Page(_fixed("")),
    "home, places suggested": Page(_fixed(""), _suggested),
    "home, an answer drawn": Page(_fixed(""), _drawn),
    "home, a center drawn": Page(_fixed(""), _center_drawn),
    "search": Page(_fixed("search")),
    "search refused": Page(_fixed(""), _refused),
    "choices": Page(lambda site: site.found("Ак-Суу")),
    "nothing": Page(lambda site: site.found("Ццццц")),
    "an oblast meant": Page(lambda site: site.found("Нарын облусу")),
    "results": Page(lambda site: site.found("Нарын")),
    "results far away": Page(lambda site: site.found("Баткен")),
    "results with map": Page(lambda site: site.found("Нарын"), _map_shown),
    "expired": Page(lambda site: site.found("Нарын", sealing.LIFETIME + 5), status=410),
    "oblasts": Page(_fixed("places")),
    "oblast": Page(_fixed("places/kg-c")),
    "rayon": Page(_fixed("places/kg-n/kochkor")),
    "other places": Page(_fixed("places/kg-b/other")),
    "place": Page(_fixed("places/1527592")),
    "center": Page(_center(FULL)),
    "center with map": Page(_center(FULL), _map_shown),
    "center, hidden": Page(_center(HIDDEN)),
    "center, closed": Page(_center(CLOSED)),
    "center, not verified": Page(_center("kg-1001")),
    "phones": Page(_fixed("phones")),
    "tips": Page(_fixed("tips")),
    "about": Page(_fixed("about")),
    "privacy": Page(_fixed("privacy")),
    "calendar": Page(_fixed("calendar")),
    "map": Page(_fixed("map"), _popup),
    "sheet": Page(_fixed("sheet/kochkor")),
    "keep": Page(_fixed("keep"), _all_states),
    "no network": Page(_fixed("keep/offline/search")),
    "no such page": Page(_fixed("nowhere"), status=404),
}


def opened(page: Any, site: Site, name: str, lang: str) -> None:
    """Opens the page and does there what its state needs."""
    wanted = PAGES[name]
    answer = page.goto(f"{site.server.url}/{lang}/{wanted.path(site)}")
    assert answer.status == wanted.status, name
    wanted.then(page)
