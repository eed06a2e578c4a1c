/* The list by keyboard: / goes to the search, arrows go from center to center, one box chooses the whole page. */
(function () {
  "use strict";
  const search = document.getElementById("q");
  const table = document.getElementById("centers");
  const typing = (at) => /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName) && at.type !== "checkbox";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !typing(event.target)) {
      event.preventDefault();
      search.focus();
      search.select();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !table) return;
    const names = [...table.querySelectorAll("tbody th a")];
    const row = event.target.closest("#centers tbody tr");
    const from = row ? names.indexOf(row.querySelector("th a")) : -1;
    if (from < 0 && event.target !== search) return;
    const next = names[from < 0 ? 0 : from + step];
    event.preventDefault();
    if (next) next.focus();
    else if (step < 0) search.focus();
  });

  if (!table) return;
  const boxes = [...table.querySelectorAll("tbody input[type=checkbox]")];
  const all = Object.assign(document.createElement("input"), { type: "checkbox" });
  const label = document.createElement("label");
  const words = document.createElement("span");
  words.className = "unseen";
  words.textContent = table.dataset.all;
  label.append(all, words);
  table.querySelector("thead .to-choose").append(label);
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
  table.addEventListener("change", (event) => {
    if (event.target !== all) all.checked = boxes.every((box) => box.checked);
  });
})();
