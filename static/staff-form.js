/* The form of a center: says beside the fields how they are understood so far, and asks before typed words are left. */
(function () {
  "use strict";
  const form = document.getElementById("center");
  if (!form || !window.fetch) return;
  let changed = false, waiting = 0, asked = 0;

  const make = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.textContent = text;
    return made;
  };

  const say = (box, told) => {
    const inside = [];
    if (told.said) inside.push(make("p", "", told.said));
    for (const fault of told.faults) inside.push(make("p", "noticed", fault));
    if (told.calls && told.calls.length) {
      const line = make("p", "", form.dataset.try + " ");
      for (const [number, shown, label] of told.calls) {
        line.append(Object.assign(make("a", "tel", shown), { href: "tel:" + number }), " ");
        if (label) line.append(make("span", "soft", label), " ");
      }
      inside.push(line);
    }
    box.replaceChildren(...inside);
  };

  const ask = async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(form.dataset.understood, { method: "POST", body: new FormData(form) });
      if (!answer.ok || mine !== asked) return; // signed out meanwhile: the save will say so
      const told = await answer.json();
      for (const name of Object.keys(told)) {
        const box = document.getElementById("said-" + name);
        if (box) say(box, told[name]);
      }
    } catch (fault) {
      // without the network the form is still whole
    }
  };

  const WATCHED = /^(hours|phone_hours|phones|whatsapp|settlement|oblast|rayon|area|lat|lon|show_location|kind)$/;
  form.addEventListener("change", (event) => {
    changed = true;
    if (!WATCHED.test(event.target.name)) return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(ask, 150);
  });
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", (event) => {
    if (!event.submitter || event.submitter.getAttribute("formtarget") !== "_blank") changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.name !== "find") return;
    event.preventDefault();
    form.querySelector("button[value=find]").click();
  });
})();
