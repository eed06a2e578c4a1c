"""Commands of the gazetteer: find a place, bring the operator's file, fetch it from GeoNames."""

from __future__ import annotations

import csv
import json
import shlex
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from legalmap.cli.options import as_json_option, desk_of, in_words, language
from legalmap.config import Settings
from legalmap.desk.outcome import EXIT_CODES
from legalmap.desk.places import places_report
from legalmap.desk.places.geonames import Progress
from legalmap.desk.places.geonames_fetch import SECONDS, FetchFailed, fetch
from legalmap.desk.places.place_acts import CENTERS_LOSE_PLACE, PlacesReport, Wanted, import_places
from legalmap.directory.editions import Editions
from legalmap.directory.places import Places
from legalmap.model import LANGS, Lang, Place, Problem
from legalmap.store import StoreError
from legalmap.wording import phrase, word


@click.group()
def places() -> None:
    """The gazetteer."""


@places.command("find")
@click.argument("text")
@language
@as_json_option
@click.pass_obj
@in_words
def find_places(settings: Settings, text: str, lang: Lang, as_json: bool) -> None:
    """Places of that name; without one, those whose names begin alike."""
    known = Editions(settings.editions).current().places
    found = known.find(text)
    listed = found.exact or found.similar
    if as_json:
        click.echo(json.dumps([_place(place, known) for place in listed], ensure_ascii=False, indent=1))
        return
    writer = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    writer.writerows(
        (
            place.id, place.names.in_lang(lang)[0], place.oblast, place.rayon, place.point.lat, place.point.lon,
            _near(place, known, lang),
        )
        for place in listed
    )  # fmt: skip


def _near(place: Place, known: Places, lang: Lang) -> str:
    found = known.near(place)
    return phrase("near_town", lang, town=found[0].names.in_lang(lang)[0], km=round(found[1] / 1000)) if found else ""


def _place(place: Place, known: Places) -> dict[str, Any]:
    """One place for programs, names as the gazetteer has them ("" = not known); `near`: the next town, with meters in a
    straight line."""
    found = known.near(place)
    near = {"id": found[0].id, **_names(found[0]), "meters": round(found[1])} if found else None
    return {
        "id": place.id, **_names(place), "oblast": place.oblast, "rayon": place.rayon,
        "lat": place.point.lat, "lon": place.point.lon, "near": near,
    }  # fmt: skip


def _names(place: Place) -> dict[str, str]:
    return {f"name_{lang}": getattr(place.names, lang) for lang in LANGS}


@places.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--alternates", type=click.Path(path_type=Path), help="alternateNamesV2.txt: names by language.")
@click.option("--replace", is_flag=True, help="Remove places of an earlier file that this one has no more.")
@click.option("--dry-run", is_flag=True, help="Show what the file would do; write nothing.")
@click.option(
    "--accept",
    multiple=True,
    type=click.Choice([CENTERS_LOSE_PLACE]),
    help="Let centers lose the point of a settlement whose name is now ambiguous.",
)
@language
@as_json_option
@click.pass_obj
@in_words
def import_file(
    settings: Settings,
    file: Path,
    alternates: Path | None,
    replace: bool,
    dry_run: bool,
    accept: tuple[str, ...],
    lang: Lang,
    as_json: bool,
) -> None:
    """Bring the settlements of a GeoNames country file (KG.txt or KG.zip) and publish.

    Exit 0: brought, or there was nothing to do; 1: a center stands in the way, or would lose its place; 2: the file
    cannot be used. Formats and what is doubtful: docs/places.md.
    """
    wanted = Wanted(table=file, alternates=alternates, replace=replace, dry_run=dry_run, accept=frozenset(accept))
    try:
        with progress_bar("reading") as progress:
            report = import_places(desk_of(settings), wanted, progress)
    except (OSError, StoreError) as fault:
        if not as_json:
            raise
        report = _of_fault(fault)
    told = places_report.as_json(report, lang) if as_json else places_report.as_text(report, lang)
    click.echo(json.dumps(told, ensure_ascii=False, indent=1) if as_json else told)
    unpublished = any(problem.code == "publish_failed" for problem in report.problems)
    sys.exit(2 if unpublished else EXIT_CODES[report.outcome])


def _of_fault(fault: OSError | StoreError) -> PlacesReport:
    code = fault.code if isinstance(fault, StoreError) else "file_unreadable"
    detail = fault.detail if isinstance(fault, StoreError) else fault.strerror or str(fault)
    return PlacesReport(problems=(Problem(code=code, level="error", params={"detail": detail}),), unusable=True)


@places.command("fetch")
@click.option(
    "-o", "folder", type=click.Path(path_type=Path, file_okay=False), help="Default: geonames/ in the instance."
)
@click.option(
    "--timeout",
    type=click.FloatRange(1, 600),
    default=SECONDS,
    show_default=True,
    help="Seconds for connecting and for each piece.",
)
@language
@as_json_option
@click.pass_obj
@in_words
def fetch_files(settings: Settings, folder: Path | None, timeout: float, lang: Lang, as_json: bool) -> None:
    """Download GeoNames' files of the country from LEGALMAP_GEONAMES, and say how to import them.

    Exit 2: nothing came, or not what should; earlier files stay as they were.
    """
    with ExitStack() as bars:
        try:
            found = fetch(
                settings.geonames,
                folder or settings.instance / "geonames",
                lambda name: bars.enter_context(progress_bar(name)),
                seconds=timeout,
            )
        except FetchFailed as fault:
            bars.close()
            click.echo(word(fault.problem, lang), err=True)
            sys.exit(2)
    table, alternates = (str(one.path) for one in found)
    command = shlex.join(["legalmap", "places", "import", table, "--alternates", alternates])
    if as_json:
        rows = [
            {"file": str(one.path), "address": one.address, "bytes": one.size, "sha256": one.sha256,
             "last_modified": one.modified} for one in found
        ]  # fmt: skip
        click.echo(json.dumps({"files": rows, "import": command}, ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(f"{one.path}: {one.size} B, SHA-256 {one.sha256}, Last-Modified {one.modified or '-'}")
    click.echo(f"GeoNames, CC BY 4.0. {command}")


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar of bytes on stderr; nothing where that is no terminal. Begins anew for each file."""
    bars: list[Any] = []

    def show(done: int, size: int) -> None:
        if not sys.stderr.isatty():
            return
        if bars and bars[-1].length != size:
            bars.pop().render_finish()
        if not bars:
            bars.append(click.progressbar(length=size, label=label, file=sys.stderr))
        bars[-1].update(done - bars[-1].pos)

    try:
        yield show
    finally:
        for bar in bars:
            bar.render_finish()


COMMANDS = (places,)
