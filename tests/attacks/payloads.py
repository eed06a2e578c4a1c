"""Texts that were made to harm: each runs, counts or breaks out where something takes data for its own language.

Where one runs it sets `window.hurt`, asks 127.0.0.1:9 or counts 7*7*1337, so that a test can see it. payloads.txt has
them as JSON, one a line: templates, elements, scripts, addresses, formulas, line ends, queries.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from urllib.parse import quote

RESULT = str(7 * 7 * 1337)
_WRITTEN: tuple[str, ...] = tuple(
    map(json.loads, Path(__file__).with_name("payloads.txt").read_text(encoding="ascii").splitlines())
)
_ATTRIBUTES = tuple(
    f"{mark}{space}{event}=window.hurt=1{space}x={mark}"
    for mark in ('"', "'", "")
    for space in (" ", "/", "\t")
    for event in ("onmouseover", "onfocus autofocus x", "onpointerenter", "style=animation-name:x onanimationstart")
)
_RUNNING = (*(one for one in _WRITTEN if one.startswith("<") and "hurt" in one), *_ATTRIBUTES[:4])
_ENCODED = (
    *(escape(one) for one in _RUNNING[:12]),
    *(quote(one) for one in _RUNNING[:8]),
    *(one.replace("<", "＜").replace(">", "＞") for one in _RUNNING[:6]),
    *(one.replace("<", "\\u003c").replace(">", "\\u003e") for one in _RUNNING[:6]),
    *("".join(f"&#x{ord(letter):x};" for letter in one) for one in _RUNNING[:3]),
)
PAYLOADS = tuple(dict.fromkeys((*_WRITTEN, *_ATTRIBUTES, *_ENCODED)))
"""More than 200, none twice."""
