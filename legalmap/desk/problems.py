"""How the desk says that something is wrong: codes and parameters, never sentences."""

from __future__ import annotations

from legalmap.model import Localized, Problem

QUESTIONS = frozenset({
    "show_location_unclear", "show_wider", "landline_shows_town", "small_settlement", "id_similar",
    "settlement_ambiguous", "likely_duplicate", "replace_all_many", "sensitive_shown",
    "rayon_ambiguous", "encoding_guessed", "point_in_other_oblast", "point_far_from_settlement",
    "point_in_exclave",
})  # fmt: skip
"""Codes that a person answers yes to with `--accept CODE`."""


class Refused(Exception):
    """The cell cannot go in; `code` and `params` say why and what to do."""

    def __init__(self, code: str, **params: str | int | float | Localized) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class FileRefused(Exception):
    """The file cannot be used at all; `problem` says why and what to do."""

    def __init__(self, code: str, value: str | None = None, **params: str | int | float) -> None:
        super().__init__(code)
        self.problem = Problem(code=code, level="error", value=value, params=params)
