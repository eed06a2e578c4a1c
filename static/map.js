/* Draws the map that the edition's shell asks for: land and waters, names, points with their popups, streets.
   Whatever comes from data is set by textContent; nothing is kept, and nobody else is asked before a tap. */
(function (Atlas) {
  "use strict";
  const { section, about, said, layers } = Atlas;
  const words = about.words;
  const frame = section.querySelector(".map-main");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const SVG = "http://www.w3.org/2000/svg";
  const SIMPLE_ZOOM = 14;
  const DEGREE = 100000;
  let map, group, whole, chosen = [], back = null;
  const points = new Map();

  const make = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };
  const svg = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const key of Object.keys(attributes)) made.setAttribute(key, attributes[key]);
    return made;
  };
  const fill = (text, n) => text.replace("{n}", n.toLocaleString(document.documentElement.lang));
  const telephone = (number) => number.replace(/^(\+996)(\d{3})(\d{2})(\d{2})(\d{2})$/, "$1 $2 $3 $4 $5");

  /* ---- land ---- */
  const unpack = (steps, scale) => {
    const line = [];
    for (let i = 0, lon = 0, lat = 0; i < steps.length; i += 2) {
      lon += steps[i];
      lat += steps[i + 1];
      line.push([lat / scale, lon / scale]);
    }
    return line;
  };

  Atlas.land = (options) => {
    Atlas.ready.push(layers[options.layer].then((base) => {
      const renderer = L.svg({ pane: "land", padding: 0.6 });
      const look = (className) => ({ renderer, pane: "land", interactive: false, className, smoothFactor: 1.2 });
      const lines = (list) => list.map((steps) => unpack(steps, base.scale));
      const land = base.land.map(lines);
      L.polygon(land, look("glow")).addTo(map);
      L.polygon(land, look("glow thin")).addTo(map);
      L.polygon(land, look("land")).addTo(map);
      L.polyline(lines(base.rivers), look("river")).addTo(map);
      L.polygon(base.lakes.map(lines), look("lake")).addTo(map);
      L.polyline(lines(base.inner), look("inner")).addTo(map);
      L.polygon(land, look("border")).addTo(map);
    }));
  };

  /* ---- names ---- */
  const LEAST_ZOOM = [9.25, 8.25, 7, 5.5, 0];
  const FONTS = ["500 13px", "500 13.5px", "600 14px", "600 15px", "700 16.5px"];

  const wanted = (base, data, lang) => {
    const names = data.name.map((text, i) => ({
      text, lat: data.lat[i] / DEGREE, lon: data.lon[i] / DEGREE, least: LEAST_ZOOM[data.size[i]], most: 99,
      font: FONTS[data.size[i]], kind: "town t" + data.size[i],
    }));
    const column = { ky: 3, ru: 4, en: 5 }[lang];
    for (const water of base.waters)
      names.unshift({
        text: water[column], lat: water[0], lon: water[1], least: water[2] > 1000 ? 5.75 : 8, most: 99,
        font: "italic 500 14px", kind: "water",
      });
    for (const land of base.abroad)
      names.push({
        text: land[column - 1].toUpperCase(), lat: land[0], lon: land[1], least: 0, most: 7.75, font: "600 12px",
        kind: "abroad",
      });
    for (const code of Object.keys(base.oblasts))
      if (data.oblasts[code] && code !== "KG-GB")
        names.push({
          text: data.oblasts[code].toUpperCase(), lat: base.oblasts[code][0], lon: base.oblasts[code][1],
          least: 6, most: 8.5, font: "600 12px", kind: "oblast",
        });
    return names;
  };

  const boxes = (list) => ({
    over: (box) => list.filter((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1]).length,
    take: (box) => list.push(box),
  });

  /* the first place beside its dot where a name fits: below, right, left, above; none: it is left out */
  const places = (name, x, y, w) =>
    name.kind.startsWith("town")
      ? [[x - w / 2, y + 4], [x + 8, y - 10], [x - w - 8, y - 10], [x - w / 2, y - 24]]
      : [[x - w / 2, y - 10]];

  const pinBoxes = () =>
    [...map.getPane("markerPane").children].map((icon) => {
      const at = L.DomUtil.getPosition(icon), w = icon.firstElementChild.offsetWidth, h = icon.firstElementChild.offsetHeight;
      const below = icon.querySelector(".origin") ? h : 0;
      return [at.x - w / 2, at.y - h + below / 2, at.x + w / 2, at.y + below / 2 + 2];
    });

  const writeNames = (names, pane, pen) => {
    const zoom = map.getZoom(), view = map.getBounds().pad(0.1);
    const taken = boxes(pinBoxes());
    const family = getComputedStyle(frame).fontFamily;
    pane.textContent = "";
    for (const name of names) {
      if (zoom < name.least || zoom > name.most || !view.contains([name.lat, name.lon])) continue;
      const at = map.latLngToLayerPoint([name.lat, name.lon]);
      pen.font = name.font + " " + family;
      const w = pen.measureText(name.text).width * (name.kind === "oblast" || name.kind === "abroad" ? 1.3 : 1.03) + 4;
      const over = ([x, y]) => taken.over([x - 2, y - 1, x + w + 2, y + 20]);
      const spot = places(name, at.x, at.y, w).reduce((best, one) => (over(one) < over(best) ? one : best));
      if (over(spot) && name.kind !== "town t4") continue; // the largest towns are always named
      taken.take([spot[0] - 2, spot[1] - 1, spot[0] + w + 2, spot[1] + 20]);
      const label = make("span", "name " + name.kind, name.text);
      L.DomUtil.setPosition(label, L.point(spot[0], spot[1]).round());
      pane.append(label);
      if (!name.kind.startsWith("town")) continue;
      const dot = make("i", "dot " + name.kind);
      L.DomUtil.setPosition(dot, at.round());
      pane.append(dot);
    }
  };

  Atlas.names = (options) => {
    Atlas.ready.push(Promise.all([layers.basemap, layers[options.layer]]).then(([base, data]) => {
      const pane = map.createPane("names");
      pane.classList.add("leaflet-zoom-hide");
      pane.setAttribute("aria-hidden", "true");
      const pen = document.createElement("canvas").getContext("2d");
      const names = wanted(base, data, options.lang);
      let waiting = 0;
      Atlas.write = () => {
        window.clearTimeout(waiting);
        waiting = window.setTimeout(() => writeNames(names, pane, pen), 30);
      };
      map.on("zoomend moveend resize", Atlas.write);
    }));
  };

  /* ---- points ---- */
  const SHAPES = {
    state: [["rect", { x: 13.5, y: 11.5, width: 9, height: 9, rx: 1 }]],
    lawyer: [["path", { d: "M18 10.500 23.500 16 18 21.500 12.500 16Z" }]],
    ngo: [["circle", { cx: 18, cy: 16, r: 5 }]],
    support: [["path", { d: "M18 10.500 23.500 20.500h-11Z" }]],
  };

  const pinPicture = (point) => {
    const picture = svg("svg", { width: 36, height: 46, viewBox: "0 0 36 46", "aria-hidden": "true" });
    if (point.rough) picture.append(svg("ellipse", { class: "ring", cx: 18, cy: 41, rx: 11, ry: 4 }));
    picture.append(svg("path", { class: "drop", d: "M18 42S32 27 32 16A14 14 0 0 0 4 16C4 27 18 42 18 42Z" }));
    if (point.order) {
      const text = svg("text", { x: 18, y: 21.5, "text-anchor": "middle" });
      text.textContent = point.order;
      picture.append(text);
    } else for (const [name, attributes] of SHAPES[point.tone]) picture.append(svg(name, Object.assign({ class: "mark" }, attributes)));
    return picture;
  };

  const button = (icon, name) => {
    icon.setAttribute("role", "button");
    icon.setAttribute("aria-label", name);
    icon.tabIndex = 0;
    return icon;
  };

  const Icon = L.Icon.extend({
    createIcon() {
      const icon = make("div", "leaflet-marker-icon anchor");
      icon.append(this.options.draw(this.options.of));
      return icon;
    },
    createShadow: () => null,
  });

  const drawPin = (point) => {
    const icon = button(make("div", "pin " + point.tone), (point.order ? point.order + ". " : "") + point.name);
    icon.dataset.pin = point.number;
    icon.append(pinPicture(point));
    return icon;
  };

  /* a few numbered points at one place stand side by side, each a button of its own */
  const drawTogether = (cluster) => {
    const inside = cluster.getAllChildMarkers().map((marker) => marker.point);
    inside.sort((a, b) => (a.order || 0) - (b.order || 0));
    const icon = make("div", "together");
    if (inside[0].order && inside.length <= 6) {
      const chips = make("div", "chips n" + inside.length);
      for (const point of inside) {
        const chip = button(make("div", "chip-pin " + point.tone), point.order + ". " + point.name);
        chip.append(make("b", "", String(point.order)));
        chip.dataset.pin = point.number;
        chips.append(chip);
      }
      icon.append(chips);
      return icon;
    }
    button(icon, fill(words.many, inside.length));
    const tones = ["state", "lawyer", "ngo", "support"].filter((tone) => inside.some((point) => point.tone === tone));
    icon.append(make("b", "count" + (inside.length > 99 ? " large" : ""), String(inside.length)));
    const bar = make("span", "tones");
    for (const tone of tones) {
      const part = make("i", tone);
      part.style.flexGrow = inside.filter((point) => point.tone === tone).length;
      bar.append(part);
    }
    icon.append(bar);
    return icon;
  };

  const add = (list) => {
    const markers = list.map((point) => {
      const marker = L.marker([point.lat, point.lon], {
        icon: new Icon({ draw: drawPin, of: point }), keyboard: false, riseOnHover: true,
      });
      marker.point = point;
      point.marker = marker;
      points.set(String(point.number), point);
      return marker;
    });
    group.addLayers(markers);
    chosen = list;
  };

  /* what centers say of these days, of those that hold by the server's clock or, in a kept copy, by the phone's own;
     without an answer nobody says anything */
  const says = {};
  const hear = async () => {
    const answer = await fetch(about.notices);
    const heard = answer.ok ? await answer.json() : {};
    const now = Date.parse(answer.headers.get("Date")) || Date.now();
    const today = new Date(now + 21600000).toISOString().slice(0, 10); // in Bishkek
    for (const number of Object.keys(heard)) if (heard[number][1] >= today) says[number] = heard[number][0];
    for (const row of document.querySelectorAll("a[data-center]"))
      if (says[row.dataset.center]) row.append(" ", make("b", "old", says[row.dataset.center]));
  };
  if (about.notices) hear().catch(() => undefined);

  const fromCards = () =>
    [...document.querySelectorAll("[data-point]")].map((card, i) => {
      const [lat, lon] = card.dataset.point.split(",").map(Number);
      const name = card.querySelector("h3 a, h1") || document.querySelector("h1");
      return {
        lat, lon, card, number: card.dataset.center, tone: card.dataset.tone, rough: "rough" in card.dataset,
        name: name.textContent.trim(), lang: name.lang, alone: !card.querySelector("h3"), order: card.querySelector(".num") ? i + 1 : 0,
      };
    });

  const fromLayer = (data) => {
    const only = about.only && new Set(about.only), list = [];
    const today = new Date().toISOString().slice(0, 10);
    for (let i = 0; i < data.number.length; i++) {
      if (only && !only.has(data.number[i])) continue;
      const [tone, kind] = about.kinds[data.kinds[data.kind[i]]];
      list.push({
        number: data.number[i], lat: data.lat[i] / DEGREE, lon: data.lon[i] / DEGREE, name: data.name[i], tone, kind,
        town: data.towns[data.town[i]], rough: Boolean(data.about[i] & 1), paused: Boolean(data.about[i] & 2),
        old: Boolean(data.old[i]) && data.old[i] < today, phone: data.phone[i],
        href: about.center.replace(/0(?=\/?$)/, data.number[i]),
      });
    }
    return list;
  };

  Atlas.centers = (options) => {
    L.MarkerCluster.prototype.options.keyboard = false; // what stands inside is the button
    group = L.markerClusterGroup({
      maxClusterRadius: (zoom) => (zoom > 12 ? 30 : zoom < 8 ? Math.max(40, Math.min(60, frame.clientWidth / 14)) : options.radius),
      chunkedLoading: true, chunkInterval: 60, chunkProgress: (done, all) => done === all && Atlas.write(), showCoverageOnHover: false, zoomToBoundsOnClick: false,
      spiderfyOnMaxZoom: false, animate: !calm, removeOutsideVisibleBounds: true,
      iconCreateFunction: (cluster) => new Icon({ draw: drawTogether, of: cluster }),
    });
    group.on("click", (event) => openPoint(event.layer.point));
    group.on("clusterclick", (event) => {
      const chip = event.originalEvent.target.closest("[data-pin]");
      if (chip) openPoint(points.get(chip.dataset.pin));
      else openCluster(event.layer);
    });
    group.on("animationend", () => Atlas.write());
    const data = layers[options.layer];
    Atlas.ready.push(Promise.resolve(data).then((given) => {
      add(given ? fromLayer(given) : fromCards());
      origin();
      fit();
      group.addTo(map);
    }));
  };

  const origin = () => {
    if (!section.dataset.origin) return;
    const at = section.dataset.origin.split(",").map(Number);
    whole.extend(at);
    const icon = new Icon({ draw: () => make("div", "origin") });
    L.marker(at, { icon, keyboard: false, interactive: false, zIndexOffset: -1000, alt: words.from }).addTo(map);
  };

  const fit = () => {
    const bounds = L.latLngBounds(chosen.map((point) => [point.lat, point.lon]));
    if (section.dataset.origin) bounds.extend(section.dataset.origin.split(",").map(Number));
    const room = { paddingTopLeft: [48, 64], paddingBottomRight: [48, 40], animate: false };
    // an approximate point says no more than the town
    room.maxZoom = chosen.some((point) => !point.rough) ? 13 : 10.5;
    if (about.now && !about.only) map.fitBounds(whole, { animate: false });
    else if (bounds.isValid()) map.fitBounds(bounds, room);
  };

  /* ---- popups ---- */
  const link = (href, className, text) => Object.assign(make("a", className, text), { href });

  const callLink = (number, name, look) => {
    const made = link("tel:" + number, look, telephone(number));
    made.setAttribute("aria-label", words.call + " " + telephone(number) + ": " + name);
    return made;
  };

  const aboutPoint = (point) => {
    const inside = make("div", "popup");
    const name = make("h3", "", point.name);
    if (point.lang) name.lang = point.lang;
    inside.append(name);
    if (point.card) {
      const notice = point.card.querySelector("p:not(.small) > b.old");
      if (notice) inside.append(make("p", "old", notice.textContent));
      for (const part of point.card.querySelectorAll(".dist, .tags, .facts p:first-child > span"))
        inside.append(make("p", "", [...part.childNodes].map((node) => node.textContent.trim()).filter(Boolean).join(" · ")));
      const calls = point.card.querySelectorAll("a.btn[href^='tel:']");
      for (const call of [...calls].slice(0, 2)) inside.append(call.cloneNode(true));
      const more = point.card.querySelector("h3 a");
      if (more) inside.append(link(more.href, "more", words.details));
      return inside;
    }
    inside.append(make("p", "", point.kind + (point.town ? " · " + point.town : "")));
    if (says[point.number]) inside.append(make("p", "old", says[point.number]));
    if (point.paused) inside.append(make("p", "shut", words.paused));
    const warned = [point.rough && words.rough, point.old && words.old].filter(Boolean).join(" · ");
    if (warned) inside.append(make("p", point.old ? "old" : "", warned));
    const asks = point.old || !point.phone;
    if (asks) inside.append(link("tel:" + words.ask_number, "btn", words.ask));
    if (point.phone) inside.append(callLink(point.phone, point.name, asks ? "btn ghost" : "btn"));
    inside.append(link(point.href, "more", words.details));
    return inside;
  };

  const aboutSeveral = (list) => {
    const inside = make("div", "popup several");
    const towns = new Set(list.map((point) => point.town));
    inside.append(make("h3", "", (towns.size === 1 && list[0].town ? list[0].town : words.several) + ": " + list.length));
    const rows = make("ul", "");
    for (const point of list) {
      const row = make("li", "");
      const to = make("button", "", (point.order ? point.order + ". " : "") + point.name);
      to.type = "button";
      to.prepend(make("i", "pin-key " + point.tone));
      to.addEventListener("click", () => openPoint(point));
      row.append(to);
      rows.append(row);
    }
    inside.append(rows);
    return inside;
  };

  const shown = (marker) => (marker._icon ? marker : group.getVisibleParent(marker)) || marker;

  const open = (marker, inside, name, focus) => {
    back = focus;
    const icon = shown(marker)._icon;
    const popup = L.popup({
      offset: [0, -(icon ? icon.firstElementChild.offsetHeight : 44) + 8], maxWidth: Math.min(300, frame.clientWidth - 48), minWidth: 200,
      maxHeight: Math.max(160, frame.clientHeight - 96), closeButton: true,
      autoPanPaddingTopLeft: [12, 12], autoPanPaddingBottomRight: frame.clientWidth < 480 ? [12, 40] : [66, 12],
    });
    popup.setLatLng(shown(marker).getLatLng()).setContent(inside).openOn(map);
    const box = popup.getElement();
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", name);
    const close = box.querySelector(".leaflet-popup-close-button");
    close.setAttribute("aria-label", words.close);
    box.append(close); // last, so that Tab meets what is inside first
    const first = box.querySelector(".popup a, .popup button");
    if (first) first.focus({ preventScroll: true });
    popup.on("remove", () => light(null));
  };

  const openPoint = (point) => {
    open(point.marker, aboutPoint(point), point.name, point.number);
    light(point.number);
  };

  const openCluster = (cluster) => {
    const bounds = cluster.getBounds(), inside = cluster.getAllChildMarkers().map((marker) => marker.point);
    const goal = map.getBoundsZoom(bounds, false, L.point(100, 120));
    const one = bounds.getNorthEast().distanceTo(bounds.getSouthWest()) < 60;
    if (!one && goal > map.getZoom()) map.fitBounds(bounds, { padding: [50, 60], maxZoom: Math.min(goal, map.getMaxZoom()) });
    else {
      inside.sort((a, b) => (a.order || 0) - (b.order || 0) || a.number - b.number);
      open(cluster, aboutSeveral(inside), fill(words.many, inside.length), inside[0].number);
    }
  };

  const iconOf = (number) => {
    const point = points.get(String(number));
    const icon = point && shown(point.marker)._icon;
    return icon && (icon.querySelector('[data-pin="' + point.number + '"]') || icon.firstElementChild);
  };

  /* ---- list and map tied ---- */
  const light = (number) => {
    for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
    if (number === null) return;
    const icon = iconOf(number), card = document.querySelector('[data-center="' + number + '"]');
    if (icon) icon.classList.add("lit");
    if (card) card.classList.add("lit");
  };

  const tie = () => {
    const number = (event) => {
      const near = event.target.closest && event.target.closest("[data-center], [data-pin]");
      return near ? near.dataset.center || near.dataset.pin : null;
    };
    for (const kind of ["mouseover", "focusin"])
      section.closest(".page").addEventListener(kind, (event) => {
        if (!event.target.closest(".leaflet-popup")) light(number(event)); // what an open popup tells of stays lit
      });
  };

  const keys = () => {
    frame.addEventListener("keydown", (event) => {
      const icon = event.target.closest(".pin, .chip-pin, .together[role]");
      if (icon && (event.key === "Enter" || event.key === " ")) {
        event.preventDefault();
        event.stopPropagation();
        icon.click();
      }
      if (event.key === "Escape") map.closePopup();
    }, true);
    map.on("popupopen", () => frame.classList.add("has-popup"));
    map.on("popupclose", (event) => {
      frame.classList.remove("has-popup");
      const inside = event.popup.getElement().contains(document.activeElement);
      const icon = inside && iconOf(back);
      if (icon) icon.focus({ preventScroll: true });
    });
  };

  /* ---- streets ---- */
  const streets = () => {
    const panel = section.querySelector(".streets");
    if (!panel) return;
    const plain = section.querySelector(".map-plain"), credit = section.querySelector(".credit-streets");
    let tiles = null, failed = 0;
    const base = section.querySelector(".credit-base");
    credit.textContent = about.credit + " · ";
    const simple = (text) => {
      if (tiles) tiles.remove();
      tiles = null;
      frame.classList.remove("with-streets");
      map.options.zoomSnap = 0.25;
      map.setMaxZoom(SIMPLE_ZOOM);
      panel.hidden = false;
      plain.hidden = credit.hidden = true;
      base.hidden = false;
      said.textContent = text;
    };
    section.querySelector(".map-streets").addEventListener("click", () => {
      failed = 0;
      map.options.zoomSnap = 1;
      map.setMaxZoom(18);
      map.setZoom(Math.round(map.getZoom()), { animate: false });
      tiles = L.tileLayer(about.tiles, { referrerPolicy: "origin", maxZoom: 18, className: "street-tiles" });
      tiles.on("tileload", () => { failed = 0; });
      tiles.on("tileerror", () => { if (tiles && ++failed >= 3) simple(words.no_streets); });
      tiles.addTo(map);
      frame.classList.add("with-streets");
      panel.open = false;
      panel.hidden = true;
      plain.hidden = credit.hidden = false;
      base.hidden = true;
      plain.focus({ preventScroll: true });
      said.textContent = words.streets;
    });
    plain.addEventListener("click", () => {
      simple(words.plain);
      panel.querySelector("summary").focus({ preventScroll: true });
    });
  };

  /* ---- the shell's calls ---- */
  Atlas.ready = [];
  Atlas.write = () => undefined;

  Atlas.zoom = (options) => {
    const position = frame.clientWidth < 480 ? "bottomleft" : options.position; // where a popup leaves room
    L.control.zoom({ position, zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  };

  const depth = () => { frame.dataset.depth = map.getZoom() < 7.5 ? "far" : map.getZoom() < 9.5 ? "middle" : "near"; };

  Atlas.start = (id, bounds, options) => {
    const still = calm ? { fadeAnimation: false, zoomAnimation: false, markerZoomAnimation: false } : {};
    whole = L.latLngBounds(bounds);
    map = Atlas.map = L.map(id, Object.assign({}, options, still));
    map.createPane("land");
    map.fitBounds(whole, { animate: false });
    map.on("zoomend", depth);
    depth();
    Atlas.drawn = finish();
  };

  const finish = async () => {
    await Promise.resolve(); // the shell's other calls come first
    await Promise.all(Atlas.ready);
    map.setMaxZoom(SIMPLE_ZOOM);
    keys();
    tie();
    streets();
    const all = section.querySelector(".map-fit");
    if (all) all.addEventListener("click", fit);
    section.addEventListener("listed", () => {
      map.closePopup();
      group.clearLayers();
      points.clear();
      add(fromCards());
      fit();
      Atlas.write();
      said.textContent = ""; // the list has told how many there are
    });
    section.querySelector(".map-print").addEventListener("click", () => window.print());
    const paper = window.matchMedia("print");
    const paged = () => { map.invalidateSize({ animate: false }); fit(); };
    if (paper.addEventListener) paper.addEventListener("change", paged);
    Atlas.write();
    said.textContent = fill(words.ready, chosen.length);
    section.dataset.drawn = "yes";
  };
})(window.Atlas);
