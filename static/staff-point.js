/* The point of one center on the map: dragged, moved by arrow keys, or taken from the typed numbers, and back. */
(function (Atlas) {
  "use strict";
  const { section, about, said } = Atlas;
  const form = document.getElementById("center");
  const fields = { lat: form.elements.lat, lon: form.elements.lon };
  const STEP = 8;

  Atlas.start("map_main", [[39.17, 69.25], [43.27, 80.29]], {
    attributionControl: false, zoomControl: false, minZoom: 5, maxZoom: 18, zoomSnap: 0.25, maxBoundsViscosity: 0.8,
    maxBounds: [[36.17, 66.25], [46.27, 83.29]],
  });
  Atlas.land({ layer: "basemap" });
  Atlas.names({ layer: "names", lang: about.lang });
  Atlas.zoom({ position: "topright" });
  const map = Atlas.map;
  let marker = null;

  const typed = () => {
    const [lat, lon] = ["lat", "lon"].map((name) => Number(fields[name].value.trim().replace(",", ".")) || 0);
    return lat && lon && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? L.latLng(lat, lon) : null;
  };

  const Pin = L.Icon.extend({
    createIcon() {
      const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      for (const [name, value] of [["width", 36], ["height", 46], ["viewBox", "0 0 36 46"], ["aria-hidden", "true"]])
        picture.setAttribute(name, value);
      const drop = document.createElementNS("http://www.w3.org/2000/svg", "path");
      drop.setAttribute("class", "drop");
      drop.setAttribute("d", "M18 42S32 27 32 16A14 14 0 0 0 4 16C4 27 18 42 18 42Z");
      picture.append(drop);
      const pin = Object.assign(document.createElement("div"), { className: "pin state" });
      pin.append(picture);
      const icon = Object.assign(document.createElement("div"), { className: "leaflet-marker-icon anchor own-point" });
      icon.append(pin);
      icon.setAttribute("aria-label", about.words.point);
      return icon;
    },
    createShadow: () => null,
  });

  const write = (at) => {
    fields.lat.value = at.lat.toFixed(5);
    fields.lon.value = at.lng.toFixed(5);
    fields.lon.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const keys = (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? 1 : STEP, zoom = map.getZoom();
    const at = map.unproject(map.project(marker.getLatLng(), zoom).add([by[0] * step, by[1] * step]), zoom);
    marker.setLatLng(at);
    if (!map.getBounds().pad(-0.1).contains(at)) map.panTo(at, { animate: false });
    write(at);
  };

  const put = (at) => {
    if (marker) marker.setLatLng(at);
    else {
      marker = L.marker(at, { icon: new Pin({ iconSize: null }), draggable: true, autoPan: true, keyboard: true }).addTo(map);
      marker.on("dragend", () => write(marker.getLatLng()));
      marker.getElement().addEventListener("keydown", keys);
    }
    Atlas.write();
  };

  const button = Object.assign(document.createElement("button"), {
    type: "button", className: "btn quiet", textContent: about.words.put,
  });
  button.addEventListener("click", () => {
    put(map.getCenter());
    write(map.getCenter());
    marker.getElement().focus();
  });
  section.querySelector(".map-tools").prepend(button);

  map.on("click", (event) => {
    if (marker) return; // a point that is there is moved, never thrown by a slip of the hand
    put(event.latlng);
    write(event.latlng);
  });
  for (const name of ["lat", "lon"])
    fields[name].addEventListener("change", (event) => {
      const at = typed();
      if (at && event.isTrusted) {
        put(at);
        map.setView(at, Math.max(map.getZoom(), 12), { animate: false });
      }
    });

  const start = typed();
  if (start) {
    map.setView(start, 13, { animate: false });
    put(start);
  } else if (about.near) map.setView(about.near, 12, { animate: false });
  said.dataset.ready = "yes";
})(window.Atlas);
