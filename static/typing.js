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
  const FIRST_MS = 20;
  /* until a screen reader has said the letter that was typed */
  const PAUSE_MS = 1200;
  /* a list that comes up under a finger is not what the finger was meant for */
  const STEADY_MS = 250;

  const ascii = (key) => /^[\0-\x7f]*$/.test(key);
  const together = (key) => key.replace(/ /g, "");
  const allowed = (key) => (key.length >= ONE_TYPO) + (key.length >= TWO_TYPOS);

  /* which letters `key` has, a bit for each; how many of `one` are not of `other`: so many errors at least */
  const bits = (key) => {
    let all = 0;
    for (let at = 0; at < key.length; at++) all |= 1 << key.charCodeAt(at) % 31;
    return all;
  };
  const strange = (one, other) => {
    let count = 0;
    for (let left = one & ~other; left; left &= left - 1) count++;
    return count;
  };

  /* `data` is a parsed places.json, `letters` what Near.letters gives, `words.near` says "near {place}, {n} km". */
  Near.gazetteer = (data, letters, words) => {
    /* the keys that a name is found by */
    const fold = (name) => {
      name.key = letters.searchKey(name.text);
      name.run = together(name.key);
      name.latin = letters.latinKey(name.key);
      name.joined = together(name.latin);
      name.bits = bits(name.joined);
      name.twin = letters.bare(name.text);
      name.sound = letters.soundKey(name.latin);
      return name;
    };
    const folded = (text) => fold({ text });

    /* all names, those of the most important place first; one that many places have is folded once */
    const known = new Map();
    const named = (text) => known.get(text) || known.set(text, { text }).get(text);
    const lines = data.names.map((line) => line.split("\n").map(named));
    const names = [];
    lines.forEach((own, at) => own.forEach((name) => names.push([name, at])));

    /* in small slices, so that no letter that somebody types waits for all of them */
    const waiting = [...known.values()].reverse();
    const prepare = (ms) => {
      const until = Date.now() + ms;
      while (waiting.length && Date.now() < until) fold(waiting.pop());
      return waiting.length;
    };
    const ready = new Promise((resolve) => {
      const slice = () => (prepare(SLICE_MS) ? setTimeout(slice, 0) : resolve());
      setTimeout(slice, 0);
    });

    /* adds to `found` (index of a place -> its name that is meant) those that match, at most `limit` in all */
    const gather = (found, match, limit) => {
      for (const [name, at] of names) {
        if (found.size >= limit) break;
        if (name.sound !== undefined && !found.has(at) && match(name, at)) found.set(at, name);
      }
      return found;
    };

    const near = (at) => {
      const values = { place: data.near[at] < 0 || lines[data.near[at]][0].text, n: data.km[at] };
      return data.near[at] < 0 ? "" : words.near.replace(/\{(\w+)\}/g, (_, key) => values[key]);
    };

    /* as people are shown them; `also`: the name that is meant, where the one shown does not begin as what was asked */
    const shown = (found, asked) =>
      [...found].map(([at, name]) => {
        const own = lines[at][0];
        if (own.sound === undefined) fold(own);
        const rayon = data.rayons[data.rayon[at]] || "";
        const oblast = data.oblast_names[data.oblast[at]] || "";
        return {
          id: data.id[at],
          name: own.text,
          also: name.joined === own.joined || own.sound.startsWith(asked.sound) ? "" : name.text,
          where: [rayon, oblast === own.text ? "" : oblast].filter(Boolean).join(", "),
          near: near(at),
          lat: data.lat[at],
          lon: data.lon[at],
          oblast: data.oblasts[data.oblast[at]] || "",
          rayon,
        };
      });

    const asking = (text) => {
      const key = letters.searchKey(text.slice(0, 4 * KEY_MAX)).slice(0, KEY_MAX).trim();
      return [key, key.split(" ").filter((word) => !PLACE_WORDS.has(word)).join(" ")].filter(Boolean);
    };

    /* at most `limit` places that `text` may mean, as whole names or as what is typed of one: as written, in Latin
       letters, by sound, with typing errors; each kind in the order of importance. Before `ready` only of the first. */
    const find = (text, limit = MOST) => {
      if (waiting.length === known.size) prepare(FIRST_MS);
      const found = new Map();
      const add = (match) => gather(found, match, limit);
      let asked;
      for (const key of asking(text)) {
        asked = folded(key);
        /* in Latin letters nobody knows which spelling a gazetteer chose */
        for (const kind of ascii(key) ? ["joined", "sound"] : ["run", "joined", "sound"]) {
          add((name) => name[kind] === asked[kind]);
          if (kind !== "sound" || asked.sound[1]) add((name) => name[kind].startsWith(asked[kind]));
        }
        if (found.size) break;
      }
      if (asked && found.size < limit && ![...found.values()].some((name) => name.joined === asked.joined)) {
        const errors = mistyped(asked);
        for (const many of [2, 3, 4, 5]) add((name) => errors.get(name) === many);
        if (!found.size) for (const sound of cut(asked.sound)) add((name) => name.sound === sound);
      }
      return shown(found, asked);
    };

    /* twice the typing errors of names; one more where a name goes on after what was typed */
    const mistyped = (asked) => {
      const typed = asked.joined;
      const errors = new Map();
      for (const name of known.values()) {
        const { joined, sound } = name;
        if (!sound) continue;
        const most = Math.max(Math.abs(joined.length - typed.length) > 2 ? 0 : allowed(joined), allowed(typed));
        if (strange(asked.bits, name.bits) > most) continue;
        const row = most && letters.errors(typed, joined.slice(0, typed.length + most), most);
        if (!row) continue;
        const whole = row[joined.length];
        const begun = Math.min(...row);
        if (whole <= allowed(joined)) errors.set(name, 2 * whole);
        else if (begun <= allowed(typed)) errors.set(name, 2 * begun + 1);
      }
      return errors;
    };

    /* "Кочкорский", "Нарын базары": what sounds as a name with more behind it, the longest first */
    const cut = (typed) =>
      [...known.values()].map((name) => name.sound)
        .filter((sound) => sound && sound.length >= ONE_TYPO && typed.startsWith(sound))
        .sort((one, other) => other.length - one.length);

    /* whether a name tells twins apart: Latin letters do only where a place has no others */
    const foreign = (at) => lines[at].every((name) => ascii(name.key));
    const tells = (name, at) => !ascii(name.key) || foreign(at);

    /* such names, then those that differ from them by a hyphen or space alone */
    const withTwins = (found, match) => {
      const twins = new Set();
      for (const [name, at] of names) if (match(name) && tells(name, at)) twins.add(name.twin);
      gather(found, match);
      return gather(found, (name, at) => twins.has(name.twin) && tells(name, at));
    };

    /* as Names.written; Cyrillic names that an English page was not told are the server's to find */
    const written = (key) => {
      const { latin, run, joined } = folded(key);
      const found = new Map();
      if (!ascii(key) && data.lang === "en") return found;
      withTwins(found, (name) => name.key === key);
      if (ascii(key)) withTwins(found, (name) => name.latin === latin);
      else if (found.size) gather(found, (name, at) => name.latin === latin && foreign(at));
      return found.size ? found : gather(found, (name) => (ascii(key) ? name.joined === joined : name.run === run));
    };

    /* just the letters that were typed, where any of them is one that a search key folds */
    const lettered = (text) => {
      const { twin, run } = folded(text.slice(0, 4 * KEY_MAX));
      return twin === run ? [] : gather(new Map(), (name, at) => name.twin === twin && tells(name, at));
    };

    /* all places that `text` names as it is written, as Places.find(text).exact; none where only the server can tell */
    const exact = (text) => {
      prepare(Infinity);
      for (const key of asking(text)) {
        const found = written(key);
        if (found.size) return shown(new Map([...lettered(text), ...found]), folded(key));
      }
      return [];
    };

    return { find, exact, ready };
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
     `find(text)` gives, more of them once it is `ready`; `choose(place)` is told which one. Nothing is chosen but by a
     person, nothing typed changes. */
  Near.combobox = (input, { find, ready, choose, words }) => {
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

    /* VoiceOver does not say which option the keys have reached; "Done" on a phone's keyboard takes the focus away */
    const apple = /^(Mac|iP)/.test(navigator.platform);
    const fingers = apple && navigator.maxTouchPoints > 1;

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
      if (apple) say(option.textContent, 0);
    };

    const close = () => {
      activate(-1);
      panel.hidden = true;
      input.setAttribute("aria-expanded", "false");
      say("", 0);
    };

    const looks = (places) => places.map((place) => place.id + place.also).join();

    /* shows these; `asked`: a question over them */
    const open = (places, asked) => {
      if (asked) input.focus();
      activate(-1);
      if (!isOpen() || looks(places) !== looks(offered)) {
        changed = Date.now();
        offered = places;
        list.textContent = "";
        list.append(...places.map((place, at) => row(place, list.id + "-" + at)));
      }
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
    input.addEventListener("blur", (event) => { if (!fingers || event.relatedTarget) close(); });
    document.addEventListener("touchstart", (event) => { if (event.target !== input && !panel.contains(event.target)) close(); });
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
    const catchUp = () => {
      if (document.activeElement === input && active < 0 && input.value !== input.defaultValue) update();
    };
    catchUp();
    ready.then(catchUp);
    return { open, close, most: MOST };
  };
})();
