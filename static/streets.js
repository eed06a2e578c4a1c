/* Draws the site's own streets over the simple map after a tap: from this site alone, in the colors of the pages, with
   names in the page's language. What cannot be loaded gives way to the simple map, in words. */
(function (Atlas) {
  "use strict";
  const { section, about, said } = Atlas;
  const words = about.words, lang = document.documentElement.lang;
  const frame = section.querySelector(".map-main");
  const show = section.querySelector(".own-streets"), plain = section.querySelector(".map-plain");
  if (!show || !about.streets) return;
  if (!window.AbortController) { // the drawing program needs it
    show.hidden = true;
    return;
  }
  const DEEPEST = 18;

  /* ---- names ---- */
  const READABLE = lang === "en" ? /[A-Za-z]/ : /[\u0400-\u04FF]/;
  const OTHERS = { ky: ["name:ru", "name:en"], ru: ["name:ky", "name:en"], en: [] }[lang] || [];

  /* which property holds the name for this page: its language, else the local name in its letters, else a near one */
  const named = (zoom, feature) => {
    const local = feature.props.kind === "country" ? [] // what neighbors call themselves is no word of the page's language
      : ["name", "name2", "name3"].filter((key) => READABLE.test(feature.props[key] || ""));
    return ["name:" + lang].concat(local, OTHERS, "name");
  };

  /* ---- colors ---- */
  const palette = () => {
    const look = getComputedStyle(frame);
    return (name) => look.getPropertyValue("--" + name).trim() || "#888";
  };

  const kinds = (...list) => (zoom, feature) => list.includes(feature.props.kind);
  const POINT = 1, LINE = 2, AREA = 3;
  const shaped = (type, ...list) => (zoom, feature) =>
    feature.geomType === type && (!list.length || list.includes(feature.props.kind));

  /* few roads of the country are motorways: what leads from town to town is "trunk" or "primary" */
  const grade = (props) =>
    props.kind === "highway" || (props.kind === "major_road" && /^(motorway|trunk|primary)/.test(props.kind_detail)) ? "main"
      : props.kind === "major_road" ? "large"
        : props.kind === "minor_road" ? (props.kind_detail === "service" ? "path" : "small")
          : props.kind === "path" || props.kind === "other" ? "path" : "";
  const graded = (...list) => (zoom, feature) => list.includes(grade(feature.props));

  const ROADS = [
    { grade: "path", from: 14, widths: [[14, 0.6], [16, 1.4], [18, 3]], look: "path", bare: true },
    { grade: "small", from: 12, widths: [[12, 0.7], [14, 2], [16, 5], [18, 11]], look: "street" },
    { grade: "large", from: 9, widths: [[9, 0.7], [12, 1.6], [14, 3.2], [16, 7], [18, 14]], look: "street" },
    { grade: "main", from: 5, widths: [[5, 0.8], [9, 1.6], [12, 2.8], [14, 4.5], [16, 8], [18, 17]], look: "main" },
  ];
  const BRIGHT = 12; // from here on streets are light with an edge; before, a quiet line

  const paints = (P, color) => {
    const area = (dataLayer, fill, filter, more) =>
      Object.assign({ dataLayer, symbolizer: new P.PolygonSymbolizer({ fill: color(fill) }), filter }, more);
    const line = (dataLayer, look, filter, more) =>
      Object.assign({ dataLayer, symbolizer: new P.LineSymbolizer(Object.assign({ lineCap: "round", lineJoin: "round" }, look)), filter }, more);
    const edges = ROADS.filter((road) => !road.bare).map((road) => {
      const width = P.exp(1.5, road.widths);
      return line("roads", { color: color(road.look + "-edge"), width: (zoom) => width(zoom) + (zoom > 14 ? 2 : 1.4) }, graded(road.grade),
        { minzoom: Math.max(BRIGHT, road.from) });
    });
    const ways = ROADS.map((road) =>
      line("roads", { color: (zoom) => color(zoom < BRIGHT ? "way" : road.look), width: P.exp(1.5, road.widths) }, graded(road.grade),
        { minzoom: road.from }));
    const wide = P.exp(1.4, [[8, 0.5], [11, 1], [14, 2], [18, 6]]);
    return [
      area("landcover", "ice", kinds("glacier")),
      area("landuse", "built", kinds("residential", "urban_area", "industrial", "commercial", "retail"), { minzoom: 10 }),
      area("landuse", "green", kinds("park", "forest", "wood", "grass", "garden", "cemetery", "nature_reserve", "national_park", "protected_area", "orchard", "village_green", "playground"), { minzoom: 9 }),
      area("landuse", "ice", kinds("glacier")),
      line("water", { color: color("stream"), width: wide }, shaped(LINE, "river", "canal"), { minzoom: 8 }),
      line("water", { color: color("stream"), width: 0.8 }, shaped(LINE, "stream", "drain", "ditch"), { minzoom: 14 }),
      area("water", "water", shaped(AREA)),
      { dataLayer: "buildings", minzoom: 15, filter: shaped(AREA),
        symbolizer: new P.PolygonSymbolizer({ fill: color("house"), stroke: color("house-edge"), width: 0.5 }) },
      line("boundaries", { color: color("between"), dash: [1, 4], dashColor: color("between"), dashWidth: 1, perFeature: true },
        kinds("region"), { minzoom: 6 }),
      line("boundaries", { color: color("edge"), width: 1.2 }, kinds("country")),
      line("roads", { color: color("rail"), width: (zoom) => (zoom < 13 ? 0.7 : 1.2), lineCap: "butt" }, kinds("rail"), { minzoom: 9 }),
    ].concat(edges, ways);
  };

  /* ---- labels: what comes first is never pushed aside by what follows ---- */
  const rank = (props) => ({ city: 11, town: 8, village: props.population_rank > 3 ? 5 : 3 }[props.kind_detail] || 1);
  const LEAST = [[11, 5], [8, 7], [5, 9], [3, 11], [1, 13]]; // from this rank on, named from this zoom on
  const towns = (zoom, feature) => {
    if (feature.props.kind !== "locality") return false;
    return zoom >= LEAST.find((step) => rank(feature.props) >= step[0])[1];
  };
  const sort = (a, b) => rank(b) - rank(a) || (b.population_rank || 0) - (a.population_rank || 0);

  const labels = (P, color, family) => {
    const text = (look) => Object.assign({ labelProps: named, fill: color("soft"), stroke: color("halo"), width: 2, lineHeight: 1.3 }, look);
    const written = (weight, size) => (zoom, feature) => {
      const large = feature ? rank(feature.props) : 0;
      return (large >= 11 ? "700 16px " : large >= 8 ? "600 14.5px " : weight + " " + size + "px ") + family;
    };
    const ink = (zoom, feature) => color(feature && rank(feature.props) >= 8 ? "ink" : "soft");
    const capitals = { font: "600 12px " + family, fill: color("edge"), letterSpacing: 2, textTransform: "uppercase" };
    const centered = (look) => new P.CenteredTextSymbolizer(text(look));
    const along = (size, fill) =>
      new P.LineLabelSymbolizer(text({ font: size + "px " + family, fill: color(fill), width: 3, position: 2, repeatDistance: 320 }));
    const dotted = new P.GroupSymbolizer([
      new P.CircleSymbolizer({ radius: 2.5, fill: color("soft"), stroke: color("halo"), width: 1.5 }),
      new P.OffsetTextSymbolizer(text({ font: written(500, 13), fill: ink, placements: [P.TextPlacements.S], offsetY: 4, justify: P.Justify.Center })),
    ]);
    return [
      { dataLayer: "places", filter: kinds("country"), maxzoom: 8, symbolizer: centered(Object.assign({}, capitals, { stroke: color("abroad") })) },
      { dataLayer: "places", filter: towns, sort, maxzoom: 10, symbolizer: dotted },
      { dataLayer: "places", filter: towns, sort, minzoom: 11, maxzoom: 15, symbolizer: centered({ font: written(500, 13), fill: ink }) },
      { dataLayer: "places", filter: kinds("region"), minzoom: 6, maxzoom: 9, symbolizer: centered(capitals) },
      { dataLayer: "water", filter: shaped(POINT), minzoom: 6, symbolizer: centered({ font: "italic 500 13.5px " + family, fill: color("sea-ink"), stroke: color("water") }) },
      { dataLayer: "roads", filter: graded("main", "large"), minzoom: 13, symbolizer: along("500 12.5", "ink") },
      { dataLayer: "roads", filter: graded("small", "path"), minzoom: 15, symbolizer: along("500 12", "soft") },
      { dataLayer: "water", filter: shaped(LINE), minzoom: 12, symbolizer: along("italic 500 12.5", "sea-ink") },
      { dataLayer: "places", filter: kinds("neighbourhood", "macrohood"), minzoom: 13, symbolizer: centered({ font: "600 12px " + family, letterSpacing: 0.5 }) },
      { dataLayer: "buildings", minzoom: 17, filter: shaped(POINT), symbolizer: centered({ labelProps: ["addr_housenumber"], font: "500 11px " + family, width: 1.5 }) },
    ];
  };

  const rules = (layer) => {
    const P = window.protomapsL, known = palette(), found = new Map();
    const color = (name) => found.get(name) || found.set(name, known(name)).get(name);
    layer.paintRules = paints(P, color);
    layer.labelRules = labels(P, color, getComputedStyle(frame).fontFamily);
    layer.clearLayout();
  };

  /* ---- on and off ---- */
  let layer = null, deepest = 0;

  const drawing = () =>
    new Promise((resolve, reject) => {
      if (window.protomapsL) { resolve(); return; }
      document.head.append(Object.assign(document.createElement("script"), { src: about.streets.drawing, onload: resolve, onerror: reject }));
    });

  /* the library tells nobody of what did not come: its source is asked through us, once more before giving up */
  const watched = (made) => {
    const source = made.views.get("").tileCache.source, ask = source.get.bind(source);
    source.get = (tile, size) =>
      ask(tile, size).catch((fault) => {
        if (fault.name === "AbortError") throw fault; // a zoom that was left
        return ask(tile, size).catch((again) => {
          if (again.name !== "AbortError" && layer === made) simple(words.no_streets);
          throw again;
        });
      });
    return source.p.getHeader();
  };

  const opened = async () => {
    const [answer] = await Promise.all([fetch(about.streets.archive), drawing()]);
    if (!answer.ok) throw new Error(String(answer.status));
    const archive = await answer.json();
    const made = window.protomapsL.leafletLayer({
      url: archive.file, lang, maxDataZoom: archive.zoom, maxZoom: DEEPEST, attribution: "", keepBuffer: 1, className: "own-street-tiles",
    });
    await watched(made);
    return made;
  };

  const turn = (on) => {
    frame.classList.toggle("with-streets", on);
    frame.classList.toggle("streets-shown", on);
    show.hidden = on;
    plain.hidden = section.querySelector(".credit-streets").hidden = !on;
  };

  const simple = (text) => {
    const map = Atlas.map;
    if (layer) layer.remove();
    layer = null;
    map.options.zoomSnap = 0.25;
    map.setMaxZoom(deepest);
    turn(false);
    Atlas.write();
    said.textContent = text;
  };

  const offer = () => {
    const map = Atlas.map;
    deepest = map.getMaxZoom();
    show.addEventListener("click", async () => {
      show.disabled = true;
      said.textContent = words.loading;
      try {
        const made = await opened();
        map.options.zoomSnap = 1; // between two zooms names are blurred or too small
        map.setMaxZoom(DEEPEST);
        map.setZoom(Math.floor(map.getZoom()), { animate: false }); // what was in view stays in view
        turn(true);
        rules(made);
        layer = made;
        layer.addTo(map);
        plain.focus({ preventScroll: true });
        said.textContent = words.streets;
      } catch (fault) {
        simple(words.no_streets);
      }
      show.disabled = false;
    });
    plain.addEventListener("click", () => {
      simple(words.plain);
      show.focus({ preventScroll: true });
    });
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const recolored = () => { if (layer) { rules(layer); layer.rerenderTiles(); } };
    if (dark.addEventListener) dark.addEventListener("change", recolored);
  };

  const start = Atlas.start;
  Atlas.start = (...given) => {
    start(...given);
    Atlas.drawn.then(offer, () => undefined);
  };
})(window.Atlas);
