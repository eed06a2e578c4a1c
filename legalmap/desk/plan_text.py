"""A plan as text and back, so that what a person was shown is what is applied, however much later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from legalmap.desk.outcome import Report
from legalmap.desk.reading.table import FileInfo
from legalmap.model import Change, Localized, Plan, Problem

_LANGS = ("ky", "ru", "en", "bare")


def written(report: Report) -> str:
    """`report` (of a plan that is not applied yet) as JSON. `read(written(report)) == report`."""
    info = report.file
    return json.dumps(
        {
            "file": None if info is None else {
                "name": info.name, "sha256": info.sha256, "bytes": info.bytes, "encoding": info.encoding,
                "delimiter": info.delimiter, "sheet": info.sheet, "rows": info.rows, "sheets": info.sheets,
                "header": info.header, "names": info.names, "wrong": info.wrong,
            },
            "unusable": report.unusable,
            "refused": report.plan.refused,
            "changes": [[one.id, one.change, one.line, one.fields] for one in report.plan.changes],
            "problems": [
                [one.code, one.level, one.line, one.column, one.value, _params(one.params)]
                for one in report.plan.problems
            ],
        },
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip


def read(text: str) -> Report:
    """The report that was written as `text`."""
    told = json.loads(text)
    info = told["file"]
    if info:
        info |= {
            "sheets": tuple(info["sheets"]), "header": tuple((cell, name) for cell, name in info["header"]),
            "names": {int(line): name for line, name in info["names"].items()},
            "wrong": {int(line): cells for line, cells in info.get("wrong", {}).items()},
        }  # fmt: skip
    return Report(
        plan=Plan(
            changes=tuple(
                Change(id=center_id, change=word, line=line, fields={name: tuple(pair) for name, pair in pairs.items()})
                for center_id, word, line, pairs in told["changes"]
            ),
            problems=tuple(
                Problem(
                    code=code, level=level, line=line, column=column, value=value,
                    params={key: _read_param(x) for key, x in params.items()},
                )
                for code, level, line, column, value, params in told["problems"]
            ),
            refused=told["refused"],
        ),
        file=FileInfo(**info) if info else None,
        unusable=told["unusable"],
    )  # fmt: skip


def _params(params: Mapping[str, str | int | float | Localized]) -> dict[str, Any]:
    return {
        key: {lang: getattr(value, lang) for lang in _LANGS} if isinstance(value, Localized) else value
        for key, value in params.items()
    }


def _read_param(value: Any) -> str | int | float | Localized:
    return Localized(**value) if isinstance(value, Mapping) else value
