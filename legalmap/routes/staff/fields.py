"""The form of a center: its fields in parts, each with its help, its choices, what was typed and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from legalmap.desk.edit import FORM_COLUMNS
from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.reading.cells import values
from legalmap.desk.reading.vocabulary import ADMISSION
from legalmap.desk.template_columns import called, need, stem, told
from legalmap.letters import sort_key
from legalmap.model import (
    ACCESS,
    FEES,
    GROUPS,
    KINDS,
    LANGS,
    LANGUAGES,
    NEEDS,
    SHOW_LOCATION,
    STATUSES,
    TOPICS,
    Problem,
)  # fmt: skip
from legalmap.routes import oblasts, page
from legalmap.routes.staff.reading import worded
from legalmap.visibility import COLUMNS
from legalmap.wording import catalog, label

PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("what", ("name", "kind", "status", "id")),
    ("where", ("show_location", "oblast", "rayon", "settlement", "address", "directions", "point")),
    ("reach", ("phones", "whatsapp", "email", "website", "hours", "phone_hours", "languages")),
    ("help", ("services", "topics", "needs", "groups", "admission", "fee", "access", "area", "rank")),
    ("people", ("bring", "note")),
    ("known", ("source", "source_date", "verified")),
    ("us", ("slip_name", "internal_note", "internal_contact")),
)
"""What belongs together; `name` and the like stand for their columns in each language, `point` for lat and lon."""
ONE = {"kind": KINDS, "status": STATUSES, "show_location": SHOW_LOCATION[::-1], "fee": FEES}
SEVERAL = {
    "languages": ("language", LANGUAGES), "topics": ("topic", TOPICS), "needs": ("need", NEEDS),
    "groups": ("group", GROUPS), "access": ("access", ACCESS),
}  # fmt: skip
_LONG = frozenset({"services", "bring", "note", "directions", "internal_note"})
_COUNTED = tuple(name for name in ADMISSION if name.endswith("_N"))
_NONE: tuple[tuple[str, str, bool], ...] = ()
_ORDER = {column: place for place, column in enumerate(COLUMNS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column in the form. `shape`: line, text, one, several, admission, fixed; `lang`: of a text in one language;
    `options`: (value, words, chosen)."""

    column: str
    shape: str
    label: str
    value: str
    lang: str = ""
    options: tuple[tuple[str, str, bool], ...] = ()
    faults: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the form: a field, or one text in several languages, or the point, or what was verified."""

    name: str
    label: str
    help: str
    needed: bool
    fields: tuple[Field, ...]


def typed(form: MultiDict[str, str]) -> dict[str, str]:
    """The cells that a sent form holds, as typed; of boxes all that were ticked."""
    found = {}
    for column in FORM_COLUMNS:
        if column in SEVERAL:
            found[column] = "; ".join(form.getlist(column))
        elif column == "admission":
            ticked = [value for value in form.getlist(column) if not value.endswith("_N")]
            counted = ((name, form.get(f"admission.{name}", "").strip()) for name in _COUNTED)
            found[column] = "; ".join((*ticked, *(name.replace("N", number) for name, number in counted if number)))
        elif column in form:
            found[column] = form[column]
    return found | ({"id": form["id"]} if "id" in form else {})


def parts(
    cells: Mapping[str, str], problems: Sequence[Problem], gazetteer: Gazetteer, *, new: bool
) -> list[tuple[str, list[Line]]]:
    """The form for `cells`, with what is wrong at each field. `new`: the id can still be chosen."""
    return [(part, [_line(name, cells, problems, gazetteer, new=new) for name in names]) for part, names in PARTS]


def faulty(problems: Iterable[Problem]) -> list[Problem]:
    """What stops a save, in the order of the form."""
    order = {column: place for place, column in enumerate(name for _, names in PARTS for name in names)}

    def place(problem: Problem) -> tuple[int, int]:
        column = problem.column or ""
        at = order.get(stem(column)[0], order.get("point" if column in {"lat", "lon"} else "verified", 0))
        return at, _ORDER.get(column, 0)

    return sorted((problem for problem in problems if problem.level == "error"), key=place)


def _line(name: str, cells: Mapping[str, str], problems: Sequence[Problem], gazetteer: Gazetteer, *, new: bool) -> Line:
    columns: tuple[str, ...] = (name,)
    if name == "point":
        columns = ("lat", "lon")
    elif name == "verified":
        columns = ()
    elif f"{name}_ky" in COLUMNS:
        # in a language that nobody named: asked for no more, shown where it is there; a street needs no language
        bare = name in COLUMNS and (name == "address" or bool(cells.get(name)))
        columns = (*((name,) if bare else ()), *(f"{name}_{lang}" for lang in LANGS))
    fields = tuple(_field(column, cells, problems, gazetteer, new=new) for column in columns)
    lang = page.language()
    named = f"{name}_ky" if name == "name" else columns[0] if columns else ""
    heading = re.sub(r" \([^()]*\)$", "", label("column", named, lang))
    return Line(
        name=name, label=heading, help=_help(columns[0] if columns else name, lang),
        needed=bool(columns) and need(columns[-1], lang) == need("kind", lang), fields=fields,
    )  # fmt: skip


def _help(column: str, lang: str) -> str:
    """What an admin is told of a column: of the form where it differs from the table."""
    name = stem(column)[0]
    own = catalog("labels", lang).pgettext("column.form", name)
    return own if own != name else told(column, lang)


def _field(
    column: str, cells: Mapping[str, str], problems: Sequence[Problem], gazetteer: Gazetteer, *, new: bool
) -> Field:
    lang, value = page.language(), cells.get(column, "")
    shape, options = "text" if stem(column)[0] in _LONG else "line", _NONE
    if column in ONE:
        shape, options = "one", _of(column, ONE[column], {value}, lang)
    elif column == "oblast":
        shape, options = "one", _of(column, oblasts.sorted_codes(), {value}, lang)
    elif column == "rayon":
        shape, options = "one", _rayons(gazetteer, value, lang)
    elif column in SEVERAL:
        family, known = SEVERAL[column]
        shape, options = "several", _of(family, known, set(values(value)), lang)
    elif column == "admission":
        shape, options = (
            "admission",
            _of(column, [one for one in ADMISSION if one not in _COUNTED], set(values(value)), lang),
        )
    elif column == "id" and not new:
        shape = "fixed"
    own = [problem for problem in problems if problem.column == column]
    return Field(
        column=column, shape=shape, label=label("column", column, lang), value=value, lang=stem(column)[1],
        options=options,
        faults=tuple(worded(problem) for problem in own if problem.level == "error"),
        notices=tuple(worded(problem) for problem in own if problem.level == "notice"),
    )  # fmt: skip


def _of(family: str, known: Iterable[str], chosen: set[str], lang: str) -> tuple[tuple[str, str, bool], ...]:
    return tuple((value, called(family, value, lang), value in chosen) for value in known)


def _rayons(gazetteer: Gazetteer, value: str, lang: str) -> tuple[tuple[str, str, bool], ...]:
    """Every rayon by name; a text that is none of them stays as it is."""
    named = [(rayon.id, rayon.names.in_lang(lang)[0]) for rayon in gazetteer.rayons.values()]
    named.sort(key=lambda pair: sort_key(pair[1], lang))
    if value and value not in gazetteer.rayons:
        named.append((value, value))
    return tuple((key, name, key == value) for key, name in named)


def counted(cells: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(name, words, number as text) of the conditions of admission that hold a number."""
    found = []
    for name in _COUNTED:
        beginning = name.removesuffix("N")
        number = next(
            (one.removeprefix(beginning) for one in values(cells.get("admission", "")) if one.startswith(beginning)), ""
        )
        found.append((name, catalog("labels", page.language()).pgettext("admission", name).replace("{n}", "…"), number))
    return found
