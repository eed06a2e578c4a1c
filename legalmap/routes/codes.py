"""Codes to scan, as paths that a page draws itself: no picture file, no style, no script (the home of segno)."""

from __future__ import annotations

from itertools import groupby

import segno


def squares(text: str) -> tuple[str, int]:
    """The dark squares of a QR code of `text`, an SVG path of one unit each with a quiet border of 4; and its side."""
    code = segno.make_qr(text, error="m")
    rows: list[str] = []
    for y, row in enumerate(code.matrix_iter(border=4)):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                rows.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return "".join(rows), int(code.symbol_size(border=4)[0])
