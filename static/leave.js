/* Leaves at once, and lets the site take one entry of the browser's history, so that Back does not lead here again.
   Without it the link of the same name still leads away, and every link and form works. */
(function () {
  "use strict";
  const away = document.querySelector("a.leave");
  // a proxy that draws pages elsewhere runs little script: it gets the plain pages
  if (!away || window.operamini || !away.closest || !window.fetch) return;
  const { location } = window;
  const came = Date.now();
  let left = false, busy = false;

  const leave = () => {
    left = true;
    window.dispatchEvent(new Event("leave"));
    const page = document.documentElement;
    page.hidden = true;
    document.title = "";
    if (away.pathname !== location.pathname) {
      // nothing that is still under way may draw, and Back and Forward find the calendar even before it has come
      page.textContent = "";
      history.replaceState(null, "", away.dataset.own || away.href);
      window.stop();
    }
    location.replace(away.href);
  };

  /* the one way on from a page: never after leaving */
  const go = (address) => { if (!left) location.replace(address); };

  /* where nothing can be loaded the page that is there is worth more than the browser's word of it */
  const tell = (link) => {
    if (left) return;
    const said = Object.assign(document.createElement("p"), { className: "wrong", textContent: away.dataset.broken });
    said.setAttribute("role", "alert");
    link.after(said);
    setTimeout(() => said.remove(), 9000);
  };

  away.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  /* Shift three times, with nothing else between: not a capital, not the switch of the keyboard's language */
  let times = 0, last = 0, alone = false;
  window.addEventListener("keydown", (event) => {
    alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!alone) times = 0;
  }, true);
  window.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    const now = Date.now();
    times = now - last < 2000 ? times + 1 : 1;
    last = now;
    if (times === 3) leave();
  }, true);

  /* a page that the browser kept whole does not come back after leaving, nor an old list */
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    busy = false;
    if (left) leave();
    else if (Date.now() - came > 900000) location.reload(); // milliseconds that the server lets a list live
  });

  /* ---- one entry: a page of ours takes the place of the one before ---- */
  const { serviceWorker } = navigator;
  // a page with little of the look in itself could not show what is drawn later, and has nothing to lose
  const whole = () => document.querySelector('link[rel="stylesheet"]');
  const offline = () => whole() && navigator.onLine === false && !(serviceWorker && serviceWorker.controller);
  const follow = (event) => {
    const link = event.currentTarget;
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (advice(link)) open(link);
    else if (offline()) tell(link);
    else go(link.href);
  };

  window.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
    link.addEventListener("click", follow, { once: true }); // after all others of this link
  }, true);

  /* ---- a page of advice is drawn in place of this one, which waits as it was: no entry of the history holds it ---- */
  const advice = (link) => whole() && !link.hreflang &&
    link.pathname !== location.pathname && /\/(phones|tips|about|privacy)$/.test(link.pathname);

  const read = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw Error(answer.status);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  let drawing;
  const open = async (link) => {
    drawing = drawing || new Promise((resolve, reject) => {
      const made = document.createElement("script");
      document.head.append(Object.assign(made, { src: away.dataset.open, onload: resolve, onerror: reject }));
    });
    return drawing.then(() => window.Leave.draw(link)).catch(() => {
      drawing = null;
      tell(link);
    });
  };

  const send = async (form, button) => {
    if (busy) return;
    busy = true;
    const given = new URLSearchParams(new FormData(form));
    if (button) given.append(button.name, button.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body: given, headers: { Accept: "application/json" } });
      go((await answer.json()).to);
    } catch (fault) {
      busy = false;
      if (document.getElementById("near-said")) tell(form);
      else if (!left) form.submit(); // the browser says what is wrong
    }
  };

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    send(event.target, event.submitter || document.activeElement.closest("button"));
  });
  window.Leave = { send, go, read, open, tell, left: () => left };

  /* ---- back, since the browser's own Back leaves the site ---- */
  const back = document.querySelector("a[data-back]");
  const before = document.referrer && new URL(document.referrer);
  if (!back || !before || before.origin !== location.origin) return;
  const depth = (path) => {
    const steps = path.split(back.pathname);
    return steps[1] === "" ? 0 : /^(places|found|search|map)/.test(steps[1]) ? 1 : /^centers/.test(steps[1]) ? 2 : 3;
  };
  // only ever to a page nearer to the first: two pages never lead back to each other
  const from = depth(before.pathname);
  if (!from || from >= depth(location.pathname)) return;
  back.href = before.href;
  back.textContent = back.dataset.back;
})();
