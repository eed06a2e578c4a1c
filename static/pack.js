/* Lets one file answer by itself: gives the phone's scripts what stands in the file instead of what a site would send,
   draws the map from it, and hides everything behind a month when somebody leaves. Asks nobody, keeps nothing. */
(function () {
  "use strict";
  const { document, location } = window;
  const page = document.documentElement;
  const by = (id) => document.getElementById(id);
  const json = (name) => JSON.parse(by("pack-" + name).textContent);
  const DAY = 86400000;

  /* ---- what centers said when the file was made: not past its day, nor with a clock from before the file ---- */
  const { published, until } = by("age").dataset;
  const early = Date.now() < Date.parse(published) - DAY;
  const notices = early ? {} : json("notices");
  const today = new Date(Date.now() + DAY / 4).toISOString().slice(0, 10); // in Bishkek
  for (const number of Object.keys(notices)) {
    const [text, last] = notices[number], entry = last >= today && by("c" + number);
    if (!entry) continue;
    const line = document.createElement("p"), said = document.createElement("b");
    said.className = "old";
    said.textContent = text;
    line.append(said);
    entry.querySelector(".kind").after(line);
  }

  /* ---- what the file has in itself, by the names that near-start.js asks for ---- */
  const read = {};
  const later = (name, made) => read[name] || (read[name] = Promise.resolve().then(() => made(name)));
  const here = Promise.resolve();
  // a browser too old for the other scripts keeps the plain list
  here.then(() => { if (window.Near && window.Near.form && window.Near.combobox) page.classList.remove("plain"); });
  window.Inside = {
    typing: here, typing_css: here, view: here,
    get letters() { return later("letters", json); },
    get places() { return later("places", json); },
    get near() {
      window.Near.late = 0; // no clock but the phone's own
      return later("near", json);
    },
    get notices() { return Promise.resolve(notices); },
    get parts() {
      return later("parts", () => {
        const root = by("pack-parts").content.querySelector("#near-parts");
        return { root, words: JSON.parse(root.dataset.words) };
      });
    },
  };

  /* ---- the map: its code lies in the file as text until somebody asks for it ---- */
  const run = (name) => {
    const made = document.createElement("script");
    made.textContent = by("pack-" + name).textContent; // just what the file's own policy lets run
    document.head.append(made);
    made.remove();
  };

  window.offerMap = (section) => {
    const about = JSON.parse(section.dataset.map);
    const said = section.querySelector("[role=status]");
    const button = section.querySelector(".map-show");
    const drawn = section.querySelector(".map-drawn");
    const show = (yes) => {
      button.hidden = yes;
      drawn.hidden = !yes;
      section.closest(".page").classList.toggle("mapped", yes);
    };
    const open = async () => {
      window.Atlas = { section, about, said, layers: { basemap: later("basemap", json), names: later("names", json) } };
      try {
        if (!window.L) run("library");
        show(true);
        run("drawing");
        await window.Atlas.drawn;
      } catch (fault) {
        show(false);
        said.textContent = about.words.broken;
      }
    };
    section.hidden = false;
    button.addEventListener("click", open);
  };

  /* ---- a place that the field alone does not tell: an oblast, many of one name, a slip ---- */
  const says = json("says");
  const meant = by("meant");
  const form = document.querySelector("form.find");
  const field = form.elements.place;
  const said = by("near-said");
  form.append(by("clock")); // stays with the field, above every answer

  /* a question stands alone: what was listed before comes back when somebody writes on */
  const asking = (yes) => {
    meant.hidden = !yes;
    by("main").classList.toggle("asking", yes);
  };
  field.addEventListener("input", () => asking(false));

  const choice = (place) => {
    const made = document.createElement("button");
    made.type = "button";
    const name = document.createElement("b"), where = document.createElement("span");
    name.textContent = place.also ? place.name + " (" + place.also + ")" : place.name;
    where.textContent = [place.where, place.near].filter(Boolean).join(" · ");
    made.append(name, where);
    made.addEventListener("click", () => {
      asking(false);
      field.value = place.name;
      window.Near.choose(place);
    });
    return made;
  };

  const ask = (places) => {
    const title = document.createElement("h2"), list = document.createElement("ul");
    title.textContent = places.length > 1 ? says.which : says.this_one;
    title.tabIndex = -1;
    list.className = "which";
    for (const place of places) {
      const item = document.createElement("li");
      item.append(choice(place));
      list.append(item);
    }
    meant.textContent = "";
    meant.append(title, list);
    form.after(meant);
    asking(true);
    title.focus();
  };

  const search = async () => {
    const { Near } = window, typed = field.value;
    said.textContent = "";
    asking(false);
    const tell = (text) => {
      said.textContent = text;
      field.focus();
    };
    if (!typed.trim()) return tell(says.write);
    const letters = Near.letters(await window.Inside.letters);
    const exact = Near.known ? Near.known.exact(typed) : [];
    if (exact.length) return ask(exact);
    const key = letters.latinKey(typed);
    const same = (part) => part.dataset.names.split("\n").some((name) => letters.latinKey(name) === key);
    const part = [...document.querySelectorAll("details[data-names]")].find(same);
    if (part) return reveal(part);
    const like = Near.known ? Near.known.find(typed) : [];
    return like.length ? ask(like) : tell(says.unknown);
  };

  // before all others: nothing is ever sent
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    search();
  });

  /* ---- links within the file: open what they lead to; from a card there is a way back ---- */
  const reveal = (target, from) => {
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    for (const old of document.querySelectorAll(".way-back")) old.remove();
    if (from && target.tagName === "ARTICLE") {
      const back = document.createElement("button");
      back.type = "button";
      back.className = "btn ghost way-back";
      back.textContent = "‹ " + says.back;
      back.addEventListener("click", () => {
        back.remove();
        const to = page.contains(from) ? from : form;
        to.scrollIntoView({ block: "center" });
        if (to.focus) to.focus({ preventScroll: true });
      });
      target.prepend(back);
    }
    target.tabIndex = -1;
    target.scrollIntoView();
    target.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]:not(.leave)");
    if (!link || !link.hash || link.id === "near-button" || event.defaultPrevented) return;
    if (link.hash === "#main" && link.parentNode.className === "back") return; // near-view.js goes home
    const target = by(link.hash.slice(1));
    event.preventDefault();
    if (target) reveal(target, by("main").contains(link) ? link : null);
  }, true); // before the map, which keeps what is clicked in it to itself

  /* ---- age, by the phone's clock ---- */
  by("old").hidden = Date.now() <= Date.parse(until);
  by("early").hidden = !early;

  /* ---- leaving: leave.js has hidden all and goes to #month ---- */
  const month = () => {
    const now = new Date(), section = by("month"), body = section.querySelector("tbody");
    const name = JSON.parse(section.dataset.months)[now.getMonth()] + " " + now.getFullYear();
    const day = new Date(now.getFullYear(), now.getMonth(), 1);
    day.setDate(1 - (day.getDay() + 6) % 7);
    section.querySelector("h1").textContent = name;
    body.textContent = "";
    do {
      const row = body.insertRow();
      for (let i = 0; i < 7; i++, day.setDate(day.getDate() + 1)) {
        const cell = row.insertCell();
        cell.textContent = day.getDate();
        if (day.getMonth() !== now.getMonth()) cell.className = "other";
        else if (day.getDate() === now.getDate()) cell.className = "today";
      }
    } while (day.getMonth() === now.getMonth());
    document.body.textContent = "";
    document.body.append(section);
    document.title = name;
    page.hidden = false;
  };
  const gone = () => { if (location.hash === "#month") month(); };
  window.addEventListener("hashchange", gone);
  gone();
})();
