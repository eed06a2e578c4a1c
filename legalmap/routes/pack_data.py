"""What the one file carries for its scripts: scripts and styles themselves, the data of a phone, the map's layers."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from jinja2.utils import htmlsafe_json_dumps

from legalmap import letters
from legalmap.directory import edition, layers, near, suggestions
from legalmap.directory.edition import Directory
from legalmap.model import PHONE_KINDS, Lang
from legalmap.routes import atlas as atlases
from legalmap.routes.static import StaticFiles
from legalmap.routes.within import Style

SCRIPTS = ("pack.js", "leave.js", "near-start.js", "near.js", "places.js")
STYLES = ("look.css", "near.css", "typing.css", "pack.css")
INSIDE = {name: name for name in ("typing", "typing_css", "view", "letters", "places", "near", "notices", "parts")} | {
    "view_css": ["view", "view"]
}
"""What near-start.js asks for by addresses of the site, by the names under which pack.js has it."""
_COMPACT: Mapping[str, Any] = {"ensure_ascii": False, "separators": (",", ":")}
_MADE = {"near": near.near_json, "places": suggestions.places_json}
_DRAWING, _LOOK = "map.js", "map.css"


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map of the file: what its section tells, its layers, and the code that is run only when somebody asks."""

    atlas: atlases.Atlas
    layers: Mapping[str, Any]
    css: tuple[str, ...]
    library: tuple[str, ...]
    shell: str


@dataclass(frozen=True, slots=True)
class Code:
    """Our own text between script and style tags, and the policy that lets just that run."""

    script: Style
    style: Style
    library: Style | None
    drawing: Style | None
    policy: str

    @classmethod
    def of(cls, files: StaticFiles, drawing: Drawing | None) -> Self:
        style = _text(files, (*STYLES, *(drawing.css if drawing else ())))
        script = _text(files, SCRIPTS)
        library = _text(files, drawing.library) if drawing else None
        shell = _text(files, (_DRAWING,), drawing.shell) if drawing else None
        run = " ".join(code.source for code in (script, library, shell) if code)
        policy = f"default-src 'none'; script-src {run}; style-src {style.source}; base-uri 'none'; form-action 'none'"
        return cls(script, style, library, shell, policy)


def _text(files: StaticFiles, names: Iterable[str], more: str = "") -> Style:
    """Files of ours one after the other; no word of data."""
    parts = [files.by_hashed[files.hashed[name]].plain.decode() for name in names]
    # a script's last line may be a comment
    text = "\n".join((*parts, more)).replace("\r\n", "\n")
    if any(sign in text.lower() for sign in ("</script", "</style", "<!--")):
        raise ValueError("code that would end its own tag")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Style(text, f"'sha256-{digest}'")


def atlas(directory: Directory, lang: Lang, files: StaticFiles) -> Drawing | None:
    """The simple map without streets; None where the edition has none."""
    offered = atlases.offer()
    if offered is None or directory.folder is None:
        return None
    try:
        needs = json.loads((directory.folder / layers.file_name("shell", lang)).read_bytes())
        shell = (directory.folder / layers.file_name("shell", lang, "js")).read_text(encoding="utf-8")
    except OSError:  # swept away by a newer edition a moment ago
        return None
    own = atlases.Atlas({"words": offered.about["words"]}, 0, "", False)
    base = json.loads(files.by_hashed[files.hashed["basemap.json"]].plain)
    drawn = {"basemap": base, "names": layers.names(directory, lang)}
    return Drawing(own, drawn, (*needs["css"], _LOOK), tuple(needs["js"]), shell)


def data(directory: Directory, lang: Lang, drawing: Drawing | None, said: Mapping[int, Any]) -> dict[str, str]:
    """By name, what pack.js gives to the scripts, as JSON that cannot end its own tag: only what the edition has, and
    what centers `said` when the file was made."""
    given = {
        **{name: _published(directory, name, lang) for name in _MADE},
        "notices": said,
        "letters": json.loads(letters.TABLES.read_bytes()),
        **(drawing.layers if drawing else {}),
    }
    # as the filter tojson does, without its spaces: a tenth of 200 kB
    return {name: htmlsafe_json_dumps(one, dumps=json.dumps, **_COMPACT) for name, one in given.items()}


def _published(directory: Directory, name: str, lang: Lang) -> Any:
    """As the edition has it; of a narrowed one it is made."""
    file = layers.file_name(name, lang)
    if directory.folder is None or file not in directory.files:
        return _MADE[name](directory, lang)
    return json.loads((directory.folder / file).read_bytes())


def narrowed(directory: Directory, oblast: str) -> Directory:
    """The same edition with centers and places of one oblast, what is for the whole country and the numbers to call."""

    def kept(area: tuple[str, ...], own: str) -> bool:
        return own == oblast or oblast in area or "country" in area or not own

    files = {name: sha256 for name, sha256 in directory.files.items() if not name.startswith(tuple(_MADE))}
    return edition.build(
        directory.number, directory.content_sha256, directory.published_at,
        [one for one in directory.centers if one.kind in PHONE_KINDS or kept(one.area, one.oblast)],
        [place for place in directory.places.by_id.values() if place.oblast == oblast],
        directory.texts.values(), directory.folder, rayons=directory.rayons.values(), files=files,
    )  # fmt: skip
