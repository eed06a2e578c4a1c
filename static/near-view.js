/* Draws an answer in place of what the page showed: the list, its filters, the map, one center; nothing is sent, and
   the address and the history stay as they are. */
(function (Near) {
  "use strict";
  const { make, fill } = Near;
  const FAMILIES = ["topic", "kind", "group", "language", "access"];
  const FLAGS = ["free", "open", "verified"];
  const PATIENCE = 3000;

  Near.board = (parts, directory) => {
    const { words, root } = parts;
    const { card: told, list: lines, values } = words;
    const say = Near.say(words);
    const main = document.getElementById("main");
    const page = main.closest(".page");
    const start = { nodes: [...main.childNodes], title: document.title, home: main.contains(Near.form) && Near.form.parentNode === main };
    const danger = main.querySelector(".danger");
    const part = (name) => document.importNode(root.querySelector('[data-part="' + name + '"]'), true).firstElementChild;
    const icon = (name) => root.querySelector('[data-icon="' + name + '"] svg').cloneNode(true);
    const status = make("p", { class: "unseen", role: "status" });
    let asked = null, shown = null;

    const replace = (nodes) => {
      main.textContent = "";
      main.append(...nodes.filter(Boolean));
    };

    const address = (pattern, value) => pattern.replace(/0$/, value);
    const focus = (element) => {
      element.tabIndex = -1;
      element.focus({ preventScroll: true });
    };

    /* ---- one entry of the list ---- */
    const call = (center, ghost) => {
      const { number, label } = center.phone;
      const text = say.phone(number);
      const name = told.call + " " + text + (label ? " (" + label + ")" : "") + ": " + center.name.text;
      return make("a", { class: "btn wide" + (ghost ? " ghost" : ""), href: "tel:" + number, "aria-label": name },
        icon("call"), make("span", null, text, label && " ", label && emptyLang(make("span", { class: "label" }, "(" + label + ")"))));
    };

    // of a label's words nobody knows the language
    const emptyLang = (element) => {
      element.setAttribute("lang", "");
      return element;
    };

    const askFirst = (number, text) =>
      make("a", { class: "btn wide", href: "tel:" + number }, icon("call"), make("span", null, text));

    const calls = (match, center) => {
      if (center.phone && !match.askFirst) return [call(center)];
      if (!center.phone && center.show !== "yes") {
        const before = part("ask-hidden");
        return [askFirst(told.ask_hidden_number, told.ask_hidden), before];
      }
      return [askFirst(told.ask_number, told.ask), center.phone && call(center, true)];
    };

    const fact = (name, ...children) => make("p", null, icon(name), make("span", null, ...children));

    const opening = (center, match) => {
      const [word, detail, look] = say.opening(center, match.state);
      return fact("clock", make("span", { class: look }, word), detail && " · " + detail);
    };

    const named = (center) =>
      make("a", { href: address(lines.center, center.number), lang: center.name.lang }, center.name.text);

    /* what a center says of these days, while it holds: the day of Bishkek is the server's, or the phone's own */
    const says = (center) => {
      const [text, until] = Near.notices[center.number] || ["", ""];
      return until >= new Date(Date.now() + Near.late + 21600000).toISOString().slice(0, 10) ? text : "";
    };

    /* for each of a list that says something, by number: the next one that works and says nothing */
    const nexts = (matches) => {
      const found = new Map();
      let free = null;
      for (const match of [...matches].reverse()) {
        const center = directory.center(match.index);
        if (!says(center)) free = center.status === "active" ? center : free;
        else if (free) found.set(center.number, free);
      }
      return found;
    };

    const notice = (text, next) => [
      text && make("p", null, make("b", { class: "old" }, text)),
      next && make("p", { class: "small" },
        make("a", { href: "#at" + next.number }, told.next + " ", make("span", { lang: next.name.lang }, next.name.text))),
    ];

    const card = (match, number, after) => {
      const center = directory.center(match.index);
      const [tone, kind] = values.kind[center.kind];
      const item = make("li", { class: "card" + (number === 1 ? " first" : ""), id: after.size && "at" + center.number });
      if (number) {
        Object.assign(item.dataset, { center: center.number, tone, point: center.lat + "," + center.lon });
        if (center.approximate) item.dataset.rough = "";
      }
      item.append(...[
        make("div", { class: "top" + (number ? "" : " plain") },
          number && make("span", { class: "num " + tone, "aria-hidden": "true" }, String(number)),
          make("div", null, make("h3", null, named(center)),
            make("p", { class: "dist" }, make("b", null, say.distance(match, center, asked.place)),
              center.approximate && " ", center.approximate && make("span", null, say.rough(center))))),
        make("p", { class: "row tags" }, make("span", { class: "tag " + tone }, kind)),
        ...notice(says(center), after.get(center.number)),
        make("div", { class: "facts" },
          opening(center, match),
          fact("pin", ...say.where(center)),
          center.languages.length && fact("talk", say.spoken(center.languages)),
          make("p", null, icon("fee"), make("span", { class: center.fee === "free" && "open" }, say.fee(center)))),
        ...calls(match, center).filter(Boolean),
        make("p", { class: "small" }, match.stale && make("b", { class: "old" }, told.old), match.stale && " ", say.checked(center)),
      ].filter(Boolean));
      return item;
    };

    const row = (match) => {
      const center = directory.center(match.index);
      const oblast = values.oblast_short[center.oblast];
      return make("li", null, make("a", { href: address(lines.center, center.number) },
        make("b", { lang: center.name.lang }, center.name.text), " ",
        make("span", null, values.kind[center.kind][1] + (oblast ? " · " + oblast : "")),
        says(center) && " ", says(center) && make("b", { class: "old" }, says(center))));
    };

    /* ---- the answer ---- */
    const question = () =>
      Object.assign({ lat: asked.lat, lon: asked.lon, oblast: asked.oblast, k: asked.k, now: Date.now() + Near.late }, asked.chosen);

    const filtered = () => FLAGS.some((name) => asked.chosen[name]) || FAMILIES.some((name) => asked.chosen[name].length);

    const nothing = (answer) => {
      if (answer.near.length || answer.far.length) return lines.none_placed;
      return filtered() ? lines.none_fits : lines.none;
    };

    const heading = (answer) => {
      const count = answer.nearest.length, name = asked.place ? asked.place.name : "";
      if (count) return say.heading(count, name);
      return name || (answer.near.length || answer.far.length ? lines.list : lines.nothing);
    };

    const nearest = (answer) => {
      const after = nexts(answer.nearest), items = answer.nearest.map((match, i) => card(match, i + 1, after));
      return items.length ? make("ol", { class: "list" }, ...items) : make("p", { class: "empty" }, nothing(answer));
    };

    const more = (answer) => {
      if (!answer.more || asked.k >= lines.most) return null;
      const button = make("button", { class: "btn ghost", type: "button" }, lines.more);
      button.addEventListener("click", () => {
        const before = asked.k;
        asked.k = Math.min(asked.k + 10, lines.most);
        refresh();
        const next = shown.list.querySelectorAll("h3 a")[before];
        if (next) next.focus();
      });
      return make("p", null, button);
    };

    const unplaced = (answer) => {
      const { near, far } = answer, sections = [], after = nexts(near);
      if (near.length)
        sections.push(make("section", { "aria-labelledby": "near" },
          make("h2", { id: "near" }, asked.place ? lines.here : lines.unplaced),
          make("ul", { class: "list" }, ...near.map((match) => card(match, 0, after)))));
      if (far.length)
        sections.push(make("details", { class: "far", open: !answer.nearest.length && !near.length && "open" },
          make("summary", null, lines.far + " (" + say.number(far.length) + ")"),
          make("ul", { class: "rows" }, ...far.map(row))));
      return sections;
    };

    const whereFrom = () => {
      const { place, accuracy } = asked;
      const line = make("p", { class: "lead" });
      if (!place) {
        const text = accuracy > 1000 ? words.position.inexact : words.position.from_phone;
        if (accuracy > 1000) line.className = "wrong";
        line.append(fill(text, { n: say.span(accuracy) }));
        return line;
      }
      line.append(Near.capital([say.whereabouts(place.oblast, place.rayon, ""), place.near].filter(Boolean).join(" · ")));
      if (place.oblast)
        line.append(" · ", make("a", { href: lines.oblast[place.oblast] }, lines.whole_oblast));
      return line;
    };

    /* ---- filters ---- */
    const boxes = () => [...shown.filters.querySelectorAll("input[type=checkbox]")];
    const reading = (form) => {
      const given = new FormData(form), chosen = {};
      for (const name of FAMILIES) chosen[name] = given.getAll(name);
      for (const name of FLAGS) chosen[name] = given.has(name);
      return chosen;
    };

    const marked = () => {
      for (const box of boxes())
        box.checked = FLAGS.indexOf(box.name) >= 0 ? asked.chosen[box.name] : asked.chosen[box.name].indexOf(box.value) >= 0;
    };

    /* how many a choice would list; a choice that leads to none cannot be made */
    const counted = (total) => {
      const counts = directory.counts(question());
      for (const box of boxes()) {
        const count = FLAGS.indexOf(box.name) >= 0 ? counts[box.name] : counts[box.name][box.value] || 0;
        const text = box.nextElementSibling;
        const number = text.querySelector("b") || text.appendChild(make("b"));
        number.textContent = say.number(count);
        box.disabled = !count && !box.checked;
      }
      for (const button of shown.filters.querySelectorAll("button")) button.textContent = fill(lines.show, { n: say.number(total) });
    };

    const chosen = () => {
      const on = boxes().filter((box) => box.checked);
      if (!on.length) return null;
      const clear = make("button", { class: "btn ghost", type: "button" }, lines.clear);
      clear.addEventListener("click", () => {
        for (const box of on) box.checked = false;
        refresh();
        shown.filters.querySelector("summary").focus();
      });
      const tags = on.map((box) => make("span", { class: "tag" }, box.nextElementSibling.firstChild.textContent));
      return make("div", { class: "chosen" }, make("p", null, make("span", { class: "soft" }, lines.shown_only), ...tags), clear);
    };

    /* what the server's filters had open or in focus stays so */
    const like = (theirs, made) => {
      made.open = theirs.open;
      const groups = made.querySelectorAll("details");
      theirs.querySelectorAll("details").forEach((group, i) => { if (groups[i]) groups[i].open = group.open; });
      const held = document.activeElement;
      if (!theirs.contains(held)) return null;
      return made.querySelector(held.name ? '[name="' + held.name + '"][value="' + held.value + '"]' : "summary");
    };

    const filters = () => {
      const made = part("filters"), form = made.querySelector("form");
      made.addEventListener("change", () => {
        asked.k = lines.few;
        refresh();
      });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        made.open = false;
        focus(shown.title);
        shown.title.scrollIntoView();
      });
      return made;
    };

    /* a search that the server answers keeps what was chosen here */
    const keep = () => {
      for (const old of Near.form.querySelectorAll("input[type=hidden]")) old.remove();
      for (const box of boxes())
        if (box.checked) Near.form.append(make("input", { type: "hidden", name: box.name, value: box.value }));
    };

    /* ---- drawing ---- */
    const refresh = () => {
      asked.chosen = reading(shown.filters.querySelector("form"));
      keep();
      const answer = directory.answer(question());
      shown.heading.textContent = heading(answer);
      shown.list.textContent = "";
      shown.list.append(shown.title, nearest(answer), more(answer) || "");
      shown.rest.textContent = "";
      shown.rest.append(...unplaced(answer));
      shown.chosen.textContent = "";
      shown.chosen.append(chosen() || "");
      counted(answer.total);
      status.textContent = fill(lines.found, { n: say.number(answer.total) });
      if (!shown.map) return;
      shown.map.hidden = !answer.nearest.length;
      shown.map.dispatchEvent(new CustomEvent("listed"));
    };

    const toStart = () => {
      const back = make("a", { href: document.querySelector(".brand").getAttribute("href") }, "‹ " + lines.start);
      if (start.home) back.addEventListener("click", home);
      return make("p", { class: "back" }, back);
    };

    /* `wanted`: the origin (lat, lon, and oblast or a promise of it) with `place` or `accuracy`, if any `k` and `chosen`
       filters; of a list that the server drew its `head` and `filters`, which then stay where they are */
    const show = (wanted) => {
      const { lat, lon, place, accuracy, head = {}, filters: theirs } = wanted;
      const chosenNow = wanted.chosen || (asked ? asked.chosen : reading(theirs ? theirs.querySelector("form") : Near.form));
      asked = { lat, lon, place, accuracy, k: wanted.k || lines.few, chosen: chosenNow,
        oblast: typeof wanted.oblast === "string" ? wanted.oblast : "" };
      shown = {
        heading: make("h1"), list: make("section", { "aria-labelledby": "list" }), rest: make("div", { class: "rest" }),
        title: make("h2", { id: "list", tabindex: "-1" }, lines.list), chosen: make("div"), map: head.map || part("map"),
      };
      shown.filters = filters();
      const held = theirs && like(theirs, shown.filters);
      const { map } = shown;
      if (map) map.dataset.origin = asked.lat + "," + asked.lon;
      if (!head.map) page.classList.remove("mapped");
      replace([head.back || toStart(), shown.heading, head.lead || whereFrom(), Near.form, danger, shown.filters, shown.chosen, map, shown.list, shown.rest, status]);
      document.title = lines.title;
      marked();
      refresh();
      if (map && !head.map) window.offerMap(map);
      const current = asked;
      if (wanted.oblast.then)
        wanted.oblast.then((code) => {
          current.oblast = code;
          if (asked !== current) return;
          shown.rest.textContent = "";
          shown.rest.append(...unplaced(directory.answer(question())));
        }).catch(() => undefined); // without the places' file all that have no point stand as the others
      if (wanted.more) shown.list.querySelector("button").click();
      if (held) held.focus({ preventScroll: true });
      if (theirs) return;
      window.scrollTo(0, 0);
      focus(shown.heading);
    };

    const home = (event) => {
      event.preventDefault();
      replace(start.nodes);
      page.classList.remove("mapped");
      document.title = start.title;
      asked = null;
      for (const box of boxes()) box.checked = false;
      keep();
      Near.form.querySelector("[name=place]").value = "";
      window.scrollTo(0, 0);
      focus(main.querySelector("h1"));
    };

    /* ---- one center in place ---- */
    const centers = lines.center.replace(/0$/, "");
    main.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      const next = link && asked && shown.list.parentNode === main && /^#at\d+$/.test(link.getAttribute("href")) && document.getElementById(link.hash.slice(1));
      if (next && !event.defaultPrevented) {
        event.preventDefault(); // the address stays as it is
        next.scrollIntoView();
        next.querySelector("h3 a").focus({ preventScroll: true });
        return;
      }
      if (!asked || !link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const path = link.pathname;
      if (link.host !== window.location.host || path.slice(0, centers.length) !== centers) return;
      if (!/^\d+$/.test(path.slice(centers.length))) return; // a contact card, say
      event.preventDefault();
      window.Leave.open(link);
    }, true); // before the map, which keeps what is clicked in it to itself

    /* the same list in another language; where the phone itself is nobody is told */
    document.addEventListener("click", (event) => {
      const lang = event.target.closest(".langs a");
      if (!lang || !asked || !asked.place || !main.contains(shown.heading)) return;
      event.preventDefault();
      const form = Near.form.cloneNode(true);
      form.action = form.action.replace(/\w\w\/search$/, lang.hreflang + "/search");
      form.elements.place.value = "";
      form.append(make("input", { type: "hidden", name: "place_id", value: asked.place.id }));
      window.Leave.send(form);
    });

    const takeOver = ({ lat, lon, oblast, place, name, k }, more) => {
      const head = { back: main.querySelector("nav.back"), lead: main.querySelector(".lead"), map: main.querySelector("section.map") };
      const filters = main.querySelector("details.filters");
      show({ lat, lon, oblast, k, more, head, filters, place: place ? { id: place, name } : null });
    };

    /* a list that could be drawn does not wait long for what centers say */
    Near.notices = Near.notices || {};
    const hear = (heard) =>
      Promise.race([heard.then((said) => { Near.notices = said; }), new Promise((over) => setTimeout(over, PATIENCE))]);

    return { show, takeOver, hear };
  };
})(window.Near);
