/* The page "Keep on this phone": keeps, tells what is kept and how old it is, renews it, deletes all of it. */
(function () {
  "use strict";
  const section = document.getElementById("keep");
  const about = JSON.parse(section.dataset.keep);
  const { scope, lang } = about;
  const NAME = "kept " + scope + " ";
  const DAY = 86400000;
  const all = (selector) => section.querySelectorAll(selector);
  const one = (selector) => section.querySelector(selector);

  window.addEventListener("beforeinstallprompt", (event) => event.preventDefault());

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const show = (state) => {
    for (const part of all("[data-state]")) part.hidden = part.dataset.state !== state;
  };
  const warn = (name) => {
    for (const each of ["broken", "dropped"]) one(".keep-" + each).hidden = each !== name;
  };

  if (!("serviceWorker" in navigator) || !window.caches || !window.MessageChannel) {
    show("cannot");
    return;
  }

  const kept = async () => {
    const answer = await caches.match(scope + "keep-state/" + lang, { cacheName: NAME + "state" });
    return answer ? answer.json() : null;
  };

  const tell = async () => {
    const state = await kept().catch(() => undefined);
    if (state === undefined) return show("cannot");
    if (!state || !state.whole) {
      if (state) warn("dropped");
      return show("none");
    }
    const days = Math.max(0, Math.floor((Date.now() - state.checked) / DAY));
    one(".keep-edition").textContent = state.edition;
    one(".keep-day").textContent = state.day;
    one(".keep-age").textContent = days ? fill(about.age, { days }) : about.today;
    one(".keep-old").hidden = days <= about.old;
    return show("kept");
  };

  const worker = async () => {
    await navigator.serviceWorker.register(about.worker, { scope, updateViaCache: "none" });
    return (await navigator.serviceWorker.ready).active;
  };

  /* asks the worker; resolves at its last word */
  const ask = (to, message, hear) =>
    new Promise((resolve, reject) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => {
        if (data.done) hear(data);
        else if (data.broken) reject(new Error("broken"));
        else resolve();
      };
      to.postMessage(message, [port2]);
    });

  const going = ({ done, all: total }) => {
    one(".keep-going").textContent = fill(about.going, { done, all: total });
    one(".keep-progress").value = done / total;
  };

  let first = false;
  const keep = async () => {
    first = !one(".keep-now").closest("[hidden]");
    warn("");
    going({ done: 0, all: about.files });
    show("going");
    let fault = "";
    try {
      const active = await worker();
      if (window.Leave.left()) throw new Error("left");
      await ask(active, { ask: "keep", lang }, going);
    } catch (reason) {
      fault = "broken";
    }
    if (window.Leave.left()) return giveUp();
    first = false;
    await tell();
    if (fault && one(".keep-dropped").hidden) warn(fault);
    const heading = one("[data-state=kept]:not([hidden]) h2");
    if (heading) heading.focus();
  };

  /* nothing of it may come back: the worker first, then what it kept */
  const forget = async () => {
    const registration = await navigator.serviceWorker.getRegistration(scope);
    const active = registration && registration.active;
    if (active) await Promise.race([ask(active, { ask: "stop" }), new Promise((resolve) => setTimeout(resolve, 2000))]);
    for (const each of await navigator.serviceWorker.getRegistrations())
      if (new URL(each.scope).pathname === scope) await each.unregister();
    for (const name of await caches.keys()) if (name.startsWith(NAME)) await caches.delete(name);
  };

  /* who leaves while a first copy is being kept keeps none */
  const giveUp = () => (first ? forget().catch(() => undefined) : undefined);
  window.addEventListener("leave", giveUp);

  const form = document.querySelector(".keep-delete");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await forget().catch(() => undefined);
    try {
      // the server has the browser forget the rest: what it keeps of files for itself
      const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" } });
      window.Leave.go((await answer.json()).to);
    } catch (fault) {
      warn("");
      show("deleted");
      one("[data-state=deleted]").focus();
    }
  });

  one(".keep-now").addEventListener("click", keep);
  one(".keep-update").addEventListener("click", keep);
  tell();
})();
