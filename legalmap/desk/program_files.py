"""What the doctor says of files that came with the program or were put beside it."""

from __future__ import annotations

from legalmap import installed, resources
from legalmap.config import Settings
from legalmap.model import LANGS
from legalmap.streets import ArchiveError, open_archive
from legalmap.wording import catalog

GEODATA = ("places.csv", "rayons.csv", "texts.csv", "holidays.csv", "needs.csv")


def program(settings: Settings) -> tuple[bool, str]:
    """Whether files are those that pip installed."""
    spoiled = installed.spoiled()
    if spoiled is None:
        return True, "runs from a checkout: git status says what was changed"
    return not spoiled, f"not what was installed: {', '.join(spoiled[:5])}" if spoiled else "as it was installed"


def geodata(settings: Settings) -> tuple[bool, str]:
    """Whether what publishing reads is there."""
    folder = resources.folder("geodata")
    missing = [name for name in GEODATA if not (folder / name).exists()]
    return not missing, f"missing: {', '.join(missing)}" if missing else str(folder)


def streets(settings: Settings) -> tuple[bool, str]:
    """Whether the file of streets can be used."""
    if settings.pmtiles is None:
        return True, "no own streets (LEGALMAP_PMTILES)"
    try:
        found = open_archive(settings.pmtiles)
    except ArchiveError as fault:
        return False, f"{settings.pmtiles}: {fault}; maps stay simple"
    shallow = "; streets need zoom 13 or more" if found.most_zoom < 13 else ""
    zooms = f"zooms {found.least_zoom} to {found.most_zoom}{shallow}"
    lacks = ", ".join(f"name:{lang}" for lang in LANGS if lang not in found.languages)
    names = f"; no {lacks}: the local name stands in" if lacks else ""
    return not shallow, f"{settings.pmtiles}: {found.size / 2**20:.1f} MiB, {zooms}{names}"


def translations(settings: Settings) -> tuple[bool, str]:
    """Whether each language can be read."""
    for domain in ("labels", "problems", "messages"):
        for lang in LANGS:
            catalog(domain, lang)
    return True, ", ".join(LANGS)
