"""What the desk's own lists must not tell of a center that hides its address: fields, and words of it in any text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from legalmap.desk.gazetteer import Gazetteer
from legalmap.desk.privacy import NOT_TEXT, PLACE, Secrets, secrets_of
from legalmap.model import OBLASTS, SHOW_LOCATION
from legalmap.store import Connection, centers, past
from legalmap.visibility import PUBLIC_COLUMNS

_RANK = {value: place for place, value in enumerate(SHOW_LOCATION)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One center, as tight as the tightest look at it that counts."""

    show: str
    secrets: tuple[Secrets, ...] = ()

    @classmethod
    def of(
        cls, looks: Sequence[Mapping[str, str]], gazetteer: Gazetteer, ever: Iterable[tuple[str, str]] = ()
    ) -> Screen:
        """`looks`: the center's cells at each time that counts, today first; `ever`: (column, text) of what its address
        was at any time."""
        show = min((cells["show_location"] for cells in looks), key=lambda value: _RANK.get(value, 0))
        show = show if show in PUBLIC_COLUMNS else "no"
        if show == "yes":
            return cls(show=show)
        every = [*looks, *({**looks[0], column: text} for column, text in ever)]
        return cls(show=show, secrets=tuple(secrets_of({**cells, "show_location": show}, gazetteer) for cells in every))

    def hides(self, column: str, *texts: str) -> bool:
        """Whether these texts of a column are not told."""
        if self.show == "yes" or column.startswith("verified."):
            return False
        if column not in PUBLIC_COLUMNS[self.show]:
            return True
        if column == "area" and self.show == "no":
            return not {part for text in texts for part in text.split("; ")} <= {*OBLASTS, "country", ""}
        return self._says(column, *texts)

    def tells(self, column: str, text: str) -> bool:
        """Whether this text of a column would let the public read what is hidden."""
        return column in PUBLIC_COLUMNS[self.show] - NOT_TEXT and self._says(column, text)

    def _says(self, column: str, *texts: str) -> bool:
        return any(secrets.told_in(column, text) for secrets in self.secrets for text in texts if text)


def screens(
    connection: Connection, gazetteer: Gazetteer, center_ids: Collection[str], shows: Mapping[str, Collection[str]]
) -> dict[str, Screen]:
    """The screens of these centers as they are today; `shows`: what else show_location said of each or would say."""
    known = centers.records(connection, set(center_ids))
    looks = {
        name: [record.cells, *({**record.cells, "show_location": show} for show in shows.get(name, ()))]
        for name, record in known.items()
    }
    hiding = {name for name, many in looks.items() if any(cells["show_location"] != "yes" for cells in many)}
    ever = past.texts_ever(connection, PLACE, hiding)
    return {name: Screen.of(many, gazetteer, ever.get(name, ())) for name, many in looks.items()}
