"""The rules that the home page carries within, so that it is drawn after one request."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from legalmap.routes.static import StaticFiles


@dataclass(frozen=True, slots=True)
class Style:
    """A style sheet (or script) of ours as text between its tags: no data, and the only thing that templates do not
    escape. `source`: how the policy of a page names it."""

    text: str
    source: str

    def __html__(self) -> str:
        return self.text


def style(files: StaticFiles, name: str) -> Style:
    """The style sheet `name` of static/ as it goes out."""
    text = files.by_hashed[files.hashed[name]].plain.decode()
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Style(text, f"'sha256-{digest}'")
