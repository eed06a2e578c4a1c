"""Reads GeoNames' alternate names (alternateNamesV2.txt, of the world or of one country) for the ids wanted."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from legalmap.desk.places.findings import Findings
from legalmap.desk.places.geonames import FileUnusable, Source, geonames_id
from legalmap.desk.places.geonames_names import Alternate, is_name, script, tidy

FEWEST_COLUMNS, MOST_COLUMNS = 4, 10
"""alternateNameId, geonameid, isolanguage, name; then preferred, short, colloquial, historic, from, to: older files
end sooner."""
NO_NAMES = frozenset({
    "link", "wkdt", "post", "iata", "icao", "faac", "tcid", "unlc", "abbr", "phon", "piny",
})  # fmt: skip
"""What stands in the column of the language and is none: addresses, codes, abbreviations, ways to say it."""
MOST_NAMES = 200
"""Of one settlement; a capital has half as many."""


def read_alternates(source: Source, wanted: Collection[str], findings: Findings) -> Mapping[str, list[Alternate]]:
    """The names of the settlements with the ids `wanted`, in the order of the file.

    Says which lines cannot be read. Raises FileUnusable when the file holds no name of any of them.
    """
    ids = {place.encode() for place in wanted}
    found: dict[str, list[Alternate]] = {}
    shaped = False
    for number, line in source.lines:
        start = line.split(b"\t", 2)
        if len(start) == 3 and start[1] not in ids and start[1].isdigit():
            continue  # 16 million lines of the world go by here
        columns = line.split(b"\t")
        if not (FEWEST_COLUMNS <= len(columns) <= MOST_COLUMNS):
            findings.say(
                "alternates_line_columns", line=number, actual=len(columns), least=FEWEST_COLUMNS, most=MOST_COLUMNS
            )
            continue
        try:
            place, alternate = geonames_id(columns[1].decode()), _alternate([part.decode("utf-8") for part in columns])
        except ValueError:
            findings.say("alternates_line_unreadable", line=number, value=line[:60].decode("utf-8", "replace"))
            continue
        shaped = True
        if alternate.lang in NO_NAMES:
            continue
        if not is_name(alternate.text) or len(found.get(place, ())) >= MOST_NAMES:
            if script(alternate.text):  # Chinese, Arabic and the like are left out without a word
                findings.say("geonames_name_unusable", line=number, value=alternate.text[:60], id=place)
        elif script(alternate.text):
            found.setdefault(place, []).append(alternate)
    if not found:
        raise FileUnusable("alternates_of_others" if shaped else "alternates_nothing_usable", value=source.name)
    return found


def _alternate(columns: list[str]) -> Alternate:
    """Raises ValueError for a mark that is neither "1" nor empty."""
    preferred, short, colloquial, historic, _, until = (*columns[4:], *("",) * 6)[:6]
    if {preferred, short, colloquial, historic} - {"", "0", "1"}:
        raise ValueError(columns)
    return Alternate(
        lang=columns[2].strip().lower(),
        text=tidy(columns[3]),
        preferred=preferred == "1",
        plain=not until.strip() and "1" not in {short, colloquial, historic},
    )
