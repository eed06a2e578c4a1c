/* Offers places while a name is typed: finds them as legalmap/directory/places.py does, in an ARIA combobox. */
(function () {
  "use strict";
  const Near = (window.Near = window.Near || {});
  const MOST = 8;
  const KEY_MAX = 80;
  const ONE_TYPO = 4;
  const TWO_TYPOS = 8;
  const PLACE_WORDS = new Set(
    ("г гор город с село пос поселок пгт ш шаары шаар а айылы айыл кыштагы " +
      "city town village shaary aiyly").split(" ")
  );
  const SLICE_MS = 8;
  /* until a screen reader has said the letter that was typed */
  const PAUSE_MS = 1200;
  /* a list that comes up under a finger is not what the finger was meant for */
  const STEADY_MS = 250;

  const ascii = (key) => /^[\0-\x7f]*$/.test(key);
  const together = (key) => key.replace(/ /g, "");
  const allowed = (key) => (key.length >= ONE_TYPO) + (key.length >= TWO_TYPOS);

  /* A name with the keys it is found by, each made when first asked for. */
  class Spelling {
    constructor(text, letters) {
      this.text = text;
      this.letters = letters;
      this.kept = {};
    }
    make(name, how) {
      if (this.kept[name] === undefined) this.kept[name] = how(this.letters);
      return this.kept[name];
    }
    get key() { return this.make("key", (letters) => letters.searchKey(this.text)); }
    get run() { return this.make("run", () => together(this.key)); }
    get latin() { return this.make("latin", (letters) => letters.latinKey(this.key)); }
    get joined() { return this.make("joined", () => together(this.latin)); }
    get sound() { return this.make("sound", (letters) => letters.soundKey(this.latin)); }
    get twin() { return this.make("twin", (letters) => letters.bare(this.text)); }
  }

  /* The names of all places, the most important first: [spelling, index of its place]. */
  const spelled = (data, letters) => {
    const spellings = new Map();
    const names = [];
    data.names.forEach((lines, at) => {
      for (const text of lines.split("\n")) {
        if (!spellings.has(text)) spellings.set(text, new Spelling(text, letters));
        names.push([spellings.get(text), at]);
      }
    });
    return names;
  };

  /* Makes the keys in small slices, so that no letter that somebody types waits for all of them. */
  const prepare = (names) => {
    let next = 0;
    const slice = () => {
      const until = Date.now() + SLICE_MS;
      while (next < names.length && Date.now() < until) {
        const spelling = names[next++][0];
        if (spelling.run) spelling.sound;
      }
      if (next < names.length) setTimeout(slice, 0);
    };
    setTimeout(slice, 0);
  };

  /* What may be meant, the surest first; each: which names, by what was asked. */
  const WRITTEN = [
    (asked, name) => name.run === asked.run,
    (asked, name) => name.run.startsWith(asked.run),
    (asked, name) => name.joined === asked.joined,
    (asked, name) => name.joined.startsWith(asked.joined),
  ];
  const SOUNDING = [
    (asked, name) => name.sound === asked.sound,
    (asked, name) => asked.sound && name.sound.startsWith(asked.sound),
  ];

  Near.gazetteer = (data, letters, words) => {
    const names = spelled(data, letters);
    const spellings = new Set(names.map(([name]) => name));
    const shown = data.names.map((lines) => lines.split("\n", 1)[0]);
    const spelling = (text) => new Spelling(text, letters);
    let cyrillic = null;
    prepare(names);

    const near = (at) =>
      data.near[at] < 0
        ? ""
        : words.near.replace(/\{(\w+)\}/g, (_, field) => (field === "n" ? data.km[at] : shown[data.near[at]]));

    const place = (at, also) => {
      const rayon = data.rayons[data.rayon[at]] || "";
      const oblast = data.oblast_names[data.oblast[at]] || "";
      return {
        id: data.id[at],
        name: shown[at],
        also: also || "",
        where: [rayon, oblast === shown[at] ? "" : oblast].filter(Boolean).join(", "),
        near: near(at),
        lat: data.lat[at],
        lon: data.lon[at],
        oblast: data.oblasts[data.oblast[at]] || "",
        rayon,
      };
    };

    const asking = (text) => {
      const key = letters.searchKey(text.slice(0, 4 * KEY_MAX)).slice(0, KEY_MAX).trim();
      const bare = key.split(" ").filter((word) => !PLACE_WORDS.has(word)).join(" ");
      return [key, bare].filter((one, at, both) => one && both.indexOf(one) === at);
    };

    /* at most `limit` places that `text` may mean, by any name, also while it is still being typed */
    const find = (text, limit = MOST) => {
      const found = new Map();
      const add = (match) => {
        for (const [name, at] of names) {
          if (found.size >= limit) return;
          if (!found.has(at) && match(name)) found.set(at, name);
        }
      };
      let asked;
      for (const key of asking(text)) {
        asked = spelling(key);
        for (const match of WRITTEN) add((name) => match(asked, name));
        if (found.size) break;
      }
      if (!asked) return [];
      for (const match of SOUNDING) add((name) => match(asked, name));
      const whole = [...found.values()].some((name) => name.joined === asked.joined);
      if (found.size < limit && !whole) for (const group of mistyped(asked)) add((name) => group.has(name));
      if (!found.size) for (const group of cut(asked)) add((name) => name.sound === group);
      return [...found].map(([at, name]) => place(at, also(asked, name, spelling(shown[at]))));
    };

    /* the name that is meant, where the one shown does not look like what was typed */
    const also = (asked, name, own) =>
      name.joined === own.joined || own.joined.startsWith(asked.joined) ? "" : name.text;

    /* names with one error, then names that go on after one, then the same with two */
    const mistyped = (asked) => {
      const groups = [new Set(), new Set(), new Set(), new Set()];
      const typed = asked.joined;
      for (const name of spellings) {
        const most = Math.max(allowed(name.joined), allowed(typed));
        const row = most && name.joined.length >= typed.length - most && letters.errors(typed, name.joined, most);
        if (!row) continue;
        const whole = row[row.length - 1];
        const begun = Math.min(...row);
        if (whole <= allowed(name.joined)) groups[2 * whole - 2].add(name);
        else if (begun <= allowed(typed)) groups[2 * Math.max(begun, 1) - 1].add(name);
      }
      return groups;
    };

    /* "Кочкорский", "Нарын базары": what sounds as a name with more behind it */
    const cut = (asked) => {
      const found = new Set();
      for (const { sound } of spellings) if (sound.length >= ONE_TYPO && asked.sound.startsWith(sound)) found.add(sound);
      return [...found].sort((one, other) => other.length - one.length);
    };

    const such = (match) => names.filter(([name, at]) => match(name, at));
    const indexes = (found) => [...new Set(found.map(([, at]) => at))];

    /* whether a name tells twins apart: Latin letters do only where a place has no others */
    const counts = (name, at) => {
      if (!cyrillic) cyrillic = new Set(indexes(such((one) => !ascii(one.key))));
      return !cyrillic.has(at) || !ascii(name.key);
    };

    /* such places, then those whose name differs by a hyphen or space alone */
    const withTwins = (match) => {
      const found = such(match);
      const twins = new Set(found.filter(([name, at]) => counts(name, at)).map(([name]) => name.twin));
      return indexes(twins.size ? found.concat(such((name, at) => twins.has(name.twin) && counts(name, at))) : found);
    };

    /* as Names.written, where this page's names tell it */
    const written = (key) => {
      const latin = letters.latinKey(key);
      let found = withTwins((name) => name.key === key);
      if (ascii(key)) found = found.concat(withTwins((name) => name.latin === latin));
      else if (data.lang === "en") return [];
      else if (found.length) found = found.concat(indexes(such((name, at) => name.latin === latin && !cyrillic.has(at))));
      if (found.length) return found;
      const run = together(ascii(key) ? latin : key);
      return indexes(such((name) => (ascii(key) ? name.joined : name.run) === run));
    };

    const lettered = (text) => {
      const twin = letters.bare(text);
      return twin === together(letters.searchKey(text)) ? [] : indexes(such((name, at) => name.twin === twin && counts(name, at)));
    };

    /* all places that `text` names as it is written; none where only the server can tell */
    const exact = (text) => {
      for (const key of asking(text)) {
        const found = written(key);
        if (!found.length) continue;
        const asked = spelling(text);
        return [...new Set(lettered(text.slice(0, 4 * KEY_MAX)).concat(found))].map((at) =>
          place(at, namesake(asked, at))
        );
      }
      return [];
    };

    const namesake = (asked, at) => {
      if (spelling(shown[at]).joined === asked.joined) return "";
      const meant = such((name, its) => its === at && name.joined === asked.joined)[0];
      return meant ? meant[0].text : "";
    };

    const byId = (id) => {
      const at = data.id.indexOf(id);
      return at < 0 ? null : place(at);
    };

    return { find, exact, byId };
  };

  const element = (name, attributes, text) => {
    const made = document.createElement(name);
    for (const key of Object.keys(attributes)) made.setAttribute(key, attributes[key]);
    made.textContent = text || "";
    return made;
  };

  const row = (place, id) => {
    const made = element("li", { id, role: "option", "aria-selected": "false" });
    const name = place.also ? place.name + " (" + place.also + ")" : place.name;
    made.append(element("b", {}, name), " ", element("span", {}, [place.where, place.near].filter(Boolean).join(" · ")));
    return made;
  };

  /* An editable combobox with a list (ARIA 1.2, APG: list autocomplete, manual selection) of the places that
     `find(text)` gives; `choose(place)` is told which one. Nothing is chosen but by a person, nothing typed changes. */
  Near.combobox = (input, { find, choose, words }) => {
    const label = input.labels[0];
    label.id = label.id || input.id + "-label";
    const panel = element("div", { class: "offers", hidden: "" });
    const question = element("p", { hidden: "" });
    const list = element("ul", { id: input.id + "-list", role: "listbox", "aria-labelledby": label.id });
    const said = element("p", { class: "unseen", role: "status" });
    let offered = [];
    let active = -1;
    let changed = 0;
    let pause = 0;

    const say = (text, after) => {
      clearTimeout(pause);
      pause = setTimeout(() => { said.textContent = text; }, after);
    };

    const isOpen = () => !panel.hidden;

    const activate = (at) => {
      if (active >= 0 && list.children[active]) list.children[active].setAttribute("aria-selected", "false");
      active = at;
      if (at < 0) return input.removeAttribute("aria-activedescendant");
      const option = list.children[at];
      option.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    };

    const close = () => {
      activate(-1);
      panel.hidden = true;
      input.setAttribute("aria-expanded", "false");
      say("", 0);
    };

    /* shows these; `asked`: a question over them */
    const open = (places, asked) => {
      activate(-1);
      offered = places;
      changed = Date.now();
      list.textContent = "";
      list.append(...places.map((place, at) => row(place, list.id + "-" + at)));
      question.textContent = asked || "";
      question.hidden = !asked;
      panel.hidden = !places.length;
      input.setAttribute("aria-expanded", String(isOpen()));
      const found = places.length ? words.some.replace("{n}", places.length) : words.none;
      say(asked ? asked + " " + found : found, asked ? 0 : PAUSE_MS);
    };

    const update = () => (input.value.trim() ? open(find(input.value)) : close());

    const take = (at) => {
      const place = offered[at];
      close();
      input.value = place.name;
      choose(place);
    };

    const step = (by) => {
      if (!isOpen()) update();
      if (!isOpen()) return;
      const count = offered.length;
      activate(active < 0 ? (by > 0 ? 0 : count - 1) : (active + by + count) % count);
    };

    const escape = () => {
      if (isOpen()) return close();
      input.value = "";
    };

    const keys = {
      ArrowDown: (event) => (event.altKey ? update() : step(1)),
      ArrowUp: (event) => (event.altKey ? close() : step(-1)),
      Escape: escape,
      /* without a choice it is the form's own affair */
      Enter: () => (active < 0 ? close() : take(active)),
    };

    input.addEventListener("keydown", (event) => {
      /* a letter that is still being put together has keys of its own */
      if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
      const act = keys[event.key];
      if (!act) {
        if (/^(Home|End|Arrow(Left|Right))$/.test(event.key)) activate(-1);
        return;
      }
      if (event.key !== "Enter" || active >= 0) event.preventDefault();
      act(event);
    });
    input.addEventListener("input", update);
    input.addEventListener("blur", close);
    panel.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option && Date.now() - changed > STEADY_MS) take([...list.children].indexOf(option));
    });

    const about = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
    for (const key of Object.keys(about)) input.setAttribute(key, about[key]);
    panel.append(question, list);
    input.parentNode.append(panel);
    input.form.append(said);
    if (document.activeElement === input && input.value !== input.defaultValue) update();
    return { open, close, most: MOST };
  };
})();
