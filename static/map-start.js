/* Offers the map, and loads its files only when somebody asks; without this script the page is whole without a map. */
(function () {
  "use strict";
  if (window.offerMap || !window.fetch || !Element.prototype.closest) return;
  const saving = navigator.connection && navigator.connection.saveData;

  /* one element that loads a file; scripts run in the order in which they are asked for */
  const element = (name, attributes) =>
    new Promise((resolve, reject) => {
      const made = Object.assign(document.createElement(name), attributes, { onload: resolve, onerror: reject });
      document.head.append(made);
    });

  const json = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw Error(answer.status);
    return answer.json();
  };

  window.offerMap = (section) => {
    const about = JSON.parse(section.dataset.map);
    const said = section.querySelector("[role=status]");
    const button = section.querySelector(".map-show");

    const open = async () => {
      button.disabled = true;
      said.textContent = about.words.loading;
      window.Atlas = { section, about, said, layers: {} };
      for (const name of Object.keys(about.layers)) window.Atlas.layers[name] = json(about.layers[name]);
      try {
        await Promise.all([
          ...about.css.map((href) => element("link", { rel: "stylesheet", href })),
          ...about.js.map((src) => element("script", { src, async: false })),
          ...Object.keys(about.layers).map((name) => window.Atlas.layers[name]),
        ]);
        button.hidden = true;
        section.querySelector(".map-drawn").hidden = false;
        if (!section.classList.contains("small-map")) section.closest(".page").classList.add("mapped");
        await element("script", { src: about.shell });
        await window.Atlas.drawn;
      } catch (fault) {
        button.disabled = false;
        button.hidden = false;
        section.querySelector(".map-drawn").hidden = true;
        said.textContent = about.words.broken;
      }
    };

    section.hidden = false;
    button.addEventListener("click", open);
    if (about.now && !saving) open();
  };

  const own = document.querySelector("section.map");
  if (own) window.offerMap(own);
})();
