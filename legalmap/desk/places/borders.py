"""Where a point lies: how far outside the country, and how far from each oblast (the only user of GeoPandas here)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from legalmap import resources
from legalmap.model import Point

LAYERS = ("border.geojson", "oblasts.geojson")
_UTM_43N = 32643
"""EPSG; in meters, wrong by at most 0.4 % at the country's ends."""


class BordersMissing(Exception):
    """The layers are not there or cannot be read; the text names the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """How points lie, one row for each. `outside`: meters to the country, 0 inside. `oblasts`: meters to each of
    `codes`, 0 inside."""

    outside: npt.NDArray[np.float64]
    oblasts: npt.NDArray[np.float64]
    codes: tuple[str, ...]


def lying(points: Sequence[Point]) -> Lying:
    """How the points (WGS84) lie to geodata's border and oblasts. Raises BordersMissing."""
    import geopandas  # half a second and 60 MB: only an import of places pays them

    border, oblasts = (_layer(name).to_crs(_UTM_43N) for name in LAYERS)
    flat = geopandas.GeoSeries(
        geopandas.points_from_xy([point.lon for point in points], [point.lat for point in points], crs=4326)
    ).to_crs(_UTM_43N)
    country = border.geometry.union_all()
    return Lying(
        outside=flat.distance(country).to_numpy(),
        oblasts=np.column_stack([flat.distance(shape).to_numpy() for shape in oblasts.geometry]),
        codes=tuple(oblasts["code"]),
    )


def _layer(name: str):  # type: ignore[no-untyped-def]  # geopandas has no types
    import geopandas
    from pyogrio.errors import DataSourceError  # type: ignore[import-untyped]

    path = Path(name)
    try:
        path = resources.folder("geodata") / name
        return geopandas.read_file(path)
    except (DataSourceError, OSError, ValueError) as fault:
        raise BordersMissing(str(path)) from fault
