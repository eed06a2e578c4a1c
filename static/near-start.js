/* Starts what a phone can do by itself, when somebody asks for it: what is near, places while they are typed.
   Loads nothing before; without it every page is whole, and its forms go to the server. */
(function () {
  "use strict";
  const form = document.querySelector("form.find[data-near]");
  if (!form || !window.Leave || !window.DOMParser || !Element.prototype.append) return;

  const about = JSON.parse(form.dataset.near);
  const input = form.querySelector("[name=place]");
  const button = document.getElementById("near-button");
  const said = document.getElementById("near-said");
  const loading = said.dataset.loading || "…";
  const Near = (window.Near = { form, about });
  const loaded = window.Inside || {}; // a file that stands alone has all in itself
  // the home page has within it no more of the look than it needs
  const look = about.view_css[document.querySelector('link[rel="stylesheet"]') ? 1 : 0];

  /* each address once; what failed may be tried again */
  const once = (address, how) => {
    if (!loaded[address]) {
      loaded[address] = how();
      loaded[address].catch(() => { delete loaded[address]; });
    }
    return loaded[address];
  };

  const element = (name, attributes) => () =>
    new Promise((resolve, reject) => {
      const made = Object.assign(document.createElement(name), attributes, { onload: resolve });
      made.onerror = (fault) => { made.remove(); reject(fault); };
      document.head.append(made);
    });

  const answered = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw Error(answer.status);
    return answer;
  };

  const read = async (address) => (await answered(address)).json();
  const json = (address) => once(address, () => read(address));
  /* what the page itself brought is not loaded again */
  const script = (src) => once(src, element("script", { src, async: false }));
  const style = (href) => document.querySelector('[href="' + href + '"]') || once(href, element("link", { rel: "stylesheet", href }));
  /* the server's clock: a phone's own may be wrong, and "open now" hangs on it */
  const directory = () => once(about.near, async () => {
    const answer = await answered(about.near);
    const late = Date.parse(answer.headers.get("Date")) - Date.now();
    Near.late = Math.abs(late) > 60000 ? late : 0;
    return answer.json();
  });

  Near.parts = () => once(about.parts, async () => {
    const root = (await window.Leave.read(about.parts)).getElementById("near-parts");
    return { root, words: JSON.parse(root.dataset.words) };
  });

  Near.places = () => json(about.places);

  /* what draws answers, made once; what centers say of these days is asked for each time, and without an answer nobody
     says anything */
  const board = async () => {
    const heard = loaded[about.notices] || read(about.notices).catch(() => ({}));
    const drawing = await once("board", async () => {
      const [parts, data] = await Promise.all([
        Near.parts(), directory(), script(about.view), style(look),
      ]);
      return Near.board(parts, Near.directory(data));
    });
    await drawing.hear(heard);
    return drawing;
  };

  /* ---- near me ---- */
  const located = (exactly) =>
    new Promise((resolve, reject) => {
      const wanted = { enableHighAccuracy: exactly, timeout: exactly ? 40000 : 12000, maximumAge: 60000 };
      navigator.geolocation.getCurrentPosition(resolve, reject, wanted);
    });

  // who asks for something else meanwhile no longer waits for this
  let turn = 0;
  const wait = (text) => {
    const mine = ++turn;
    said.textContent = text;
    return { tell: (next) => { if (mine === turn) said.textContent = next; }, over: () => mine !== turn };
  };

  const nearMe = async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    const waiting = wait(said.dataset.why || loading);
    const words = Near.parts().then((parts) => parts.words.position);
    const drawing = board();
    for (const late of [words, drawing]) late.catch(() => undefined); // told of when it is needed
    try {
      if (!said.dataset.why) waiting.tell((await words).why); // the sentence stands there before the browser asks
      if (!navigator.geolocation || window.isSecureContext === false) throw { code: "cannot" };
      const looking = (fault) => {
        if (fault.code === 1) throw fault; // refused
        words.then((told) => waiting.tell(told.looking));
        return located(true);
      };
      const { coords: { latitude: lat, longitude: lon, accuracy } } = await located(false).catch(looking);
      waiting.tell(loading);
      const draw = await drawing;
      // the list does not wait for them: they tell only which centers without a point are of this oblast
      const oblast = Near.places().then((known) => Near.oblastAt(known, lat, lon));
      waiting.tell("");
      if (!waiting.over()) draw.show({ lat, lon, oblast, accuracy });
    } catch (fault) {
      const key = { 1: "refused", 2: "no_signal", 3: "no_signal", cannot: "cannot" }[fault.code];
      waiting.tell(await words.then((told) => told[key || "broken"]).catch(() => window.Leave.tell(button)));
      if (!waiting.over()) input.focus();
    }
    button.removeAttribute("aria-busy");
  };

  /* ---- a place, typed or chosen ---- */
  Near.choose = async (place) => {
    const waiting = wait(loading);
    try {
      const draw = await board();
      waiting.tell("");
      if (!waiting.over()) draw.show({ lat: place.lat, lon: place.lon, oblast: place.oblast, place });
    } catch (fault) {
      window.Leave.send(form);
    }
  };

  /* ---- a list that the server drew: from its first filter or "show more" on it is the phone's ---- */
  const listed = document.querySelector("[data-answer]");
  if (listed) {
    const takeOver = async (more) => (await board()).takeOver(JSON.parse(listed.dataset.answer), more);
    document.querySelector("details.filters").addEventListener("toggle", () => {
      takeOver().catch(() => undefined); // the server's form stays
    }, { once: true });
    const more = document.querySelector("a.more");
    if (more) more.addEventListener("click", (event) => {
      event.preventDefault();
      takeOver(true).catch(() => window.Leave.go(more.href));
    });
  }

  const typing = async () => {
    try {
      const [parts, places, letters] = await Promise.all([
        Near.parts(), Near.places(), json(about.letters), script(about.typing), style(about.typing_css),
      ]);
      const words = parts.words.typing;
      const known = Near.known || (Near.known = Near.gazetteer(places, Near.letters(letters), words));
      const box = Near.combobox(input, { find: known.find, ready: known.ready, choose: Near.choose, words });
      form.addEventListener("submit", (event) => {
        const exact = known.exact(input.value);
        // an oblast, a district, a name that nobody knows or very many places have: the server has pages for them
        if (!exact.length || exact.length > box.most) return;
        event.preventDefault();
        if (exact.length === 1) Near.choose(exact[0]);
        else box.open(exact, words.which);
      });
    } catch (fault) {
      input.addEventListener("focus", typing, { once: true });
    }
  };

  button.setAttribute("role", "button");
  button.addEventListener("click", nearMe);
  button.addEventListener("keydown", (event) => { if (event.key === " ") nearMe(event); });
  input.addEventListener("focus", typing, { once: true });
  if (document.activeElement === input) typing();
})();
