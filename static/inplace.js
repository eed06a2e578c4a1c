/* Draws another page of ours in place of the one that is shown, which waits as it was for the way back: with one entry
   of the history for the whole site, nothing else holds it. */
(function (Leave) {
  "use strict";
  const main = document.getElementById("main");
  let turn = 0;
  Leave.draw = async (link) => {
    const mine = ++turn, first = main.firstChild;
    const theirs = await Leave.read(link.href);
    // another tap, or something else drawn meanwhile
    if (Leave.left() || mine !== turn || first !== main.firstChild) return;
    const shape = main.closest(".page"), at = window.scrollY;
    const switches = (of) => [...of.querySelectorAll(".langs a")];
    const draw = (nodes, title, mapped, langs) => {
      main.textContent = "";
      main.append(...nodes);
      document.title = title;
      shape.classList.toggle("mapped", mapped);
      switches(document).forEach((a, i) => { a.href = langs[i]; });
    };
    const before = [[...main.childNodes], document.title, shape.classList.contains("mapped"), switches(document).map((a) => a.href)];
    const drawn = document.importNode(theirs.getElementById("main"), true);
    const nav = drawn.querySelector("nav.back");
    const back = Object.assign(document.createElement("button"), { type: "button", className: "btn ghost" });
    back.textContent = nav.querySelector("[data-back]").dataset.back;
    nav.textContent = "";
    nav.append(back);
    back.addEventListener("click", () => {
      draw(...before);
      window.scrollTo(0, at);
      (document.contains(link) ? link : main.querySelector("h1")).focus({ preventScroll: true });
    });
    draw([...drawn.childNodes], theirs.title, false, switches(theirs).map((a) => a.getAttribute("href")));
    window.scrollTo(0, 0);
    const title = main.querySelector("h1");
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
    const map = main.querySelector("section.map");
    if (map && window.offerMap) window.offerMap(map);
  };
})(window.Leave);
