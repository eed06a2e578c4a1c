"""Draws the shell of the map with Folium: bounds, controls, layers by logical names, and never any data.

Folium renders texts that it is given as templates, on the server and again in the browser: the name of a center
could run a command. So only what stands in this module goes through it. Centers travel as JSON that the page's own
script reads and shows by textContent.
"""

from __future__ import annotations

from dataclasses import dataclass

import folium
from branca.element import CssLink, Figure, JavascriptLink, MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from legalmap.model import Lang

BOUNDS = ((39.17, 69.25), (43.27, 80.29))
"""Latitude and longitude of the country's south-west and north-east corner, degrees."""
_MARGIN = 3.0
"""How far beyond them the map can be moved, degrees."""
_LEAFLET, _CLUSTER = "vendor/leaflet-1.9.4", "vendor/markercluster-1.5.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """A drawn shell: logical names of the files it needs, in their order, and the script that starts it."""

    css: tuple[str, ...]
    js: tuple[str, ...]
    script: str


class _Map(folium.Map):
    """Folium's map without its foreign hosts, inline styles and page head."""

    default_js = [("leaflet", f"{_LEAFLET}/leaflet.js")]  # noqa: RUF012
    default_css = [("leaflet_css", f"{_LEAFLET}/leaflet.css")]  # noqa: RUF012
    _template = Template(
        """
        {% macro script(this, kwargs) %}
        Atlas.start({{ this.get_name()|tojson }}, {{ this.bounds|tojson }}, {{ this.options|tojavascript }});
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        (south, west), (north, east) = BOUNDS
        super().__init__(
            location=((south + north) / 2, (west + east) / 2),
            tiles=None,
            zoom_start=7,
            min_lat=south - _MARGIN,
            min_lon=west - _MARGIN,
            max_lat=north + _MARGIN,
            max_lon=east + _MARGIN,
            max_bounds=True,
            zoom_control=False,
            # kept as options, because tiles=None leaves min_zoom and max_zoom out
            minZoom=5,
            maxZoom=18,
            max_bounds_viscosity=0.8,
            attribution_control=False,
            zoom_snap=0.25,
            zoom_delta=1,
            wheel_px_per_zoom_level=90,
        )
        self.bounds = BOUNDS
        self._id = "main"


class _Part(JSCSSMixin, MacroElement):
    """One layer or control: a call of the page's own script with names and numbers of this module."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        Atlas.{{ this.call }}({{ this.options|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, call: str, **options: str | int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = self._id = call
        self.call, self.options = call, options


class _Centers(_Part):
    default_js = [("markercluster", f"{_CLUSTER}/leaflet.markercluster.js")]  # noqa: RUF012
    default_css = [("markercluster_css", f"{_CLUSTER}/MarkerCluster.css")]  # noqa: RUF012


def draw(lang: Lang) -> Shell:
    """The shell for pages in `lang`: the same text each time, with no word from the directory in it."""
    shell = _Map()
    for part in (
        _Part("land", layer="basemap"),
        _Part("names", layer="names", lang=lang),
        _Centers("centers", layer="centers", radius=44),
        _Part("zoom", position="topright"),
    ):
        shell.add_child(part)
    figure = shell.get_root()
    assert isinstance(figure, Figure)
    for child in tuple(figure._children.values()):
        child.render()
    needed = tuple(figure.header._children.values())
    lines = (line.strip() for line in figure.script.render().splitlines())
    return Shell(
        css=tuple(element.url for element in needed if isinstance(element, CssLink)),
        js=tuple(element.url for element in needed if isinstance(element, JavascriptLink)),
        script="".join(f"{line}\n" for line in lines if line),
    )
