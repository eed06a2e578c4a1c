/* Answers from the copy that somebody chose to keep on the phone, where the network does not answer. A browser runs it
   only after that choice (keep.js). It makes no page of its own: what it says was drawn by the server and kept. */
(function () {
  "use strict";
  const ROOT = new URL("./", self.location).pathname;
  const NAME = "kept " + ROOT + " ";
  const STATE = NAME + "state";
  const FORMAT = 1;
  const LANGS = ["ky", "ru", "en"];
  const HOUR = 3600000, DAY = 24 * HOUR;
  /* a slow network is a network: only for what is kept, and only after so long, does the copy answer in its place */
  const PATIENCE = 8000;
  const AT_ONCE = 4;
  const MARK = 6;
  const MAP = "\u001e";
  const NOTICES = "/notices.json";
  const SILENT = '<p class="wrong" hidden></p>';
  /* what no edition changes, and what tells nothing of any */
  const LASTING = /^(static\/|\w\w\/(calendar(\/\d+-\d+)?|keep\/offline\/\w+)$)/;
  const CALENDAR = /^\w\w\/calendar/;
  const FOREVER = /^(static|\w\w\/layers)\//;

  const running = {};
  let stopped = false;

  /* ---- what is known of the copies: one entry for each language, put as a whole ---- */
  const stateAddress = (lang) => ROOT + "keep-state/" + lang;
  const found = (address, cacheName) => caches.match(address, { cacheName, ignoreVary: true });
  const read = async (lang) => {
    const answer = await found(stateAddress(lang), STATE);
    return answer ? answer.json() : null;
  };
  const write = async (lang, state) => {
    if (stopped) throw new Error("stopped");
    await (await caches.open(STATE)).put(stateAddress(lang), new Response(JSON.stringify(state)));
  };
  const states = async () => (await Promise.all(LANGS.map(read))).filter(Boolean);

  const tidy = async () => {
    const used = new Set([STATE, ...(await states()).map((state) => state.cache)]);
    const names = (await caches.keys()).filter((name) => name.startsWith(NAME) && !used.has(name));
    await Promise.all(names.map((name) => caches.delete(name)));
  };

  /* a site that is no more takes its copies along */
  const removeAll = async () => {
    stopped = true;
    const names = (await caches.keys()).filter((name) => name.startsWith(NAME));
    await Promise.all(names.map((name) => caches.delete(name)));
    await self.registration.unregister();
  };

  /* ---- keeping ---- */
  /* without the Date of the answer: by it a page would set its clock back to the day of keeping */
  const PASSING = ["date", "vary", "content-encoding", "content-length", "age", "set-cookie"];
  const copied = async (answer) => {
    const headers = new Headers(answer.headers);
    for (const name of PASSING) headers.delete(name);
    return new Response(await answer.arrayBuffer(), { headers });
  };

  const taken = async (address) => {
    const answer = await fetch(address, { cache: FOREVER.test(address.slice(ROOT.length)) ? "default" : "no-cache" });
    if (answer.status !== 200 || answer.redirected) throw new Error(answer.status + " " + address);
    return copied(answer);
  };

  const gone = (answer) => answer.status === 404 || answer.status === 410;

  /* what the copy consists of now */
  const contents = async (lang) => {
    const answer = await fetch(ROOT + lang + "/keep/copy.json", { cache: "no-cache" });
    if (gone(answer) && gone(await fetch(self.location, { cache: "no-cache" }))) await removeAll();
    if (answer.status !== 200) throw new Error(String(answer.status));
    const about = await answer.json();
    if (about.format !== FORMAT) throw new Error("format");
    return about;
  };

  const marks = (all) => new Set(all.match(new RegExp(".{" + MARK + "}", "g")) || []);
  const withdrawn = (state, about) => {
    const now = marks(about.marks);
    return [...marks(state.marks)].some((mark) => !now.has(mark));
  };

  /* a copy that holds what was withdrawn answers no longer; of it stays what tells of no center */
  const drop = async (lang, state) => {
    await write(lang, Object.assign(state, { whole: false }));
    const cache = await caches.open(state.cache);
    const paths = (await cache.keys()).map((request) => new URL(request.url).pathname);
    await Promise.all(paths.filter((path) => !LASTING.test(path.slice(ROOT.length))).map((path) => cache.delete(path)));
  };

  /* all of it into a cache of its own; a few at a time, and none any more once one failed */
  const gather = async (cache, about, before, tell) => {
    const waiting = [...about.files];
    let done = 0;
    const next = async () => {
      while (waiting.length) {
        const address = waiting.shift();
        try {
          const had = before && FOREVER.test(address.slice(ROOT.length)) && (await found(address, before));
          await cache.put(address, had || (await taken(address)));
        } catch (fault) {
          waiting.length = 0;
          throw fault;
        }
        tell(++done, about.files.length);
      }
    };
    // each to its end: none may put anything after the rest was given up
    const ends = await Promise.all(Array.from({ length: AT_ONCE }, () => next().catch((fault) => fault)));
    const fault = ends.find(Boolean);
    if (fault) throw fault;
  };

  const state = (about, cache) => {
    const { version, edition, day, line, old, marks: shown, old_days, files } = about;
    const paths = files.map((address) => address.slice(ROOT.length));
    return { version, edition, day, line, old, marks: shown, old_days, paths, cache, whole: true, checked: Date.now(), tried: Date.now() };
  };

  /* the whole copy takes the place of the old one by one put; cut short, the old one stays */
  const replace = async (lang, about, before, tell) => {
    const name = NAME + lang + " " + about.version + " " + Date.now();
    try {
      const cache = await caches.open(name);
      await gather(cache, about, before && before.cache, tell);
      // an edition that came meanwhile would make it half of each
      const after = await contents(lang);
      if (after.version !== about.version || (await cache.keys()).length !== about.files.length || !(await caches.has(name)))
        throw new Error("changed");
      await write(lang, state(after, name));
    } catch (fault) {
      await caches.delete(name);
      throw fault;
    }
    if (before) await caches.delete(before.cache);
  };

  /* what centers say of these days changes without an edition: the last answer takes the place of the one before */
  const hold = async (lang, kept, answer) => {
    if (stopped || !kept.whole || answer.status !== 200 || !(await caches.has(kept.cache))) return;
    await (await caches.open(kept.cache)).put(ROOT + lang + NOTICES, await copied(answer));
    // deleted or replaced meanwhile: nothing of it may come back
    const now = await read(lang);
    if (stopped || !now || now.cache !== kept.cache) await caches.delete(kept.cache);
  };

  const renew = async (lang, tell) => {
    const about = await contents(lang);
    const before = await read(lang);
    if (before && before.whole && before.version === about.version) {
      await hold(lang, before, await fetch(ROOT + lang + NOTICES, { cache: "no-cache" }));
      return write(lang, state(about, before.cache));
    }
    if (before && before.whole && withdrawn(before, about)) await drop(lang, before);
    // only what costs much is not tried again at once
    if (before) await write(lang, Object.assign(before, { tried: Date.now() }));
    return replace(lang, about, before, tell);
  };

  /* one at a time */
  const update = (lang, tell) => {
    if (!running[lang]) {
      running[lang] = renew(lang, tell);
      const over = () => { delete running[lang]; };
      running[lang].then(over, over);
    }
    return running[lang];
  };

  const due = (kept, seen) => {
    const since = (then) => { const passed = Date.now() - then; return passed < 0 ? DAY : passed; };
    if (!kept.whole) return since(kept.tried) > HOUR / 6;
    return seen ? since(kept.tried) > HOUR / 12 : since(kept.tried) > HOUR && since(kept.checked) >= DAY;
  };

  /* quietly, when the site is opened: once a day, or when a new edition was seen */
  const look = async (lang, seen) => {
    const kept = await read(lang);
    if (kept && due(kept, seen)) await update(lang, () => undefined).catch(() => undefined);
  };

  /* ---- answering ---- */
  const isPage = (answer) => (answer.headers.get("Content-Type") || "").startsWith("text/html");

  /* a page of the copy says so, by the line that the server drew for it */
  const marked = async (answer, kept) => {
    if (!isPage(answer)) return answer;
    const days = Math.abs(Date.now() - kept.checked) / DAY;
    const line = days > kept.old_days ? kept.old : kept.line;
    const html = (await answer.text()).replace("</header>", () => "</header>" + line);
    return new Response(html, { headers: answer.headers });
  };

  /* what a center said when somebody last heard of it, while that holds by the phone's clock */
  const says = async (kept, lang, number) => {
    const answer = await found(ROOT + lang + NOTICES, kept.cache);
    const [text, until] = (answer && (await answer.json())[number]) || ["", ""];
    const today = new Date(Date.now() + DAY / 4).toISOString().slice(0, 10); // in Bishkek
    return () => until >= today ? '<p class="wrong">' + text.replace(/[&<]/g, (sign) => "&#" + sign.charCodeAt(0) + ";") + "</p>" : "";
  };

  /* a center's page from the file of all: its main part, within what stands around it */
  const centerPage = async (kept, path) => {
    const [lang, , number] = path.split("/");
    const [all, map] = await Promise.all(["/keep/centers.json", "/map"].map((name) => found(ROOT + lang + name, kept.cache)));
    const bundle = all && map && (await all.json());
    if (!bundle || !Object.prototype.hasOwnProperty.call(bundle.centers, number)) return undefined;
    const before = bundle.before.split('centers/0"').join("centers/" + number + '"');
    // its headers are those of the other page with a map
    const main = bundle.centers[number].split(MAP).join(bundle.map).replace(SILENT, await says(kept, lang, number));
    return new Response(before + main + bundle.after, { headers: map.headers });
  };

  /* the month of the day on which it is opened; the day on which it was kept is no longer today, and of the months
     around it not all were kept */
  const month = async (kept, path, only) => {
    const now = new Date();
    const current = ROOT + path + "/" + now.getFullYear() + "-" + (now.getMonth() + 1);
    const answer = (await found(current, kept.cache)) || (!only && (await found(ROOT + path, kept.cache)));
    if (!answer) return null;
    const html = (await answer.text()).replace(' class="today" aria-current="date"', "").replace(/<p>[^]*?<\/p>/, "");
    return new Response(html, { headers: answer.headers });
  };

  const CENTER = /^\w\w\/centers\/[1-9]\d{0,8}$/;
  const fromCopy = async (kept, path) => {
    if (!kept.whole && !LASTING.test(path)) return null;
    if (CALENDAR.test(path)) return month(kept, path);
    const answer = CENTER.test(path) ? await centerPage(kept, path) : await found(ROOT + path, kept.cache);
    return answer ? (LASTING.test(path) ? answer : marked(answer, kept)) : null;
  };

  /* what every copy has for all languages: a page in words, and where leaving leads */
  const inAny = async (path) => {
    const answers = (await states()).map((kept) => found(ROOT + path, kept.cache));
    return (await Promise.all(answers)).find(Boolean);
  };
  const without = async (lang, what) => {
    for (const each of [lang, ...LANGS]) {
      const answer = LANGS.includes(each) && (await inAny(each + "/keep/offline/" + what));
      if (answer) return answer;
    }
    return Response.error();
  };

  /* nobody who leaves is held up, in whatever language */
  const anyMonth = async () => {
    for (const kept of await states()) {
      const answer = await month(kept, kept.paths[0] + "calendar");
      if (answer) return answer;
    }
    return Response.error();
  };

  const home = async () => {
    for (const lang of LANGS) if (await read(lang)) return Response.redirect(ROOT + lang + "/");
    return Response.error();
  };

  const late = () => new Promise((resolve) => setTimeout(resolve, PATIENCE, null));

  const answerGet = async (request, path, lang, saw) => {
    const kept = LANGS.includes(lang) ? await read(lang) : null;
    if (FOREVER.test(path)) {
      const had = (kept ? [kept] : await states()).map((each) => found(request.url, each.cache));
      const answer = (await Promise.all(had)).find(Boolean);
      if (answer) return answer;
      if (kept && path.includes("/layers/")) saw();
    }
    // who leaves is gone at once, however slow the network is
    const away = kept && CALENDAR.test(path) && (await month(kept, path, true));
    if (away) return away;
    const asked = fetch(request);
    const has = kept && (kept.paths.includes(path) || CENTER.test(path));
    const first = await Promise.race(has ? [asked, late()] : [asked]).catch(() => null);
    if (first && first.status < 500) {
      if (has && path.endsWith("/near.json") && first.status === 200) {
        const mine = await found(request.url, kept.cache);
        if (mine && mine.headers.get("ETag") !== first.headers.get("ETag")) saw();
      }
      if (has && path === lang + NOTICES) await hold(lang, kept, first.clone()).catch(() => undefined);
      return first;
    }
    const copy = has ? await fromCopy(kept, path) : null;
    if (copy) return copy;
    try {
      return first || (await asked);
    } catch (fault) {
      if (request.mode !== "navigate") throw fault;
      if (CALENDAR.test(path)) return anyMonth();
      if (LANGS.includes(path)) return Response.redirect(ROOT + path + "/");
      return path ? without(lang, "page") : home();
    }
  };

  /* a search that only the server could answer */
  const answerPost = async (request, lang) => {
    try {
      return await fetch(request);
    } catch (fault) {
      if (request.mode === "navigate") return without(lang, "search");
      const to = ROOT + lang + "/keep/offline/search";
      return new Response(JSON.stringify({ to }), { headers: { "Content-Type": "application/json" } });
    }
  };

  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(tidy().then(() => self.clients.claim())));

  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== self.location.origin || !url.pathname.startsWith(ROOT) || url.search) return;
    const path = url.pathname.slice(ROOT.length);
    const [lang, part] = path.split("/");
    if (part === "staff" || !(path === "" || lang === "static" || LANGS.includes(lang))) return;
    if (request.method === "POST") {
      if (/^\w\w\/(search|map)$/.test(path)) event.respondWith(answerPost(request, lang));
      return;
    }
    if (request.method !== "GET") return;
    let seen = false;
    const answered = answerGet(request, path, lang, () => { seen = true; });
    event.respondWith(answered);
    event.waitUntil(answered.then(() => (request.mode === "navigate" || seen) && look(lang, seen)).catch(() => undefined));
  });

  /* keep.js asks; it is told how far it is, then the end */
  self.addEventListener("message", (event) => {
    const { ask, lang } = event.data, port = event.ports[0];
    if (ask === "stop") {
      stopped = true;
      port.postMessage({ stopped });
    }
    if (ask !== "keep" || !LANGS.includes(lang)) return;
    stopped = false;
    const tell = (done, all) => port.postMessage({ done, all });
    const ended = update(lang, tell).then(() => port.postMessage({ kept: true }), () => port.postMessage({ broken: true }));
    event.waitUntil(ended);
  });
})();
